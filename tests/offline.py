"""Programs run with an empty home, and with a network that refuses and records each call."""

import functools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

import recommender

ROOT = Path(__file__).parents[1]
SOURCE_PATH = str(Path(recommender.__file__).parents[1])
"""Where the library that is tested lies: this checkout, or an installed wheel."""

SOURCE = Path(__file__).with_name("refuse_network.c")

CAN_REFUSE = sys.platform == "linux" and shutil.which("cc") is not None
"""Whether calls can be refused below Python here."""

needs_refusal = pytest.mark.skipif(
    not CAN_REFUSE, reason="calls are refused by a library for Linux, and there is no cc to compile it"
)


@dataclass(frozen=True)
class Outcome:
    """How a command ended."""

    status: int
    out: str
    err: str
    refused: list[str]
    """A line for each look-up and each call to another machine, of child processes too."""
    left: list[str]
    """What is in the home and among the temporary files afterwards."""


def run_offline(command: Sequence[str], folder: Path, **environment: str) -> Outcome:
    """Run it in `folder`, with places of its own for all that a program may write elsewhere."""
    # A short name: the path of a socket in it has room for 108 letters.
    with tempfile.TemporaryDirectory(prefix="r-") as own:
        record, home, temporary = Path(own, "refused"), Path(own, "home"), Path(own, "tmp")
        home.mkdir()
        temporary.mkdir()
        places = {"HOME": str(home), "TMPDIR": str(temporary)}
        done = subprocess.run(
            command,
            cwd=folder,
            env={**plain_environment(), **places, **refusing(record), **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        left = [path.relative_to(own).as_posix() for place in (home, temporary) for path in place.rglob("*")]
        return Outcome(done.returncode, done.stdout, done.stderr, refused(record), sorted(left))


def plain_environment() -> dict[str, str]:
    """What a program needs to run, and no setting that keeps a library quiet."""
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), "/usr/bin", "/bin"]),
        "PYTHONPATH": SOURCE_PATH,
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def refusing(record: Path) -> dict[str, str]:
    """The settings under which a program's calls are refused and a line of each is written to `record`."""
    return {"LD_PRELOAD": str(_library()), "REFUSED_CALLS": str(record)} if CAN_REFUSE else {}


def refused(record: Path) -> list[str]:
    """The lines of the calls that were refused."""
    return record.read_text("utf-8", "replace").splitlines() if record.exists() else []


@functools.cache
def _library() -> Path:
    """Compiled once, in a folder that goes with this process."""
    library = Path(_FOLDER.name, "refuse_network.so")
    command = [
        "cc",
        "-Wall",
        "-Wextra",
        "-Werror",
        "-shared",
        "-fPIC",
        "-o",
        str(library),
        str(SOURCE),
        "-ldl",
    ]
    subprocess.run(command, check=True)
    return library


_FOLDER = tempfile.TemporaryDirectory(prefix="refuse-")

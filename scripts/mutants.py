"""Take guarantees out, one at a time, and see that a test notices.

python scripts/mutants.py            all of them
python scripts/mutants.py fsync      those with this in their name

Each mutant is one change of one line, and names the tests that must fail with it. The change is made in a
copy of the project; the tests pass there first without any. Exits with 1 when a mutant lives.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPIED = ("recommender", "indexes", "tests", "scripts", "pyproject.toml", "README.md", "docs")
LIMIT = 300  # seconds


@dataclass(frozen=True)
class Mutant:
    """`old`, which stands once in `file`, becomes `new`; one of the `tests` must fail."""

    name: str
    file: str
    old: str
    new: str
    tests: str


MUTANTS = (
    Mutant(
        "exact search without its error bound",
        "indexes/exact.py",
        "last + missing * np.abs(last) + _ROUNDING * lengths",
        "last",
        "tests/test_indexes_close_rows.py",
    ),
)


def main() -> None:
    """Parse, check the tests without any change, try each mutant, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="parts of names; default: all mutants")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    arguments = parser.parse_args()
    names = arguments.names
    chosen = [mutant for mutant in MUTANTS if not names or any(part in mutant.name for part in names)]
    if not chosen:
        parser.error(f"no mutant is called {' or '.join(names)}")
    tests = sorted({test for mutant in chosen for test in mutant.tests.split()})
    with ThreadPoolExecutor(arguments.workers) as pool:
        whole = pool.submit(run, None, tests)
        outcomes = list(pool.map(lambda mutant: run(mutant, mutant.tests.split()), chosen))
    if whole.result() != 0:
        sys.exit("the tests fail without any mutant")
    # 1: tests failed. Anything else is no test that noticed: none was found, or pytest itself went wrong.
    lives = [mutant for mutant, status in zip(chosen, outcomes, strict=True) if status != 1]
    for mutant in chosen:
        print(f"{'LIVES ' if mutant in lives else 'dies  '} {mutant.name}")
    if lives:
        sys.exit(f"{len(lives)} of {len(chosen)} mutants live")


def run(mutant: Mutant | None, tests: Sequence[str]) -> int:
    """The exit status of these tests in a copy of the project with this change."""
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        copy = Path(folder)
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, copy / name)
        if mutant is not None:
            change(copy / mutant.file, mutant)
        environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
        done = subprocess.run(
            command, cwd=copy, env=environment, timeout=LIMIT, capture_output=True, check=False
        )
        return done.returncode


def change(path: Path, mutant: Mutant) -> None:
    """Make the change. Exits where the line is not there, or more than once: then the list is out of date."""
    text = path.read_text(encoding="utf-8")
    count = text.count(mutant.old)
    if count != 1:
        raise SystemExit(f"{mutant.file}: {mutant.old!r} stands there {count} times, not once")
    path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")


if __name__ == "__main__":
    main()

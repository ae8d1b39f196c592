"""What is installed: the version of this library, and the extras that it may lack.

Each extra of pyproject.toml is a purpose. Every import of a package that the core does not bring stands in
``with extra(NAME):``, which a test checks.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager

from .errors import MissingPackage

__version__ = "0.1.0"


EXTRAS = {
    "bibliography": "reads workbooks, and writes BibTeX and RIS",
    "encoders": "runs sentence-transformers models",
    "evaluation": "measures recommendations",
    "fast": "runs minilm",
    "fetch": "asks services on the network, and Zotero",
    "frames": "is for DataFrames and Parquet",
    "linear": "computes the strategy linear",
    "notebooks": "shows progress in notebooks",
    "pages": "writes formulas",
    "plots": "draws pictures",
    "ray": "runs jobs on Ray",
}
"""Each extra whose packages this library imports, and what they do."""


@contextmanager
def extra(name: str, *, instead: str = "") -> Iterator[None]:
    """Import packages of the extra `name` inside; `instead` says how to do without them.

    Raises MissingPackage, in one line with the pip command, where one of them cannot be imported.
    """
    try:
        yield
    except ImportError as error:
        package = (error.name or EXTRAS[name]).partition(".")[0]
        reason = "" if isinstance(error, ModuleNotFoundError) else str(error)
        raise missing(package, name, reason=reason, instead=instead) from error


def require(package: str, name: str, *, instead: str = "") -> None:
    """Raise MissingPackage where a package of the extra `name` is not installed, before long work needs it.

    The package is not loaded.
    """
    if importlib.util.find_spec(package) is None:
        raise missing(package, name, instead=instead)


def missing(package: str, name: str, *, reason: str = "", instead: str = "") -> MissingPackage:
    """The error for a package of the extra `name` that is not installed or, for this `reason`, not usable."""
    state = f"cannot be imported ({' '.join(reason.split()):.200})" if reason else "is not installed"
    remedy = f"{pip_install(name)}, or {instead}" if instead else pip_install(name)
    return MissingPackage(f"{package} {state}, which {EXTRAS[name]}: {remedy}")


def pip_install(name: str) -> str:
    """The command that installs an extra."""
    return f"pip install 'paper-recommender[{name}]'"

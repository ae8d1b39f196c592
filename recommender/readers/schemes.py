"""Cells that should hold an identifier of one scheme, and what else they hold."""

from __future__ import annotations

import functools
import re

from ..arxiv_ids import arxiv_of, mended_arxiv
from ..dois import doi_in, unwrapped
from ..identifiers import parse_identifier
from .values import names_nothing, text

LONGEST = 500
"""Characters of an id, a whole address included."""

_LIKE_DOI = re.compile(r"10\.\d+/\S+")
_WHOLE = re.compile(r"(\d{1,15})\.0+")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:[,.\u00a0\u202f ]\d{3})+", re.ASCII)
_POWER = re.compile(r"(\d)\.(\d{1,14})[eE]\+?(\d{1,2})")
_NUMBERED = frozenset({"pmid", "pmcid", "corpusid", "mag"})


def identifier_text(value: object) -> str:
    """A cell's text without what programs put around it; empty where it says that there is none."""
    written = unwrapped(text(value))
    return "" if names_nothing(written) else written


@functools.lru_cache(maxsize=1024)
def identifier_of(scheme: str, written: str) -> tuple[str, str]:
    """The identifier in a cell of that scheme, and what is wrong with the cell; each may be empty.

    A DOI is taken out of what stands around it. An arXiv id that a spreadsheet made a number of is mended
    where its digits prove it. What is of no known form stays as it is, for it may be one.
    """
    if scheme == "doi":
        found = doi_in(written) or (written if _LIKE_DOI.fullmatch(written) else "")
        if not found and (parse_identifier(written) or "").startswith("arxiv:"):
            return written, ""
        return found, "" if found else f"{written[:60]!r} is no DOI: kept without one"
    if scheme == "arxiv":
        return _arxiv(written)
    if scheme in _NUMBERED:
        return whole_number(written), ""
    return written, ""


def _arxiv(written: str) -> tuple[str, str]:
    mended = mended_arxiv(written)  # first, for the noise of a float stands behind a whole id
    if mended is not None:
        return mended, ""
    found = arxiv_of(written)
    if found is not None and found in written:
        return written, ""
    if found is None and re.fullmatch(r"\d*[.,]?\d*(?:[eE]\+?\d+)?", written):
        what = "is no arXiv id (a spreadsheet may have made a number of it)"
        return written, f"{written[:60]!r} {what}: kept as it is; read such a column as text"
    return written, ""


def whole_number(written: str) -> str:
    """``24034244`` for the ``24034244.0``, ``2.4034244E7`` or ``24,034,244`` that a program made of it."""
    if _GROUPED.fullmatch(written) is not None:
        return re.sub(r"\D", "", written)
    if (whole := _WHOLE.fullmatch(written)) is not None:
        return whole[1]
    power = _POWER.fullmatch(written)
    # As many digits as it had; fewer where so many are left that zeros at the end were dropped, not rounded.
    if power is not None and 0 <= int(power[3]) - len(power[2]) <= (2 if len(power[2]) > 4 else 0):
        return f"{power[1]}{power[2].ljust(int(power[3]), '0')}"
    return written

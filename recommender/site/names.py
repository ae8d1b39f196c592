"""What the pages of papers are called, and which papers have one."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass

from ..paper import Paper

PAPERS = "paper"
"""The folder of the pages of papers."""

_PLAIN = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
_MARKED = re.compile(r".*-[0-9a-f]{16}")
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?")  # to Windows these are no files
_OTHERS = re.compile(r"[^a-z0-9.]+")
_LONGEST, _MARK = 60, 16


def page_name(paper: str) -> str:
    """Give what the page of a paper is called: no other paper's is, also where upper and lower case are one.

    Parameters
    ----------
    paper : str
        The paper's id.

    Returns
    -------
    str
        The id itself, where it is of lower-case letters, digits, dots and hyphens; else these of it, and a
        mark.

    Examples
    --------
    >>> from recommender.site import page_name
    >>> page_name("2106.09685"), page_name("hep-th/9901001")
    ('2106.09685', 'hep-th-9901001-e87280ea2780aa64')
    """
    plain = _PLAIN.fullmatch(paper) and len(paper) <= _LONGEST
    if plain and not _MARKED.fullmatch(paper) and not _DEVICE.fullmatch(paper):
        return paper
    letters = unicodedata.normalize("NFKD", paper).encode("ascii", "ignore").decode().lower()
    readable = _OTHERS.sub("-", letters)[:_LONGEST].strip("-.") or PAPERS
    if _DEVICE.fullmatch(readable):
        readable = f"{PAPERS}-{readable}"
    mark = hashlib.sha256(paper.encode("utf-8", "surrogatepass")).hexdigest()[:_MARK]
    return f"{readable}-{mark}"


def paper_path(paper: str, ending: str = ".html") -> str:
    """The path of the page of a paper of this id below the site's root, or of another of its files."""
    return f"{PAPERS}/{page_name(paper)}{ending}"


@dataclass(frozen=True)
class PaperLinks:
    """The papers that have a page: those of these ids, or all of the corpus where it is None."""

    ids: frozenset[str] | None

    def page_of(self, paper: Paper, /) -> str | None:
        """The path of a paper's page below the site's root; None where it has none here."""
        return paper_path(paper.id) if self.ids is None or paper.id in self.ids else None

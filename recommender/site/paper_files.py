"""The files beside a paper's page: its record for reference managers, programs and notes."""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Mapping
from types import MappingProxyType

from ..listing.references import plain_values
from ..paper import Paper
from ..writers import encode, paper_record

FORMATS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        ".bib": ("bibtex", "BibTeX", "application/x-bibtex"),
        ".ris": ("ris", "RIS", "application/x-research-info-systems"),
        ".json": ("json", "JSON", "application/json"),
        ".md": ("markdown", "Markdown", "text/markdown"),
    }
)
"""By ending: the writer, what people call the format, and its media type."""

# What writes a format, where it is of the extra ``bibliography``.
_PACKAGES = {".bib": "bibtexparser", ".ris": "rispy"}


@functools.cache
def written_formats() -> Mapping[str, tuple[str, str, str]]:
    """Those of `FORMATS` that can be written: without the extra ``bibliography`` no BibTeX and no RIS."""
    return {
        ending: kind
        for ending, kind in FORMATS.items()
        if ending not in _PACKAGES or importlib.util.find_spec(_PACKAGES[ending]) is not None
    }


def paper_files(paper: Paper) -> Mapping[str, bytes]:
    """Write a paper's record in every format that its page links to; see `written_formats`.

    Parameters
    ----------
    paper : Paper
        The paper.

    Returns
    -------
    mapping of str to bytes
        Each file by its ending. The readers of these formats make the paper of it again; ``.md`` is for
        people. Only ``.json`` keeps controls and marks of direction.

    Examples
    --------
    >>> from recommender import Paper
    >>> from recommender.site import paper_files
    >>> [*paper_files(Paper(id="2106.09685", title="LoRA"))]
    ['.bib', '.ris', '.json', '.md']
    """
    exact = paper_record(paper)
    shown = plain_values(exact)
    return {
        ending: encode([exact if writer == "json" else shown], writer)
        for ending, (writer, _, _) in written_formats().items()
    }

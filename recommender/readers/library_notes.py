"""What stands in the free text beside an item of a library: ``PMID: 24034244``, ``Revised: 2024-02-01``."""

from __future__ import annotations

import re

_LINE = re.compile(
    r"^[ \t]*\{?:?(DOI|arXiv(?: ID)?|PMID|PMCID|Citation[ -]Key|bibtex|OpenAlex|CorpusID|S2|ACL|ISBN|ISSN)"
    r"\s*[:=]\s*([^\s}]+)"
    r"[ \t]*(?:\[[\w.-]+\])?[ \t]*\}?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_SCHEMES = {"arxiv id": "arxiv", "citation key": "citekey", "citation-key": "citekey", "bibtex": "citekey"}


def noted_identifiers(written: str) -> dict[str, str]:
    """The identifiers that stand on lines of their own, the first of each scheme."""
    found: dict[str, str] = {}
    if len(written) <= 100_000:
        for name, value in _LINE.findall(written):
            scheme = _SCHEMES.get(name.lower(), name.lower())
            found.setdefault(scheme, value)
    return found


_REVISED = re.compile(r"^[ \t]*Revised:[ \t]*(\d{4}(?:-\d\d){0,2})[ \t]*$", re.IGNORECASE | re.MULTILINE)


def noted_revision(written: str) -> str:
    """The date of the last version that stands on a line of its own; empty where there is none."""
    found = _REVISED.search(written[:100_000])
    return found[1] if found else ""

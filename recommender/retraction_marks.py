"""What says of a paper itself that it was retracted or withdrawn: its title, its abstract, remarks, tags."""

from __future__ import annotations

import re

RETRACTED_TAGS = frozenset(("retracted", "retracted publication", "retracted article", "retracted paper"))
"""Keywords and tags of a retracted paper, in small letters."""

_DASH = "[\u2010-\u2015-]"
_KIND = r"(?:article|paper|chapter|manuscript|publication|preprint)"
_BEGINS = (
    re.compile(r"\W*(?:TEMPORARY REMOVAL|REMOVED)\s*:"),
    re.compile(rf"\W*(?:RETRACTED|WITHDRAWN)(?:\s+[A-Z]+)?\s*(?:[\]):]|{_DASH}\s)"),
    re.compile(
        rf"\W*(?:retracted(?:\s+{_KIND})?\s*(?:[\]):]|{_DASH}\s)|\[\s*(?:retracted|withdrawn)\b[^\]]{{0,60}}\]"
        rf"|withdrawn\s+{_KIND}\s*[\]):])",
        re.IGNORECASE,
    ),
)
_ENDS = re.compile(
    rf"\s*[\[(]\s*(?:retracted|withdrawn)(?:\s+{_KIND}\b[^\])]*)?\.?\s*[\])]\W*$", re.IGNORECASE
)
_GONE = (
    r"(?:(?:has|have|had)\s+(?:now\s+)?been|is|was)\s+(?:hereby\s+|temporarily\s+)?"
    r"(?:withdrawn|retracted)\b(?!\s+from)"
)
_TEXT = r"(?:paper|article|manuscript|submission|preprint|work|version|chapter|note|report)"
_ABSTRACT = re.compile(rf"\W*(?:this|the)\s+(?:present\s+)?{_TEXT}\s+{_GONE}", re.IGNORECASE)
_REMARK = re.compile(
    rf"\b{_TEXT}\s+{_GONE}|^\W*(?:{_TEXT}\s+)?(?:withdrawn|retracted)"
    r"(?:\W*$|\s*[.,;:]|\s+(?:by|due|because|for|as|since|until)\b)",
    re.IGNORECASE,
)
_HEAD = 200  # characters in which an abstract or a remark says so


def title_without_mark(title: str) -> str | None:
    """The title of a retracted paper without the words that say so; None where there are none.

    Examples
    --------
    >>> title_without_mark("RETRACTED ARTICLE: Lime mortar")
    'Lime mortar'
    >>> title_without_mark("Retracted papers and who cites them") is None
    True
    """
    folded = title.casefold()
    if not any(map(folded.__contains__, ("retracted", "withdrawn", "remov"))):
        return None
    found = next((match for form in _BEGINS if (match := form.match(title)) is not None), None)
    if found is not None:
        return title[found.end() :].strip(" :.-")
    found = _ENDS.search(title)
    return None if found is None else title[: found.start()].strip()


def says_retracted(title: str, abstract: str = "") -> bool:
    """Whether a paper's title, or the beginning of its abstract, says that it was retracted or withdrawn."""
    return title_without_mark(title) is not None or _ABSTRACT.match(abstract[:_HEAD]) is not None


def remark_says_withdrawn(remark: str) -> bool:
    """Whether a remark beside a preprint says so: "This paper has been withdrawn by the author"."""
    return _REMARK.search(remark[:_HEAD]) is not None

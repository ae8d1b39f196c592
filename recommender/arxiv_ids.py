"""arXiv ids: how they are written, where they stand, and what is left of them when a spreadsheet was here."""

from __future__ import annotations

import re

ARXIV_ARCHIVES = tuple(
    "acc-phys adap-org alg-geom ao-sci astro-ph atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas cond-mat "
    "cs dg-ga econ eess funct-an gr-qc hep-ex hep-lat hep-ph hep-th math math-ph mtrl-th nlin nucl-ex "
    "nucl-th patt-sol physics plasm-ph q-alg q-bio q-fin quant-ph solv-int stat supr-con".split()
)
"""Every archive that arXiv ids and categories begin with, closed ones included."""

_MONTH = r"(?:0[1-9]|1[0-2])"
# Numbers had four digits from April 2007 to December 2014, and have five since.
_FOUR = rf"(?:07(?:0[4-9]|1[0-2])|(?:0[89]|1[0-4]){_MONTH})\.\d{{4}}"
_FIVE = rf"(?:1[5-9]|[2-4]\d){_MONTH}\.\d{{5}}"
_NEW = rf"(?P<new>{_FOUR}|{_FIVE})(?!\d)"
_OLD = rf"(?P<old>(?:{'|'.join(ARXIV_ARCHIVES)})(?:\.[A-Za-z]{{2}})?/\d{{2}}{_MONTH}\d{{3}})(?!\d)"
_ID = rf"(?:{_NEW}|{_OLD})"
# A version, the class in brackets, a year, as references have them behind the id.
_AFTER = r"(?:v\d+)?(?:\s*[\[(][A-Za-z. ,;-]{2,60}[\])])*(?:\s*\((?:19|20)\d\d\)|,\s*(?:19|20)\d\d)?[\s.,;)]*"
_WORDS = (
    r"(?:(?:oai:|info:|urn:)?arxiv(?:\.org)?(?:\s+(?:pre-?prints?|e-?prints?|id|number))?"
    r"[\s,:./]*(?:(?:art|p|no)\.\s*)?(?:abs/)?)"
)

_TEXT = re.compile(rf"(?:{_WORDS}{{1,3}}|(?:corr\s*,?\s*)?abs/)?{_ID}{_AFTER}", re.IGNORECASE | re.ASCII)
_HOSTS = r"(?:arxiv\.org|alphaxiv\.org|ar5iv\.org|arxiv-vanity\.com|xxx\.lanl\.gov)"
_PLACES = (
    rf"(?:[\w-]+\.)*{_HOSTS}/(?:[a-z-]+/){{1,3}}(?:arxiv:)?",
    r"(?:www\.)?(?:huggingface\.co|hf\.co)/papers/",
    # Other sites that show arXiv's papers.
    r"(?:[\w-]+\.)+[a-z]{2,}/(?:[^\s?#]*[/:=])?arxiv[:/.]",
)
_URL = re.compile(
    rf"(?:https?:)?(?://)?(?:{'|'.join(_PLACES)}){_ID}(?:v\d+)?(?:\.(?:pdf|ps|gz|html))*/?"
    r"(?:[/?#]\S*)?(?:\s*\[[A-Za-z.-]{2,30}\])?",
    re.IGNORECASE | re.ASCII,
)
# The Astrophysics Data System's: 2021arXiv210609685H.
_BIBCODE = re.compile(r"(?:.*/)?\d{4}arXiv(\d{4})\.?(\d{4,5})[A-Z](?:/\w+)?", re.ASCII)
_DBLP = re.compile(r"(?:dblp:)?journals/corr/abs-(\d{4})-(\d{4,5})", re.IGNORECASE | re.ASCII)
_DOI = re.compile(rf"10\.48550/arxiv\.{_ID}(?:v\d+)?", re.IGNORECASE | re.ASCII)
_ALONE = re.compile(rf"{_ID}(?:v\d+)?", re.IGNORECASE | re.ASCII)

_COMMON = re.compile(rf"(?:https?://arxiv\.org/abs/)?{_NEW}(?:v\d+)?", re.ASCII)
_LIKELY = re.compile(r"\d[.,-]\d|/\d{7}|arXiv\d{8}", re.ASCII)  # what every spelling holds

_NUMBER = re.compile(r"(\d{3,4})[.,](\d{1,17})")
_NOISE = 1e-7  # far below half of the last digit of an id, far above the error of a float


def arxiv_of(text: str) -> str | None:
    """The id without version and class that a text is, however it is written; None for another text."""
    common = _COMMON.fullmatch(text)
    if common is not None:
        return common["new"]
    if not _LIKELY.search(text):
        return None
    found = _TEXT.fullmatch(text) or _URL.fullmatch(text)
    if found is not None:
        return found["new"] or _filed(found["old"])
    parts = _BIBCODE.fullmatch(text) or _DBLP.fullmatch(text)
    if parts is not None and (alone := _ALONE.fullmatch(f"{parts[1]}.{parts[2]}")):
        return alone["new"]
    return mended_arxiv(text, lost=1)


def arxiv_of_doi(doi: str) -> str | None:
    """The id in one of arXiv's own DOIs."""
    found = _DOI.fullmatch(doi)
    return None if found is None else found["new"] or _filed(found["old"])


def mended_arxiv(text: str, *, lost: int = 9) -> str | None:
    """The id that became this number in a spreadsheet; None where the digits do not prove one.

    A number has lost its first zero (``704.0001``), up to `lost` of its last ones (``2101.0001``), or has the
    error of a float (``1909.0420199999999``). How many digits an id of that month has is known.
    """
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        return None
    month, written = found[1].zfill(4), found[2]
    digits = 4 if month < "1501" else 5
    if len(written) > digits + 3:  # a float's own digits: what is behind the id's is nearly nothing
        number = float(f"0.{written}")
        rounded = f"{number:.{digits}f}"
        if abs(number - float(rounded)) > _NOISE or not rounded.startswith("0."):
            return None
        written = rounded[2:]
    elif len(written) > digits or len(written) + lost < digits:
        return None
    id_ = f"{month}.{written.ljust(digits, '0')}"
    return id_ if _ALONE.fullmatch(id_) and int(id_[5:]) else None


def arxiv_month(text: str) -> str:
    """``YYYY-MM`` of an arXiv id in any spelling: when it was submitted; empty for another text."""
    found = arxiv_of(text.strip())
    if found is None:
        return ""
    digits = found.rpartition("/")[2]
    year, month = int(digits[:2]), digits[2:4]
    return f"{1900 + year if year > 90 else 2000 + year}-{month}"


_VERSION = re.compile(r"\dv([1-9]\d{0,2})(?!\d)", re.ASCII)


def arxiv_version(text: str) -> int:
    """The version that an arXiv id in any spelling names: 2 of ``2106.09685v2``; 0 where it names none."""
    found = _VERSION.search(text)
    return int(found[1]) if found is not None and arxiv_of(text.strip()) is not None else 0


def _filed(old: str) -> str:
    """``math.GT/0309136`` is filed as ``math/0309136``: the subject class is not part of the id."""
    archive, number = old.lower().split("/")
    return f"{archive.split('.')[0]}/{number}"

"""Identifiers of a paper: arXiv, DOI, PubMed, ACL Anthology, OpenAlex, Semantic Scholar, URL.

Every identifier has one canonical spelling, ``scheme:value``: ``arxiv:2312.00752``,
``doi:10.18653/v1/n19-1423``, ``pmid:12345678``, ``acl:N19-1423``, ``openalex:W2741809807``,
``s2:204e3073870fae3d05bcbc2f6a8e263d9b72e776``, ``url:example.org/paper``. Versions of one arXiv paper
share one spelling; old arXiv ids keep their archive, because ``hep-th/9901001`` and
``math/9901001`` are two papers.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

ARXIV_ARCHIVES = tuple(
    "acc-phys adap-org alg-geom ao-sci astro-ph atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas cond-mat "
    "cs dg-ga econ eess funct-an gr-qc hep-ex hep-lat hep-ph hep-th math math-ph mtrl-th nlin nucl-ex "
    "nucl-th patt-sol physics plasm-ph q-alg q-bio q-fin quant-ph solv-int stat supr-con".split()
)
"""Every archive that arXiv ids and categories begin with, closed ones included."""

_ARXIV_NEW = r"(?P<new>\d{2}(?:0[1-9]|1[0-2])\.\d{4,5})"
_ARXIV_OLD = rf"(?P<old>(?:{'|'.join(ARXIV_ARCHIVES)})(?:\.[A-Za-z]{{2}})?/\d{{2}}(?:0[1-9]|1[0-2])\d{{3}})"
_ARXIV = rf"(?:{_ARXIV_NEW}|{_ARXIV_OLD})(?:v\d+)?"

# Tried in this order; each must match the whole text.
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (scheme, re.compile(pattern, re.IGNORECASE | re.ASCII))
    for scheme, pattern in (
        ("arxiv", rf"(?:arxiv[:\s]\s*)?{_ARXIV}"),
        (
            "arxiv",
            rf"(?:https?://)?(?:www\.|export\.)?(?:arxiv|alphaxiv|ar5iv)\.org/[a-z]+/{_ARXIV}(?:\.pdf)?/?(?:[?#].*)?",
        ),
        ("arxiv", rf"(?:https?://)?(?:www\.)?huggingface\.co/papers/{_ARXIV}/?(?:[?#].*)?"),
        ("arxiv", rf"(?:doi:\s*|(?:https?://)?(?:dx\.)?doi\.org/)?10\.48550/arxiv\.{_ARXIV}[.,;)]*"),
        # The sentence around a DOI may end in marks that are none of it.
        (
            "doi",
            r"(?:doi:\s*|(?:https?://)?(?:dx\.)?doi\.org/)?"
            r"(?P<value>10\.\d{4,9}/(?u:\S*[^\s.,;)]))[.,;)]*",
        ),
        ("pmid", r"(?:pmid:\s*|(?:https?://)?pubmed\.ncbi\.nlm\.nih\.gov/)(?P<value>\d{1,9})/?"),
        (
            "acl",
            r"(?:acl:|(?:https?://)?(?:www\.)?(?:aclanthology\.org|aclweb\.org/anthology)/)"
            r"(?P<value>[A-Z]\d{2}-\d{4}|\d{4}\.[a-z0-9_]+-[a-z0-9_]+\.\d+)(?:\.pdf)?/?",
        ),
        ("openalex", r"(?:openalex:|(?:https?://)?(?:api\.)?openalex\.org/(?:works/)?)(?P<value>W\d+)/?"),
        (
            "s2",
            r"(?:s2:|(?:https?://)?(?:www\.)?semanticscholar\.org/paper/(?:[^/]+/)?)?"
            r"(?P<value>[0-9a-f]{40})/?",
        ),
    )
)

# Of 146,289 abstracts the shortest has 68 letters, the shortest that two papers share 522; the sentences that
# stand for none have fewer than a hundred.
_LEAST_LETTERS = 100
_PART = 1 << 16  # characters
_NO_LETTER = re.compile(r"[\W_]+")
_NO_LETTER_ASCII = re.compile(r"[^a-z0-9]+")


def parse_identifier(text: str) -> str | None:
    """The canonical spelling of an identifier written in any usual way, or None.

    Accepts bare ids (``2312.00752v2``), prefixed ones (``arXiv:2312.00752``) and urls.
    """
    text = text.strip()
    for scheme, pattern in _PATTERNS:
        found = pattern.fullmatch(text)
        if found is None:
            continue
        if scheme == "arxiv":
            return f"arxiv:{(found['new'] or _old_arxiv(found['old']))}"
        return f"{scheme}:{_normal_case(scheme, found['value'])}"
    return None


def _old_arxiv(text: str) -> str:
    """``math.GT/0309136`` is filed as ``math/0309136``: the subject class is not part of the id."""
    archive, number = text.lower().split("/")
    return f"{archive.split('.')[0]}/{number}"


def _normal_case(scheme: str, value: str) -> str:
    """Case tells no two apart in any scheme: OpenAlex and old ACL ids are written in capitals."""
    upper = scheme == "openalex" or re.fullmatch(r"[A-Za-z]\d{2}-\d{4}", value)
    return value.upper() if upper else value.lower()


def canonical(text: str) -> str:
    """The spelling under which two ids are the same paper: the identifier's, else the text itself."""
    return parse_identifier(text) or text.strip()


def canonical_url(url: str) -> str | None:
    """``url:`` and the address without scheme, ``www.``, fragment and trailing slash; None if empty."""
    bare = re.sub(r"^https?://(?:www\.)?", "", url.strip(), flags=re.IGNORECASE).split("#")[0].rstrip("/")
    return f"url:{bare}" if bare else None


def title_fingerprint(title: str) -> str:
    """Letters and digits of a title, lower case, without accents: equal for trivial variants."""
    decomposed = unicodedata.normalize("NFKD", title).casefold()
    return "".join(c for c in decomposed if c.isalnum())


def abstract_fingerprint(abstract: str) -> str:
    """Letters and digits of an abstract, lower case, without accents; "" where they are too few.

    What stands for a missing abstract ("No abstract available.") is shorter than `_LEAST_LETTERS`.
    """
    # In parts, since what lies between the letters of a long text takes ten times as much memory as it.
    starts = range(0, len(abstract), _PART)
    letters = "".join([_letters(abstract[start : start + _PART]) for start in starts])
    return letters if len(letters) >= _LEAST_LETTERS else ""


def _letters(text: str) -> str:
    if text.isascii():
        return _NO_LETTER_ASCII.sub("", text.lower())
    return _NO_LETTER.sub("", unicodedata.normalize("NFKD", text).casefold())


def title_id(title: str) -> str:
    """A stable id for a paper whose source gives none: ``title:`` and 12 hex digits."""
    return f"title:{hashlib.sha256((title_fingerprint(title) or title).encode()).hexdigest()[:12]}"

"""Identifiers of a paper: arXiv, DOI, PubMed, ACL Anthology, OpenAlex, Semantic Scholar and others, URL.

Every identifier has one canonical spelling, ``scheme:value``: ``arxiv:2312.00752``,
``doi:10.18653/v1/n19-1423``, ``pmid:12345678``, ``pmcid:PMC1234567``, ``acl:N19-1423``,
``openalex:W2741809807``, ``s2:204e3073870fae3d05bcbc2f6a8e263d9b72e776``, ``corpusid:235458009``,
``openreview:abc123XYZ``, ``dblp:conf/nips/VaswaniSPUJGKP17``, ``url:example.org/paper``. Versions of one
preprint share one spelling; old arXiv ids keep their archive, because ``hep-th/9901001`` and
``math/9901001`` are two papers.
"""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata

from .arxiv_ids import arxiv_of, arxiv_of_doi
from .dois import LONGEST, canonical_doi, doi_of, unwrapped
from .spelling import lowered, named_signs, unaccented

NO_NAMES = frozenset({"isbn", "issn", "eissn", "citekey", "key", "mag", "corrects", "retracts", "concerns"})
"""Schemes whose values do not name the paper: chapters share a book's ISBN, libraries have keys of their own,
and a notice names the paper that it corrects.
"""

_END = r"/?(?:[?#]\S*)?"
_ACL = r"([A-Z]\d{2}-\d{4}|\d{4}\.[a-z0-9_]+-[a-z0-9_]+\.\d+)(?:v\d+)?"
_NCBI = r"(?:www\.|m\.)?ncbi\.nlm\.nih\.gov/"

# Tried in this order; each must match the whole text, and is tried where the text holds one of the hints.
_PATTERNS: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = tuple(
    (
        scheme,
        tuple(hints.split()),
        re.compile(rf"(?:{bare}|(?:https?:)?(?://)?(?:{places}))".replace("VALUE", value), re.I | re.A),
    )
    for scheme, hints, value, bare, places in (
        (
            "pmid",
            "pmid pubmed medline /med/",
            r"0*([1-9]\d{0,8})",
            r"(?:info:)?(?:pmid|pubmed(?=[:/\s])(?:\s*id)?|medline(?=:))[\s:/]*VALUE[.,;]*",
            rf"(?:(?:www\.|m\.)?pubmed\.(?:ncbi\.nlm\.nih\.)?gov/|{_NCBI}(?:m/)?pubmed/(?:\?term=)?"
            r"|europepmc\.org/(?:article|abstract)/med/|identifiers\.org/pubmed[:/])VALUE" + _END,
        ),
        (
            "pmcid",
            "pmc",
            r"(PMC\d{2,9})",
            r"(?:(?:pmcid|pmc)\s*[:/]?\s*)?VALUE(?:\.\d{1,2})?[.,;]*",
            rf"(?:{_NCBI}pmc/articles/|pmc\.ncbi\.nlm\.nih\.gov/articles/"
            r"|(?:www\.)?europepmc\.org/(?:articles?|abstract)/(?:pmc/)?)VALUE(?:/\S*)?" + _END,
        ),
        (
            "pmcid",
            "pmc",
            r"0*([1-9]\d{1,8})",
            r"pmcid[\s:]*VALUE",
            r"europepmc\.org/articles?/pmc/VALUE" + _END,
        ),
        (
            "acl",
            "acl -",
            _ACL,
            r"(?:acl:\s*)?VALUE(?:\.pdf)?",
            r"(?:www\.)?(?:aclanthology\.(?:org|info)|aclweb\.org/anthology)/(?:[\w-]+/){0,5}VALUE"
            r"(?:\.\w{2,4}|/[\w.-]+)?" + _END,
        ),
        (
            "openalex",
            "openalex w",
            r"(W\d{1,12})",
            r"openalex:\s*VALUE|(?=W\d{5})VALUE",
            r"(?:(?:api|explore|www)\.)?openalex\.org/(?:works/)?VALUE" + _END,
        ),
        (
            "s2",
            "s2 semantic",
            r"([0-9a-f]{40})",
            r"(?:s2|semantic\s?scholar):\s*VALUE",
            r"(?:www\.|api\.)?semanticscholar\.org/(?:graph/)?(?:v1/)?(?:paper|reader)/(?:[^/\s]+/)?VALUE"
            r"(?:/\w*)?" + _END,
        ),
        (
            "corpusid",
            "corpus s2cid",
            r"0*([1-9]\d{0,11})",
            r"(?:(?:s2\s?)?corpus\s?-?id|s2cid)[\s:]*VALUE",
            r"(?:www\.|api\.)?semanticscholar\.org/(?:(?:graph/)?v1/)?(?:paper/)?corpusid:VALUE" + _END,
        ),
        (
            "openreview",
            "openreview",
            r"([\w-]{5,40})",
            r"openreview:\s*VALUE",
            r"(?:www\.)?openreview\.net/(?:forum|pdf|revisions|attachment)/?\?(?:\w+=[^&\s]*&)*?id=VALUE(?:&\S*)?(?:#\S*)?",
        ),
        (
            "dblp",
            "dblp",
            r"((?:conf|journals|books|series|phd|reference|tr)/[\w-]{1,60}/[\w-]{1,100})",
            r"dblp:\s*VALUE",
            r"(?:www\.)?dblp2?\.(?:org|uni-trier\.de|dagstuhl\.de)/rec/(?:bibtex/|html/|bib/)?VALUE"
            r"(?:\.\w{2,4})?" + _END,
        ),
    )
)  # fmt: skip

_S2 = re.compile("[0-9a-f]{40}", re.ASCII)
_CACHED = 200  # characters: a paper is asked for its names several times on its way into a corpus
_CASE_COUNTS = frozenset({"openreview", "dblp"})

# Of 146,289 abstracts the shortest has 68 letters, the shortest that two papers share 522; the sentences that
# stand for none have fewer than a hundred.
_LEAST_LETTERS = 100
_PART = 1 << 16  # characters
_DIGIT = re.compile(r"\d", re.ASCII)
_NO_LETTER = re.compile(r"[\W_]+")
_NO_LETTER_ASCII = re.compile(r"[^a-z0-9]+")


def parse_identifier(text: str) -> str | None:
    """The canonical spelling of an identifier written in any usual way, or None.

    Accepts bare ids (``2312.00752v2``), prefixed ones (``arXiv:2312.00752``), urls of these and of
    publishers, and what programs make of them (``="10.1000/x"``, ``%28``, ``&lt;``). An arXiv id that went
    through a spreadsheet as a number is mended where its digits prove it: ``1206.552`` is ``1206.5520``.
    """
    return _parse(text) if len(text) > _CACHED else _parse_cached(text)


def _parse(text: str) -> str | None:
    text = unwrapped(text)
    if not 4 < len(text) <= LONGEST or (not _DIGIT.search(text) and "openreview" not in text.lower()):
        return None
    doi = doi_of(text)
    arxiv = arxiv_of(text) if doi is None else arxiv_of_doi(doi)
    if arxiv is not None:
        return f"arxiv:{arxiv}"
    if doi is not None:
        return f"doi:{canonical_doi(doi)}"
    lower = text.lower()
    if _S2.fullmatch(lower):
        return f"s2:{lower}"
    for scheme, hints, pattern in _PATTERNS:
        for hint in hints:
            if hint in lower:
                found = pattern.fullmatch(text)
                if found is not None:
                    return f"{scheme}:{_normal_case(scheme, next(filter(None, found.groups())))}"
                break
    return None


_parse_cached = functools.lru_cache(maxsize=2**14)(_parse)


def _normal_case(scheme: str, value: str) -> str:
    """Case tells no two apart in most schemes: OpenAlex, PMC and old ACL ids are written in capitals."""
    if scheme in _CASE_COUNTS:
        return value
    if scheme == "pmcid":
        return f"PMC{value.upper().removeprefix('PMC').lstrip('0')}"
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
    """Letters and digits of a title, lower case, without accents: equal for trivial variants.

    Signs that are part of a name are spelled out: C, C++ and C# are three titles.
    """
    title = named_signs(title)
    if title.isascii():
        return _NO_LETTER_ASCII.sub("", title.lower())
    plain = unaccented(lowered(unicodedata.normalize("NFKC", title).casefold()))
    return "".join(c for c in plain if c.isalnum() or _is_vowel_sign(c))


def _is_vowel_sign(character: str) -> bool:
    """Whether it is a mark that is no accent: a vowel of a script of India or its neighbours."""
    return "\u0900" <= character <= "\u1cff" and unicodedata.category(character)[0] == "M"


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

"""DOIs as people and programs write them: bare, prefixed, in addresses of publishers, with junk behind."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, unquote

LONGEST = 2000
"""Characters of a text that may be an identifier; the longest address that browsers take has as many."""

_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|apos|#\d{1,5}|#x[0-9a-f]{1,4});", re.IGNORECASE)
_PERCENT = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
# Around a whole cell: Excel's ="...", quotes, brackets, BibTeX's \url{...}.
_WRAPPED = re.compile(
    r"""=?"(?P<a>[^"]*)"|'(?P<b>[^']*)'|\\(?:url|doi)\{(?P<c>[^{}]*)\}|<(?P<d>[^<>]*)>|\[(?P<e>[^\[\]]*)\]|"""
    r"""\{(?P<f>[^{}]*)\}|\((?P<g>[^()]*)\)|“(?P<h>[^”]*)”"""
)
_BARE = re.compile(
    r"(?:(?:info:|urn:)?(?:doi(?:\.org)?|digital object identifier)[\s:=/.#-]*)*"
    r"(?P<who>10\.\d{4,9}(?:\.\d{1,9})*)\s*/\s*(?P<what>(?u:\S+))",
    re.IGNORECASE | re.ASCII,
)
_WRAPS = "=\"'\\<[{(“"
_NAMED = re.compile(r"^doi\s*[:=]?\s*(?=https?:)", re.IGNORECASE)
_URL = re.compile(
    r"(?:https?:)?(?://)?(?P<host>(?:[\w-]+\.)+[a-z]{2,})(?::\d+)?(?P<path>/[^?#]*)"
    r"(?:\?(?P<query>[^#]*))?(?P<fragment>#.*)?",
    re.IGNORECASE | re.DOTALL,
)
_IN_PATH = re.compile(r"(?<![\w.])(?P<who>10\.\d{4,9}(?:\.\d{1,9})*)\s*/\s*(?P<what>.*)", re.DOTALL)
_IN_CELL = re.compile(
    r"(?<![\w./])(?:doi[\s:=/.#-]*)?10\.\d{4,9}(?:\.\d{1,9})*(?:\s?/\s?|%2f)(?u:\S+)",
    re.IGNORECASE | re.ASCII,
)
_NEXT = re.compile(r"[;,|]+(?=\s*(?:https?:|doi\b|10\.\d{4}))", re.IGNORECASE)

_QUERY = re.compile(r"[?&][A-Za-z_]+=.*")
# What a publisher's address, or whoever copied from it, has behind the DOI.
_TAIL = re.compile(
    r"/(?:full|abstract|abs|e?pdf|pdfdirect|fulltext|(?:fulltext|full)\.html?|html|meta|references|summary|epub"
    r"|suppl_file(?:/.*)?|figures|metrics|citations)$|(?:\.full)?\.pdf$|\.full(?:\.html?)?$"
    r"|</[a-z]+\s?/?>.*$|<(?:br|p|a|div|span)\s?/?>.*$",
    re.IGNORECASE,
)
_OPENERS = {")": "(", "]": "[", "}": "{", ">": "<"}
_MARKS = ".,;:!?*/\\'\"`”’»†‡…|&="

# bioRxiv and medRxiv: the version, and what stands behind it, is of the address and not of the DOI.
_BIORXIV = re.compile(r"(?P<doi>10\.(?:1101|64898)/(?:\d{4}\.\d\d\.\d\d\.)?\d{5,9})(?:v\d+.*|\.\D+)", re.I)
# Where each version has a DOI of its own.
_VERSION = re.compile(
    r"(10\.26434/chemrxiv-.+)-v\d+|(10\.26434/chemrxiv\..+)\.v\d+|(10\.21203/rs\..+)/v\d+"
    r"|(10\.20944/preprints.+)\.v\d+|(10\.(?:31234|31235|31219|31222|35542)/osf\.io/\w+)_v\d+"
)

# Addresses of which the DOI can be made: host, path (and query), DOI.
_SITES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), doi)
    for pattern, doi in (
        (r"(?:www\.)?nature\.com/articles/(s41599-[\w-]+?)(?:_reference)?(?:\.pdf)?/?", r"10.1057/\1"),
        (r"(?:www\.)?nature\.com/articles/([sd]\d{5}-[\w-]+?)(?:_reference)?(?:\.pdf)?/?", r"10.1038/\1"),
        (r"(?:www\.)?nature\.com/articles/([a-z]{2,9}\d{2,6})(?:\.pdf)?/?", r"10.1038/\1"),
        (r"(?:www\.)?(?:bio|med)rxiv\.org/(?:cgi/)?content/.*?((?:\d{4}\.\d\d\.\d\d\.)?\d{6,8})(?:v\d.*|\.\D.*)?",
         r"10.1101/\1"),
        (r"(?:www\.)?elifesciences\.org/articles/(\d{4,6})/?", r"10.7554/eLife.\1"),
        (r"(?:www\.)?peerj\.com/articles/(\d+)/?", r"10.7717/peerj.\1"),
        (r"(?:www\.)?zenodo\.org/records?/(\d+)/?", r"10.5281/zenodo.\1"),
        (r"(?:www\.|papers\.)?ssrn\.com/(?:abstract=|sol3/papers\.cfm\?abstract_id=)(\d+)",
         r"10.2139/ssrn.\1"),
    )
)  # fmt: skip

_SITE_HINTS = ("nature.com", "biorxiv", "medrxiv", "elife", "peerj", "zenodo", "ssrn")


def unwrapped(text: str) -> str:
    """A cell without the white space, quotes, brackets and escapes of programs around all of it."""
    text = text.strip()
    if text[:1] not in _WRAPS:
        return text
    while (found := _WRAPPED.fullmatch(text)) is not None:
        text = next(part for part in found.groups() if part is not None).strip()
    return text


def doi_of(text: str) -> str | None:
    """The DOI that a text is, in its own case and without anything that is none of it; None for another text.

    `text` may be bare, have a prefix, be an address of a resolver or a publisher, be wrapped or escaped.
    """
    text = unwrapped(text)
    if len(text) > LONGEST:
        return None
    if "10." in text:
        found = _BARE.fullmatch(_plain(text))
        if found is not None:
            return _trimmed(found["who"], found["what"])
        text = _NAMED.sub("", _plain(text) if "%3a%2f%2f" in text[:40].lower() else text)
    elif "/" not in text or not any(site in text for site in _SITE_HINTS):
        return None
    url = _URL.fullmatch(text)
    return None if url is None or re.search(r"\s", text) else _of_url(url)


def doi_in(text: str) -> str | None:
    """The first DOI in a cell that may hold other things; None where there is none."""
    text = text[:LONGEST]
    whole = None if _NEXT.search(text) else doi_of(text)
    if whole is not None:
        return whole
    for part in (*_NEXT.split(text), *text.split()):
        if (found := doi_of(part)) is not None:
            return found
        for one in _IN_CELL.finditer(part):
            if (found := doi_of(one[0])) is not None:
                return found
    return None


def canonical_doi(doi: str) -> str:
    """What is equal for all spellings of one DOI, and for all versions of a preprint."""
    lower = doi.lower()
    version = _VERSION.fullmatch(lower)
    return lower if version is None else next(part for part in version.groups() if part)


def _plain(text: str) -> str:
    """The text without entities and percent signs that stand for other letters, however often escaped."""
    import html

    while True:
        before = text
        if "&" in text:
            text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
        if "%" in text and _PERCENT.search(text):
            text = unquote(text)
        if text == before:
            return text


def _of_url(url: re.Match[str]) -> str | None:
    host, fragment = url["host"].lower(), url["fragment"] or ""
    path, query = _plain(url["path"]), url["query"] or ""
    found = _IN_PATH.search(path)
    if found is not None:
        what = found["what"] + "#" * (found["what"].endswith(";2-") and fragment == "#")  # a SICI's last sign
        if host.endswith("oup.com"):
            what = re.sub(r"/\d{5,}/?$", "", what)
        return _trimmed(found["who"], what)
    for _, value in parse_qsl(query):
        inner = _BARE.fullmatch(_plain(value))
        if inner is not None:
            return _trimmed(inner["who"], inner["what"])
    address = f"{host}{path}{'?' * bool(query)}{query}"
    for place, doi in _SITES:
        for spelled in (address, f"{host}{path}"):
            if (site := place.fullmatch(spelled)) is not None:
                return site.expand(doi)
    return None


def _trimmed(who: str, what: str) -> str | None:
    what = _QUERY.sub("", (what.split() or [""])[0]) if "=" in what else (what.split() or [""])[0]
    while True:
        before = what
        what = _TAIL.sub("", what.rstrip(_MARKS))
        last = what[-1:]
        if last in _OPENERS and what.count(last) > what.count(_OPENERS[last]):
            what = what[:-1]
        if (found := _BIORXIV.fullmatch(f"{who}/{what}")) is not None:
            what = found["doi"].partition("/")[2]
        if what == before:
            break
    what = what.lstrip("/")
    return f"{who}/{what}" if any(map(str.isalnum, what)) else None

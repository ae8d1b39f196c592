"""The names of a record: identifiers and its source's own id, in the spelling under which two are one."""

from __future__ import annotations

import re

from ..paper import Paper

SCHEMES = ("doi", "arxiv", "pmid", "pmcid", "acl", "openalex", "s2", "corpusid", "openreview", "dblp")
"""The schemes that name papers, in the order in which they are believed."""

OWN = "id"
"""The scheme of ids that only their source understands."""

_MADE = re.compile(r"title:[0-9a-f]{12}")  # of a title, by us
_JUNK = frozenset(
    """
    na n/a n.a. #n/a (none) nan null none nil - -- --- . ? 0 unknown tbd tba undefined missing empty id doi
    """.split()
) | {"not available", "no doi", "no id"}
# Servers that give each version of a preprint a DOI: 10.1101/2020.01.02.123456v2, 10.21203/rs.3.rs-1/v2.
_VERSION = re.compile(
    r"(doi:(?:10\.(?:1101|64898)/[\d.]+(?=v)|10\.(?:21203|20944|26434|31219|31234|31235|36227|22541|2139)/.+?(?=[./_-]?v\d)"
    r"|10\.(?:12688|7490)/.+?\.\d+(?=\.\d{1,2}$)))(?:[./_-]?v\d{1,3}|\.\d{1,2})(?:\.full(?:\.pdf)?)?"
)
_RAW = {
    "pmcid": re.compile(r"(?:pmcid:\s*)?(?:pmc)?(\d+)(?:\.\d+)?", re.IGNORECASE),
    "corpusid": re.compile(r"(?:corpusid:\s*)?(\d+)", re.IGNORECASE),
}


def name_keys(paper: Paper) -> tuple[str, ...]:
    """Every identifier and id of a record, as ``scheme:value``."""
    own = paper.key
    found: dict[str, None] = {}
    for name in paper.names:
        scheme = name.partition(":")[0]
        if scheme in SCHEMES:
            found[_without_version(name) if scheme == "doi" else name] = None
        elif name == own and not _MADE.fullmatch(own):
            found[f"{OWN}:{own}"] = None
    for scheme, pattern in _RAW.items():
        raw = pattern.fullmatch(paper.identifiers.get(scheme, "").strip())
        if raw is not None:
            found[f"{scheme}:{'PMC' if scheme == 'pmcid' else ''}{raw[1]}"] = None
    return tuple(found)


def _without_version(doi: str) -> str:
    found = _VERSION.fullmatch(doi)
    return doi if found is None else found[1].rstrip("./_-")


def is_junk(name: str) -> bool:
    """Whether this stands for a missing id."""
    return name.partition(":")[2].strip().casefold() in _JUNK

"""The services, in one list, and which of them is to be asked for which identifier."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..errors import ParameterError
from .arxiv import Arxiv
from .biorxiv import PREFIXES, BioRxiv
from .daily_papers import DailyPapers
from .openalex import OpenAlex
from .pubmed import PubMed
from .semantic_scholar import SemanticScholar
from .service import Question, Service, Step

SERVICES: dict[str, Service] = {
    service.name: service
    for service in (Arxiv(), BioRxiv(), DailyPapers(), OpenAlex(), PubMed(), SemanticScholar())
}
"""All of them, by name; adding one is one new file and one line here."""

ALL = "ids"
"""The name under which identifiers are divided among all of them."""


def service_named(name: str) -> Service:
    """The service. Raises ParameterError for a name that is none's."""
    if name not in SERVICES:
        raise ParameterError(f"{name!r} is no service; known: {', '.join(SERVICES)}")
    return SERVICES[name]


def can_resolve(service: Service, identifier: str) -> bool:
    """Whether the service finds papers by such an identifier."""
    scheme, _, value = identifier.partition(":")
    if scheme not in service.schemes:
        return False
    return service.name != "biorxiv" or value.startswith(PREFIXES)


# Who knows such an identifier best, and who is asked for those that are not known there; then the last one.
_ORDER = {
    "arxiv": ("arxiv", "openalex"),
    "pmid": ("pubmed", "openalex"),
    "doi": ("biorxiv", "openalex"),
    "pmcid": ("openalex",),
    "openalex": ("openalex",),
    "mag": ("openalex",),
}
_LAST = "s2"


def service_for(identifier: str, after: str = "") -> str | None:
    """Who is to be asked for it, or who next where the one called `after` did not know it; None: nobody."""
    names = [*_ORDER.get(identifier.partition(":")[0], ()), _LAST]
    names = [name for name in names if can_resolve(SERVICES[name], identifier)]
    following = names.index(after) + 1 if after in names else 0
    return next(iter(names[following:]), None)


def divided(identifiers: Sequence[str], after: str = "") -> tuple[dict[str, list[str]], list[str]]:
    """Which service is asked for which identifiers, see `service_for`; and those that nobody is asked for."""
    found: dict[str, list[str]] = {}
    without: list[str] = []
    for identifier in identifiers:
        name = service_for(identifier, after)
        if name is None:
            without.append(identifier)
        else:
            found.setdefault(name, []).append(identifier)
    return found, without


def steps_for(by_service: Mapping[str, Sequence[str]]) -> list[Step]:
    """The steps by which those services are asked for those identifiers."""
    return [
        {"service": name, **step}
        for name, ids in by_service.items()
        if ids
        for step in SERVICES[name].steps(Question(ids=tuple(ids)))
    ]

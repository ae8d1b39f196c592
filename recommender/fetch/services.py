"""The services, in one list, and which of them is to be asked for which identifier."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import ParameterError
from .arxiv import Arxiv
from .biorxiv import PREFIXES, BioRxiv
from .daily_papers import DailyPapers
from .openalex import OpenAlex
from .pubmed import PubMed
from .semantic_scholar import SemanticScholar
from .service import Service

SERVICES: dict[str, Service] = {
    service.name: service
    for service in (Arxiv(), BioRxiv(), DailyPapers(), OpenAlex(), PubMed(), SemanticScholar())
}
"""All of them, by name; adding one is one new file and one line here."""


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


def divided(identifiers: Sequence[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Which service is asked for which identifiers, each for those it knows best; and those that none knows."""
    order = {
        "arxiv": ("arxiv",),
        "pmid": ("pubmed",),
        "doi": ("biorxiv", "openalex"),
        "openalex": ("openalex",),
    }
    found: dict[str, list[str]] = {}
    without: list[str] = []
    for identifier in identifiers:
        names = (*order.get(identifier.partition(":")[0], ()), "s2")
        name = next((name for name in names if can_resolve(SERVICES[name], identifier)), None)
        if name is None:
            without.append(identifier)
        else:
            found.setdefault(name, []).append(identifier)
    return found, without

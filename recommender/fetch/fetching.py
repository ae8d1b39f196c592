"""What is asked for, in a reader's words, made into the steps of a download; where one goes on."""

from __future__ import annotations

import datetime
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .._extras import require
from ..errors import FetchError, ParameterError
from ..files import checked_path
from ..identifiers import parse_identifier
from ..iso_dates import first_day, last_day
from ..option_values import absolute_date, refuse_beyond
from .client import Clock, is_here
from .download import FetchReport, clients_of, report_of, run
from .progress_file import ProgressFile, State, opened, state_of
from .service import Question, Step
from .services import ALL, SERVICES, can_resolve, divided, service_named, steps_for

BASE = "RECOMMENDER_FETCH_BASE"
"""The variable with an address of this machine that plays all services, for tests and the pages of docs."""

_WORDS = {
    "search": "a search",
    "category": "a category",
    "since": "a first day",
    "until": "a last day",
    "changed": "changes",
    "collection": "a collection",
    "filter": "a filter",
}


@dataclass(frozen=True)
class Request:
    """A question in the words that were used, and the service that it is for.

    Attributes
    ----------
    service : str
        Its name, or `ALL` for identifiers of any kind.
    question : Question
        Its days as they were written: ``7d``, ``2026-11``.
    limit : int or None
        The most papers that are wanted.
    named : tuple of str
        What was given as identifiers, in any spelling.
    """

    service: str
    question: Question
    limit: int | None = None
    named: tuple[str, ...] | None = None

    def key(self) -> dict[str, Any]:
        """What is equal for the same words, however many ids there are."""
        words = {name: getattr(self.question, name) for name in _WORDS if getattr(self.question, name)}
        ids = (
            {} if self.named is None else {"ids": hashlib.sha256("\n".join(self.named).encode()).hexdigest()}
        )
        return {"service": self.service, **words, **ids, **({"limit": self.limit} if self.limit else {})}

    def begin(self, day: datetime.date) -> State:
        """A download of it that begins on this day. Raises ParameterError for what cannot be asked."""
        refuse_beyond("limit", self.limit)
        if self.limit is not None and self.limit < 1:
            raise ParameterError(f"limit is {self.limit}; it must be a number of papers, at least 1")
        state = State(request=self.key(), steps=[], day=day.isoformat())
        if self.named is None:
            state.steps = _steps(self.service, _dated(self.question, day))
        else:
            state.steps, state.unknown, state.notes = _of_ids(self.service, self.named)
        state.enter_step(0)
        return state


def fetch(
    service: str,
    out: str | os.PathLike[str],
    *,
    search: str = "",
    category: str = "",
    since: str = "",
    until: str = "",
    changed: bool = False,
    collection: str = "",
    filter: str = "",
    ids: Iterable[str] | None = None,
    limit: int | None = None,
    base: str | None = None,
    clock: Clock | None = None,
) -> FetchReport:
    """Ask a service on the network for papers, and write them to a file that `build` and `add` read.

    The file appears when all have come. Until then they lie beside it, and the same call goes on where an
    earlier one was stopped, by whatever.

    Parameters
    ----------
    service : str
        arxiv, biorxiv, hf, openalex, pubmed or s2; ``ids`` asks for identifiers of any kind, each the service
        that knows it best.
    out : str or Path
        The file: JSON Lines with the fields of a paper, or ``{"deleted": true, "id": ...}`` for what its
        service has withdrawn.
    search : str, optional
        Words, or what the service understands as a search.
    category : str, optional
        A category: cs.CL of arXiv, neuroscience of bioRxiv, a field of study of Semantic Scholar.
    since, until : str, optional
        The first and the last day: 2026-11-01, 2026-11, 7d, yesterday. Of publication; of PubMed the days on
        which it had them first.
    changed : bool, default False
        Whether these are days of changes: new papers, new versions and withdrawals of a category of arXiv.
    collection : {"biorxiv", "medrxiv"}, optional
        Which of the two that bioRxiv answers for.
    filter : str, optional
        A filter in OpenAlex's own language.
    ids : str or iterable of str, optional
        Identifiers in any spelling, in place of all that.
    limit : int, optional
        The most papers.
    base : str, optional
        An address of this machine that plays the services, for tests.
    clock : Clock, optional
        Another time, for tests.

    Returns
    -------
    FetchReport
        How many came, which identifiers no service knows, and what was odd.

    Raises
    ------
    ParameterError
        For a question that the service cannot be asked, and for files that are in the way.
    FetchError
        Where a service gives no answer that can be used; what came before is kept.

    Examples
    --------
    >>> from recommender.fetch import fetch
    >>> report = fetch("arxiv", "new.jsonl", category="cs.CL", since="7d")  # doctest: +SKIP
    """
    question = Question(search, category, since, until, changed, collection, filter)
    named = (ids,) if isinstance(ids, str) else None if ids is None else tuple(ids)
    path = checked_path(out, "out")
    with fetched(Request(service, question, limit, named), path, base=base, clock=clock) as (files, report):
        files.finish()
    return report


@contextmanager
def fetched(
    request: Request,
    out: Path,
    *,
    anew: bool = False,
    base: str | None = None,
    clock: Clock | None = None,
) -> Iterator[tuple[ProgressFile, FetchReport]]:
    """Fetch what is asked for, or go on with it; yields the files, which the caller finishes or drops.

    What is left of another question is dropped where nothing had come, or where `anew` says so. Raises what
    `fetch` does.
    """
    require("httpx2", "fetch")
    clock = clock or Clock()
    with opened(out) as files:
        state = files.state
        if state is not None and state.request != request.key() and (anew or not state.size):
            state = None
        if state is not None and state.request != request.key():
            words = " ".join(f"{name}={value}" for name, value in state.request.items())
            raise ParameterError(
                f"{state_of(out)} belongs to another fetch, which was stopped ({words:.200}); finish that by "
                f"its own words, delete it and {files.path.name}, or name another file"
            )
        resumed = state is not None
        state = state or request.begin(clock.now().date())
        try:
            report = (
                report_of(state, resumed=resumed)
                if state.done
                else run(files, state, clients_of(_base(base), clock), limit=request.limit, resumed=resumed)
            )
        except FetchError as error:
            if not (state.size or state.step or state.cursor):
                files.drop()
            came = (
                f"; {state.papers:,} papers have come, and the same command goes on" if state.papers else ""
            )
            raise FetchError(f"{error}{came}", error.status) from error
        yield files, report


def _base(base: str | None) -> str | None:
    base = base or os.environ.get(BASE) or None
    if base is not None and not is_here(base):
        raise ParameterError(f"{base[:80]!r} is not on this machine; services are played there only")
    return base


def _dated(question: Question, day: datetime.date) -> Question:
    """The question with its days as dates. Raises ParameterError for what is none, and for an empty span."""
    since = first_day(absolute_date(question.since, day)).isoformat() if question.since else ""
    until = last_day(absolute_date(question.until, day)).isoformat() if question.until else ""
    if since and since > (until or day.isoformat()):
        raise ParameterError(f"since {question.since} is after {f'until {until}' if until else 'today'}")
    return replace(question, since=since, until=until, today=day.isoformat())


def _steps(name: str, question: Question) -> list[Step]:
    service = service_named(name)
    given = {part for part in _WORDS if getattr(question, part)}
    if beyond := sorted(given - service.takes):
        words = ", ".join(_WORDS[part] for part in beyond)
        raise ParameterError(f"{service.host.title} does not take {words}")
    return [{"service": name, **step} for step in service.steps(question)]


def _of_ids(name: str, named: Sequence[str]) -> tuple[list[Step], list[str], list[str]]:
    """The steps for those identifiers, what none can find, and what is to be said of that."""
    parsed = {text: parse_identifier(text) for text in map(str.strip, named) if text}
    notes = []
    if strange := [text for text, identifier in parsed.items() if identifier is None]:
        notes.append(_listed(strange, "no identifier"))
    identifiers = list(dict.fromkeys(identifier for identifier in parsed.values() if identifier))
    by_service: Mapping[str, list[str]]
    if name == ALL:
        by_service, without = divided(identifiers)
    else:
        service = service_named(name)
        by_service = {name: [each for each in identifiers if can_resolve(service, each)]}
        without = [each for each in identifiers if not can_resolve(service, each)]
    if without:
        place = "no service here" if name == ALL else SERVICES[name].host.title
        notes.append(_listed(without, f"{place} finds nothing by"))
    return steps_for(by_service), [*strange, *without], notes


def _listed(names: Sequence[str], what: str) -> str:
    more = f" and {len(names) - 5:,} more" if len(names) > 5 else ""
    return f"{what}: {', '.join(repr(name[:80]) for name in names[:5])}{more}"

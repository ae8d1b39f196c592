"""A download: questions to services, their answers read, each page on the disk before it is believed."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..errors import FetchError, SourceError
from ..paper import Paper
from ..progress import progress
from ..readers import Deleted, Item, ReadNote, ReadWarning, Rejected, read_papers
from .client import MAX_RESPONSE, Client, Clock
from .progress_file import ProgressFile, State
from .service import BeginAgain, Page, Service
from .services import ALL, SERVICES, divided, steps_for

_BEGINNINGS = 4
"""So often a step is begun before its service is told to forget too fast."""

_NAMED = 1000
"""So many problems are named; all are counted."""


@dataclass(frozen=True)
class FetchReport:
    """What became of a question.

    Attributes
    ----------
    papers, deleted : int
        Papers that came, and records that their service has withdrawn.
    twice : int
        Records that were there already, and were not written again.
    rejected : int
        Records that became no paper.
    unknown : tuple of str
        Identifiers that were asked for and that no service knows.
    problems : tuple of str
        What was rejected and what was odd, one line each, the first of them.
    notes : tuple of str
        What else is to be said: a service that gave more or less than it had announced.
    resumed : bool
        Whether this went on where an earlier one was stopped.
    """

    papers: int
    deleted: int
    twice: int
    rejected: int
    unknown: tuple[str, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    resumed: bool

    def __str__(self) -> str:
        parts = [f"{self.papers:,} papers" if self.papers != 1 else "1 paper"]
        for count, what in (
            (self.deleted, "withdrawn"),
            (self.twice, "came twice"),
            (self.rejected, "skipped"),
            (len(self.unknown), "unknown there"),
        ):
            if count:
                parts.append(f"{count:,} {what}")
        return ", ".join(parts) + " (gone on with)" * self.resumed


def run(
    files: ProgressFile,
    state: State,
    client_of: Callable[[Service], Client],
    *,
    limit: int | None,
    resumed: bool,
) -> FetchReport:
    """Ask until nothing is left to ask, or so many papers are there; `state` says how far it is already.

    Raises FetchError where a service does not answer; what came is on the disk.
    """
    files.begin(state)
    beginnings = 1
    with ExitStack() as stack, progress("fetching", limit, done=state.papers) as tick:
        clients: dict[str, Client] = {}
        while not state.done and state.step < len(state.steps):
            step = state.steps[state.step]
            service = SERVICES[step["service"]]
            if service.name not in clients:
                clients[service.name] = stack.enter_context(client_of(service))
            if state.missing is None and "asked" in step:
                state.missing = list(step["asked"])
            try:
                page = service.page(clients[service.name], step, state.cursor)
            except BeginAgain:
                if beginnings == _BEGINNINGS:
                    raise FetchError(
                        f"{service.host.title} forgets where it was, {_BEGINNINGS} times in a row"
                    ) from None
                beginnings += 1
                files.begin_step_again(state)
                continue
            if page.instead:
                parts = [{"service": service.name, **part} for part in page.instead]
                state.steps[state.step : state.step + 1] = parts
            else:
                tick(_take(files, state, service, page, limit))
                if page.next is None or state.done:
                    beginnings = 1
                    _end_step(state, service, page)
            files.save(state)
    state.done = True
    files.save(state)
    return report_of(state, resumed=resumed)


def report_of(state: State, *, resumed: bool) -> FetchReport:
    """What a download came to."""
    return FetchReport(
        state.papers,
        state.deleted,
        state.twice,
        state.rejected,
        tuple(state.unknown),
        tuple(state.problems),
        tuple(state.notes),
        resumed,
    )


def _take(files: ProgressFile, state: State, service: Service, page: Page, limit: int | None) -> int:
    """Write what a page holds, and count it; how many papers are new."""
    before, made = state.papers, 0
    place = f"{service.host.title}, page from {state.received + 1:,}"
    state.notes += [note for note in page.notes if note not in state.notes]
    for item in _items(page, place):
        if isinstance(item, Paper):
            made += 1
            state.papers += files.write([f"{item.to_json()}\n".encode()], state)
            if state.missing:
                names = {*item.names}
                state.missing = [each for each in state.missing if each not in names]
        elif isinstance(item, Deleted) and item.id:
            made += 1
            state.deleted += files.write([_deleted_line(item)], state)
        elif isinstance(item, ReadNote):
            note = f"{service.host.title}: {item.text}"
            state.notes += [note] if note not in state.notes else []
        elif isinstance(item, Rejected | ReadWarning | Deleted):
            lost = not isinstance(item, ReadWarning)
            made += lost
            state.rejected += lost
            if len(state.problems) < _NAMED:
                reason = "withdraws a paper without an id" if isinstance(item, Deleted) else item.reason
                state.problems.append(f"{item.place}: {reason}")
        if limit is not None and state.papers >= limit:
            state.done = True
            break
    held = page.received if page.held is None else page.held
    if made != held and not state.done:
        state.notes.append(f"{place}: {held:,} records, of which {made:,} could be told apart")
    state.received += page.received
    state.announced = page.announced if page.announced is not None else state.announced
    state.cursor = page.next
    if page.unknown is not None:
        state.missing = list(page.unknown)
    return state.papers - before


def _end_step(state: State, service: Service, page: Page) -> None:
    """Compare with what was announced, and go to the next step."""
    came = state.received - state.doubled
    if not state.done and state.announced is not None and came != state.announced:
        step = state.steps[state.step]
        days = f" from {step['since']} to {step['until']}" if step.get("since") else ""
        about = "about " * page.roughly
        state.notes.append(
            f"{service.host.title} announced {about}{state.announced:,} records{days} and gave {came:,}"
        )
    if not state.done and state.missing:
        elsewhere: dict[str, list[str]] = {}
        unknown = state.missing
        if state.request.get("service") == ALL:
            elsewhere, unknown = divided(state.missing, service.name)
        state.unknown += unknown
        state.steps += steps_for(elsewhere)
    state.enter_step(state.step + 1)


def _deleted_line(item: Deleted) -> bytes:
    return json.dumps({"deleted": True, "id": item.id}, ensure_ascii=False).encode() + b"\n"


def _items(page: Page, place: str) -> Iterator[Item]:
    """What the reader makes of a page. Raises FetchError where it can make nothing of it."""
    if not page.content:
        return
    with _as_file(page.content, place) as path:
        try:
            yield from read_papers(path, format=page.format, max_record=MAX_RESPONSE, encoding="utf-8")
        except SourceError as error:
            reason = str(error).removeprefix(f"{path}: ")
            raise FetchError(f"{place}: an answer that cannot be read: {reason}") from error


@contextmanager
def _as_file(content: bytes, name: str) -> Iterator[Path]:
    """The bytes as a file of this name; what a reader says of a record begins with it."""
    with tempfile.TemporaryDirectory(prefix="recommender-fetch-") as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        yield path


def clients_of(base: str | None, clock: Clock | None) -> Callable[[Service], Client]:
    """What makes the client for a service; with `base` all are asked there, each in a folder of its name."""

    def client_of(service: Service) -> Client:
        own = None if base is None else f"{base.rstrip('/')}/{service.name}"
        return Client(service.host, base=own, clock=clock)

    return client_of

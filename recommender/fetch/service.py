"""What a service is to the rest: questions in, steps out, and of each step one page after the other."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias, TypeVar
from xml.etree import ElementTree

from ..errors import FetchError
from .client import Client, Host, Malformed

Step: TypeAlias = dict[str, Any]
"""A part of the work, as JSON: a window of days, or some ids, in canonical spelling under ``asked``."""

Cursor: TypeAlias = Any
"""Where the next page of a step begins, as JSON; None is its beginning."""

_Part = TypeVar("_Part")


@dataclass(frozen=True)
class Question:
    """What is wanted of a service; each of them takes a part of these.

    Attributes
    ----------
    search : str
        Words, or what the service understands as a search.
    category : str
        A category of the service.
    since, until : str
        Days, ``YYYY-MM-DD``; empty where they do not matter.
    changed : bool
        Whether these are the days of changes, not of publication.
    collection : str
        The part of the service that is asked, where it has several: ``medrxiv``.
    filter : str
        A filter in the service's own language.
    ids : tuple of str
        Canonical identifiers, in place of all that.
    today : str
        The day on which it is asked, up to which days go where `until` is empty.
    """

    search: str = ""
    category: str = ""
    since: str = ""
    until: str = ""
    changed: bool = False
    collection: str = ""
    filter: str = ""
    ids: tuple[str, ...] = ()
    today: str = ""

    @property
    def last_day(self) -> str:
        """The last day that is asked for."""
        return self.until or self.today


@dataclass(frozen=True)
class Page:
    """One answer, looked at: what a reader will make papers of, and what comes after it.

    Attributes
    ----------
    content : bytes
        What the reader reads; empty where there is nothing.
    format : str
        The reader's name.
    received : int
        How many records these are.
    next : Cursor
        Where the next page begins; None after the last.
    announced : int or None
        How many records the service says that the whole step has.
    instead : list of Step
        Smaller steps in place of this one, where it is too large for the service.
    held : int or None
        How many records are in `content`, where some were left out of it that another one of them replaces.
    notes : tuple of str
        What is to be said of it.
    roughly : bool
        Whether what is announced is an estimate.
    unknown : tuple of str or None
        Which of the identifiers that were asked for the service does not know, where it tells; else those
        count that no paper of the step is called by.
    """

    content: bytes
    format: str
    received: int
    next: Cursor = None
    announced: int | None = None
    instead: list[Step] = field(default_factory=list)
    held: int | None = None
    notes: tuple[str, ...] = ()
    roughly: bool = False
    unknown: tuple[str, ...] | None = None


class BeginAgain(Exception):
    """The service has forgotten where it was: the step is to be begun anew."""


class Service(Protocol):
    """One service.

    Attributes
    ----------
    name : str
        As commands call it.
    host : Host
        Where it is, and how often it may be asked.
    schemes : frozenset of str
        The identifiers that it finds papers by.
    overlap : int
        Days before the day of the last time that are asked once more: so late it may list a paper.
    takes : frozenset of str
        The parts of a `Question` that it understands, beside `ids`.
    """

    name: str
    host: Host
    schemes: frozenset[str]
    overlap: int
    takes: frozenset[str]

    def steps(self, question: Question) -> list[Step]:
        """The steps to the answer. Raises ParameterError for a question that cannot be asked."""
        ...

    def page(self, client: Client, step: Step, cursor: Cursor) -> Page:
        """The page of a step that begins there. Raises FetchError, and BeginAgain for a cursor of old."""
        ...


def chunks(parts: Sequence[_Part], size: int) -> Iterator[list[_Part]]:
    """The parts, so many at a time."""
    for start in range(0, len(parts), size):
        yield list(parts[start : start + size])


def of_scheme(ids: Sequence[str], scheme: str) -> list[str]:
    """The values of those identifiers that are of a scheme."""
    return [text.removeprefix(f"{scheme}:") for text in ids if text.startswith(f"{scheme}:")]


def halves(step: Step) -> list[Step]:
    """Two steps, each of half of the days from ``since`` to ``until``; none where these are one day."""
    first, last = (datetime.date.fromisoformat(step[name]) for name in ("since", "until"))
    if first >= last:
        return []
    middle = first + (last - first) // 2
    after = middle + datetime.timedelta(days=1)
    return [{**step, "until": middle.isoformat()}, {**step, "since": after.isoformat()}]


def json_object(body: bytes) -> dict[str, Any]:
    """The answer as an object. Raises Malformed for anything else."""
    value = json_value(body)
    if not isinstance(value, dict):
        raise Malformed(f"is no JSON object but {_begins(body)}")
    return value


def json_value(body: bytes) -> Any:
    """The answer as JSON. Raises Malformed for anything else."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"is not JSON but {_begins(body)}") from error


def objects(value: Any, what: str) -> list[dict[str, Any]]:
    """A list of objects. Raises Malformed for anything else."""
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise Malformed(f"has no list of {what}")
    return value


def number(value: Any, what: str) -> int:
    """A count, as a number or as text. Raises Malformed for anything else."""
    try:
        if not isinstance(value, bool) and int(value) >= 0:
            return int(value)
    except (TypeError, ValueError):
        pass
    raise Malformed(f"has no number of {what}")


def xml_outline(body: bytes, name: str, *records: str) -> tuple[ElementTree.Element, int]:
    """The answer's root element, which is called so, without its records; and how many these are.

    A record is not parsed here: one that is broken is named by the reader, and costs no other. Raises
    Malformed for anything else, and for what declares entities: they could unpack to gigabytes.
    """
    outline, count = _without_records(body.decode("utf-8", "replace"), "|".join(records))
    try:
        root = None if "<!ENTITY" in outline else ElementTree.fromstring(outline)
    except (ElementTree.ParseError, ValueError) as error:
        raise Malformed(f"is not XML but {_begins(body)}") from error
    if root is None or local_name(root) != name:
        raise Malformed(f"is not XML of {name} but {_begins(body)}")
    return root, count


def _without_records(text: str, names: str) -> tuple[str, int]:
    """The text without its elements of these names, and their number, in time that its length sets."""
    begin = re.compile(rf"<(?:[\w-]+:)?({names})(?:\s[^<>]*)?>")
    ends = {name: re.compile(rf"</(?:[\w-]+:)?{name}\s*>") for name in names.split("|")}
    left: list[str] = []
    at, count = 0, 0
    while (first := begin.search(text, at)) and (last := ends[first[1]].search(text, first.end())):
        left.append(text[at : first.start()])
        at, count = last.end(), count + 1
    return "".join(left) + text[at:], count


def local_name(element: ElementTree.Element) -> str:
    """An element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def children(element: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    """The element's own children of a name, whatever their namespace."""
    return [child for child in element if local_name(child) == name]


def child_text(element: ElementTree.Element, name: str) -> str:
    """The text of the first such child; empty where there is none."""
    return next(((child.text or "").strip() for child in children(element, name)), "")


def refused(host: Host, said: str) -> FetchError:
    """The error for a question that the service understands and does not answer."""
    return FetchError(f"{host.title} refuses this: {' '.join(said.split())[:200]}")


def _begins(body: bytes) -> str:
    start = " ".join(body[:200].decode("utf-8", "replace").split())[:40]
    return f"begins {start!r}" if start else "empty"

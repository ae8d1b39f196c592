"""Libraries as profiles: whatever a reader of papers reads, and which says nothing of readers, is liked."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from ..errors import SourceError
from ..paper import Paper
from ..readers import Item, LibraryFacts, Reader, Rejected, Source, detect
from ..readers.columns import normal_name, plan_columns
from ..readers.json_objects import leading_objects
from ..readers.parquet import MAGIC
from ..readers.table_header import find_header
from .columns import LISTS, field_of, is_user_column, rated_rows
from .library_papers import LibraryPaper, pack
from .ratings import rating_to_label
from .records import Entry, RatedPaper, Skipped, unnamed
from .scales import ABSENT, NO, NOTHING, UNREADABLE, YES, on_scale

_LOOKED_AT = 20  # objects, to tell papers from readers


class LibraryProfiles:
    """Papers of any format: BibTeX, RIS, a Zotero export, a table with titles, a list of ours."""

    name = "library"

    def sniff(self, source: Source, head: bytes, mapping: Mapping[str, str]) -> bool:
        """See `ProfileFormat`."""
        return _reader(source, head, mapping) is not None

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Entry]:
        """See `ProfileFormat`."""
        reader = _reader(source, source.head(), mapping)
        return iter(()) if reader is None else library_entries(source, reader)


def library_entries(source: Source, reader: Reader) -> Iterator[Entry]:
    """The papers of a library, each liked unless the library rates them; and the records that are none.

    Raises SourceError where the file cannot be read any further.
    """
    return entries_of(reader.read(source, {}), source.name)


def entries_of(items: Iterator[Item], place: str) -> Iterator[Entry]:
    """The same of what a reader of papers gives."""
    facts, user = LibraryFacts(), unnamed(1)
    for item in items:
        if isinstance(item, LibraryFacts):
            facts = item
        elif isinstance(item, Paper):
            packed = pack(LibraryPaper(item, facts.collections, facts.added))
            try:
                yield RatedPaper(user, packed, _label(facts), facts.added, place)
            except ValueError as error:
                yield Skipped("", place, item.title, str(error), UNREADABLE)
            facts = LibraryFacts()
        elif isinstance(item, Rejected):
            yield Skipped("", item.place, "", item.reason)
            facts = LibraryFacts()


def _label(facts: LibraryFacts) -> str | float:
    """What a library says of a paper. Raises ValueError for a rating that is none."""
    if facts.rating is not None:
        return YES if facts.rating else NO
    if facts.undecided:
        return NOTHING
    return on_scale(rating_to_label(facts.stars), facts.scale) if facts.stars else ABSENT


def is_library_table(columns: tuple[str, ...], *, rated: bool = False) -> bool:
    """Whether a table, or an object, with these columns holds papers by their titles and says nothing of
    several readers, or of lists; where it may be `rated`, a column ``liked`` says which are.
    """
    others = [one for one in columns if not (rated and normal_name(one) == "liked")]
    if not plan_columns(columns, {})["title"] or any(_is_list(one) or is_user_column(one) for one in others):
        return False
    ratings = rated_rows(columns, {})
    return ratings is None or (ratings.rating is None and normal_name(ratings.user or "") == "name")


def _is_list(column: str) -> bool:
    return normal_name(column) != "papers" and field_of(column) in LISTS


def _reader(source: Source, head: bytes, mapping: Mapping[str, str]) -> Reader | None:
    """What reads the papers of such a file; None where it is no library. Columns that somebody named are a
    profile's.
    """
    if mapping or head.startswith(MAGIC):
        return None
    try:
        reader = detect(source)
    except SourceError:
        return None
    if reader.name == "csv":
        return reader if is_library_table(find_header(head).columns, rated=True) else None
    if reader.name == "jsonl":
        objects = [tuple(map(str, one)) for one in itertools.islice(leading_objects(head), _LOOKED_AT)]
        return reader if any(map(is_library_table, objects)) else None
    return reader

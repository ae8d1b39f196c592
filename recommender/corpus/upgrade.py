"""Upgrade a corpus of an older format to this one, when somebody first writes to it."""

from __future__ import annotations

from ..errors import CorpusDamaged
from .immutable import ends_of
from .older_zeros import move_unknown_papers
from .records import insert_abstract, stored_paper
from .schema import (
    ABSTRACT_TABLES,
    FORMAT,
    INDEXES_TABLE,
    RETIRED_TABLE,
    TERM_TABLES,
    VECTORLESS_TABLE,
)
from .segments import check_whole_segment, load_segments
from .store import CorpusStore
from .terms import count_all, recount_removed

__all__ = ["upgrade"]


def upgrade(store: CorpusStore) -> None:
    """Write in the present format what says how the corpus is to be read, all of it at once.

    Papers and vectors stay as they are, but for papers that share one vector as `static` knows nothing of
    them: they get none. Each vector file is read once and compared with its SHA-256. Before format 4 the
    papers' abstracts are numbered, and before format 3 their terms are counted, which takes some minutes for
    a million; after that, removed papers were counted as well, which is mended. Stopped before its end it has
    changed nothing. Whoever cannot read the new format refuses it from then on. Raises CorpusDamaged for a
    paper that cannot be read, and for a vector file that is not what was written.
    """
    found = store.format
    if found == FORMAT:
        return
    with store.transaction():
        if found < 2:
            store.execute(INDEXES_TABLE)
        if found < 3:
            for table in TERM_TABLES:
                store.execute(table)
            count_all(store)
        elif found < 5:
            recount_removed(store)
        if found < 4:
            _number_abstracts(store)
            store.execute(VECTORLESS_TABLE)
        store.execute(RETIRED_TABLE)
        _note_ends(store)
        if found < 4:
            move_unknown_papers(store)
        store.set_manifest(store.manifest())
        store.execute(f"PRAGMA user_version = {FORMAT}")


def _note_ends(store: CorpusStore) -> None:
    store.execute("ALTER TABLE segments ADD COLUMN ends TEXT NOT NULL DEFAULT ''")
    for segment in load_segments(store):
        try:
            check_whole_segment(store.path, segment)
        except FileNotFoundError as error:
            raise CorpusDamaged(f"{error.filename}: the vector file is missing; restore it") from error
        line = (ends_of(store.path / segment.file), segment.first_row)
        store.execute("UPDATE segments SET ends = ? WHERE first_row = ?", line)


def _number_abstracts(store: CorpusStore) -> None:
    for statement in ABSTRACT_TABLES:
        store.execute(statement)
    for row, record in store.execute("SELECT row, record FROM papers ORDER BY row"):
        insert_abstract(store, row, stored_paper(store.path, row, record))

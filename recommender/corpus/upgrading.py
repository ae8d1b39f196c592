"""Upgrading: a corpus of an older format is brought up to this version's by its first writer.

Before format 4 papers that `static` knows nothing of shared one vector, and each was taken for a version of
each other. Here they get rows whose vector is zeros.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from ..encoders import Encoder, load_encoder
from ..encoders.base import encode_documents
from ..errors import CorpusDamaged, EncoderDamaged, EncoderUnknown
from ..recipe import TextRecipe
from .arrivals import note_unknown_arrivals
from .immutable import ends_of
from .manifest import Manifest
from .name_words import lines_of as name_lines
from .records import delete_papers, insert_abstract, insert_papers
from .respelling import respell_papers
from .schema import (
    ABSTRACT_TABLES,
    ARRIVALS_TABLE,
    FORMAT,
    FORMAT_7_TABLES,
    FORMAT_8_TABLES,
    IDENTITY_TABLES,
    INDEXES_TABLE,
    RETIRED_TABLE,
    TERM_TABLES,
    VECTORLESS_TABLE,
)
from .source_records import read_sourced, sourced_of, stored_paper
from .store import CorpusStore
from .stored_vectors import (
    check_whole_segment,
    load_segments,
    mark_vectorless,
    quantize,
    register_segment,
    write_segment,
)
from .terms import count_again

# `static` knows each of these letters and digits, so no paper with one of them is meant. Whatever a record
# is that cannot be read, it is not for this to find out.
_CANDIDATES = """
    SELECT row, record FROM papers WHERE json_valid(record)
    AND json_extract(record, '$.title') || ' ' || ifnull(json_extract(record, '$.abstract'), '')
    NOT GLOB '*[0-9A-Za-z]*' ORDER BY row
"""


def move_unknown_papers(store: CorpusStore) -> int:
    """Move the papers that the encoder knows nothing of to new rows without a vector.

    It is done in the open transaction; their terms are not moved with them. Returns how many they are: none
    where the corpus is not of the `static` that is at hand.
    """
    manifest = store.manifest()
    encoder = _static(manifest)
    if encoder is None:
        return 0
    papers = [(row, stored_paper(store.path, row, record)) for row, record in store.execute(_CANDIDATES)]
    recipe = TextRecipe(manifest.recipe)
    vectors = encode_documents(encoder, [recipe.text(paper) for _, paper in papers])
    unknown = [papers[place][0] for place in np.flatnonzero(~vectors.any(axis=1))]
    if unknown:
        _move(store, manifest, unknown)
    return len(unknown)


def _static(manifest: Manifest) -> Encoder | None:
    """The encoder of the corpus, if it is `static` or its first dimensions."""
    if manifest.encoder.partition("@")[0] != "static":
        return None
    with suppress(EncoderUnknown, EncoderDamaged):
        encoder = load_encoder(manifest.encoder)
        return encoder if encoder.fingerprint == manifest.fingerprint else None
    return None


def _move(store: CorpusStore, manifest: Manifest, old: Sequence[int]) -> None:
    count, papers = len(old), read_sourced(store, old)
    new = range(manifest.next_row, manifest.next_row + count)
    zeros = quantize(np.zeros((count, manifest.dim), np.float32), manifest.precision, manifest.encoder)
    segment = write_segment(store.path, new[0], count, manifest.dim, manifest.precision, [zeros])
    delete_papers(store, old)
    insert_papers(store, new, (papers[row] for row in old))
    store.executemany("INSERT INTO tombstones VALUES (?)", ((row,) for row in old))
    mark_vectorless(store, new)
    register_segment(store, segment)
    store.set_manifest(manifest.replace(next_row=new[-1] + 1))


def upgrade(store: CorpusStore) -> None:
    """Write in the present format what says how the corpus is to be read, all of it at once.

    Papers and vectors stay as they are, but for papers that share one vector as `static` knows nothing of
    them: they get none. Of no paper it is known when it arrived before format 9. Before format 8 terms had no
    names: all papers' words are counted anew, which takes some minutes for a million. Before format 7
    letters were as they came, and lines that are no words of the paper were counted; see `respelling`. Before
    format 6 the papers' keys are noted, before format 5 each vector file is read once and compared with its
    SHA-256, before format 4 abstracts are numbered.
    Stopped before its end it has changed nothing. Whoever cannot read the new format refuses it from then on.
    Raises CorpusDamaged for a paper that cannot be read, and for a vector file that is not what was written.
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
        if found < 4:
            _number_abstracts(store)
            store.execute(VECTORLESS_TABLE)
        if found < 5:
            store.execute(RETIRED_TABLE)
            _note_ends(store)
        if found < 6:
            _key_papers(store)
        if found < 8:
            _name_papers(store)
        store.execute(ARRIVALS_TABLE)
        note_unknown_arrivals(store)
        if found < 7:
            for table in FORMAT_7_TABLES:
                store.execute(table)
            _mark_papers(store)
            respell_papers(store)
        if found < 4:
            move_unknown_papers(store)
        store.execute(f"PRAGMA user_version = {FORMAT}")
        if found < 8:
            count_again(store, statistics=found < 3 or store.count("term_statistics") > 0)
        store.set_manifest(store.manifest())


def _name_papers(store: CorpusStore) -> None:
    """Note the words of the papers' names, and which category is a paper's first."""
    for table in FORMAT_8_TABLES:
        store.execute(table)
    store.execute("ALTER TABLE categories ADD COLUMN main INTEGER NOT NULL DEFAULT 0")
    for row, record in store.execute("SELECT row, record FROM papers ORDER BY row"):
        paper = stored_paper(store.path, row, record)
        lines = ((*line, row) for line in sorted(name_lines(paper)))
        store.executemany("INSERT INTO name_words VALUES (?, ?, ?)", lines)
        first = [(category, row) for category in paper.categories[:1]]
        store.executemany("UPDATE categories SET main = 1 WHERE category = ? AND row = ?", first)


def _key_papers(store: CorpusStore) -> None:
    """Note by what each paper may be found to be one with another; its source is not known."""
    for table in IDENTITY_TABLES:
        store.execute(table)
    store.execute("ALTER TABLE papers ADD COLUMN source INTEGER NOT NULL DEFAULT 0")
    for row, record in store.execute("SELECT row, record FROM papers ORDER BY row"):
        sourced = sourced_of(stored_paper(store.path, row, record))
        store.execute("INSERT INTO keys VALUES (?, ?)", (row, sourced.packed_keys))


def _mark_papers(store: CorpusStore) -> None:
    """Note which papers are notices of others, and which ones say of themselves that they were retracted."""
    for row, record in store.execute("SELECT row, record FROM papers ORDER BY row"):
        paper = stored_paper(store.path, row, record)
        if paper.notice:
            store.execute("INSERT INTO notices VALUES (?, ?)", (row, paper.notice))
        if paper.says_retracted:
            store.execute("INSERT OR IGNORE INTO retracted VALUES (?)", (row,))


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

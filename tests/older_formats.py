"""Corpora and files of readers as older versions wrote them, made of ones of the present format."""

import hashlib
import json
import sqlite3

from recommender import Paper
from recommender.corpus.store import CorpusStore
from recommender.corpus.terms import count_statistics
from recommender.lexical import HASHED, count_terms
from recommender.option_values import read_part

SINCE_FORMAT_9 = ("arrivals",)
"""Tables that format 9 added."""

SINCE_FORMAT_8 = ("words", "postings", "word_segments", "pending", "name_words")
"""Tables that format 8 added."""

SINCE_FORMAT_7 = ("topics", "revised", "notices", "removed", "removed_categories")
"""Tables that format 7 added."""

MANIFEST_SINCE_FORMAT_7 = ("recipe", "prompts", "cosines")

FIRST_MANIFEST = ("dim", "encoder", "fingerprint", "index", "next_row", "sources", "unfinished")


READERS_SINCE_VERSION_3 = ("submissions", "curated", "curations", "signals", "votes")
"""Tables of the file of readers that version 3 added."""

READERS_SINCE_VERSION_2 = (
    *("deliveries", "editions", "interests", "opinions", "readers", "answers", "closed", "secret"),
)
"""Tables of the file of readers that version 2 added."""


def older_readers(path, version):
    """Rewrite a file of readers as this version, 1 or 2, wrote it."""
    connection = sqlite3.connect(path)
    for table in (*READERS_SINCE_VERSION_3, *(READERS_SINCE_VERSION_2 if version < 2 else ())):
        connection.execute(f"DROP TABLE {table}")
    connection.execute(f"PRAGMA user_version = {version}")
    connection.commit()
    connection.close()


def older_format(folder, number):
    """Rewrite a float32 corpus as the version that wrote this format did."""
    connection = sqlite3.connect(folder / "corpus.sqlite")
    before_format_9(connection)
    if number < 8:
        before_format_8(connection, folder)
    if number < 7:
        before_format_7(connection)
    if number < 6:
        for table in ("sources", "records", "keys", "apart", "retracted"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("ALTER TABLE papers DROP COLUMN source")
    if number < 5:
        before_digests(connection, folder)
    since = {"terms": 3, "term_statistics": 3, "vectorless": 4, "abstracts": 4}
    for table in (table for table, first in since.items() if number < first):
        connection.execute(f"DROP TABLE {table}")
    if number == 1:
        first_format(connection)
    connection.execute(f"PRAGMA user_version = {number}")
    connection.commit()
    connection.close()


def before_format_9(connection):
    """Nobody noted when papers came."""
    for table in SINCE_FORMAT_9:
        connection.execute(f"DROP TABLE {table}")
    _without_fields(connection, ["newest_arrival"])


def before_format_8(connection, folder):
    """Terms had no names then: each was counted in one of 65,536 buckets."""
    counted = connection.execute("SELECT 1 FROM term_statistics").fetchone() is not None
    for table in SINCE_FORMAT_8:
        connection.execute(f"DROP TABLE {table}")
    connection.execute("ALTER TABLE categories DROP COLUMN main")
    connection.execute("PRAGMA user_version = 7")
    lines = connection.execute("SELECT row, record FROM papers").fetchall()
    texts = [read_part(Paper.from_json(record).words) for _, record in lines]
    packed = count_terms(texts, HASHED).pack(HASHED)
    rows = [row for row, _ in lines]
    connection.executemany("UPDATE terms SET packed = ? WHERE row = ?", zip(packed, rows, strict=True))
    connection.commit()
    if counted:
        with CorpusStore.write(folder) as store:
            statistics = count_statistics(store)
            line = (statistics.until, statistics.papers)
            frequencies = statistics.frequencies.astype("<u4").tobytes()
        digest = hashlib.sha256(b"%d %d " % line + frequencies).digest()
        connection.execute("UPDATE term_statistics SET until = ?, papers = ?", line)
        connection.execute("UPDATE term_statistics SET frequencies = ?, sha256 = ?", (frequencies, digest))


def before_format_7(connection):
    for table in SINCE_FORMAT_7:
        connection.execute(f"DROP TABLE {table}")
    _without_fields(connection, MANIFEST_SINCE_FORMAT_7)


def _without_fields(connection, names):
    (document,) = connection.execute("SELECT document FROM manifest").fetchone()
    fields = {name: value for name, value in json.loads(document).items() if name not in names}
    document = json.dumps(fields, sort_keys=True)
    digest = hashlib.sha256(document.encode()).digest()
    connection.execute("UPDATE manifest SET document = ?, sha256 = ?", (document, digest))


def before_digests(connection, folder):
    connection.execute("DROP TABLE retired")
    connection.execute("ALTER TABLE segments DROP COLUMN ends")
    for (file,) in connection.execute("SELECT file FROM segments").fetchall():
        old_name = f"{file[: file.rindex('-')]}.npy"
        (folder / file).rename(folder / old_name)
        connection.execute("UPDATE segments SET file = ? WHERE file = ?", (old_name, file))


def first_format(connection):
    (document,) = connection.execute("SELECT document FROM manifest").fetchone()
    fields = {name: value for name, value in json.loads(document).items() if name in FIRST_MANIFEST}
    document = json.dumps(fields | {"index": "exact"}, sort_keys=True)
    digest = hashlib.sha256(document.encode()).digest()
    connection.execute("UPDATE manifest SET document = ?, sha256 = ?", (document, digest))
    connection.execute("DROP TABLE indexes")

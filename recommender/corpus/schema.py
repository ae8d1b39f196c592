"""The tables of a corpus, by the format that added them."""

from __future__ import annotations

FORMAT = 9
"""Raised by one when an older library could not read what a newer one writes; see `upgrading.upgrade`."""

APPLICATION_ID = 0x50617052  # "PapR": tells a corpus from any other SQLite file

INDEXES_TABLE = """
-- The file of an approximate index, if there is one; see `search.IndexFile`.
CREATE TABLE indexes (
    one INTEGER PRIMARY KEY CHECK (one = 1), file TEXT NOT NULL, first_row INTEGER NOT NULL,
    measured TEXT NOT NULL, ends TEXT NOT NULL, sha256 TEXT NOT NULL
)"""
"""What format 2 added."""

TERM_TABLES = (
    """
-- The terms of each paper's text as `TermCounts.pack` writes them; see `terms`.
CREATE TABLE terms (row INTEGER PRIMARY KEY, packed BLOB NOT NULL)""",
    """
-- In how many of the papers in rows below `until` the terms of each place are, in 32 bits.
CREATE TABLE term_statistics (
    one INTEGER PRIMARY KEY CHECK (one = 1), until INTEGER NOT NULL, papers INTEGER NOT NULL,
    sha256 BLOB NOT NULL, frequencies BLOB NOT NULL
)""",
)
"""What format 3 added."""

ABSTRACT_TABLES = (
    """
-- The fingerprint of each paper's abstract as a number, where it tells the paper; see `versions.Abstracts`.
CREATE TABLE abstracts (row INTEGER PRIMARY KEY, code INTEGER NOT NULL)""",
    "\nCREATE INDEX abstracts_code ON abstracts (code)",
)
"""What format 4 added."""

VECTORLESS_TABLE = """
-- Rows whose vector is all zeros; see `stored_vectors.load_vectorless`.
CREATE TABLE vectorless (row INTEGER PRIMARY KEY)"""
"""What format 4 added."""

RETIRED_TABLE = """
-- Files that nothing names any more and that may still be there; see `immutable.retire`.
CREATE TABLE retired (file TEXT PRIMARY KEY) WITHOUT ROWID"""
"""What format 5 added, beside the column `ends` of table segments."""

IDENTITY_TABLES = (
    """
-- Where records come from.
CREATE TABLE sources (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)""",
    """
-- The records of each paper that is not simply its only one, in the order in which they came; 0: no source.
CREATE TABLE records (
    row INTEGER NOT NULL, number INTEGER NOT NULL, source INTEGER NOT NULL, rule TEXT NOT NULL,
    former TEXT NOT NULL, record TEXT NOT NULL, sha256 BLOB NOT NULL, PRIMARY KEY (row, number)
) WITHOUT ROWID""",
    """
-- By what each paper may be found to be one with another; see `source_records.pack_keys`.
CREATE TABLE keys (row INTEGER PRIMARY KEY, packed BLOB NOT NULL)""",
    """
-- Pairs of records, each a source and a key, that a user has split for good.
CREATE TABLE apart (
    first TEXT NOT NULL, second TEXT NOT NULL, sha256 BLOB NOT NULL, PRIMARY KEY (first, second)
) WITHOUT ROWID""",
    """
-- Rows of papers of which a source, or their own text, says that they were retracted.
CREATE TABLE retracted (row INTEGER PRIMARY KEY)""",
)
"""What format 6 added, beside the column `source` of table papers."""

FORMAT_7_TABLES: tuple[str, ...] = (
    """
-- The topics that go on, if there are any; see `stored_topics`.
CREATE TABLE topics (
    one INTEGER PRIMARY KEY CHECK (one = 1), document TEXT NOT NULL, centres BLOB NOT NULL,
    sha256 BLOB NOT NULL
)""",
    """
-- The day of each paper's last version, where one is later than the paper.
CREATE TABLE revised (row INTEGER PRIMARY KEY, day INTEGER NOT NULL)""",
    """
-- Papers that are notices of others, and of which kind; see `Paper.notice`.
CREATE TABLE notices (row INTEGER PRIMARY KEY, kind TEXT NOT NULL)""",
    """
-- Papers that were removed and stay away, each with its records, by which it is known again; see `removal`.
CREATE TABLE removed (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL, day TEXT NOT NULL, until TEXT NOT NULL,
    category TEXT NOT NULL, names TEXT NOT NULL, records TEXT NOT NULL, packed BLOB NOT NULL,
    sha256 BLOB NOT NULL
)""",
    "\nCREATE INDEX removed_id ON removed (id)",
    """
-- Categories whose papers stay away.
CREATE TABLE removed_categories (
    category TEXT PRIMARY KEY, day TEXT NOT NULL, until TEXT NOT NULL, sha256 BLOB NOT NULL
) WITHOUT ROWID""",
)
"""What format 7 added."""

FORMAT_8_TABLES: tuple[str, ...] = (
    """
-- Every word that papers are found by; `moved` where its number is not its own; see `dictionary`.
CREATE TABLE words (number INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE, moved INTEGER NOT NULL)""",
    "\nCREATE INDEX words_moved ON words (word) WHERE moved",
    """
-- The rows that hold each word, by segment; see `postings`.
CREATE TABLE postings (
    segment INTEGER NOT NULL, number INTEGER NOT NULL, packed BLOB NOT NULL, PRIMARY KEY (segment, number)
) WITHOUT ROWID""",
    """
-- The rows from first_row to before `until` that a segment covers, and how many words each paper has.
CREATE TABLE word_segments (
    segment INTEGER PRIMARY KEY, first_row INTEGER NOT NULL, until INTEGER NOT NULL, lengths BLOB NOT NULL,
    sha256 BLOB NOT NULL -- of its postings
)""",
    """
-- What papers are found by that are in no segment yet.
CREATE TABLE pending (row INTEGER PRIMARY KEY, length INTEGER NOT NULL, packed BLOB NOT NULL)""",
    """
-- Words of the names of authors (field 1) and of venues (2); see `name_words`.
CREATE TABLE name_words (
    field INTEGER NOT NULL, word TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (field, word, row)
) WITHOUT ROWID""",
)
"""What format 8 added, beside the column `main` of table categories."""

ARRIVALS_TABLE = """
-- When each paper first came, in microseconds since 1970 in UTC; 0: before format 9; see `arrivals`.
CREATE TABLE arrivals (row INTEGER PRIMARY KEY, at INTEGER NOT NULL, mark INTEGER NOT NULL)"""
"""What format 9 added."""

_TABLES = (
    INDEXES_TABLE,
    *TERM_TABLES,
    *ABSTRACT_TABLES,
    VECTORLESS_TABLE,
    RETIRED_TABLE,
    *IDENTITY_TABLES,
    *FORMAT_7_TABLES,
    *FORMAT_8_TABLES,
    ARRIVALS_TABLE,
)

ROW_TABLES = (
    "papers",
    "names",
    "categories",
    "terms",
    "abstracts",
    "keys",
    "retracted",
    "revised",
    "notices",
    "records",
    "pending",
    "name_words",
    "arrivals",
)
"""Tables whose lines are of the paper in their column `row`, and move with it."""

PAPER_TABLES = (
    *ROW_TABLES,
    "apart",
    "sources",
    "tombstones",
    "term_statistics",
    "vectorless",
    "words",
    "postings",
    "word_segments",
)
"""Tables that are empty where there is no paper and never was one."""

SCHEMA = f"""
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {FORMAT};
CREATE TABLE manifest (one INTEGER PRIMARY KEY CHECK (one = 1), document TEXT NOT NULL, sha256 BLOB NOT NULL);
-- record is the paper as JSON and the truth; the other columns are derived from it.
CREATE TABLE papers (
    row INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    id TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    day INTEGER,
    text_hash BLOB NOT NULL,
    record_hash BLOB NOT NULL,
    record TEXT NOT NULL,
    source INTEGER NOT NULL DEFAULT 0 -- of a paper that is its only record, see table sources; else 0
);
CREATE INDEX papers_fingerprint ON papers (fingerprint);
CREATE INDEX papers_day ON papers (day);
CREATE TABLE names (name TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (name, row)) WITHOUT ROWID;
CREATE TABLE categories (
    category TEXT NOT NULL, row INTEGER NOT NULL,
    main INTEGER NOT NULL DEFAULT 0, -- 1 for the paper's first one
    PRIMARY KEY (category, row)
) WITHOUT ROWID;
-- Rows whose vector is still in a segment but whose paper is gone or has moved to another row.
CREATE TABLE tombstones (row INTEGER PRIMARY KEY);
-- Rows first_row ... first_row + count - 1 are the lines of one vector file; segments leave no gaps.
CREATE TABLE segments (
    first_row INTEGER PRIMARY KEY, count INTEGER NOT NULL, file TEXT NOT NULL, sha256 TEXT NOT NULL,
    ends TEXT NOT NULL
);
{";".join(_TABLES)};
"""

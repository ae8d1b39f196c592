"""The tables of the file of readers, and how a file of an older version becomes one of this version.

Version 0 and 1 were the ledger of batch jobs alone: who was shown what by which job. Version 2 is the same
file with the readers, what they say and what they get: one memory, whoever asks. Version 3 has what they do
together: votes, signals, curated days and submissions.
"""

from __future__ import annotations

APPLICATION_ID = 0x5061704C  # "PapL"
VERSION = 3

_SHOWN = """
CREATE TABLE shown (
    user TEXT NOT NULL, paper INTEGER NOT NULL, run INTEGER NOT NULL, PRIMARY KEY (user, paper, run)
) WITHOUT ROWID
"""

_LEDGER = (
    # Pending: what the job showed is here, but whether it came to its end is not known yet.
    """
CREATE TABLE runs (
    number INTEGER PRIMARY KEY, job TEXT NOT NULL UNIQUE, pending INTEGER NOT NULL DEFAULT 0
)
""",
    # names: all identifiers, the title's fingerprint, the abstract's number, as a JSON array.
    "CREATE TABLE papers (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, names TEXT NOT NULL)",
    _SHOWN,
)

_READERS = (
    # name: as `one_spelling` has it. beyond: places of a list for what lies beyond the library. feed: how
    # often the feed's address was revoked. stopped: when the reader wanted no more mail, '' else.
    """
CREATE TABLE readers (
    number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, mail TEXT NOT NULL,
    zone TEXT NOT NULL, beyond INTEGER NOT NULL, feed INTEGER NOT NULL, made TEXT NOT NULL,
    stopped TEXT NOT NULL
)
""",
    # A line a statement, never changed: undo is another line. act: equal for what was said at once. edition:
    # which it answers. undoes: the number of the line that it takes back. record: what the reader's library
    # has of the paper beside its name, as JSON, or ''.
    """
CREATE TABLE opinions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    reader INTEGER NOT NULL REFERENCES readers ON DELETE CASCADE,
    paper INTEGER NOT NULL REFERENCES papers,
    kind TEXT NOT NULL CHECK (kind IN ('liked', 'disliked', 'later', 'seen', 'none')),
    act INTEGER NOT NULL, at TEXT NOT NULL, source TEXT NOT NULL, edition INTEGER, undoes INTEGER,
    record TEXT NOT NULL
)
""",
    "CREATE INDEX opinions_of_reader ON opinions (reader)",
    "CREATE INDEX opinions_on_paper ON opinions (paper)",
    """
CREATE TABLE interests (
    reader INTEGER NOT NULL REFERENCES readers ON DELETE CASCADE, name TEXT NOT NULL, words TEXT NOT NULL,
    share REAL, avoid INTEGER NOT NULL, origin TEXT NOT NULL, PRIMARY KEY (reader, name)
) WITHOUT ROWID
""",
    # through: up to which arrival the corpus was looked at. run: the number in `runs` of what it showed.
    # opinions: the number of the last one that it knew. listing: JSON, packed by zlib.
    """
CREATE TABLE editions (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    reader INTEGER NOT NULL REFERENCES readers ON DELETE CASCADE,
    span TEXT NOT NULL CHECK (span IN ('day', 'week', 'month')), day TEXT NOT NULL, made TEXT NOT NULL,
    through INTEGER NOT NULL, run INTEGER NOT NULL, opinions INTEGER NOT NULL, listing BLOB NOT NULL,
    sha256 BLOB NOT NULL, folder TEXT NOT NULL, UNIQUE (reader, span, day)
)
""",
    """
CREATE TABLE deliveries (
    edition INTEGER PRIMARY KEY REFERENCES editions ON DELETE CASCADE,
    state TEXT NOT NULL CHECK (state IN ('due', 'sending', 'sent', 'refused', 'given up')),
    tries INTEGER NOT NULL, message_id TEXT NOT NULL UNIQUE, said TEXT NOT NULL, at TEXT NOT NULL
)
""",
    # What came back and was counted, each message, file or line once, by its SHA-256.
    "CREATE TABLE answers (digest BLOB PRIMARY KEY, at TEXT NOT NULL) WITHOUT ROWID",
    # Addresses that want no mail, by their SHA-256: this outlives the reader.
    "CREATE TABLE closed (address BLOB PRIMARY KEY, at TEXT NOT NULL, how TEXT NOT NULL) WITHOUT ROWID",
    # What the addresses of feeds are made of.
    "CREATE TABLE secret (one INTEGER PRIMARY KEY CHECK (one = 1), key BLOB NOT NULL)",
)

_COMMUNITY = (
    # One a reader and paper, by whichever of its ids: `votes` looks before it adds.
    """
CREATE TABLE votes (
    reader INTEGER NOT NULL REFERENCES readers ON DELETE CASCADE, paper INTEGER NOT NULL REFERENCES papers,
    at TEXT NOT NULL, PRIMARY KEY (reader, paper)
) WITHOUT ROWID
""",
    "CREATE INDEX votes_for_paper ON votes (paper)",
    # day: when it was measured. source: who says so.
    """
CREATE TABLE signals (
    paper INTEGER NOT NULL REFERENCES papers, name TEXT NOT NULL, source TEXT NOT NULL, day TEXT NOT NULL,
    value REAL NOT NULL CHECK (value >= 0), PRIMARY KEY (paper, name, source, day)
) WITHOUT ROWID
""",
    # curator: a name that is shown, which need not be a reader's.
    """
CREATE TABLE curations (
    number INTEGER PRIMARY KEY, day TEXT NOT NULL, curator TEXT NOT NULL, sentence TEXT NOT NULL,
    at TEXT NOT NULL, UNIQUE (day, curator)
)
""",
    # title: as it was when it was chosen, for days on which the corpus lacks the paper.
    """
CREATE TABLE curated (
    curation INTEGER NOT NULL REFERENCES curations ON DELETE CASCADE, place INTEGER NOT NULL,
    paper INTEGER NOT NULL REFERENCES papers, title TEXT NOT NULL, sentence TEXT NOT NULL,
    PRIMARY KEY (curation, place)
) WITHOUT ROWID
""",
    "CREATE INDEX curated_paper ON curated (paper)",
    # record: the paper as JSON, '' for one that was named alone. said: why. decided: when, '' before.
    """
CREATE TABLE submissions (
    number INTEGER PRIMARY KEY AUTOINCREMENT, paper INTEGER NOT NULL REFERENCES papers, record TEXT NOT NULL,
    reader INTEGER REFERENCES readers ON DELETE SET NULL, at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'taken', 'declined')),
    said TEXT NOT NULL, decided TEXT NOT NULL
)
""",
    "CREATE INDEX submitted_paper ON submissions (paper)",
    "CREATE INDEX submissions_of_reader ON submissions (reader)",
)

NEW = (
    f"PRAGMA application_id = {APPLICATION_ID}",
    *(*_LEDGER, *_READERS, *_COMMUNITY),
    f"PRAGMA user_version = {VERSION}",
)
"""The statements that make an empty file one of this version."""

# Of a ledger that had no run of a paper but the first, and names in any spelling.
_FROM_0 = (
    "ALTER TABLE runs ADD COLUMN pending INTEGER NOT NULL DEFAULT 0",
    "CREATE TABLE earlier AS SELECT user, paper, run FROM shown",
    "DROP TABLE shown",
    _SHOWN,
    "INSERT OR IGNORE INTO shown SELECT composed(user), paper, run FROM earlier",
    "DROP TABLE earlier",
)


def upgrade(version: int) -> tuple[str, ...]:
    """The statements that make a file of an older version one of this; ``composed`` is `one_spelling`."""
    earlier = (*(_FROM_0 if version < 1 else ()), *(_READERS if version < 2 else ()))
    return (*earlier, *_COMMUNITY, f"PRAGMA user_version = {VERSION}")

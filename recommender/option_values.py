"""The values that options take: names, counts, days and limits, without loading what they name.

A shell completes a word while somebody waits, and a command's help needs names only: numpy, FAISS and the
families themselves would take a second. A test holds each of these against its family's own list.

What a file says of its own sizes is a claim, and a kilobyte may unpack to gigabytes. So every limit is on
what lies unpacked, is checked before it is made whole, and costs the record that exceeds it, not the file.
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

from .errors import ParameterError

_Value = TypeVar("_Value")

READERS = (
    *("parquet", "xlsx", "bibtex", "ris", "nbib", "wos", "enw", "arxiv", "hf-daily", "openalex", "s2"),
    *("biorxiv", "crossref", "zotero", "csl", "pubmed", "arxiv-atom", "oai-pmh", "endnote", "acl"),
    *("jsonl", "csv", "hf-page"),
)
FORMATS = ("table", "jsonl", "csv", "bibtex", "ris", "json", "csl", "markdown", "parquet")

ENCODERS = ("minilm", "static", "minilm-papers")
BACKENDS = ("openvino", "torch-bf16", "torch")
"""What runs minilm: ``minilm:torch``."""

INDEXES = ("exact", "hnsw", "ivf")
DEFAULT_RECALL = 0.99
PRECISIONS = ("float32", "float16", "int8")
DEFAULT_PRECISION = "float16"

STRATEGIES = ("hybrid", "interests", "lexical", "linear", "max", "mean", "nearest", "recency")
DEFAULT_STRATEGY = "interests"
RERANKS = ("dpp", "mmr", "msd", "none", "ssd", "xquad")
DEFAULT_RERANK = "msd"
DEFAULT_DIVERSITY = 0.2

PREFERENCES = ("recent",)

EXECUTORS = ("local", "ray")
DEFAULT_EXECUTOR = "local"
BATCH_FORMATS = ("parquet", "jsonl", "csv")
DEFAULT_BATCH_FORMAT = "parquet"
LEDGER = "shown.sqlite"
"""The ledger's name where none is given, in the folder that the output folder is in."""
READERS_FILE = "readers.sqlite"
"""The name of the file of readers where none is given, in the folder that the corpus is in."""
FEEDS = "feeds"
"""The folder of feeds, beside those of the readers' editions: in it one by the key of each feed."""
PRIVATE = "private"
"""The folder of readers' own pages, below that of a site."""
OPINIONS = ("liked", "disliked", "later", "seen")
"""What a reader can say of a paper."""

SPANS = ("day", "week", "month")
SITE_DAYS = 60
"""Days that have a page on a site by default."""
SITE_PAPERS = 1000
"""Of a corpus of no more papers each has a page by default."""
SITE_TITLE = "Papers"
"""What a site is called by default."""
EDITION_FILES = ("html", "atom", "json-feed", "markdown", "text", "bibtex", "ris", "csl", "csv", "jsonl")
DEFAULT_EDITION_FILES = ("html", "markdown", "text")
EDITION_CONFIDENCE = 0.3
"""The least confidence of a paper in an edition, of a corpus of `EDITION_PAPERS` and fewer."""
EDITION_PAPERS = 15_000
"""Of corpora of so many papers and more the least confidence falls as their number grows."""

SEND_TRIES = 5
"""So often a mail is tried, once in each run, before it is given up."""

LAYOUTS = ("tsne", "pca")
PERIODS = ("year", "quarter", "month", "week", "day")

DATABASE = "corpus.sqlite"
"""The file by which a folder is a corpus."""


MOST = 2**31 - 1
"""More than anybody can have, and few enough for every library on the way."""


def refuse_beyond(name: str, value: float | None) -> None:
    """Raise ParameterError for a number above `MOST`; None is none."""
    if value is not None and value > MOST:
        raise ParameterError(f"{name} is {value}; at most {MOST:,} can be asked for")


RELATIVE_DATES = "7d, 2w, 3m, 1y, yesterday or today"
"""How they are written, for messages."""

_AGO = re.compile(r"(\d{1,6}) ?([dwmy])", re.ASCII | re.IGNORECASE)
_DAYS = {"today": 0, "yesterday": 1}
_LENGTHS = {"d": 1, "w": 7}
_MONTHS = {"m": 1, "y": 12}


def this_day() -> datetime.date:
    """Today, where this machine is; the one place where the library looks at the calendar."""
    return datetime.date.today()


def absolute_date(text: str, today: datetime.date) -> str:
    """The date that `text` means on the day `today`: ``2026-11-22`` for ``7d`` on 2026-11-29.

    A month or a year ago is the same day of that month, or its last. What is no such text is returned as
    it is. Raises ParameterError for one that is before the year 1.
    """
    word = text.strip().lower()
    ago = _AGO.fullmatch(word)
    if word not in _DAYS and ago is None:
        return text
    try:
        if ago is None:
            return (today - datetime.timedelta(days=_DAYS[word])).isoformat()
        count, unit = int(ago[1]), ago[2]
        if unit in _LENGTHS:
            return (today - datetime.timedelta(days=count * _LENGTHS[unit])).isoformat()
        return _months_before(today, count * _MONTHS[unit]).isoformat()
    except (ValueError, OverflowError) as error:
        raise ParameterError(f"{text!r} is before the year 1") from error


def _months_before(day: datetime.date, months: int) -> datetime.date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    if year < 1:
        raise ValueError(f"year {year}")
    return datetime.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


OPTION = "--max-record"
"""What raises the limits."""

MAX_RECORD = 4 * 2**20
"""Bytes of the largest record that is read, unpacked: a paper with thousands of authors, or its full text."""

MAX_SIZE = 64 * 2**30
"""So many bytes are unpacked of a file: ten times as much as the largest list of papers that there is."""

SIZE_OPTION = "--max-size"
"""What raises that limit."""

READ_CHARACTERS = 32_768
"""So much of a text is encoded, counted and explained: a title and its abstract are 2,000 characters, models
read a few hundred words, and megabytes more would say nothing new."""

VALUE_BYTES = 64
"""What a value that is parsed takes in memory beside its own bytes, about."""

_FILE_SHARE = 4  # records are in a file that is read whole: the ids of half a million papers
_SHARE = 4  # times its own size is what a record may take once it is parsed
_SURELY_LIGHT = VALUE_BYTES // _SHARE

_LIMIT = ContextVar("max_record", default=MAX_RECORD)
_SIZE = ContextVar("max_size", default=MAX_SIZE)
_ENCODING = ContextVar("source_encoding", default="")


def max_record() -> int:
    """Bytes of the largest record that is read, where nobody says otherwise."""
    return _LIMIT.get()


def max_file() -> int:
    """Bytes of the largest file that is read whole, such as a PROFILE."""
    return _FILE_SHARE * max_record()


def max_size() -> int:
    """Bytes that are unpacked of a file, where nobody says otherwise."""
    return _SIZE.get()


def source_encoding() -> str:
    """What text is read as, where nobody says otherwise; empty where its bytes tell."""
    return _ENCODING.get()


@contextmanager
def reading(max_record: int) -> Iterator[None]:
    """Read records of up to so many bytes meanwhile."""
    with _set(_LIMIT, max_record):
        yield


@contextmanager
def unpacking(max_size: int) -> Iterator[None]:
    """Unpack so many bytes of a file meanwhile."""
    with _set(_SIZE, max_size):
        yield


@contextmanager
def reading_as(encoding: str) -> Iterator[None]:
    """Read text as what is in this encoding meanwhile."""
    with _set(_ENCODING, encoding):
        yield


@contextmanager
def _set(variable: ContextVar[_Value], value: _Value) -> Iterator[None]:
    token = variable.set(value)
    try:
        yield
    finally:
        variable.reset(token)


def read_part(text: str) -> str:
    """The beginning of a text, which stands for it wherever its words count."""
    return text[:READ_CHARACTERS]


def megabytes(size: int) -> str:
    """A size as a message names it and the option takes it."""
    if size >= 2**30:
        return f"{size / 2**30:.3g}GB"
    return f"{size / 2**20:.3g}MB" if size >= 2**20 else f"{size / 2**10:.3g}kB"


def too_large(limit: int) -> str:
    """The reason given for a record that is not read."""
    return f"is larger than {megabytes(limit)}, the largest record that is read ({OPTION} raises this)"


def too_much(limit: int) -> str:
    """The reason given for a file that is not unpacked further."""
    return f"unpacks to more than {megabytes(limit)}, the most that is unpacked ({SIZE_OPTION} raises this)"


def file_too_large(limit: int) -> str:
    """The reason given for a file that is not read whole."""
    needed = f"{OPTION} {megabytes(2 * limit // _FILE_SHARE)} doubles this"
    return f"is larger than {megabytes(limit)}, all that is read of such a file ({needed})"


def fits(text: bytes, limit: int) -> bool:
    """Whether a JSON text may be parsed where records may have so many bytes: a bracket makes many of one."""
    if _SURELY_LIGHT * len(text) <= limit:
        return True
    values = sum(map(text.count, (b",", b"[", b"{", b":")))
    return len(text) <= limit and VALUE_BYTES * values <= _SHARE * limit

"""The corpus: a folder with one SQLite file that names immutable vector and index files."""

from .arrivals import arrival_text, moment_of, stamp_of
from .copying import copy_corpus, corpus_bytes
from .corpus import Corpus
from .duplicates import Duplicate, origins
from .fetched import all_fetched, last_fetched, remember_fetched
from .filters import Filters, allowed_mask, banned_rows, filter_warnings, left_out
from .folder import check_index, folder_in_work
from .info import CorpusInfo
from .lookup import (
    ambiguous_paper,
    content_hash,
    find_rows,
    find_rows_of,
    holds_word,
    is_held,
    names_by_id,
    unknown_paper,
)
from .named_rows import rows_of_names
from .report import AddReport
from .snapshot import Snapshot
from .sources import PaperSource
from .text_encoding import EXECUTORS, LOCAL
from .verification import verify
from .words import WordIndex

__all__ = [
    "EXECUTORS",
    "LOCAL",
    "AddReport",
    "Corpus",
    "CorpusInfo",
    "Duplicate",
    "Filters",
    "PaperSource",
    "Snapshot",
    "WordIndex",
    "all_fetched",
    "allowed_mask",
    "ambiguous_paper",
    "arrival_text",
    "banned_rows",
    "check_index",
    "content_hash",
    "copy_corpus",
    "corpus_bytes",
    "filter_warnings",
    "find_rows",
    "find_rows_of",
    "folder_in_work",
    "holds_word",
    "is_held",
    "last_fetched",
    "left_out",
    "moment_of",
    "names_by_id",
    "origins",
    "remember_fetched",
    "rows_of_names",
    "stamp_of",
    "unknown_paper",
    "verify",
]

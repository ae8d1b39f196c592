"""The corpus: a folder with one SQLite file that names immutable vector and index files."""

from .contents import content_hash
from .corpus import Corpus, PaperSource
from .executors import EXECUTORS, LOCAL
from .filter_warnings import filter_warnings
from .filters import Filters, allowed_mask
from .info import CorpusInfo
from .lookup import ambiguous_paper, find_rows, find_rows_of, names_by_id, unknown_paper
from .options import check_index
from .overwriting import folder_in_work
from .report import AddReport
from .snapshot import Snapshot
from .verification import verify
from .vocabulary import holds_word, is_held

__all__ = [
    "EXECUTORS",
    "LOCAL",
    "AddReport",
    "Corpus",
    "CorpusInfo",
    "Filters",
    "PaperSource",
    "Snapshot",
    "allowed_mask",
    "ambiguous_paper",
    "check_index",
    "content_hash",
    "filter_warnings",
    "find_rows",
    "find_rows_of",
    "folder_in_work",
    "holds_word",
    "is_held",
    "names_by_id",
    "unknown_paper",
    "verify",
]

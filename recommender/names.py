"""The names that an option may have, and the defaults, without loading what they name.

A shell completes a word while somebody waits, and a command's help needs names only: numpy, FAISS and the
families themselves would take a second. A test holds each of these against its family's own list.
"""

from __future__ import annotations

__all__ = [
    "BACKENDS",
    "BATCH_FORMATS",
    "DATABASE",
    "DEFAULT_BATCH_FORMAT",
    "DEFAULT_DIVERSITY",
    "DEFAULT_EXECUTOR",
    "DEFAULT_PRECISION",
    "DEFAULT_RECALL",
    "DEFAULT_RERANK",
    "DEFAULT_STRATEGY",
    "ENCODERS",
    "EXECUTORS",
    "FORMATS",
    "INDEXES",
    "LAYOUTS",
    "LEDGER",
    "PERIODS",
    "PRECISIONS",
    "READERS",
    "RERANKS",
    "STRATEGIES",
]

READERS = ("parquet", "arxiv", "hf-daily", "jsonl", "csv", "hf-page")
FORMATS = ("table", "jsonl", "csv", "bibtex", "ris", "json")

ENCODERS = ("minilm", "static")
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

EXECUTORS = ("local", "ray")
DEFAULT_EXECUTOR = "local"
BATCH_FORMATS = ("parquet", "jsonl", "csv")
DEFAULT_BATCH_FORMAT = "parquet"
LEDGER = "shown.sqlite"

LAYOUTS = ("tsne", "pca")
PERIODS = ("year", "quarter", "month", "week", "day")

DATABASE = "corpus.sqlite"
"""The file by which a folder is a corpus."""

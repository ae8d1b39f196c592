"""Evaluation: does it work, on judged sets and on a reader's own library; above the engine."""

from __future__ import annotations

from .benchmark import Benchmark, Query, papers_file, read_benchmark
from .beyond import catalogue_coverage, interests_covered, interests_misplaced, intra_list_distance, novelty
from .comparison import Comparison, compare, compare_values
from .encoder_choice import EncoderChoice, MeasuredEncoder, compare_encoders
from .estimates import HoldoutResult, MetricEstimate, SystemResult
from .index_choice import IndexChoice, MeasuredIndex, compare_indexes
from .kendall import weighted_kendall_loss
from .metrics import KENDALL, POOL_NDCG, compute_metrics
from .ranking import DEPTH, rank_all
from .run_file import write_run
from .self_test import MIN_SEEDS, SelfTest, self_test
from .significance import bootstrap_interval, holm, randomisation_test
from .systems import System, system_grid

__all__ = [
    "DEPTH",
    "KENDALL",
    "MIN_SEEDS",
    "POOL_NDCG",
    "Benchmark",
    "Comparison",
    "EncoderChoice",
    "HoldoutResult",
    "IndexChoice",
    "MeasuredEncoder",
    "MeasuredIndex",
    "MetricEstimate",
    "Query",
    "SelfTest",
    "System",
    "SystemResult",
    "bootstrap_interval",
    "catalogue_coverage",
    "compare",
    "compare_encoders",
    "compare_indexes",
    "compare_values",
    "compute_metrics",
    "holm",
    "interests_covered",
    "interests_misplaced",
    "intra_list_distance",
    "novelty",
    "papers_file",
    "randomisation_test",
    "rank_all",
    "read_benchmark",
    "self_test",
    "system_grid",
    "weighted_kendall_loss",
    "write_run",
]

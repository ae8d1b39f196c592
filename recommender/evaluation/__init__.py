"""Evaluation: does it work, on judged sets and on a reader's own library; above the engine."""

from __future__ import annotations

from ..diversity import intra_list_distance
from .benchmark import Benchmark, Query, papers_file, read_benchmark
from .beyond_accuracy import catalogue_coverage, interests_covered, interests_misplaced, novelty
from .choices import (
    EncoderChoice,
    IndexChoice,
    MeasuredEncoder,
    MeasuredIndex,
    compare_encoders,
    compare_indexes,
)
from .comparison import Comparison, bootstrap_interval, compare, compare_values, holm, randomisation_test
from .metrics import KENDALL, POOL_NDCG, compute_metrics, weighted_kendall_loss
from .report import HoldoutResult, MetricEstimate, SystemResult
from .self_test import MIN_SEEDS, SelfTest, self_test
from .systems import DEPTH, System, rank_all, system_grid
from .trec import write_run

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

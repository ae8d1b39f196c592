"""Mutants of confidence: of what it depends on, and that it never falls with the score."""

from __future__ import annotations

from mutant import Mutant

CONFIDENCE_MUTANTS = (
    Mutant(
        "a confidence that does not see how many papers were searched",
        "recommender/engine/confidence.py",
        "size = math.log(min(max(searched, _FEWEST), _MOST))",
        "size = math.log(5_000)",
        "tests/test_confidence.py::test_the_same_score_among_more_papers_is_less_sure",
    ),
    Mutant(
        "a confidence beside the best candidate",
        "recommender/engine/confidence.py",
        "-np.partition(-candidates, rank - 1)[rank - 1]",
        "candidates.max()",
        "tests/test_confidence.py::test_it_is_the_logistic_regression_on_score_and_circumstances",
    ),
    Mutant(
        "all papers searched, whatever the filter",
        "recommender/engine/confidence.py",
        "return len(snapshot) if allowed is None else int(np.count_nonzero(allowed & snapshot.living))",
        "return len(snapshot)",
        "tests/test_confidence.py::test_a_filter_leaves_fewer_papers_to_be_searched",
    ),
    Mutant(
        "a confidence that depends on the length of the list",
        "recommender/engine/pipeline.py",
        "ConfidenceEstimator(snapshot, profile, scorer, first[2].best, searched)",
        "ConfidenceEstimator(snapshot, profile, scorer, first[2].best, options.k)",
        "tests/test_confidence.py::test_it_is_the_same_however_long_the_list_is",
    ),
)

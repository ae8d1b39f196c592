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
        "a filter that makes papers surer",
        "recommender/engine/confidence.py",
        "math.ceil(NEAREST * passing)",
        "NEAREST",
        "tests/test_confidence.py::test_a_filter_makes_no_paper_surer",
    ),
    Mutant(
        "a confidence that depends on the length of the list",
        "recommender/engine/pipeline.py",
        "snapshot, profile, own, first[2].best, len(snapshot), passing=passing",
        "snapshot, profile, own, first[2].best, options.k, passing=passing",
        "tests/test_confidence.py::test_it_is_the_same_however_long_the_list_is",
    ),
)

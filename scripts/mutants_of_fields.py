"""Mutants of what is asked of a paper's fields: its categories."""

from __future__ import annotations

from mutant import Mutant

FIELD_MUTANTS = (
    Mutant(
        "a paper's first category is its primary one",
        "recommender/corpus/category_filter.py",
        "if self.primary:\n                rows",
        "if False:\n                rows",
        "tests/test_category_filter.py::test_equals_a_loop_over_all_papers",
    ),
    Mutant(
        "what is in an unwanted category does not come",
        "recommender/corpus/category_filter.py",
        "others = snapshot.living & ~self._of(snapshot, name)",
        "others = snapshot.living",
        "tests/test_category_filter.py::test_equals_a_loop_over_all_papers",
    ),
)

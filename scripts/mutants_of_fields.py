"""Mutants of what is asked of a paper's fields, its categories and its date, and of the day of a like."""

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
    Mutant(
        "a like of a rating carries its day",
        "recommender/profiles/ratings.py",
        'liked = labels[position] == "liked"',
        "liked = False",
        "tests/test_half_life.py::test_every_form_of_a_profile_carries_the_day_of_a_like",
    ),
    Mutant(
        "a half-life takes the place of the strategy's weights",
        "recommender/engine/seed_weights.py",
        "scorer.weights(days) if half_life is None else",
        "scorer.weights(days) if True else",
        "tests/test_half_life.py::test_seeds_weigh_by_when_they_were_liked_and_else_by_when_they_appeared",
    ),
    Mutant(
        "what a recent paper gains is a part of its score",
        "recommender/engine/preference.py",
        "return replace(found, other={**found.other, RECENT: gain})",
        "return replace(found, liked=found.liked + gain[:, np.newaxis] / found.liked.shape[1])",
        "tests/test_prefer_recent.py::test_it_is_one_more_part_of_every_score_and_the_parts_add_up",
    ),
)

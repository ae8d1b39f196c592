"""Mutants of what is picked: of what is learnt, of what was known when, and of what is shown."""

from __future__ import annotations

from mutant import Mutant

_LOGISTIC = "tests/test_logistic.py"
_PICKS = "tests/test_picks.py"
_PICKED = "tests/test_picked.py"

PICK_MUTANTS = (
    Mutant(
        "a logistic regression without a penalty",
        "recommender/engine/logistic.py",
        "        return np.concatenate([found + self.problem.penalty * self.parameters[:-1], [pulls.sum()]])",
        "        return np.concatenate([found, [pulls.sum()]])",
        f"{_LOGISTIC}::test_it_is_what_scikit_learn_finds",
    ),
    Mutant(
        "a term in the column of another one",
        "recommender/engine/logistic.py",
        '        there = known.take(columns, mode="clip") == terms.numbers if len(known) else columns > 0',
        "        there = columns < len(known)",
        f"{_LOGISTIC}::test_features_are_the_columns_and_those_terms_that_have_one",
    ),
    Mutant(
        "picks of later days that are known before",
        "recommender/engine/picks.py",
        "        there = (self.days <= day) & (self.days > day - WINDOW)",
        "        there = self.days > day - WINDOW",
        f"{_PICKS}::test_what_is_picked_later_changes_nothing_and_neither_do_years_gone_by",
    ),
    Mutant(
        "authors who are picked later and count before",
        "recommender/engine/picks.py",
        "    tomorrow = np.full(len(candidates), day + 1)",
        "    tomorrow = np.full(len(candidates), 10**6)",
        f"{_PICKS}::test_authors_of_later_picks_are_not_known_yet",
    ),
    Mutant(
        "picks that count alike whenever they were",
        "recommender/engine/picks.py",
        "    weights = 0.5 ** (np.clip(ages, 0, 10 * WINDOW) / _HALF_LIFE)",
        "    weights = np.ones(len(ages))",
        f"{_PICKS}::test_later_picks_count_more",
    ),
    Mutant(
        "a pick whose own pick tells that it will be one",
        "recommender/engine/picked_authors.py",
        "        return [int(np.searchsorted(self.days[name], day)) for name in names if name in self.days]",
        "        return [len(self.days[name]) for name in names if name in self.days]",
        f"{_PICKS}::test_authors_are_counted_before_the_day_and_nobody_is_no_author",
    ),
    Mutant(
        "one paper twice among what is like the picks",
        "recommender/listing/picked.py",
        "            if len(chosen) < count and not any(snapshot.twins.are(row, other) for other in chosen):",
        "            if len(chosen) < count:",
        f"{_PICKED}::test_neither_a_pick_nor_another_version_of_one_nor_a_paper_twice",
    ),
    Mutant(
        "a taste that is told of next to no picks",
        "recommender/listing/picked.py",
        "    if len(lately := picks.lately(last).rows) < LEAST_PICKS:",
        "    if len(lately := picks.lately(last).rows) < 1:",
        f"{_PICKED}::test_with_a_handful_less_it_says_so_and_what_to_do",
    ),
    Mutant(
        "the first day a paper was picked on",
        "recommender/listing/picked.py",
        "            on.update((row, max(at, on.get(row, at))) for row in of.rows)",
        "            on.update((row, min(at, on.get(row, at))) for row in of.rows)",
        f"{_PICKED}::test_a_paper_that_several_picked_is_one_pick_on_its_last_day",
    ),
)

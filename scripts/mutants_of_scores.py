"""Mutants of what a score is made of: seeds, interests, dates."""

from __future__ import annotations

from mutant import Mutant

SCORE_MUTANTS = (
    Mutant(
        "seeds that all count alike",
        "recommender/scoring/interests.py",
        "    attention = similarities.weights * np.exp(nearness / np.float32(_NEARNESS))",
        "    attention = similarities.weights * np.ones_like(nearness)",
        "tests/test_scoring.py::test_under_an_interest_its_own_seeds_count_and_overall_all",
    ),
    Mutant(
        "nearness in time that no option turns off",
        "recommender/engine/profile_vectors.py",
        "        if options.same_years and options.since is None and options.until is None:",
        "        if options.since is None and options.until is None:",
        "tests/test_scoring_dates.py::test_papers_of_the_same_years_come_first_and_it_is_in_the_contributions",
    ),
    Mutant(
        "nearness in time behind a date filter",
        "recommender/engine/profile_vectors.py",
        "        if options.same_years and options.since is None and options.until is None:",
        "        if options.same_years:",
        "tests/test_scoring_dates.py::test_with_a_date_filter_it_is_of_no_account",
    ),
    Mutant(
        "a date prior as narrow for decades as for a year",
        "recommender/scoring/dates.py",
        "    rate = _SHAPE * _SPREAD**2 + ((liked - liked.mean()) ** 2).sum() / 2 + away",
        "    rate = _SHAPE * _SPREAD**2 + away",
        "tests/test_scoring_dates.py::test_likes_of_decades_keep_nobody_from_classics",
    ),
    Mutant(
        "no free ranks for few seeds",
        "recommender/engine/profile_vectors.py",
        "        free = 0.0 if named else min(_MOST_FREE, (_FEW_SEEDS / len(self.liked)) ** 3)",
        "        free = 0.0",
        "tests/test_engine_reasons.py::test_of_few_seeds_most_ranks_are_free_and_of_many_few",
    ),
    Mutant(
        "papers of a followed author that are no candidates",
        "recommender/engine/candidates.py",
        "    if task.profile.followed:",
        "    if task.profile.followed and not task.depth:",
        "tests/test_followed.py::test_a_paper_of_theirs_is_a_candidate_however_far_it_is",
    ),
    Mutant(
        "what a followed author's paper gains under all interests alike",
        "recommender/scoring/followed.py",
        "    parts = np.where(mine, weights, 0)",
        "    parts = np.where(mine | True, weights, 0)",
        "tests/test_followed.py::test_the_term_is_bounded_and_true_and_the_parts_add_up",
    ),
    Mutant(
        "a followed author's paper that does not match the interest",
        "recommender/engine/ranking.py",
        "        np.logical_or.at(matches, similarities.interests[followed.seeds], followed.member.T)",
        "        matches = matches.copy()",
        "tests/test_followed.py::test_a_paper_of_theirs_matches_their_interest_whatever_it_is_about",
    ),
    Mutant(
        "what is avoided between two sets that takes nothing off",
        "recommender/scoring/between.py",
        "        return Contributions(liked, away)",
        "        return Contributions(liked, 0 * away)",
        "tests/test_avoided_words.py::test_between_two_sets_what_is_avoided_takes_off_its_part",
    ),
)

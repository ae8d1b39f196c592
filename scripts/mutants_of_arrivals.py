"""Mutants of when papers arrive."""

from __future__ import annotations

from mutant import Mutant

_TESTS = "tests/test_arrivals.py"

ARRIVAL_MUTANTS = (
    Mutant(
        "a changed record that arrives again",
        "recommender/corpus/joining.py",
        "        min((stored[one].arrived for one in rows), default=None),",
        "        None,",
        f"{_TESTS}::test_a_changed_record_does_not_arrive_again",
    ),
    Mutant(
        "one made of several that arrives with the last of them",
        "recommender/corpus/joining.py",
        "        min((stored[one].arrived for one in rows), default=None),",
        "        max((stored[one].arrived for one in rows), default=None),",
        f"{_TESTS}::test_one_made_of_several_arrived_with_the_first_of_them",
    ),
    Mutant(
        "a clock that goes back and hides what arrives",
        "recommender/corpus/arrivals.py",
        "    return max(stamp_of(datetime.datetime.now(datetime.UTC) if at is None else at), newest + 1)",
        "    return stamp_of(datetime.datetime.now(datetime.UTC) if at is None else at)",
        f"{_TESTS}::test_each_commit_is_later_than_all_before_whatever_the_clock_says",
    ),
    Mutant(
        "a corpus built anew whose papers all arrive again",
        "recommender/corpus/writer.py",
        "        staging.note_arrivals(former)",
        "        pass",
        f"{_TESTS}::test_a_corpus_built_anew_keeps_the_arrivals_of_the_one_it_replaces",
    ),
    Mutant(
        "an arrival that was altered and that verify does not see",
        "recommender/corpus/arrivals.py",
        "        elif _mark(key, stamp) != mark:",
        "        elif False:",
        f"{_TESTS}::test_verify_finds_what_is_not_what_was_written",
    ),
)

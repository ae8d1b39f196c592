"""Mutants of the one list: its beginnings, its pages, and whose turn it is."""

from __future__ import annotations

from mutant import Mutant

PAGE_MUTANTS = (
    Mutant(
        "a publisher's line that is encoded and counted",
        "recommender/paper.py",
        "return without_closing_lines(self.abstract)",
        "return self.abstract",
        "tests/test_closing_lines.py::test_answers_and_reasons_are_those_of_papers_without_lines",
    ),
    Mutant(
        "a list that is varied by its length",
        "recommender/engine/pipeline.py",
        "shares, rerank, options.diversity, scale, are_one)",
        "shares, rerank, options.diversity / options.last, scale, are_one)",
        "tests/test_paging.py::test_other_questions_have_pages",
    ),
    Mutant(
        "a page from the first rank on",
        "recommender/engine/recommended.py",
        "items = tuple(_items(reasons))[offset:]",
        "items = tuple(_items(reasons))[: answer.options.k]",
        "tests/test_paging.py::test_pages_have_no_paper_twice_and_together_are_the_whole_list",
    ),
    Mutant(
        "a level that has the papers of those before",
        "recommender/engine/candidates.py",
        "rows = snapshot.by_key(np.setdiff1d(rows, before))",
        "rows = snapshot.by_key(rows)",
        "tests/test_paging.py::test_pages_have_no_paper_twice_and_together_are_the_whole_list",
    ),
    Mutant(
        "turns that look at no deadline",
        "recommender/interests/turns.py",
        "        if not len(full):",
        "        if True:",
        "tests/test_interests_quotas.py::test_every_beginning_has_each_interest_within_one_of_its_share",
    ),
    Mutant(
        "turns that may come before they are due",
        "recommender/interests/turns.py",
        "        may = parts[wanted] * rank > had + _ROUNDING",
        "        may = parts[wanted] * rank > had - 1",
        "tests/test_interests_quotas.py::test_every_beginning_has_each_interest_within_one_of_its_share",
    ),
    Mutant(
        "a great interest that is left to the free ranks",
        "recommender/interests/first_turns.py",
        "_GREAT = 0.4",
        "_GREAT = 2.0",
        "tests/test_engine_reasons.py::test_of_two_interests_of_equal_share_each_has_one_of_two_papers",
    ),
    Mutant(
        "a great interest that comes at a free rank only",
        "recommender/interests/first_turns.py",
        "self._rank == 1 else late",
        "self._rank == 1 or dealt != self._free else late",
        "tests/test_interests_quotas.py::test_a_great_interest_has_a_paper_when_its_share_makes_a_whole_one",
    ),
    Mutant(
        "a great interest without papers that has its turns for ever",
        "recommender/interests/first_turns.py",
        "        self._due.pop(turn, None)",
        "        self._due.pop(turn if turn != dealt else -1, None)",
        "tests/test_interests_quotas.py::test_an_interest_without_papers_has_its_first_turn_once",
    ),
    Mutant(
        "the first turns of great interests in no order",
        "recommender/interests/first_turns.py",
        "sorted(great, key=due.__getitem__)",
        "sorted(great, key=lambda one: -due[one])",
        "tests/test_interests_quotas.py::test_a_great_interest_has_a_paper_when_its_share_makes_a_whole_one",
    ),
    Mutant(
        "all pairs compared at once",
        "recommender/diversity/duplicates.py",
        "_BLOCK = 256",
        "_BLOCK = 2**20",
        "tests/test_diversity_duplicates.py::test_memory_grows_with_the_papers_and_not_with_their_pairs",
    ),
    Mutant(
        "a place in a list of another length",
        "recommender/engine/why_not.py",
        "    return int(found[0]) + 1 if len(found) else None",
        "    return int(found[0]) + 2 if len(found) else None",
        "tests/test_why_not.py::test_every_paper_has_a_reason_and_undoing_it_changes_the_answer",
    ),
    Mutant(
        "a filter that is looked at together with the others",
        "recommender/corpus/filtered_out.py",
        "                if other != name:",
        "                if other == name:",
        "tests/test_why_not.py::test_all_filters_that_leave_a_paper_out_are_named",
    ),
)

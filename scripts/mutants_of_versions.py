"""Mutants of versions of one paper, of notices, and of what was retracted."""

from __future__ import annotations

from mutant import Mutant

VERSION_MUTANTS = (
    Mutant(
        "a new version that makes an old paper a new one",
        "recommender/corpus/merging.py",
        "        return old, latest([*versions, new])",
        "        return new, latest([*versions, new])",
        "tests/test_revised.py::test_a_later_date_of_the_same_source_is_that_of_a_version",
    ),
    Mutant(
        "--since asked of the last version",
        "recommender/corpus/filters.py",
        "    dated = days(snapshot)",
        "    dated = np.maximum(days(snapshot), revision_days(snapshot))",
        "tests/test_revised.py::test_since_asks_when_a_paper_first_appeared",
    ),
    Mutant(
        "notices before other papers",
        "recommender/corpus/filters.py",
        '        found["notices"] = snapshot.notices',
        '        found["notices"] = snapshot.notices[:0]',
        "tests/test_notices.py::test_no_notice_stands_before_another_paper",
    ),
    Mutant(
        "a paper that is retracted as a notice says",
        "recommender/corpus/retractions.py",
        "                said.setdefault(named, row)",
        "                pass",
        "tests/test_notices.py::test_the_paper_is_marked_wherever_it_stands",
    ),
    Mutant(
        "one of several papers of a title taken for the retracted one",
        "recommender/corpus/retractions.py",
        "    return [*named] if may_be_one_work([*named.values()]) else []",
        "    return [*named]",
        "tests/test_notices.py::test_of_several_papers_with_the_title_nobody_can_tell_which",
    ),
    Mutant(
        "a hidden article whose preprint is left",
        "recommender/evaluation/self_test.py",
        "    works = library_works(corpora, liked)",
        "    works = [(name,) for name in liked]",
        "tests/test_evaluation_works.py::test_a_library_of_pairs_is_found_as_well_as_one_without",
    ),
    Mutant(
        "near vectors that are one paper",
        "recommender/identity/twins.py",
        "    if series and (first.abstract != second.abstract or titles_alike(first, second)):",
        "    if False:",
        "tests/test_twins.py::test_two_papers_however_near_they_are",
    ),
    Mutant(
        "an abstract with a sentence more that is new",
        "recommender/identity/twins.py",
        "    return not template and _nearly_equal(first, second)",
        "    return False",
        "tests/test_twins.py",
    ),
    Mutant(
        "twins by near vectors alone, which not every encoder has",
        "recommender/engine/known.py",
        "    yield from snapshot.twins.keys.pairs(rows, known)",
        "    yield from ()",
        "tests/test_twins.py",
    ),
    Mutant(
        "twins in a list by near vectors alone",
        "recommender/corpus/twins.py",
        "return np.concatenate([self.versions.codes(rows), self.keys.codes(rows)], axis=1)",
        "return self.versions.codes(rows)",
        "tests/test_twins.py",
    ),
    Mutant(
        "papers seen and brought along that are forgotten",
        "recommender/engine/known.py",
        "    if profile.lacked:",
        "    if False:",
        "tests/test_twins.py::test_no_twin_of_what_was_brought_along_comes",
    ),
    Mutant(
        "one editorial for all",
        "recommender/identity/twins.py",
        "    if title.generic:",
        "    if False:",
        "tests/test_twins.py::test_two_papers_however_near_they_are",
    ),
    Mutant(
        "no removed paper behind a mask of notices",
        "recommender/corpus/filters.py",
        "        found = snapshot.living.copy()",
        "        found = np.ones(snapshot.size, np.bool_)",
        "tests/test_notices.py::test_a_removed_paper_is_not_found_behind_notices",
    ),
    Mutant(
        "no removed paper behind a ban",
        "recommender/corpus/filters.py",
        "    found = (snapshot.living if mask is None else mask).copy()",
        "    found = np.ones(snapshot.size, np.bool_) if mask is None else mask.copy()",
        "tests/test_notices.py::test_a_removed_paper_is_not_found_behind_notices",
    ),
    Mutant(
        "an older corpus that is verified as it was written",
        "recommender/corpus/verification.py",
        "if store.format < READ_ALIKE and may_differ(sourced):",
        "if False:",
        "tests/test_closing_lines.py::test_a_corpus_of_an_older_format_is_verified_as_it_was_written",
    ),
)

"""Mutants of the search box, of filters by name, and of what a reader avoids in words."""

from __future__ import annotations

from mutant import Mutant

SEARCH_MUTANTS = (
    Mutant(
        "an initial of another family name",
        "recommender/identity/wanted_names.py",
        "    return whole and not (abbreviated and any(map(is_telling, free)))",
        "    return whole",
        "tests/test_authors_and_venues.py::test_an_author_is_whom_the_name_may_mean",
    ),
    Mutant(
        "a filter by author that a batch job does not record",
        "recommender/engine/pipeline.py",
        'for name in ("authors", "venues")}',
        "for name in ()}",
        "tests/test_authors_and_venues.py::test_a_batch_job_filters_and_records_it",
    ),
    Mutant(
        "a sign before a number that excludes",
        "recommender/queries/query.py",
        "    return Clause(word) if is_number or not _says(value)",
        "    return Clause(word) if not _says(value)",
        "tests/test_queries.py::test_what_a_query_says",
    ),
    Mutant(
        "a title in capitals in which NOT excludes",
        "recommender/queries/query.py",
        "    return len(words) >= _SHOUTED and",
        "    return False and",
        "tests/test_queries.py::test_what_a_query_says",
    ),
    Mutant(
        "what is not wanted stays among what may come",
        "recommender/corpus/query_masks.py",
        "    return snapshot.living & ~held if condition.is_excluding else held",
        "    return snapshot.living if condition.is_excluding else held",
        "tests/test_search_box.py::test_conditions_equal_a_loop_over_all_texts",
    ),
    Mutant(
        "a title of several papers taken for one of them",
        "recommender/engine/search_box.py",
        "    if len(rows) == 1:",
        "    if rows:",
        "tests/test_search_box.py::test_a_text_that_is_no_one_papers_name_is_a_text",
    ),
    Mutant(
        "a topic to be avoided that takes nothing off",
        "recommender/engine/resolution.py",
        "        disliked=(*named.disliked, *avoided),",
        "        disliked=(*named.disliked,),",
        "tests/test_avoided_words.py::test_what_is_about_an_avoided_topic_falls",
    ),
    Mutant(
        "a topic to be avoided that another reader's interest makes one that papers hold",
        "recommender/engine/resolution.py",
        "if text in words.avoidable)",
        "if text in words._positions)",
        "tests/test_avoided_words.py::test_pages_and_many_readers_get_the_same",
    ),
    Mutant(
        "a job that avoids what a reader likes",
        "recommender/batch/avoided.py",
        "        own = [one for one in self.papers if likes is not None and likes.hold(one)]",
        "        own = list[_AvoidedPaper]()",
        "tests/test_batch_avoided.py::test_each_list_is_the_readers_own_with_the_same",
    ),
    Mutant(
        "a job that avoids what a reader likes and the corpus lacks",
        "recommender/batch/avoided.py",
        "        return any(is_same(paper, other) for other in self.lacked.get(paper.fingerprint, ()))",
        "        return False",
        "tests/test_batch_avoided.py::test_papers_that_are_brought_along_are_told_by_what_they_are",
    ),
    Mutant(
        "a job whose record does not say what it avoids",
        "recommender/batch/job.py",
        '{"avoid": self.avoid.to_dict()} if self.avoid else {}',
        "{}",
        "tests/test_batch_avoided.py::test_with_another_one_it_is_another_job",
    ),
    Mutant(
        "an option that was left away and makes no other job",
        "recommender/batch/job.py",
        "dict.fromkeys([*now, *before]) if place",
        "now if place",
        "tests/test_batch_avoided.py::test_with_another_one_it_is_another_job",
    ),
)

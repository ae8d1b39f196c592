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
)

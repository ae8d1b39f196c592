"""Mutants of what goes in and out of a corpus by tables, and of what stays out."""

from __future__ import annotations

from mutant import Mutant

TABLE_MUTANTS = (
    Mutant(
        "contributions as a map of their own seeds",
        "recommender/frames/tables.py",
        "            made[name] = _pairs(name, values)",
        "            made[name] = pd.Series([*values], dtype=object)",
        "tests/test_frames.py::test_contributions_survive_parquet_each_with_its_own_seeds",
    ),
    Mutant(
        "what a frame wrote is read as it is",
        "recommender/readers/own_tables.py",
        "    if not {*columns} >= _WANTED:",
        "    if True:",
        "tests/test_frames.py::test_nothing_is_lost_on_the_way",
    ),
    Mutant(
        "a stream is read some rows at a time",
        "recommender/readers/streams.py",
        "        for batch in table.batches:",
        "        for batch in [*table.batches]:",
        "tests/test_frames.py::test_a_stream_is_read_some_rows_at_a_time",
    ),
    Mutant(
        "a removed paper that stays away",
        "recommender/corpus/withholding.py",
        "            elif not living:",
        "            elif False:",
        "tests/test_removal.py::test_another_record_of_it_stays_out_as_well",
    ),
    Mutant(
        "a paper that is brought back by the commit that stores it",
        "recommender/corpus/ingest.py",
        "    forget_removed(store, staging.withheld.restored, staging.withheld.categories)",
        "    pass",
        "tests/test_removal.py::test_it_comes_back_by_name_and_then_for_good",
    ),
)

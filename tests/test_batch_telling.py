"""How far a job is, in a pipe: a line now and then."""

import logging

from recommender.batch.run import log_progress


def test_a_job_that_goes_on_counts_what_was_done_before(caplog, monkeypatch):
    monkeypatch.delenv("RECOMMENDER_PROGRESS")
    caplog.set_level(logging.DEBUG, "recommender")
    with log_progress(10_000, 4_000) as tick:
        tick(6_000)
    (record,) = caplog.records
    assert record.getMessage().startswith("recommending: 6,000 profiles in ")

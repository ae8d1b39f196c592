"""How far a job is, in a pipe: a line now and then."""

import logging
import time

import pytest

from recommender.batch.telling import told_progress


def test_lines_tell_rate_and_time_left(caplog, monkeypatch):
    caplog.set_level(logging.INFO, "recommender")
    moments = iter([0.0, 10.0, 20.0, 30.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(moments))
    with told_progress(10_000, 4_000, every=15) as tick:
        for _ in range(3):
            tick(500)
    assert [record.getMessage() for record in caplog.records] == [
        "5,000 of 10,000 profiles, 50 a second, about 100 s left".replace("100 s", "2 min")
    ]


@pytest.mark.parametrize(("seconds", "told"), [(5, "5 s"), (600, "10 min"), (9000, "2.5 h")])
def test_the_time_left_is_told_in_units_that_suit(caplog, monkeypatch, seconds, told):
    caplog.set_level(logging.INFO, "recommender")
    moments = iter([0.0, 20.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(moments))
    with told_progress(20 + seconds, 0) as tick:
        tick(20)
    assert caplog.records[0].getMessage().endswith(f"1 a second, about {told} left")


def test_a_short_job_says_nothing(caplog):
    caplog.set_level(logging.INFO, "recommender")
    with told_progress(10, 0) as tick:
        tick(10)
    assert caplog.records == []

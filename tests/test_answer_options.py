"""What an answer is asked for: checked once, the same for one reader and for a batch job."""

import dataclasses
import datetime
import inspect

import pytest

from recommender import Recommender
from recommender.batch import BatchOptions
from recommender.engine import AnswerOptions
from recommender.errors import ParameterError

OPTIONS = {field.name: field.default for field in dataclasses.fields(AnswerOptions) if field.init}


@pytest.mark.parametrize(
    "method", ["recommend", "recommend_many", "search", "more_like", "between", "but_not"]
)
def test_the_public_methods_offer_the_options_with_their_defaults(method):
    parameters = inspect.signature(getattr(Recommender, method)).parameters
    offered = {name: one.default for name, one in parameters.items() if name in OPTIONS}
    assert offered.items() <= OPTIONS.items()
    left_out = {
        "more_like": {"anyway"},
        "between": {"anyway", "min_confidence", "same_years", "half_life", "prefer"},
    }
    left_out["but_not"] = left_out["between"]
    # Conditions are in the text of a search; what arrived after the last edition is for editions to ask.
    assert OPTIONS.keys() - offered.keys() == left_out.get(method, set()) | {"conditions", "arrived_after"}


def test_a_batch_job_asks_for_the_same():
    options = BatchOptions(k=3, since="2024", categories="cs.CL").answer
    assert options == AnswerOptions(k=3, since="2024", categories=["cs.CL"])
    assert options.to_dict() == {
        "k": 3,
        "diversity": OPTIONS["diversity"],
        "since": "2024",
        "until": None,
        "categories": ["cs.CL"],
        "min_confidence": 0.0,
    }


def test_a_changed_copy_keeps_the_day_it_was_made_on(monkeypatch):
    monkeypatch.setattr("recommender.corpus.filters.this_day", lambda: datetime.date(2025, 7, 4))
    options = AnswerOptions(since="2w", until="today")
    monkeypatch.setattr("recommender.corpus.filters.this_day", lambda: datetime.date(2025, 7, 5))
    copy = dataclasses.replace(options, diversity=0)
    assert (copy.since, copy.until) == (options.since, options.until) == ("2025-06-20", "2025-07-04")
    assert (copy.filters.since, copy.filters.until) == (options.filters.since, options.filters.until)


@pytest.mark.parametrize(
    "wrong", [{"k": 0}, {"k": 2.0}, {"diversity": 1.1}, {"min_confidence": float("nan")}]
)
def test_what_is_out_of_range_is_named(wrong):
    (name,) = wrong
    with pytest.raises(ParameterError, match=f"^{name} is "):
        AnswerOptions(**wrong)

"""Which encoder a corpus gets when none is named, and what is said before it begins."""

import logging
import re

import numpy as np
import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus
from recommender.corpus import forecast as forecast_module
from recommender.corpus import makers
from recommender.corpus.forecast import forecast
from recommender.encoders import ENCODERS, described, texts_per_second
from recommender.errors import EncoderUnknown


@pytest.fixture
def two_encoders(monkeypatch):
    """Stand-ins for the two built-in encoders."""
    found = {name: FakeEncoder(name=name) for name in ("minilm", "static")}
    for name, encoder in found.items():
        monkeypatch.setitem(ENCODERS, name, lambda folder, encoder=encoder: encoder)
    return found


def test_a_small_corpus_gets_minilm_and_a_large_one_static(two_encoders, tmp_path, monkeypatch):
    monkeypatch.setattr(makers, "AUTO_LIMIT", 20)
    small = Corpus.build(make_papers(20), tmp_path / "small")
    large = Corpus.build(make_papers(21), tmp_path / "large")
    assert (small.info().encoder, large.info().encoder) == ("minilm", "static")
    assert small.report.encoder == "minilm"


def test_a_corpus_that_is_there_keeps_its_encoder_whatever_its_size(two_encoders, tmp_path, monkeypatch):
    papers = make_papers(30)
    Corpus.build(papers, tmp_path / "c", encoder="minilm")
    monkeypatch.setattr(makers, "AUTO_LIMIT", 20)
    again = Corpus.build(papers, tmp_path / "c")
    assert (again.info().encoder, again.report.unchanged, again.report.encoded) == ("minilm", 30, 0)


def test_where_minilm_is_not_at_hand_static_serves_and_it_is_said(
    two_encoders, tmp_path, monkeypatch, caplog
):
    def nowhere(folder):
        raise EncoderUnknown("minilm is nowhere")

    monkeypatch.setitem(ENCODERS, "minilm", nowhere)
    with caplog.at_level(logging.INFO, "recommender"):
        assert Corpus.build(make_papers(5), tmp_path / "c").info().encoder == "static"
    assert caplog.messages == ["encoding with static, as minilm is not at hand: minilm is nowhere"]


def test_long_work_is_foretold_with_the_time_of_each_encoder(two_encoders, tmp_path, monkeypatch, caplog):
    rates = {"minilm": 10.0, "static": 2000.0}
    monkeypatch.setattr(forecast_module, "texts_per_second", lambda encoder, texts: rates[encoder.name])
    with caplog.at_level(logging.INFO, "recommender"):
        Corpus.build(make_papers(1000), tmp_path / "long", encoder="minilm")
        Corpus.build(make_papers(999), tmp_path / "short", encoder="minilm")
    assert caplog.messages == ["1,000 papers to encode: minilm about 2 min (static about 1 s)"]
    assert forecast(two_encoders["static"], ["a"], 146_289) == (
        "146,289 papers to encode: static about 94 s (minilm about 4.1 h)"
    )


def test_the_library_is_silent_unless_it_is_asked(two_encoders, tmp_path, capsys):
    Corpus.build(make_papers(1000), tmp_path / "c", encoder="static")
    assert capsys.readouterr() == ("", "")


def test_an_encoder_that_is_not_at_hand_is_left_out_of_the_forecast(two_encoders, monkeypatch):
    def nowhere(folder):
        raise EncoderUnknown("minilm is nowhere")

    monkeypatch.setitem(ENCODERS, "minilm", nowhere)
    said = forecast(two_encoders["static"], [f"text {n}" for n in range(10)], 5000)
    assert re.fullmatch(r"5,000 papers to encode: static about \d+ s", said)


def test_a_rate_is_measured_on_more_texts_the_faster_the_encoder_is():
    encoder = FakeEncoder()
    assert texts_per_second(encoder, [f"text {n}" for n in range(50)]) > 0
    assert len(encoder.encoded) == 4 + 4 + 16 + 50
    assert np.isfinite(texts_per_second(encoder, ["one"]))


def test_an_encoder_is_described_with_what_runs_it():
    encoder = FakeEncoder()
    assert described(encoder) == "fake"
    encoder.backend = "abacus"
    assert described(encoder) == "fake (abacus)"

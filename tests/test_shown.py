"""What papers, profiles, corpora, explanations and results show, and their frames."""

import json

import numpy as np
import pandas as pd
import pytest
from conftest import make_papers
from IPython.core.completer import IPCompleter
from IPython.core.formatters import DisplayFormatter
from pages import Page

from recommender import Corpus, Paper, Profile, Recommender
from recommender.errors import ParameterError
from recommender.evaluation import System, compare, read_benchmark, self_test
from recommender.profiles import read_profiles
from recommender.sample import PROFILES

NASTY = "<script>alert('x')</script> & \"quotes\" </td>"
READERS = {profile.name: profile for profile in read_profiles(PROFILES)}


def plain(thing):
    """What a notebook shows as text."""
    shown, _ = DisplayFormatter().format(thing)
    return shown["text/plain"]


# Papers


@pytest.fixture
def paper():
    return Paper(
        id="arxiv:2401.00001",
        title=NASTY,
        abstract="Words <b>of</b> it.",
        authors=("Ada", "Bob"),
        published="2024-01",
        categories=("cs.CL", "cs.AI"),
        venue="V",
        url="https://example.org/1",
        identifiers={"doi": "10.1234/x"},
        upvotes=3,
    )


def test_a_paper_shows_its_facts(paper):
    page = Page(paper._repr_html_())
    assert dict(page.cells) == {
        "title": paper.title,
        "authors": "Ada, Bob",
        "published": "2024-01",
        "categories": "cs.CL, cs.AI",
        "venue": "V",
        "id": "arxiv:2401.00001",
        "identifiers": "doi:10.1234/x",
        "abstract": "Words <b>of</b> it.",
    }
    assert page.links == ["https://example.org/1"]
    assert plain(paper).splitlines() == [
        paper.title,
        "Ada, Bob · 2024-01 · arxiv:2401.00001",
        "Words <b>of</b> it.",
    ]
    assert [name for name, _ in Page(Paper(title="only")._repr_html_()).cells] == ["title", "id"]


def test_a_paper_is_a_frame_of_one_line(paper):
    frame = paper.to_frame()
    assert len(frame) == 1
    assert [name for name in frame if not name.endswith("_written")] == list(Paper.__dataclass_fields__)
    assert frame.iloc[0]["authors"] == ("Ada", "Bob")
    assert (str(frame["published"][0].date()), frame["published_written"][0]) == ("2024-01-01", "2024-01")
    assert frame.iloc[0]["upvotes"] == 3


# Profiles


def test_a_profile_shows_its_lists():
    me = Profile(liked=("a", "b"), disliked=("<i>",), interests=("my own words",), name="Me", about="why")
    page = Page(me._repr_html_())
    assert dict(page.cells) == {
        "name": "Me",
        "about": "why",
        "liked": "a\nb",
        "disliked": "<i>",
        "interests": "my own words",
    }
    assert plain(me).splitlines()[:3] == ["Me: 2 liked, 1 disliked, 1 interests", "why", "  liked      a"]
    assert me.to_frame().to_dict("list") == {
        "role": ["liked", "liked", "disliked", "interests"],
        "name": ["a", "b", "<i>", "my own words"],
    }


def test_of_a_long_list_the_first_are_shown():
    me = Profile(liked=tuple(f"p{number}" for number in range(5000)))
    (liked,) = Page(me._repr_html_()).cells
    assert liked[1].split("\n")[-2:] == ["p19", "... and 4,980 more"]
    assert len(plain(me).splitlines()) == 22
    assert len(me.to_frame()) == 5000


# Corpora


def test_a_corpus_shows_what_is_in_it(sample):
    page = Page(sample._repr_html_())
    told = dict(line for line in page.cells if len(line) == 2)
    assert page.captions == ["the embedded sample"]
    assert told["papers"] == "232"
    assert told["encoder"] == "minilm, 384 dimensions as float16"
    assert told["categories"].startswith("cs.CL: ")
    assert [line[2] for line in page.cells if len(line) == 3] == [paper.title for paper in list(sample)[:5]]
    assert page.notes == ["the first 5 of 232"]
    assert plain(sample) == "Corpus('the embedded sample', 232 papers, encoder 'minilm')"


def test_a_corpus_and_its_frame_are_the_same_papers(sample, tmp_path, fake):
    frame = sample.to_frame()
    assert len(frame) == len(sample)
    with Corpus.build(frame, tmp_path / "again", encoder=fake) as again:
        assert list(again) == list(sample)
    named = sample.to_frame(["2106.09685", "https://arxiv.org/abs/2305.13245"])
    assert named["id"].tolist() == ["arxiv:2106.09685", "arxiv:2305.13245"]
    assert sample.to_frame("2106.09685")["id"].tolist() == ["arxiv:2106.09685"]


@pytest.mark.parametrize("count", [0, 1])
def test_a_corpus_of_few_papers_is_shown(tmp_path, fake, count):
    paper = Paper(id=NASTY, title=NASTY * 12, url="javascript:alert(1)")
    with Corpus.build([paper], tmp_path / "c", encoder=fake) as corpus:
        if not count:
            corpus.remove([paper.id])
        page = Page(corpus._repr_html_())
        assert ["papers", "1"] in page.cells or ["papers", "0, 1 removed ones not yet dropped"] in page.cells
        assert page.links == []
        assert len(corpus.to_frame()) == count
        names = [name for name in corpus.to_frame() if not name.endswith("_written")]
        assert names == list(Paper.__dataclass_fields__)


def test_a_closed_corpus_says_so(tmp_path, fake, papers):
    corpus = Corpus.build(papers[:2], tmp_path / "c", encoder=fake)
    corpus.close()
    assert plain(corpus) == f"Corpus({str(tmp_path / 'c')!r}, closed)"
    assert corpus._repr_html_() is None


@pytest.mark.parametrize("name", [0, slice(0, 3), ["2106.09685"], None])
def test_what_is_no_name_is_refused(sample, name):
    with pytest.raises(ParameterError, match="names no paper: give an id"):
        sample[name]


@pytest.mark.filterwarnings("ignore::PendingDeprecationWarning")
@pytest.mark.parametrize("begun", ["arxiv:2106.096", "2106.096"])
def test_ids_complete_with_tab(sample, begun):
    completer = IPCompleter(shell=None, namespace={"corpus": sample}, use_jedi=False)
    _, offered = completer.complete(line_buffer=f'corpus["{begun}')
    assert [one for one in offered if "2106.09685" in one]


# Explanations


def test_an_explanation_shows_shares_and_reasons(sample):
    recs = Recommender(sample).recommend(READERS["Mei"], k=3)
    why = recs[0].explain(counterfactuals=2)
    page = Page(why._repr_html_())
    told = dict(page.cells)
    assert f"score {why.score:.4f}, the sum of" in told
    assert told["in common"] == ", ".join(why.terms)
    assert len(page.notes) == 2
    assert all(note.startswith("without ") for note in page.notes)
    assert plain(why) == str(why) == why.to_text()
    frame = why.to_frame()
    assert frame["contribution"].sum() == pytest.approx(why.score, abs=1e-5)
    assert list(frame.columns) == ["id", "title", "contribution"]


def test_the_cosines_of_a_list_are_those_of_its_vectors(sample):
    recs = Recommender(sample).recommend(READERS["Mei"], k=6)
    vectors = sample.snapshot.vectors(np.array([sample.row(name) for name in recs.ids]))
    assert recs.similarities == pytest.approx(vectors @ vectors.T, abs=1e-6)
    assert recs[2:4].similarities == pytest.approx(recs.similarities[2:4, 2:4])
    assert len(recs.distribution.candidates) >= 6
    assert len(recs.distribution.held_out) == len(READERS["Mei"].liked)


def test_fields_beyond_are_a_table_a_text_and_a_frame(sample):
    fields = Recommender(sample).beyond(READERS["Mei"], k=2)
    page = Page(fields._repr_html_())
    assert [line[1] for line in page.cells] == [", ".join(field.terms) for field in fields]
    assert [line[2] for line in page.cells] == [str(field.size) for field in fields]
    assert plain(fields) == str(fields) == "\n\n".join(map(str, fields))
    frame = fields.to_frame()
    assert frame["central_id"].tolist() == [field.papers[0].id for field in fields]
    nothing = type(fields)((), ("a note",))
    assert Page(nothing._repr_html_()).notes[0] == "a note"
    assert "nothing lies beyond" in str(nothing)


def test_papers_can_be_handed_back_in(sample):
    recommender = Recommender(sample)
    first, second = sample["2106.09685"], sample["2403.03507"]
    assert recommender.more_like(first, k=3).ids == recommender.more_like("2106.09685", k=3).ids
    assert (
        recommender.more_like([first, second], k=3).ids == recommender.more_like(first.id, second.id, k=3).ids
    )
    assert recommender.between(first, second.id, k=2).ids == recommender.between(first.id, second.id, k=2).ids


# Results


def test_a_self_test_is_a_table_a_text_and_a_frame(sample):
    result = self_test(sample, READERS["Mei"], strategies=["interests", "mean"], splits=4)
    page = Page(result._repr_html_())
    assert [line[1] for line in page.cells] == [line[1] for line in result.tables()[0].lines]
    assert page.captions == [result.advice]
    assert page.notes[0].startswith("6 liked papers, part of them hidden")
    assert result.against_baselines in page.notes
    assert str(result) == plain(result)
    assert str(result).count("| minilm mean 0.2 |") == 1
    frame = result.to_frame()
    assert set(frame["hidden"]) == {"at random", "newest"}
    one = frame[(frame["name"] == "random") & (frame["measure"] == "R@10") & (frame["hidden"] == "at random")]
    assert one["mean"].tolist() == [result.rows[-1].estimates["R@10"].mean]
    json.dumps(result.to_dict())


def test_a_comparison_is_a_table_a_text_and_a_frame(tmp_path, fake):
    papers = make_papers(40)
    write = {
        "papers.jsonl": "".join(f"{paper.to_json()}\n" for paper in papers),
        "queries.jsonl": json.dumps({"id": "q", "liked": [papers[0].id]}) + "\n",
        "qrels.tsv": "".join(f"q\t{paper.id}\t1\n" for paper in papers[4:20:4]),
    }
    for name, text in write.items():
        (tmp_path / name).write_text(text)
    with Corpus.build(papers, tmp_path / "c", encoder=fake) as corpus:
        comparison = compare([System(corpus), System(corpus, "mean", 0.0)], read_benchmark(tmp_path), k=5)
        page = Page(comparison._repr_html_())
        assert [line[:3] for line in page.cells] == [["fake", "interests", "0.2"], ["fake", "mean", "0"]]
        assert page.notes[0].startswith("1 query;")
        assert str(comparison) == plain(comparison)
        frame = comparison.to_frame()
        assert len(frame) == 2 * len(comparison.rows[0].estimates)
        mean = comparison.rows[1].estimates["nDCG@5"].mean
        assert frame.query("strategy == 'mean' and measure == 'nDCG@5'")["mean"].tolist() == [mean]
        assert isinstance(frame, pd.DataFrame)

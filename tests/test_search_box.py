"""The search box: names of papers, conditions against a loop over all texts, words that nobody has."""

import itertools
import json

import numpy as np
import pytest
from conftest import FakeEncoder
from hypothesis import given
from hypothesis import strategies as st

from recommender import Corpus, Paper, Profile, Recommender
from recommender.cli import main
from recommender.corpus import Filters, Snapshot, allowed_mask
from recommender.corpus.held_words import unheld_words_of
from recommender.corpus.query_masks import condition_mask
from recommender.encoders import ENCODERS
from recommender.errors import ParameterError, ProfileError
from recommender.queries import ClausePattern, parse_query

TEXTS = (
    ("Graph networks of molecules", "Molecules are graphs, and a Graph-Network reads them."),
    ("Graph networks of roads", "Roads are graphs. We drive in C++ over state-of-the-art roads."),
    ("Networks of graphs", "No molecule is here; GPT-4 wrote it."),
    ("Attention", "Otters attend to rivers."),
    ("Attention: all you need", "Otters need attention and fish."),
    ("图神经网络", "图神经网络的学习 of otters."),
    ("Twice", "The first of two papers of one title."),
    ("Twice", "The second, which is about badgers."),
)
AUTHORS = ("Geoffrey Hinton", "Max Welling")
PAPERS = [
    Paper(
        id=f"2101.0000{number}",
        title=title,
        abstract=abstract,
        authors=(AUTHORS[number % 2],),
        venue="Nature" if number % 3 else "ICML",
        identifiers={"doi": f"10.1000/p{number}"},
        url=f"https://example.org/p/{number}",
    )
    for number, (title, abstract) in enumerate(TEXTS)
]
IDS = [paper.key for paper in PAPERS]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    with Corpus.build(PAPERS, tmp_path_factory.mktemp("box") / "c", encoder=FakeEncoder()) as corpus:
        yield corpus


@pytest.fixture
def recommender(corpus):
    return Recommender(corpus)


def keys(recommendations):
    """The papers of a list; the two with one title count as the first."""
    return {IDS[6] if item.paper.key == IDS[7] else item.paper.key for item in recommendations}


@pytest.mark.parametrize(
    "text",
    [
        "2101.00004",
        "arXiv:2101.00004v2",
        "10.1000/P4",
        "https://doi.org/10.1000/p4",
        "https://example.org/p/4",
        "Attention: all you need",
        "attention: ALL you need!",
    ],
)
def test_a_name_is_that_paper_and_its_neighbours_follow(recommender, text):
    recs = recommender.search(text, k=3)
    assert recs.found == PAPERS[4]
    assert recs.ids == recommender.more_like(PAPERS[4].id, k=3).ids
    assert recs.notes[0].startswith(
        "that is a paper of this corpus: Attention: all you need [2101.00004]; below"
    )
    assert PAPERS[4].id not in recs.ids
    second = recommender.search(text, k=2, offset=2)
    assert second.found == PAPERS[4]
    assert second.ids == recommender.more_like(PAPERS[4].id, k=4).ids[2:]
    assert recs[:1].found == PAPERS[4]


@pytest.mark.parametrize("text", ["attention otters", "Twice", "graph networks", "2101", "need"])
def test_a_text_that_is_no_one_papers_name_is_a_text(recommender, text):
    assert recommender.search(text, anyway=True).found is None


def test_one_word_that_is_one_papers_title_is_that_paper(recommender):
    assert recommender.search("attention").found == PAPERS[3]


def test_an_id_that_is_not_there_lists_nothing_and_says_so(recommender):
    recs = recommender.search("2101.99999")
    assert recs.ids == []
    assert recs.problems == (
        "no paper '2101.99999' in this corpus; nearest: 2101.00000, 2101.00001, 2101.00002",
    )


# Conditions

WORDS = (
    "graph",
    "graphs",
    "molecule",
    '"graph networks"',
    '"of graphs"',
    "C++",
    "state-of-the-art",
    "GPT4",
    "图神经",
)
FIELDS = ("author:Hinton", 'author:"M. Welling"', "venue:nature", "title:graph", 'title:"networks of"')
CONDITIONS = st.lists(
    st.tuples(st.sampled_from(["", "+", "-"]), st.sampled_from(WORDS + FIELDS)), min_size=1, max_size=3
)


def meets(paper, condition):
    if condition.field == "author":
        found = condition.text.split()[-1] in paper.authors[0]
    elif condition.field == "venue":
        found = paper.venue.lower() == condition.text
    else:
        text = paper.title if condition.field else f"{paper.title}. {paper.abstract}"
        found = ClausePattern(condition.text).is_in(text)
    return found != condition.is_excluding


@given(conditions=CONDITIONS, indexed=st.booleans())
def test_conditions_equal_a_loop_over_all_texts(corpus, conditions, indexed):
    query = parse_query(f"otters {' '.join(sign + text for sign, text in conditions)}")
    with pytest.MonkeyPatch.context() as patch:
        if not indexed:  # as in a corpus of an older format
            patch.setattr(Snapshot, "words", None)
        snapshot = Snapshot.open(corpus.path)
        mask = allowed_mask(snapshot, Filters(conditions=query.conditions))
        mask = snapshot.living if mask is None else mask
        found = {paper.id for paper in snapshot.papers(np.flatnonzero(mask).tolist())}
    assert found == {paper.id for paper in PAPERS if all(meets(paper, one) for one in query.conditions)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("graph -molecules", {1, 3, 4, 5, 6}),
        ("graph NOT molecules", {1, 3, 4, 5, 6}),
        ('"graph networks"', {0, 1}),
        ("otters +C++", {1}),
        ("otters +gpt-4", {2}),
        ("title:graph", {0, 1, 2}),
        ("graph author:Welling", {1, 3, 5, 6}),
        ("graph -author:Welling", {0, 2, 4, 6}),
        ("graph venue:ICML", {0, 3, 6}),
        ("otters 「神经网络」", {5}),
    ],
)
def test_what_a_search_lists(recommender, text, expected):
    assert keys(recommender.search(text, k=20, anyway=True)) == {IDS[place] for place in expected}


def test_papers_about_what_is_not_wanted_do_not_rise(recommender):
    plain = recommender.search("graphs", k=20, anyway=True).ids
    without = recommender.search("graphs NOT molecules", k=20, anyway=True).ids
    assert without == [paper_id for paper_id in plain if paper_id in without]
    # In small letters it is a word, and nothing is left out for it.
    assert len(recommender.search("graphs not molecules", k=20, anyway=True)) == len(plain)


def test_pages_of_a_search_with_conditions_are_its_list(recommender):
    whole = recommender.search("graph -molecules", k=6).ids
    pages = [recommender.search("graph -molecules", k=2, offset=offset).ids for offset in (0, 2, 4)]
    assert [*itertools.chain.from_iterable(pages)] == whole


def test_only_what_is_not_wanted_is_refused(recommender):
    with pytest.raises(ParameterError, match="'-graph' says only what is not wanted; write before it"):
        recommender.search("-graph")


def test_a_name_that_nobody_has(recommender):
    with pytest.raises(ParameterError, match="no paper has the author 'Hintn'; nearest: 'Geoffrey Hinton'"):
        recommender.search("graph author:Hintn")
    recs = recommender.search("graph -author:Hintn", k=20)
    assert len(recs) == len(recommender.search("graph", k=20))
    assert recs.problems[0].startswith("-author:Hintn: no paper has the author 'Hintn'")


def test_names_alone_list_all_of_that_name(recommender):
    recs = recommender.search("author:Hinton", k=20)
    assert keys(recs) == {IDS[place] for place in (0, 2, 4, 6)}
    assert recs.notes == (
        "no words say what the papers should be about: all of that name, the nearest to it first",
    )


# Words that nobody has


def test_a_corpus_without_an_index_names_them_by_their_stems(corpus, monkeypatch):
    monkeypatch.setattr(Snapshot, "words", None)
    snapshot = Snapshot.open(corpus.path)
    assert unheld_words_of(snapshot, "graph moleculs 777") == {"molecul": ("molecule",), "777": ()}
    monkeypatch.setattr("recommender.corpus.held_words._MOST_READ", 3)
    assert unheld_words_of(snapshot, "graph moleculs") == {}


def test_a_word_that_no_paper_holds_is_named_with_the_nearest(recommender):
    recs = recommender.search("graph moleculs zzqx", k=2)
    assert recs.notes == ("no paper of this corpus holds 'moleculs' (nearest: molecule), 'zzqx'",)
    assert len(recs) == 2
    assert recommender.search("graphs of roads").notes == ()


def test_words_of_which_nobody_has_any_list_nothing_at_any_confidence(recommender):
    recs = recommender.search("zzqxwv plorktangle frobnitz 88817", min_confidence=0.9)
    assert recs.ids == []
    assert recs.problems[0].startswith("no paper of this corpus holds any word of 'zzqxwv")


@pytest.mark.parametrize("text", ["graph +zeppelins", 'graph "roads of molecules"'])
def test_a_condition_that_no_paper_meets_is_named(recommender, text):
    recs = recommender.search(text)
    assert recs.ids == []
    assert recs.problems[0].startswith(f"no paper of this corpus meets {text.removeprefix('graph ')!r}")


def test_conditions_that_no_paper_meets_together(recommender):
    recs = recommender.search("otters title:graph +badgers")
    assert recs.problems == ("no paper meets 'title:graph +badgers' and passes the filters",)


# Who searches


def test_what_is_known_of_the_reader_counts(recommender):
    reader = Profile(liked=[PAPERS[3].id], disliked=[PAPERS[7].id], seen=[PAPERS[1].id])
    found = recommender.search("graph -molecules", profile=reader, k=20)
    # 6 has the title of 7, which is disliked, but other authors and another text: it is another paper.
    assert {item.paper.key for item in found} == {IDS[place] for place in (4, 5, 6)}
    named = recommender.search(PAPERS[0].id, profile=reader, k=20)
    assert {item.paper.key for item in named} == {IDS[place] for place in (2, 4, 5, 6)}
    with pytest.raises(ProfileError, match="both likes and dislikes"):
        recommender.search(PAPERS[7].id, profile=reader)


@pytest.fixture
def command(corpus, monkeypatch):
    monkeypatch.setitem(ENCODERS, "fake", lambda folder: FakeEncoder())
    return lambda *options: main(["search", "--corpus", str(corpus.path), *options])


def test_the_command_prints_the_paper_itself_first(command, capsys):
    assert command("Attention: all you need", "-k", "2", "--format", "jsonl") == 0
    out, err = capsys.readouterr()
    lines = [json.loads(line) for line in out.splitlines()]
    assert lines[0]["id"] == "2101.00004"
    assert [line["rank"] for line in lines] == [0, 1, 2]
    assert "(that is a paper of this corpus: Attention: all you need [2101.00004]" in err
    assert command("Attention: all you need", "-k", "2", "--skip", "2", "--format", "jsonl") == 0
    assert [json.loads(line)["rank"] for line in capsys.readouterr().out.splitlines()] == [3, 4]


def test_the_command_takes_conditions_and_opinions(command, capsys):
    assert command("graph -molecules", "--seen", "2101.00001", "--format", "jsonl", "-k", "20") == 0
    found = {json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()}
    assert {*found} - {"2101.00007"} == {PAPERS[place].id for place in (3, 4, 5, 6)}
    assert command("--", "-molecules") == 2
    assert "says only what is not wanted" in capsys.readouterr().err


def test_an_unwanted_name_is_a_condition_of_its_own(corpus):
    (condition,) = parse_query("x -author:Welling").conditions
    assert condition_mask(corpus.snapshot, condition).sum() == 4

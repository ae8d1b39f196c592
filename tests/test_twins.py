"""Twins: papers that are one to their reader, told by their texts; no list has two, and none comes again."""

import dataclasses
import importlib.util
import random
import sys
from pathlib import Path

import numpy as np
import pytest
from conftest import SHARED, FakeEncoder, make_papers
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import Corpus, Paper, Profile, Recommender
from recommender.encoders import LookupEncoder
from recommender.identifiers import title_fingerprint
from recommender.identity import Record, are_twins, says_nothing
from recommender.identity.titles import Title
from recommender.profiles import LibraryPaper

WORDS = (
    "harbour gull tide rope anchor sail mast keel deck hull plank tar net cod herring crab oyster reef shoal "
    "buoy lamp fog storm wind swell foam salt brine kelp sand dune marsh heron tern otter seal whale"
).split()


def text(seed, words=60):
    """An abstract of its own; two of different seeds share hardly a run of letters."""
    chance = random.Random(seed)
    return " ".join(chance.choice(WORDS) + chance.choice(WORDS) for _ in range(words))


def of(title, abstract="", authors=(), published="2024"):
    return Paper(title=title, abstract=abstract, authors=authors, published=published)


def one(first, second):
    told = are_twins(Record(first), Record(second))
    assert told == are_twins(Record(second), Record(first))
    return told


ANN, BEN = ("Ann Bell",), ("Ben Dorn",)
TITLE = "Why otters hold hands while asleep"

TWINS = {
    "one title over two abstracts": (of(TITLE, text(1)), of(TITLE.upper(), text(2))),
    "one abstract under two titles": (of(TITLE, text(1)), of("Sleeping in pairs", text(1).upper())),
    "one abstract, other authors": (of(TITLE, text(1), ANN), of("Sleeping in pairs", text(1), BEN)),
    "a sentence more": (of(TITLE, text(1)), of("Sleeping in pairs", f"{text(1)} {text(2, 12)}")),
    "one is the beginning of the other": (
        of(TITLE, text(1, 30), ANN),
        of("Asleep", f"{text(1, 30)} {text(2, 40)}", ANN),
    ),
    "a translated title over both abstracts": (
        of(TITLE, text(1, 30)),
        of("Warum Otter Händchen halten", f"{text(2, 40)} {text(1, 30)}"),
    ),
    "nearly one title, half of the abstract": (
        of(TITLE, f"{text(1)} {text(2, 30)}"),
        of(f"{TITLE} again", f"{text(1)} {text(3, 30)}"),
    ),
    "titles alone, in other words": (of("Study of sleeping otters"), of("The study of a sleeping otter")),
    "a short title, one author": (of("Otters", text(1), ANN), of("Otters", f"{text(2)} {text(1, 30)}", ANN)),
}

OTHERS = {
    "editorials": (of("Editorial"), of("Editorial")),
    "editorials over two texts": (of("Editorial", text(1), ANN), of("Editorial", text(2), ANN)),
    "yearly contests": (
        of("The 2nd contest of knots: results 2024", f"{text(1)} 2024"),
        of("The 3rd contest of knots: results 2025", f"{text(1)} 2025"),
    ),
    "proceedings over one standing text": (
        of("Proceedings of the second meeting on knots", text(1)),
        of("Proceedings of the third meeting on knots", text(1)),
    ),
    "parts": (of("Knots, part I", f"{text(1)} one"), of("Knots, part II", f"{text(1)} two")),
    "a model and its next version": (
        of("Knotter: tying knots", text(1)),
        of("Knotter++: tying knots", text(1)),
    ),
    "replies by two people": (
        of("Reply to Stone", text(1), ANN),
        of("Reply to Stone", text(2), BEN),
    ),
    "a paper and its correction": (of(TITLE, text(1)), of(f"Correction: {TITLE}", text(1))),
    "a short title, two authors": (of("Otters", text(1), ANN), of("Otters", text(2), BEN)),
    "near-equal abstracts of two people": (
        of(TITLE, text(1), ANN),
        of("Knots that hold", f"{text(1)} {text(2, 5)}", BEN),
    ),
    "short texts": (of(TITLE, "A correction."), of("Knots that hold", "A correction.")),
    "one subject": (of(TITLE, text(1)), of("How otters sleep", f"{text(2)} {text(1, 20)}")),
}


@pytest.mark.parametrize("kind", TWINS)
def test_one_paper_in_two_versions(kind):
    assert one(*TWINS[kind])


@pytest.mark.parametrize("kind", OTHERS)
def test_two_papers_however_near_they_are(kind):
    assert not one(*OTHERS[kind])


def test_a_template_makes_no_twins():
    first, second = map(Record, TWINS["one abstract under two titles"])
    assert not are_twins(first, second, template=True)


@given(st.integers(0, 10**6), st.integers(0, 40), st.sampled_from(["", "IEEE", "On the"]))
@settings(deadline=None, max_examples=60)
def test_few_changed_words_leave_an_abstract_what_it_is(seed, place, start):
    abstract = text(seed).split()
    abstract[place] = "changed"
    assert one(of(TITLE, text(seed)), of(f"{start} knots that hold", " ".join(abstract)))
    assert not one(of(TITLE, text(seed)), of(f"{start} knots that hold", text(seed + 10**7)))


@pytest.mark.parametrize(
    "title", ["Editorial", "Book Reviews", "Table of contents", "Preface to volume 12", "序言", ""]
)
def test_what_a_title_says_is_told_by_its_letters(title):
    assert says_nothing(title_fingerprint(title))
    assert Title(title).generic


def test_a_telling_title_says_something():
    assert not any(says_nothing(title_fingerprint(title)) for title in (TITLE, "Otters", "x" * 10**5))


# In a corpus, whatever the encoder thinks of it


def pairs():
    """Twins of several kinds, each pair with words of its own, as two papers of a corpus."""
    for number in range(6):
        first, second, third = (text(seed + 100 * number + 1000) for seed in (1, 2, 3))
        name = f"{WORDS[number]} {WORDS[number + 9]} and the {WORDS[number + 18]}"
        other = f"{WORDS[-1 - number]} before {WORDS[-9 - number]} or {WORDS[-18 - number]}"
        yield (
            (of(name, first, ANN), of(name.upper(), second, BEN)),
            (of(name, first), of(other, first.upper())),
            (of(name, first), of(other, f"{first} {text(number, 8)}")),
            (of(name, text(number + 50, 30), ANN), of(other, f"{text(number + 50, 30)} {third}", ANN)),
            (of(f"Studies of {name}"), of(f"Studies, of {name.upper()}!")),
            (of(name, f"{first} {text(number, 20)}"), of(f"{name} once", f"{first} {text(number + 9, 20)}")),
        )[number]


PAIRS = [
    tuple(dataclasses.replace(paper, id=f"{number}-{side}") for side, paper in enumerate(pair))
    for number, pair in enumerate(pairs())
]
SERIES = [
    dataclasses.replace(paper, id=f"series-{side}") for side, paper in enumerate(OTHERS["yearly contests"])
]
REST = make_papers(40)
PAPERS = [*REST, *(paper for pair in PAIRS for paper in pair), *SERIES]


def vectors_of(kind):
    """All in one direction, or none near another."""
    rng = np.random.default_rng(3)
    found = rng.standard_normal((len(PAPERS), 48))
    found = 0.01 * found + 1 if kind == "one" else found
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)


@pytest.fixture(scope="module", params=["one", "wild"])
def corpus(request, tmp_path_factory):
    encoder = LookupEncoder(
        request.param, "0" * 64, [paper.text for paper in PAPERS], vectors_of(request.param)
    )
    folder = tmp_path_factory.mktemp("twins") / request.param
    with Corpus.build(PAPERS, folder, encoder=encoder, precision="float32") as built:
        assert len(built) == len(PAPERS), "records were merged: then there are no twins"
        yield built


def in_list(found, pair):
    return [paper.id for paper in pair if paper.id in found]


@pytest.mark.parametrize("liked", [[0], [0, 1, 2, 3, 6, 7]])
def test_a_list_has_one_of_each_pair_and_both_of_a_series(corpus, liked):
    found = Recommender(corpus).recommend(Profile(liked=[REST[place].id for place in liked]), k=60)
    assert [len(in_list(found.ids, pair)) for pair in PAIRS] == [1] * len(PAIRS)
    assert len(in_list(found.ids, SERIES)) == 2
    assert len(found) == len(PAPERS) - len(liked) - len(PAIRS)


@given(chance=st.randoms(use_true_random=False), role=st.sampled_from(["liked", "disliked", "seen", "ban"]))
@settings(deadline=None, max_examples=15)
def test_no_twin_of_what_a_reader_knows_comes_on_any_page_whoever_else_is_answered(corpus, chance, role):
    known = [pair[chance.randrange(2)] for pair in chance.sample(PAIRS, chance.randrange(1, 4))]
    rest = [paper.id for paper in chance.sample(REST, 3)]
    names, ban = {"liked": rest}, ()
    if role == "ban":
        ban = [paper.id for paper in known]
    else:
        names[role] = [*names.get(role, []), *(paper.id for paper in known)]
    profile, ask = Profile(**names), Recommender(corpus)
    whole = ask.recommend(profile, k=60, ban=ban).ids
    for pair in PAIRS:
        assert len(in_list(whole, pair)) == (0 if any(paper in pair for paper in known) else 1)
    pages = [ask.recommend(profile, k=9, offset=start, ban=ban).ids for start in range(0, 60, 9)]
    assert [one for page in pages for one in page] == whole
    others = [Profile(liked=[paper.id]) for paper in REST[:3]]
    assert [*ask.recommend_many([*others, profile], k=60, ban=ban)][3].ids == whole
    corpus.snapshot.preload()
    assert ask.recommend(profile, k=60, ban=ban).ids == whole


@pytest.mark.parametrize("number", [1, 2, 3])
def test_no_twin_of_what_was_brought_along_comes(tmp_path, number):
    brought, held = PAIRS[number]
    papers = [paper for paper in PAPERS if paper is not brought]
    with Corpus.build(papers, tmp_path / "c", encoder=FakeEncoder()) as built:
        ask = Recommender(built)
        assert held.id in ask.recommend(Profile(liked=[REST[0].id]), k=60).ids
        for role in ("liked", "seen", "disliked"):
            names = {"liked": [REST[0].id]}
            names[role] = [*names.get(role, []), LibraryPaper(brought)]
            assert held.id not in ask.recommend(Profile(**names), k=60).ids


def test_editorials_are_papers_of_their_own(tmp_path):
    editorials = [
        Paper(id=f"e{number}", title="Editorial", abstract=text(number), authors=(f"Ann {name}",))
        for number, name in enumerate(("Bell", "Dorn", "Ehre"))
    ]
    with Corpus.build([*REST, *editorials], tmp_path / "c", encoder=FakeEncoder()) as built:
        found = Recommender(built).recommend(Profile(liked=[REST[0].id], seen=["e0"]), k=60).ids
        assert {"e1", "e2"} <= {*found}


def test_the_rates_are_those_of_the_docs(capsys):
    if not (SHARED / "corpus_ml.parquet").is_file():
        pytest.skip("the shared data are not here")
    path = Path(__file__).parents[1] / "scripts" / "twins.py"
    spec = importlib.util.spec_from_file_location("twins_script", path)
    script = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = script
    spec.loader.exec_module(script)
    script.main([str(SHARED)])
    assert "by their texts, all: precision 1.000, recall 0.920" in capsys.readouterr().out

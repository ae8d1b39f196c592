"""Questions in words: how far papers hold them, against brute force, and what a search finds by it."""

import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from conftest import FakeEncoder, make_papers
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import Corpus, Paper, Profile, Recommender
from recommender.engine.hybrid_vectors import HybridVectors
from recommender.engine.questions import _COMMON, COVERED, Question
from recommender.lexical import search_words
from recommender.lexical.coverage import saturated, word_weights
from recommender.lexical.search_words import split_paper
from recommender.lexical.terms import STOP_WORDS, plain_text, split_words, stem, without_code

K1, B, TITLE, PAIR = 2.0, 0.75, 2, 0.5
ASKED = [
    "LoRA",
    "GPT-4",
    "graph neural networks for molecules",
    "low-rank adaptation of language models",
    "reward models trained on human feedback, safely",
    "zzqxwv speech",
]


def texts_of(papers):
    return [f"{paper.title}. {paper.content}" for paper in papers]


def stems(text):
    return [stem(word) for word in split_words(without_code(plain_text(text))) if word not in STOP_WORDS]


class BruteForce:
    """BM25 over its highest value, each paper's text split anew."""

    def __init__(self, papers):
        self.papers = papers
        self.counted = [
            split_paper(paper.title, text)[1] for paper, text in zip(papers, texts_of(papers), strict=True)
        ]
        self.lengths = [one.length for one in self.counted]
        self.mean = sum(self.lengths) / len(papers)
        self.pairs = [Counter(pairwise(stems(text))) for text in texts_of(papers)]

    def frequency(self, word):
        return sum(word in one.counts for one in self.counted)

    def rarity(self, word):
        held = self.frequency(word)
        return math.log((len(self.papers) - held + 0.5) / (held + 0.5) + 1)

    def pair_rarity(self, pair):
        held = sum(pair in one for one in self.pairs)
        return PAIR * (math.log((len(self.papers) + 1) / (held + 1)) + 1)

    def norm(self, place):
        return K1 * (1 - B + B * max(self.lengths[place] / self.mean, 1))

    def words(self, text):
        return [found.word for found in search_words(text) if self.frequency(found.word)]

    def word_sum(self, text, place):
        total, one = 0.0, self.counted[place]
        for word in self.words(text):
            times = one.counts.get(word, 0) + TITLE * (word in one.titled)
            total += self.rarity(word) * times / (times + self.norm(place))
        return total

    def cosine(self, text, place):
        pairs = [*dict.fromkeys(pairwise(stems(text)))]
        total = self.word_sum(text, place)
        for pair in pairs:
            total += self.pair_rarity(pair) * (pair in self.pairs[place]) / (1 + self.norm(place))
        highest = sum(map(self.rarity, self.words(text))) + sum(map(self.pair_rarity, pairs))
        covered = total / highest if highest else 0.0
        if self.papers[place].title.lower().split(":")[0] == text.lower():
            covered = 1.0
        return COVERED * covered


@pytest.fixture(scope="module")
def sample():
    with Corpus.sample() as corpus:
        yield corpus


@pytest.fixture(scope="module")
def stored(sample):
    rows = sample.snapshot.rows()
    return rows, BruteForce(sample.snapshot.papers(rows.tolist()))


def question(snapshot, text):
    found = Question.of(snapshot, text, snapshot.term_vectors([text]))
    assert found is not None
    return found


@pytest.mark.parametrize("text", ASKED)
def test_what_a_paper_holds_of_a_question_is_what_brute_force_says(sample, stored, text):
    rows, expected = stored
    snapshot = sample.snapshot
    found = question(snapshot, text).cosines(rows, snapshot.terms(rows))
    assert found.dtype == np.float32
    right = [expected.cosine(text, place) for place in range(len(rows))]
    # Some pairs' frequencies are counted together with others'.
    np.testing.assert_allclose(found, right, atol=0.004)
    assert 0 <= found.min() <= found.max() <= COVERED


@pytest.mark.parametrize("text", ASKED)
@pytest.mark.parametrize("count", [1, 7, 40])
def test_the_best_by_words_are_those_of_all_papers(sample, stored, text, count):
    rows, expected = stored
    snapshot = sample.snapshot
    allowed = np.random.default_rng(3).random(snapshot.size) < 0.7
    hidden = rows[::9]
    found = question(snapshot, text).best(count, allowed, hidden)
    common = [word for word in expected.words(text) if expected.frequency(word) > _COMMON * len(rows)]
    rare = [word for word in expected.words(text) if word not in common]
    if not rare:
        rare = [min(common, key=expected.frequency)]
    in_order = []
    for row in snapshot.by_key(rows).tolist():
        place = int(np.searchsorted(rows, row))
        held = any(word in expected.counted[place].counts for word in rare)
        if held and allowed[snapshot.place(rows[place : place + 1])][0] and row not in hidden:
            named = expected.papers[place].title.lower().split(":")[0] == text.lower()
            in_order.append((-math.inf if named else -round(expected.word_sum(text, place), 9), row))
    right = [row for _, row in sorted(in_order, key=lambda one: one[0])[:count]]
    assert found.tolist() == sorted(right)


def test_a_text_is_all_that_it_says_itself(sample):
    vectors = np.eye(2, sample.snapshot.dim, dtype=np.float32)
    texts = HybridVectors.of_texts(
        sample.snapshot, vectors, ["speech recognition", "LoRA"], lexical=True, are_questions=True
    )
    np.testing.assert_allclose(np.diag(texts.cosines(texts, 0.7)), 1, atol=1e-6)
    rows = sample.snapshot.rows()[:20]
    papers = HybridVectors.load(sample.snapshot, rows, lexical=True)
    np.testing.assert_array_equal(papers.cosines(texts, 0.7), texts.cosines(papers, 0.7).T)
    both = HybridVectors.concatenate([papers, texts]).take(np.array([21, 3, 20]))
    np.testing.assert_allclose(
        both.cosines(both, 1)[[0, 2], 1], texts.cosines(papers, 1)[[1, 0], 3], atol=1e-7
    )


@settings(max_examples=60)
@given(st.integers(1, 50), st.floats(0.01, 0.99), st.floats(1, 10), st.integers(1, 1000))
def test_a_text_shorter_than_the_mean_gains_nothing_and_a_longer_one_loses(times, short, long, mean):
    lengths = (np.array([short, 1, long], np.float32) * mean).astype(np.float32)
    less, usual, more = saturated(np.full(3, times), lengths, float(mean))
    assert less == pytest.approx(usual)
    assert more <= usual + 1e-6
    assert saturated(np.array([times + 1]), lengths[1:2], float(mean))[0] > usual


def test_a_rarer_word_weighs_more_and_each_weighs_something():
    weights = word_weights(np.arange(1, 1001), 1000)
    assert np.all(np.diff(weights) < 0)
    assert weights[-1] > 0


# What a search finds


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    filler = " ".join(f"filler{n}" for n in range(12))
    papers = [
        *make_papers(900),
        Paper(id="rare", title="A study of birds", abstract=f"The plorktangle {filler}"),
        Paper(id="named", title="Zebra: stripes of robots", abstract=filler),
        *(Paper(id=f"z{n}", title=f"Stripes of a zebra {n}", abstract=f"zebra {filler}") for n in range(12)),
        Paper(id="three", title="What GPT-3 says", abstract=filler),
        Paper(id="four", title="What GPT-4 says", abstract=filler),
        Paper(id="cpp", title="Parsers in C++", abstract=filler),
        Paper(id="clang", title="Parsers in C", abstract=filler),
        Paper(id="rlang", title="Tables in R", abstract=filler),
        Paper(id="astar", title="Shortest paths by A*", abstract=filler),
        Paper(id="roots", title="The method of Nguyễn", abstract=filler),
        Paper(id="buses", title="Buses of Łódź", abstract=filler),
        Paper(id="hyphen", title="A low-rank map", abstract=filler),
        Paper(id="general", title="Generalizations of sums", abstract=filler),
    ]
    with Corpus.build(papers, tmp_path_factory.mktemp("asked") / "corpus", encoder=FakeEncoder()) as built:
        yield built


@pytest.fixture(scope="module")
def rec(library):
    return Recommender(library)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("plorktangle", "rare"),
        ("the robot arm plorktangle", "rare"),
        ("GPT-4", "four"),
        ("gpt4", "four"),
        ("GPT-3", "three"),
        ("C++ parsers", "cpp"),
        ("C++", "cpp"),
        ("tables R", "rlang"),
        ("A*", "astar"),
        ("Nguyen", "roots"),
        ("nguyễn", "roots"),
        ("lodz", "buses"),
        ("low-rank", "hyphen"),
        ("lowrank", "hyphen"),
        ("low rank", "hyphen"),
        ("generalization", "general"),
    ],
)
def test_a_search_begins_with_the_paper_that_holds_its_words(rec, text, first):
    found = rec.search(text, k=10, diversity=0)
    assert found.ids[0] == first
    (many,) = rec.recommend_many([Profile(interests=[text])], diversity=0)
    assert many.ids == found.ids


def test_a_title_that_begins_with_the_question_and_a_colon_holds_all_of_it(library, rec):
    snapshot = library.snapshot
    ((row, _),) = [one for one in snapshot.labels(snapshot.rows().tolist()).items() if one[1][0] == "named"]
    rows = np.array([row])
    for text in ("Zebra", "zebra", "Zebra: stripes of robots"):
        assert question(snapshot, text).cosines(rows, snapshot.terms(rows))[0] == np.float32(COVERED)
        assert row in question(snapshot, text).best(1, None, rows[:0])
        assert "named" in rec.recommend(Profile(interests=[text]), diversity=0).ids
    assert question(snapshot, "zebra stripes").cosines(rows, snapshot.terms(rows))[0] < 0.9 * COVERED


def test_half_a_word_is_no_word(rec):
    """Under a stemmer half of a word is often another word."""
    assert rec.search("generaliz").ids == []
    assert "no paper of this corpus holds any word of 'generaliz'" in rec.search("generaliz").problems[0]


def test_a_filter_acts_inside_and_what_is_known_stays_away(rec):
    assert rec.search("zebra", since="2015", k=5).ids == rec.search("zebra", since="2015", k=10).ids[:5]
    assert "named" not in rec.search("zebra", since="2015").ids
    seen = rec.recommend(Profile(interests=["plorktangle"], seen=["rare"]), diversity=0)
    assert "rare" not in seen.ids


@pytest.mark.parametrize("text", ["zebra", "robot arm filler7", "filler3 zebra"])
def test_pages_of_a_search_are_the_list(rec, text):
    whole = rec.search(text, k=60).ids
    assert len(set(whole)) == 60
    assert [one for start in range(0, 60, 12) for one in rec.search(text, k=12, offset=start).ids] == whole


def test_the_order_in_which_papers_came_is_none(tmp_path, library):
    papers = list(library.snapshot)
    with Corpus.build(papers[::-1], tmp_path / "other", encoder=FakeEncoder()) as other:
        for text in ("zebra", "robot filler7", "filler3"):
            assert Recommender(other).search(text, k=30).ids == Recommender(library).search(text, k=30).ids
            best = []
            for snapshot in (library.snapshot, other.snapshot):
                rows = question(snapshot, text).best(5, None, snapshot.rows()[:0])
                best.append({name for name, _ in snapshot.labels(rows.tolist()).values()})
            assert best[0] == best[1]


def test_the_parts_of_a_score_add_up_with_words_and_papers(rec):
    found = rec.recommend(Profile(liked=["2101.00000"], interests=["zebra", "GPT-4"]), k=12)
    for one in found:
        parts = one.explanation.contributions
        assert sum(part.contribution for part in parts) == pytest.approx(one.score, abs=1e-5)


# Seeds


class SaysNothingOf(FakeEncoder):
    """Has no vector for texts that begin so."""

    def __init__(self, *beginnings):
        super().__init__()
        self.beginnings = beginnings

    def _vector(self, text):
        vector = super()._vector(text)
        return np.zeros_like(vector) if text.startswith(self.beginnings) else vector


@pytest.mark.parametrize("silent", [("Far",), ("Seed",), ("Far", "Seed")])
def test_a_seeds_rare_word_brings_a_paper_where_the_encoder_says_nothing(tmp_path, silent):
    near = [Paper(id=f"n{n}", title=f"Near {n}", abstract=f"bird nest {n}") for n in range(700)]
    papers = [
        *near,
        Paper(id="seed", title="Seed plorktangle", abstract="plorktangle frobnitz of nests"),
        Paper(id="far", title="Far plorktangle", abstract="plorktangle frobnitz and more"),
    ]
    with Corpus.build(papers, tmp_path / "corpus", encoder=SaysNothingOf(*silent)) as corpus:
        assert Recommender(corpus).more_like("seed", k=3, diversity=0).ids[0] == "far"

"""Terms in common and the sentence that carries them: what is said stands in both texts."""

import itertools
import re

import numpy as np
import pytest
from conftest import SHARED
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import Corpus, Recommender
from recommender.explain import Seeds, in_common, sentences
from recommender.explain.common_terms import weigh_evidence
from recommender.lexical import (
    TermOccurrences,
    TermWeights,
    cosines,
    count_terms,
    tfidf_vectors,
)
from recommender.lexical.numbering import word_number
from recommender.lexical.terms import named_terms
from recommender.profiles import read_profiles
from recommender.sample import PROFILES

TITLES = (
    "Speculative decoding of language models",
    "Language models are few-shot learners",
    "Trees of the tropical forest",
    "Protein folding by attention",
)
ABSTRACT = (
    "Language models write text. We compare speculative decoding with others, e.g. beam search. "
    "Our decoding is faster. Forests stand."
)


def shared(text, texts, contributions=None, *, liked=None, count=5):
    """What a text has in common with some of the texts, all of which make the corpus."""
    counted = count_terms(texts)
    idf = TermWeights.counted(counted)
    liked = range(len(texts)) if liked is None else liked
    vectors = tfidf_vectors(counted, idf).take(np.array(liked, np.int64))
    seeds = Seeds(vectors, tuple(texts[place] for place in liked))
    contributions = (
        np.ones((1, len(seeds.texts)), np.float32)
        if contributions is None
        else np.array([contributions], np.float32)
    )
    occurrences = TermOccurrences(("", *sentences(text)), idf)
    (common,) = in_common([occurrences], seeds, contributions, n_terms=count)
    return common


def words_alone(text):
    """Letters and digits, with one space for all that parts them: what a strict reader compares."""
    return re.sub(r"[\W_]+", " ", text.lower()).strip()


# The sentence


def test_the_sentence_has_the_highest_cosine():
    parts = sentences(ABSTRACT)
    counted = count_terms(TITLES)
    idf = TermWeights.counted(counted)
    seeds = tfidf_vectors(counted, idf)
    for liked in ([0], [1], [2], [0, 1], [0, 2]):
        scores = cosines(tfidf_vectors(count_terms(parts), idf), seeds.take(np.array(liked))).mean(1)
        assert shared(ABSTRACT, TITLES, liked=liked).sentence == parts[scores.argmax()]
    assert shared(ABSTRACT, TITLES, [0, 0, 1, 0]).sentence == "Forests stand."


def test_where_nothing_is_in_common_nothing_is_said():
    for text in ("", "Galaxies rotate. Stars shine."):
        assert shared(text, TITLES) == shared(ABSTRACT, TITLES, liked=[])
        assert shared(text, TITLES).sentence == ""
        assert shared(text, TITLES).terms == ()


def test_the_seeds_of_a_paper_count_by_their_contributions():
    counted = count_terms(TITLES)
    idf = TermWeights.counted(counted)
    seeds, paper = tfidf_vectors(counted, idf), TermOccurrences((ABSTRACT,), idf)
    each = cosines(tfidf_vectors(count_terms([ABSTRACT]), idf), seeds)[0]
    for contributions in ([1, 1, 1, 1], [0.5, 0, 2, 0.25], [0, 0, 0, 0]):
        (evidence,) = weigh_evidence([paper], seeds, np.array([contributions], np.float32))
        weights = contributions if any(contributions) else [1] * 4
        assert evidence.gains.sum() == pytest.approx(np.average(each, weights=weights), abs=1e-6)
        assert evidence.cosines == pytest.approx([evidence.gains.sum()], abs=1e-6)
        assert set(evidence.seeds) == set(np.flatnonzero(weights).tolist())


def test_wrong_shares_are_refused():
    with pytest.raises(ValueError, match=r"shape \(1, 3\); these papers and seeds need \(1, 4\)"):
        shared(ABSTRACT, TITLES, [1, 1, 1])
    with pytest.raises(ValueError, match="contribution -1 of a seed is below 0"):
        shared(ABSTRACT, TITLES, [1, -1, 1, 1])


# The terms


def test_a_pair_is_named_without_its_words():
    assert shared(ABSTRACT, TITLES, liked=[0]).terms == ("speculative decoding", "Language models")
    assert shared(ABSTRACT, TITLES, liked=[0], count=1).terms == ("speculative decoding",)


def test_a_word_without_its_pair_is_named_alone():
    assert shared("The tallest forests, and proteins", TITLES).terms == ("protein", "forest")


def test_a_pair_of_a_seed_that_hardly_counts_gives_way_to_its_word():
    texts = ("Speculative decoding of forests", "Decoding and decoding of trees", "bees", "beam search")
    text = "We study speculative decoding."
    assert shared(text, texts, [1, 1], liked=[0, 1]).terms == ("speculative decoding",)
    assert shared(text, texts, [0.05, 1], liked=[0, 1]).terms[0] == "decoding"


def test_terms_are_spelled_as_in_both_papers():
    texts = ("mixture of experts; gates; LLMs", "state-space model with attention", "bees")
    text = "Mixture-of-Experts on LLM. A mixture of experts. State-space. Models. And others"
    assert shared(text, texts).terms == ("mixture of experts", "State-space", "LLM", "Model")


def test_forms_that_stand_in_one_paper_only_are_not_named():
    assert shared("Two theories. A mixture with experts.", ("a theory", "a mixture of experts")).terms == (
        "mixture",
        "experts",
    )


def test_words_on_both_sides_of_a_full_stop_are_no_term():
    assert shared("We draw a graph. Neural nets are many.", ("graph neural", "bees")).terms == (
        "graph",
        "Neural",
    )
    assert "graph neural" not in shared("A graph neural net.", ("a graph. neural", "bees")).terms


def test_what_gives_most_comes_first():
    assert shared(ABSTRACT, TITLES, [1, 1, 9, 1]).terms[0] == "Forest"


def test_a_seed_without_a_share_gives_no_term():
    assert shared(ABSTRACT, TITLES, [1, 0, 0, 0]).terms == ("speculative decoding", "Language models")


def colliding_words():
    """Two words with one hash."""
    letters = np.random.default_rng(0).integers(ord("a"), ord("z"), (100_000, 12), np.uint8)
    words = [word.decode() for word in np.unique(letters.view("S12")).tolist()]
    numbers = [word_number(word) for word in words]
    order = np.argsort(numbers, kind="stable")
    same = np.flatnonzero(np.diff(np.array(numbers)[order]) == 0)[0]
    return words[order[same]], words[order[same + 1]]


def test_words_of_one_number_are_not_taken_for_each_other():
    first, second = colliding_words()
    vectors = (tfidf_vectors(count_terms([word]), TermWeights.even()) for word in (first, second))
    assert cosines(*vectors)[0, 0] == 1
    assert named_terms(first).keys() == named_terms(second).keys()
    common = shared(f"{first} stands alone. Bees hum.", (second, "bees"), [1, 0.1])
    assert (common.terms, common.sentence) == (("Bees",), "Bees hum.")
    both = shared(f"{first} with {second} for bees.", (second, "bees"))
    assert second in both.terms
    assert first not in both.terms


WORDS = st.sampled_from(
    "the of bee bees tree trees Forest forests memory memories low rank models model a x".split()
)
TEXTS = st.lists(st.tuples(WORDS, st.sampled_from([" ", "-", ". ", ", ", "/"])), max_size=14).map(
    lambda parts: "".join(itertools.chain(*parts))
)


@settings(max_examples=150, deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_terms_stand_in_the_paper_and_in_a_seed(paper, first, second):
    common = shared(paper, (first, second, "something else"), liked=[0, 1])
    for term in common.terms:
        assert words_alone(term) in words_alone(paper)
        assert any(words_alone(term) in words_alone(seed) for seed in (first, second))
    assert common.sentence in paper
    assert not common.terms or common.sentence


# Whole lists


def check(corpus, lists):
    """How many terms the recommendations have on average; none of them is false."""
    terms = []
    for rec in itertools.chain.from_iterable(lists):
        why, paper = rec.explanation, words_alone(rec.paper.text)
        seeds = [
            words_alone(corpus[seed.id].text)
            for seed in why.contributions
            if seed.id and seed.contribution > 0
        ]
        for term in why.terms:
            assert words_alone(term) in paper, (rec.paper.id, term)
            assert any(words_alone(term) in seed for seed in seeds), (rec.paper.id, term)
        assert why.sentence in rec.paper.abstract
        terms.append(len(why.terms))
    return len(terms), np.mean(terms)


def test_no_term_of_the_sample_is_false(sample):
    recommender = Recommender(sample)
    count, mean = check(sample, (recommender.more_like(paper) for paper in sample))
    assert count == 2320
    assert mean > 0.9 * 4.584  # what it was when half of the papers had a false one
    readers = (recommender.recommend(reader, k=20) for reader in read_profiles(PROFILES))
    count, mean = check(sample, readers)
    assert count == 160
    assert mean > 0.9 * 4.862


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.exists(), reason="needs the shared papers")
def test_no_term_of_2000_other_recommendations_is_false(tmp_path):
    with Corpus.build(
        SHARED / "corpus_ml.parquet", tmp_path / "corpus", encoder="static", limit=4000
    ) as corpus:
        recommender = Recommender(corpus)
        papers = list(itertools.islice(corpus, 0, 4000, 20))
        count, mean = check(corpus, (recommender.more_like(paper) for paper in papers))
        assert count == 2000
        assert mean > 4.4


def test_addresses_and_commands_are_no_terms():
    text = "See https://github.com/robots/arm and \\mathcal{O} of www.arm.org. A robot arm."
    assert shared(text, (text, "bees")).terms == ("robot arm",)
    assert shared("At https://github.com/bees", ("https://github.com/bees", "trees")).terms == ()
    numbers = count_terms([text]).numbers.tolist()
    assert word_number("robot") in numbers
    assert not {word_number(word) for word in ("github", "mathcal", "http", "org")} & {*numbers}


def test_a_word_of_every_tenth_paper_is_no_term():
    texts = [f"model {number} word{number % 9}" for number in range(1000)]
    text = "A model of word3 and 17."
    assert shared(text, texts[:500], liked=[17, 3]).terms == ("17", "word3", "model")
    assert shared(text, texts, liked=[17, 3]).terms == ("17",)
    seldom = [f"model{number % 11} {number}" for number in range(1000)]
    assert "model3" in shared("A model3", seldom, liked=[3]).terms

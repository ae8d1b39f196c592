"""The static encoder's features against the definition, letter by letter."""

import math
import re
import unicodedata
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.encoders.static import StaticTokens, split_words

VOCABULARY = ["deep", "learning", "trans", "##form", "##er", "##s", "a", "b", "##b", "deep learning", "a b"]


def by_definition(text):
    """Words, pieces and pairs of a text by the slowest way there is."""
    found = []
    for word in split_words(text):
        rest, before = word, ""
        while rest:
            known = [rest[:end] for end in range(len(rest), 0, -1) if before + rest[:end] in VOCABULARY]
            if known:
                found.append(before + known[0])
            rest, before = rest[len(known[0]) if known else 1 :], "##"
    pairs = [f"{first} {second}" for first, second in pairwise(found)]
    return Counter(found + [pair for pair in pairs if pair in VOCABULARY])


def of_text(features, place):
    numbers, starts, weights = features
    part = slice(starts[place], starts[place + 1])
    return {VOCABULARY[number]: weight for number, weight in zip(numbers[part], weights[part], strict=True)}


@given(st.lists(st.lists(st.sampled_from([*VOCABULARY, "transformers", "abb", "zzz", "?"])).map(" ".join)))
def test_features_equal_the_definition(texts):
    features = StaticTokens(VOCABULARY).features(texts)
    assert len(features[1]) == len(texts) + 1
    for place, text in enumerate(texts):
        expected = {name: 1 + math.log(times) for name, times in by_definition(text).items()}
        assert of_text(features, place) == pytest.approx(expected, rel=1e-6)


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_plain_text_is_split_as_any_other(text):
    assert split_words(text) == re.findall(r"[^\W_]+", text.lower())


@given(st.text())
def test_words_are_letters_and_digits_in_lower_case_without_accents(text):
    for word in split_words(text):
        assert re.fullmatch(r"[^\W_]+", word)
        assert word == "".join(mark for mark in word if not unicodedata.combining(mark))


def test_accents_and_case_make_no_difference():
    assert split_words("Schrödinger’s CAFÉ, naïve_x") == ["schrodinger", "s", "cafe", "naive", "x"]
    assert split_words("Ünïcode 深層学習 β-sheet") == ["unicode", "深層学習", "β", "sheet"]


def test_pairs_do_not_reach_over_two_texts():
    numbers, starts, _ = StaticTokens(VOCABULARY).features(["deep", "learning", "deep learning"])
    assert [VOCABULARY[number] for number in numbers] == [
        "deep",
        "learning",
        "deep",
        "learning",
        "deep learning",
    ]
    assert starts.tolist() == [0, 1, 2, 5]


def test_nothing_known_is_no_feature():
    numbers, starts, weights = StaticTokens(VOCABULARY).features(["", "???", "zzz"])
    assert (len(numbers), starts.tolist(), len(weights)) == (0, [0, 0, 0, 0], 0)
    assert StaticTokens(VOCABULARY).features([])[1].tolist() == [0]


def test_an_unknown_word_is_the_same_the_second_time():
    tokens = StaticTokens(VOCABULARY)
    first, again = (tokens.words_and_pieces("transformers") for _ in range(2))
    assert first == again == [VOCABULARY.index(piece) for piece in ("trans", "##form", "##er", "##s")]


def test_a_word_without_end_costs_no_time():
    assert len(StaticTokens(VOCABULARY).words_and_pieces("a" + "b" * 1_000_000)) == 64


@pytest.mark.parametrize(
    ("vocabulary", "message"),
    [(["a", "a"], "twice"), (["a", "b", "a b", "a b"], "twice"), (["a", "a c"], "'a' 'c' has a word")],
)
def test_a_vocabulary_that_contradicts_itself_is_refused(vocabulary, message):
    with pytest.raises(ValueError, match=message):
        StaticTokens(vocabulary)


def test_no_two_pairs_are_confused():
    words = [f"w{number}" for number in range(60)]
    rng = np.random.default_rng(3)
    pairs = {" ".join(rng.choice(words, 2)) for _ in range(400)}
    vocabulary = [*words, *sorted(pairs)]
    drawn = rng.choice(words, 5000)
    numbers, _, weights = StaticTokens(vocabulary).features([" ".join(drawn)])
    counts = Counter(f"{first} {second}" for first, second in pairwise(drawn))
    expected = {pair: 1 + math.log(counts[pair]) for pair in pairs if counts[pair]}
    found = {
        vocabulary[number]: weight for number, weight in zip(numbers, weights, strict=True) if number >= 60
    }
    assert found == pytest.approx(expected, rel=1e-6)

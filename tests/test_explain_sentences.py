"""Abstracts are cut where sentences end, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.explain import sentences

TOGETHER = [
    "Vaswani et al. (2017) started it.",
    "The model of Vaswani et al. [12] is old.",
    "Vaswani {\\it et al.} \\cite{a} started it.",
    "Some methods (e.g. BERT) are large.",
    "Methods, e.g., LSTMs, i.e. RNNs, cf. Elman, are old.",
    "See Fig. 3 and Eq. (2) of Sec. IV.",
    "Figs. S1 and S2 vs. Ref. [4] agree.",
    "The error is 3.5 at p < 0.05 with 1.2M parameters.",
    "J. Smith and A. B. Jones met Dr. Brown in the U.S. Senate.",
    "It gains approx. 5 points on Node.js code.",
    "A bound $O(n). N$ and another are met.",
    "From Oct. 18 to Nov. 2 it ran.",
    "1. Introduction of a term.",
]


@pytest.mark.parametrize("text", TOGETHER)
def test_one_sentence_stays_whole(text):
    assert sentences(text) == (text,)


APART = [
    ("We train it.", "It works."),
    ("Is it so?", "(It is.)", "Yes!", "We show it."),
    ("We reach 95.", "2 of them fail."),
    ("We follow Vaswani et al.", "We add a gate."),
    ("It takes images, text, etc.", "The model is small."),
    ("It was made in the U.S.", "We show more."),
    ("The first costs $100.", "We halve it to $50."),
    ("We solve $x^2 = 1$.", "$x$ is then one."),
    ("They call it 'open.'", "mRNA is next."),
    ('It is "new."', "Others are not."),
    ("We plot matrix A.", "The others are not shown."),
    ("It grows ...", "Then it stops."),
    ("Größe zählt.", "Über alles."),
]


@pytest.mark.parametrize("parts", APART)
def test_sentences_come_apart(parts):
    assert sentences(" ".join(parts)) == parts


def test_a_missing_space_before_a_common_word_is_seen():
    assert sentences("It is better by two.We show it. A.We b") == (
        "It is better by two.",
        "We show it.",
        "A.We b",
    )


def test_white_space_is_made_single():
    assert sentences("  One\n two.\n\nThree\tfour.  ") == ("One two.", "Three four.")
    assert sentences(" \n") == ()


@given(st.text(alphabet='aB .!?$()[]\\é1"', max_size=60))
def test_nothing_is_lost(text):
    found = sentences(text)
    assert "".join("".join(found).split()) == "".join(text.split())
    assert all(found)

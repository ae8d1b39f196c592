"""Words are words in every spelling: composed or decomposed, with accents or without, with signs."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from older_formats import older_format

from recommender import Corpus, Paper, Recommender
from recommender.identifiers import title_fingerprint
from recommender.identity import keys
from recommender.lexical import (
    TermOccurrences,
    TermWeights,
    count_terms,
    named_terms,
    plain_text,
    spellings,
    word_stems,
)
from recommender.lexical.occurrences import places_of
from recommender.paper import clean_text
from recommender.spelling import composed, lowered, named_signs, unaccented


def decomposed(text):
    return unicodedata.normalize("NFD", text)


def packed(text):
    return count_terms([text]).pack()


SPELLINGS = [
    ("Rényi", "Renyi"), ("cafés", "cafes"), ("Łukasiewicz", "Lukasiewicz"), ("Møller", "Moller"),
    ("Größe", "Grosse"), ("Þórr", "Thorr"), ("Næss", "Naess"), ("œuvre", "oeuvre"), ("İstanbul", "Istanbul"),
    ("Işık", "Isik"), ("Việt Nam", "Viet Nam"), ("Ελλάς", "Ελλασ"), ("άλφα", "αλφα"), ("ﬁnite", "finite"),
    ("R²", "R2"), ("Hölder–Young", "Holder–Young"), ("Čech", "Cech"), ("ёлка", "елка"), ("ｗｉｄｅ", "wide"),
]  # fmt: skip

OTHER_LETTERS = [
    ("мои", "мой"), ("かき", "がき"), ("कि", "का"), ("กา", "กิ"), ("ихний", "ихнии"), ("ภาษา", "ภาษี"),
]  # fmt: skip


@pytest.mark.parametrize(("accented", "bare"), SPELLINGS)
def test_one_word_in_every_spelling(accented, bare):
    assert packed(accented) == packed(decomposed(accented)) == packed(bare)
    assert plain_text(accented) == plain_text(decomposed(accented)) == plain_text(bare)
    assert word_stems(decomposed(accented)) == word_stems(bare)
    assert title_fingerprint(accented) == title_fingerprint(decomposed(accented)) == title_fingerprint(bare)


@pytest.mark.parametrize(("one", "other"), OTHER_LETTERS)
def test_a_mark_that_makes_another_letter_is_not_taken_off(one, other):
    assert plain_text(one) != plain_text(other)
    assert title_fingerprint(one) != title_fingerprint(other)
    assert title_fingerprint(one) == title_fingerprint(decomposed(one))


def test_an_accent_does_not_make_a_stop_word_of_a_word():
    assert packed("thé vert") != packed("the vert")
    assert word_stems("thé") == ("thé",)
    assert not list(spellings(("thé",), plain_text("The tea")))


@given(st.text(max_size=80))
def test_any_text_is_counted_in_one_way_however_it_is_composed(text):
    text = clean_text(text)
    assert lowered(decomposed(text)) == lowered(text) or text.lower() != decomposed(text).lower()
    if lowered(decomposed(text)) == lowered(text):
        assert packed(decomposed(text)) == packed(text)
    assert count_terms([text]).pack() == count_terms([plain_text(text)]).pack()
    places = places_of(text, plain_text(text))
    assert places is None or (len(places) == len(plain_text(text)) + 1 and places[-1] == len(text))


def test_plain_letters_are_letters():
    for code in range(0x80, 0x2200):
        plain = unaccented(chr(code))
        assert plain.isalnum() == chr(code).isalnum()
        assert unaccented(plain) == plain


def test_a_reason_is_spelled_as_the_paper_spells_it():
    text = decomposed("Næss and Rényi on Größe: cafés naïfs of Orléans")
    found = TermOccurrences([text], TermWeights.even())
    for stem, spelled in (("renyi", "Rényi"), ("grosse", "Größe"), ("cafe", "cafés"), ("orlean", "Orléans")):
        assert list(found.names((stem,)).values()) == [decomposed(spelled)], stem
    assert "cafés" in named_terms("cafés of Orléans").values()


def test_c_and_its_kin_are_three_titles():
    titles = [
        "C",
        "C++",
        "C#",
        "A",
        "A*",
        "F",
        "F#",
        "k-means",
        "k-means++",
        "Na channels",
        "Na+ channels",
        "R",
        "R²",
    ]
    assert len({title_fingerprint(title) for title in titles}) == len(titles)
    papers = [Paper(title=title) for title in titles]
    assert len({paper.id for paper in papers}) == len(papers)
    assert not set(keys(Paper(title="EvGrass++ in fields"))) & set(keys(Paper(title="EvGrass in fields")))
    assert not set(keys(Paper(title="Tests of C# in fields"))) & set(
        keys(Paper(title="Tests of C in fields"))
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GPT-4", "GPT 4"), ("Is it so?", "Is it so"), ("Tides.", "Tides"), ("“Tides”", '"Tides"'),
        ("A – B", "A - B"),
        ("Tides*", "Tides"), ("Tides +", "Tides"), ("#Tides", "Tides"), ("A+B", "AB"),
        ("Tides: sand", "Tides sand"),
        ("C++", "C plus plus"), ("C♯", "C#"), ("A* search", "A-star search"),
    ],
)  # fmt: skip
def test_punctuation_alone_makes_no_other_title(one, other):
    assert title_fingerprint(one) == title_fingerprint(other)


def test_signs_are_words_of_search():
    assert word_stems("C++ and C# and A*") == ("c++", "c#", "a*")
    assert word_stems("C") == ()
    assert packed("C++ code") != packed("C# code") != packed("C code")
    assert packed("**bold** a*b 1+1") == packed("bold")
    assert named_signs("note 1* and 3D*") == "note 1* and 3D*"


ROWS = [
    Paper(id="c1", title="Cafés of Orléans", abstract="Guests of small cafés of Orléans read naïve façades."),
    Paper(id="c2", title="Cafes of the port", abstract="Guests of small cafes of the port."),
    Paper(id="b1", title="Bees in walls", abstract="Wild bees nest in dry stone walls."),
    Paper(id="b2", title="C++", abstract="Templates of C++ are compiled before the sun rises."),
    Paper(id="b3", title="C#", abstract="Garbage of C# is collected while hay is brought in."),
    Paper(id="b4", title="C", abstract="Pointers of C point over the hills."),
]


NOTICE = Paper(id="n", title="Correction to: Cafés of Orléans", abstract="The façades were blue.")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return Corpus.build(ROWS, tmp_path_factory.mktemp("spellings") / "c", encoder="static")


@pytest.mark.parametrize("spell", [str, decomposed, lambda text: unaccented(lowered(text))])
def test_a_search_finds_a_word_in_every_spelling(corpus, spell):
    first = Recommender(corpus).search(spell("cafés Orléans"), k=2)
    assert first.ids[0] == "c1"
    right = Recommender(corpus).search("cafés Orléans", k=2)
    assert list(first.scores) == pytest.approx(list(right.scores), abs=0.05)
    assert set(first[0].explanation.terms) == {"Orléans", "cafés"}


def test_titles_are_looked_up_in_every_spelling(corpus):
    for title in ("Cafés of Orléans", decomposed("cafés of orléans"), "Cafes of Orleans"):
        assert corpus[title].id == "c1"
    assert [corpus[title].id for title in ("C++", "C#", "C")] == ["b2", "b3", "b4"]
    assert Recommender(corpus).search("C++", k=1).found == ROWS[3]
    assert Recommender(corpus).search("c#", k=1).found == ROWS[4]
    assert Recommender(corpus).search("compiled +C++", k=1).ids == ["b2"]
    assert Recommender(corpus).search("collected +c#", k=1).ids == ["b3"]


def test_what_comes_in_is_composed():
    paper = Paper(
        id=decomposed("é1"), title=decomposed("Cafés"), abstract=decomposed("Très"),
        authors=(decomposed("José"),),
        venue=decomposed("Épi"), categories=(decomposed("été"),), identifiers={"citekey": decomposed("né")},
    )  # fmt: skip
    assert paper == Paper(
        id="é1", title="Cafés", abstract="Très", authors=("José",), venue="Épi", categories=("été",),
        identifiers={"citekey": "né"},
    )  # fmt: skip
    assert composed("abc") == "abc"


def test_a_corpus_of_an_older_format_finds_its_decomposed_papers(tmp_path, monkeypatch):
    rows = [
        Paper(id=f"é{number}", title=paper.title, abstract=paper.abstract)
        for number, paper in enumerate([*ROWS, NOTICE])
    ]
    with monkeypatch.context() as before:
        before.setattr("recommender.paper.composed", lambda text: text)
        before.setattr(
            "recommender.paper.title_fingerprint", lambda title: decomposed(title).lower().strip("+#")
        )
        old = [
            Paper(**{**paper.to_dict(), "id": decomposed(paper.id), "title": decomposed(paper.title)})
            for paper in rows
        ]
        assert old[0].title != rows[0].title
        corpus = Corpus.build(old, tmp_path / "old", encoder="static")
    older_format(tmp_path / "old", 6)
    corpus = Corpus.open(tmp_path / "old")
    assert corpus.verify() == []
    report = corpus.add([Paper(id="e", title="Eels", abstract="Eels hide in silt.")])
    assert report.new == 1
    assert [corpus[paper.id].title for paper in rows] == [paper.title for paper in rows]
    assert corpus["C++"].id == "é3"
    assert list(corpus.verify()) == []
    assert Recommender(corpus).search("cafes Orleans", k=1).ids == ["é0"]
    assert corpus.add(rows).unchanged == len(rows)

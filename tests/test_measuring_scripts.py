"""What the scripts measure of words and of reasons, on the sample, beside counting by hand."""

import random
import re
import runpy
from pathlib import Path

import pandas as pd
import pytest

from recommender import Paper, Recommender

pytestmark = pytest.mark.extra("frames", "linear")

SCRIPTS = Path(__file__).parents[1] / "scripts"
FIND = runpy.run_path(str(SCRIPTS / "words_that_find.py"))
TRUE = runpy.run_path(str(SCRIPTS / "true_reasons.py"))


@pytest.fixture(scope="module")
def papers(sample):
    lines = [(paper.id, paper.title, paper.abstract) for paper in sample]
    return pd.DataFrame(lines, columns=["id", "title", "abstract"])


def test_papers_are_drawn_by_a_name_that_few_have(papers):
    named = FIND["named_papers"](papers, 1000)
    titles = dict(zip(papers.id, papers.title, strict=True))
    expected = {paper for paper, title in titles.items() if re.match(r"[A-Za-z][\w-]{2,20}: ", title)}
    assert {paper for _, paper in named} == expected
    assert all(titles[paper].startswith(f"{name}: ") for name, paper in named)
    assert [*named[:20]] == FIND["named_papers"](papers, 20)
    many = pd.concat(
        [papers, pd.DataFrame([(f"x{n}", "Same: thing", "") for n in range(4)], columns=papers.columns)]
    )
    assert not any(name == "Same" for name, _ in FIND["named_papers"](many, 1000))


def test_names_and_words_are_counted_as_by_hand(sample, papers):
    ask = Recommender(sample)
    search = FIND["by_recommender"](sample)
    named = FIND["named_papers"](papers, 12)
    expected = sum(paper in ask.search(name, k=10).ids for name, paper in named)
    assert FIND["names_found"](search, named, str) == expected
    plain = FIND["TfIdf"](papers.id, (papers.title + ". " + papers.abstract).tolist())
    texts = dict(zip(papers.id, papers.title + ". " + papers.abstract, strict=True))
    words = FIND["rare_words"](plain.words(), 10)
    for word in words:
        holding = [name for name, text in texts.items() if re.search(rf"\b{word}\b", text.lower())]
        assert 1 <= len(holding) <= 3
        assert {*plain(word)} == {*holding}
    assert FIND["words_found"](plain, words, texts.__getitem__) == len(words)
    found = [any(word in re.findall(r"\w+", texts[name].lower()) for name in search(word)) for word in words]
    assert FIND["words_found"](search, words, texts.__getitem__) == sum(found)


def test_a_share_of_the_abstracts_is_blanked_and_counted(papers):
    without = FIND["blanked"](papers)
    gone = frozenset(without.id[without.abstract == ""])
    assert len(gone) == int(len(papers) * 0.3)
    assert (without.title == papers.title).all()
    texts = FIND["texts_of_titles"](papers, 30)
    assert all(
        any(text in title for title in papers.title.map(lambda t: " ".join(t.split()))) for text in texts
    )
    assert max(len(text.split()) for text in texts) == 4

    def search(text):
        return random.Random(text).sample(papers.id.tolist(), 10)

    answers = [paper for text in texts for paper in search(text)]
    assert FIND["share_of"](search, texts, gone) == sum(paper in gone for paper in answers) / 300


@pytest.mark.parametrize(
    ("term", "text", "stands"),
    [
        ("Low-Rank", "a low rank update", True),
        ("lowrank", "a low-rank update", True),
        ("low rank", "low and rank", False),
        ("matrices", "Two matrix forms", False),
        ("robots", "a robot arm", True),
        ("analyze", "he analyzes it", True),
        ("IMU", "two IMUs", True),
        ("studies", "one study", True),
        ("boxes", "in a box", True),
        ("naïve Bayes", "the NAIVE bayes rule", True),
        ("rank", "franking", False),
        ("GPT-4", "GPT 4 and others", True),
        ("GPT-4", "GPT-3", False),
        ("", "anything", False),
    ],
)
def test_a_term_stands_in_a_text_word_for_word(term, text, stands):
    assert TRUE["stands_in"](term, text) == stands


def test_endings_may_differ_where_that_is_asked():
    assert TRUE["stands_loosely"]("fine-tuning", "a fine tuned model")
    assert not TRUE["stands_loosely"]("protein", "a fine tuned model")


def test_terms_are_counted_and_false_ones_found():
    found = TRUE["Reasons"]()
    seed, listed = (
        Paper(title="Protein folding", abstract="Enzymes."),
        Paper(title="Enzymes", abstract="Proteins."),
    )
    found.count(seed, listed, ("protein", "enzyme"))
    found.count(seed, listed, ("folding",))
    found.count(seed, listed, ())
    assert (found.recommendations, found.terms, found.false, found.loosely_false) == (3, 3, 1, 1)
    assert found.examples == [f"'folding': {seed.id} and {listed.id}"]
    assert str(found).startswith("3 recommendations: 33.33% with a false term")


def test_every_term_of_the_sample_is_looked_up(sample):
    ids = sorted(paper.id for paper in sample)[:6]
    found = TRUE["reasons_of"](sample, ids, 5)
    ask = Recommender(sample)
    items = [item for name in ids for item in ask.more_like(name, k=5)]
    assert found.recommendations == len(items) == 30
    assert found.terms == sum(len(item.explanation.terms) for item in items)

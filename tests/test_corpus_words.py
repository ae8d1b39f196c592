"""Words and names of a corpus's papers: who holds them, checked by looking at each paper."""

import dataclasses
import itertools
import sqlite3
from collections import Counter

import numpy as np
import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus, Paper
from recommender.corpus import postings
from recommender.corpus.dictionary import Dictionary, moved_words
from recommender.corpus.store import CorpusStore
from recommender.lexical import count_terms, search_words, terms
from recommender.lexical.numbering import word_number

PAPERS = [
    Paper(
        id="a", title="GPT-4 and C++", abstract="A low-rank view of R. Graphs!", authors=("Łukasz Kaiser",)
    ),
    Paper(id="b", title="GPT-3 graphs", abstract="Graph after graph in C.", venue="NeurIPS 2024"),
    Paper(id="c", title="深度学习", abstract="模型 of low rank", authors=("Thành Nguyễn", "Mia Kaiser")),
    Paper(id="d", title="Networks", abstract="A* of networks", authors=("Geoffrey Hinton", "L. Mia")),
]


@pytest.fixture
def small(tmp_path):
    return Corpus.build(PAPERS, tmp_path / "small", encoder=FakeEncoder())


def ids(corpus, rows):
    return "".join(paper.id for paper in corpus.snapshot.papers(rows.tolist()))


def assert_words(corpus):
    """Each word is found in the papers that hold it, as often as they do, and in no others."""
    rows, papers, index = corpus.snapshot.rows(), list(corpus), corpus.snapshot.words
    counts = [Counter(), *(Counter() for _ in papers)][1:]
    for found, paper in zip(counts, papers, strict=True):
        for word in {one.word for one in search_words(paper.words)}:
            found[word] = paper.words.count(word)
    held = {word for found in counts for word in found}
    for word in held:
        found = index.postings(word)
        assert found.rows.tolist() == [row for row, one in zip(rows, counts, strict=True) if word in one]
        titled = [word in {one.word for one in search_words(paper.title)} for paper in papers]
        assert found.in_title.tolist() == [titled[place] for place in np.searchsorted(rows, found.rows)]
        assert found.counts.min() >= 1
    names = {name for paper in papers for name in (*paper.authors, paper.venue) if name}
    for name in names:
        expected = [name in paper.authors for paper in papers]
        assert set(rows[expected]) <= set(index.by_author(name))
    assert index.papers == len(papers)
    assert corpus.verify() == []


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("GPT-4", "a"), ("gpt4", "a"), ("GPT", "ab"), ("4", "a"), ("C++", "a"), ("C", "b"), ("R", "a"),
        ("A*", "d"), ("low-rank", "a"), ("lowrank", "a"), ("low rank", "ac"), ("graph", "ab"),
        ("network", "d"), ("深度", "c"), ("学习", "c"), ("深度学习", "c"), ("模型", "c"), ("习模", ""),
        ("plorktangle", ""),
    ],
)  # fmt: skip
def test_papers_are_found_by_the_words_that_they_hold(small, question, found):
    words = [one.word for one in search_words(question)]
    assert ids(small, small.snapshot.words.holding(words)) == found
    assert small.snapshot.words.frequency(words[0]) >= len(found)


def test_counts_titles_and_lengths(small):
    index = small.snapshot.words
    found = index.postings("graph")
    assert (found.counts.tolist(), found.in_title.tolist()) == ([1, 3], [False, True])
    assert index.in_titles(["graph"]).tolist() == [1]
    assert ids(small, index.holding(["gpt4", "network"], every=False)) == "ad"
    assert ids(small, index.in_titles(["gpt4", "network"], every=False)) == "ad"
    assert index.holding([]).tolist() == []
    lengths = index.lengths(small.snapshot.rows())
    words = ["gpt c++ low rank view graph", "gpt graph graph graph", "low rank", "network a* network"]
    assert lengths.tolist() == [len(one.split()) for one in words]
    assert index.mean_length == pytest.approx(lengths.mean())


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("kaiser", "ac"), ("Lukasz Kaiser", "a"), ("ŁUKASZ", "a"), ("Nguyen", "c"), ("Thanh Kaiser", ""),
        ("M. Kaiser", "c"), ("G Hinton", "d"), ("mia", "cd"), ("M", ""), ("", ""), ("hintn", ""),
    ],
)  # fmt: skip
def test_papers_are_found_by_one_name_of_an_author(small, name, found):
    assert ids(small, small.snapshot.words.by_author(name)) == found


def test_papers_are_found_by_their_venue(small):
    index = small.snapshot.words
    assert ids(small, index.at_venue("neurips")) == ids(small, index.at_venue("2024 NeurIPS")) == "b"
    assert len(index.at_venue("ICML")) == 0
    assert index.names_like("Hintn", "author") == ["hinton"]
    assert index.names_like("neurisp", "venue") == ["neurips"]


def test_the_nearest_spellings_are_words_that_papers_hold(small):
    index = small.snapshot.words
    assert index.spelled_like("grpah") == ["graph"]
    assert index.spelled_like("netwroks") == ["network"]
    assert index.spelled_like("zzqxwv") == []
    assert index.beginning_with("gr") == ["graph"]
    assert index.beginning_with("") == index.beginning_with("zz") == []
    small.remove(["d"])
    assert small.snapshot.words.spelled_like("netwroks") == []


def test_each_state_finds_its_papers(corpus, papers, monkeypatch):
    monkeypatch.setattr(postings, "MOST_PENDING", 40)
    assert_words(corpus)
    corpus.add(make_papers(150, start=100))
    assert_words(corpus)
    corpus.remove([paper.id for paper in papers[10:40]])
    assert_words(corpus)
    changed = dataclasses.replace(
        papers[4], abstract="Tensor decompositions.", authors=("New Name", "B Two", "C Three")
    )
    corpus.add(
        [
            changed,
            dataclasses.replace(papers[5], authors=("Other Name", "B Two", "C Three"), venue="Elsewhere"),
        ]
    )
    assert_words(corpus)
    rows = corpus.snapshot.words.by_author("name")
    assert {paper.id for paper in corpus.snapshot.papers(rows.tolist())} == {papers[4].id, papers[5].id}
    assert len(corpus.snapshot.words.at_venue("elsewhere")) == 1
    corpus.compact()
    assert_words(corpus)
    with CorpusStore.read(corpus.path) as store:
        unused = "SELECT count(*) FROM words WHERE number NOT IN (SELECT number FROM postings)"
        assert store.execute(unused).fetchone() == (0,)


def test_segments_are_few_and_their_rows_apart(corpus):
    for start in range(100, 400, 20):
        corpus.add(make_papers(20, start=start))
    with CorpusStore.read(corpus.path) as store:
        segments = postings.load_segments(store)
        assert store.count("pending") == 0
    sizes = [len(segment.lengths) for segment in segments]
    assert sum(sizes) == 360
    assert all(first >= 2 * second for first, second in itertools.pairwise(sizes))
    assert all(a.until <= b.first_row for a, b in itertools.pairwise(segments))


def test_an_addition_that_was_stopped_is_found_all_the_same(corpus, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("recommender.corpus.writer.keep_statistics", stopped)
        with pytest.raises(KeyboardInterrupt):
            corpus.add(make_papers(10, start=100))
    reopened = Corpus.open(corpus.path, encoder=FakeEncoder())
    with CorpusStore.read(corpus.path) as store:
        assert store.count("pending") == 10
    assert_words(reopened)
    reopened.remove([list(reopened)[-1].id])
    assert_words(reopened)
    reopened.add(make_papers(3, start=200))
    assert_words(reopened)


# Numbers


def test_two_words_with_one_hash_have_two_numbers(tmp_path, monkeypatch):
    for module in ("recommender.corpus.dictionary", "recommender.corpus.term_problems"):
        monkeypatch.setattr(f"{module}.word_number", lambda word: word_number(word[:2]))
    monkeypatch.setattr("recommender.lexical.terms.word_hash", lambda word: 2 * word_number(word[:2]))
    monkeypatch.setattr("recommender.lexical.terms._kept_hash", terms._hashed_word)
    papers = [
        Paper(id="a", title="graph grain", abstract="grape"),
        Paper(id="b", title="grape", abstract="grain graph green"),
    ]
    with Corpus.build(papers, tmp_path / "c", encoder=FakeEncoder()) as corpus:
        with CorpusStore.read(corpus.path) as store:
            numbers = dict(store.execute("SELECT word, number FROM words"))
            moved = moved_words(store)
        assert len(set(numbers.values())) == len(numbers) == 4
        assert moved == {word: number for word, number in numbers.items() if number != word_number("gr")}
        assert len(moved) == 3
        assert corpus.snapshot.words.named(numbers.values()) == {n: word for word, n in numbers.items()}
        vectors = corpus.snapshot.terms(corpus.snapshot.rows())
        assert np.isin(sorted(numbers.values()), vectors.numbers).all()
        found = corpus.snapshot.term_vectors(["grape", "green"]).numbers.tolist()
        assert found == [numbers["grape"], numbers["green"]]
        assert ids(corpus, corpus.snapshot.words.holding(["green"])) == "b"
        assert corpus.verify() == []


def test_a_dictionary_gives_the_next_free_number(corpus):
    with CorpusStore.write(corpus.path) as store, store.transaction():
        number = word_number("zebra")
        store.execute("INSERT INTO words VALUES (?, 'one', 1)", (number,))
        store.execute("INSERT INTO words VALUES (?, 'two', 1)", (number + 1,))
        dictionary = Dictionary(store)
        assert dictionary.numbers(["zebra"])["zebra"] == number + 2
        assert dictionary.moved["zebra"] == number + 2
        assert Dictionary(store).numbers(["zebra"])["zebra"] == number + 2
        assert count_terms(["zebras"], moved=dictionary.moved).numbers.tolist() == [number + 2]


# Damage


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM postings WHERE number = (SELECT number FROM words WHERE word = 'robot')",
        "UPDATE postings SET packed = zeroblob(3) WHERE number = (SELECT min(number) FROM postings)",
        "UPDATE postings SET number = number + 1 WHERE number = (SELECT max(number) FROM postings)",
        "UPDATE word_segments SET lengths = zeroblob(length(lengths))",
        "UPDATE word_segments SET lengths = zeroblob(3)",
        "DELETE FROM word_segments",
        "DELETE FROM words WHERE word = 'robot'",
        "UPDATE words SET number = number + 1 WHERE word = 'robot'",
    ],
)
def test_damage_is_found_and_compaction_mends_it(corpus, statement):
    connection = sqlite3.connect(corpus.path / "corpus.sqlite")
    connection.execute(statement)
    connection.commit()
    connection.close()
    opened = Corpus.open(corpus.path, encoder=FakeEncoder())
    problems = opened.verify()
    assert problems
    assert any("word" in problem or "postings" in problem for problem in problems)
    opened.compact()
    assert_words(opened)


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        (
            "DELETE FROM name_words WHERE word = 'kaiser' AND row = 0",
            "'kaiser' is missing from table name_words",
        ),
        ("INSERT INTO name_words VALUES (1, 'x', 0)", "table name_words"),
    ],
)
def test_names_that_were_altered_are_found(small, statement, what):
    connection = sqlite3.connect(small.path / "corpus.sqlite")
    connection.execute(statement)
    connection.commit()
    connection.close()
    assert any(what in problem for problem in Corpus.open(small.path).verify())


def test_the_first_category_is_the_main_one(tmp_path):
    papers = [Paper(id="a", title="Tides", categories=("cs.LG", "cs.AI")), Paper(id="b", title="Sand")]
    with Corpus.build(papers, tmp_path / "c", encoder=FakeEncoder()) as corpus:
        lines = corpus.snapshot.store.execute("SELECT category, main FROM categories ORDER BY category")
        assert lines.fetchall() == [("cs.AI", 0), ("cs.LG", 1)]
        assert corpus.verify() == []
        connection = sqlite3.connect(corpus.path / "corpus.sqlite")
        connection.execute("UPDATE categories SET main = 1 - main")
        connection.commit()
        connection.close()
    assert any("'cs.LG' is missing" in problem for problem in Corpus.open(tmp_path / "c").verify())


def test_papers_without_a_word_are_a_segment_like_others(tmp_path):
    """Of "A new one" nothing is left that a paper could be found by."""
    empty = [Paper(id="e", title="A new one"), Paper(id="f", title="The same", published="1990")]
    with Corpus.build(empty, tmp_path / "c", encoder=FakeEncoder()) as corpus:
        assert_words(corpus)
        assert corpus.verify() == []
        corpus.add(PAPERS)
        corpus.add([Paper(id="g", title="Of others", published="1950")])
        assert_words(corpus)
        assert corpus.verify() == []
        corpus.remove([paper.id for paper in PAPERS])
        corpus.compact()
        assert len(corpus) == 3
        assert corpus.verify() == []

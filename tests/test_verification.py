"""A bit flipped anywhere is either found or changes nothing that anybody can read."""

import random
import shutil
import sqlite3

import numpy as np
import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus
from recommender.corpus import immutable, verification
from recommender.corpus.verification import verify
from recommender.errors import CorpusChanged, CorpusDamaged, CorpusError, CorpusTooNew, NotACorpus


def everything(folder):
    """All that a corpus says: manifest, papers, vectors, and what its side tables find."""
    with Corpus.open(folder) as corpus:
        rows = corpus.snapshot.rows()
        tables = [
            list(corpus.snapshot.store.execute(f"SELECT * FROM {t}"))
            for t in ("names", "categories", "tombstones")
        ]
        return corpus.snapshot.manifest, list(corpus), corpus.snapshot.vectors(rows).tobytes(), tables


@pytest.fixture
def folder(corpus, papers):
    corpus.remove(papers[0].id)
    corpus.close()
    return corpus.path


def flip(path, position, bit):
    content = bytearray(path.read_bytes())
    content[position] ^= 1 << bit
    path.write_bytes(content)


@pytest.mark.slow
def test_a_flipped_bit_is_found_or_harmless(folder, tmp_path):
    before = everything(folder)
    chance = random.Random(7)
    found = 0
    for name in ("corpus.sqlite", next(folder.glob("vectors-*")).name):
        size = (folder / name).stat().st_size
        for _ in range(120):
            copy = shutil.copytree(folder, tmp_path / "copy")
            flip(copy / name, chance.randrange(size), chance.randrange(8))
            try:
                problems = verify(copy)
            except (NotACorpus, CorpusTooNew) as error:
                problems = [str(error)]
            if not problems:
                assert everything(copy) == before
            found += bool(problems)
            assert all("\n" not in problem for problem in problems)
            shutil.rmtree(copy)
    assert found > 120  # every flip in the vectors, and many in the database


def test_a_flipped_bit_in_the_vectors_is_named_with_its_file(folder):
    path = next(folder.glob("vectors-*"))
    flip(path, path.stat().st_size - 5, 3)
    (problem,) = verify(folder)
    assert path.name in problem
    assert "SHA-256" in problem


@pytest.mark.parametrize("keep", [0, 10, 5000])
def test_a_vector_file_cut_off_is_refused_on_opening(folder, keep):
    path = next(folder.glob("vectors-*"))
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(CorpusDamaged, match=path.name):
        Corpus.open(folder)
    assert path.name in verify(folder)[0]


@pytest.mark.parametrize(("written", "instead"), [(b"<f2", b",f2"), (b" \n", b"[\n"), (b"(", b"\xff")])
def test_a_vector_file_with_a_damaged_header_is_refused_by_name(folder, written, instead):
    path = next(folder.glob("vectors-*"))
    path.write_bytes(path.read_bytes().replace(written, instead, 1))
    with pytest.raises(CorpusDamaged, match=path.name):
        Corpus.open(folder)
    assert path.name in verify(folder)[0]


def test_a_missing_vector_file_is_named(folder):
    path = next(folder.glob("vectors-*"))
    path.unlink()
    with pytest.raises(CorpusDamaged, match="missing"):
        Corpus.open(folder)
    assert "missing" in verify(folder)[0]


@pytest.mark.parametrize("content", [b"SQLite format 3\0" + b"\xff" * 4096, b"no database at all" * 300])
def test_a_database_that_is_none_any_more(folder, content):
    (folder / "corpus.sqlite").write_bytes(content)
    with pytest.raises(CorpusError, match=r"corpus\.sqlite"):
        Corpus.open(folder)
    assert verify(folder)


def test_a_corpus_of_a_newer_version_is_refused(folder):
    connection = sqlite3.connect(folder / "corpus.sqlite")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(CorpusTooNew, match="format 99"):
        Corpus.open(folder)


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE papers SET fingerprint = 'x' WHERE row = 3", "row 3"),
        ("UPDATE papers SET record = replace(record, 'Study', 'Stody') WHERE row = 3", "row 3"),
        ("UPDATE papers SET record = 'no json' WHERE row = 3", "cannot be read"),
        ("DELETE FROM papers WHERE row = 3", "row 3: has a vector but no paper"),
        ("DELETE FROM tombstones", "row 0: has a vector but no paper"),
        ("DELETE FROM terms WHERE row = 3", "row 3: its terms are missing"),
        ("UPDATE terms SET packed = zeroblob(30) WHERE row = 3", "row 3: its terms are not those"),
        ("INSERT INTO terms VALUES (0, zeroblob(3))", "row 0: has terms but no paper"),
        ("DELETE FROM term_statistics", "term_statistics: its line is missing"),
        ("UPDATE term_statistics SET papers = 4", "statistics of terms are not what was written"),
        ("UPDATE term_statistics SET frequencies = 'none'", "statistics of terms are not what was written"),
        ("INSERT INTO tombstones VALUES (5)", "both a paper and removed"),
        ("DELETE FROM names WHERE row = 3", "missing from table names"),
        ("INSERT INTO categories VALUES ('cs.XX', 3, 0)", "table categories"),
        ("INSERT INTO categories VALUES ('cs.XX', 3, 1)", "table main categories"),
        ("UPDATE categories SET main = 0 WHERE row = 3", "missing from table main categories"),
        ("UPDATE segments SET first_row = 7", "begins at row 7|a paper but no vector"),
        ("UPDATE segments SET sha256 = 'abc'", "SHA-256"),
        ("UPDATE manifest SET document = replace(document, 'fake', 'faky')", "manifest"),
    ],
)
def test_what_does_not_fit_together_is_found(folder, statement, what):
    connection = sqlite3.connect(folder / "corpus.sqlite")
    connection.execute(statement)
    connection.commit()
    connection.close()
    problems = verify(folder)
    assert any(np.any([part in problem for part in what.split("|")]) for problem in problems), problems


def test_compacting_a_damaged_corpus_is_refused_and_changes_nothing(tmp_path, papers, fake, monkeypatch):
    monkeypatch.setattr(immutable, "_END", 1024)  # opening looks at the ends, compacting at all
    folder = tmp_path / "c"
    Corpus.build(papers, folder, encoder=fake).remove(papers[0].id)
    path = next(folder.glob("vectors-*"))
    flip(path, 4000, 1)
    before = {entry.name: entry.read_bytes() for entry in folder.glob("vectors-*")}
    with Corpus.open(folder, encoder=fake) as corpus, pytest.raises(CorpusDamaged, match="SHA-256"):
        corpus.compact()
    assert {entry.name: entry.read_bytes() for entry in folder.glob("vectors-*")} == before


@pytest.mark.parametrize("value", ["5", "null", "[]"])
def test_a_record_with_a_value_of_another_type_is_named(folder, value):
    connection = sqlite3.connect(folder / "corpus.sqlite")
    change = "UPDATE papers SET record = json_set(record, '$.title', json(?)) WHERE row = 3"
    connection.execute(change, (value,))
    connection.commit()
    connection.close()
    problems = verify(folder)
    assert any("row 3" in problem and "cannot be read" in problem for problem in problems), problems
    with (
        Corpus.open(folder) as corpus,
        pytest.raises(CorpusDamaged, match="the paper in row 3 cannot be read"),
    ):
        list(corpus)


# Somebody writes meanwhile


@pytest.fixture
def beside_a_writer(folder, monkeypatch):
    """Lets somebody write while each of so many states is verified, in which these problems are found."""
    problems_of, rounds = verification._problems, []

    def let(problems):
        def found(place):
            rounds.append(1)
            if len(rounds) > len(problems):
                return problems_of(place)
            with Corpus.open(folder, encoder=FakeEncoder()) as other:
                other.add(make_papers(1, start=500 + len(rounds)))
            return problems[len(rounds) - 1]

        monkeypatch.setattr(verification, "_problems", found)
        return rounds

    return let


def test_a_problem_of_a_state_that_is_no_more_is_none(folder, beside_a_writer):
    rounds = beside_a_writer([["one: the file is missing"], ["two: the file is missing"]])
    assert verify(folder) == []
    assert len(rounds) == 3


def test_one_that_the_next_state_has_as_well_is_one_and_told_alone(folder, beside_a_writer):
    beside_a_writer([["a", "damaged"], ["damaged", "b"]] + [["c"]] * 9)
    assert verify(folder) == ["damaged"]


def test_one_that_was_found_while_nothing_changed_is_one(folder):
    next(folder.glob("vectors-*")).unlink()
    assert "missing" in verify(folder)[0]


def test_where_each_state_has_another_nothing_can_be_said(folder, beside_a_writer):
    rounds = beside_a_writer([[f"{number}: the file is missing"] for number in range(99)])
    with pytest.raises(CorpusChanged, match=r"changed each of the 5 times.*when nobody writes"):
        verify(folder)
    assert len(rounds) == 5


def test_beside_a_writer_that_rewrites_all_vectors_the_state_that_is_verified_stays(folder, monkeypatch):
    """The files of a state that somebody reads are not deleted; and if they were, the next is looked at."""
    load = verification.load_segments
    rounds = []

    def loaded(connection):
        segments = load(connection)
        if not rounds:
            rounds.append(1)
            with Corpus.open(folder, encoder=FakeEncoder()) as other:
                other.add(make_papers(5, start=500))
                other.compact()
            for segment in segments:
                (folder / segment.file).unlink(missing_ok=True)
        return segments

    monkeypatch.setattr(verification, "load_segments", loaded)
    assert verify(folder) == []
    assert rounds

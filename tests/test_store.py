"""The store of a corpus: what it promises, that nobody goes around it, and what a state is asked instead."""

import ast
import re
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus
from recommender.corpus import names_by_id
from recommender.corpus.database import DATABASE, SCHEMA
from recommender.corpus.store import CorpusStore
from recommender.errors import CorpusDamaged, CorpusError, CorpusLocked, NotACorpus

ROOT = Path(__file__).parents[1]
INSIDE = sorted((ROOT / "recommender" / "corpus").glob("*.py"))
OUTSIDE = sorted(
    path
    for folder in ("recommender", "indexes", "scripts")
    for path in (ROOT / folder).rglob("*.py")
    if path not in INSIDE
)

CREATED = re.compile(r"CREATE (?:VIRTUAL )?TABLE (?:IF NOT EXISTS )?(\w+)")
NAMED = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE(?: IF NOT EXISTS)?) (?:main\.)?([a-z_]+)")
TABLES = set(CREATED.findall(SCHEMA))


def short(path):
    return str(path.relative_to(ROOT))


def texts(path):
    """Every text in a file, the fixed parts of f-strings among them, but for docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    plain = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in plain:
            yield node.lineno, node.value


def with_paths_and_stores(path):
    """Functions that take a folder and, beside it, what is open in it."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef):
            kinds = {
                argument.arg: ast.unparse(argument.annotation) if argument.annotation else ""
                for argument in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            }
            open_ones = [
                name for name, kind in kinds.items() if re.match(r"(sqlite3\.)?\w*(Connection|Store)\b", kind)
            ]
            if open_ones and any(name in ("folder", "path") for name in kinds):
                yield f"{short(path)}:{node.lineno} {node.name}"


def test_the_tables_are_those_of_the_schema():
    assert {"papers", "names", "segments", "manifest", "retired", "words", "postings"} <= TABLES
    assert len(TABLES) == 28


@pytest.mark.slow
def test_nobody_else_has_sql_on_the_tables_of_a_corpus():
    """A file may have a database of its own; one whose tables it makes itself, or its package does."""
    own = {path: set() for path in OUTSIDE}
    for path in OUTSIDE:
        for _, text in texts(path):
            for other in OUTSIDE:
                if other.parent == path.parent:
                    own[other] |= set(CREATED.findall(text))
    assert [
        f"{short(path)}:{line} {name}"
        for path in OUTSIDE
        if path.parent != ROOT / "scripts" / "crashing"  # reads the ledger of a batch job
        for line, text in texts(path)
        if re.search(r"\b(SELECT|INSERT|UPDATE|DELETE)\b", text)
        for name in NAMED.findall(text)
        if name in TABLES - own[path]
    ] == []


def test_nobody_else_has_a_way_to_ask_by_sql():
    """By the store of a state, or by one of their own."""
    assert [
        f"{short(path)}:{node.lineno}"
        for path in OUTSIDE
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if (
            isinstance(node, ast.Attribute)
            and node.attr in ("store", "execute")
            and "snapshot" in ast.unparse(node)
        )
        or (isinstance(node, ast.ImportFrom) and any(alias.name == "CorpusStore" for alias in node.names))
    ] == []


def test_no_function_takes_a_folder_and_what_is_open_in_it():
    """But the one that joins them for all others."""
    found = [place for path in INSIDE for place in with_paths_and_stores(path)]
    assert [
        place for place in found if not re.fullmatch(r"recommender/corpus/store\.py:\d+ __init__", place)
    ] == []
    assert len(found) == 1


# What it promises


@pytest.fixture
def folder(tmp_path):
    Corpus.build(make_papers(20), tmp_path / "c", encoder=FakeEncoder()).close()
    return tmp_path / "c"


def fail_halfway(store, error):
    with store.transaction():
        store.executemany("INSERT INTO tombstones VALUES (?)", [(101,), (102,)])
        raise error


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_transaction_is_all_or_nothing(folder, error):
    with CorpusStore.lock(folder), CorpusStore.write(folder) as store:
        with store.transaction():
            store.execute("INSERT INTO tombstones VALUES (?)", (100,))
        with pytest.raises(error):
            fail_halfway(store, error)
        assert store.column("SELECT row FROM tombstones").tolist() == [100]
        with store.transaction():  # the one that failed is over
            store.execute("DELETE FROM tombstones")
    with CorpusStore.read(folder) as store:
        assert (store.count("tombstones"), store.count("papers")) == (0, 20)


def test_a_state_stays_as_it_is_until_it_is_let_go(folder):
    with CorpusStore.read(folder) as before:
        Corpus.open(folder, encoder=FakeEncoder()).add(make_papers(5, start=20))
        assert before.count("papers") == 20
    with CorpusStore.read(folder) as after:
        assert after.count("papers") == 25
        assert after.manifest().next_row == 25


def test_one_who_has_the_lock_keeps_out_others(folder):
    with CorpusStore.lock(folder), pytest.raises(CorpusLocked), CorpusStore.lock(folder):
        pass


def test_what_the_system_refuses_under_the_lock_is_named(folder):
    with (
        pytest.raises(CorpusError, match=r"No space left.*what was committed before is safe"),
        CorpusStore.lock(folder),
    ):
        raise OSError(28, "No space left", "a file")


def test_a_store_that_was_closed_says_so(folder):
    store = CorpusStore.read(folder)
    lines = store.execute("SELECT row FROM papers")
    store.close()
    for ask in (
        lambda: store.execute("SELECT 1"),
        lambda: store.executemany("SELECT 1", [()]),
        lines.fetchone,
    ):
        with pytest.raises(CorpusError, match="this corpus was closed; open it again"):
            ask()
    store.close()


def read_all(store):
    for table in sorted(TABLES):
        list(store.execute(f"SELECT * FROM {table}"))


def damage(folder, page, until=None):
    """Zeros in the place of the pages from this one on, counted from 1."""
    path = folder / DATABASE
    with CorpusStore.write(folder) as store:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = store.execute("PRAGMA page_size").fetchone()
    content = path.read_bytes()
    first, last = (page - 1) * size, len(content) if until is None else (until - 1) * size
    path.write_bytes(content[:first] + bytes(last - first) + content[last:])


def test_damage_is_named_where_it_shows_at_once(folder):
    damage(folder, 3)  # the schema takes more pages than two
    with pytest.raises(CorpusDamaged, match="restore the file"):
        CorpusStore.read(folder)


@pytest.mark.parametrize("table", ["papers", "postings", "manifest"])
def test_damage_is_named_where_it_shows_later(folder, table):
    with CorpusStore.read(folder) as store:
        statement = "SELECT rootpage FROM sqlite_schema WHERE name = ?"
        (page,) = store.execute(statement, (table,)).fetchone()
    damage(folder, page, page + 1)
    with CorpusStore.read(folder) as store, pytest.raises(CorpusDamaged, match="restore the file"):
        read_all(store)


def test_a_statement_that_is_none_is_an_error_of_ours(folder):
    with CorpusStore.read(folder) as store, pytest.raises(CorpusError, match="syntax error"):
        store.execute("SELECT FROM WHERE")


def test_a_table_that_an_older_format_has_not_is_missed(folder):
    with CorpusStore.read(folder) as store:
        assert all(map(store.has, TABLES))
        assert not store.has("papers_key")
        assert not store.has("papers_day")  # an index


def test_a_manifest_comes_back_as_it_was_put(folder):
    with CorpusStore.lock(folder), CorpusStore.write(folder) as store:
        changed = store.manifest().replace(recall=0.5, unfinished=7)
        with store.transaction():
            store.set_manifest(changed)
        assert store.manifest() == changed
        with store.transaction():
            store.execute("UPDATE manifest SET document = replace(document, '0.5', '0.6')")
        with pytest.raises(CorpusDamaged, match="the manifest is not what was written"):
            store.manifest()
        with store.transaction():
            store.execute("DELETE FROM manifest")
        with pytest.raises(NotACorpus, match="build it again"):
            store.manifest()


@pytest.mark.parametrize("shared", [False, True])
def test_lines_come_one_by_one_or_many_at_a_time_and_all_of_them(folder, shared):
    numbers = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n LIMIT 1000) SELECT i FROM n"
    with CorpusStore.read(folder, shared=shared) as store:
        assert store.column(numbers).tolist() == list(range(1000))
        lines = store.execute(numbers)
        assert lines.fetchone() == (0,)
        assert lines.fetchmany(2) == [(1,), (2,)]
        assert [number for (number,) in lines] == list(range(3, 1000))
        assert lines.fetchone() is None
        assert store.execute(numbers).fetchall() == [(number,) for number in range(1000)]


# What a state is asked


@pytest.fixture
def snapshot(folder):
    with Corpus.open(folder, encoder=FakeEncoder()) as corpus:
        corpus.remove([paper.id for paper in make_papers(20)[3:5]])
        yield corpus.snapshot


def test_rows_are_those_of_papers(snapshot):
    assert snapshot.rows().tolist() == [0, 1, 2, *range(5, 20)]
    assert snapshot.keys() == {paper.key for paper in make_papers(20)[:3] + make_papers(20)[5:]}


def test_dates_are_days_and_nan_where_there_is_none(snapshot):
    papers = snapshot.papers([7, 0, 5])
    expected = [np.nan if paper.day is None else paper.day for paper in papers]
    np.testing.assert_array_equal(snapshot.dates([7, 0, 5]), expected)
    assert np.isnan(snapshot.dates([99])).all()
    assert snapshot.dates([]).shape == (0,)


def test_published_are_the_dates_as_they_are_written(snapshot):
    expected = {row: paper.published for row, paper in zip(snapshot.rows().tolist(), snapshot, strict=True)}
    assert snapshot.published() == {row: date for row, date in expected.items() if date}


def test_random_rows_are_the_same_each_time_and_never_excluded(snapshot):
    drawn = snapshot.random_rows(6, seed=3)
    assert drawn.tolist() == snapshot.random_rows(6, seed=3).tolist() == snapshot.by_key(drawn).tolist()
    assert len(set(drawn.tolist())) == 6
    others = snapshot.random_rows(12, excluding=drawn, seed=3)
    assert set(drawn.tolist()) | set(others.tolist()) == set(snapshot.rows().tolist())
    assert snapshot.random_rows(6, seed=4).tolist() != drawn.tolist()
    assert sorted(snapshot.random_rows(99).tolist()) == snapshot.rows().tolist()


def test_names_by_id_are_all_that_a_paper_is_called(snapshot):
    paper = snapshot.papers([5])[0]
    found = names_by_id(snapshot, [paper.id, "nobody", make_papers(20)[3].id])
    assert found == {paper.id: (5, sorted(paper.names))}


def test_facts_of_the_encoder_are_those_of_the_manifest(snapshot):
    fake = FakeEncoder()
    assert (snapshot.encoder_name, snapshot.encoder_fingerprint) == (fake.name, fake.fingerprint)
    assert (snapshot.dim, snapshot.precision, snapshot.unfinished) == (fake.dim, "float16", None)


def test_another_program_sees_the_tables_of_the_schema(folder):
    with sqlite3.connect(folder / DATABASE) as connection:
        tables = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
        }
    assert tables == TABLES

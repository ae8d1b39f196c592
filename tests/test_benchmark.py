"""The benchmark runs from end to end, tiny, and computes what it says: recall, agreement, medians, bars."""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest

from indexes import restore

SCRIPTS = Path(__file__).parents[1] / "scripts"


@pytest.fixture(autouse=True)
def scripts_on_the_path(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))


@pytest.fixture
def benchmark():
    return runpy.run_path(str(SCRIPTS / "benchmark.py"))


def unit_rows(n, dim, seed):
    vectors = np.random.default_rng(seed).standard_normal((n, dim))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


# The whole


@pytest.mark.slow
def test_sections_are_written_for_people_and_for_programs(benchmark, tmp_path, capsys):
    arguments = ["--scale", "tiny", "--out", str(tmp_path), "--work", str(tmp_path)]
    benchmark["main"]([*arguments, "--only", "indexes,answers,reasons,history"])
    benchmark["main"]([*arguments, "--only", "diversity"])

    report = json.loads((tmp_path / "benchmark.json").read_text("utf-8"))
    assert set(report["sections"]) == {"indexes", "answers", "reasons", "history", "diversity"}
    for section in report["sections"].values():
        assert section["machine"]["cores"] >= 1
        assert section["machine"]["versions"]["numpy"] == np.__version__
        assert section["scale"] == "tiny"
        for table in section["tables"]:
            assert table["rows"]
            assert all(len(row) == len(table["columns"]) for row in table["rows"])

    facts = report["sections"]["indexes"]["facts"]
    assert facts["600 ours, exact recall@10"] == 1
    assert facts["1500 ours, exact recall@10 filter 0.01"] == 1
    assert report["sections"]["answers"]["facts"]["1500 recall@10"] == 1

    facts = report["sections"]["reasons"]["facts"]
    assert {
        f"{corpus}, {what}" for corpus in ("sample", "1,500") for what in ("one paper", "readers")
    } == set(facts)
    assert all(ratio > 0 for ratio in facts.values())

    facts = report["sections"]["history"]["facts"]
    assert set(facts) == {"sample, 100 seen", "1,500, 100 seen", "1,500, 1,000 seen"}

    text = (tmp_path / "benchmark.md").read_text("utf-8")
    assert (
        text.index("## Bars")
        < text.index("## Indexes")
        < text.index("## Answers")
        < text.index("## Diversity")
    )
    assert "| minilm, times plain fp32 | >= 3 | - | not measured |" in text
    assert "faiss-cpu" in text
    assert "Whole answers" in capsys.readouterr().out
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["benchmark.json", "benchmark.md"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--only", "indexes,speed", "--quick"], "'speed' is no section; known: encoding, indexes"),
        (["--only", "indexes"], "give --data FOLDER, or --quick"),
        (["--data", "nowhere"], "nowhere holds no corpus_ml_minilm.npz"),
    ],
)
def test_a_wrong_option_is_one_clear_line(benchmark, arguments, told, capsys):
    with pytest.raises(SystemExit) as caught:
        benchmark["main"](arguments)
    assert caught.value.code == 2
    assert told in capsys.readouterr().err


# Its parts


def test_tasks_take_turns_and_slow_ones_stop_early():
    from benchmarks.timing import in_turn

    calls = []
    times = in_turn(
        {"a": lambda i: calls.append(("a", i)), "b": lambda i: calls.append(("b", i))}, calls=3, turn=2
    )
    warm_up = [("a", 0), ("b", 0)]
    assert calls == [*warm_up, ("a", 0), ("a", 1), ("b", 0), ("b", 1), ("a", 2), ("b", 2)]
    assert {name: taken.calls for name, taken in times.items()} == {"a": 3, "b": 3}
    assert in_turn({"slow": lambda i: None}, calls=50, limit_s=-1)["slow"].calls == 5


def test_quantiles_are_those_of_the_calls():
    from benchmarks.timing import Times

    times = Times([1.0, 2.0, 3.0, 4.0, 100.0])
    assert times.median == 3
    assert times.quantile(1) == 100


def test_recall_is_that_of_brute_force_and_leaves_out_the_query_itself():
    from benchmarks.index_kinds import Question

    truth = np.array([[7, 1, 2, 3], [8, 4, 5, 6]])
    question = Question(np.array([7, 8]), np.zeros((2, 3), np.float32), truth)
    assert question.recall([np.array([7, 1, 2, 3]), np.array([8, 4, 5, 6])], 3) == 1
    assert question.recall([np.array([7, 1, 9, 3]), np.array([4, 5, 6, 0])], 3) == pytest.approx(5 / 6)
    assert question.recall([np.array([7, 9, 2]), np.array([8, 9, 9])], 1) == 0


def test_the_truth_is_found_block_by_block(tmp_path):
    from benchmarks import index_kinds

    vectors = unit_rows(500, 12, 1).astype(np.float16)
    np.save(tmp_path / "v.npy", vectors)
    allowed = np.random.default_rng(0).random(500) < 0.8
    for mask in (None, allowed):
        question = index_kinds.ask(tmp_path / "v.npy", 6, seed=3, allowed=mask, block_size=70)
        cosines = question.queries @ restore(vectors).T
        if mask is not None:
            cosines[:, ~mask] = -2
        expected = np.argsort(-cosines, axis=1)[:, :200]
        np.testing.assert_array_equal(question.truth, expected)


def test_encoders_are_compared_with_the_plain_one():
    from benchmarks.encoding import compare

    table = unit_rows(40, 16, 1)
    other = unit_rows(40, 8, 2)
    encoders = {
        "plain": lambda part: table[[int(text) for text in part]],
        "same": lambda part: table[[int(text) for text in part]] * np.float32(1),
        "other": lambda part: other[[int(text) for text in part]],
    }
    rows, facts = compare(encoders, [str(number) for number in range(40)], plain="plain")
    assert [row[0] for row in rows] == ["plain", "same", "other"]
    assert facts["plain ratio"] == 1
    assert facts["plain agreement"] == facts["same agreement"] == 1
    assert rows[1][4] == pytest.approx(1)
    assert rows[2][4] is None
    near = [np.argsort(-(made @ made.T - 9 * np.eye(40)), axis=1)[:, :10] for made in (table, other)]
    shared = np.mean([len(set(a) & set(b)) / 10 for a, b in zip(*near, strict=True)])
    assert facts["other agreement"] == pytest.approx(shared)


def test_copies_of_a_paper_have_the_cosine_that_is_told(tmp_path):
    from benchmarks.data import make_vectors
    from benchmarks.scale import SCALES, Setting

    setting = Setting(SCALES["tiny"], None, tmp_path)
    vectors = np.load(make_vectors(setting, 15_000)).astype(np.float32)
    assert vectors.shape == (15_000, 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=2e-3)
    copies = (vectors[5_000:10_000] * vectors[10_000:]).sum(axis=1)
    assert copies.mean() == pytest.approx(0.9, abs=0.005)
    again = tmp_path / "again"
    again.mkdir()
    same = np.load(make_vectors(Setting(SCALES["tiny"], None, again), 15_000))
    np.testing.assert_array_equal(same, vectors.astype(np.float16))


def test_bars_say_what_was_reached_what_was_not_and_what_was_not_measured():
    from benchmarks.bars import bars_table
    from benchmarks.report import Section

    facts = {"1000000 p50 ms": 2.0, "1000000 recall@10": 0.95, "1000000 resident MB": 1200.0}
    rows = bars_table({"answers": Section([], facts)}, {"answers": "full"}).rows
    reached = {row[0]: row[3] for row in rows}
    assert reached["1M, whole answer, p50 ms"] == "yes"
    assert reached["1M, recall@10 of that answer's search"] == "NO"
    assert reached["1M, resident MB to serve"] == "yes"
    assert reached["1M, opening the corpus, ms"] == "not measured"
    rows = bars_table({"answers": Section([], facts)}, {"answers": "quick"}).rows
    assert "yes (scale quick)" in {row[3] for row in rows}


def test_a_missing_library_is_named_with_its_pip_line():
    from benchmarks.machine import missing

    assert missing(("numpy",)) == ""
    assert missing(("numpy", "no-such-thing")) == "pip install -c .ci/constraints.txt no-such-thing"


def test_tables_are_drawn_in_markdown():
    from benchmarks.report import Section, Table, markdown

    table = Table(
        "Speed", ["what", "ms"], [["a|b", 0.12345], ["c", None], ["d", 1234567.0], ["e", 7]], "A note."
    )
    assert markdown("All", Section([table])) == (
        "## All\n\n### Speed\n\nA note.\n\n"
        "| what | ms |\n| --- | --- |\n| a\\|b | 0.123 |\n| c | - |\n| d | 1,234,567 |\n| e | 7 |\n"
    )
    assert Section.from_dict(json.loads(json.dumps(Section([table], {"x": 1.5}).to_dict()))).facts == {
        "x": 1.5
    }


def test_a_failure_in_a_fresh_process_is_told():
    from benchmarks.fresh import in_fresh_process

    with pytest.raises(RuntimeError, match=r"fresh:no_such_function: .*no attribute 'no_such_function'"):
        in_fresh_process("fresh:no_such_function")

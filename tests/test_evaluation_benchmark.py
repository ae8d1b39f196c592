"""A benchmark's folder: what is read, ranked and written, and what is said of what is wrong with it."""

import gzip
import itertools
import json
import math

import pytest
from conftest import make_papers

from recommender.cli import main
from recommender.errors import SourceError
from recommender.evaluation import System, benchmark, compare, read_benchmark
from recommender.option_values import reading

PAPERS = make_papers(40)
TOPIC = [paper.id for paper in PAPERS[::4]]  # every fourth is of one topic
OTHERS = [paper.id for paper in PAPERS[1::4]]

pytestmark = pytest.mark.usefixtures("fake_by_name")


def json_lines(records):
    return "".join(json.dumps(record) + "\n" for record in records)


@pytest.fixture
def folder(tmp_path):
    """Two queries, one with a pool; three grades."""
    place = tmp_path / "benchmark"
    place.mkdir()
    (place / "papers.jsonl").write_text("".join(paper.to_json() + "\n" for paper in PAPERS))
    queries = [
        {"query": "all", "liked": TOPIC[:3]},
        {"query": "pooled", "liked": OTHERS[:3], "pool": [*OTHERS[2:8], *TOPIC[:6]]},
    ]
    (place / "queries.jsonl").write_text(json_lines(queries))
    judged = [("all", paper, 2) for paper in TOPIC[3:]] + [("pooled", paper, 1) for paper in OTHERS[3:8]]
    judged += [("pooled", paper, 0) for paper in TOPIC[:6]]
    (place / "qrels.tsv").write_text("".join(f"{q}\t{p}\t{g}\n" for q, p, g in judged))
    return place


@pytest.fixture
def run(capsys):
    def call(*arguments):
        status = main(["evaluate", *map(str, arguments)])
        captured = capsys.readouterr()
        return status, captured.out, captured.err.splitlines()

    return call


def read_run(path):
    return [line.split(" ") for line in path.read_text().splitlines()]


def test_a_folder_is_measured_and_its_run_written(run, folder, tmp_path):
    path = tmp_path / "x.run"
    status, out, _ = run(
        "--benchmark", folder, "--encoder", "fake", "--diversity", 0, "--json", "--run", path, "-k", 5
    )
    assert status == 0
    answer = json.loads(out)
    (system,) = answer["contenders"]
    assert (system["encoder"], system["diversity"], answer["queries"], answer["problems"]) == (
        "fake",
        0,
        2,
        [],
    )
    figures = system["measures"]
    assert {"nDCG@5", "nDCG@20%", "AP", "RR", "R@5", "R@100", "Kendall loss", "ILD@5"} <= set(figures)
    assert figures["RR"]["mean"] == 1  # the topics are far apart
    assert figures["Kendall loss"] | {"queries": 1, "mean": 0} == figures["Kendall loss"]
    lines = read_run(path)
    assert {(line[1], line[5]) for line in lines} == {("Q0", lines[0][5])}
    for name, papers in (
        ("all", {paper.id for paper in PAPERS} - set(TOPIC[:3])),
        ("pooled", {*OTHERS[2:8], *TOPIC[:6]}),
    ):
        of_query = [line for line in lines if line[0] == name]
        assert {line[2] for line in of_query} == papers
        assert len(of_query) == len(papers)
        assert [int(line[3]) for line in of_query] == list(range(1, len(papers) + 1))
        scores = [float(line[4]) for line in of_query]
        assert all(one > other for one, other in itertools.pairwise(scores))


def test_the_run_gives_the_figures_that_are_told(run, folder, tmp_path):
    """Diversity leaves scores out of order; the run must sort into the ranking all the same."""
    import ir_measures

    path = tmp_path / "x.run"
    options = ("--encoder", "fake", "--strategy", "mean", "--diversity", 0.6, "--json", "--run", path)
    _, out, _ = run("--benchmark", folder, *options)
    told = json.loads(out)["contenders"][0]["measures"]
    qrels = [
        ir_measures.Qrel(q, p, int(g))
        for q, p, g in map(str.split, (folder / "qrels.tsv").read_text().splitlines())
    ]
    found = ir_measures.calc_aggregate(
        [ir_measures.nDCG @ 10, ir_measures.AP], qrels, list(ir_measures.read_trec_run(str(path)))
    )
    assert {str(measure): pytest.approx(value) for measure, value in found.items()} == {
        name: told[name]["mean"] for name in ("nDCG@10", "AP")
    }


def test_papers_of_one_score_are_in_no_order(run, tmp_path):
    """None of six shares a word with the liked paper, and the scores of all are 0."""
    words = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta"]
    papers = [{"id": "liked", "title": "Omega"}, *({"id": word, "title": word} for word in words)]
    (tmp_path / "papers.jsonl").write_text(json_lines(papers))
    (tmp_path / "queries.jsonl").write_text(json_lines([{"query": "q", "liked": ["liked"], "pool": words}]))
    (tmp_path / "qrels.tsv").write_text("".join(f"q\t{word}\t{n}\n" for n, word in enumerate(words, 1)))
    options = ("--encoder", "fake", "--strategy", "lexical", "--diversity", 0, "--json")
    _, out, _ = run("--benchmark", tmp_path, *options)
    assert json.loads(out)["contenders"][0]["measures"]["Kendall loss"]["mean"] == 0.5


def test_all_combinations_are_compared_with_the_first(run, folder):
    options = ["--strategy", "mean", "--strategy", "nearest", "--diversity", 0, "--diversity", 0.3]
    status, out, _ = run("--benchmark", folder, "--encoder", "fake", *options)
    lines = [line.split(" | ") for line in out.splitlines() if line.startswith("| fake")]
    assert status == 0
    assert [(line[1], line[2]) for line in lines] == [
        ("mean", "0"), ("mean", "0.3"), ("nearest", "0"), ("nearest", "0.3"),
    ]  # fmt: skip
    assert "Holm's correction for 3" in out


def test_a_built_corpus_is_searched_instead(run, folder, corpus):
    (folder / "papers.jsonl").unlink()
    status, out, lines = run("--benchmark", folder, "--corpus", corpus.path, "--json")
    assert (status, lines) == (0, [])
    assert json.loads(out)["queries"] == 2
    status, _, (line,) = run("--benchmark", folder, "--corpus", corpus.path, "--encoder", "minilm")
    assert status == 2
    assert "the corpus decides" in line
    status, _, (line,) = run("--benchmark", folder, "--encoder", "fake")
    assert status == 1
    assert "no papers.jsonl" in line


@pytest.mark.parametrize(
    "text",
    [
        "query\tpaper\tgrade\nq\ta\t2\nq\tb\t0\n",
        "\ufeffq\ta\t2\r\nq\tb\t0\r\n",
        "q 0 a 2\nq 0 b 0\n",
        "rating\tuser\tdoc_id\n2\tq\ta\n0\tq\tb\n",
        "reader\twhat\thow much\nq\ta\t1\nq\ta\t2\n\nq\tb\t0\n",
        "score\titem\treader\n2\ta\tq\n0\tb\tq\n",
        "rating\twho\twhat\n2\tq\ta\n0\tq\tb\n",
        "query iter docid rel\nq 0 a 2\nq 0 b 0\n",
        "who iter what much\nq 0 a 2\nq 0 b 0\n",
    ],
)
def test_judgements_in_all_shapes(folder, text):
    (folder / "qrels.tsv").write_text(text, encoding="utf-8")
    assert read_benchmark(folder).grades == {"q": {"a": 2, "b": 0}}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("q\ta\tgood\nq\tb\t1", "the grade 'good' is no number"),
        ("q\ta\tnan\nq\tb\t1", "the grade 'nan' is no number"),
        ("q 0 a 1,5\nq 0 b 1", "the grade '1,5' is no number"),
        ("q\ta\nq\tb\t1", "2 columns, expected query, paper and grade"),
    ],
)
def test_a_first_line_that_is_wrong_is_no_header(folder, text, problem):
    (folder / "qrels.tsv").write_text(text)
    benchmark = read_benchmark(folder)
    assert benchmark.grades == {"q": {"b": 1}}
    assert benchmark.problems == (f"{folder / 'qrels.tsv'}, line 1: {problem}",)


def test_averaged_ratings_are_measured_and_the_rounding_is_told(run, folder):
    text = (folder / "qrels.tsv").read_text().replace("\t2\n", "\t3.66667\n")
    (folder / "qrels.tsv").write_text(text)
    status, out, lines = run("--benchmark", folder, "--encoder", "fake", "--json")
    assert status == 0
    assert "rounded to 0.001, as the grade 3.66667 is not" in lines[-1]
    assert json.loads(out)["queries"] == 2


def test_queries_in_all_shapes(folder):
    (folder / "qrels.tsv").write_text("u1\ta\t1\n7\ta\t1\nq3\ta\t1\n")
    records = [
        {"user": "u1", "liked": ["x", 5], "candidates": ["a", "b", "a"], "disliked": ["y"]},
        {"qid": 7, "seeds": "x", "pool": None},
        {"query": "a question", "id": "q3", "liked": ["x"]},
    ]
    (folder / "queries.jsonl").unlink()
    (folder / "queries.jsonl.gz").write_bytes(gzip.compress(json_lines(records).encode()))
    one, two, three = read_benchmark(folder).queries
    assert (one.name, one.profile.liked, one.profile.disliked, one.pool) == (
        "u1",
        ("x", "5"),
        ("y",),
        ("a", "b"),
    )
    assert (two.name, two.profile.liked, two.pool) == ("7", ("x",), None)
    assert three.name == "q3"


def test_what_cannot_be_used_is_named_and_the_rest_is_used(run, folder):
    with (folder / "queries.jsonl").open("a") as file:
        file.write('{"query": "no likes", "disliked": ["x"]}\nnot json\n[1]\n{"liked": ["x"]}\n')
        file.write(json_lines([{"query": "both", "liked": [TOPIC[0]], "disliked": [TOPIC[0]]}]))
        file.write(json_lines([{"query": "all", "liked": [TOPIC[0]]}, {"query": "mute", "liked": TOPIC[:1]}]))
        file.write(json_lines([{"query": "strange", "liked": ["nowhere"]}]))
    with (folder / "qrels.tsv").open("a") as file:
        file.write(f"all\tunheard\t1\nall\t{TOPIC[4]}\tgood\nall\t{TOPIC[4]}\nnobody\t{TOPIC[4]}\t1\n")
        file.write(f"strange\t{TOPIC[4]}\t1\n")
    status, out, lines = run("--benchmark", folder, "--encoder", "fake", "--json")
    assert status == 0
    assert json.loads(out)["queries"] == 2
    told = "\n".join(lines)
    for part in (
        "line 3: query 'no likes': the profile likes no paper",
        "line 4: is not JSON (Expecting value at character 1)",
        "line 5: is not a JSON object but an array",
        "line 6: no id",
        "line 7: query 'both': the profile both likes and dislikes",
        "line 8: there is a query 'all' already",
        "1 query (mute): without judgements",
        "1 query (nobody): judged but never asked",
        "the grade 'good' is no number",
        "2 columns, expected query, paper and grade",
        "1 judged papers are not in the corpus, left out: unheard",
        "1 liked or disliked papers are not in the corpus, not used: nowhere",
        "query 'strange': no paper 'nowhere'",
    ):
        assert part in told
    assert len(lines) == 13 + sum("to encode" in line for line in lines)


def test_a_pool_paper_that_is_unknown_comes_last_and_spelling_is_kept(run, folder, tmp_path):
    like, found, other = TOPIC[0], TOPIC[1], OTHERS[0]
    pool = ["nowhere", f"https://arxiv.org/abs/{found}v2", f"arXiv:{other}", f"arxiv:{like}", PAPERS[0].title]
    (folder / "queries.jsonl").write_text(json_lines([{"query": "q", "liked": [like], "pool": pool}]))
    (folder / "qrels.tsv").write_text(f"q\thttps://arxiv.org/abs/{found}v2\t1\n")
    status, _, lines = run("--benchmark", folder, "--encoder", "fake", "--run", tmp_path / "x.run")
    assert status == 0
    assert lines[-2].endswith("1 pooled papers are not in the corpus, ranked last: nowhere")
    of_title = PAPERS[0].title.replace(" ", "_")
    assert [line[2] for line in read_run(tmp_path / "x.run")] == [
        pool[1],
        pool[2],
        "nowhere",
        pool[3],
        of_title,
    ]


def test_what_the_profile_names_is_last_in_the_run_and_no_answer(run, folder, tmp_path):
    """The pool without them counts: a fifth of 10 is 2, of all 13 it would be 3."""
    like, dislike, seen = TOPIC[0], OTHERS[0], TOPIC[9]
    pool = [like, *TOPIC[1:6], dislike, *OTHERS[1:6], seen]
    query = {"query": "q", "liked": [like], "disliked": [dislike], "seen": [seen], "pool": pool}
    (folder / "queries.jsonl").write_text(json_lines([query]))
    judged = [PAPERS[0].title, seen, *TOPIC[1:4]]  # the liked one by its title
    (folder / "qrels.tsv").write_text("".join(f"q\t{paper}\t1\n" for paper in judged))
    path = tmp_path / "x.run"
    options = ("--encoder", "fake", "--strategy", "mean", "--diversity", 0, "--json", "--run", path)
    status, out, _ = run("--benchmark", folder, *options)
    assert status == 0
    lines = read_run(path)
    assert sorted(line[2] for line in lines) == sorted(pool)
    assert [line[2] for line in lines[-3:]] == [like, dislike, seen]
    scores = [float(line[4]) for line in lines]
    assert all(one > other for one, other in itertools.pairwise(scores))
    figures = json.loads(out)["contenders"][0]["measures"]
    places = [place for place, line in enumerate(lines) if line[2] in TOPIC[1:4]]
    gains = [1 / math.log2(place + 2) for place in range(3)]
    assert figures["nDCG@20%"]["mean"] == pytest.approx(
        sum(gains[p] for p in places if p < 2) / sum(gains[:2])
    )
    assert figures["R@10"]["mean"] == 1


def test_judgements_may_spell_a_paper_of_the_pool_in_another_way(run, folder):
    text = "".join(f"pooled\thttps://arxiv.org/abs/{paper}v3\t1\n" for paper in OTHERS[3:8])
    text += "".join(f"all\t{PAPERS[number].title}\t1\n" for number in range(12, 40, 4))
    (folder / "qrels.tsv").write_text(text)
    status, out, _ = run("--benchmark", folder, "--encoder", "fake", "--json")
    figures = json.loads(out)["contenders"][0]["measures"]
    assert status == 0
    assert (figures["R@100"]["queries"], figures["R@100"]["mean"]) == (2, 1)


@pytest.mark.parametrize(
    ("pool", "reason"),
    [
        ([], "the pool is empty"),
        (TOPIC[:2], "the pool holds only papers of the profile (2)"),
        (
            ["nowhere", TOPIC[0]],
            "none of the pool's 2 papers is in the corpus, but for 1 that are the profile's",
        ),
        (["nowhere"], "none of the pool's 1 papers is in the corpus"),
    ],
)
def test_a_pool_with_nothing_to_rank_is_named_and_not_measured(run, folder, pool, reason):
    with (folder / "queries.jsonl").open("a") as file:
        file.write(json_lines([{"query": "bare", "liked": TOPIC[:2], "pool": pool}]))
    with (folder / "qrels.tsv").open("a") as file:
        file.write(f"bare\t{TOPIC[5]}\t1\n")
    status, out, lines = run("--benchmark", folder, "--encoder", "fake", "--json")
    assert (status, json.loads(out)["queries"]) == (0, 2)
    assert lines[-1] == f"recommender: query 'bare': {reason}; it is not ranked, and not measured"


def test_more_seeds_than_are_compared_with_are_told_once(run, folder, monkeypatch):
    for module in ("engine.resolution", "evaluation.systems"):
        monkeypatch.setattr(f"recommender.{module}.MOST_SEEDS", 2)
    status, out, lines = run("--benchmark", folder, "--encoder", "fake", "--json")
    (note,) = [line for line in lines if "drawn evenly" in line]
    assert "2 queries have more than 2 liked or disliked papers" in note
    assert note.endswith("stand for all: all, pooled")
    assert (status, json.loads(out)["queries"]) == (0, 2)


def test_names_are_looked_up_once_for_a_corpus(folder, corpus, monkeypatch):
    """And not once for a query: a benchmark has thousands of names and hundreds of queries."""
    asked = []
    look = benchmark.find_rows_of
    monkeypatch.setattr(benchmark, "find_rows_of", lambda *given: asked.append(given) or look(*given))
    compare([System(corpus), System(corpus, "mean")], read_benchmark(folder))
    assert len(asked) == 1


def test_a_run_of_several_rankings_is_refused_before_anything_is_built(run, folder, fake_by_name):
    options = ("--encoder", "fake", "--strategy", "mean", "--strategy", "nearest", "--run", "x.run")
    status, _, lines = run("--benchmark", folder, *options)
    assert (status, fake_by_name.encoded) == (2, [])
    assert lines == ["recommender: --run x.run: 2 rankings are asked for; a run holds one"]


def test_ids_with_blanks_are_told_apart_in_a_run(run, tmp_path):
    papers = [
        {"id": "a b", "title": "alpha beta"},
        {"id": "a_b", "title": "alpha"},
        {"id": "c", "title": "beta"},
    ]
    (tmp_path / "papers.jsonl").write_text(json_lines(papers))
    (tmp_path / "queries.jsonl").write_text(json_lines([{"query": "q", "liked": ["c"]}]))
    (tmp_path / "qrels.tsv").write_text("q\ta b\t1\nq\ta_b\t0\n")
    path = tmp_path / "x.run"
    status, out, lines = run("--benchmark", tmp_path, "--encoder", "fake", "--run", path, "--json")
    assert status == 0
    assert {line[2] for line in read_run(path)} == {"a_b", "a_b_2"}
    assert "'a b' as a_b_2" in lines[-1]
    assert json.loads(out)["problems"] == [lines[-1].removeprefix("recommender: ")]


@pytest.mark.parametrize("text", ["", "query\tpaper\tgrade\n"])
def test_empty_judgements_are_one_line(run, folder, text):
    (folder / "qrels.tsv").write_text(text)
    status, out, (line,) = run("--benchmark", folder)
    assert (status, out) == (1, "")
    assert "qrels.tsv: holds no judgement" in line


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        ((), 2, "nothing to measure on"),
        (("--benchmark", "nowhere"), 1, "nowhere: no folder"),
        (("--benchmark", "FOLDER", "--strategy", "best"), 2, "'best' is no strategy; known: "),
        (("--benchmark", "FOLDER", "--diversity", "2"), 2, "must be between 0 and 1"),
        (("--benchmark", "FOLDER", "--encoder", "fake", "--diversity", "0", "--diversity", "1", "--run", "x"),
         2, "2 rankings are asked for; a run holds one"),
    ],
)  # fmt: skip
def test_wrong_usage_is_one_line(run, folder, arguments, status, message):
    found, _, lines = run(*(folder if argument == "FOLDER" else argument for argument in arguments))
    assert found == status
    assert message in lines[-1]
    assert len([line for line in lines if "to encode" not in line]) == 1


def test_nothing_to_measure_is_said(folder, corpus):
    (folder / "qrels.tsv").write_text("all\tunheard\t1\n")
    with pytest.raises(SourceError, match="no query has both"):
        compare([System(corpus)], read_benchmark(folder))


@pytest.mark.parametrize("grade", ["0", "-1"])
def test_grades_without_a_relevant_paper_are_one_line(run, folder, grade):
    text = "".join(f"all\t{paper}\t{grade}\n" for paper in TOPIC[3:])
    (folder / "qrels.tsv").write_text(text)
    status, out, lines = run("--benchmark", folder, "--encoder", "fake", "-k", 1)
    assert (status, out) == (1, "")
    (line,) = [line for line in lines if "to encode" not in line and "without judgements" not in line]
    assert str(folder) in line
    assert "no query has a relevant paper" in line


def test_ratings_all_below_zero_still_have_a_loss(run, folder):
    text = "".join(f"all\t{paper}\t{-number}\n" for number, paper in enumerate(TOPIC[3:]))
    (folder / "qrels.tsv").write_text(text)
    status, out, lines = run("--benchmark", folder, "--encoder", "fake", "--strategy", "mean")
    assert "| Kendall loss | 95% |" in out
    assert status == 0
    assert "no query has a relevant paper" in lines[-1]


def test_a_damaged_gzip_is_one_line(run, folder):
    whole = gzip.compress((folder / "queries.jsonl").read_bytes())
    (folder / "queries.jsonl").unlink()
    for damaged in (whole[:10] + b"\xff" * 8 + whole[18:], whole[:20]):
        (folder / "queries.jsonl.gz").write_bytes(damaged)
        status, out, (line,) = run("--benchmark", folder)
        assert (status, out) == (1, "")
        assert "queries.jsonl.gz: the gzip data is" in line


def test_a_query_over_the_limit_costs_itself(folder):
    lines = (folder / "queries.jsonl").read_text() + json.dumps({"query": "long", "liked": ["x" * 40_000]})
    (folder / "queries.jsonl").unlink()
    (folder / "queries.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    with reading(2**14):
        judged = read_benchmark(folder)
    assert [query.name for query in judged.queries] == ["all", "pooled"]
    assert any("line 3: is larger than 16kB" in note for note in judged.problems)


def test_the_same_twice(run, folder, tmp_path):
    both = [
        (
            run("--benchmark", folder, "--encoder", "fake", "--run", tmp_path / name),
            (tmp_path / name).read_bytes(),
        )
        for name in ("a", "b")
    ]
    assert both[0] == both[1]


def test_a_corpus_of_the_environment_does_not_take_the_place_of_the_papers(run, folder, monkeypatch):
    monkeypatch.setenv("RECOMMENDER_CORPUS", "nowhere")
    status, out, _ = run("--benchmark", folder, "--encoder", "fake", "--json")
    assert (status, json.loads(out)["contenders"][0]["encoder"]) == (0, "fake")

"""What a job avoids for all of its readers: each list is the reader's own with the same `--avoid`."""

import dataclasses
import json

import pytest
from conftest import FakeEncoder

from recommender import Corpus, Paper, Profile, Recommender
from recommender.batch import BatchOptions, preview_batch, recommend_frame, run_batch
from recommender.batch.avoided import Avoided
from recommender.batch.folder import OutFolder
from recommender.cli import main
from recommender.encoders import ENCODERS
from recommender.errors import BatchError, ParameterError
from recommender.profiles import LibraryPaper

SUBJECTS = {
    "graphs": ("graph", "network", "node", "edge", "message"),
    "robots": ("robot", "grasp", "motor", "gripper", "torque"),
    "birds": ("parrot", "feather", "song", "nest", "wing"),
}
PAPERS = [
    Paper(
        id=f"{subject}-{number}",
        title=f"Planning {number} with {subject}",
        abstract=f"Planning in rooms. {words[number % 5]} {words[(number + 2) % 5]} {number}.",
    )
    for subject, words in SUBJECTS.items()
    for number in range(12)
] + [
    Paper(id=f"plan-{number}", title=f"Planning {number} in rooms", abstract=f"A plan {number}.")
    for number in (1, 2)
]
TWICE = [
    Paper(id=f"twice-{who}", title="One title for two", abstract=f"{who} planned {who}.", authors=(who,))
    for who in ("Ann", "Zoe")
]
LACKED = Paper(id="elsewhere-1", title="A gripper of another library", abstract="robot gripper torque motor")
READERS = [
    {"user": "ann", "liked": ["plan-1", "plan-2"]},
    {"user": "bob", "liked": ["graphs-1"], "disliked": ["robots-2", "birds-1"], "avoid": ["feather"]},
    {"user": "cy", "interests": ["planning rooms"], "liked": ["birds-2", "no such paper"]},
    {"user": "dot", "liked": ["graphs-2", "robots-1"]},
    {"user": "eve", "interests": ["robots grasp", "planning"]},
    {"user": "fay", "liked": ["Planning 1 with robots"], "interests": ["robots grasp"]},
    {"user": "gil", "liked": ["zzqx-9"]},
    {"user": "hal", "liked": ["graphs-1"], "disliked": ["graphs-1"]},
]
AVOID = ("robots-1", "robots grasp")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    path = tmp_path_factory.mktemp("avoided") / "c"
    with Corpus.build([*PAPERS, *TWICE], path, encoder=FakeEncoder()) as corpus:
        yield corpus


@pytest.fixture(autouse=True)
def encoder(monkeypatch):
    monkeypatch.setitem(ENCODERS, "fake", lambda folder: FakeEncoder())


@pytest.fixture
def readers(tmp_path):
    path = tmp_path / "readers.jsonl"
    path.write_text("".join(f"{json.dumps(reader)}\n" for reader in READERS))
    return path


def job(readers, corpus, out, **options):
    options = {"k": 30, "format": "jsonl"} | options
    return run_batch(readers, corpus.path, out, BatchOptions(**options), workers=1)


def lines(report, name):
    return [json.loads(line) for line in (report.path / f"{name}.jsonl").read_text().splitlines()]


def ids_by_reader(report):
    found = {}
    for line in lines(report, "recommendations"):
        found.setdefault(line["user"], []).append(line["id"])
    return found


def reader(user):
    (found,) = (one for one in READERS if one["user"] == user)
    return Profile.from_dict(found)


def alone(corpus, user, disliked=(), avoid=()):
    profile = reader(user)
    more = {"disliked": (*profile.disliked, *disliked), "avoid": (*profile.avoid, *avoid)}
    return Recommender(corpus).recommend(dataclasses.replace(profile, **more), k=30).ids


# The lists


def test_each_list_is_the_readers_own_with_the_same(corpus, readers, tmp_path):
    plain = ids_by_reader(job(readers, corpus, tmp_path / "plain"))
    found = ids_by_reader(job(readers, corpus, tmp_path / "out", avoid=AVOID))
    assert found == {
        **{user: alone(corpus, user, ["robots-1"], ["robots grasp"]) for user in ("ann", "bob", "cy")},
        "dot": alone(corpus, "dot", (), ["robots grasp"]),
        "eve": alone(corpus, "eve", ["robots-1"]),
        "fay": alone(corpus, "fay"),
    }
    assert plain == {user: alone(corpus, user) for user in found}
    assert [user for user in found if found[user] != plain[user]] == ["ann", "bob", "cy", "dot", "eve"]


def test_who_likes_it_keeps_the_like_which_is_counted_and_named_once(corpus, readers, tmp_path):
    report = job(readers, corpus, tmp_path / "out", avoid=[*AVOID, "Planning 1 with robots"])
    wanted = [line for line in lines(report, "rejected") if "avoids" in line["reason"]]
    liked = "the job avoids it, and this reader likes it: it counts as liked"
    interest = "the job avoids what is an interest of this reader, and counts as that: 'robots grasp'"
    assert [(line["user"], line["paper"], line["reason"]) for line in wanted] == [
        ("dot", "Planning 1 with robots", liked),
        ("eve", "", interest),
        ("fay", "Planning 1 with robots", liked),
        ("fay", "", interest),
    ]
    counts = report.manifest["counts"]
    assert counts["wanted"] == 4
    assert counts["rejected"] == len(lines(report, "rejected"))
    # gil's and hal's are readers, cy's is a paper that could not be served.
    assert (report.rejected, report.left_out) == (7, 3)


def test_the_command_line_and_files_give_the_same(corpus, readers, tmp_path, capsys):
    listed = tmp_path / "no.json"
    disliked = ["robots-1", "robots-3", "No title of this corpus"]
    listed.write_text(json.dumps({"liked": ["birds-3"], "disliked": disliked}))
    library = tmp_path / "no.bib"
    library.write_text(
        "@article{smith2020, title = {Planning 5 with robots}}\n"
        f"@article{{lacked, title = {{{LACKED.title}}}, abstract = {{{LACKED.abstract}}}}}\n"
    )
    options = ["--avoid", str(listed), "--avoid", str(library), "--avoid", "robots grasp", "-k", "30"]
    where = ["--corpus", str(corpus.path), "--format", "jsonl"]
    assert main(["batch", str(readers), "--out", str(tmp_path / "out"), *options, *where]) == 0
    told = capsys.readouterr().err
    assert "avoid: 1 of 5 papers not in this corpus: 'No title of this corpus'" in told
    assert "avoid 'robots grasp': no paper of this corpus, taken as words" in told
    rows = (tmp_path / "out" / "recommendations.jsonl").read_text().splitlines()
    for user in ("ann", "bob", "cy"):
        assert main(["recommend", str(readers), "--name", user, *options, *where]) == 0
        single = [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()]
        assert [json.loads(row)["id"] for row in rows if json.loads(row)["user"] == user] == single
        assert single != ids_by_reader(job(readers, corpus, tmp_path / f"plain {user}"))[user]


def test_papers_that_are_brought_along_are_told_by_what_they_are(corpus, tmp_path):
    other = Paper(id="elsewhere-1", title="Songs of a parrot", abstract="parrot song feather wing")
    again = Paper(id="my-copy", title=LACKED.title, abstract=LACKED.abstract)
    likes = {"same": LACKED, "again": again, "other": other, "held": PAPERS[3]}
    path = tmp_path / "readers.jsonl"
    users = [{"user": name, "liked": [LibraryPaper(one).to_dict()]} for name, one in likes.items()]
    path.write_text("".join(f"{json.dumps(user)}\n" for user in users))
    report = job(path, corpus, tmp_path / "out", avoid=[LACKED])
    wanted = [(line["user"], line["paper"]) for line in lines(report, "rejected")]
    assert wanted == [("same", "elsewhere-1"), ("again", "elsewhere-1")]
    found, ask = ids_by_reader(report), Recommender(corpus)
    for name, one in likes.items():
        away = {} if name in ("same", "again") else {"disliked": [LACKED]}
        assert found[name] == ask.recommend(Profile(liked=[one], **away), k=30).ids


def test_a_frame_and_a_dry_run_give_the_same(corpus, readers, tmp_path):
    import pandas as pd

    options = {"k": 30, "avoid": [*AVOID, "9999.00001", "zzqx plork", "One title for two"]}
    report = job(readers, corpus, tmp_path / "out", **options)
    frame = recommend_frame(corpus, pd.DataFrame(READERS), **options)
    assert frame.groupby("user", sort=False)["id"].agg(list).to_dict() == ids_by_reader(report)
    written = []
    options = BatchOptions(**options, format="jsonl")
    made = preview_batch(readers, corpus.path, tmp_path / "dry", options, written.append)
    assert "".join(written) == (report.path / "recommendations.jsonl").read_text()
    assert made["counts"] == report.manifest["counts"]
    assert frame.attrs["warnings"] == made["warnings"] == report.manifest["warnings"]
    assert report.manifest["warnings"] == [
        "avoid: 'One title for two' stands for 2 papers (twice-Ann, twice-Zoe); give an id",
        "avoid: 1 of 3 papers not in this corpus: '9999.00001'",
        "avoid: no paper of this corpus holds any word of 'zzqx plork'",
    ]


# The job's record


def stopped(readers, corpus, out, monkeypatch, **options):
    with monkeypatch.context() as patch:
        patch.setattr(OutFolder, "finish", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            job(readers, corpus, out, **options)


def test_with_another_one_it_is_another_job(corpus, readers, tmp_path, monkeypatch):
    out = tmp_path / "out"
    stopped(readers, corpus, out, monkeypatch, avoid=AVOID)
    for other in ((), ["robots-1"], [*AVOID, "birds-1"]):
        with pytest.raises(BatchError, match=r"an unfinished job that is another one \(parameters.avoid"):
            job(readers, corpus, out, avoid=other)
    report = job(readers, corpus, out, avoid=AVOID[::-1])
    assert report.manifest["timings"]["blocks_done_before"] == 1
    assert report.manifest["parameters"]["avoid"]["count"] == 2
    assert not job(readers, corpus, out, avoid=[*AVOID, "robots-1"]).ran
    with pytest.raises(BatchError, match=r"a finished job that is another one \(parameters.avoid was"):
        job(readers, corpus, out)


def test_what_was_begun_before_there_was_such_an_option_goes_on(corpus, readers, tmp_path, monkeypatch):
    out = tmp_path / "out"
    stopped(readers, corpus, out, monkeypatch)
    record = json.loads((out / "unfinished" / "job.json").read_text())
    (counts,) = (out / "unfinished" / "parts").glob("*.counts")
    assert "avoid" not in record["parameters"]
    assert "wanted" not in json.loads(counts.read_text())["counts"]
    report = job(readers, corpus, out)
    assert report.manifest["timings"]["blocks_done_before"] == 1
    assert "wanted" not in report.manifest["counts"]


def test_it_is_the_same_in_any_order_and_by_all_that_a_paper_says():
    one = Avoided.of(["b c", LACKED, "a", LibraryPaper("x")])
    other = Avoided.of([LibraryPaper("x", ("Thesis",)), "a", "b c", " a ", LibraryPaper(LACKED), LACKED])
    assert one == other
    assert one.to_dict() == other.to_dict()
    assert len(one) == 4
    others = [["a"], [LibraryPaper("a")], ["a", "b c"], [dataclasses.replace(LACKED, abstract="Short.")]]
    digests = {Avoided.of(them).to_dict()["digest"] for them in (*others, [LACKED])}
    assert len(digests) == 5
    assert not Avoided.of(None)


@pytest.mark.parametrize("wrong", [[1], 7, [None], {"a": 1}, "", ["a", "  "]])
def test_what_is_neither_paper_nor_words_is_refused(wrong):
    with pytest.raises(ParameterError, match="no paper"):
        BatchOptions(avoid=wrong)


def test_a_file_that_is_not_there_is_refused(corpus, readers, tmp_path, capsys):
    command = ["batch", str(readers), "--corpus", str(corpus.path), "--out", str(tmp_path / "out")]
    assert main([*command, "--avoid", "nofile.txt"]) == 2
    assert capsys.readouterr().err.startswith("recommender: --avoid nofile.txt: no such file")
    assert not (tmp_path / "out").exists()

"""A ban: papers that nobody is shown, in whatever version, by whatever question."""

import csv
import json

import numpy as np
import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus, Paper, Profile, Recommender
from recommender.batch import BatchOptions, run_batch
from recommender.cli import main
from recommender.engine.ban import Ban
from recommender.errors import ParameterError

PAPERS = make_papers(60)
BANNED = PAPERS[6]
WORDS = "A robot arm learns to grasp what lies before it from a few shown motions, and is told how far. "
VERSIONS = [
    Paper(id="same-title", title=BANNED.title.upper(), abstract="Another abstract.", authors=("B. Other",)),
    Paper(id="same-abstract", title="Called otherwise", abstract=WORDS * 3, categories=("cs.RO",)),
    Paper(id="its-abstract", title="The other with it", abstract=WORDS * 3, categories=("cs.RO",)),
]
# All but the same text: another title, and an abstract of some words more.
NEARLY = Paper(
    id="nearly",
    title="By another name",
    abstract=f"{WORDS * 3} Nothing else was tried.",
    authors=("Somebody Else",),
    published="1990",
)


@pytest.fixture(scope="module")
def banning(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ban") / "corpus"
    with Corpus.build([*PAPERS, *VERSIONS, NEARLY], folder, encoder=FakeEncoder()) as corpus:
        yield corpus


READER = Profile(liked=[PAPERS[1].id, PAPERS[11].id], name="Ann")
BAN = [BANNED.id, "same-abstract"]
GONE = {BANNED.id, "same-title", "same-abstract", "its-abstract", "nearly"}

QUESTIONS = {
    "more_like": lambda ask, **options: ask.more_like(PAPERS[1].id, k=60, **options),
    "search": lambda ask, **options: ask.search("robot grasp protein", k=60, anyway=True, **options),
    "recommend": lambda ask, **options: ask.recommend(READER, k=60, **options),
    "recommend_many": lambda ask, **options: next(ask.recommend_many([READER], k=60, **options)),
    "between": lambda ask, **options: ask.between(PAPERS[1].id, PAPERS[2].id, k=60, **options),
    "but_not": lambda ask, **options: ask.but_not(PAPERS[1].id, PAPERS[2].id, k=60, **options),
    "rank": lambda ask, **options: ask.rank(READER, ask.corpus.snapshot.first_ids(99), **options),
}


def shown_by(found):
    return {paper.id for paper in (item.paper for item in found)}


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_version_of_a_banned_paper_is_shown_by_any_question(banning, question):
    ask, asked = Recommender(banning), QUESTIONS[question]
    free, found = shown_by(asked(ask)), shown_by(asked(ask, ban=BAN))
    if question != "rank":  # which ranks what it is asked, near-identical papers as well
        assert not found & GONE
        assert len(free & GONE) >= 2  # one of each
    else:
        assert not found & (GONE - {"nearly"})
    assert found  # and others are


def test_nor_by_what_lies_beyond(banning):
    ban = banning.snapshot.first_ids(99)[20:]
    fields = Recommender(banning).beyond(READER, ban=ban)
    assert not {paper.id for field in fields for paper in field.papers} & {*ban}


def test_a_ban_changes_nothing_else(banning):
    ask = Recommender(banning)
    free = [one for one in ask.recommend(READER, k=50, diversity=0) if one.paper.id not in GONE]
    banned = ask.recommend(READER, k=50, diversity=0, ban=BAN)
    scores = {one.paper.id: one.score for one in free}
    both = [one for one in banned if one.paper.id in scores]
    assert len(both) >= 40
    assert [one.score for one in both] == [scores[one.paper.id] for one in both]
    assert [one.confidence for one in both][:5] == [
        one.confidence for one in free if one.paper.id in {one.paper.id for one in both}
    ][:5]


def test_a_banned_paper_may_be_given_itself_or_as_it_was_recommended(banning):
    ask = Recommender(banning)
    listed = ask.more_like(PAPERS[1].id, k=3)
    lacked = Paper(title=BANNED.title, abstract="A draft that the corpus lacks.")
    for ban in (listed, listed[0], [listed[0].paper, lacked], listed.ids[0]):
        found = ask.more_like(PAPERS[1].id, k=60, ban=ban)
        assert listed.ids[0] not in found.ids
        assert found.problems == ()
    assert "same-title" not in ask.more_like(PAPERS[1].id, k=60, ban=[lacked]).ids


def test_what_is_banned_and_unknown_is_counted_and_named(banning):
    found = Recommender(banning).more_like(PAPERS[1].id, ban=["9999.00001", BANNED.id, "No such title"])
    assert found.problems == ("ban: 2 of 3 papers not in this corpus: '9999.00001', 'No such title'",)


@pytest.mark.parametrize("ban", [[1], 7, [None], {"a": 1}])
def test_what_is_no_paper_cannot_be_banned(banning, ban):
    with pytest.raises(ParameterError, match="no paper"):
        Recommender(banning).more_like(PAPERS[1].id, ban=ban)


def test_a_ban_is_the_same_in_any_order():
    one, other = Ban.of(["a", "b", PAPERS[0]]), Ban.of([PAPERS[0], "b", "a", "b"])
    assert one.digest == other.digest != Ban.of(["a", "b"]).digest
    assert not Ban.of(None)
    assert len(one) == 3


# On the command line


@pytest.fixture
def folder(banning, monkeypatch):
    from recommender.encoders import ENCODERS

    monkeypatch.setitem(ENCODERS, "fake", lambda folder: FakeEncoder())
    return str(banning.path)


def ids_in(text):
    return {json.loads(line)["id"] for line in text.splitlines() if line.startswith("{")}


COMMANDS = {
    "like": ["like", PAPERS[1].id],
    "search": ["search", "robot grasp protein", "--anyway"],
    "recommend": ["recommend", "--liked", PAPERS[1].id],
    "between": ["between", PAPERS[1].id, "--and", PAPERS[2].id],
    "rank": ["rank", "--liked", PAPERS[1].id],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_shows_what_a_file_bans(command, folder, tmp_path, capsys):
    ban, every = tmp_path / "ban.txt", tmp_path / "every.txt"
    ban.write_text("\n".join([*BAN, "9999.00001"]), "utf-8")
    every.write_text("\n".join(paper.id for paper in [*PAPERS, *VERSIONS]), "utf-8")
    more = ["--among", str(every)] if command == "rank" else []
    arguments = [*COMMANDS[command], "-k", "60", "--corpus", folder, "--format", "jsonl", *more]
    assert main([*arguments, "--ban", str(ban)]) == 0
    done = capsys.readouterr()
    assert ids_in(done.out)
    assert not ids_in(done.out) & GONE
    assert "ban: 1 of 3 papers not in this corpus: '9999.00001'" in done.err
    assert main([*arguments, "--ban", str(ban), "--strict"]) == 1


def test_a_library_of_any_format_bans_its_papers(folder, tmp_path, capsys):
    library = tmp_path / "no.bib"
    library.write_text(f"@article{{a, title = {{{BANNED.title}}}, year = 2020}}", "utf-8")
    assert (
        main(
            ["like", PAPERS[1].id, "-k", "60", "--corpus", folder, "--format", "jsonl", "--ban", str(library)]
        )
        == 0
    )
    assert not ids_in(capsys.readouterr().out) & {"same-title", f"arxiv:{BANNED.id}"}


def test_a_file_that_bans_nothing_is_refused(folder, tmp_path, capsys):
    empty = tmp_path / "empty.txt"
    empty.write_text("", "utf-8")
    assert main(["like", PAPERS[1].id, "--corpus", folder, "--ban", str(empty)]) == 2
    assert "--ban" in capsys.readouterr().err


def test_a_batch_job_shows_nobody_what_is_banned(folder, tmp_path):
    readers = tmp_path / "readers.jsonl"
    rows = [{"user": f"reader {place}", "liked": [PAPERS[place].id]} for place in (1, 2, 3)]
    readers.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    jobs = {}
    for name, ban in (("free", ()), ("banned", [*BAN, "9999.00001"])):
        report = run_batch(readers, folder, tmp_path / name, BatchOptions(k=60, format="csv", ban=ban))
        with (tmp_path / name / "recommendations.csv").open(encoding="utf-8") as file:
            jobs[name] = {line["id"] for line in csv.DictReader(file)}
        parameters = report.manifest["parameters"]
        assert parameters.get("ban", {}).get("papers") == (3 if ban else None)
        assert any("9999.00001" in line for line in report.manifest["warnings"]) == bool(ban)
    assert len(jobs["free"] & GONE) >= 3
    assert not jobs["banned"] & GONE


def test_banned_rows_are_those_of_all_versions(banning):
    snapshot = banning.snapshot
    rows = Ban.of(BAN).rows(snapshot)
    labels = {name for name, _ in snapshot.labels(rows.tolist()).values()}
    assert labels >= {"same-title", "same-abstract", "its-abstract"}
    assert np.all(np.diff(rows) > 0)


@pytest.mark.parametrize(("option", "command"), [("--ban", "like"), ("--among", "rank")])
def test_a_file_that_is_not_there_is_no_paper(capsys, option, command):
    who = ["1706.03762"] if command == "like" else ["Mei"]
    assert main([command, *who, option, "nofile.txt"]) == 2
    assert capsys.readouterr().err.startswith(f"recommender: {option} nofile.txt: no such file")

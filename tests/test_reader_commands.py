"""The commands on stored readers, as they are typed."""

import csv
import io
import json
import sqlite3
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from conftest import make_papers

from recommender import Corpus
from recommender.cli import main
from recommender.readership import (
    NewEdition,
    Readership,
    add_editions,
    cast_votes,
    closed_since,
    curate,
    decide,
    find_reader,
    last_opinion,
    stop,
    submit,
)

NOW = datetime(2026, 11, 29, 6, tzinfo=UTC)
PAPERS = make_papers(60)
IDS = [paper.id for paper in PAPERS]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("c") / "ml.corpus"
    with Corpus.build(PAPERS, folder, encoder="static"):
        pass
    return folder


@pytest.fixture
def place(built, tmp_path, monkeypatch):
    (tmp_path / "ml.corpus").symlink_to(built)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RECOMMENDER_CORPUS", str(built))
    return tmp_path


@pytest.fixture
def run(place, capsys):
    def command(line, *more):
        words = [*line.split(), *more]
        asks = words[0] in ("recommend", "like", "search")
        words += ["--readers", "readers.sqlite"] if "--as" in words or not asks else []
        status = main(words)
        told = capsys.readouterr()
        return status, told.out, told.err

    return command


def entry(**fields):
    return "\n".join(["@article{key,", *(f" {name} = {{{text}}}," for name, text in fields.items()), "}", ""])


def library(path, papers):
    named = ({"title": paper.title, "eprint": paper.id, "eprinttype": "arXiv"} for paper in papers)
    path.write_text("".join(entry(**fields) for fields in named))


def ids_in(text):
    return [json.loads(line)["id"] for line in text.splitlines()]


def test_a_reader_is_added_from_a_library_and_gets_its_list(run, place):
    library(place / "refs.bib", PAPERS[:6])
    status, out, _ = run("reader add Mei --from refs.bib --timezone Europe/Berlin --beyond 2")
    assert (status, out) == (0, "Mei: added to readers.sqlite\n  new: 6 papers liked\n")
    status, out, _ = run("recommend --as Mei -k 8 --format jsonl")
    stored = ids_in(out)
    assert (status, len(stored)) == (0, 8)
    status, out, _ = run("recommend refs.bib -k 8 --format jsonl")
    assert ids_in(out) == stored
    status, out, _ = run("reader list --format jsonl")
    assert json.loads(out) == {
        "name": "Mei",
        "mail": "",
        "stopped": "",
        "timezone": "Europe/Berlin",
        "beyond": 2,
        "liked": 6,
        "disliked": 0,
        "later": 0,
        "seen": 0,
        "interests": 0,
        "edition": "",
        "delivery": "",
    }


def test_the_file_lies_beside_the_corpus_where_none_is_named(place, built, capsys):
    assert main(["reader", "add", "Mei", "--words", "robots"]) == 0
    assert capsys.readouterr().out == f"Mei: added to {built.parent.resolve() / 'readers.sqlite'}\n"
    assert main(["reader", "list"]) == 0
    assert capsys.readouterr().out == "Mei: 1 interest\n"
    (built.parent / "readers.sqlite").unlink()


def test_a_library_that_changed(run, place):
    library(place / "refs.bib", PAPERS[:6])
    run("reader add Mei --from refs.bib")
    run("mark disliked", IDS[1], "--as", "Mei")
    assert run("reader add Mei --from refs.bib")[:2] == (
        0,
        "Mei: changed in readers.sqlite\n  new: nothing\n",
    )
    library(place / "refs.bib", PAPERS[2:8])
    _, out, err = run("reader add Mei --from refs.bib")
    assert out == "Mei: changed in readers.sqlite\n  new: 2 papers liked\n"
    # What was said by hand since is the reader's, and goes with no library.
    assert f"(in refs.bib no more: {IDS[0]}; it still counts, and --replace takes it back)" in err
    _, out, _ = run("reader show Mei")
    assert [line.split()[0] for line in out.splitlines()[1:]] == [*["liked"] * 7, "disliked"]
    _, out, err = run("reader add Mei --from refs.bib --replace")
    assert out == f"Mei: changed in readers.sqlite\n  new: nothing\n  taken back: {IDS[0]}\n"
    _, out, _ = run("reader export Mei")
    assert json.loads(out)["liked"] == IDS[2:8]
    run("undo --as Mei")
    _, out, _ = run("reader export Mei")
    assert len(json.loads(out)["liked"]) == 7
    library(place / "refs.bib", PAPERS[:8])
    assert run("reader add Mei --from refs.bib")[1].endswith("new: nothing\n")


def test_what_was_undone_comes_again_with_the_library(run, place):
    library(place / "refs.bib", PAPERS[:6])
    run("reader add Mei --from refs.bib")
    assert run("undo --as Mei")[1].count("Mei takes back 'liked': ") == 6
    assert run("reader add Mei --from refs.bib")[1].endswith("new: 6 papers liked\n")


def test_on_a_terminal_what_went_is_asked_about(run, place, monkeypatch):
    library(place / "refs.bib", PAPERS[:6])
    run("reader add Mei --from refs.bib")
    library(place / "refs.bib", PAPERS[:5])
    monkeypatch.setattr("recommender.cli.reader_add.is_asked", lambda: True)
    for answer, liked in (("n\n", 6), ("y\n", 5)):
        monkeypatch.setattr("sys.stdin", io.StringIO(answer))
        assert run("reader add Mei --from refs.bib")[0] == 0
        assert len(json.loads(run("reader export Mei")[1])["liked"]) == liked


def test_ratings_and_words_of_a_file_of_several_readers(run, place):
    lines = [
        {"user": "Bo", "liked": [IDS[3]]},
        {
            "user": "Mei",
            "liked": [IDS[0]],
            "disliked": [IDS[1]],
            "seen": [IDS[2]],
            "interests": ["robot arm"],
        },
    ]
    (place / "team.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    _, out, _ = run("reader add Mei --from team.jsonl")
    assert out.endswith("new: 1 paper liked, 1 paper disliked, 1 paper seen, 1 interest\n")
    _, out, err = run("reader add Kim --from team.jsonl")
    assert "holds 2 profiles; say whose with --name" in err
    assert json.loads(run("reader list --format jsonl")[1])["name"] == "Mei"  # nobody came to be half
    lines[1]["interests"] = ["protein folding"]
    (place / "team.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    _, out, _ = run("reader add Mei --from team.jsonl --replace")
    assert out.endswith("new: 1 interest\n  taken back: robot arm\n")
    assert json.loads(run("reader export Mei")[1])["interests"] == ["protein folding"]


def test_papers_that_a_corpus_lacks_are_told_and_count(run, place):
    own = {"abstract": "robot arm grasp motion torque", "doi": "10.5555/own"}
    text = entry(title="A grasp that nobody made", **own)
    (place / "refs.bib").write_text(text)
    status, out, err = run("reader add Mei --from refs.bib")
    assert (status, out.endswith("new: 1 paper liked\n")) == (0, True)
    assert "1 paper is not in this corpus: doi:10.5555/own" in err
    status, out, _ = run("recommend --as Mei -k 3 --format jsonl")
    by_id = {paper.id: paper for paper in PAPERS}
    assert {by_id[name].categories for name in ids_in(out)} == {("cs.RO",)}


def test_marks_are_taken_by_any_name_and_shape_the_list(run, place):
    status, out, err = run("mark liked --as Mei", IDS[0])
    assert (status, "no such file of readers; `recommender reader add NAME` makes one" in err) == (1, True)
    run("reader add Mei")
    status, out, err = run("recommend --as Mei")
    assert (status, "Mei likes no paper yet: recommender mark liked ID --as Mei" in err) == (1, True)
    status, out, err = run(
        "mark liked --as Mei", IDS[0], PAPERS[4].title, f"https://arxiv.org/abs/{IDS[8]}v7"
    )
    assert out == "".join(f"Mei, liked: {PAPERS[n].title} [{IDS[n]}]\n" for n in (0, 4, 8))
    before = ids_in(run("recommend --as Mei -k 10 --format jsonl")[1])
    run("mark later --as Mei", before[0])
    run("mark disliked --as Mei", before[1])
    run("mark seen --as Mei", before[2])
    after = ids_in(run("recommend --as Mei -k 10 --format jsonl")[1])
    assert not {*after} & {*before[:3]}
    for question in (f"like {IDS[12]}", "search robot"):
        plain = ids_in(run(f"{question} -k 60 --diversity 0 --format jsonl")[1])
        own = ids_in(run(f"{question} -k 60 --diversity 0 --as Mei --format jsonl")[1])
        assert own == [name for name in plain if name not in before[:3]]
    run("undo --as Mei")
    assert before[2] in ids_in(run("recommend --as Mei -k 60 --format jsonl")[1])


def test_the_papers_of_a_file_are_marked(run, place):
    library(place / "refs.bib", PAPERS[:2])
    (place / "ids.txt").write_text(f"{IDS[4]}\n")
    run("reader add Mei")
    status, out, err = run("mark later refs.bib ids.txt --as Mei")
    assert (status, err) == (0, "")
    assert out == "".join(f"Mei, saved for later: {PAPERS[n].title} [{IDS[n]}]\n" for n in (0, 1, 4))


def test_a_paper_of_no_corpus_may_be_marked_and_is_told(run):
    run("reader add Mei")
    status, out, err = run("mark later 2912.99999 --as Mei")
    assert (status, out) == (0, "Mei, saved for later: arxiv:2912.99999\n")
    assert "arxiv:2912.99999: no paper of this corpus; it is remembered all the same" in err
    assert "later      arxiv:2912.99999\n" in run("reader show Mei")[1]


def test_without_a_corpus_ids_are_taken_as_they_are(run, monkeypatch):
    monkeypatch.delenv("RECOMMENDER_CORPUS")
    assert run("reader add Mei --words robots")[0] == 0
    status, out, err = run("mark liked 2912.99999 --as Mei")
    assert (status, out, err) == (0, "Mei, liked: arxiv:2912.99999\n", "")
    assert run("history --as Mei --format jsonl")[1].count("\n") == 1


@pytest.mark.parametrize(
    ("line", "status", "why"),
    [
        ("recommend refs.bib --as Mei", 2, "PROFILE and --as are two readers; choose one"),
        ("recommend", 2, "give a PROFILE, --as NAME, or --liked"),
        ("like x --readers y", 2, "--readers says where the reader of --as is stored; there is no --as"),
        ("recommend --as Mai", 1, "no reader 'Mai' in readers.sqlite; nearest: Mei"),
        ("mark loved x --as Mei", 2, "'loved' is not one of"),
        ("mark liked x.bib --as Mei", 2, "no such file"),
        ("mark liked x", 2, "Missing option '--as'"),
        ("reader add Mei --mail nobody", 2, "is no address that mail can be sent to"),
        ("reader add Mei --timezone Mars", 2, "'Mars' is no time zone"),
        ("reader add Mei --words a --avoid a", 2, "is both in --words and in --avoid"),
        ("reader add Mei --replace", 2, "--replace is about a library; name it with --from"),
        ("reader forget Mei", 2, "this forgets Mei for good; add --yes"),
        ("reader rename Mei Bo", 2, "'Bo' is another reader"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(run, place, line, status, why):
    library(place / "refs.bib", PAPERS[:2])
    run("reader add Mei")
    run("reader add Bo")
    found, out, err = run(line)
    assert (found, out) == (status, "")
    assert why in err
    assert err.count("\n") == 1


def edition(place, built, shown, *, name="Mei"):
    with Corpus.open(built) as corpus, Readership.job(place / "readers.sqlite") as readers:
        mei = find_reader(readers, name)
        papers = corpus.snapshot.papers(range(shown))
        new = NewEdition(
            *(mei, "day", "2026-11-29", NOW, 0, last_opinion(readers, mei), {"n": 1}, place / "out" / "mei"),
            shown=[(paper.id, paper.title) for paper in papers],
        )
        return add_editions(readers, [new], corpus.snapshot)[0]


def test_why_says_what_changed_and_by_which_opinion(run, place, built):
    run("reader add Mei")
    run("mark liked --as Mei", *IDS[0:12:4])
    edition(place, built, 3)
    assert run("why --as Mei")[1] == (
        "Mei said nothing since the edition of 2026-11-29: no opinion changed the list\n"
    )
    before = ids_in(run("recommend --as Mei -k 5 --format jsonl")[1])
    robots = [paper.id for paper in PAPERS if paper.categories == ("cs.RO",)]
    run("mark liked --as Mei", *robots[:2])
    run("mark seen --as Mei", before[0])
    after = ids_in(run("recommend --as Mei -k 5 --format jsonl")[1])
    found = json.loads(run("why --as Mei -k 5 --format json")[1])
    assert found["since"] == {"day": "2026-11-29", "span": "day"}
    assert {one["paper"] for one in found["opinions"]} == {
        *robots[:2],
        before[0],
    }
    changed = {one["id"]: (one["before"], one["now"]) for one in found["papers"]}
    assert changed == {
        **{name: (None, after.index(name) + 1) for name in after if name not in before},
        **{name: (before.index(name) + 1, None) for name in before if name not in after},
    }
    # By hand: without each of the three, the list is made once more.
    made = {}
    for kept in range(3):
        opinions = [("liked", robots[0]), ("liked", robots[1]), ("seen", before[0])]
        del opinions[kept]
        liked = [*IDS[0:12:4], *(name for kind, name in opinions if kind == "liked")]
        seen = [name for kind, name in opinions if kind == "seen"]
        profile = place / f"{kept}.json"
        profile.write_text(json.dumps({"liked": liked, "seen": seen}))
        left_out = [robots[0], robots[1], before[0]][kept]
        made[left_out] = ids_in(run(f"recommend {profile} -k 5 --format jsonl")[1])
    for one in found["papers"]:
        was_there = one["before"] is not None
        assert {by["paper"] for by in one["by"]} == {
            name for name, ids in made.items() if (one["id"] in ids) == was_there
        }
    (title,) = (paper.title for paper in PAPERS if paper.id == before[0])
    assert f"because seen: {title} [{before[0]}]" in run("why --as Mei -k 5")[1]


def test_history_tells_opinions_and_editions_in_order(run, place, built):
    run("reader add Mei")
    edition(place, built, 2)
    run("mark liked --as Mei", IDS[0])
    run("mark disliked --as Mei", IDS[0])
    run("undo --as Mei")
    lines = run("history --as Mei")[1].splitlines()
    assert [line[18:] for line in lines] == [
        "edition of 2026-11-29 (day)",
        f"liked: {PAPERS[0].title} [{IDS[0]}] (command)",
        f"not liked: {PAPERS[0].title} [{IDS[0]}] (command)",
        f"liked: {PAPERS[0].title} [{IDS[0]}] (undo)",
    ]
    assert len(run("history --as Mei -k 1")[1].splitlines()) == 1


def test_history_is_in_one_zone_the_readers(run, place, built):
    run("reader add Mei --timezone Asia/Tokyo")
    edition(place, built, 2)
    run("mark liked --as Mei", IDS[0])
    stored = [json.loads(line)["at"] for line in run("history --as Mei --format jsonl")[1].splitlines()]
    told = [line[:16] for line in run("history --as Mei")[1].splitlines()]
    there = [datetime.fromisoformat(at).astimezone(ZoneInfo("Asia/Tokyo")) for at in stored]
    assert told == [f"{at:%Y-%m-%d %H:%M}" for at in there]


def test_an_export_is_a_profile_and_with_all_everything(run, place, built):
    library(place / "refs.bib", PAPERS[:3])
    run("reader add Mei --words parsing --avoid protein --from refs.bib --mail mei@example.org")
    edition(place, built, 2)
    with Readership.open(place / "readers.sqlite") as readers:
        mei = find_reader(readers, "Mei")
        cast_votes(readers, mei, IDS[7], at=NOW)
        submit(readers, [PAPERS[8], "2912.99999"], reader=mei, at=NOW)
        submit(readers, IDS[9], at=NOW)
        for curator in ("Mei", "Bo"):
            curate(readers, "2026-11-28", IDS[6], curator=curator, at=NOW)
    assert run("reader export Mei --out mei.json")[1] == "mei.json: Mei\n"
    stored = ids_in(run("recommend --as Mei --format jsonl")[1])
    assert ids_in(run("recommend mei.json --format jsonl")[1]) == stored
    whole = json.loads(run("reader export Mei --all")[1])
    assert whole["reader"]["mail"] == "mei@example.org"
    assert [one["words"] for one in whole["interests"]] == ["parsing", "protein"]
    assert ([one["id"] for one in whole["opinions"]], len(whole["shown"])) == (
        IDS[:3],
        2,
    )
    assert whole["editions"][0]["listing"] == {"n": 1}
    assert [one["paper"] for one in whole["votes"]] == [f"arxiv:{IDS[7]}"]
    assert [one["record"] and one["record"]["title"] for one in whole["submissions"]] == [
        PAPERS[8].title,
        None,
    ]
    assert [(one["day"], one["curator"]) for one in whole["days"]] == [("2026-11-28", "Mei")]


def test_a_list_of_readers_for_a_spreadsheet(run):
    run("reader add =Mei --mail mei@example.org")
    rows = [*csv.DictReader(io.StringIO(run("reader list --format csv")[1]))]
    assert [(row["name"], row["mail"], row["liked"]) for row in rows] == [("'=Mei", "mei@example.org", "0")]


def test_an_address_that_said_stop_gets_no_mail_until_it_is_resumed(run, place):
    run("reader add Mei --mail mei@example.org")
    with Readership.open(place / "readers.sqlite") as readers:
        stop(readers, find_reader(readers, "Mei"), how="reply", at=NOW)
    assert "mei@example.org wanted no more mail (2026-11-29)" in run("reader add Mei --beyond 1")[2]
    assert "(stopped)" in run("reader list")[1]
    assert run("reader add Mei --resume")[2] == ""
    with Readership.read(place / "readers.sqlite") as readers:
        assert (closed_since(readers, "mei@example.org"), find_reader(readers, "Mei").stopped) == ("", "")


def test_a_feed_address_is_printed_and_revoked(run):
    run("reader add Mei")
    first = run("reader feed Mei")[1]
    assert first.startswith("feeds/")
    assert first.endswith("/feed.atom\n")
    assert run("reader feed Mei")[1] == first
    assert run("reader feed Mei --revoke")[1] != first


# Forgetting


def bytes_of(folder):
    """The bytes of all files that SQLite may have written."""
    return b"".join(
        path.read_bytes() for path in folder.iterdir() if path.is_file() and "readers" in path.name
    )


def test_a_forgotten_reader_leaves_no_byte(run, place, built):
    name, words, mail = "Zuzanna Qvist", "xylophonic quasars", "zuzanna@qvist.example"
    own = "Whispered lullabies for orphaned zeppelins"
    (place / "refs.bib").write_text(entry(title=own, abstract="Zeppelins sleep badly", doi="10.5555/zep"))
    library(place / "other.bib", PAPERS[50:55])
    run("reader add Bo --from other.bib")
    before = run("reader export Bo --all")[1]
    library(place / "more.bib", PAPERS[10:40])
    run("reader add --words", words, "--mail", mail, "--from", "refs.bib", name)
    run("reader add --from more.bib", name)
    run("mark disliked 2912.99999 --as", name)
    with Corpus.open(built) as corpus, Readership.job(place / "readers.sqlite") as readers:
        reader = find_reader(readers, name)
        for day in range(1, 29):
            papers = corpus.snapshot.papers([day])
            new = NewEdition(
                *(reader, "day", f"2026-11-{day:02d}", NOW, 0, 0, {"for": name, "noise": own * 99}),
                folder=place / "out" / "zuzanna-qvist",
                shown=[(paper.id, paper.title) for paper in papers],
            )
            add_editions(readers, [new], corpus.snapshot)
        asked = submit(readers, ["2912.77777", PAPERS[3].id], reader=reader, at=NOW).new
        decide(readers, asked[0].number, "declined", said="Sorry, Mx Qvist.", at=NOW)
        cast_votes(readers, reader, ["2912.88888", PAPERS[3].id], at=NOW)
        curate(readers, "2026-11-30", ["2912.66666"], curator=name, sentence="Zeppelins!", at=NOW)
    told = [name, words, mail, "zuzanna", "zeppelins", "10.5555/zep", "2912.99999", "Qvist"]
    told += ["2912.88888", "2912.66666"]
    assert all(text.lower().encode() in bytes_of(place).lower() for text in told)
    (place / "out" / "zuzanna-qvist").mkdir(parents=True)
    status, out, _ = run("reader forget --yes", name)
    assert status == 0
    assert out == (
        f"{name} is forgotten: 32 opinions, 28 editions, 28 impressions\n"
        "  2 votes and 1 list for a day went as well\n"
        "  without the name stay 2 submissions\n"
        f"  files that were written stay there: {place.resolve() / 'out' / 'zuzanna-qvist'}\n"
    )
    left = bytes_of(place).lower()
    assert b"2912.77777" in left  # others decide on it
    assert [text for text in told if text.lower().encode() in left] == []
    # Neither of the papers that nobody else was shown or spoke of.
    assert [paper.id for paper in PAPERS[10:40] if paper.id.encode() in left] == []
    assert run("reader export Bo --all")[1] == before
    there = sorted(path.name for path in place.glob("readers.sqlite*"))
    assert there == ["readers.sqlite", "readers.sqlite.lock"]


def test_what_an_older_version_deleted_and_left_goes_with_the_reader(run, place, built, capsys):
    """Before there were readers nothing that was deleted was overwritten."""
    users = [{"user": f"Zuzanna Qvist {number}", "liked": [IDS[0]]} for number in range(60)]
    (place / "team.jsonl").write_text("".join(f"{json.dumps(user)}\n" for user in users))
    arguments = ["--corpus", str(built), "--out", "runs/monday", "--workers", "1"]
    assert main(["batch", "team.jsonl", *arguments, "--ledger", "readers.sqlite"]) == 0
    with sqlite3.connect(place / "readers.sqlite") as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("DELETE FROM shown WHERE user LIKE '%1'")
    connection.close()
    capsys.readouterr()
    run("reader add", "Zuzanna Qvist 0")
    assert b"Zuzanna Qvist 31" in bytes_of(place)
    assert run("reader forget --yes", "Zuzanna Qvist 0")[0] == 0
    left = bytes_of(place)
    assert (b"Zuzanna Qvist 31" in left, b"Zuzanna Qvist 32" in left) == (False, True)


def test_a_name_that_was_changed_leaves_no_byte(run, place, built):
    run("reader add Zuzanna --words quasars")
    edition(place, built, 20, name="Zuzanna")
    assert b"Zuzanna" in bytes_of(place)
    run("reader rename Zuzanna Mei")
    assert b"Zuzanna" not in bytes_of(place)


def test_a_reader_of_a_batch_job_is_forgotten_with_its_folder_named(run, place, built, capsys):
    (place / "team.jsonl").write_text(json.dumps({"user": "Mei", "liked": [IDS[0]]}) + "\n")
    run("reader add Mei")
    arguments = ["--corpus", str(built), "--out", "runs/monday", "--workers", "1", "--format", "jsonl"]
    assert main(["batch", "team.jsonl", *arguments, "--ledger", "readers.sqlite"]) == 0
    capsys.readouterr()
    shown = (place / "runs" / "monday" / "recommendations.jsonl").read_text()
    _, out, _ = run("reader forget Mei --yes")
    assert out == (
        "Mei is forgotten: 0 opinions, 0 editions, 10 impressions\n"
        f"  files that were written stay there: {place.resolve() / 'runs' / 'monday'}\n"
    )
    assert not [name for name in ids_in(shown) if name.encode() in bytes_of(place)]

"""The command `curate`, as it is typed, and days that come out of files."""

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from conftest import make_papers

from recommender import Corpus
from recommender.cli import curating, main
from recommender.errors import ParameterError, ReadershipError
from recommender.readers import DailyLists, ListedPaper, read_daily_lists
from recommender.readership import (
    Readership,
    community_of,
    curate,
    curated_days,
    import_days,
    signals_of,
)

SHARED = Path(__file__).parents[2] / "shared" / "data"
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
PAPERS = make_papers(30)
A, B, C = (paper.id for paper in PAPERS[:3])


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("c") / "ml.corpus"
    with Corpus.build(PAPERS, folder, encoder="static"):
        pass
    return folder


@pytest.fixture
def run(built, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(curating, "now", lambda: NOW)

    def command(*words):
        status = main([*words, "--readers", "readers.sqlite", "--corpus", str(built)])
        told = capsys.readouterr()
        return status, told.out, told.err

    return command


def days():
    with Readership.read("readers.sqlite") as file:
        return {(one.day, one.curator): [paper.paper for paper in one.papers] for one in curated_days(file)}


def community(built):
    with Corpus.open(built) as corpus, Readership.read("readers.sqlite") as file:
        return community_of(file, corpus.snapshot)


def daily(*papers, day="2026-11-27"):
    return [
        {
            "paper": {
                "id": name,
                "title": title,
                "summary": "x",
                "upvotes": upvotes,
                "submittedOnDailyAt": f"{day}T00:00:00.000Z",
            }
        }
        for name, title, upvotes in papers
    ]


def write(name, entries):
    Path(name).write_text(json.dumps(entries))


def test_papers_are_chosen_in_an_order_with_a_sentence(run, built):
    status, out, err = run("curate", "2026-11-30", C, A, "--by", "Mei", "--sentence", "Two are enough.")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "2026-11-30, chosen by Mei: 2 papers",
        f"  1. {PAPERS[2].title} [{C}]",
        f"  2. {PAPERS[0].title} [{A}]",
    ]
    (day,) = community(built).days
    assert (day.day, day.curator, day.sentence) == ("2026-11-30", "Mei", "Two are enough.")
    assert day.rows == (2, 0)


def test_papers_of_a_file_and_by_title(run):
    Path("ids.txt").write_text(f"{B}\n{A}\n")
    assert run("curate", "today", PAPERS[2].title, "ids.txt", "--by", "Mei")[0] == 0
    assert days() == {("2026-11-30", "Mei"): [C, B, A]}


def test_a_second_list_of_a_day_is_refused_by_name_and_another_curator_stands_beside(run):
    run("curate", "2026-11-30", A, "--by", "Mei")
    status, out, err = run("curate", "2026-11-30", B, "--by", "Mei")
    assert (status, out) == (1, "")
    assert re.search(r"'Mei' has another list for 2026-11-30 already", err)
    assert run("curate", "2026-11-30", A, "--by", "Mei")[1].startswith(
        "2026-11-30, chosen by Mei: 1 paper, as it was"
    )
    assert run("curate", "2026-11-30", B, "--by", "Ann")[0] == 0
    assert run("curate", "2026-11-30", B, "--by", "Mei", "--replace")[0] == 0
    assert days() == {("2026-11-30", "Ann"): [B], ("2026-11-30", "Mei"): [B]}


def test_a_list_is_withdrawn(run):
    run("curate", "2026-11-30", A, "--by", "Mei")
    run("curate", "2026-11-30", B, "--by", "Ann")
    assert run("curate", "2026-11-30", "--withdraw", "--by", "Mei")[:2] == (
        0,
        "2026-11-30, chosen by Mei: 1 paper, withdrawn\n",
    )
    assert days() == {("2026-11-30", "Ann"): [B]}
    status, _, err = run("curate", "2026-11-30", "--withdraw", "--by", "Mei")
    assert (status, "there are those of Ann" in err) == (1, True)


def test_a_chosen_paper_that_the_corpus_lacks_is_kept_and_told(run, built):
    status, out, err = run("curate", "2026-11-30", "2611.99999", A, "--by", "Mei")
    assert (status, out.splitlines()[1]) == (0, "  1. arxiv:2611.99999")
    assert err == (
        "recommender: arxiv:2611.99999: no paper of this corpus; it is kept, and comes when `add` has it\n"
    )
    assert run("curate", "2026-11-29", "2611.99999", "--by", "Mei", "--strict")[0] == 1
    assert [day.missing for day in community(built).days] == [("arxiv:2611.99999",)] * 2


@pytest.mark.parametrize(
    ("day", "says"),
    [
        ("2026-12-02", "2026-12-02 is still to come, and nobody knows"),
        ("2027-01-01", "2027-01-01 is still to come"),
        ("2026-11-31", "'2026-11-31' is no day; write YYYY-MM-DD, today or yesterday"),
        ("2026-11", "'2026-11' is no day"),
        (A, "is no day"),
        ("", "'' is no day"),
    ],
)
def test_a_day_that_is_none_or_still_to_come_is_refused(run, day, says):
    status, out, err = run("curate", day, B, "--by", "Mei")
    assert (status, out, len(err.splitlines())) == (2, "", 1)
    assert says in err
    assert not Path("readers.sqlite").exists()


def test_the_latest_day_is_that_of_where_it_begins_first():
    assert curating.latest_day(datetime(2026, 11, 30, 9, 59, tzinfo=UTC)) == date(2026, 11, 30)
    assert curating.latest_day(datetime(2026, 11, 30, 10, 0, tzinfo=UTC)) == date(2026, 12, 1)


@pytest.mark.parametrize(
    "words",
    [
        ["2026-11-30"],
        [],
        ["2026-11-30", "--withdraw", A],
        ["--withdraw"],
        ["2026-11-30", "--withdraw", "--replace"],
        ["2026-11-30", A, "--measured", "2026-11-30"],
        ["2026-11-30", A, "--from", "daily.json"],
        ["2026-11-30", "--from", "daily.json", "--withdraw"],
    ],
)
def test_two_wishes_at_once_and_none_are_wrong_usage(run, words):
    status, out, err = run("curate", *words, "--by", "Mei")
    assert (status, out, len(err.splitlines())) == (2, "", 1)


def test_a_file_of_daily_papers_becomes_days_and_upvotes(run, built):
    entries = [
        *daily((A, PAPERS[0].title, 12), ("2611.00002", "Loons", 3)),
        *daily((B, PAPERS[1].title, None), ("2611.00002", "Loons", 3), day="2026-11-28"),
    ]
    write("daily.json", entries)
    status, out, err = run("curate", "--from", "daily.json", "--by", "HF")
    assert (status, out) == (
        0,
        "daily.json: 2 days, 3 papers, chosen by HF; upvotes of 2 papers, measured on 2026-11-30\n",
    )
    assert err == (
        "recommender: 1 paper is not in this corpus, and kept until it has them (recommender add daily.json "
        f"--corpus {built}): arxiv:2611.00002\n"
    )
    found = community(built)
    assert [(day.day, day.rows, day.missing) for day in found.days] == [
        ("2026-11-27", (0,), ("Loons",)),
        ("2026-11-28", (1,), ("Loons",)),
    ]
    assert [(one.row, one.name, one.value, one.day) for one in found.signals] == [
        (0, "upvotes", 12.0, "2026-11-30")
    ]


def test_again_it_changes_nothing_and_a_list_that_grew_needs_replace(run):
    write("daily.json", [*daily((A, "", 1)), *daily((B, "", 1), day="2026-11-28")])
    write("daily.json", [*daily((A, "a", 1)), *daily((B, "b", 1), day="2026-11-28")])
    run("curate", "--from", "daily.json", "--by", "HF")
    assert run("curate", "--from", "daily.json", "--by", "HF")[1].startswith(
        "daily.json: 2 days (0 new), 2 papers"
    )
    write("daily.json", [*daily((A, "a", 7), (C, "c", 1)), *daily((B, "b", 1), day="2026-11-28")])
    status, out, err = run("curate", "--from", "daily.json", "--by", "HF")
    assert (status, out.startswith("daily.json: 1 day (0 new), 1 paper")) == (0, True)
    assert "'HF' has another list for 2026-11-27 already" in err
    assert run("curate", "--from", "daily.json", "--by", "HF", "--strict")[0] == 1
    assert days()["2026-11-27", "HF"] == [A]
    status, out, err = run("curate", "--from", "daily.json", "--by", "HF", "--replace")
    assert (status, err) == (0, "")
    assert out.startswith("daily.json: 2 days (1 new), 3 papers")
    assert days()["2026-11-27", "HF"] == [A, C]
    with Readership.read("readers.sqlite") as file:
        assert [(one.paper, one.value) for one in signals_of(file)] == [(A, 7), (B, 1), (C, 1)]


def test_upvotes_are_measured_on_the_day_that_is_said_and_never_before_the_list(run):
    write("daily.json", daily((A, "a", 1)))
    assert run("curate", "--from", "daily.json", "--by", "HF", "--measured", "2026-11-28")[0] == 0
    with Readership.read("readers.sqlite") as file:
        assert [one.day for one in signals_of(file)] == ["2026-11-28"]
    status, _, err = run("curate", "--from", "daily.json", "--by", "HF", "--measured", "2026-11-26")
    assert (status, "cannot be those of a list of 2026-11-27" in err) == (2, True)
    status, _, err = run("curate", "--from", "daily.json", "--by", "HF", "--measured", "2027-01-01")
    assert (status, "--measured: 2027-01-01 is still to come" in err) == (2, True)


def test_one_day_of_a_file(run):
    write("daily.json", [*daily((A, "a", 1)), *daily((B, "b", 1), day="2026-11-28")])
    status, out, err = run("curate", "2026-11-28", "--from", "daily.json", "--by", "HF")
    assert (status, days()) == (0, {("2026-11-28", "HF"): [B]})
    assert (out.split(";")[0], err) == (
        "daily.json: 1 day, 1 paper, chosen by HF",
        "(1 paper of other days left out)\n",
    )
    status, _, err = run("curate", "2026-11-20", "--from", "daily.json", "--by", "HF")
    assert (status, "no list of 2026-11-20 in it, but 2 papers of other days" in err) == (1, True)


def test_a_saved_page_needs_its_day(run):
    text = "Get trending papers in your email inbox!\n\n" + "".join(
        f"{title}\n\n{'They dive for small fish in cold lakes, and do so in colder ones too. ' * 5}\n\n"
        for title in (PAPERS[1].title, "Do ducks dive?")
    )
    Path("page.txt").write_text(text)
    status, _, err = run("curate", "--from", "page.txt", "--by", "HF")
    assert (status, "name the day whose list it is" in err) == (2, True)
    status, out, err = run("curate", "2026-11-27", "--from", "page.txt", "--by", "HF")
    assert (status, out) == (0, "page.txt: 1 day, 2 papers, chosen by HF; no upvotes in it\n")
    assert "1 paper is not in this corpus" in err
    assert days()["2026-11-27", "HF"][0] == B


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("@article{x, title={Loons}}", "no lists of papers by day; give Hugging Face's daily papers"),
        ("", "empty file"),
        (json.dumps(daily((A, "a", 1), day="2026-12-09")), "no list of a day in it"),
    ],
)
def test_a_file_of_another_layout_changes_nothing(run, content, says):
    Path("daily.json").write_text(content)
    status, out, err = run("curate", "--from", "daily.json", "--by", "HF")
    assert (status, out) == (1, "")
    assert says in err.splitlines()[-1]
    assert not Path("readers.sqlite").exists()
    assert run("curate", "--from", "none.json", "--by", "HF")[0] == 1


def test_papers_without_a_day_of_a_list_are_told(run):
    entries = daily((A, "a", 1))
    del entries[0]["paper"]["submittedOnDailyAt"]
    entries[0]["paper"]["publishedAt"] = "2026-11-20T00:00:00.000Z"
    write("daily.json", entries)
    _, _, err = run("curate", "--from", "daily.json", "--by", "HF")
    assert "(1 paper without a day of a list: on the day on which they appeared" in err
    assert [*days()] == [("2026-11-20", "HF")]


def test_what_cannot_be_kept_costs_itself_alone(tmp_path):
    papers = (ListedPaper("", "x" * 3000, 1), ListedPaper("", "Loons", 2), ListedPaper("", "Grebes", None))
    lists = DailyLists("hf-daily", {"2026-11-27": papers, "2026-11-28": papers[:1]})
    with Readership.open(tmp_path / "readers.sqlite", create=True) as file:
        done = import_days(file, lists, curator="HF", measured="2026-11-30", at=NOW)
        assert (done.days, done.papers, done.upvotes.new) == (1, 2, 1)
        assert len(done.problems) == 2
        assert [paper.title for one in curated_days(file) for paper in one.papers] == ["Loons", "Grebes"]


@pytest.mark.parametrize(
    "wrong", [{"curator": ""}, {"curator": "a\x07b"}, {"measured": "soon"}, {"sentence": "x" * 3000}]
)
def test_wrong_values_are_refused_before_anything_is_noted(tmp_path, wrong):
    lists = DailyLists("hf-daily", {"2026-11-27": (ListedPaper(A, "a", 1),)})
    with Readership.open(tmp_path / "readers.sqlite", create=True) as file:
        with pytest.raises(ParameterError):
            import_days(file, lists, **{"curator": "HF", "measured": "2026-11-30", "at": NOW} | wrong)
        assert (curated_days(file), signals_of(file)) == ([], [])


def test_an_import_is_noted_whole_or_not_at_all(tmp_path, monkeypatch):
    lists = DailyLists("hf-daily", {"2026-11-27": (ListedPaper(A, "a", 1),)})

    def fails(*arguments, **options):
        raise OSError("no space left")

    monkeypatch.setattr("recommender.readership.importing.add_signals", fails)
    with Readership.open(tmp_path / "readers.sqlite", create=True) as file:
        with pytest.raises(ReadershipError, match="no space left"):
            import_days(file, lists, curator="HF", measured="2026-11-30", at=NOW)
        assert curated_days(file) == []
        curate(file, "2026-11-27", A, curator="HF", at=NOW)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data are not here")
def test_the_shared_daily_papers_come_in_whole(tmp_path):
    lists = read_daily_lists(SHARED / "hf_daily_papers.jsonl.gz", until="2026-11-30")
    with Readership.open(tmp_path / "readers.sqlite", create=True) as file:
        done = import_days(file, lists, curator="HF", measured="2026-11-30", at=NOW)
        assert (done.days, done.papers, done.upvotes.new) == (311, 7488, 2836)
        assert done.problems == ()
        found = {
            one.day: [paper.paper.removeprefix("arxiv:") for paper in one.papers]
            for one in curated_days(file)
        }
    assert found == {day: [paper.id for paper in papers] for day, papers in lists.days.items()}

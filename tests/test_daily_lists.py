import gzip
import json
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import EmptySource, ParameterError, SourceError
from recommender.paper import Paper
from recommender.readers import DailyLists, ListedPaper, read_daily_lists, read_papers
from recommender.readers.hf_daily import days_of

SHARED = Path(__file__).parents[2] / "shared" / "data"
LATEST = "2026-11-30"
PAGE = "Get trending papers in your email inbox!\n\n" + "".join(
    f"{title}\n\n{'They dive for small fish in cold lakes, and do so in colder ones too. ' * 5}\n\n"
    for title in ("Loons and grebes", "Do ducks dive?")
)


def entry(name, title="", *, day="2026-11-27", upvotes=3, **paper):
    inner = {"id": name, "title": title or f"On {name}", "summary": "They dive.", **paper}
    inner |= {"upvotes": upvotes} if upvotes is not None else {}
    inner |= {"submittedOnDailyAt": f"{day}T00:00:00.000Z"} if day else {}
    return {"paper": inner, "title": inner["title"], "publishedAt": "2026-11-20T17:59:59.000Z"}


def read(tmp_path, entries, day=None, until=LATEST):
    path = tmp_path / "daily.json"
    path.write_text(entries if isinstance(entries, str) else json.dumps(entries))
    return read_daily_lists(path, day=day, until=until)


def ids(lists):
    return {day: [paper.id for paper in papers] for day, papers in lists.days.items()}


def test_days_are_those_of_the_lists_in_the_files_order(tmp_path):
    entries = [
        entry("2611.00003", upvotes=7),
        entry("2611.00002", day="2026-11-26", upvotes=0),
        entry("2611.00001", upvotes=9),
    ]
    assert read(tmp_path, entries) == DailyLists(
        "hf-daily",
        {
            "2026-11-26": (ListedPaper("2611.00002", "On 2611.00002", 0),),
            "2026-11-27": (
                ListedPaper("2611.00003", "On 2611.00003", 7),
                ListedPaper("2611.00001", "On 2611.00001", 9),
            ),
        },
    )
    assert list(read(tmp_path, entries).days) == ["2026-11-26", "2026-11-27"]


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({"submittedOnDailyAt": "2026-11-27T00:00:00.000Z", "publishedAt": "2026-11-20T17:00:00.000Z"}, 1),
        # The API answers the paper's own date outside too, or, years ago, that of the list.
        ({"publishedAt": "2026-11-20T17:59:59.000Z"}, 0),
        ({"publishedAt": "2026-11-18T17:59:59.000Z"}, 2),
        ({}, 0),
    ],
)
def test_the_day_of_the_list_and_the_day_that_a_paper_appeared_on(dates, expected):
    outer = {**entry("2611.00001", day=None), "publishedAt": "2026-11-20T01:00:00.000Z"}
    outer["paper"] |= dates
    found = [("", "2026-11-20"), ("2026-11-27", "2026-11-20"), ("2026-11-20", "2026-11-18")]
    assert days_of(outer) == found[expected]


def test_without_a_day_of_the_list_a_paper_stands_on_its_own_day_which_is_counted(tmp_path):
    lists = read(tmp_path, [entry("2611.00001"), entry("2611.00002", day=None)])
    assert ids(lists) == {"2026-11-20": ["2611.00002"], "2026-11-27": ["2611.00001"]}
    assert lists.by_publication == 1


def test_one_day_alone(tmp_path):
    entries = [entry("2611.00001"), entry("2611.00002", day="2026-11-26"), entry("2611.00003", day=None)]
    lists = read(tmp_path, entries, day="2026-11-26")
    assert ids(lists) == {"2026-11-26": ["2611.00002", "2611.00003"]}
    assert (lists.elsewhere, lists.by_publication, lists.problems) == (1, 0, ())


def test_a_day_that_has_not_begun_has_no_list(tmp_path):
    lists = read(tmp_path, [entry("2611.00001", day="2026-12-01"), entry("2611.00002", day=LATEST)])
    assert ids(lists) == {LATEST: ["2611.00002"]}
    assert lists.problems == ("daily.json, row 1: is of 2026-12-01, a day that has not begun",)
    with pytest.raises(ParameterError, match="2026-12-01 is after 2026-11-30"):
        read(tmp_path, [], day="2026-12-01")


def test_a_paper_stands_once_on_a_list_and_may_stand_on_two(tmp_path):
    entries = [
        entry("2611.00001", upvotes=9),
        entry("2611.00001", upvotes=1),
        entry("2611.00001", day="2026-11-28"),
    ]
    lists = read(tmp_path, entries)
    assert {day: [paper.upvotes for paper in papers] for day, papers in lists.days.items()} == {
        "2026-11-27": [9],
        "2026-11-28": [3],
    }
    assert lists.problems == ("daily.json, row 2: '2611.00001' stands on the list of 2026-11-27 already",)


@pytest.mark.parametrize(
    ("upvotes", "taken", "told"),
    [
        (12, 12, None),
        ("12", 12, None),
        (0, 0, None),
        (None, None, None),
        ("", None, None),
        ("many", None, "'many'"),
        (-1, None, "'-1'"),
        (2.5, None, "'2.5'"),
        (float("nan"), None, None),
        ([1], None, "''"),
    ],
)
def test_what_is_no_number_of_upvotes_costs_the_number_alone(tmp_path, upvotes, taken, told):
    one = entry("2611.00001")
    one["paper"]["upvotes"] = upvotes
    lists = read(tmp_path, [one])
    assert [paper.upvotes for paper in lists.days["2026-11-27"]] == [taken]
    assert lists.problems == (
        () if told is None else (f"daily.json, row 1: {told} is no number of upvotes: taken without",)
    )


def test_bad_entries_are_named_and_the_others_taken(tmp_path):
    bad = [7, {"paper": 5}, {"paper": {"id": "2611.00009"}}, entry("2611.00008", day="soon", publishedAt="?")]
    bad[-1].pop("publishedAt")
    lists = read(tmp_path, [entry("2611.00001"), *bad])
    assert ids(lists) == {"2026-11-27": ["2611.00001"]}
    assert lists.problems == (
        "daily.json, row 2: is not a JSON object but a number",
        "daily.json, row 3: has no title",
        "daily.json, row 4: has no title (id '2611.00009')",
        "daily.json, row 5: names no day",
    )


def test_titles_are_cleaned_as_those_of_papers_are(tmp_path):
    lists = read(tmp_path, [entry("2611.00001", "Loons\n\\& <i>grebes</i>\x07")])
    (paper,) = (item for item in read_papers(tmp_path / "daily.json") if isinstance(item, Paper))
    assert [one.title for one in lists.days["2026-11-27"]] == [paper.title]


def test_lines_of_a_paper_each(tmp_path):
    lines = [
        {"arxiv_id": "2611.00001", "title": "Loons", "abstract": "x", "date": "2026-11-27", "upvotes": None},
        {"arxiv_id": "2611.00002", "title": "Grebes", "date": "2026-11", "upvotes": 4},
        {"arxiv_id": None, "title": "Ducks", "date": "2026-11-26T00:00:00", "upvotes": 4},
    ]
    lists = read(tmp_path, "".join(f"{json.dumps(line)}\n" for line in lines))
    assert (lists.layout, lists.problems) == ("daily-lines", ("daily.json, row 2: names no day",))
    assert lists.days == {
        "2026-11-26": (ListedPaper("", "Ducks", 4),),
        "2026-11-27": (ListedPaper("2611.00001", "Loons"),),
    }


def test_a_page_names_no_day(tmp_path):
    path = tmp_path / "page.txt"
    path.write_text(PAGE)
    with pytest.raises(ParameterError, match="name the day whose list it is"):
        read_daily_lists(path, until=LATEST)
    lists = read_daily_lists(path, day="2026-11-27", until=LATEST)
    assert lists == DailyLists(
        "hf-page",
        {"2026-11-27": (ListedPaper("", "Loons and grebes"), ListedPaper("", "Do ducks dive?"))},
    )


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("", EmptySource, "empty file"),
        ("[]", SourceError, "no lists of papers by day; give Hugging Face's daily papers"),
        ("@article{x, title={Loons}}", SourceError, "no lists of papers by day"),
        ("id,title\n1,Loons\n", SourceError, "no lists of papers by day"),
        ('{"id": "2611.00001", "title": "Loons", "published": "2026-11-27"}', SourceError, "no lists"),
        ('[{"_id": "x", "modelId": "y/z", "likes": 3}]', SourceError, "no lists of papers by day"),
        ("\0\1\2", SourceError, "no lists of papers by day"),
    ],
)
def test_a_file_of_another_layout_is_refused_in_one_line(tmp_path, text, error, says):
    with pytest.raises(error, match=says) as raised:
        read(tmp_path, text)
    assert str(tmp_path / "daily.json") in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_ends_too_soon_is_refused(tmp_path):
    with pytest.raises(SourceError, match="what follows row 1 is not JSON"):
        read(tmp_path, json.dumps([entry("2611.00001"), entry("2611.00002")])[:-20])


@pytest.mark.parametrize("day", ["2026-11-31", "2026-11", "today", "2026-11-27T00:00", ""])
def test_what_is_no_day_is_refused(tmp_path, day):
    for asked in ({"day": day}, {"until": day}):
        with pytest.raises(ParameterError, match=r"is no(t a)? da(y|te)"):
            read(tmp_path, [entry("2611.00001")], **asked)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(["id", "title", "upvotes", "submittedOnDailyAt", "publishedAt", "authors"])


@given(st.lists(st.dictionaries(st.just("paper"), JSON | st.dictionaries(FIELDS, JSON)) | JSON, max_size=5))
def test_whatever_stands_in_an_entry_is_taken_or_named(tmp_path_factory, others):
    path = tmp_path_factory.mktemp("any") / "daily.json"
    path.write_text(json.dumps([entry("2611.00001"), *others]))
    lists = read_daily_lists(path, until=LATEST)
    taken = [paper for papers in lists.days.values() for paper in papers]
    lost = [line for line in lists.problems if not line.endswith("taken without")]
    assert len(taken) + len(lost) == 1 + len(others)
    assert all(paper.title and (paper.upvotes is None or paper.upvotes >= 0) for paper in taken)
    assert list(lists.days) == sorted(lists.days)
    assert all(day <= LATEST for day in lists.days)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data are not here")
def test_the_shared_daily_papers_and_the_shared_page():
    expected = defaultdict(list)
    with gzip.open(SHARED / "hf_daily_papers.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in map(json.loads, lines):
            expected[line["date"]].append((line["arxiv_id"], line["upvotes"]))
    lists = read_daily_lists(SHARED / "hf_daily_papers.jsonl.gz", until=LATEST)
    found = {day: [(paper.id, paper.upvotes) for paper in papers] for day, papers in lists.days.items()}
    assert (found, lists.problems) == (expected, ())
    page = read_daily_lists(SHARED / "hf_papers_page.txt", day="2026-03-13", until=LATEST)
    assert [len(papers) for papers in page.days.values()] == [90]
    assert not any(paper.id for papers in page.days.values() for paper in papers)

"""`recommender trending`: what its file of readers says, as the library lists it, and which topics grow."""

import dataclasses
import json
from datetime import UTC, datetime, timedelta

import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus
from recommender.cli import main
from recommender.listing import trending_part
from recommender.readership import Readership, Signal, add_reader, add_signals, cast_votes, community_of

TODAY = datetime.now(UTC) - timedelta(days=1)  # a day that has begun in every zone
PAPERS = [
    dataclasses.replace(paper, published=(TODAY - timedelta(days=place % 112)).date().isoformat())
    for place, paper in enumerate(make_papers(480))
]


def day(days_ago=0):
    return (TODAY - timedelta(days=days_ago)).date().isoformat()


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A corpus in the folder where commands run."""
    monkeypatch.chdir(tmp_path)
    Corpus.build(PAPERS, "my.corpus", encoder=FakeEncoder()).close()
    return tmp_path


def vote(path, corpus, votes):
    """Readers of these names vote for papers of these places, so many days ago."""
    with Readership.open(path, create=True) as file, Corpus.open(corpus) as opened:
        for name, (places, days_ago) in votes.items():
            reader = add_reader(file, name, at=TODAY)
            ids = [PAPERS[place].id for place in places]
            cast_votes(file, reader, ids, at=TODAY - timedelta(days=days_ago), snapshot=opened.snapshot)


def run(capsys, *words, status=0):
    assert main(["trending", *words]) == status
    return capsys.readouterr()


def test_votes_beside_the_corpus_order_the_list(house, capsys):
    vote(house / "readers.sqlite", "my.corpus", {"Ann": ([5, 6, 7], 0), "Ben": ([6, 7], 0), "Cy": ([7], 0)})
    out = run(capsys, "--corpus", "my.corpus", "--day", day(), "--format", "jsonl").out
    found = [json.loads(line)["id"] for line in out.splitlines()]
    assert found == [PAPERS[place].id for place in (7, 6, 5)]
    text = run(capsys, "--corpus", "my.corpus", "--day", day()).out
    assert text.startswith("Trending · ")
    assert "by votes, each worth half after 3 days; of equals the newest first" in " ".join(text.split())
    assert [name for name in ("Ann", "Ben", "Cy") if name in text] == []  # whose the votes are is not told


def test_it_lists_what_the_library_lists(house, capsys):
    path = house / "other.sqlite"
    vote(path, "my.corpus", {"Ann": ([5, 6, 7, 8], 1), "Ben": ([6, 7], 4)})
    words = [
        "--corpus",
        "my.corpus",
        "--readers",
        str(path),
        "--half-life",
        "1.5",
        "-k",
        "3",
        "--format",
        "csv",
    ]
    out = run(capsys, *words, "--day", day()).out
    with Readership.read(path) as file, Corpus.open("my.corpus") as corpus:
        said = community_of(file, corpus.snapshot)
        part = trending_part(corpus.snapshot, said, day=day(), count=3, half_life=1.5)
    assert [line.split(",")[1] for line in out.splitlines()[1:]] == [entry.paper.id for entry in part.entries]
    assert len(part.entries) == 3


def test_a_signal_of_its_own(house, capsys):
    with Readership.open(house / "readers.sqlite", create=True) as file, Corpus.open("my.corpus") as corpus:
        signals = [
            Signal(PAPERS[place].id, "stars", value, day(days_ago), "github")
            for place in (1, 2, 3)
            for value, days_ago in ((10, 4), (10 + 4 * place, 0))
        ]
        add_signals(file, signals, snapshot=corpus.snapshot)
    text = " ".join(run(capsys, "--corpus", "my.corpus", "--by", "stars", "--day", day()).out.split())
    assert "by stars a day between the last two counts" in text
    assert text.index(PAPERS[3].title) < text.index(PAPERS[2].title) < text.index(PAPERS[1].title)
    assert "3.00 a day, weighed 3.00" in text


def test_without_readers_it_says_so_and_lists_the_newest(house, capsys):
    text = " ".join(run(capsys, "--corpus", "my.corpus", "-k", "2").out.split())
    assert "Too little to say what is trending" in text
    assert "there are none yet: recommender vote or recommender signals" in text
    assert "The newest papers" in text
    assert not (house / "readers.sqlite").exists()  # reading never writes


def test_which_topics_grow(house, capsys):
    with Corpus.open("my.corpus", encoder=FakeEncoder()) as corpus:
        own = [paper for paper in make_papers(800, start=1000) if paper.categories == ("cs.RO",)]
        corpus.add([dataclasses.replace(paper, published=day(place % 28)) for place, paper in enumerate(own)])
    text = run(capsys, "--corpus", "my.corpus", "--topics", "--day", day()).out
    assert text.startswith(f"Growing topics, by papers that appeared in the 28 days to {day()}")
    assert "times its share of then (interval " in text
    records = [
        json.loads(line)
        for line in run(
            capsys, *f"--corpus my.corpus --topics --format jsonl --day {day()}".split()
        ).out.splitlines()
    ]
    growing = [one for one in records if one["is_growing"]]
    lines = [f"\n{one['name']}: {one['recent']} papers in the 28 days to " for one in growing]
    assert [line in text for line in lines] == [True] * len(growing)
    assert 0 < len(growing) < len(records)


def test_a_corpus_of_years_cannot_tell_which_topics_grow(tmp_path, capsys):
    papers = [dataclasses.replace(paper, published=paper.published[:4]) for paper in make_papers(20)]
    Corpus.build(papers, tmp_path / "years", encoder=FakeEncoder()).close()
    assert run(capsys, "--corpus", str(tmp_path / "years"), "--topics").out.splitlines() == [
        "No paper has a date that says the day, so it cannot be told which topics grow",
        "(20 papers without a date that says the day)",
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("--by starz", "'starz' was never counted of any paper; use one of votes"),
        ("--day 2100-01-01", "2100-01-01 is still to come"),
        ("--half-life 0", "half-life"),
        ("--half-life nan", "half-life"),
        ("--topics --by votes", "--by is not of --topics"),
        ("--topics -k 3", "-k is not of --topics"),
        ("--topics --half-life 3", "--half-life is not of --topics"),
        ("--topics --format html", "--topics is written as table or jsonl, not as html"),
    ],
)
def test_wrong_usage_is_one_line(house, capsys, words, said):
    err = run(capsys, "--corpus", "my.corpus", *words.split(), status=2).err
    assert len(err.splitlines()) == 1
    assert said in err


def test_a_named_file_of_readers_that_is_not_there_is_no_empty_one(house, capsys):
    err = run(capsys, "--corpus", "my.corpus", "--readers", "none.sqlite", status=1).err
    assert "none.sqlite" in err

"""A nightly job for a week: papers arrive, a day is empty, a job is killed, two run at once."""

import dataclasses
import json
import sqlite3
import subprocess
import sys

import pandas as pd
import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus
from recommender.cli import main

READERS = ("ann", "bob", "cleo", "dora", "emil")
PAPERS = [
    dataclasses.replace(paper, abstract=f"{paper.abstract} and what follows from it")
    for paper in make_papers(200)
]

COMMAND = """
import sys
from recommender.batch.folder import OutFolder
from recommender.cli import main

keep = OutFolder.commit_part

def stop(folder, *arguments):
    keep(folder, *arguments)
    print("at the gate", flush=True)
    sys.stdin.read()

if sys.argv[1] == "gate":
    OutFolder.commit_part = stop
sys.exit(main(["batch", *sys.argv[2:]]))
"""


class Week:
    """A folder with a corpus, the readers' file, and a folder for each day's output."""

    def __init__(self, folder):
        self.folder = folder
        self.arrived = 0
        self.works = {}  # id -> the work that it is a version of
        self.corpus = Corpus.build(self.new(60), folder / "corpus", encoder=FakeEncoder())
        self.readers([{"user": name, "liked": [PAPERS[place].id]} for place, name in enumerate(READERS)])

    def readers(self, records, more=""):
        text = "".join(json.dumps(record) + "\n" for record in records)
        (self.folder / "readers.jsonl").write_text(text + more)

    def new(self, count):
        """The next papers."""
        papers = PAPERS[self.arrived : self.arrived + count]
        self.arrived += count
        self.works |= {paper.id: paper.id for paper in papers}
        return papers

    def versions(self, ids):
        """These papers once more: under another title, under another id, as a second version."""
        by_id = {paper.id: paper for paper in PAPERS}
        for number, name in enumerate(ids):
            paper = by_id[name]
            again = (
                dataclasses.replace(paper, id=f"title:{name}", url="", title=f"Another name {number}"),
                dataclasses.replace(
                    paper, id=f"doi:10.1/{name}", url="", abstract=f"{paper.abstract}, revised"
                ),
                dataclasses.replace(paper, id=f"{name}v2", title=paper.title.upper()),
            )[number % 3]
            self.works[again.id] = name
            yield again

    def arguments(self, day, *options):
        where = ("--corpus", str(self.folder / "corpus"), "--out", str(self.folder / day))
        return [str(self.folder / "readers.jsonl"), *where, "--since-last", "-k", "4", *options]

    def night(self, day, *options):
        return main(["batch", *self.arguments(day, *options)])

    def process(self, day, how):
        command = [sys.executable, "-c", COMMAND, how, *self.arguments(day)]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)

    def manifest(self, day):
        return json.loads((self.folder / day / "manifest.json").read_text())

    def rows(self, day):
        return pd.read_parquet(self.folder / day / "recommendations.parquet")

    def shown(self, *days):
        """(reader, work) of all that was shown."""
        return [
            (user, self.works[name])
            for day in days
            for user, name in self.rows(day)[["user", "id"]].itertuples(index=False)
        ]


@pytest.fixture
def week(tmp_path):
    found = Week(tmp_path)
    yield found
    found.corpus.close()


def test_a_week_of_nights(week, capsys):
    assert week.night("monday") == 0

    # Papers arrive, among them three kinds of versions of what was shown.
    week.corpus.add([*week.new(20), *week.versions(week.rows("monday")["id"].tolist()[:6])])
    assert week.night("tuesday") == 0

    # Nobody to serve.
    readers = (week.folder / "readers.jsonl").read_text()
    (week.folder / "readers.jsonl").write_text("")
    capsys.readouterr()
    assert week.night("wednesday") == 0
    told = capsys.readouterr()
    assert told.out.startswith("0 recommendations for 0 of 0 profiles: ")
    assert told.err.count("\n") == 1
    assert "readers.jsonl: no profile is in it: it is empty" in told.err
    (week.folder / "readers.jsonl").write_text(readers)

    # Killed when its work was done but for the end; the same command goes on.
    week.corpus.add(week.new(20))
    with week.process("thursday", "gate") as job:
        assert job.stdout.readline() == "at the gate\n"
        job.kill()
    assert job.returncode == -9
    assert week.night("thursday") == 0
    assert "going on with the job in" in capsys.readouterr().err

    # Two at once.
    week.corpus.add(week.new(20))
    with week.process("friday", "gate") as first:
        assert first.stdout.readline() == "at the gate\n"
        with week.process("friday 2", "run") as second:
            assert "another job has the ledger" in second.stderr.readline()
            first.communicate(timeout=120)
            second.communicate(timeout=120)
    assert (first.returncode, second.returncode) == (0, 0)

    # Nothing new is left for anybody.
    capsys.readouterr()
    assert week.night("saturday", "--since", "2099") == 0
    assert "not served: 5 empty lists; see " in capsys.readouterr().err

    # Rows that cannot be read and ids that nobody has are counted, and a failure where that is wished.
    week.corpus.add(week.new(20))
    (week.folder / "readers.jsonl").write_text(
        readers + 'nonsense\n{"user": "ann", "liked": ["no such paper"]}\n{"liked": ["2101.00000"]}\n'
    )
    assert week.night("sunday") == 0
    assert "not served: 1 row, 1 reader, 1 paper; see " in capsys.readouterr().err
    assert week.night("sunday", "--strict") == 1

    days = ("monday", "tuesday", "wednesday", "thursday", "friday", "friday 2", "saturday", "sunday")
    shown = week.shown(*days)
    assert len(shown) == len(set(shown)) == 4 * 5 * 6
    assert not {(name, PAPERS[place].id) for place, name in enumerate(READERS)} & set(shown)
    for day in days:
        assert_adds_up(week, day)
    connection = sqlite3.connect(week.folder / "shown.sqlite")
    assert connection.execute("SELECT count(*) FROM runs").fetchone() == (len(days),)
    assert connection.execute("SELECT count(*) FROM shown").fetchone() == (len(shown),)
    connection.close()


def assert_adds_up(week, day):
    counts = week.manifest(day)["counts"]
    rows = week.rows(day)
    rejected = (week.folder / day / "rejected.jsonl").read_text().splitlines()
    assert counts["recommendations"] == len(rows)
    assert counts["served"] == rows["user"].nunique()
    assert counts["profiles"] == counts["served"] + counts["empty"] + counts["refused"]
    parts = ("rows", "refused", "left_out", "unheld", "empty")
    assert counts["rejected"] == sum(counts[part] for part in parts) == len(rejected)

"""Nobody is shown a paper twice: jobs with a ledger, one after the other."""

import dataclasses
import json

import pandas as pd
import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus
from recommender.batch import Ledger, asked, run_batch
from recommender.batch.folder import OutFolder
from recommender.errors import BatchError

PAPERS = make_papers(60)
IDS = [paper.id for paper in PAPERS]


@pytest.fixture
def corpus(tmp_path):
    with Corpus.build(PAPERS, tmp_path / "corpus", encoder=FakeEncoder()) as built:
        yield built


@pytest.fixture
def profiles(tmp_path):
    path = tmp_path / "profiles.jsonl"
    records = [{"user": name, "liked": [IDS[place]]} for place, name in enumerate(("ann", "bob", "cleo"))]
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def shown(report):
    """(user, id) of each row."""
    frame = pd.read_parquet(report.output)
    return list(zip(frame["user"], frame["id"], strict=True))


def job(profiles, corpus, out, **options):
    return run_batch(profiles, corpus.path, out, asked(k=5, diversity=0), since_last=True, **options)


def test_each_job_shows_what_is_new(profiles, corpus, tmp_path):
    jobs = [shown(job(profiles, corpus, tmp_path / "runs" / name)) for name in ("1", "2", "3")]
    assert [len(found) for found in jobs] == [15, 15, 15]
    together = [pair for found in jobs for pair in found]
    assert len(set(together)) == 45
    alone = run_batch(profiles, corpus.path, tmp_path / "alone", asked(k=15, diversity=0))
    assert set(together) == set(shown(alone))
    assert jobs[0] == [pair for pair in shown(alone) if pair in set(jobs[0])]
    assert (tmp_path / "runs" / "shown.sqlite").is_file()


def test_the_first_ledger_begins_with_the_jobs_beside_it(profiles, corpus, tmp_path):
    first = run_batch(profiles, corpus.path, tmp_path / "runs" / "1", asked(k=5, format="csv"))
    (tmp_path / "runs" / "other").mkdir()
    (tmp_path / "runs" / "other" / "manifest.json").write_text('{"name": "somebody\'s"}')
    second = shown(job(profiles, corpus, tmp_path / "runs" / "2"))
    frame = pd.read_csv(first.output, dtype=str)
    assert not set(second) & set(zip(frame["user"], frame["id"], strict=True))
    third = shown(job(profiles, corpus, tmp_path / "runs" / "2", overwrite=True))
    assert not set(third) & set(second)


def test_a_job_without_the_ledger_counts_as_well(profiles, corpus, tmp_path):
    first = shown(job(profiles, corpus, tmp_path / "runs" / "1"))
    plain = shown(run_batch(profiles, corpus.path, tmp_path / "runs" / "2", asked(k=10, diversity=0)))
    third = shown(job(profiles, corpus, tmp_path / "runs" / "3"))
    assert not set(third) & {*first, *plain}


def test_a_paper_that_comes_back_under_another_id_is_not_new(profiles, corpus, tmp_path):
    first = job(profiles, corpus, tmp_path / "1")
    seen = {paper.id: paper for paper in PAPERS if paper.id in {name for _, name in shown(first)}}
    corpus.remove(list(seen))
    corpus.add(
        [
            dataclasses.replace(paper, id=f"doi:10.1/{number}", url="", title=paper.title.upper())
            for number, paper in enumerate(seen.values())
        ]
    )
    again = {paper.id: paper.title.lower() for paper in corpus}
    of_first = {(user, seen[name].title.lower()) for user, name in shown(first)}
    second = job(profiles, corpus, tmp_path / "2")
    assert len(shown(second)) == 15
    assert not of_first & {(user, again[name]) for user, name in shown(second)}


def test_another_version_of_a_preprint_is_not_new(profiles, corpus, tmp_path):
    first = job(profiles, corpus, tmp_path / "1")
    user, name = shown(first)[0]
    paper = next(paper for paper in PAPERS if paper.id == name)
    corpus.remove([name])
    corpus.add([dataclasses.replace(paper, id=f"{name}v2", title="Quite another title of the study")])
    second = job(profiles, corpus, tmp_path / "2")
    assert (user, f"{name}v2") not in shown(second)


def test_readers_have_ledgers_of_their_own(profiles, corpus, tmp_path):
    first = job(profiles, corpus, tmp_path / "1")
    profiles.write_text(json.dumps({"user": "dora", "liked": [IDS[0]]}) + "\n")
    second = job(profiles, corpus, tmp_path / "2")
    assert [name for _, name in shown(second)] == [name for user, name in shown(first) if user == "ann"]


@pytest.mark.parametrize("what", ["keep", "finish", "seal", "clear_unfinished"])
def test_a_job_that_was_stopped_shows_the_same_and_is_in_the_ledger_once(
    profiles, corpus, tmp_path, monkeypatch, what
):
    job(profiles, corpus, tmp_path / "runs" / "1")
    with monkeypatch.context() as patch:
        calls = []

        def stopped(self, *arguments):
            calls.append(arguments)
            # Before the job begins the folder is cleared as well.
            if what != "clear_unfinished" or len(calls) == 3:
                raise KeyboardInterrupt
            return method(self, *arguments)

        method = getattr(OutFolder, what)
        patch.setattr(OutFolder, what, stopped)
        with pytest.raises(KeyboardInterrupt):
            job(profiles, corpus, tmp_path / "runs" / "2")
    second = job(profiles, corpus, tmp_path / "runs" / "2")
    again = job(profiles, corpus, tmp_path / "runs" / "2")
    assert not again.ran
    assert shown(again) == shown(second)
    third = job(profiles, corpus, tmp_path / "runs" / "3")
    runs = [shown(job(profiles, corpus, tmp_path / "runs" / "1")), shown(second), shown(third)]
    assert len({pair for run in runs for pair in run}) == 45
    ledger = Ledger(tmp_path / "runs" / "shown.sqlite")
    assert ledger.runs == 3
    ledger.close()


def test_a_ledger_may_lie_anywhere_and_must_be_one(profiles, corpus, tmp_path):
    place = tmp_path / "deep" / "down" / "seen.db"
    first = job(profiles, corpus, tmp_path / "1", ledger=place)
    second = job(profiles, corpus, tmp_path / "2", ledger=place)
    assert not set(shown(first)) & set(shown(second))
    assert not (tmp_path / "shown.sqlite").exists()
    for content in (b"no database", (corpus.path / "corpus.sqlite").read_bytes()):
        place.write_bytes(content)
        with pytest.raises(BatchError, match=r"seen\.db"):
            job(profiles, corpus, tmp_path / "3", ledger=place)

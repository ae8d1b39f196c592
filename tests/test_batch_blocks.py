"""The blocks of an unfinished job: one that was damaged is served again, and never put into the output."""

import functools
import json
import os
import shutil

import numpy as np
import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus
from recommender.batch import BatchOptions, run_batch
from recommender.batch.folder import OutFolder
from recommender.batch.unfinished import BlockFolder, DamagedBlock
from recommender.batch.workers import BlockResult, Counts
from recommender.errors import BatchError
from recommender.profiles import Skipped

PAPERS = make_papers(40)
OTHER_PLACE = {"00000000": "00000001", "00000001": "00000000"}

# Blocks of 2 profiles, in this process.
run_batch = functools.partial(run_batch, block_size=2, workers=1)


def delete(path):
    path.unlink()


def empty(path):
    path.write_bytes(b"")


def half(path):
    os.truncate(path, path.stat().st_size // 2)


def longer(path):
    path.write_bytes(path.read_bytes() + b"1")


def flip(path, *, at=0.5, bit=1):
    data = bytearray(path.read_bytes())
    data[int(at * len(data))] ^= bit
    path.write_bytes(data)


def swap(path):
    """By the same file of another block."""
    number, _, what = path.name.partition(".")
    path.write_bytes((path.parent / f"{OTHER_PLACE[number]}.{what}").read_bytes())


def random(path):
    path.write_bytes(np.random.default_rng(5).bytes(max(10, path.stat().st_size)))


def folder(path):
    path.unlink()
    path.mkdir()


def nested(path):
    path.write_bytes(b"[" * 10_000)


DAMAGES = [delete, empty, half, longer, flip, swap, random, folder, nested]


def served(number):
    rejected = (Skipped(f"r{number}", "", f"paper {number}", "unknown"),)
    shown = json.dumps([f"r{number}", f"id {number}", "title"]) + "\n"
    return BlockResult(b"rows of %d\n" % number, rejected, Counts(served=number + 1), shown.encode())


@pytest.fixture
def blocks(tmp_path):
    found = BlockFolder(tmp_path, "a job", shown=True)
    for number in range(3):
        found.commit_part(number, served(number))
    return found


def test_a_block_is_what_was_served(blocks):
    assert blocks.done(3) == {number: Counts(served=number + 1) for number in range(3)}
    assert blocks.read(1, "rows") == b"rows of 1\n"
    assert list(blocks.shown(3)) == [(f"r{number}", f"id {number}", "title") for number in range(3)]
    assert json.loads(blocks.read(2, "rejected"))["paper"] == "paper 2"
    assert blocks.done(5) == blocks.done(3)


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("what", ["rows", "rejected", "shown", "counts"])
def test_a_block_of_which_a_file_is_another_is_none(blocks, tmp_path, what, damage):
    damage(tmp_path / f"00000001.{what}")
    assert sorted(blocks.done(3)) == [0, 2]
    with pytest.raises(DamagedBlock, match="block 1 is not what was served"):
        [blocks.read(1, name) for name in ("rows", "rejected", "shown")]


def test_every_bit_of_what_is_written_of_a_block_counts(blocks, tmp_path):
    path = tmp_path / "00000001.counts"
    sound = path.read_bytes()
    for place in range(len(sound)):
        changed = sound[:place] + bytes([sound[place] ^ 1 << place % 8]) + sound[place + 1 :]
        if changed.split() == sound.split():
            continue  # white space says nothing
        path.write_bytes(changed)
        with pytest.raises(DamagedBlock):
            blocks.counts(1)


def test_a_whole_block_in_the_place_of_another_is_none(blocks, tmp_path):
    for what in ("rows", "rejected", "shown", "counts"):
        shutil.copy(tmp_path / f"00000000.{what}", tmp_path / f"00000002.{what}")
    assert sorted(blocks.done(3)) == [0, 1]
    assert BlockFolder(tmp_path, "another job", shown=True).done(3) == {}
    assert sorted(BlockFolder(tmp_path, "a job", shown=False).done(3)) == [0, 1]


# In a job


@pytest.fixture(scope="module")
def half_done(tmp_path_factory):
    """For each format a folder of a job that was stopped when all blocks were done; and what it writes."""
    place = tmp_path_factory.mktemp("half")
    Corpus.build(PAPERS, place / "corpus", encoder=FakeEncoder()).close()
    records = [{"user": f"r{number}", "liked": [PAPERS[number].id, "no one's"]} for number in range(6)]
    (place / "profiles.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    for kind in ("parquet", "jsonl", "csv"):
        with pytest.MonkeyPatch.context() as patch:
            finish = OutFolder.finish

            def copied(self, *arguments, finish=finish, kind=kind):
                shutil.copytree(self.path, place / f"half {kind}")
                return finish(self, *arguments)

            patch.setattr(OutFolder, "finish", copied)
            run(place, place / f"whole {kind}", kind)
    return place


def run(place, out, kind):
    return run_batch(place / "profiles.jsonl", place / "corpus", out, BatchOptions(k=2, format=kind))


def output(out):
    return {path.name: path.read_bytes() for path in out.iterdir() if path.name != "manifest.json"}


@pytest.mark.parametrize(
    ("kind", "file", "damage", "kept"),
    [
        ("csv", "parts/00000001.rows", flip, 2),
        ("jsonl", "parts/00000000.rows", swap, 2),
        ("parquet", "parts/00000001.rows", half, 2),
        ("csv", "parts/00000001.rejected", delete, 2),
        ("jsonl", "parts/00000001.counts", random, 2),
        ("jsonl", "parts/00000001.counts", swap, 2),
        ("csv", "profiles.sqlite", flip, 3),
        ("jsonl", "profiles.sqlite", random, 3),
        ("csv", "profiles.sqlite", delete, 3),
        ("csv", "job.json", delete, 0),
    ],
)
def test_what_was_damaged_is_made_again(half_done, tmp_path, kind, file, damage, kept):
    out = tmp_path / "out"
    shutil.copytree(half_done / f"half {kind}", out)
    damage(out / "unfinished" / file)
    report = run(half_done, out, kind)
    assert report.manifest["timings"]["blocks_done_before"] == kept
    assert output(out) == output(half_done / f"whole {kind}")
    whole = json.loads((half_done / f"whole {kind}" / "manifest.json").read_text())
    assert (report.manifest["counts"], report.manifest["files"]) == (whole["counts"], whole["files"])


@pytest.mark.parametrize("damage", [empty, half, random, nested, flip])
def test_a_record_that_cannot_be_read_is_told_and_may_be_overwritten(half_done, tmp_path, damage):
    out = tmp_path / "out"
    shutil.copytree(half_done / "half csv", out)
    damage(out / "unfinished" / "job.json")
    with pytest.raises(
        BatchError, match=r"job\.json: is damaged.*--overwrite|unfinished job that is another"
    ):
        run(half_done, out, "csv")
    run_batch(
        half_done / "profiles.jsonl",
        half_done / "corpus",
        out,
        BatchOptions(k=2, format="csv"),
        overwrite=True,
    )
    assert output(out) == output(half_done / "whole csv")


def test_no_other_number_of_earlier_jobs_is_believed(half_done, tmp_path):
    """It says what readers were shown: with a smaller one they are shown the same again."""
    path = tmp_path / "unfinished" / "job.json"
    shutil.copytree(half_done / "half csv" / "unfinished", path.parent)
    record = json.loads(path.read_text())
    path.write_text(json.dumps({**record, "shown_by_runs": 1}))
    with pytest.raises(
        BatchError, match=r"job\.json: is damaged, or no batch job's; --overwrite begins anew"
    ):
        OutFolder(tmp_path).job()


@pytest.mark.parametrize("kind", ["parquet", "jsonl", "csv"])
def test_what_is_joined_is_what_was_checked(half_done, tmp_path, monkeypatch, caplog, kind):
    """A block that is damaged between its look and its place in the output is served again."""
    out, finish, calls = tmp_path / "out", OutFolder.finish, []
    shutil.copytree(half_done / f"half {kind}", out)

    def damaged(self, *arguments):
        calls.append(arguments)
        if len(calls) == 1:
            flip(self.path / "unfinished" / "parts" / "00000002.rows")
        return finish(self, *arguments)

    monkeypatch.setattr(OutFolder, "finish", damaged)
    run(half_done, out, kind)
    assert len(calls) == 2
    assert "block 2 is not what was served; it is served again" in caplog.text
    assert output(out) == output(half_done / f"whole {kind}")


def test_a_disk_that_keeps_nothing_is_told(half_done, tmp_path, monkeypatch):
    out, finish = tmp_path / "out", OutFolder.finish
    shutil.copytree(half_done / "half csv", out)

    def damaged(self, *arguments):
        flip(self.path / "unfinished" / "parts" / "00000000.rejected")
        return finish(self, *arguments)

    with monkeypatch.context() as patch:
        patch.setattr(OutFolder, "finish", damaged)
        with pytest.raises(BatchError, match="block 0 is not what was served, twice; what is done is kept"):
            run(half_done, out, "csv")
    assert not (out / "recommendations.csv").exists()
    run(half_done, out, "csv")
    assert output(out) == output(half_done / "whole csv")

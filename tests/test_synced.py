"""What is named is on the disk: a file is fsynced before it gets its name, and before a commit names it.

A killed process leaves what it wrote in the system's memory, so no test that kills can tell; here every
fsync is written down by the inode of its file.
"""

import json
import os
import sqlite3
import stat
from pathlib import Path

import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus
from recommender.batch import BatchOptions, run_batch
from recommender.corpus import ingest, maintenance

NAMED = "SELECT file FROM segments UNION ALL SELECT file FROM indexes"


def content(found):
    """Tells a file as it was written: inodes are given again."""
    return found.st_ino, found.st_mtime_ns, found.st_size


class Disk:
    """Which files and folders were put on the disk, and which names were given too early."""

    def __init__(self):
        self.synced, self.folders = set(), set()
        self.renamed, self.commits, self.too_early = 0, 0, []

    def synced_now(self, descriptor):
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode):
            self.folders.add(found.st_ino)
        self.synced.add(content(found))

    def naming(self, source, target):
        self.renamed += 1
        if content(Path(source).stat()) not in self.synced:
            self.too_early.append(f"renamed to {target}")

    def committing(self, folder, names):
        self.commits += 1
        for name in names:
            path = folder / name
            if content(path.stat()) not in self.synced:
                self.too_early.append(f"committed {name}")


@pytest.fixture
def disk(monkeypatch):
    disk = Disk()
    fsync, replace, connect = os.fsync, os.replace, sqlite3.connect

    class Connection(sqlite3.Connection):
        """Looks at what a commit names right before it."""

        def execute(self, statement, *parameters):
            if statement == "COMMIT" and self.path.name == "corpus.sqlite":
                tables = {name for (name,) in super().execute("SELECT name FROM sqlite_schema")}
                if {"segments", "indexes"} <= tables:
                    disk.committing(self.path.parent, [name for (name,) in super().execute(NAMED)])
            return super().execute(statement, *parameters)

    def connected(database, *arguments, **options):
        if options.setdefault("factory", sqlite3.Connection) is not sqlite3.Connection:
            return connect(database, *arguments, **options)  # a reader's
        connection = connect(database, *arguments, **{**options, "factory": Connection})
        connection.path = Path(str(database))
        return connection

    def put_on_disk(descriptor):
        fsync(descriptor)
        disk.synced_now(descriptor)

    def rename(source, target, **options):
        disk.naming(source, target)
        replace(source, target, **options)

    monkeypatch.setattr(os, "fsync", put_on_disk)
    monkeypatch.setattr(os, "replace", rename)
    monkeypatch.setattr(sqlite3, "connect", connected)
    return disk


@pytest.mark.skipif(os.name != "posix", reason="inodes")
def test_a_corpus_names_no_file_that_is_not_on_the_disk(tmp_path, disk, monkeypatch):
    monkeypatch.setattr(ingest, "BATCH", 8)
    monkeypatch.setattr(maintenance, "MANY_SEGMENTS", 3)
    corpus = Corpus.build(make_papers(40), tmp_path / "c", encoder=FakeEncoder(), index="hnsw", recall=0.5)
    corpus.add(make_papers(30, start=40))
    corpus.remove([paper.id for paper in make_papers(10, start=20)])
    corpus.compact()
    assert corpus.snapshot.index_file is not None
    assert disk.too_early == []
    assert disk.renamed >= 9
    assert disk.commits >= 12
    assert (tmp_path / "c").stat().st_ino in disk.folders  # the names themselves


@pytest.mark.skipif(os.name != "posix", reason="inodes")
@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
def test_a_batch_job_names_no_file_that_is_not_on_the_disk(tmp_path, disk, fake_by_name, kind):
    papers = make_papers(40)
    Corpus.build(papers, tmp_path / "c", encoder=fake_by_name).close()
    readers = [{"user": f"u{n}", "liked": [papers[n].id]} for n in range(20)]
    (tmp_path / "p.jsonl").write_text("\n".join(map(json.dumps, readers)))
    before = disk.renamed
    report = run_batch(tmp_path / "p.jsonl", tmp_path / "c", tmp_path / "out", BatchOptions(k=3, format=kind))
    assert disk.too_early == []
    assert disk.renamed - before >= 5  # a block, the output, what was rejected, the manifest
    for name in ("manifest.json", *report.manifest["files"]):
        assert content((tmp_path / "out" / name).stat()) in disk.synced, name
    assert (tmp_path / "out").stat().st_ino in disk.folders

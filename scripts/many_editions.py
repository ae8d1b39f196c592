"""The editions of thousands of readers, night after night: minutes, memory, files, and nothing twice.

    python scripts/many_editions.py ../shared/data --corpus /tmp/corpora/all-static --readers 5000

CORPUS is one of all papers of `corpus_ml.parquet`; it is copied, the newest papers are taken out of the copy,
and come back before the second night. Without it one is built. A reader likes 5 to 40 papers, of one author
or of several; every second reader those of an author who has written one of the newest. The first night
chooses among all papers, the second among those that came, the third among none; then the third is asked for
again. Every night is a process of its own, as by `recommender digest`. In the end each edition is read back,
and no paper may be in two of one reader. The results are a part of many_editions.md.
"""

from __future__ import annotations

import argparse
import datetime
import os
import resource
import shutil
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
from benchmarks.machine import machine
from judged_authors import dated_papers, papers_of

from recommender import Corpus
from recommender.listing import make_editions
from recommender.readership import (
    Readership,
    add_reader,
    all_readers,
    editions_of,
    listing_of,
    note,
    reader_by_number,
)

SEED, LEAST, MOST, AUTHOR = 5, 5, 40, 4
BEYOND = 4  # of so many readers one wants two places beyond the library
RESULTS = Path(__file__).parent / "results" / "many_editions.md"


@dataclass(frozen=True)
class Night:
    """What a night took.

    Bytes of memory are peaks of what was resident: of the job's first process, of the greatest of its
    workers, mapped files of the corpus counted in each; and of all together, what they share counted once.
    """

    name: str
    readers: int
    seconds: float
    processor: float
    made: int
    empty: int
    papers: int
    written: int
    parent: int
    worker: int
    together: int
    files: int
    file_bytes: int
    memory_file: int


class Watch:
    """Looks at this process and the workers it has, as long as it is open."""

    def __init__(self) -> None:
        self.peaks: dict[int, int] = {}
        self.together = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        me = psutil.Process()
        while not self._over.wait(1.0):
            together = 0
            for process in (me, *me.children()):
                try:
                    self.peaks[process.pid] = peak_of(process.pid)
                    together += process.memory_full_info().pss
                except (psutil.Error, OSError):
                    continue
            self.together = max(self.together, together)


def peak_of(process: int) -> int:
    """The most that a process had resident, in bytes; not `ru_maxrss`, which a process has of its parent."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) * 1024


def night(
    name: str, corpus: Path, readers_file: Path, out: Path, now: datetime.datetime, workers: int | None
) -> Night:
    """Make the editions of all readers, in this process and its workers."""
    started = time.perf_counter()
    with Watch() as watch:
        report = make_editions(corpus, readers_file, out, now=now, workers=workers)
    seconds = time.perf_counter() - started
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    mine = watch.peaks.pop(os.getpid(), 0)
    files = [path.stat().st_size for path in out.rglob("*") if path.is_file()]
    return Night(
        name=name,
        readers=len(report.editions),
        seconds=seconds,
        processor=sum(one.ru_utime + one.ru_stime for one in used),
        made=report.made,
        empty=report.empty,
        papers=report.papers,
        written=report.written,
        parent=mine,
        worker=max(watch.peaks.values(), default=0),
        together=watch.together,
        files=len(files),
        file_bytes=sum(files),
        memory_file=readers_file.stat().st_size,
    )


def own_process(*arguments: object) -> Night:
    """A night in a process of its own."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(night, *arguments).result()


def newest_papers(data: Path, count: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All papers but the newest, and these."""
    papers = pd.read_parquet(data / "corpus_ml.parquet").drop_duplicates("id")
    papers = papers.sort_values(["date", "id"], kind="stable")
    return papers[:-count], papers[-count:]


def make_corpus(old: pd.DataFrame, new: pd.DataFrame, given: Path | None, folder: Path) -> float:
    """A corpus without the new papers; the papers a second where it was built, else 0."""
    if given is None:
        old.to_parquet(folder.parent / "old.parquet")
        started = time.perf_counter()
        Corpus.build(folder.parent / "old.parquet", folder, encoder="static").close()
        return len(old) / (time.perf_counter() - started)
    shutil.copytree(given, folder)
    with Corpus.open(folder) as corpus:
        corpus.remove(new["id"].tolist())
    return 0.0


def libraries(data: Path, new: frozenset[str], readers: int) -> Iterator[list[str]]:
    """What each of so many readers likes: the papers of authors, of so many as are needed.

    The first author of every second reader has written one of the new papers.
    """
    papers = dated_papers(data)
    ids = papers["id"].tolist()
    known: dict[str, list[str]] = {}
    active = []
    for name, rows in sorted(papers_of(papers).items()):
        of = [ids[row] for row in rows if ids[row] not in new]
        if len(of) >= AUTHOR:
            known[name] = of
            active += [name] * (len(of) < len(rows))
    names = [*known]
    rng = np.random.default_rng(SEED)
    sizes = np.exp(rng.uniform(np.log(LEAST), np.log(MOST + 1), readers)).astype(int)
    for number, size in enumerate(sizes.tolist()):
        liked: dict[str, None] = {}
        while len(liked) < size:
            among = names if number % 2 or liked else active
            liked |= dict.fromkeys(known[among[rng.integers(len(among))]])
        yield [*liked][:size]


def make_readers(
    libraries: Iterable[list[str]], readers_file: Path, corpus: Path, at: datetime.datetime
) -> None:
    """A reader for each library."""
    with (
        Corpus.open(corpus) as opened,
        Readership.open(readers_file, create=True) as file,
        file.file.transaction(),
    ):
        for number, liked in enumerate(libraries):
            beyond = 0 if number % BEYOND else 2
            reader = add_reader(file, f"reader-{number}", beyond=beyond, at=at)
            note(file, reader, "liked", liked, source="script", at=at, snapshot=opened.snapshot)


def shown_twice(readers_file: Path) -> tuple[int, int, int]:
    """How many editions there are, how many papers they show, and how many of these a reader had before."""
    editions = papers = twice = 0
    with Readership.read(readers_file) as file:
        anybody = reader_by_number(file, 0)
        for reader in [*all_readers(file), *([] if anybody is None else [anybody])]:
            listings = [listing_of(file, one) for one in editions_of(file, reader)]
            parts = [part for listing in listings for part in listing["parts"] if part["kind"] != "versions"]
            shown = [entry["paper"]["id"] for part in parts for entry in part["entries"]]
            editions += len(listings)
            papers += len(shown)
            twice += len(shown) - len({*shown})
    return editions, papers, twice


def report(nights: Sequence[Night], facts: Sequence[str]) -> Iterator[str]:
    """The lines of a part of many_editions.md."""
    yield from (f"{fact}\n" for fact in facts)
    yield (
        "| night | editions made | without a paper for their reader | papers | files written | minutes | "
        "processor minutes | readers/s | first process, MB | greatest worker, MB | all together, MB | "
        "files | MB of files | MB of the file of readers |"
    )
    yield "|---" * 14 + "|"
    for one in nights:
        memory = (f"{size / 1e6:,.0f}" for size in (one.parent, one.worker, one.together))
        sizes = (f"{size / 1e6:,.1f}" for size in (one.file_bytes, one.memory_file))
        cells = (
            one.name,
            *(f"{count:,}" for count in (one.made, one.empty, one.papers, one.written)),
            f"{one.seconds / 60:.1f}",
            f"{one.processor / 60:.1f}",
            f"{one.readers / one.seconds:.1f}",
            *memory,
            f"{one.files:,}",
            *sizes,
        )
        yield f"| {' | '.join(cells)} |"
    yield ""


def processor() -> str:
    """On what was measured."""
    about = machine()
    flags = ", ".join(flag for flag in about["flags"] if flag.startswith("avx")) or "no AVX"
    memory = about["memory_bytes"] / 2**30
    return (
        f"{about['processor']} ({flags}), {about['cores']} cores, {memory:.0f} GiB, Python {about['python']}"
    )


def write_part(title: str, lines: Iterable[str]) -> None:
    """Put a part into many_editions.md, in place of that of the same title."""
    head = "# Many editions\n\nMade by `scripts/many_editions.py` and `scripts/year_of_editions.py`.\n"
    text = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else head
    parts = dict(part.split("\n", 1) for part in text.split("\n## ")[1:])
    body = "\n".join(lines)
    parts[title] = f"\n{body}".rstrip() + "\n"
    written = [f"\n## {name}\n{parts[name]}" for name in sorted(parts)]
    RESULTS.write_text(head + "".join(one.rstrip() + "\n" for one in written), encoding="utf-8")
    print(f"## {title}\n\n{body}")


def main() -> None:
    """Three nights and one again, what they took, and whether anything came twice."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder of the shared data")
    parser.add_argument("--corpus", type=Path, help="a corpus of all its papers; default: it is built")
    parser.add_argument("--readers", type=int, default=5000)
    parser.add_argument("--added", type=int, default=400, help="papers that come before the second night")
    parser.add_argument("--workers", type=int, help="default: one for each processor")
    options = parser.parse_args()
    old, new = newest_papers(options.data, options.added)
    first = datetime.datetime.fromisoformat(f"{new['date'].max()}T06:00+00:00") + datetime.timedelta(days=1)
    with tempfile.TemporaryDirectory() as folder:
        corpus, readers, out = (Path(folder) / name for name in ("corpus", "readers.sqlite", "out"))
        rate = make_corpus(old, new, options.corpus, corpus)
        make_readers(libraries(options.data, frozenset(new["id"]), options.readers), readers, corpus, first)
        nights = []
        for name, days in (("first", 0), ("second", 1), ("third", 2), ("third again", 2)):
            if name == "second":
                new.to_parquet(Path(folder) / "new.parquet")
                with Corpus.open(corpus) as opened:
                    # Those of a corpus that was given were removed from it, and come by name only.
                    opened.add(Path(folder) / "new.parquet", again=new["id"].tolist())
            now = first + datetime.timedelta(days=days)
            nights.append(own_process(f"{name}", corpus, readers, out, now, options.workers))
            print(nights[-1], flush=True)
        editions, papers, twice = shown_twice(readers)
    again, given = nights[-1], " --corpus CORPUS" if options.corpus else ""
    facts = (
        f"{options.readers:,} readers of {LEAST} to {MOST} liked papers, {len(old):,} papers and before the "
        f"second night {len(new)} more, encoder static. {processor()}; load at the end "
        f"{os.getloadavg()[2]:.1f} (of 15 minutes). "
        f"Command: `python scripts/many_editions.py DATA --readers {options.readers}{given}`.",
        *([f"The corpus was built at {rate:,.0f} papers/s."] if rate else []),
        f"{editions:,} editions show {papers:,} papers, {twice} of them to a reader who had them before. "
        f"The third night again made {again.made} editions and wrote {again.written} files.",
    )
    write_part(f"{options.readers:,} readers", report(nights, facts))
    if twice or again.made or again.written:
        raise SystemExit("something came twice, or was made twice")


if __name__ == "__main__":
    main()

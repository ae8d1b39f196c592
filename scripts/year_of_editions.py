"""One reader's editions of a year, day by day: does anything come twice, and do days come to cost more?

    python scripts/year_of_editions.py ../shared/data --days 365

The corpus is of one field, in the order of dates: it begins with 1,000 papers, and five come each day. The
reader likes the papers of the author who has most of the first thousand. Costs are in seconds of the
processor, so that others on the machine do not count. The results are a part of many_editions.md.
"""

from __future__ import annotations

import argparse
import datetime
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import feedparser
import numpy as np
import pandas as pd
from many_editions import processor, shown_twice, write_part

from recommender import Corpus
from recommender.listing import make_editions
from recommender.readership import Readership, add_reader, feed_key, find_reader, note

FIELD, FIRST, EACH = "eess.AS", 1000, 5
LEAST = 0.1  # least confidence: with the default few days have a paper of the reader's own
NAME = "reader"
WINDOW = 10  # days that a cost is the mean of
MORNING = datetime.datetime(2026, 1, 1, 6, tzinfo=datetime.UTC)


@dataclass(frozen=True)
class Day:
    """What a day took, seconds of the processor, and what there was after it."""

    number: int
    adding: float
    making: float
    papers: int
    """Of the reader's own part."""
    memory_file: int
    folder: int
    corpus: int


def field_of(data: Path, count: int) -> pd.DataFrame:
    """The first papers of the field, in the order of dates."""
    papers = pd.read_parquet(data / "corpus_ml.parquet").drop_duplicates("id").fillna("")
    papers = papers[papers["categories"].str.split().str[0] == FIELD]
    return papers.sort_values(["date", "id"], kind="stable")[:count]


def of_the_busiest(papers: pd.DataFrame) -> list[str]:
    """The papers of the author who has most of these."""
    names = [{name.strip() for name in one.split(",")} - {""} for one in papers["authors"]]
    counts = Counter(name for one in names for name in sorted(one))
    busiest = max(sorted(counts), key=counts.__getitem__)
    return [paper for paper, one in zip(papers["id"], names, strict=True) if busiest in one]


def size_of(folder: Path) -> int:
    """The bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def walk(papers: pd.DataFrame, folder: Path, days: int) -> Iterator[Day]:
    """The days, one after the other, in a folder that is empty."""
    corpus, readers, out = (folder / name for name in ("corpus", "readers.sqlite", "out"))
    part = folder / "part.parquet"
    papers[:FIRST].to_parquet(part)
    Corpus.build(part, corpus, encoder="static").close()
    with Corpus.open(corpus) as opened, Readership.open(readers, create=True) as file:
        reader = add_reader(file, NAME, at=MORNING)
        liked = of_the_busiest(papers[:FIRST])
        note(file, reader, "liked", liked, source="script", at=MORNING, snapshot=opened.snapshot)
    for number in range(1, days + 1):
        started = time.process_time()
        if number > 1:
            start = FIRST + EACH * (number - 2)
            papers[start : start + EACH].to_parquet(part)
            with Corpus.open(corpus) as opened:
                opened.add(part)
        added = time.process_time()
        now = MORNING + datetime.timedelta(days=number - 1)
        report = make_editions(corpus, readers, out, now=now, min_confidence=LEAST, workers=1)
        yield Day(
            number,
            added - started,
            time.process_time() - added,
            report.papers,
            readers.stat().st_size,
            size_of(out),
            size_of(corpus),
        )


def checked_feed(folder: Path) -> tuple[int, int]:
    """How many editions and papers the reader's feed has. Raises AssertionError for one that is not valid."""
    with Readership.open(folder / "readers.sqlite") as file:
        place = folder / "out" / "feeds" / feed_key(file, find_reader(file, NAME))
    feed = feedparser.parse((place / "feed.atom").read_bytes())
    items = json.loads((place / "feed.json").read_text(encoding="utf-8"))["items"]
    assert not feed.bozo, feed.bozo_exception
    ids = [entry.id for entry in feed.entries]
    assert ids == [item["id"] for item in items]
    assert len({*ids}) == len(ids)
    assert all(entry.updated_parsed and entry.title for entry in feed.entries)
    return len({one.split("-day-")[1][:10] for one in ids}), len(ids)


def cost(days: Sequence[Day], number: int, name: str) -> float:
    """The mean of the days around one, the last ones where it is the last."""
    start = max(0, min(number - WINDOW // 2, len(days) - WINDOW))
    return float(np.mean([getattr(day, name) for day in days[start : start + WINDOW]]))


def report(days: Sequence[Day], facts: Sequence[str]) -> Iterator[str]:
    """The lines of the part."""
    yield from (f"{fact}\n" for fact in facts)
    yield "| day | edition, s | adding, s | kB of the file of readers | kB of editions | MB of the corpus |"
    yield "|---" * 6 + "|"
    for number in sorted({10, len(days) // 4, len(days) // 2, 3 * len(days) // 4, len(days)}):
        day = days[number - 1]
        yield (
            f"| {number} | {cost(days, number, 'making'):.2f} | {cost(days, number, 'adding'):.2f} "
            f"| {day.memory_file / 1e3:,.0f} | {day.folder / 1e3:,.0f} | {day.corpus / 1e6:.1f} |"
        )
    yield ""


def main() -> None:
    """Walk through the days, and write what they took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder of the shared data")
    parser.add_argument("--days", type=int, default=365)
    options = parser.parse_args()
    papers = field_of(options.data, FIRST + EACH * (options.days - 1))
    with tempfile.TemporaryDirectory() as folder:
        days = list(walk(papers, Path(folder), options.days))
        editions, shown, twice = shown_twice(Path(folder) / "readers.sqlite")
        in_feed, items = checked_feed(Path(folder))
    ratio = cost(days, len(days), "making") / cost(days, 10, "making")
    facts = (
        f"One reader and everybody, {len(days)} days, {FIRST:,} papers of {FIELD} and {EACH} more each day, "
        f"least confidence {LEAST}, encoder static, one process. {processor()}. "
        f"Command: `python scripts/year_of_editions.py DATA --days {len(days)}`.",
        f"{editions:,} editions show {shown:,} papers, {twice} of them to a reader who had them before; "
        f"{sum(day.papers > 0 for day in days)} of the reader's have papers of their own part, "
        f"{sum(day.papers for day in days)} in all. The feed is valid and has {items} items of the last "
        f"{in_feed} editions. An edition of the last {WINDOW} days costs {ratio:.2f} times what one of the "
        f"{WINDOW} around day 10 did (processor seconds, the corpus growing from {FIRST:,} to "
        f"{len(papers):,} papers).",
    )
    write_part("A year of one reader", report(days, facts))
    if twice:
        raise SystemExit("something came twice")


if __name__ == "__main__":
    main()

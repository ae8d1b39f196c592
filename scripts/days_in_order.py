"""Walks through 60 days, one by one: what is a digest worth by its least confidence?

    python scripts/days_in_order.py ../shared/data --corpus /tmp/corpora/all-static --part tune

A reader is an author, who likes their own earlier papers and whose papers of the day are to be found in the
corpus's last 60 days, or a reading list, in the 60 days up to its newest paper. Likes are what was known
before each day. net@10 is the number of useful papers among the first ten less twice the number of useless
ones; an empty list counts 0. An author's readers may want more than the author's own papers: what is not
theirs, or not listed, counts as useless. net@2 is that of editions, as `recommender digest` makes them: two
papers at most, each as sure as --least says.
"""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from confidence_data import sections
from evaluate_encoder import part_of
from judged_authors import dated_papers, papers_of
from numpy.typing import NDArray

from recommender import Corpus, Profile, Recommender
from recommender.corpus import content_hash
from recommender.identifiers import canonical
from recommender.listing import edition_confidence
from recommender.listing.choice import Choice
from recommender.listing.compose import Composer, Request

K, SPAN, LEAST, MOST_LIKED, SEED = 10, 60, 3, 20, 5
USELESS = 2.0
THRESHOLDS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
IN_EDITION = 2  # papers of an edition on a thin day, as most are
RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class DatedReader:
    """A reader's papers with their days, oldest first, and the first and the last day of the walk."""

    name: str
    kind: str
    papers: tuple[tuple[str, str], ...]
    first: str
    last: str

    def before(self, day: str) -> tuple[str, ...]:
        """The newest papers of earlier days."""
        return tuple(paper for paper, on in self.papers if on < day)[-MOST_LIKED:]

    def on(self, day: str) -> set[str]:
        """The papers of a day."""
        return {canonical(paper) for paper, of in self.papers if of == day}


@dataclass(frozen=True)
class Day:
    """What a reader got on a day: the confidence in each paper, which were useful, how many there were."""

    reader: DatedReader
    confidences: NDArray[np.float64]
    useful: NDArray[np.bool_]
    wanted: int


def readers_of(folder: Path, part: str, most: int) -> list[DatedReader]:
    """Up to `most` authors and as many reading lists."""
    papers = dated_papers(folder)
    ids, dates = papers["id"].tolist(), papers["date"].tolist()
    last = max(dates)
    written = papers_of(papers)
    names = sorted(name for name in written if part_of("author" + name) == part)
    authors, lists = [], []
    for place in np.random.default_rng(SEED).permutation(len(names)).tolist():
        rows = written[names[place]]
        of = tuple((ids[row], dates[row]) for row in rows)
        authors.append(DatedReader(names[place], "author", of, earlier(last), last))
    every = pd.read_parquet(folder / "corpus_ml.parquet", columns=["id", "date"])
    date_of = dict(zip(every["id"], every["date"], strict=True))
    for topic in sections(folder, part):
        of = tuple(sorted(((one, date_of[one]) for one in topic["ids"]), key=lambda one: one[1]))
        lists.append(DatedReader(topic["topic"], "list", of, earlier(of[-1][1]), of[-1][1]))
    return [*served(authors)[:most], *served(lists)[:most]]


def served(readers: Sequence[DatedReader]) -> list[DatedReader]:
    """Those who like some papers before the walk, and have one to find in it."""
    return [
        one
        for one in readers
        if len(one.before(one.first)) >= LEAST and any(day >= one.first for _, day in one.papers)
    ]


def earlier(day: str) -> str:
    """The first day of the walk that ends on this day."""
    return (datetime.date.fromisoformat(day) - datetime.timedelta(days=SPAN - 1)).isoformat()


def walk(corpus: Corpus, readers: Sequence[DatedReader]) -> Iterator[Day]:
    """Each reader's days, but for those on which no paper appeared."""
    recommender = Recommender(corpus)
    published = sorted({str(paper.published) for paper in corpus if paper.published})
    for day in published:
        today = [one for one in readers if one.first <= day <= one.last]
        profiles = [Profile(one.before(day)) for one in today]
        if not today:
            continue
        for one, found in zip(
            today, recommender.recommend_many(profiles, k=K, since=day, until=day), strict=True
        ):
            useful = one.on(day)
            yield Day(
                one,
                np.array([paper.confidence for paper in found], np.float64),
                np.array([canonical(paper) in useful for paper in found.ids], np.bool_),
                len(useful),
            )
        print(f"{day}: {len(today)} readers", flush=True)


def editions(corpus: Corpus, readers: Sequence[DatedReader], least: float) -> Iterator[Day]:
    """The same days as each reader's edition has them."""
    composer = Composer(corpus, IN_EDITION, least, content_hash(corpus.snapshot))
    for day in sorted({str(paper.published) for paper in corpus if paper.published}):
        today = [one for one in readers if one.first <= day <= one.last]
        requests = [_request(one, day) for one in today]
        for one, listing in zip(today, composer.listings(requests), strict=True):
            useful = one.on(day)
            own = [entry for part in listing.parts if part.kind == "personal" for entry in part.entries]
            yield Day(
                one,
                np.array([entry.confidence for entry in own], np.float64),
                np.array([canonical(entry.paper.id) in useful for entry in own], np.bool_),
                len(useful),
            )


def _request(reader: DatedReader, day: str) -> Request:
    """What makes a reader's edition of a day."""
    profile = Profile(reader.before(day))
    choice = Choice(since=day, until=day)
    return Request(
        "days-in-order", reader.name, profile, (), 0, choice, (), "day", day, f"{day}T06:00:00+00:00"
    )


def net(days: Sequence[Day], threshold: float) -> tuple[float, float, float, float]:
    """net@10 a day, papers a day, the share of them that is useful, the share of the useful that is found."""
    kept = [day.confidences >= threshold for day in days]
    listed = sum(int(one.sum()) for one in kept)
    useful = sum(int((one & day.useful).sum()) for one, day in zip(kept, days, strict=True))
    wanted = sum(day.wanted for day in days)
    worth = (useful - USELESS * (listed - useful)) / len(days)
    return worth, listed / len(days), useful / listed if listed else float("nan"), useful / max(wanted, 1)


def report(days: Sequence[Day], part: str) -> Iterator[str]:
    """The lines of the file."""
    yield f"## Part {part}\n"
    for kind in ("author", "list"):
        some = [day for day in days if day.reader.kind == kind]
        if not some:
            continue
        readers = len({day.reader.name for day in some})
        yield f"{readers} readers ({kind}s), {len(some):,} days, {sum(day.wanted for day in some)} to find.\n"
        yield "| least confidence | net@10 a day | papers a day | useful | found of all |"
        yield "|---|---|---|---|---|"
        for threshold in THRESHOLDS:
            worth, listed, useful, found = net(some, threshold)
            yield f"| {threshold:g} | {worth:+.3f} | {listed:.2f} | {useful:.2f} | {found:.2f} |"
        best = max(THRESHOLDS, key=lambda threshold: net(some, threshold)[0])
        yield f"\nBest: {best:g}.\n"


def report_editions(days_of: Mapping[float, Sequence[Day]], part: str) -> Iterator[str]:
    """The lines on editions, by the least confidence that they were made with."""
    yield f"## Editions, part {part}\n"
    for kind in ("author", "list"):
        yield f"Readers are {kind}s.\n"
        yield "| least confidence | net@2 a day | papers a day | days with a paper | useful | found of all |"
        yield "|---|---|---|---|---|---|"
        for least, days in days_of.items():
            some = [day for day in days if day.reader.kind == kind]
            if some:
                worth, listed, useful, found = net(some, 0.0)
                having = sum(bool(len(day.useful)) for day in some)
                yield f"| {least:g} | {worth:+.3f} | {listed:.2f} | {having} | {useful:.2f} | {found:.2f} |"
        yield ""


def main() -> None:
    """Walk, print, and write days_in_order.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder of the shared data")
    parser.add_argument("--corpus", type=Path, required=True, help="a corpus of all shared papers")
    parser.add_argument("--part", nargs="+", default=["tune", "final"])
    parser.add_argument("--most", type=int, default=40, help="how many authors, and how many lists")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument(
        "--least", nargs="+", type=float, help="least confidences of editions; default: the product's"
    )
    options = parser.parse_args()
    lines = ["# Days in order: what a digest is worth by its least confidence\n"]
    with Corpus.open(options.corpus) as corpus:
        chosen = options.least or [edition_confidence(len(corpus))]
        for part in options.part:
            readers = readers_of(options.data, part, options.most)
            lines += report(list(walk(corpus, readers)), part)
            made = {least: list(editions(corpus, readers, least)) for least in chosen}
            lines += report_editions(made, part)
    text = "\n".join(lines) + "\n"
    print(text)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "days_in_order.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

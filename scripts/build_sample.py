"""Build the embedded sample's papers.jsonl from synopses and the corpus's facts, or check it.

    python scripts/build_sample.py            # refresh the facts of the committed sample
    python scripts/build_sample.py --check    # compare it with the corpus; exit status 1 on a problem

A synopsis line is ``{"id", "topic", "synopsis"}``, or a line of papers.jsonl itself, where the
synopsis is the abstract.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "recommender" / "sample"
CORPUS = ROOT.parent / "shared" / "data" / "corpus_ml.parquet"
DAILY = CORPUS.with_name("hf_daily_papers.jsonl.gz")
LISTING = "hf_papers_page.txt"  # beside the corpus

FACTS = ("title", "authors", "published", "categories", "url")
CUT_AUTHORS = 160  # the corpus cuts its author field at this many characters
SHORTEST, LONGEST = 60, 120  # words of a synopsis
RUN = 8  # words in a row that no synopsis may share with another text

Record = dict[str, Any]


def read_jsonl(path: Path) -> list[Record]:
    """The records of a JSON Lines file, gzip or not."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8")
    return [json.loads(line) for line in text.split("\n") if line.strip()]


def rows(corpus: Path, columns: list[str]) -> Iterator[Record]:
    """The corpus's rows, one batch in memory at a time."""
    for batch in pq.ParquetFile(corpus).iter_batches(batch_size=4096, columns=columns):
        yield from batch.to_pylist()


def authors(field: str, *, partial: bool) -> list[str]:
    """The names in the corpus's author field, none where it does not have them all.

    A `partial` field names only some of the authors; one of `CUT_AUTHORS` characters is cut off.
    """
    return [] if partial or not field or len(field) >= CUT_AUTHORS else field.split(", ")


def facts(corpus: Path, daily: Path, ids: set[str]) -> dict[str, Record]:
    """What the corpus says of each of these papers.

    The daily papers name only the authors who have an account at their source, and the corpus's
    rows for these papers follow them.
    """
    partial = {f"arxiv:{paper['arxiv_id']}" for paper in read_jsonl(daily) if paper.get("authors")}
    return {
        row["id"]: {
            "title": " ".join(row["title"].split()),
            "authors": authors(row["authors"], partial=row["id"] in partial),
            "published": row["date"],
            "categories": row["categories"].split(),
            "url": row["url"],
        }
        for row in rows(corpus, ["id", "title", "authors", "date", "categories", "url"])
        if row["id"] in ids
    }


def build(synopses: list[Record], known: dict[str, Record]) -> list[Record]:
    """The sample's papers, sorted by topic, then id. Raises ValueError for an unknown or repeated id."""
    for paper_id, times in Counter(synopsis["id"] for synopsis in synopses).items():
        if times > 1:
            raise ValueError(f"{paper_id} has {times} synopses: keep one")
        if paper_id not in known:
            raise ValueError(f"{paper_id} is not in the corpus")
    papers = [
        {
            "id": synopsis["id"],
            "title": known[synopsis["id"]]["title"],
            "abstract": " ".join((synopsis.get("synopsis") or synopsis["abstract"]).split()),
            **{name: known[synopsis["id"]][name] for name in FACTS if name != "title"},
            "topic": synopsis["topic"],
        }
        for synopsis in synopses
    ]
    return sorted(papers, key=lambda paper: (paper["topic"], paper["id"]))


def word_runs(text: str) -> Iterator[tuple[str, ...]]:
    """Every run of `RUN` words in a text."""
    words = re.findall("[a-z0-9]+", text.lower())
    return zip(*(words[start:] for start in range(RUN)), strict=False)


def listing(corpus: Path) -> Iterator[tuple[str, str]]:
    """The paragraphs of the listing beside the corpus, each with a name for a message."""
    text = (corpus.parent / LISTING).read_text(encoding="utf-8")
    for number, paragraph in enumerate(re.split(r"\n\s*\n", text), start=1):
        yield f"{LISTING}, paragraph {number}", paragraph


def abstracts(corpus: Path, ids: set[str] | None = None) -> Iterator[tuple[str, str]]:
    """The id and abstract of every paper of the corpus, or of `ids` only."""
    for row in rows(corpus, ["id", "abstract"]):
        if ids is None or row["id"] in ids:
            yield row["id"], row["abstract"]


def wrong_facts(papers: list[Record], known: dict[str, Record]) -> Iterator[str]:
    """A line for every fact that is not the corpus's."""
    for paper in papers:
        if paper["id"] not in known:
            yield f"{paper['id']}: is not in the corpus"
            continue
        for name in FACTS:
            if paper[name] != known[paper["id"]][name]:
                yield f"{paper['id']}: {name} is {paper[name]!r}, the corpus has {known[paper['id']][name]!r}"


def wrong_lengths(papers: list[Record]) -> Iterator[str]:
    """A line for every synopsis that is too short or too long."""
    for paper in papers:
        words = len(paper["abstract"].split())
        if not SHORTEST <= words <= LONGEST:
            yield f"{paper['id']}: the synopsis has {words} words, not {SHORTEST} to {LONGEST}"


def shared_runs(papers: list[Record], texts: Iterable[tuple[str, str]]) -> Iterator[str]:
    """A line for every run of words that a synopsis has in common with one of these named texts."""
    owners = {run: paper["id"] for paper in papers for run in word_runs(paper["abstract"])}
    for name, text in texts:
        for run in sorted(owners.keys() & word_runs(text)):
            yield f"{owners[run]}: {' '.join(run)!r} stands in {name} too"


def check(papers: list[Record], corpus: Path, daily: Path) -> Iterator[str]:
    """Every problem of the sample, one line each."""
    yield from wrong_facts(papers, facts(corpus, daily, {paper["id"] for paper in papers}))
    yield from wrong_lengths(papers)
    yield from shared_runs(papers, listing(corpus))
    yield from shared_runs(papers, abstracts(corpus))


def _file(name: str) -> Path:
    if not Path(name).is_file():
        raise argparse.ArgumentTypeError(f"{name!r} is not a file")
    return Path(name)


def main(arguments: list[str] | None = None) -> int:
    """Parse, call, print; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--synopses", type=_file, nargs="+", metavar="FILE", help="default: the sample")
    parser.add_argument("--corpus", type=_file, default=str(CORPUS), metavar="PARQUET")
    parser.add_argument("--daily", type=_file, default=str(DAILY), metavar="JSONL.GZ")
    parser.add_argument("--out", type=Path, default=SAMPLE, metavar="DIR", help="folder of papers.jsonl")
    parser.add_argument("--check", action="store_true", help="change nothing; name what is wrong")
    given = parser.parse_args(arguments)
    target = given.out / "papers.jsonl"

    if given.check:
        if not target.is_file():
            parser.error(f"{target} is not there to be checked")
        papers = read_jsonl(target)
        problems = list(check(papers, given.corpus, given.daily))
        print(*problems, f"{len(papers)} papers checked, {len(problems)} problems", sep="\n")
        return 1 if problems else 0

    synopses = [line for file in given.synopses or [SAMPLE / "papers.jsonl"] for line in read_jsonl(file)]
    try:
        papers = build(synopses, facts(given.corpus, given.daily, {line["id"] for line in synopses}))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    target.write_text("".join(json.dumps(paper, ensure_ascii=False) + "\n" for paper in papers), "utf-8")
    print(f"{len(papers)} papers written to {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Authors as readers: an author's earlier papers are liked, the later ones are to be found.

Each later paper stands among others of its own primary category and month, 50 papers in all, so that
neither field nor time tells it. Authors are names: of a common name it is not known whose papers they are,
so only names are taken whose given name and family name would meet by chance on less than a fifth of a
paper of the whole corpus (their counts multiplied, over all names). An author belongs to `tune` or `final`
by the hash of the name; no paper is to be found for two authors.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from evaluate_encoder import part_of

__all__ = ["AuthorReader", "authors"]

SEED, AMONG = 5, 50
LEAST, MOST_LIKED, MOST_WANTED = 4, 20, 5
MOST_PAPERS = 40  # who has written more within some years leads a group, or is several
BY_CHANCE = 0.2


@dataclass(frozen=True)
class AuthorReader:
    """An author's earlier papers, later ones, and what these stand among; `group` is the name.

    `among` holds the wanted ones too, in the order of ids. The liked ones are all older than the wanted
    ones, the oldest first.
    """

    liked: tuple[str, ...]
    wanted: tuple[str, ...]
    among: tuple[str, ...]
    group: str
    source: str = "authors"


def authors(folder: Path, part: str = "final", *, most: int | None = None) -> list[AuthorReader]:
    """The readers of a part, in the order of their hash; the first `most` of them.

    Three in four of an author's papers are liked, up to the last 20; up to five later ones are wanted.
    """
    papers = dated_papers(folder)
    written = papers_of(papers)
    ids, dates = papers["id"].tolist(), papers["date"].tolist()
    shelves = [*zip(papers["field"], papers["month"], strict=True)]
    shelf = {key: rows.index.to_numpy() for key, rows in papers.groupby(["field", "month"])}
    taken: set[int] = set()
    readers = []
    for name in in_turn(written):
        earlier, later = halves(written[name], dates)
        if not len(later) or taken.intersection(later):
            continue
        taken.update(later)
        if part_of("author" + name) != part:
            continue
        rng = np.random.default_rng([SEED, *name.encode()])
        among = [*later]
        for place, row in enumerate(later):
            # The places are dealt among the wanted ones: each stands among its own like.
            share = AMONG // len(later) + (place < AMONG % len(later)) - 1
            others = np.setdiff1d(shelf[shelves[row]], [*written[name], *among])
            among += rng.choice(others, min(share, len(others)), replace=False).tolist()
        readers.append(
            AuthorReader(
                tuple(ids[row] for row in earlier),
                tuple(ids[row] for row in later),
                tuple(sorted(ids[row] for row in among)),
                name,
            )
        )
        if len(readers) == most:
            break
    return readers


def dated_papers(folder: Path) -> pd.DataFrame:
    """Id, authors, date, month and primary category of each paper that has a day and a category."""
    columns = ["id", "authors", "date", "categories"]
    papers = pd.read_parquet(folder / "corpus_ml.parquet", columns=columns).fillna("")
    papers = papers[(papers["date"].str.len() == len("2026-08-21")) & (papers["categories"] != "")]
    papers = papers.drop_duplicates("id").reset_index(drop=True)
    papers["field"] = papers["categories"].str.split().str[0]
    papers["month"] = papers["date"].str[:7]
    return papers


def papers_of(papers: pd.DataFrame) -> dict[str, list[int]]:
    """The rows of each author who has some, and a name that is nobody else's, oldest first."""
    names = [sorted({name.strip() for name in one.split(",")} - {""}) for one in papers["authors"]]
    given, family = Counter[str](), Counter[str]()
    written: dict[str, list[int]] = {}
    for row in np.argsort(papers["date"].to_numpy(), kind="stable").tolist():
        for name in names[row]:
            first, last = ends(name)
            given[first] += 1
            family[last] += 1
            written.setdefault(name, []).append(row)
    total = sum(given.values())

    def alone(name: str) -> bool:
        first, last = ends(name)
        return len(first.rstrip(".")) > 1 and given[first] * family[last] / total < BY_CHANCE

    return {name: rows for name, rows in written.items() if LEAST <= len(rows) <= MOST_PAPERS and alone(name)}


def ends(name: str) -> tuple[str, str]:
    """The first and the last word of a name, in small letters."""
    words = name.lower().split()
    return words[0], words[-1]


def in_turn(written: dict[str, list[int]]) -> Iterator[str]:
    """The names of `final`, then those of `tune`, each in a random order that is always the same."""
    for part in ("final", "tune"):
        names = sorted(name for name in written if part_of("author" + name) == part)
        yield from (names[place] for place in np.random.default_rng(SEED).permutation(len(names)))


def halves(rows: list[int], dates: list[str]) -> tuple[list[int], list[int]]:
    """The earlier papers and, of later days, the others: a quarter, one at least."""
    cut = min(len(rows) - max(len(rows) // 4, 1), len(rows) - 1)
    earlier = [row for row in rows if dates[row] < dates[rows[cut]]]
    if len(earlier) < LEAST - 1:
        return [], []
    return earlier[-MOST_LIKED:], rows[len(earlier) :][:MOST_WANTED]

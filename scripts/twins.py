"""How well papers that are one to their reader are told from others, by real papers judged by hand.

    python scripts/twins.py ../shared/data

The pairs in `results/twins.csv` are those of 146,289 papers that have a cosine above .95 by minilm, or
share 30% of the runs of letters of their abstracts or half of those of the shorter one, or have one title.
One judge went through them by titles, authors, dates and what the abstracts have in common: a pair is one
work in two versions, or two works, or a work that another one goes on with under a name of its own, or two
works over the abstract of one. The last two are counted apart, as readers would not agree on them. The
limits of the rule were chosen on these pairs. The columns `minilm` and `static` are cosines; above .98 they
made two papers one before.

The present rule is given as the texts tell, and for those pairs alone that an answer looks at: which share a
key, or have a cosine above the limit.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from recommender import Paper
from recommender.engine import NEAR
from recommender.identity import Record, are_twins, keys

PAIRS = Path(__file__).parent / "results" / "twins.csv"
PAPERS = "corpus_ml.parquet"
ENCODERS = ("minilm", "static")
ONE, TWO, OTHERS = "one work", "two works", ("goes on", "abstract of another")
FORMER = 0.98


@dataclass(frozen=True)
class Pair:
    """Two papers, what they are, and their cosine by each encoder."""

    first: Paper
    second: Paper
    kind: str
    cosines: dict[str, float]

    @property
    def equal(self) -> bool:
        """Whether they have one title or one abstract."""
        first, second = Record(self.first), Record(self.second)
        return first.title.letters == second.title.letters or first.abstract == second.abstract

    def looked_at(self, encoder: str) -> bool:
        """Whether an answer looks at them."""
        shared = {*keys(self.first)} & {*keys(self.second)}
        return self.equal or bool(shared) or self.cosines[encoder] > NEAR

    @property
    def twins(self) -> bool:
        """What their texts tell."""
        return are_twins(Record(self.first), Record(self.second))


def read_pairs(folder: Path) -> list[Pair]:
    """The judged pairs, with their papers from the shared data."""
    import pandas as pd

    with PAIRS.open(encoding="utf-8", newline="") as lines:
        judged = [*csv.DictReader(lines)]
    table = pd.read_parquet(folder / PAPERS)
    named = table[table["id"].isin({line[side] for line in judged for side in ("first", "second")})]
    papers = {
        line["id"]: Paper(
            id=line["id"],
            title=line["title"],
            abstract=line["abstract"],
            authors=tuple(filter(None, map(str.strip, line["authors"].split(",")))),
            published=line["date"],
        )
        for line in named.to_dict("records")
    }
    return [
        Pair(
            papers[line["first"]],
            papers[line["second"]],
            line["kind"],
            {encoder: float(line[encoder]) for encoder in ENCODERS},
        )
        for line in judged
    ]


def rates(pairs: Sequence[Pair], told: Callable[[Pair], bool]) -> str:
    """Precision and recall, and how many of the other kinds are taken for one."""
    counts = {kind: [told(pair) for pair in pairs if pair.kind == kind] for kind in (ONE, TWO, *OTHERS)}
    right, wrong = sum(counts[ONE]), sum(counts[TWO])
    precision = right / (right + wrong) if right + wrong else float("nan")
    others = ", ".join(f"{kind} {sum(counts[kind])} of {len(counts[kind])}" for kind in OTHERS)
    return (
        f"precision {precision:.3f}, recall {right / len(counts[ONE]):.3f} "
        f"({right} of {len(counts[ONE])} one work, {wrong} of {len(counts[TWO])} two works; {others})"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the rates of both rules."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="the folder of the shared data")
    folder = parser.parse_args(arguments).folder
    if not (folder / PAPERS).is_file():
        print(f"{folder / PAPERS} is not there; nothing is measured")
        return
    pairs = read_pairs(folder)
    print(f"{len(pairs)} pairs judged by hand")
    for encoder in ENCODERS:
        print(f"{encoder}, dense cosine above {FORMER} alone: ", end="")
        print(rates(pairs, lambda pair, by=encoder: pair.cosines[by] > FORMER))  # type: ignore[misc]
        print(f"{encoder}, that, one title or one abstract:   ", end="")
        print(rates(pairs, lambda pair, by=encoder: pair.cosines[by] > FORMER or pair.equal))  # type: ignore[misc]
        print(f"{encoder}, by their texts, of those looked at: ", end="")
        print(rates(pairs, lambda pair, by=encoder: pair.looked_at(by) and pair.twins))  # type: ignore[misc]
    print("by their texts, all: ", end="")
    print(rates(pairs, lambda pair: pair.twins))


if __name__ == "__main__":
    main()

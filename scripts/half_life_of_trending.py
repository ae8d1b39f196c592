"""What each half-life of a trending list does, on Hugging Face's daily papers and the upvotes they have.

    python scripts/half_life_of_trending.py ../shared/data/hf_daily_papers.jsonl.gz

No file says what was trending, and this one has one count a paper, taken after its days: how votes came in
over the days cannot be seen, so no half-life can be called right. The table shows what the choice does.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import mean, median

from recommender.listing.trending import HALF_LIFE

HALF_LIVES = (1, 2, 3, 5, 7, 14, 30)
PLACES = 10


def counts_by_day(lines: Sequence[str]) -> dict[date, list[int]]:
    """The upvotes of the papers of each listed day that has any."""
    found: dict[date, list[int]] = {}
    for record in map(json.loads, lines):
        if record.get("upvotes") is not None:
            found.setdefault(date.fromisoformat(record["date"]), []).append(record["upvotes"])
    return found


def first_places(days: dict[date, list[int]], today: date, half_life: float) -> list[tuple[date, int]]:
    """The papers of that day's list, each as its day and its place among that day's."""
    weighed = [
        (-votes * 2 ** (-(today - day).days / half_life), -day.toordinal(), place)
        for day, counts in days.items()
        if timedelta() <= today - day <= timedelta(days=5 * half_life)
        for place, votes in enumerate(counts)
    ]
    return [(date.fromordinal(-day), place) for _, day, place in sorted(weighed)[:PLACES]]


def row_of(days: dict[date, list[int]], half_life: float) -> str:
    """A line of the table."""
    began = min(days) + timedelta(days=60)
    todays = [day for day in sorted(days) if day >= began]
    lists = [first_places(days, today, half_life) for today in todays]
    ages = [median((today - day).days for day, _ in some) for today, some in zip(todays, lists, strict=True)]
    own = [sum(day == today for day, _ in some) for today, some in zip(todays, lists, strict=True)]
    stay = [len({*one} & {*other}) for one, other in pairwise(lists)]
    mark = " (chosen)" if half_life == HALF_LIFE else ""
    return f"| {half_life}{mark} | {mean(own):.1f} | {mean(ages):.1f} | {mean(stay):.1f} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file", type=Path, help="hf_daily_papers.jsonl.gz")
    with gzip.open(parser.parse_args().file, "rt", encoding="utf-8") as lines:
        days = counts_by_day(list(lines))
    papers = sorted(votes for counts in days.values() for votes in counts)
    print(f"{len(papers):,} papers with upvotes on {len(days)} days, {min(days)} to {max(days)}; ", end="")
    print(f"median {median(papers):g} upvotes, nine in ten below {papers[9 * len(papers) // 10] + 1}.\n")
    print(f"| half-life, days | of {PLACES} papers, that day's | median age, days | on the next list too |")
    print("|---|---|---|---|")
    for half_life in HALF_LIVES:
        print(row_of(days, half_life))


if __name__ == "__main__":
    main()

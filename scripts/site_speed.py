"""How long a site takes beside a batch job of the same papers, in one run.

    python scripts/site_speed.py big.corpus --day 2026-08-21 --papers 10000

So many papers of the newest days have a page each; the job recommends ten papers for each of them as the one
liked paper of a reader, with the same number of processes. Both are measured by the clock and by the time of
all processors, which tells more where other programs run.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from recommender import Corpus
from recommender.batch import BatchOptions, run_batch
from recommender.readership import Community
from recommender.site import publish
from recommender.site.papers import SIMILAR
from recommender.site.plan import plan_site


def measured(job: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of all processors."""
    clock, used = time.perf_counter(), _used()
    job()
    return time.perf_counter() - clock, _used() - used


def _used() -> float:
    of = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in of)


def days_of(corpus: Corpus, day: str, papers: int) -> int:
    """How many days it takes until so many papers have a page."""
    days = 1
    while len(plan_site(corpus.snapshot, Community(), day=day, days=days).rows) < papers:
        days += max(1, days // 4)
    return days


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--day", required=True)
    parser.add_argument("--papers", type=int, default=10_000)
    parser.add_argument("--workers", type=int)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, Corpus.open(options.corpus) as corpus:
        folder = Path(name)
        days = days_of(corpus, options.day, options.papers)
        rows = plan_site(corpus.snapshot, Community(), day=options.day, days=days).rows.tolist()
        ids = [corpus.snapshot.labels([row])[row][0] for row in rows]
        lines = (json.dumps({"name": one, "liked": [one]}) for one in ids)
        (folder / "seeds.jsonl").write_text("\n".join(lines), "utf-8")
        jobs = {
            "batch": lambda: run_batch(
                folder / "seeds.jsonl",
                options.corpus,
                folder / "lists",
                BatchOptions(k=SIMILAR),
                workers=options.workers,
            ),
            "publish": lambda: publish(
                options.corpus, folder / "site", day=options.day, days=days, workers=options.workers
            ),
        }
        print(f"{len(ids):,} papers of {days} days")
        jobs["publish again"] = jobs["publish"]
        for what, job in jobs.items():
            clock, used = measured(job)
            print(f"{what}: {clock:,.0f} s, {used:,.0f} s of processors", flush=True)


if __name__ == "__main__":
    main()

"""What 100 million papers and 10 million readers would take, from what was measured here.

    python scripts/sizing.py --corpus big.corpus                        # writes results/sizing.md
    python scripts/sizing.py --corpus big.corpus --papers 1e7 --readers 1e6 --price 0.05

`big.corpus` is a corpus of real papers (bytes a paper are taken from it); all rates come from
results/benchmark.json. Nothing is extrapolated silently: a line says what it was made of.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recommender import Corpus

RESULTS = Path(__file__).parent / "results"

# Of a machine's memory, what mapped vectors, index and terms may take.
_MEMORY_SHARE = 2 / 3

_PROFILE_BYTES = 1_000
_FOUND_BYTES = 12  # a row and a cosine
_DEPTH = 100


@dataclass(frozen=True)
class Measured:
    """The rates of one machine, and the bytes of one paper."""

    cores: int
    memory: float
    encoding: dict[str, float]
    job: float
    """Readers a second of a long job over `job_papers` papers, exact index, whole machine."""
    job_papers: int
    ivf_ms: dict[int, float]
    """p50 of one query by number of papers, whole machine."""
    vector_bytes: float
    ivf_bytes: float
    text_bytes: float
    term_bytes: float
    output_bytes: float
    """Of one reader's ten recommendations, as Parquet."""


def read(report: dict[str, Any], corpus: Path) -> Measured:
    """The measurements of the report and of the corpus."""
    sections = report["sections"]
    machine = sections["batch"]["machine"]
    growth = next(t for t in sections["batch"]["tables"] if t["title"] == "Jobs of growing size")["rows"]
    readers, _, rate, _, output = growth[-1]
    million = next(t for t in sections["indexes"]["tables"] if t["title"] == "1,000,000 vectors")["rows"]
    disk = {row[0]: row[2] for row in million}
    facts = sections["indexes"]["facts"]
    with Corpus.open(corpus) as opened:
        papers, info = len(opened), opened.snapshot
        terms = info.term_bytes / papers
        vectors = info.dim * 2
        everything = sum(file.stat().st_size for file in corpus.iterdir()) / papers
    return Measured(
        machine["cores"],
        machine["memory_bytes"],
        {name: sections["encoding"]["facts"][f"{name} papers/s"] for name in ("minilm", "static")},
        rate,
        papers,
        {size: facts[f"{size} ours, ivf p50 ms"] for size in (100_000, 1_000_000)},
        768.0,
        disk["ours, ivf"] - disk["ours, exact"],
        everything - vectors - terms,
        terms,
        output * 1e6 / readers,
    )


def lines(found: Measured, papers: float, readers: float, price: float) -> Iterator[tuple[str, str, str]]:
    """What, how much, and made of what."""
    vectors, index = papers * found.vector_bytes, papers * found.ivf_bytes
    yield "vectors, 384 x float16", _bytes(vectors), f"{found.vector_bytes:.0f} bytes a paper"
    yield "the same as int8", _bytes(vectors / 2), "half"
    yield (
        "index, ivf",
        _bytes(index),
        f"{found.ivf_bytes:.0f} bytes a paper beside its vector, measured at 1M",
    )
    yield (
        "text, ids, look-ups (SQLite)",
        _bytes(papers * found.text_bytes),
        f"{found.text_bytes:,.0f} a paper",
    )
    yield "terms", _bytes(papers * found.term_bytes), f"{found.term_bytes:,.0f} bytes a paper"
    room = found.memory * _MEMORY_SHARE / (found.vector_bytes + found.ivf_bytes + found.term_bytes)
    shards = -(-papers // room)
    held = papers / shards
    yield (
        "shards",
        f"{shards:.0f} of {held / 1e6:.1f} million papers",
        f"vectors, index and terms in {_MEMORY_SHARE:.0%} of a machine's {found.memory / 2**30:.0f} GiB",
    )
    for name, rate in found.encoding.items():
        hours = papers / rate / 3600
        yield (
            f"encoding, {name}",
            f"{hours:,.0f} machine-hours, {_money(hours * found.cores, price)}",
            f"{rate:,.0f} papers/s a machine of {found.cores} cores",
        )
    pairs = 1 / (found.job * found.job_papers)
    exact = readers * papers * pairs / 3600
    yield (
        "one job, exact over everything",
        f"{exact:,.0f} machine-hours, {_money(exact * found.cores, price)}",
        f"{found.job:,.0f} readers/s over {found.job_papers:,} papers, in proportion: an upper bound, as "
        "only the search grows with the papers",
    )
    small, large = found.ivf_ms[100_000], found.ivf_ms[1_000_000]
    each = large * (large / small) ** math.log10(held / 1e6)
    searched = 2 * readers * shards * each / 1000 / 3600
    ranked = readers / found.job / 3600
    yield (
        "one job, ivf in each shard",
        f"{searched + ranked:,.0f} machine-hours, {_money((searched + ranked) * found.cores, price)}",
        f"two interests a reader; {large:.1f} ms a query at 1M papers, {each:.1f} ms at "
        f"{held / 1e6:.1f}M if it goes on growing as from 100,000 to 1M ({large / small:.1f} times for ten); "
        f"and {1000 / found.job:.1f} ms a reader for the rest",
    )
    sent, back = readers * _PROFILE_BYTES * shards, 2 * readers * shards * _DEPTH * _FOUND_BYTES
    yield (
        "network, a job",
        f"{_bytes(sent)} out, {_bytes(back)} back",
        f"a profile of {_PROFILE_BYTES:,} bytes to each shard; {_DEPTH} rows and cosines of each interest "
        "back",
    )
    yield "output, a job", _bytes(readers * found.output_bytes), f"{found.output_bytes:,.0f} bytes a reader"


def _bytes(count: float) -> str:
    return f"{count / 1e9:,.1f} GB" if count < 1e12 else f"{count / 1e12:,.2f} TB"


def _money(core_hours: float, price: float) -> str:
    return f"{core_hours * price:,.0f} at {price:g} a core-hour"


def as_markdown(found: Measured, papers: float, readers: float, price: float) -> str:
    """The page."""
    rows = "\n".join(f"| {' | '.join(line)} |" for line in lines(found, papers, readers, price))
    return f"""# Sizing: {papers / 1e6:,.0f} million papers, {readers / 1e6:,.0f} million readers

On paper, made by `scripts/sizing.py` from `benchmark.json`: the unit is the machine that was measured,
{found.cores} cores and {found.memory / 2**30:.0f} GiB. Nothing beyond a million papers and 100,000 readers
was run.

| what | how much | made of |
| --- | --- | --- |
{rows}

## How it would be laid out

- **Shards**: one corpus a shard, each a folder with an SQLite file, vectors and index, built and renewed
  apart, by `build --executor ray` or on its own machine. A paper's shard follows from its key, so that
  versions of a paper meet.
- **Encoding** by minilm is the long part, and is done once: Ray Data gives windows of texts to actors with
  one model each, and the driver writes. Machines can be added at will.
- **A batch job** goes to each shard as it is, and each keeps the best {_DEPTH} candidates of each interest.
  Readers come in blocks; a block is given again where its worker dies.
- **Workers read the corpus as immutable files**: SQLite's log does not work on network file systems, so
  nobody writes while a job runs, and each worker looks at the content hash. A copy of a shard on a machine's
  own disk is faster than a network's.

## What is there and what is not

One corpus, of any size that fits a machine's disk, is served by any number of machines:
`batch --executor ray`. What is **not** built is the last step for several shards: joining the candidates
of several corpora before they are scored. Until then a shard answers for itself, and lists of
several shards can be merged by score only where their papers are weighed by the same statistics of terms.
"""


def main() -> None:
    """Read, compute, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--corpus", type=Path, required=True, help="a corpus of real papers")
    parser.add_argument("--papers", type=float, default=1e8)
    parser.add_argument("--readers", type=float, default=1e7)
    parser.add_argument("--price", type=float, default=0.04, help="of a core-hour, in any currency")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where benchmark.json is")
    parser.add_argument("--out", type=Path, help="default: sizing.md beside it")
    options = parser.parse_args()
    report = json.loads((options.results / "benchmark.json").read_text("utf-8"))
    page = as_markdown(read(report, options.corpus), options.papers, options.readers, options.price)
    (options.out or options.results / "sizing.md").write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()

"""How many records each rule of identity joins, and pairs of them to be judged by hand.

    python scripts/identity_rates.py ../shared/data/corpus_ml.parquet ../shared/data/hf_daily_papers.jsonl.gz
    python scripts/identity_rates.py SOURCE... --show title 150 --seed 1
    python scripts/identity_rates.py SOURCE... --show doubtful 60
    python scripts/identity_rates.py SOURCE... --hide-names

All records of all sources are grouped together. `--show RULE N` prints N links of a rule (or of all that are
doubtful) drawn by chance, side by side. `--hide-names` groups them without their identifiers, and tells how
many of the pairs that share one the titles and texts find.
"""

from __future__ import annotations

import argparse
import random
import textwrap
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from recommender.identity import Grouping, Link, group, keys
from recommender.paper import Paper
from recommender.readers import read_papers

DOUBTFUL = "doubtful"
ABSTRACT = 300  # characters that are shown


def read(sources: Sequence[str]) -> list[Paper]:
    """All records of these files."""
    return [item for source in sources for item in read_papers(source) if isinstance(item, Paper)]


def without_names(paper: Paper) -> Paper:
    """The record without an id, identifiers and url."""
    return replace(paper, id="", identifiers={}, url="")


def counts(found: Grouping) -> Iterator[str]:
    """How many links each rule gave, of those that join and of those in doubt."""
    for name, links in (("merged", found.merged), (DOUBTFUL, found.doubtful)):
        for rule, number in sorted(Counter(link.rule for link in links).items()):
            yield f"{name:9} {rule:9} {number:7,}"
    yield f"groups {len(set(found.labels.tolist())):,} of {len(found.labels):,} records"
    yield f"shared by different papers: {len(found.shared):,} identifiers and ids"


def recall(papers: Sequence[Paper], truth: Grouping, found: Grouping) -> str:
    """How many records that identifiers join are joined without them."""
    pairs = [(link.first, link.second) for link in truth.merged if link.rule not in ("title", "text")]
    joined = sum(bool(found.labels[first] == found.labels[second]) for first, second in pairs)
    looked = {(link.first, link.second) for link in found.doubtful}
    doubtful = sum(pair in looked for pair in pairs)
    return f"of {len(pairs):,} links by identifiers {joined:,} without them, {doubtful:,} in doubt"


def chosen(found: Grouping, rule: str, number: int, seed: int) -> list[Link]:
    """Links of a rule, drawn by chance."""
    of_rule = [link for link in found.merged if link.rule == rule]
    links = list(found.doubtful) if rule == DOUBTFUL else of_rule
    return sorted(random.Random(seed).sample(links, min(number, len(links))), key=lambda link: link.first)


def side_by_side(number: int, link: Link, papers: Sequence[Paper]) -> str:
    """Two records as a person judges them."""
    lines = [f"--- {number} {link.rule}"]
    for paper in (papers[link.first], papers[link.second]):
        facts = f"{paper.published} | {', '.join(paper.authors)[:120]} | {paper.id} | {paper.venue}"
        lines += [paper.title, f"    {facts}", f"    {textwrap.shorten(paper.abstract, ABSTRACT)}"]
    return "\n".join(lines)


def main() -> None:
    """Read, group, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("sources", nargs="+", metavar="SOURCE")
    parser.add_argument("--show", nargs=2, metavar=("RULE", "N"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hide-names", action="store_true")
    options = parser.parse_args()
    papers = read(options.sources)
    started = time.process_time()
    for paper in papers:
        keys(paper)
    keyed = time.process_time()
    found = group(papers)
    print(
        f"{len(papers):,} records: keys {keyed - started:.1f} s, groups {time.process_time() - keyed:.1f} s"
    )
    if options.hide_names:
        truth, papers = found, [without_names(paper) for paper in papers]
        found = group(papers)
        print(recall(papers, truth, found))
    print(*counts(found), sep="\n")
    if options.show:
        links = chosen(found, options.show[0], int(options.show[1]), options.seed)
        print(*(side_by_side(number, link, papers) for number, link in enumerate(links, 1)), sep="\n")


if __name__ == "__main__":
    main()

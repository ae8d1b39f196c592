"""How often a line that is no word of the paper is named as a reason, and draws papers together.

python scripts/closing_lines.py PAPERS                3,000 papers, every fifth with such a line
python scripts/closing_lines.py PAPERS --papers 500   fewer

Of the same papers three corpora are built: as they are, with a line behind every fifth abstract, and the
same while lines are taken for words, as before format 7. Papers with a line are asked for their like: how
many recommendations name a word of the line in common, and how many have the seed's line, against the same
papers without. At the end it says how many of the papers have such a line of their own.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from itertools import islice
from pathlib import Path
from unittest.mock import patch

from recommender import Corpus, Paper, Recommender
from recommender.readers import read_papers

LINES = (
    "(c) 2031 Marram & Quill Ltd. All rights reserved.",
    "Copyright 2031, The Authors, under exclusive licence to Oxlip Nature Holding AG.",
    "© 2031 The Author(s). Published by Marram B.V. This is an open access article under the CC BY licence.",
    "Comment: 8 pages, 3 figures, accepted at the Marram Workshop.",
    "Funding: grant 31-7 of the Oxlip Foundation.",
)
WORDS = frozenset(
    "quill rights reserved licence exclusive holding oxlip marram published author copyright pages figures "
    "accepted workshop funding foundation".split()
)
EVERY, SEEDS, K = 5, 150, 10
USES = ("recommender.paper", "recommender.corpus.records")


def main() -> None:
    """Build the three corpora, ask for the seeds' like, print the counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("papers_file", metavar="PAPERS")
    parser.add_argument("--papers", type=int, default=3000, help="how many of them (3,000)")
    arguments = parser.parse_args()
    read = islice(read_papers(arguments.papers_file), arguments.papers)
    papers = [paper for paper in read if isinstance(paper, Paper) and paper.abstract]
    rng = random.Random(0)
    lines = {paper.id: rng.choice(LINES) for paper in papers[::EVERY]}
    marked = [
        replace(paper, abstract=f"{paper.abstract} {lines[paper.id]}") if paper.id in lines else paper
        for paper in papers
    ]
    seeds = rng.sample(sorted(lines), min(SEEDS, len(lines)))
    with tempfile.TemporaryDirectory() as folder:
        bare = _counted(papers, Path(folder) / "bare", seeds, lines)
        cut = _counted(marked, Path(folder) / "cut", seeds, lines)
        with ExitStack() as before:
            for module in USES:
                before.enter_context(patch(f"{module}.without_closing_lines", lambda abstract: abstract))
            kept = _counted([replace(paper) for paper in marked], Path(folder) / "kept", seeds, lines)
    print(f"{len(papers):,} papers, {len(lines):,} with a line; {K * len(seeds):,} recommendations")
    print("                      name a word of it   have the seed's line   against papers without lines")
    for name, (named, near) in (("no lines", bare), ("lines are words", kept), ("lines are cut", cut)):
        print(f"{name:20}  {named:>17}   {near:>20}   {near / max(bare[1], 1):>28.2f}")
    own = sum(paper.content != paper.abstract for paper in papers)
    print(f"of the papers as they came {own:,} have such a line")


def _counted(
    papers: Sequence[Paper], folder: Path, seeds: Sequence[str], lines: dict[str, str]
) -> tuple[int, int]:
    """How many recommendations name a word of a line, and how many have the seed's."""
    recommender = Recommender(Corpus.build(papers, folder, encoder="static"))
    named = near = 0
    for seed in seeds:
        for one in recommender.more_like(seed, k=K):
            words = {word for term in one.explanation.terms for word in term.lower().split()}
            named += not WORDS.isdisjoint(words)
            near += lines.get(one.paper.id) == lines[seed]
    return named, near


if __name__ == "__main__":
    main()

"""How much of a corpus's topics stays as papers come: names, numbers and the adjusted Rand index.

The newest papers are left out of a corpus with the same vectors, its topics are looked at, the papers are
added, and the topics are looked at again. Beside it stands what a start gives that is drawn by the papers'
positions, as until format 6.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import adjusted_rand_score

from recommender import Corpus
from recommender.corpus.topic_groups import SAMPLE_SIZE, nearest_centres
from recommender.interests import spherical_kmeans
from recommender.topics import Topics, find_topics


def newest_last(corpus: Corpus) -> NDArray[np.int64]:
    """The rows of all papers with a vector, the newest last; of one day in the order of their keys."""
    rows = corpus.snapshot.comparable
    days = corpus.snapshot.published()
    return rows[np.argsort([days.get(row, "") for row in rows.tolist()], kind="stable")]


def last_day(corpus: Corpus, rows: NDArray[np.int64]) -> int:
    """How many papers are of the newest day that is exact."""
    days = corpus.snapshot.published()
    exact = [day for row in rows.tolist() if len(day := days.get(row, "")) == 10]
    return exact.count(max(exact))


def by_id(topics: Topics) -> dict[str, int]:
    """The number of each paper's topic."""
    frame = topics.to_frame()
    return dict(zip(frame.id, frame.number, strict=True))


def rand_index(before: dict[str, int], after: dict[str, int]) -> float:
    """Of the papers that were there before."""
    return float(adjusted_rand_score(list(before.values()), [after[paper] for paper in before]))


def drawn_by_position(corpus: Corpus, rows: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """The group of each of these papers as they were made until format 6."""
    some = rows[np.linspace(0, len(rows) - 1, min(len(rows), SAMPLE_SIZE)).astype(np.int64)]
    centres, _ = spherical_kmeans(corpus.snapshot.vectors(some), count)
    return nearest_centres(corpus.snapshot, rows, centres)[0]


def compare(corpus: Corpus, rows: NDArray[np.int64], new: int, folder: Path) -> str:
    """One line: what `new` papers more change."""
    kept, late = rows[:-new], rows[-new:]
    papers = list(corpus.snapshot.papers(kept.tolist()))
    with Corpus.build(
        papers, folder, encoder=corpus.snapshot.encoder_name, vectors=corpus.snapshot.vectors(kept)
    ) as grown:
        before = find_topics(grown)
        grown.add(corpus.snapshot.papers(late.tolist()), vectors=corpus.snapshot.vectors(late))
        after = find_topics(grown)
        anew = find_topics(grown, sample_size=SAMPLE_SIZE - 1)  # the start alone: nothing goes on
    names = {topic.name for topic in before} & {topic.name for topic in after}
    numbers = {topic.number for topic in before} & {topic.number for topic in after}
    old_before, old_after = (drawn_by_position(corpus, np.sort(of), len(before)) for of in (kept, rows))
    old = adjusted_rand_score(old_before, old_after[np.searchsorted(np.sort(rows), np.sort(kept))])
    ids = by_id(before)
    return (
        f"| {new:,} of {len(rows):,} | {len(before)} | {len(names)} | {len(numbers)} | "
        f"{rand_index(ids, by_id(after)):.3f} | {rand_index(ids, by_id(anew)):.3f} | {old:.3f} |"
    )


def main() -> None:
    """Parse, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("corpus", help="the folder of a corpus; it is not changed")
    arguments = parser.parse_args()
    print("| new papers | topics | names stay | numbers stay | Rand index | of the start alone | before |")
    print("|---|---|---|---|---|---|---|")
    with Corpus.open(arguments.corpus) as corpus, tempfile.TemporaryDirectory() as folder:
        rows = newest_last(corpus)
        for new in (1, last_day(corpus, rows), len(rows) // 21):
            print(compare(corpus, rows, new, Path(folder) / str(new)), flush=True)


if __name__ == "__main__":
    main()

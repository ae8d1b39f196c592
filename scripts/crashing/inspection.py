"""What a corpus holds after a crash, held against what it may hold. Run in children: it computes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from indexes import restore, store
from recommender import Corpus, Recommender
from recommender.errors import NotACorpus

from .model import State, state_of
from .papers import WordEncoder

__all__ = ["Seen", "answers", "files_in", "inspect", "strange_files"]

Seen = dict[str, Any]
"""``at``: which of the allowed states it is, or None; ``troubles``: pairs of a kind and what was seen."""

_ORDINARY = re.compile(
    r"corpus\.sqlite(-wal|-shm)?|vectors-\d{12}-[\w-]+\.npy|index-(hnsw|ivf)-[\w-]+|writer\.lock"
)


def inspect(folder: Path, allowed: Sequence[State]) -> Seen:
    """Whether the corpus is in one of these states, whole, with its own vectors and no false alarm."""
    aside = folder.with_name(f"{folder.name}.old")
    if not folder.exists() and aside.exists():
        folder = (
            aside  # between two renamings: what was there lies aside, until the same command puts it back
        )
    try:
        corpus = Corpus.open(folder, encoder=WordEncoder())
    except NotACorpus as error:
        return {"at": 0, "troubles": [] if not allowed[0] else [("lost", f"opening: {error}")]}
    with corpus:
        state = state_of(corpus)
        at = next((number for number, one in enumerate(allowed) if one == state), None)
        troubles = _troubles_of(corpus)
        if at is None:
            troubles.append(_not_allowed(state, allowed))
        return {"at": at, "troubles": troubles}


def _not_allowed(state: State, allowed: Sequence[State]) -> tuple[str, str]:
    always = set.intersection(*(set(one) for one in allowed))
    missing = always - set(state)
    if missing:
        return "lost", f"{len(missing)} papers that no step takes away, for instance {min(missing)}"
    return "mixed", f"{len(state)} papers, and no step has these"


def _troubles_of(corpus: Corpus) -> list[tuple[str, str]]:
    """What is wrong with a corpus, whatever papers are in it."""
    troubles = [("mixed", f"verify: {line}") for line in corpus.verify()[:3]]
    snapshot = corpus.snapshot
    if snapshot.index_problem:
        troubles.append(("false alarms", f"index: {snapshot.index_problem}"))
    rows = snapshot.rows()
    if not len(rows):
        return troubles
    vectors = snapshot.vectors(rows)
    encoded = WordEncoder().encode([paper.text for paper in corpus])
    if not np.array_equal(vectors, restore(store(encoded, snapshot.precision))):
        troubles.append(("mixed", "a paper has another vector than its own"))
    queries = vectors[:: max(len(vectors) // 4, 1)][:4]
    found, cosines = snapshot.search(queries, 10)
    if not np.isin(found, rows).all():
        troubles.append(("mixed", "a search finds a paper that is not there"))
    best = -np.sort(-(queries @ vectors.T), axis=1)[:, : cosines.shape[1]]
    if snapshot.index_kind == "exact" and not np.allclose(best, cosines, atol=1e-5):
        troubles.append(("wrong", "exact search differs from comparing all vectors"))
    return troubles


def strange_files(folder: Path) -> list[str]:
    """Names in a corpus's folder that none of its parts has when nobody writes."""
    return sorted(path.name for path in folder.iterdir() if not _ORDINARY.fullmatch(path.name))


def files_in(folder: Path) -> list[str]:
    """What lies in and below a folder, without the numbers and digests in the names."""
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*"))
    return sorted(
        re.sub(r"[0-9a-f]{8,}|\d+", "#", name) for name in names if not name.endswith(("-wal", "-shm"))
    )


def answers(folder: Path) -> list[Any]:
    """Ids and scores of a dozen answers."""
    with Corpus.open(folder, encoder=WordEncoder()) as corpus:
        ids = sorted(paper.id for paper in corpus)
        recommender = Recommender(corpus)
        asked = ids[:: max(len(ids) // 10, 1)]
        found = [recommender.more_like(one, k=8) for one in asked]
        found.append(recommender.search("w003ddd w004eee w025fff", k=8))
        return [[list(one.ids), [float(score) for score in one.scores]] for one in found]

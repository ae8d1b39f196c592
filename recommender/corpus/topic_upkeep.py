"""Topics that go on: their centres and names are stored, and tomorrow's papers join them.

Whoever adds or removes papers stores first what the topics are. While the corpus is about as large as then,
they stay where they are; once it has grown or shrunk by more than `DRIFT`, they move on from there, and what
was born, split, merged or died is stored with them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from ..errors import CorpusDamaged
from ..interests import Regrouped
from .snapshot import Snapshot
from .store import CorpusStore
from .stored_topics import StoredTopic, StoredTopics, load_topics, store_topics
from .topic_changes import BORN, DIED, MERGED, SPLIT, TopicChange
from .topic_groups import draw_centres, group_papers, move_centres, names_of

DRIFT = 0.01
"""A corpus that has changed its size by more than this part since has its topics move on."""


def keep_topics(store: CorpusStore) -> None:
    """Store what the topics are, before papers are added or removed; nothing where they are stored already.

    What is stopped here has changed nothing else. A build in progress has no topics yet.
    """
    manifest = store.manifest()
    if manifest.unfinished is not None:
        return
    with suppress(CorpusDamaged):  # `verify` tells of it, and who adds to a damaged corpus may go on
        if load_topics(store, manifest.dim) is None:
            snapshot = Snapshot.open(store.path)
            if len(snapshot.comparable):
                store_topics(store, first_topics(snapshot))


def first_topics(snapshot: Snapshot) -> StoredTopics:
    """The topics of a corpus that has none stored, the largest first; there is a paper with a vector."""
    groups = group_papers(snapshot, draw_centres(snapshot))
    order = groups.order()
    members = [groups.members[group] for group in order.tolist()]
    topics = _named(range(1, len(order) + 1), *names_of(snapshot, members))
    count, next_row = len(groups.rows), snapshot.manifest.next_row
    return StoredTopics(topics, groups.centres[order], count, next_row, len(order) + 1)


def refresh_topics(store: CorpusStore) -> tuple[TopicChange, ...]:
    """Let the stored topics move on where the corpus has changed its size by more than `DRIFT`.

    Returns what was born, split, merged or died.
    """
    with suppress(CorpusDamaged):
        return _refreshed(store)
    return ()


def _refreshed(store: CorpusStore) -> tuple[TopicChange, ...]:
    manifest = store.manifest()
    found = load_topics(store, manifest.dim)
    if found is None or manifest.unfinished is not None:
        return ()
    statement = "SELECT count(*) FROM papers WHERE row NOT IN (SELECT row FROM vectorless)"
    (count,) = store.execute(statement).fetchone()
    if abs(count - found.papers) <= DRIFT * found.papers or count < 1:
        return ()
    moved = _moved(Snapshot.open(store.path), found)
    if moved is None:
        return ()
    store_topics(store, moved)
    return moved.changes


def _moved(snapshot: Snapshot, before: StoredTopics) -> StoredTopics | None:
    if not len(snapshot.comparable):
        return None
    found, sample, labels = move_centres(snapshot, before.centres)
    next_number = before.next_number
    numbers: list[int] = []
    for former in found.former:
        numbers.append(next_number if former is None else before.topics[former].number)
        next_number += former is None
    groups = group_papers(snapshot, found.centres)
    filled = [group for group, rows in enumerate(groups.members) if len(rows)]
    terms_of = {topic.number: topic.terms for topic in before.topics}
    former_terms = [terms_of.get(numbers[group], ()) for group in filled]
    members = [groups.members[group] for group in filled]
    topics = _named((numbers[group] for group in filled), *names_of(snapshot, members, former_terms))
    changes = _changes(before, found, numbers, topics, _mostly_new(sample, labels, before.next_row))
    next_row = snapshot.manifest.next_row
    return StoredTopics(
        topics, found.centres[filled], len(groups.rows), next_row, next_number, tuple(changes)
    )


def _named(
    numbers: Iterator[int] | range, names: Sequence[str], terms: Sequence[tuple[str, ...]]
) -> tuple[StoredTopic, ...]:
    return tuple(map(StoredTopic, numbers, names, terms))


def _mostly_new(sample: Rows, labels: NDArray[np.int64], next_row: int) -> set[int]:
    """The groups of which most papers are in rows that were not there before."""
    every, new = Counter(labels.tolist()), Counter(labels[sample >= next_row].tolist())
    return {group for group, count in every.items() if 2 * new[group] > count}


def _changes(
    before: StoredTopics,
    found: Regrouped,
    numbers: Sequence[int],
    topics: Sequence[StoredTopic],
    mostly_new: set[int],
) -> Iterator[TopicChange]:
    names = {topic.number: topic.name for topic in before.topics} | {one.number: one.name for one in topics}
    for group, parent in found.split_of.items():
        if numbers[group] in names:
            of = before.topics[parent].number
            kind = BORN if group in mostly_new else SPLIT
            yield TopicChange(kind, numbers[group], names[numbers[group]], of, names[of])
    for gone, kept in found.merged.items():
        number, other = before.topics[gone].number, before.topics[kept].number
        yield TopicChange(MERGED, number, names[number], other, names[other])
    there = {topic.number for topic in topics}
    merged = {before.topics[gone].number for gone in found.merged}
    for topic in before.topics:
        if topic.number not in there | merged:
            yield TopicChange(DIED, topic.number, topic.name)

"""Liked papers of which the corpus does not hold that they were retracted, and the reader's library does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..corpus import Snapshot
from ..profiles import Profile


def library_retractions(snapshot: Snapshot, profile: Profile, rows: Mapping[str, int]) -> Iterator[str]:
    """A line for each liked paper that the reader's own record calls retracted, and of those that the corpus
    lacks for each that a notice in it says so of.

    `rows` are those of the liked papers that the corpus holds, by name.
    """
    known, said = set(snapshot.retracted.tolist()), snapshot.retracted_titles
    for name in dict.fromkeys(profile.liked):
        paper = profile.papers.get(name)
        if paper is None or rows.get(name) in known:  # who says so of those is told with the list
            continue
        if paper.retracted:
            yield f"{paper.title!r} ({paper.id}) was retracted, as the library says"
        elif name not in rows and paper.fingerprint in said:
            ((notice, title),) = snapshot.labels([said[paper.fingerprint]]).values()
            yield f"{paper.title!r} ({paper.id}) was retracted, as {title!r} ({notice}) says"

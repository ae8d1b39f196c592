"""What cosines random papers have, noted by whoever writes to a corpus."""

from __future__ import annotations

from contextlib import suppress

from ..errors import RecommenderError
from .snapshot import Snapshot
from .store import CorpusStore


def note_cosines(store: CorpusStore) -> None:
    """Note in the manifest what cosines random papers have in this state; see `Snapshot.measured_cosines`."""
    with suppress(RecommenderError):  # what is damaged is told by whoever needs it
        snapshot = Snapshot.open(store.path)
        measured = snapshot.measured_cosines
        if measured != snapshot.manifest.cosines:
            with store.transaction():
                store.set_manifest(store.manifest().replace(cosines=measured))

"""LiveSnapshot: gives the newest state of a corpus, or one that is pinned."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

from ..errors import CorpusError
from ..forking import free_in_child
from .snapshot import Snapshot
from .watch import ChangeWatch

__all__ = ["LiveSnapshot"]

_LOG = logging.getLogger("recommender")


class LiveSnapshot:
    """Gives the newest snapshot of the corpus in a folder; threads may ask at once."""

    def __init__(self, folder: Path, snapshot: Snapshot | None, watch: ChangeWatch | None) -> None:
        """Without a `watch` the state stays as it is until `refresh` or `release`."""
        self._folder = folder
        self._snapshot = snapshot
        self._watch = watch
        self._looking = threading.Lock()
        free_in_child(self, "_looking")
        self.closed = False

    @classmethod
    def open(cls, folder: Path, *, immutable: bool = False) -> LiveSnapshot:
        """Of the corpus in the folder, to which nobody writes while it is `immutable`.

        Raises what `Snapshot.open` raises.
        """
        watch = None if immutable else ChangeWatch(folder)  # before the state: no change is missed
        snapshot = Snapshot.open(folder, immutable=immutable)
        if snapshot.index_problem:
            remedy = "search is exact until `recommender compact` builds the index again"
            _LOG.warning("%s; %s", snapshot.index_problem, remedy)
        return cls(folder, snapshot, watch)

    def get(self) -> Snapshot:
        """The state now. Raises CorpusError after `close`, and what opening a newer one raises."""
        if self.closed:
            raise CorpusError(f"{self._folder}: this corpus was closed; open it again")
        with self._looking:
            changed = self._watch is not None and self._watch.changed()
            if changed or self._snapshot is None:
                self._snapshot = None  # where opening fails, the next question tries again
                self._snapshot = Snapshot.open(self._folder)
            return self._snapshot

    def pinned(self) -> LiveSnapshot:
        """The state now, whatever is written afterwards."""
        return LiveSnapshot(self._folder, self.get(), None)

    def refresh(self) -> None:
        """See the newest state now, also where it is pinned."""
        self._snapshot = Snapshot.open(self._folder)

    def release(self) -> None:
        """Let go of the state, so that a writer can empty the log; the next question opens it again."""
        self._snapshot = None

    def close(self) -> None:
        """Let go of the files for good."""
        self.closed = True
        self._snapshot = None
        if self._watch is not None:
            self._watch.close()

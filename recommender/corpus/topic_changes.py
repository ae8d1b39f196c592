"""What becomes of topics as papers come and go."""

from __future__ import annotations

from dataclasses import dataclass

BORN, SPLIT, MERGED, DIED = "born", "split", "merged", "died"


@dataclass(frozen=True)
class TopicChange:
    """What became of topics when they moved on last.

    Attributes
    ----------
    kind : str
        ``born``: most of its papers are new; ``split``: it was part of another; ``merged``: it is part of
        another now; ``died``: no paper is nearest to it any more.
    number : int
        The topic.
    name : str
        Its name.
    other : int or None
        The topic that it was split of, or merged with.
    other_name : str
        That one's name.
    """

    kind: str
    number: int
    name: str
    other: int | None = None
    other_name: str = ""

    def __str__(self) -> str:
        beside = {SPLIT: " of ", MERGED: " with ", BORN: " beside "}.get(self.kind, "")
        return f"{self.kind}: {self.name}" + (f"{beside}{self.other_name}" if self.other else "")

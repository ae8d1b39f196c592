"""What cases led to, counted; and the table of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

__all__ = ["BAD", "GOOD", "Tally", "Trouble", "print_tallies"]

GOOD = {
    "right": "went on, or answered, rightly",
    "told": "ended with an error that names the trouble",
    "ended": "was killed",
    "by verify": "another answer, and `verify` names the file",
    "earlier": "an earlier commit, and nothing on the disk is of a later one",
}
"""What a case may lead to."""

BAD = {
    "lost": "something that was committed is not there",
    "mixed": "neither the state before a commit nor the one after it",
    "wrong": "another answer or output, and not a word of it",
    "dead ends": "the same command does not go on",
    "false alarms": "trouble is told where there is none",
    "raw errors": "an error that is none of ours, or a crash",
    "hangs": "no end",
    "left behind": "files that nothing names",
}
"""What no case may lead to."""


@dataclass(frozen=True)
class Trouble:
    """One bad outcome: of which kind, in which case, and what was seen."""

    kind: str
    case: str
    seen: str

    def __post_init__(self) -> None:
        if self.kind not in BAD:
            raise ValueError(f"{self.kind!r} is no kind of trouble; known: {', '.join(BAD)}")


@dataclass
class Tally:
    """The outcomes of the cases of one family and operation."""

    family: str
    operation: str
    tried: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    troubles: list[Trouble] = field(default_factory=list)
    peak_mb: int = 0

    def count(self, case: str, outcome: str, troubles: Iterable[Sequence[str]] = ()) -> None:
        """A case that led to this, or to these troubles, each a kind and what was seen."""
        self.tried += 1
        found = [Trouble(kind, case, seen) for kind, seen in troubles]
        if found:
            self.troubles += found
            self.outcomes.update({trouble.kind for trouble in found})
        elif outcome in GOOD:
            self.outcomes[outcome] += 1
        else:
            raise ValueError(f"{outcome!r} is no outcome; known: {', '.join(GOOD)}")

    @property
    def name(self) -> str:
        """Family and operation."""
        return f"{self.family}: {self.operation}"

    def merged(self, other: Tally) -> Tally:
        """Both as one."""
        return Tally(
            self.family,
            self.operation,
            self.tried + other.tried,
            self.outcomes + other.outcomes,
            self.troubles + other.troubles,
            max(self.peak_mb, other.peak_mb),
        )

    def to_dict(self) -> dict[str, Any]:
        """As plain values."""
        troubles = [[trouble.kind, trouble.case, trouble.seen] for trouble in self.troubles]
        return {**vars(self), "outcomes": dict(self.outcomes), "troubles": troubles}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Tally:
        """What `to_json` gave."""
        troubles = [Trouble(*trouble) for trouble in stored["troubles"]]
        return cls(**{**stored, "outcomes": Counter(stored["outcomes"]), "troubles": troubles})


def print_tallies(tallies: Iterable[Tally], *, most: int = 4) -> bool:
    """The table, then `most` troubles of each kind and row; returns whether there are none."""
    rows: dict[str, Tally] = {}
    for tally in tallies:
        rows[tally.name] = rows[tally.name].merged(tally) if tally.name in rows else tally
    total = Tally("all", "all")
    for tally in rows.values():
        total = total.merged(tally)
    outcomes = [*(outcome for outcome in GOOD if total.outcomes[outcome]), *BAD]
    console = Console(width=150)
    table = Table(title="What crashes led to", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("", no_wrap=True)
    for column in ("tried", *outcomes, "MB"):
        table.add_column(column, justify="right")
    for tally in rows.values():
        table.add_row(*_cells(tally, tally.name, outcomes))
    table.add_section()
    table.add_row(*_cells(total, "all", outcomes))
    console.print(table)
    families = Counter[str]()
    for tally in rows.values():
        families[tally.family] += tally.tried
    told = ", ".join(f"{family} {tried:,}" for family, tried in families.items())
    console.print(f"Tried: {told}. Most memory: {total.peak_mb:,} MB.", highlight=False)
    for kind, meaning in (GOOD | BAD).items():
        if total.outcomes[kind]:
            console.print(f"{kind}: {meaning}", markup=False, highlight=False)
    for tally in rows.values():
        for kind in BAD:
            of_kind = [trouble for trouble in tally.troubles if trouble.kind == kind]
            for trouble in of_kind[:most]:
                line = f"TROUBLE {kind}; {trouble.case}; {trouble.seen}"
                console.print(line, markup=False, highlight=False, soft_wrap=True)
            if len(of_kind) > most:
                console.print(f"... and {len(of_kind) - most:,} more {kind} in {tally.name}")
    return not total.troubles


def _cells(tally: Tally, name: str, outcomes: Iterable[str]) -> list[str]:
    numbers = (tally.outcomes[outcome] for outcome in outcomes)
    return [name, f"{tally.tried:,}", *(f"{number:,}" for number in numbers), f"{tally.peak_mb:,}"]

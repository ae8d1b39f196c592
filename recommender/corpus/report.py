"""AddReport: how many papers were read, new, changed, skipped and encoded, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..paper import Paper
from ..readers import Item, Rejected

__all__ = ["NAMED", "AddReport"]

NAMED = 10_000
"""So many problems are kept by name; all are counted."""

_EXAMPLES = 3


@dataclass
class AddReport:
    """What became of the papers of a source, in numbers of papers.

    Attributes
    ----------
    read, new, changed, unchanged : int
        Papers read; of these new ones, changed ones, and others that were there as they are.
    duplicates : int
        Records that were merged with another one of the same id.
    encoded, given : int
        Vectors made by the encoder, and taken from those that were made elsewhere.
    rejected, warnings : int
        Records that were skipped, and papers taken with a warning.
    without_abstract, without_vector : int
        Papers without an abstract, and papers that the encoder knows nothing of or that came without a
        vector: found by their words only.
    seconds : float
        How long encoding and storing took.
    encoder : str
        What encoded them, such as ``minilm (openvino bf16)``.
    problems : list of str
        What was rejected and what was taken with a warning, in reading order, `NAMED` lines at most.
    vectorless : list of str
        Ids and titles of the first papers without a vector.
    changed_fields : dict of str to int
        In how many of the changed papers each field did.
    retained_fields : dict of str to int
        For how many papers each field stayed as it was, since the later record says less.
    """

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    duplicates: int = 0
    encoded: int = 0
    given: int = 0
    rejected: int = 0
    warnings: int = 0
    without_abstract: int = 0
    without_vector: int = 0
    seconds: float = 0.0
    encoder: str = ""
    problems: list[str] = field(default_factory=list)
    vectorless: list[str] = field(default_factory=list)
    changed_fields: dict[str, int] = field(default_factory=dict)
    retained_fields: dict[str, int] = field(default_factory=dict)

    def papers(self, items: Iterable[Item]) -> Iterator[Paper]:
        """The papers among the items of a reader; everything is counted as it goes by."""
        for item in items:
            if isinstance(item, Paper):
                self.read += 1
                self.without_abstract += not item.abstract
                yield item
                continue
            if isinstance(item, Rejected):
                self.rejected += 1
            else:
                self.warnings += 1
            if len(self.problems) < NAMED:
                self.problems.append(f"{item.place}: {item.reason}")

    def count_vectorless(self, papers: Iterable[Paper]) -> None:
        """Count papers that were stored without a vector, and name the first."""
        for paper in papers:
            self.without_vector += 1
            if len(self.vectorless) < _EXAMPLES:
                self.vectorless.append(f"{paper.id} ({paper.title:.60})")

    @property
    def vectorless_line(self) -> str:
        """What is to be said of papers without a vector; empty where there is none."""
        count, named = self.without_vector, "; ".join(self.vectorless)
        if not count:
            return ""
        more = f" and {count - len(self.vectorless):,} more" if count > len(self.vectorless) else ""
        reason = (
            "given without one" if self.given else f"of no text that {self.encoder or 'the encoder'} knows"
        )
        return (
            f"{count:,} {'papers have' if count > 1 else 'paper has'} no dense vector ({reason}), "
            f"found by shared words only: {named}{more}"
        )

    def __str__(self) -> str:
        changed = f"{self.changed:,} changed{_by_field(self.changed_fields)}"
        parts = [f"{self.read:,} papers read", f"{self.new:,} new", changed]
        parts.append(f"{self.unchanged:,} unchanged")
        if retained := _by_field(self.retained_fields):
            parts.append(f"richer fields retained{retained}")
        for count, what in (
            (self.duplicates, "duplicate ids (merged)"),
            (self.rejected, "skipped"),
            (self.without_abstract, "without an abstract"),
            (self.without_vector, "without a dense vector"),
        ):
            if count:
                parts.append(f"{count:,} {what}")
        rate = f" ({self.encoded / self.seconds:,.0f} papers/s)" if self.encoded and self.seconds else ""
        by = f" by {self.encoder}" if self.encoder else ""
        given = f"{self.given:,} vectors taken" if self.given else f"{self.encoded:,} encoded{by}"
        return f"{', '.join(parts)}; {given} in {self.seconds:,.1f} s{rate}"


def _by_field(counts: dict[str, int]) -> str:
    listed = ", ".join(f"{name} {count:,}" for name, count in counts.items() if count)
    return f" ({listed})" if listed else ""

"""The report of an addition: what was added, changed, merged, kept apart, skipped and removed, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..display import pluralize
from ..paper import Paper
from ..readers import Item, ReadNote, ReadWarning, Rejected
from .language import LanguageShares
from .topic_changes import TopicChange

RULES = {
    "id": "id",
    "doi": "DOI",
    "arxiv": "arXiv id",
    "pmid": "PMID",
    "pmcid": "PMCID",
    "acl": "ACL id",
    "openalex": "OpenAlex id",
    "s2": "Semantic Scholar id",
    "corpusid": "CorpusID",
    "openreview": "OpenReview id",
    "dblp": "DBLP key",
    "title": "title",
    "text": "text",
}
"""What the rules by which records are one paper are called."""


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
        Records that were merged with another one of these.
    encoded, given : int
        Vectors made by the encoder, and taken from those that were made elsewhere.
    rejected, warnings : int
        Records that were skipped, and papers taken with a warning.
    without_abstract, without_date, without_vector : int
        Papers without an abstract, without a date, and papers that the encoder knows nothing of or that came
        without a vector: found by their words only.
    withheld : int
        Records that stay out, as their papers were removed.
    withdrawn : int
        Records that their source has withdrawn, which were removed.
    doubtful : int
        Pairs that look like one paper and were kept as two.
    seconds : float
        How long encoding and storing took.
    encoder : str
        What encoded them, such as ``minilm (openvino bf16)``.
    problems : list of str
        What was rejected and what was taken with a warning, in reading order, `NAMED` lines at most.
    vectorless : list of str
        Ids and titles of the first papers without a vector.
    not_restored : list of str
        Names in `again` by which nothing came back: never removed, or not among what was read.
    notes : list of str
        What is to be said once of a source, and is no fault: columns that were not used, a guessed encoding.
    changed_fields : dict of str to int
        In how many of the changed papers each field did.
    merged : dict of str to int
        How many records came to those of a paper that was there or read before, by the rule that says so.
    languages : LanguageShares
        The languages of some of the texts.
    shared : dict of str to int
        Ids and identifiers that are no paper's, as records of different papers have them, and how many do.
    retained_fields : dict of str to int
        For how many papers each field stayed as it was, since the later record says less.
    topic_changes : tuple of TopicChange
        The topics that were born, split, merged, or died.
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
    without_date: int = 0
    without_vector: int = 0
    withheld: int = 0
    withdrawn: int = 0
    doubtful: int = 0
    seconds: float = 0.0
    encoder: str = ""
    problems: list[str] = field(default_factory=list)
    vectorless: list[str] = field(default_factory=list)
    not_restored: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    changed_fields: dict[str, int] = field(default_factory=dict)
    retained_fields: dict[str, int] = field(default_factory=dict)
    merged: dict[str, int] = field(default_factory=dict)
    shared: dict[str, int] = field(default_factory=dict)
    languages: LanguageShares = field(default_factory=LanguageShares)
    topic_changes: tuple[TopicChange, ...] = ()

    def count(self, item: Item) -> None:
        """Count an item of a reader."""
        if isinstance(item, Paper):
            self.read += 1
            self.without_abstract += not item.abstract
            self.without_date += not item.published
        elif isinstance(item, ReadNote):
            self.notes.append(f"{item.place}: {item.text}")
        elif isinstance(item, Rejected | ReadWarning):
            self.rejected += isinstance(item, Rejected)
            self.warnings += isinstance(item, ReadWarning)
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

    @property
    def remarks(self) -> tuple[str, ...]:
        """What else is to be said, in one line each: why there are fewer papers than records, what several
        records share that is no paper's, what was withdrawn, and what a corpus in other languages needs.
        """
        return tuple(filter(None, (*self._shared(), self._merged(), *self._others())))

    def _shared(self) -> Iterator[str]:
        names = sorted(self.shared.items(), key=lambda item: (-item[1], item[0]))
        for name, count in names[:_EXAMPLES]:
            scheme, _, value = name.partition(":")
            of = f" of {self.read:,}" if count <= self.read else ""
            yield (
                f"{count:,}{of} records share the {RULES.get(scheme, scheme)} {value!r}, which identifies "
                "none of them: kept apart"
            )
        if len(names) > _EXAMPLES:
            yield f"... and {len(names) - _EXAMPLES:,} more ids that records of different papers share"

    def _merged(self) -> str:
        total = sum(self.merged.values())
        if not total:
            return ""
        rules = ", ".join(f"{count:,} by {RULES.get(rule, rule)}" for rule, count in self.merged.items())
        records = pluralize(total, "record")
        return f"{records} merged into papers that were there or read before: {rules}"

    def _others(self) -> Iterator[str]:
        if self.doubtful:
            pairs = "pairs look" if self.doubtful > 1 else "pair looks"
            yield f"{self.doubtful:,} {pairs} like one paper, kept apart; see `recommender duplicates`"
        if self.withheld:
            stay, they = ("stays", "it was") if self.withheld == 1 else ("stay", "they were")
            yield f"{self.withheld:,} {stay} out, as {they} removed; `add --again ID` brings a paper back"
        if self.not_restored:
            named = ", ".join(self.not_restored[:_EXAMPLES])
            more = f" and {len(self.not_restored) - _EXAMPLES:,} more" * (len(self.not_restored) > _EXAMPLES)
            yield f"again: nothing that was removed, or was read here, is named {named}{more}"
        if self.withdrawn:
            yield f"{self.withdrawn:,} removed, since their source has withdrawn them"
        yield from (f"topic {change}" for change in self.topic_changes)
        yield self.languages.advice(self.encoder.partition(" ")[0]) if self.encoder else ""

    def __str__(self) -> str:
        changed = f"{self.changed:,} changed{_by_field(self.changed_fields)}"
        parts = [f"{self.read:,} papers read", f"{self.new:,} new", changed]
        parts.append(f"{self.unchanged:,} unchanged")
        if retained := _by_field(self.retained_fields):
            parts.append(f"richer fields retained{retained}")
        for count, what in (
            (self.duplicates, "merged with others of these"),
            (self.rejected, "skipped"),
            (self.without_abstract, "without an abstract"),
            (self.without_date, "without a date"),
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

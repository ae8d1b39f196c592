"""Recommendations: the list that a reader gets, and how a notebook shows it."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, cast, overload

import numpy as np
from numpy.typing import NDArray

from .._extras import extra
from ..display import (
    Column,
    bar,
    hint,
    link,
    paper_heading,
    pluralize,
    shortened,
    small,
    stacked,
    table,
    without_controls,
)
from ..diversity.report import DiversityReport
from ..files import write_whole
from ..paper import Paper
from ..writers import Record, encode, write
from .recommendation import Recommendation, records_frame

if TYPE_CHECKING:
    import pandas as pd

    from ..engine.reasons import NamedOutcome, RecommendationReasons, ScoreDistribution


_TITLE = 200
_LONGEST_WORDS = 160  # of a reader's own words, which may be a whole paragraph


def page(items: Sequence[Recommendation], warnings: Sequence[str]) -> str:
    """A table: score on a bar, the best one's full; title and facts; the closest liked paper; why, where the
    mouse rests.
    """
    heading = paper_heading([item.score for item in items])
    columns = (Column("#", figures=True), Column("score", whole=True), Column(heading), Column("closest to"))
    best = max((item.score for item in items), default=1.0)
    return table(columns, (_row(item, best) for item in items), notes=warnings)


def _row(item: Recommendation, best: float) -> tuple[str, ...]:
    why = item.explanation
    reason = why.to_text() if why else ""
    sure = "" if math.isnan(item.confidence) else f"confidence {item.confidence:.2f}"
    score = bar(item.score / best if best > 0 else 0.0, f"{item.score:.3f}", reason)
    interest = f"interest: {item.interest}" if item.interest not in ("", item.closest_title) else ""
    common = f"in common: {', '.join(why.terms)}" if why and why.terms else ""
    retracted = " (retracted)" if item.paper.retracted else ""
    title = link(shortened(item.paper.title, _TITLE) + retracted, item.paper.url)
    paper = stacked(title, small(_facts(item)), small(common))
    closest = stacked(
        hint(f"{_closest(item)} ({item.closest_cosine:.2f})", reason), small(interest), small(sure)
    )
    return str(item.rank), score, paper, closest


def _closest(item: Recommendation) -> str:
    return shortened(item.closest_title or item.closest, _LONGEST_WORDS)


def _facts(item: Recommendation) -> str:
    paper = item.paper
    return " · ".join(part for part in (paper.byline, paper.dates, paper.id) if part)


_Path: TypeAlias = str | os.PathLike[str]


@dataclass(frozen=True, repr=False)
class Recommendations(Sequence[Recommendation]):
    """A list of recommendations, best first.

    Attributes
    ----------
    items : tuple of Recommendation
        The papers of the list; it is also a sequence itself.
    problems : tuple of str
        What could not be done as asked, one line each.
    reasons : RecommendationReasons or None
        What the list was made of.
    filtered : tuple of str
        What filters by date and category were read as, and what they leave out for want of either.
    notes : tuple of str
        What became of liked papers that were given with their titles: how many the corpus has.
    offset : int
        How many papers of the whole list come before these: ranks begin after it.
    found : Paper or None
        The paper that the text of a search is the name of; the list has those like it, and not itself.

    Examples
    --------
    >>> from recommender import Corpus, Recommender
    >>> recs = Recommender(Corpus.sample()).more_like("2106.09685", k=3)
    >>> recs[0].paper.id, recs.ids[:2], len(recs[:2])
    ('arxiv:2403.03507', ['arxiv:2403.03507', 'arxiv:2005.14165'], 2)
    >>> print(recs[0].explanation.to_text())
    score 0.2940, the sum of
      +0.3001  LoRA: Low-Rank Adaptation of Large Language Models [arxiv:2106.09685]
      -0.0061  the same years as yours
    in common: low rank, ...
    it says: LoRA saves space ...
    """

    items: tuple[Recommendation, ...]
    problems: tuple[str, ...] = ()
    reasons: RecommendationReasons | None = field(default=None, repr=False, compare=False)
    filtered: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    offset: int = 0
    found: Paper | None = None

    @property
    def diversity_report(self) -> DiversityReport | None:
        """What diversity cost and bought, against the list by score alone; None where it is unknown."""
        return self.reasons.diversity_report if self.reasons is not None else None

    @property
    def warnings(self) -> tuple[str, ...]:
        """All that is to be said of the list, one line each.

        These are `problems`, `filtered`, and what it could not be for want of papers: varied, or in
        proportion.
        """
        wanting = self.reasons.warnings if self.reasons is not None else ()
        return (*self.problems, *self.filtered, *wanting)

    @property
    def interests(self) -> tuple[NamedOutcome, ...]:
        """The reader's interests: share of the seeds, quota of the list, and what came of it."""
        return self.reasons.interests if self.reasons is not None else ()

    @property
    def distribution(self) -> ScoreDistribution | None:
        """What the scores are held against, for a picture of them; None where no reasons are known."""
        return self.reasons.distribution if self.reasons is not None else None

    @property
    def similarities(self) -> NDArray[np.float32] | None:
        """The encoder's cosine of each paper to each other, shape (n, n); None where no reasons are known."""
        if self.reasons is None:
            return None
        places = [item.rank - 1 for item in self.items]
        return self.reasons.similarities[np.ix_(places, places)]

    @property
    def whole(self) -> int:
        """How many papers the whole list has, where this is a part of it."""
        return len(self.reasons) if self.reasons is not None else len(self.items)

    @property
    def ids(self) -> list[str]:
        """The papers' ids, in the order of the list."""
        return [item.paper.id for item in self.items]

    @property
    def scores(self) -> NDArray[np.float32]:
        """The papers' scores, in the order of the list."""
        return np.array([item.score for item in self.items], np.float32)

    def to_dicts(self) -> list[dict[str, Any]]:
        """Give one flat dict for each paper.

        Returns
        -------
        list of dict
            As the writers take them, see `Recommendation.to_dict`.
        """
        return [item.to_dict() for item in self.items]

    def to_frame(self, *, flat: bool = False) -> pd.DataFrame:
        """Give a frame with one line for each paper.

        Parameters
        ----------
        flat : bool, default False
            Lists and dicts as JSON, for databases and CSV.

        Returns
        -------
        DataFrame
            With rank, id, title, score, confidence, closest, ... and the paper's facts, as those of
            `Corpus.to_frame`. `contributions` are by the id of the seed; in Parquet a map.
        """
        return records_frame(self.to_dicts(), flat=flat)

    @overload
    def to_csv(self, path: None = None) -> str: ...
    @overload
    def to_csv(self, path: _Path) -> None: ...
    def to_csv(self, path: _Path | None = None) -> str | None:
        """Give the list as CSV with the columns of `to_frame`, or write it into a file.

        Parameters
        ----------
        path : str or path-like, optional
            The file, which appears whole or not at all.

        Returns
        -------
        str or None
            The text where no file is named.
        """
        return self._written("csv", path)

    @overload
    def to_json(self, path: None = None) -> str: ...
    @overload
    def to_json(self, path: _Path) -> None: ...
    def to_json(self, path: _Path | None = None) -> str | None:
        """Give the list as a JSON array of objects, or write it into a file.

        Parameters
        ----------
        path : str or path-like, optional
            The file, which appears whole or not at all.

        Returns
        -------
        str or None
            The text where no file is named.
        """
        return self._written("json", path)

    @overload
    def to_bibtex(self, path: None = None) -> str: ...
    @overload
    def to_bibtex(self, path: _Path) -> None: ...
    def to_bibtex(self, path: _Path | None = None) -> str | None:
        """Give the papers as BibTeX entries, or write them into a file.

        Parameters
        ----------
        path : str or path-like, optional
            The file, which appears whole or not at all.

        Returns
        -------
        str or None
            The text where no file is named.
        """
        return self._written("bibtex", path)

    @overload
    def to_ris(self, path: None = None) -> str: ...
    @overload
    def to_ris(self, path: _Path) -> None: ...
    def to_ris(self, path: _Path | None = None) -> str | None:
        """Give the papers in RIS, for reference managers, or write them into a file.

        Parameters
        ----------
        path : str or path-like, optional
            The file, which appears whole or not at all.

        Returns
        -------
        str or None
            The text where no file is named.
        """
        return self._written("ris", path)

    @overload
    def to_csl(self, path: None = None) -> str: ...
    @overload
    def to_csl(self, path: _Path) -> None: ...
    def to_csl(self, path: _Path | None = None) -> str | None:
        """Give the papers as CSL-JSON, for citation processors, or write them into a file.

        Parameters
        ----------
        path : str or path-like, optional
            The file, which appears whole or not at all.

        Returns
        -------
        str or None
            The text where no file is named.
        """
        return self._written("csl", path)

    @overload
    def to_markdown(self, path: None = None) -> str: ...
    @overload
    def to_markdown(self, path: _Path) -> None: ...
    def to_markdown(self, path: _Path | None = None) -> str | None:
        """Give the list in Markdown, with links and reasons, or write it into a file.

        Parameters
        ----------
        path : str or path-like, optional
            The file, which appears whole or not at all.

        Returns
        -------
        str or None
            The text where no file is named.
        """
        return self._written("markdown", path)

    def to_parquet(self, path: _Path) -> None:
        """Write the list with the columns of `to_frame` into a Parquet file.

        Parameters
        ----------
        path : str or path-like
            The file, which appears whole or not at all.
        """
        self._written("parquet", path)

    def _written(self, format: str, path: _Path | None) -> str | None:
        """Text without a path; with one the file, which appears whole or not at all (OSError says why)."""
        records = cast("list[Record]", self.to_dicts())
        if path is None:
            return write(records, format)
        write_whole(path, encode(records, format))
        return None

    def displaced_frame(self) -> pd.DataFrame:
        """Give a frame with one line for each paper that diversity put here.

        Returns
        -------
        DataFrame
            The `paper` by title, the one that it is here `instead_of`, the one of the list that this is
            `too_like`, and their `cosine`.
        """
        with extra("frames"):
            import pandas as pd

        lines = [
            (item.paper.title, gone.paper.title, gone.too_like.title, gone.cosine)
            for item in self
            if (gone := item.displaced)
        ]
        return pd.DataFrame(lines, columns=["paper", "instead_of", "too_like", "cosine"])

    @overload
    def __getitem__(self, place: int) -> Recommendation: ...
    @overload
    def __getitem__(self, place: slice) -> Recommendations: ...
    def __getitem__(self, place: int | slice) -> Recommendation | Recommendations:
        if isinstance(place, slice):
            items = self.items[place]
            offset = items[0].rank - 1 if items else self.offset
            return Recommendations(
                items, self.problems, self.reasons, self.filtered, offset=offset, found=self.found
            )
        if not -len(self.items) <= place < len(self.items):
            raise IndexError(f"no place {place} in a list of {pluralize(len(self.items), 'paper')}")
        return self.items[place]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Recommendation]:
        return iter(self.items)

    def __str__(self) -> str:
        lines = (
            f"{item.rank:>2}  {item.score:.3f}  {item.paper.marked_title}  [{item.paper.id}]" for item in self
        )
        nothing = () if self.items or self.problems else ("nothing to recommend",)
        return without_controls("\n".join([*lines, *nothing, *self.problems, *self.filtered, *self.notes]))

    __repr__ = __str__  # what a notebook or a prompt shows where it cannot show a table

    def _repr_html_(self) -> str:
        said = (*self.problems, *self.filtered, *self.notes)
        return page(self.items, said if self.items or self.problems else self._why_empty())

    def _why_empty(self) -> tuple[str, ...]:
        return self.warnings or ("nothing to recommend",)

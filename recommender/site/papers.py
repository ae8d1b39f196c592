"""The pages of papers, many at a time, made in whatever process: the same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..corpus import Corpus, content_hash
from ..errors import SiteError
from ..listing import similar_listings
from ..listing.calendar import Calendar
from ..listing.similar import CROWDED, others_of_its_day
from ..paper import Paper
from .names import PaperLinks, paper_path
from .pages import Pages, SiteFrame
from .staging import Staged, Staging

SIMILAR = 10
"""Similar papers on the page of each."""

BLOCK = 256
"""Papers whose pages are made together."""


@dataclass(frozen=True)
class PaperMaking:
    """How the pages of papers are made and staged, in whatever process.

    Attributes
    ----------
    corpus : Path
        Its folder.
    content : str
        The hash of what it held when the site was begun.
    pages : Pages
        Who writes them.
    staging : Staging
        Where to.
    frame : SiteFrame
        Without a day: these pages are the same on every day.
    links : PaperLinks
        Which papers have one.
    """

    corpus: Path
    content: str
    pages: Pages
    staging: Staging
    frame: SiteFrame
    links: PaperLinks

    def __call__(self) -> PaperMaker:
        """What makes them. Raises SiteError where the corpus is not what it was."""
        corpus = Corpus.open(self.corpus)
        if content_hash(corpus.snapshot) != self.content:
            raise SiteError(f"{self.corpus}: the corpus was changed while the site was made; make it again")
        return PaperMaker(self, corpus)


class PaperMaker:
    """Makes the pages of papers from one state of a corpus."""

    def __init__(self, making: PaperMaking, corpus: Corpus) -> None:
        self._making = making
        self._corpus = corpus
        self._day = ""
        self._of_day: list[Paper] = []

    def __call__(self, rows: Sequence[int]) -> list[Staged]:
        """Stage the pages and the other files of the papers of these rows."""
        papers = self._corpus.snapshot.papers(rows)
        listings = similar_listings(self._corpus, papers, k=SIMILAR)
        making, staged = self._making, list[Staged]()
        for row, paper, similar in zip(rows, papers, listings, strict=True):
            others = others_of_its_day(self._corpus.snapshot, row, paper, self._papers_of(paper.published))
            path = paper_path(paper.id)
            page = making.pages.paper_page(
                paper, similar, others, path=path, frame=making.frame, links=making.links
            )
            staged.append(making.staging.put(path, page))
            staged += self._files(paper)
        return staged

    def _files(self, paper: Paper) -> Iterator[Staged]:
        for ending, data in self._making.pages.paper_files(paper).items():
            yield self._making.staging.put(paper_path(paper.id, ending), data)

    def _papers_of(self, day: str) -> list[Paper]:
        """The papers of a day, which are read once as papers come day by day."""
        if day != self._day:
            rows = Calendar.of(self._corpus.snapshot).rows("day", day).tolist()
            self._of_day = [] if len(rows) > CROWDED else self._corpus.snapshot.papers(rows)
            self._day = day
        return self._of_day

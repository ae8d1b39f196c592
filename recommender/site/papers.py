"""The pages of papers, many at a time, made in whatever process: the same bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..corpus import Corpus, content_hash
from ..errors import SiteError
from ..listing import Part, similar_listings
from ..listing.similar import Company, company_of, others_by_nearness
from ..paper import Paper
from .names import PaperLinks, paper_path
from .pages import Pages, SiteFrame
from .staging import Staged, Staging

SIMILAR = 10
"""Similar papers on the page of each."""

BLOCK = 256
"""Papers whose pages are made together."""

KEPT = 16
"""Days and lists whose papers are kept while pages are made."""


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
    listed : mapping of int to Company
        The curator's list that a paper is on, by row.
    """

    corpus: Path
    content: str
    pages: Pages
    staging: Staging
    frame: SiteFrame
    links: PaperLinks
    listed: Mapping[int, Company]

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
        self._companies: dict[Company, list[Paper]] = {}

    def __call__(self, rows: Sequence[int]) -> list[Staged]:
        """Stage the pages and the other files of the papers of these rows."""
        papers = self._corpus.snapshot.papers(rows)
        listings = similar_listings(self._corpus, papers, k=SIMILAR)
        making, staged = self._making, list[Staged]()
        for row, paper, similar in zip(rows, papers, listings, strict=True):
            others = self._others(row, paper)
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

    def _others(self, row: int, paper: Paper) -> Part | None:
        """Those of the list that it is on, of its day, or of a small corpus."""
        snapshot = self._corpus.snapshot
        company = self._making.listed.get(row) or company_of(snapshot, paper)
        return (
            None if company is None else others_by_nearness(snapshot, row, company, self._papers_of(company))
        )

    def _papers_of(self, company: Company) -> list[Paper]:
        """The papers of a day or list, which are read once as papers come day by day."""
        if company not in self._companies:
            if len(self._companies) >= KEPT:
                self._companies.clear()
            self._companies[company] = self._corpus.snapshot.papers(company.rows)
        return self._companies[company]

"""A house with a corpus that grows, readers, and their editions, by a clock that tests set."""

import dataclasses
from datetime import UTC, datetime, timedelta

from conftest import FakeEncoder, make_papers

from recommender import Corpus
from recommender.listing import Listing, make_editions
from recommender.readership import (
    Readership,
    add_reader,
    edition_of,
    find_reader,
    listing_of,
    note,
    reader_by_number,
)

MORNING = datetime(2026, 11, 30, 6, tzinfo=UTC)
SURE = 0.0  # the tiny encoder's confidences are no people's


class House:
    """A folder with a corpus, a file of readers and the editions."""

    def __init__(self, folder, papers, encoder=None):
        self.folder = folder
        self.corpus = folder / "papers.corpus"
        self.readers = folder / "readers.sqlite"
        self.out = folder / "out"
        Corpus.build(papers, self.corpus, encoder=encoder or FakeEncoder()).close()

    def arrive(self, papers):
        """Papers come to the corpus, now."""
        with Corpus.open(self.corpus, encoder=FakeEncoder()) as corpus:
            corpus.add(papers)

    def reader(self, name, liked=(), **facts):
        """A new reader, who likes some papers."""
        with Readership.open(self.readers, create=True) as file:
            add_reader(file, name, at=MORNING, **facts)
        self.say(name, "liked", liked)

    def say(self, name, kind, papers, at=MORNING):
        """A reader says something of papers."""
        with Readership.open(self.readers) as file, Corpus.open(self.corpus) as corpus:
            reader = find_reader(file, name)
            if papers:
                note(file, reader, kind, papers, source="test", at=at, snapshot=corpus.snapshot)

    def digest(self, days=0, hours=0, **options):
        """The editions of so many days after the first morning."""
        options = {"min_confidence": SURE, "workers": 1, "formats": ("text", "jsonl")} | options
        out = options.pop("out", self.out)
        return make_editions(
            self.corpus, self.readers, out, now=MORNING + timedelta(days=days, hours=hours), **options
        )

    def listing(self, name, day, span="day"):
        """The stored listing of an edition; None where there is none."""
        with Readership.read(self.readers) as file:
            found = stored(file, name, span, day)
            return None if found is None else Listing.from_dict(found)

    def files(self, out=None):
        """All files of the editions with their bytes."""
        out = out or self.out
        return {
            path.relative_to(out).as_posix(): path.read_bytes()
            for path in sorted(out.rglob("*"))
            if path.is_file()
        }


def stored(file, name, span, day):
    """The listing of an edition as it is stored."""
    reader = find_reader(file, name) if name else reader_by_number(file, 0)
    edition = reader and edition_of(file, reader, span, day)
    return edition and listing_of(file, edition)


def part(listing, kind):
    """The ids of a part's papers, in order; [] where there is no such part."""
    return [entry.paper.id for one in listing.parts if one.kind == kind for entry in one.entries]


def ids(listing):
    """All ids of a listing's papers, in order."""
    return [entry.paper.id for entry in listing.entries]


def on(papers, *days):
    """Papers that appeared on these days, in turn."""
    return [
        dataclasses.replace(paper, published=days[place % len(days)]) for place, paper in enumerate(papers)
    ]


PAPERS = make_papers(200)

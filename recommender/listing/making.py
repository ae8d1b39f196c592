"""An edition's listing and files, made in whatever process, always of what is stored."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..corpus import Corpus, content_hash
from ..errors import ReadershipError
from ..files import SAFE
from ..readership import Edition, Reader, Readership
from ..readership.editions import canonical_json, packed_listing, read_listing
from .atom import atom_of
from .compose import Composer, Request
from .folders import FEED, edition_name
from .json_feed import json_feed_of
from .listing import Listing
from .writers import LISTING_WRITERS


@dataclass(frozen=True)
class Stored:
    """An edition and its listing as it lies in the file of readers."""

    edition: Edition
    packed: bytes

    @classmethod
    def of(cls, readership: Readership, edition: Edition) -> Stored:
        """With the listing."""
        return cls(edition, packed_listing(readership, edition))

    @property
    def listing(self) -> Listing:
        """The listing."""
        return Listing.from_dict(read_listing(self.packed, self.edition))


@dataclass(frozen=True)
class Task:
    """One reader's edition: made as `request` says, or as it is `stored`; `earlier` ones are for the feed,
    whose path below the output folder is `feed`.
    """

    reader: Reader
    request: Request | None
    stored: Stored | None
    earlier: tuple[Stored, ...]
    feed: str


@dataclass(frozen=True)
class Written:
    """What a task came to: the listing where it is new, and the files of the edition and of the feed."""

    task: Task
    listing: Listing | None
    files: Mapping[str, bytes]
    feed: Mapping[str, bytes]


@dataclass(frozen=True)
class Making:
    """How listings and files are made, in whatever process."""

    corpus: Path
    content: str
    k: int
    min_confidence: float
    formats: tuple[str, ...]
    base_url: str
    model_dir: str | None

    def __call__(self) -> Maker:
        """What makes them. Raises ReadershipError where the corpus is not what it was."""
        corpus = Corpus.open(self.corpus, model_dir=self.model_dir)
        if content_hash(corpus.snapshot) != self.content:
            raise ReadershipError(f"{self.corpus}: the corpus was changed while the job ran; {SAFE}")
        return Maker(self, Composer(corpus, self.k, self.min_confidence, self.content))


@dataclass(frozen=True)
class Maker:
    """Makes them from one state of a corpus."""

    making: Making
    composer: Composer

    def __call__(self, tasks: Sequence[Task]) -> list[Written]:
        """The listings and files of some tasks, the same bytes whoever makes them."""
        new = iter(self.composer.listings([task.request for task in tasks if task.request is not None]))
        return [self._written(task, None if task.request is None else next(new)) for task in tasks]

    def _written(self, task: Task, new: Listing | None) -> Written:
        earlier = [one.listing for one in task.earlier]
        if new is not None:
            listing = _as_stored(new)
            newest = [listing, *earlier]
        else:
            assert task.stored is not None, "what is not to be made is there"
            listing, newest = task.stored.listing, earlier
        stem = edition_name(listing.span, listing.day)
        writers = [LISTING_WRITERS[name] for name in self.making.formats]
        files = {f"{stem}{writer.ending}": writer.write(listing) for writer in writers}
        base_url, key = self.making.base_url, task.feed
        feed = {
            f"{FEED}.atom": atom_of(newest, base_url=base_url, key=key),
            f"{FEED}.json": json_feed_of(newest, base_url=base_url, key=key),
        }
        return Written(task, new, files, feed)


def _as_stored(listing: Listing) -> Listing:
    """The listing as it comes back from the file of readers, so that files are the same from the first time
    on.
    """
    return Listing.from_dict(json.loads(canonical_json(listing.to_dict()).decode("utf-8", "surrogatepass")))

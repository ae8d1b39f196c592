"""What there is of each reader, in numbers and whole: for lists, for `status`, and to take along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .curation import curated_days
from .deliveries import delivery_of
from .editions import Edition, editions_of, last_edition, listing_of
from .interests import interests_of
from .opinions import opinions_of
from .papers import ids_of
from .readers import Reader, all_readers
from .readership import Readership
from .submissions import submissions
from .votes import votes_of

# Of each paper the last that was said: SQLite gives the line that the greatest number is of.
_LAST = "SELECT reader, paper, kind, max(number) FROM opinions GROUP BY reader, paper"


@dataclass(frozen=True)
class Summary:
    """One reader in numbers.

    Attributes
    ----------
    reader : Reader
        Who.
    counts : mapping of str to int
        How many papers are liked, disliked, for later and seen, by the ids that were named.
    interests : int
        How many interests in words.
    edition : Edition or None
        The one that was made last.
    delivery : str
        How far its mail is; "" where it has none.
    """

    reader: Reader
    counts: Mapping[str, int]
    interests: int
    edition: Edition | None
    delivery: str


def summaries(readership: Readership) -> list[Summary]:
    """Give all readers in numbers.

    Parameters
    ----------
    readership : Readership
        The file.

    Returns
    -------
    list of Summary
        By name.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, summaries
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     [one.reader.name for one in summaries(file)]
    ['Mei']
    """
    counted = readership.file.rows(f"SELECT reader, kind, count(*) FROM ({_LAST}) GROUP BY reader, kind")
    counts: dict[int, dict[str, int]] = {}
    for number, kind, count in counted:
        counts.setdefault(number, {})[kind] = count
    found = []
    for reader in all_readers(readership):
        edition = last_edition(readership, reader)
        delivery = None if edition is None else delivery_of(readership, edition.number)
        words = len(interests_of(readership, reader))
        state = "" if delivery is None else delivery.state
        found.append(Summary(reader, counts.get(reader.number, {}), words, edition, state))
    return found


def everything_of(readership: Readership, reader: Reader) -> dict[str, Any]:
    """Give all that the file holds of a reader, for JSON.

    Parameters
    ----------
    readership : Readership
        The file.
    reader : Reader
        Whom.

    Returns
    -------
    dict
        ``reader``, ``interests``, ``opinions``, ``editions`` with their listings and mails, as ``shown`` the
        ids of the papers that were, ``votes``, ``submissions``, and as ``days`` the lists for days that are
        shown under the reader's name.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, everything_of
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     sorted(everything_of(file, mei))
    ['days', 'editions', 'interests', 'opinions', 'reader', 'shown', 'submissions', 'votes']
    """
    shown = readership.ledger.shown([reader.name], readership.ledger.runs).get(reader.name, [])
    ids = ids_of(readership.file, shown)
    return {
        "reader": asdict(reader),
        "interests": [asdict(one) for one in interests_of(readership, reader)],
        "opinions": [asdict(one) for one in opinions_of(readership, reader)],
        "editions": [_edition(readership, one) for one in editions_of(readership, reader)],
        "shown": [ids[number] for number in shown],
        "votes": [asdict(one) for one in votes_of(readership, reader)],
        "submissions": [asdict(one) for one in submissions(readership, reader=reader)],
        "days": [asdict(one) for one in curated_days(readership) if one.curator == reader.name],
    }


def _edition(readership: Readership, edition: Edition) -> dict[str, Any]:
    delivery = delivery_of(readership, edition.number)
    return asdict(edition) | {
        "sha256": edition.sha256.hex(),
        "listing": listing_of(readership, edition),
        "delivery": None if delivery is None else asdict(delivery),
    }

"""Groups of records that are one paper: a function of the set of records, whatever their order.

Records that share a key are compared. Each pair that a rule joins is a link; links are taken from the
strongest to the weakest, and one that would bring two records together which cannot be one paper is left out.
So one wrong link spoils no group, and since links are ordered by what is in the records, each order of the
records has the same groups. Records that are joined by no chain of keys do not see each other: the groups
of a part that is whole in this sense are those of the whole.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..paper import Paper
from .authors import Match
from .forest import Forest
from .keys import title_keys
from .names import OWN, SCHEMES, is_junk
from .record import Record
from .rules import Verdict, agreement, by_text, by_title, clash, near, titles_alike
from .texts import text_keys

_NAMES = frozenset((*SCHEMES, OWN))
_ORDER = {rule: place for place, rule in enumerate((*SCHEMES, OWN, "title", "text"))}
_FEW = 24  # records of a key that are compared each with each
_OF_MANY = frozenset((OWN, "doi"))  # what whole supplements have, and what a source's numbers may be
_RETITLED = 3  # titles over different texts that one paper may have under such an identifier
_NEIGHBOURS = 8  # of a record among more, by title and text
_TITLES = 40  # titles that one identifier cannot have
_TEMPLATE = 4  # titles or DOIs over one abstract, above which it is nobody's


@dataclass(frozen=True)
class Link:
    """Two records, by their places among those given, and the rule that joins them.

    Attributes
    ----------
    first, second : int
        The places, the smaller one first.
    rule : str
        The scheme of the identifier they share (``doi``, ``arxiv``, ...), ``id`` for their source's own id,
        ``title`` or ``text``.
    """

    first: int
    second: int
    rule: str


@dataclass(frozen=True)
class Grouping:
    """Which records are one paper, and why.

    Attributes
    ----------
    labels : ndarray of int64
        A number for the group of each record, in the order of their first records.
    merged : tuple of Link
        Why: as many links as join each group.
    doubtful : tuple of Link
        Pairs of different groups that look like one paper, and are not joined.
    shared : mapping of str to tuple of int
        Identifiers and ids that records of several groups have, and which therefore identify none of them.
    """

    labels: NDArray[np.int64]
    merged: tuple[Link, ...]
    doubtful: tuple[Link, ...]
    shared: Mapping[str, tuple[int, ...]]


def group(records: Sequence[Paper], *, apart: Collection[frozenset[str]] = ()) -> Grouping:
    """Tell which records are one paper.

    Parameters
    ----------
    records : sequence of Paper
        The records.
    apart : collection of frozenset of str, optional
        Pairs of records, by their keys, that are two papers whatever the rules say.

    Returns
    -------
    Grouping
        The same groups for every order of the records.

    Examples
    --------
    >>> from recommender import Paper
    >>> papers = [Paper(id="a", title="Sheep"), Paper(id="b", title="Roofs"), Paper(id="a", title="Sheep")]
    >>> group(papers).labels.tolist()
    [0, 1, 0]
    """
    places, distinct = _distinct(records)
    blocks = _blocks(distinct)
    links, doubtful = _links(distinct, blocks)
    forest = Forest(distinct, frozenset(apart), clash)
    merged: list[Link] = []
    for link in sorted(links, key=_strength):
        if forest.root(link.first) == forest.root(link.second):
            continue
        (merged if forest.join(link.first, link.second) else doubtful).append(link)
    roots = [forest.root(record) for record in range(len(distinct))]
    return _grouping(len(records), places, distinct, roots, (merged, doubtful), blocks)


def _strength(link: Link) -> tuple[int, int, int]:
    return _ORDER[link.rule], link.first, link.second


def _distinct(records: Sequence[Paper]) -> tuple[list[list[int]], list[Record]]:
    """The places of each different record, and the records, ordered by what is in them."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for place, paper in enumerate(records):
        found[paper.to_json()].append(place)
    places = [found[content] for content in sorted(found)]
    return places, [Record(records[same[0]]) for same in places]


def _blocks(records: Sequence[Record]) -> dict[str, list[int]]:
    """The records of each key that several have, ascending."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for number, record in enumerate(records):
        for key in (*record.names, *title_keys(record.title), *text_keys(record.abstract)):
            found[key].append(number)
    return {key: block for key, block in sorted(found.items()) if len(block) > 1}


def _links(records: Sequence[Record], blocks: Mapping[str, list[int]]) -> tuple[list[Link], list[Link]]:
    """The pairs that a rule joins, and those that look like one paper."""
    links: list[Link] = []
    doubtful: list[Link] = []
    pairs: set[tuple[int, int]] = set()
    for key, block in blocks.items():
        scheme = key.partition(":")[0]
        if scheme not in _NAMES:
            pairs.update(_compared(records, block))
        elif not is_junk(key):
            links += (Link(*pair, scheme) for pair in _identified(records, block, scheme))
    templates = _templates(records)
    for pair in pairs:
        first, second = (records[number] for number in pair)
        template = first.abstract in templates or second.abstract in templates
        rule = "title" if first.title.letters == second.title.letters else "text"
        verdict = (by_title if rule == "title" else by_text)(first, second, template)
        if verdict is not Verdict.TWO:
            (links if verdict is Verdict.ONE else doubtful).append(Link(*pair, rule))
    return links, doubtful


def _templates(records: Sequence[Record]) -> set[bytes]:
    """The abstracts that stand in the records of too many papers to be the abstract of one."""
    titles: defaultdict[bytes, set[bytes]] = defaultdict(set)
    dois: defaultdict[bytes, set[str]] = defaultdict(set)
    for record in records:
        titles[record.abstract].add(record.title.letters)
        dois[record.abstract] |= record.named("doi")
    return {text for text in titles if text and max(len(titles[text]), len(dois[text])) > _TEMPLATE}


def _identified(records: Sequence[Record], block: Sequence[int], scheme: str) -> Iterator[tuple[int, int]]:
    """The pairs of records that an identifier makes one paper: none where some of them are different ones."""
    titles: dict[bytes, int] = {}
    for number in block:
        titles.setdefault(records[number].title.letters, number)
    if len(titles) > _TITLES:
        return
    strict = scheme in _OF_MANY
    pairs = set(itertools.combinations(titles.values(), 2))
    pairs |= {(titles[records[number].title.letters], number) for number in block} - {(n, n) for n in block}
    if len(block) <= _FEW:
        pairs |= set(itertools.combinations(block, 2))
    said = {pair: agreement(records[pair[0]], records[pair[1]], strict) for pair in sorted(pairs)}
    if strict and _titles_apart(records, list(titles.values())) > _RETITLED:
        return
    part = {number: number for number in block}
    for (first, second), match in said.items():
        if match is Match.SAME and part[first] != part[second]:
            old, new = part[second], part[first]
            part = {number: new if of == old else of for number, of in part.items()}
    different = (pair for pair, match in said.items() if match is Match.DIFFERENT)
    if any(_contradicts(records, pair, part) for pair in different):
        return
    yield from (
        pair
        for pair, match in said.items()
        if match is Match.SAME or (match is Match.UNKNOWN and scheme != OWN)
    )


def _contradicts(records: Sequence[Record], pair: tuple[int, int], part: Mapping[int, int]) -> bool:
    """Whether no other record of the identifier leads from one of two different ones to the other."""
    first, second = pair
    return part[first] != part[second] or clash(records[first], records[second])


def _titles_apart(records: Sequence[Record], numbers: Sequence[int]) -> int:
    """How many records of these are left when those of nearly the same text as one before are not counted."""
    found: list[Record] = []
    for record in (records[number] for number in numbers):
        if not any(near(record, other) or titles_alike(record, other) for other in found):
            found.append(record)
    return len(found)


def _compared(records: Sequence[Record], block: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Pairs of a key's records: all where they are few, else those that stand near each other in order."""
    if len(block) <= _FEW:
        yield from itertools.combinations(block, 2)
        return
    ordered = sorted(block, key=lambda number: (*_beside(records[number]), number))
    for place, number in enumerate(ordered):
        for other in ordered[place + 1 : place + 1 + _NEIGHBOURS]:
            yield (number, other) if number < other else (other, number)


def _beside(record: Record) -> tuple[bytes, tuple[str, ...], int]:
    """What makes two records of one title neighbours: the author, in any order of the name, and the year."""
    author = tuple(sorted(part for part in record.authors[0] if len(part) > 1)) if record.authors else ()
    return record.title.letters, author, record.year or 0


def _grouping(
    n_records: int,
    places: Sequence[list[int]],
    records: Sequence[Record],
    roots: Sequence[int],
    links: tuple[list[Link], list[Link]],
    blocks: Mapping[str, list[int]],
) -> Grouping:
    """The result in the places of the records that were given."""
    labels = np.empty(n_records, np.int64)
    for same, root in zip(places, roots, strict=True):
        labels[same] = root
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    labels = np.argsort(np.argsort(first))[inverse].astype(np.int64)
    joined, in_doubt = links
    merged = [_placed(link, places) for link in joined]
    for same, record in zip(places, records, strict=True):
        merged += (Link(same[0], place, _same_rule(record)) for place in same[1:])
    doubtful: dict[tuple[int, int], Link] = {}
    for link in sorted(in_doubt, key=_strength):
        if roots[link.first] != roots[link.second]:
            doubtful.setdefault((link.first, link.second), _placed(link, places))
    shared = {
        key: tuple(sorted(place for number in block for place in places[number]))
        for key, block in blocks.items()
        if key.partition(":")[0] in _NAMES and len({roots[number] for number in block}) > 1
    }
    return Grouping(labels, _sorted(merged), _sorted(doubtful.values()), shared)


def _sorted(links: Iterable[Link]) -> tuple[Link, ...]:
    return tuple(sorted(links, key=_strength))


def _placed(link: Link, places: Sequence[list[int]]) -> Link:
    first, second = sorted((places[link.first][0], places[link.second][0]))
    return Link(first, second, link.rule)


def _same_rule(record: Record) -> str:
    return min((name.partition(":")[0] for name in record.names), key=_ORDER.__getitem__, default="title")

"""Which papers have an author or a venue of a name, and the names spelled most like one that nobody has."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from indexes import Allowed, Rows

from ..display import shortened
from ..errors import ParameterError
from ..identity.authors import parts
from ..identity.texts import fold
from ..identity.wanted_names import is_named, is_telling, wanted_name
from .snapshot import Snapshot

_WORD = re.compile(r"\w+")
_AUTHORS = "SELECT row, json_extract(record, '$.authors') FROM papers ORDER BY row"
_VENUES = "SELECT row, json_extract(record, '$.venue') FROM papers ORDER BY row"
_AMONG = "FROM papers WHERE row IN (SELECT value FROM json_each(?)) ORDER BY row"
_AUTHORS_OF = f"SELECT row, json_extract(record, '$.authors') {_AMONG}"
_VENUES_OF = f"SELECT row, json_extract(record, '$.venue') {_AMONG}"
_LONGEST = 60
_MOST_READ = 20_000  # papers; of more the names of all are not read for the sake of a spelling
_NEAREST = 3
_ALIKE = 20  # words that are looked at for each wanted one


@dataclass(frozen=True)
class FieldNames:
    """All names that papers have in one field, those of most papers first.

    `folded` has the parts of each, one space before, between and behind them. The rows that have the name
    at a place are ``rows[starts[place] : starts[place + 1]]``.
    """

    names: tuple[str, ...]
    folded: tuple[str, ...]
    starts: NDArray[np.int64]
    rows: Rows

    @classmethod
    def of(cls, lines: Iterable[tuple[int, list[str]]], split: Callable[[str], Iterable[str]]) -> FieldNames:
        """From (row, names) of each paper; `split` gives a name's parts."""
        pairs = [(name, row) for row, names in lines for name in dict.fromkeys(names)]
        counts = Counter(name for name, _ in pairs)
        names = tuple(sorted(counts, key=lambda name: (-counts[name], name)))
        places = {name: place for place, name in enumerate(names)}
        of = np.fromiter((places[name] for name, _ in pairs), np.int64, len(pairs))
        rows = np.fromiter((row for _, row in pairs), np.int64, len(pairs))
        order = np.argsort(of, kind="stable")
        starts = np.searchsorted(of[order], np.arange(len(names) + 1))
        return cls(names, tuple(f" {' '.join(split(name))} " for name in names), starts, rows[order])

    def rows_where(self, parts: Iterable[str], is_meant: Callable[[list[str]], bool]) -> Rows:
        """The rows with a name that holds one of the parts and is meant, by its own parts; ascending."""
        padded = [f" {part} " for part in parts]
        near = (place for place, name in enumerate(self.folded) if any(part in name for part in padded))
        found = [place for place in near if is_meant(self.folded[place].split())]
        rows = [self.rows[self.starts[place] : self.starts[place + 1]] for place in found]
        return np.unique(np.concatenate([np.empty(0, np.int64), *rows]))

    def nearest(self, wanted: Sequence[str]) -> list[str]:
        """The names whose words are spelled most like the wanted ones, of equals those of more papers."""
        from rapidfuzz import fuzz, process

        words = tuple(dict.fromkeys(chain.from_iterable(map(str.split, self.folded))))
        alike = [
            {word: score for word, score, _ in process.extract(one, words, scorer=fuzz.ratio, limit=_ALIKE)}
            for one in wanted
        ]
        scores = [
            sum(max((near.get(word, 0.0) for word in name.split()), default=0.0) for near in alike)
            for name in self.folded
        ]
        best = sorted(range(len(scores)), key=lambda place: -scores[place])[:_NEAREST]
        return [self.names[place] for place in best]


def authors_of(snapshot: Snapshot, rows: Rows) -> dict[int, tuple[str, ...]]:
    """By row the authors of each of these papers that names some, each once, without accents and capitals."""
    lines = _lines(snapshot, _AUTHORS_OF, rows)
    folded = ((row, tuple(dict.fromkeys(map(fold, json.loads(names or "[]"))))) for row, names in lines)
    return {row: names for row, names in folded if names}


def author_mask(snapshot: Snapshot, name: str) -> Allowed:
    """Whether each vector's paper has an author of this name: "Hinton", "G. Hinton", "Hinton, Geoffrey".

    See `is_named`. Raises ParameterError for what is no name, and for one that no author has.
    """
    wanted = wanted_name(name)
    if not wanted:
        raise ParameterError(f"authors holds {name!r:.60}, which is no name; give a family name at least")

    def read() -> Allowed:
        telling = [part for part in wanted if is_telling(part)]
        if (index := snapshot.words) is None:
            return _mask(snapshot, _authors(snapshot).rows_where(telling, lambda one: is_named(one, wanted)))
        near = [index.by_author(spelled) for part in telling for spelled in _with_umlauts(part)]
        lines = _lines(snapshot, _AUTHORS_OF, np.unique(np.concatenate(near)))
        authors = ((row, map(parts, json.loads(names or "[]"))) for row, names in lines)
        named = (row for row, names in authors if any(is_named(one, wanted) for one in names))
        return _mask(snapshot, np.fromiter(named, np.int64))

    mask = snapshot.cached(("author", wanted), read)
    if not mask.any():
        raise ParameterError(_nobody(snapshot, "author", name, wanted))
    return np.asarray(mask)


def venue_mask(snapshot: Snapshot, name: str) -> Allowed:
    """Whether each vector's paper has a venue that holds all words of this name, in any case.

    Raises ParameterError for what holds no word, and where no paper has such a venue.
    """
    wanted = tuple(dict.fromkeys(_words(name)))
    if not wanted:
        raise ParameterError(f"venues holds {name!r:.60}, which holds no word")

    def read() -> Allowed:
        longest = max(wanted, key=len)
        if (index := snapshot.words) is None or len(longest) == 1:
            rows = _venues(snapshot).rows_where([longest], lambda words: {*wanted} <= {*words})
            return _mask(snapshot, rows)
        lines = _lines(snapshot, _VENUES_OF, index.at_venue(longest))
        held = (row for row, venue in lines if {*wanted} <= {*_words(venue or "")})
        return _mask(snapshot, np.fromiter(held, np.int64))

    mask = snapshot.cached(("venue", wanted), read)
    if not mask.any():
        raise ParameterError(_nobody(snapshot, "venue", name, wanted))
    return np.asarray(mask)


def _nobody(snapshot: Snapshot, what: str, name: str, wanted: Sequence[str]) -> str:
    if snapshot.words is None or len(snapshot) <= _MOST_READ:
        names = _authors(snapshot) if what == "author" else _venues(snapshot)
        near = names.nearest(wanted)
    else:
        near = list(_names_with(snapshot, what, snapshot.words.names_like(" ".join(wanted), what, _NEAREST)))
    nearest = ", ".join(repr(shortened(one, _LONGEST)) for one in near)
    hint = f"nearest: {nearest}" if nearest else f"no paper of this corpus has {_article(what)}"
    return f"no paper has the {what} {shortened(name, _LONGEST)!r}; {hint}"


def _names_with(snapshot: Snapshot, what: str, words: Iterable[str]) -> Iterator[str]:
    """For each word a name that has it, of the first paper with one."""
    assert snapshot.words is not None, "their words are from there"
    for word in words:
        rows = snapshot.words.by_author(word) if what == "author" else snapshot.words.at_venue(word)
        for paper in snapshot.papers(rows[:1].tolist()):
            names = paper.authors if what == "author" else (paper.venue,)
            yield next((name for name in names if word in fold(name)), names[0])


def _with_umlauts(part: str) -> list[str]:
    """A part of a name as it is compared, and with each vowel that may be an umlaut as two letters."""
    umlauts = [at for at, letter in enumerate(part, 1) if letter in "aou"]
    return [part, *(f"{part[:at]}e{part[at:]}" for at in umlauts)]


def _lines(snapshot: Snapshot, statement: str, rows: Rows) -> Iterator[tuple[int, str | None]]:
    yield from snapshot.store.execute(statement, (json.dumps(rows.tolist()),))


def _article(what: str) -> str:
    return "an author" if what == "author" else f"a {what}"


def _authors(snapshot: Snapshot) -> FieldNames:
    def read() -> FieldNames:
        lines = snapshot.store.execute(_AUTHORS)
        return FieldNames.of(((row, json.loads(names or "[]")) for row, names in lines), parts)

    return _found(snapshot, "names of authors", read)


def _venues(snapshot: Snapshot) -> FieldNames:
    def read() -> FieldNames:
        lines = snapshot.store.execute(_VENUES)
        return FieldNames.of(((row, [venue]) for row, venue in lines if venue), _words)

    return _found(snapshot, "names of venues", read)


def _found(snapshot: Snapshot, key: str, read: Callable[[], FieldNames]) -> FieldNames:
    found = snapshot.cached(key, read)
    assert isinstance(found, FieldNames)
    return found


def _words(text: str) -> Iterator[str]:
    return chain.from_iterable(_WORD.findall(fold(word)) for word in text.split())


def _mask(snapshot: Snapshot, rows: Rows) -> Allowed:
    found = np.zeros(snapshot.size, np.bool_)
    found[snapshot.place(rows)] = True
    return found

"""One record as the rules see it; each fact is found when a rule first asks for it."""

from __future__ import annotations

import functools

from ..languages import language, script
from ..lexical.terms import STOP_WORDS
from ..paper import Paper
from .authors import parts
from .names import name_keys
from .texts import Shingles, fold, letters, shingles, stem, words
from .titles import STOP, Title

_STOP = STOP | STOP_WORDS
_READ = 4000  # characters of an abstract whose words are looked at


class Record:
    """A paper's record.

    Parameters
    ----------
    paper : Paper
        The record.
    """

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.title = Title(paper.title)
        self.abstract = letters(paper.content)
        self.names = frozenset(name_keys(paper))

    @functools.cached_property
    def content(self) -> str:
        """All that is in it: records with the same content are one, and others have an order by it."""
        return self.paper.to_json()

    @functools.cached_property
    def year(self) -> int | None:
        """When it appeared, None where that is missing."""
        return int(self.paper.published[:4]) if self.paper.published else None

    @functools.cached_property
    def authors(self) -> tuple[tuple[str, ...], ...]:
        """The parts of its authors' names."""
        return tuple(name for name in map(parts, self.paper.authors) if name)

    @functools.cached_property
    def shingles(self) -> Shingles:
        """The runs of letters of its abstract."""
        return shingles(self.abstract)

    @functools.cached_property
    def words(self) -> frozenset[str]:
        """The stems of the words of its title and abstract that say what it is about."""
        found = words(fold(self.paper.content[:_READ]))
        return self.title.content | {stem(word) for word in found if word not in _STOP and len(word) > 1}

    @functools.cached_property
    def language(self) -> str:
        """The language of its text, "" where it says too little."""
        return language(self.paper.text)

    @functools.cached_property
    def script(self) -> str:
        """The script of its title."""
        return script(self.paper.title)

    def named(self, scheme: str) -> frozenset[str]:
        """Its identifiers of one scheme."""
        return frozenset(name for name in self.names if name.startswith(f"{scheme}:"))

"""Whether a text holds a word or a phrase of a query: word by word, as it is spelled but for small things.

Case, accents, hyphens and a plural's ending make no other word; a word with a hyphen may be written as two
or as one. What is written without spaces is looked for as it stands.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property

from ..lexical import search_words
from ..lexical.terms import plain_text, stem
from ..spelling import named_signs, signs

_WORD = re.compile(r"\w+")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_HYPHENS = re.compile(r"(?<=\w)[-\u2010\u2011](?=\w)")


class ClausePattern:
    """What a clause of words asks for.

    Parameters
    ----------
    text : str
        A word or a phrase.

    Examples
    --------
    >>> from recommender.queries import ClausePattern
    >>> pattern = ClausePattern("graph networks")
    >>> pattern.is_in("A Graph-Network."), pattern.is_in("networks on graphs")
    (True, False)
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._unspaced = _letters(text) if _UNSPACED.search(text) else ""
        self.words = _words(text)
        self._ways = {self.words, _words(_HYPHENS.sub("", text))}

    @cached_property
    def ways(self) -> tuple[tuple[str, ...], ...]:
        """For each way in which it may be written the search words that a text has then; none where an index
        of words cannot tell.
        """
        if self._unspaced or signs(self._text) or not plain_text(self._text).isascii():
            return ()
        written = (_HYPHENS.sub(between, self._text) for between in (" ", ""))
        ways = [_search_words(text) for text in written]
        return tuple(dict.fromkeys(ways)) if all(ways) else ()

    @property
    def is_word(self) -> bool:
        """Whether it is one word, of which an index of words knows all."""
        return len(self.ways) == 1 and len(self.words) == 1

    @cached_property
    def heads(self) -> tuple[str, ...]:
        """What every text that holds it has one of in its `plain_text`, hyphens left out or not: for a quick
        look at many texts. Empty where only `is_in` can tell.
        """
        if self._unspaced or signs(self._text):
            return ()
        return tuple(sorted({max(way, key=len).removesuffix("y") for way in self._ways if way}))

    def is_in(self, text: str) -> bool:
        """Return whether a text holds it.

        Parameters
        ----------
        text : str
            A title, or a title and an abstract.

        Returns
        -------
        bool
            False for a pattern without words.
        """
        if self._unspaced:
            return self._unspaced in _letters(text)
        words = _words(text)
        spaced = f" {' '.join(words)} "
        if any(way and f" {' '.join(way)} " in spaced for way in self._ways):
            return True
        joined = " ".join(_words(_HYPHENS.sub("", text)))
        return any(way and f" {' '.join(way)} " in f" {joined} " for way in self._ways)


def _words(text: str) -> tuple[str, ...]:
    """The stems of a text's words, signs that are part of a name as words."""
    return tuple(map(stem, _WORD.findall(plain_text(named_signs(text)))))


def _search_words(text: str) -> tuple[str, ...]:
    """The search words of a text, but for signs that stand alone, which not all texts have."""
    return tuple(found.word for found in search_words(text) if len(found.word) > 1)


def _letters(text: str) -> str:
    """A text in one spelling of its letters, without spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())

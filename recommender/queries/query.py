"""The search box's grammar: plain words, "phrases", +must, -not, author:, venue: and title:.

What is not understood is plain words, never an error: a hyphen inside a word, a sign that stands alone or
before a number, a quotation mark without its other, a colon behind any other word. ``NOT`` in capitals is
``-`` unless all is in capitals; a "not" in small letters is a word like others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from ..display import shortened
from ..errors import ParameterError

FIELDS = ("author", "venue", "title")
"""What may stand before a colon."""

# Marks of quotation; all but the first open wherever they stand.
_STRAIGHT = '"[^"]*"'
_OTHERS = "“[^”]*”|„[^“”]*[“”]|«[^»]*»|「[^」]*」|『[^』]*』|《[^》]*》|〈[^〉]*〉|＂[^＂]*＂|〝[^〞]*〞"
_SIGN = "[-+\u2212\uff0b\uff0d]"
_FIELD = rf"(?:{'|'.join(FIELDS)})s?[:：]"
_PIECE = re.compile(
    rf"(?P<head>{_SIGN}?(?:{_FIELD})?)(?P<quoted>{_STRAIGHT}|{_OTHERS})|(?P<word>(?:(?!{_OTHERS})\S)+)",
    re.IGNORECASE,
)
_HEAD = re.compile(
    rf"(?P<sign>{_SIGN}?)(?!{_SIGN})(?P<field>{_FIELD})?(?P<value>.*)", re.IGNORECASE | re.DOTALL
)
_IDLE = re.compile(rf'(?:{_SIGN}|["“„«「『《〈＂〝])+')  # before a word, where it means nothing
_EXCLUDING = "-\u2212\uff0d"
_NOT = "NOT"
_SHOUTED = 4  # words in capitals are a title in capitals, and NOT is a word of it
_SHOWN = 60


@dataclass(frozen=True)
class Clause:
    """A piece of a query: plain words, or what must or must not stand in a field.

    Attributes
    ----------
    text : str
        The words.
    sign : str
        ``+`` for what must be there, ``-`` for what must not, empty for plain words. A phrase or a field
        without a sign must be there as well.
    field : str
        One of `FIELDS`; empty for title and abstract.
    phrase : bool
        Whether it stood in quotation marks.
    """

    text: str
    sign: str = ""
    field: str = ""
    phrase: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether these are plain words, which ask for nothing."""
        return not (self.sign or self.field or self.phrase)

    @property
    def is_excluding(self) -> bool:
        """Whether it says what must not be there."""
        return self.sign == "-"

    def __str__(self) -> str:
        if self.is_plain:
            return self.text
        quoted = f'"{self.text}"' if self.phrase else self.text
        return f"{self.sign}{self.field}{':' * bool(self.field)}{quoted}"


@dataclass(frozen=True)
class Query:
    """What a query says, clause by clause, in its order.

    Attributes
    ----------
    clauses : tuple of Clause
        Plain words that follow each other are one.

    Examples
    --------
    >>> from recommender.queries import parse_query
    >>> query = parse_query('graph networks -molecules "message passing" author:Hinton')
    >>> query.words, [str(clause) for clause in query.conditions]
    ('graph networks message passing', ['-molecules', '"message passing"', 'author:Hinton'])
    """

    clauses: tuple[Clause, ...]

    @cached_property
    def conditions(self) -> tuple[Clause, ...]:
        """What must or must not be there."""
        return tuple(clause for clause in self.clauses if not clause.is_plain)

    @cached_property
    def words(self) -> str:
        """What the papers should be about: all that is wanted, but for names of authors and venues."""
        wanted = (one for one in self.clauses if not one.is_excluding and one.field in ("", "title"))
        return " ".join(clause.text for clause in wanted)

    @property
    def names(self) -> str:
        """The names of authors and venues that are wanted."""
        wanted = (one for one in self.conditions if not one.is_excluding and one.field in ("author", "venue"))
        return " ".join(clause.text for clause in wanted)

    def __str__(self) -> str:
        return " ".join(map(str, self.clauses))


def parse_query(text: str) -> Query:
    """Read what somebody wrote into a search box.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    Query
        Its clauses; ``parse_query(str(query)) == query``.

    Raises
    ------
    ParameterError
        Where it only says what is not wanted.

    Examples
    --------
    >>> from recommender.queries import parse_query
    >>> parse_query("state-of-the-art C++ - fast").conditions
    ()
    """
    clauses: list[Clause] = []
    pieces = [piece for piece in map(_clause_of, _PIECE.finditer(" ".join(text.split()))) if piece.text]
    is_word = _is_shouted(text)
    negated = False
    for place, piece in enumerate(pieces):
        if piece == Clause(_NOT) and not is_word and any(map(_is_said, pieces[place + 1 : place + 2])):
            negated = True
            continue
        piece, negated = (_excluded(piece) if negated else piece), False
        if piece.is_plain and clauses and clauses[-1].is_plain:
            piece = Clause(f"{clauses.pop().text} {piece.text}")
        clauses.append(piece)
    query = Query(tuple(clauses))
    if query.conditions and not query.words and not query.names:
        shown = shortened(str(query), _SHOWN)
        raise ParameterError(
            f"{shown!r} says only what is not wanted; write before it what the papers should be about"
        )
    return query


def _clause_of(found: re.Match[str]) -> Clause:
    """The clause that a piece is; one without a text where it says nothing."""
    if found["quoted"] is None:
        return _clause_of_word(found["word"])
    inside = " ".join(found["quoted"][1:-1].replace('"', " ").split())
    return _clause(found["head"], inside if _says(inside) else "", phrase=True)


def _clause_of_word(word: str) -> Clause:
    """A word, with its sign and its field. A mark of quotation that is never closed means nothing."""
    word = word.lstrip('"')
    parts = _HEAD.fullmatch(word)
    if parts is None or not (parts["sign"] or parts["field"]):
        return Clause(word)
    value = parts["value"]
    if parts["field"] or value.startswith('"'):
        value = _IDLE.sub("", value, count=1) if _IDLE.match(value) else value
    is_number = not parts["field"] and value[:1].isdigit()
    return Clause(word) if is_number or not _says(value) else _clause(word[: parts.start("value")], value)


def _clause(head: str, text: str, *, phrase: bool = False) -> Clause:
    parts = _HEAD.fullmatch(head)
    sign, field = ("", "") if parts is None else (parts["sign"], parts["field"] or "")
    sign = "" if not sign else "-" if sign in _EXCLUDING else "+"
    return Clause(text, sign, field.rstrip(":：").lower().removesuffix("s"), phrase)


def _excluded(piece: Clause) -> Clause:
    """The clause with NOT before it; a phrase where it could not be written with a sign."""
    excluded = Clause(piece.text, "-", piece.field, piece.phrase)
    return (
        excluded
        if piece.phrase or _clause_of_word(str(excluded)) == excluded
        else Clause(piece.text, "-", piece.field, phrase=True)
    )


def _is_said(piece: Clause) -> bool:
    return _says(piece.text)


def _is_shouted(text: str) -> bool:
    """Whether a text of several words beside NOT has no small letter."""
    words = [word for word in text.split() if word != _NOT and _says(word)]
    return len(words) >= _SHOUTED and all(word == word.upper() != word.lower() for word in words)


def _says(text: str) -> bool:
    return any(map(str.isalnum, text))

"""What a reply says: numbers of papers, ``none``, ``stop``, among whatever else stands in a mail.

A line counts where all of it is commands: ``1 3`` likes, ``-2`` is not for the reader, ``later 4`` and
``seen 5`` say so, ``none`` takes back what was said of the list, ``stop`` ends the mails. Anything else is
prose. Commands are looked for line by line, so that a ``-2`` at the end is a command and no signature.

What is quoted says nothing: lines behind ``>``, and all that follows upon the first line of our mail, or upon
the head of an original one, in whatever language that is written.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile

from ..display import shortened
from ..readership.opinions import Kind

GRAMMAR = 'write "1 3" for what you like, "-2" for what is not for you, "none", or "stop"'

# Hyphen, minus, and the dashes that telephones make of two.
_NUMBER = re.compile(r"(?P<sign>[+#]|[-\u2010-\u2015\u2212])?(?P<number>\d{1,6})[.!]?")
_BETWEEN = re.compile(r"[\s,;&\u3001\uff0c]+")
_KINDS: dict[str, Kind] = {
    **dict.fromkeys(("like", "liked"), "liked"),
    **dict.fromkeys(("dislike", "disliked", "not"), "disliked"),
    "later": "later",
    "seen": "seen",
}
_JOINING = frozenset(("and", "und", "et", "y", "e", "en"))
_STOP = frozenset(("stop", "unsubscribe"))
# A line that begins so was perhaps meant; that it was not understood is told.
_LIKE_A_COMMAND = re.compile(r"[+#]?\d|[-\u2010-\u2015\u2212] ?\d|(?:none|stop|unsubscribe)\b", re.IGNORECASE)
_TOLD = 60


@dataclass(frozen=True)
class Reply:
    """What one reply says.

    Attributes
    ----------
    said : tuple of (str, int)
        Opinions by the papers' places, in the order in which they were written.
    stop : bool
        Whether no more mails are wanted.
    problems : tuple of str
        A line for each thing that was not understood.
    """

    said: tuple[tuple[Kind, int], ...] = ()
    stop: bool = False
    problems: tuple[str, ...] = ()


def read_reply(text: str, places: Collection[int], *, first_line: str = "") -> Reply:
    r"""Read the text of a reply.

    Parameters
    ----------
    text : str
        All of it, with what it quotes.
    places : collection of int
        The numbers of the papers in the list that it answers.
    first_line : str, default ""
        The first line of the mail that it answers: where that stands in it, the reply has ended.

    Returns
    -------
    Reply
        What it says; nothing, and a problem, where there is no command in it.

    Examples
    --------
    >>> from recommender.mail import read_reply
    >>> read_reply("Thanks!\n1 3\n-2\n\nMei wrote:\n> 4", range(1, 5)).said
    (('liked', 1), ('liked', 3), ('disliked', 2))
    >>> read_reply("7", range(1, 5)).problems
    ('7: the list has no such number, but 1 to 4',)
    """
    said: list[tuple[Kind, int]] = []
    problems: list[str] = []
    stop = False
    for line in own_lines(text, first_line):
        commands = _commands(line)
        if commands is None:
            if _LIKE_A_COMMAND.match(line) and not line.endswith((":", "\uff1a")):
                problems.append(f"{shortened(line, _TOLD)!r} is not understood; {GRAMMAR}")
            continue
        for kind, number in commands:
            if kind is None:
                stop = True
            elif number is None:
                said += [("none", place) for place in sorted(places)]
            elif number in places:
                said.append((kind, number))
            else:
                problems.append(f"{number}: the list has no such number{_range(places)}")
    if not (said or stop or problems):
        problems.append(f"there is no command in it; {GRAMMAR}")
    return Reply(tuple(said), stop, tuple(problems))


def _range(places: Collection[int]) -> str:
    return f", but {min(places)} to {max(places)}" if places else "; it has none"


# A kind and a number; without a number all of the list, without a kind the end of the mails.
_Command = tuple[Kind | None, int | None]


def _commands(line: str) -> list[_Command] | None:
    """The commands of a line; None where anything else is in it, or nothing."""
    tokens = [token for token in _BETWEEN.split(line) if token]
    whole = line.rstrip(".!").strip().lower()
    if whole in _STOP:
        return [(None, None)]
    if whole == "none":
        return [("none", None)]
    kind: Kind = "liked"
    found: list[_Command] = []
    for token in tokens:
        word = token.lower().rstrip(":")
        number = _NUMBER.fullmatch(token)
        if word in _KINDS:
            kind = _KINDS[word]
        elif number is not None:
            against = (number["sign"] or "+") not in "+#"
            found.append(("disliked" if against else kind, int(number["number"])))
        elif word not in _JOINING or not found:
            return None
    return found or None


# What the writer of a reply wrote

_QUOTED = (">", "|")
_RULES = re.compile(r"[-\u2013\u2014_]{4,}.*[-\u2013\u2014_]{4,}|_{8,}")  # -----Original Message-----
_FIELD = re.compile(r"\*?[^\W\d][\w. /-]{0,24}\*?\s?[:\uff1a]\*?(?:\s.*)?")  # From: ..., *Von:* ...
_FIELDS = 3  # lines of a mail's head that stand one below the other
_INTRODUCED = re.compile(r".*(?:@|\d{1,2}[:h]\d\d).*[:\uff1a]", re.DOTALL)  # On ... at 6:00, ... wrote:
_INTRODUCING = 3  # lines that this may take
_NEAR = 12  # lines, of which some are empty
_LEAST = 12  # letters by which a line is known for the beginning of a longer one


def own_lines(text: str, first_line: str = "") -> Iterator[str]:
    """Give the lines that the writer of a reply wrote.

    Parameters
    ----------
    text : str
        The reply, with what it quotes.
    first_line : str, default ""
        The first line of the mail that it answers.

    Yields
    ------
    str
        A line that is not empty, without white space around it.

    Examples
    --------
    >>> from recommender.mail.replies import own_lines
    >>> [*own_lines("1\n-- \nMei Lee, Room 3")]
    ['1']
    """
    lines = [line.replace("\ufeff", "").strip() for line in text.splitlines()]
    ours = " ".join(first_line.split())
    end = next((at for at, line in enumerate(lines) if ours and _is_ours(line, ours)), None)
    for at, line in enumerate(lines[:end]):
        if line == "--" or _RULES.fullmatch(line) or _begins_original(lines[at : at + _NEAR]):
            return
        if line.startswith(_QUOTED):
            continue
        if end is None and _introduces(lines, at):
            return
        if line:
            yield line


def _is_ours(line: str, ours: str) -> bool:
    line = " ".join(line.strip("*#= ").split())
    return line.startswith(ours) or (len(line) >= _LEAST and ours.startswith(line))


def _begins_original(lines: Sequence[str]) -> bool:
    head = [*islice(filter(None, lines), _FIELDS)]
    return len(head) == _FIELDS and all(_FIELD.fullmatch(line) for line in head)


def _introduces(lines: Sequence[str], at: int) -> bool:
    """Whether what follows upon the line is an original, without a mark before its lines."""
    if not lines[at].endswith((":", "\uff1a")):
        return False
    first = max(0, at - _INTRODUCING + 1)
    paragraph = [*takewhile(bool, reversed(lines[first : at + 1]))]
    after = next(filter(None, lines[at + 1 : at + _NEAR]), ">")
    return _INTRODUCED.fullmatch(" ".join(reversed(paragraph))) is not None and not after.startswith(_QUOTED)

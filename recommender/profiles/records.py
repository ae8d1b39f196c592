"""Parse one record of a profile source into a profile or a rated paper, or say why it is skipped."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ..errors import ProfileError
from ..readers.values import is_missing, text
from .columns import FIELDS, LISTS, bare_name, field_of, rated_rows
from .profile import Profile, profile_fields
from .ratings import parse_timestamp, rating_to_label
from .scales import ABSENT, EMPTY, UNREADABLE, on_scale, told_scale

_BREAK = re.compile(r"\s*[\t-\r\x1c-\x1f\x85\u2028\u2029]\s*")
_LONGEST = {"user": 200, "place": 300, "paper": 200, "reason": 400}  # characters


@dataclass(frozen=True)
class Skipped:
    """A row or a profile that is left out.

    Each text is one line, and cut when it is very long; only in names are blanks left as they are.

    Parameters
    ----------
    user : str
        Whose it is, empty where it names nobody.
    place : str
        Where it stands, spelled like ``profiles.csv, line 12``.
    paper : str
        The paper that it names, empty where it names none.
    reason : str
        Why it is left out.
    rating : str or float, optional
        What the row rates the paper, where that can be read: the scale is looked at with it.

    Examples
    --------
    >>> from recommender.profiles import Skipped
    >>> print(Skipped("", "profiles.csv, line 12", "", "the row names no user"))
    profiles.csv, line 12: the row names no user
    """

    user: str
    place: str
    paper: str
    reason: str
    rating: str | float | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, longest in _LONGEST.items():
            text = getattr(self, name)
            line = _unbroken(text, longest) if name == "user" else _one_line(text, longest)
            object.__setattr__(self, name, line)

    def to_dict(self) -> dict[str, str]:
        """Give the fields by name, for JSON.

        Returns
        -------
        dict of str to str
            user, place, paper and reason.
        """
        return {name: getattr(self, name) for name in _LONGEST}

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}" if self.place else self.reason


def _one_line(text: str, longest: int) -> str:
    # Only the beginning is cleaned: what follows is cut off, and may be megabytes.
    return _cut(" ".join(text[: 2 * longest].split()), longest)


def _unbroken(name: str, longest: int) -> str:
    """A name on one line with the blanks that it has: who looks for its reader looks for these."""
    return _cut(_BREAK.sub(" ", name[: 2 * longest].strip()), longest)


def _cut(line: str, longest: int) -> str:
    return f"{line[: longest - 3]}..." if len(line) > longest else line


NAMELESS = (
    "the reader has no name, so that nobody can tell what was shown before: --since-last needs one, "
    'such as {"user": "Ann", ...}'
)

_MARK = " (unnamed)"
_LABEL = re.compile(r"#\d+")


def unnamed(number: int) -> str:
    """What the reader at this place of a source is called inside: names are stripped, this is none."""
    return f" #{number}"


def is_unnamed(user: str) -> bool:
    """Whether it is what `unnamed` calls a reader."""
    return user.startswith(" ")


def mark_of(names: Iterable[str]) -> str:
    """What is put behind ``#3`` for a reader without a name: nothing, unless somebody may be called so."""
    names, mark = [*names], ""
    while any(name.endswith(mark) and _LABEL.fullmatch(name.removesuffix(mark)) for name in names):
        mark += _MARK
    return mark


def label(user: str, mark: str) -> str:
    """What an unnamed reader is called in the output."""
    return f"{user.strip()}{mark}"


def unnamed_among(mark: str | None) -> Callable[[str], bool]:
    """Tells the unnamed readers of an output from the others; None where it has none."""
    if mark is None:
        return lambda user: False
    labels = re.compile(_LABEL.pattern + re.escape(mark))
    return lambda user: labels.fullmatch(user) is not None


_LONGEST_USER = 1000  # characters
_LONGEST_PAPER = 10_000

# What is put in the place of bytes that are not UTF-8, and halves of characters.
_LOST = re.compile("[\ufffd\ud800-\udfff]")


class RatedPaper(NamedTuple):
    """One paper of one reader: `rating` is a label, a number, or a number `on_scale`; see `Scales`.

    `date` is spelled as `parse_timestamp` does it, or empty. `lost` says which cell of the row could not be
    read, and why.
    """

    user: str
    paper: str
    rating: str | float
    date: str
    place: str
    lost: str = ""


class ProfileRecord(NamedTuple):
    """One object of one reader; `fields` are those of a Profile without its name, empty ones left out.

    The fields are sound each by itself. Whether they make a Profile is known when all of a reader's are
    there.
    """

    user: str
    fields: dict[str, Any]
    place: str


Entry = RatedPaper | ProfileRecord | Skipped
"""What a source says with one row or object: of one paper, of one reader, or nothing that can be used."""


def read_record(place: str, number: int, record: Mapping[str, Any], mapping: Mapping[str, str]) -> Entry:
    """What an object says: of a paper that it names with who rated it, or else of a reader.

    A reader without a name is called by its `number`, see `unnamed`.
    """
    if record and not mapping and all(bare_name(str(key)) in FIELDS["paper"] for key in record):
        # {"id": "2106.09685"}: a list of papers, one an object.
        paper = next((value for value in record.values() if not is_missing(value)), None)
        return listed_paper(place, text(paper))
    plan = rated_rows(tuple(map(str, record)), mapping)
    if plan is None or any(
        isinstance(record[key], (list, tuple)) for key in record if field_of(key) in LISTS
    ):
        return _reader(place, number, record, mapping)
    papers = (record.get(key) for key in plan.papers)
    paper = next((value for value in papers if not is_missing(value)), None)
    user = None if plan.user is None else text(record.get(plan.user))
    date = record.get(plan.date) if plan.date else None
    if plan.rating is None:
        return rated_paper(place, user, text(paper), None, date, empty=ABSENT)
    return rated_paper(place, user, text(paper), record.get(plan.rating), date, told=told_scale(plan))


def record_of(profile: Profile, place: str, number: int) -> ProfileRecord:
    """A Profile as what a source says."""
    lists: dict[str, Any] = {field: profile.listed(field) for field in LISTS if getattr(profile, field)}
    about = {"about": profile.about} if profile.about else {}
    return ProfileRecord(one_spelling(profile.name) or unnamed(number), lists | about, place)


def _reader(
    place: str, number: int, record: Mapping[str, Any], mapping: Mapping[str, str]
) -> ProfileRecord | Skipped:
    user = ""
    try:
        names = {key: record[key] for key in record if _names_reader(key, mapping)}
        user = _user(names, mapping)
        fields = profile_fields({key: record[key] for key in record if key not in names}, mapping)
    except ProfileError as error:
        return Skipped(user, place, "", str(error))
    return ProfileRecord(user or unnamed(number), fields, place)


def _names_reader(key: str, mapping: Mapping[str, str]) -> bool:
    return key == mapping.get("user") or field_of(key) == "user"


def _user(names: Mapping[str, Any], mapping: Mapping[str, str]) -> str:
    """The reader's name. Raises ProfileError for what is none."""
    for key, name in names.items():
        if isinstance(name, str) and (reason := _no_name(name)):
            raise ProfileError(f"{key} {reason}")
    return one_spelling(str(profile_fields(names, mapping).get("name", "")))


def rated_paper(
    place: str,
    user: str | None,
    paper: str,
    rating: object,
    date: object,
    *,
    told: str = "",
    empty: str = EMPTY,
) -> RatedPaper | Skipped:
    """The paper that a row rates; None stands for a cell that is empty or not there.

    The `user` is None where nothing of the source names readers, all of it being one's. `told` is what the
    names of the columns tell of the ratings, `empty` the label of an empty one: `ABSENT` without a column. A
    date that cannot be read costs the date.
    """
    name, paper = "" if user is None else one_spelling(user), paper.strip()
    user = unnamed(1) if user is None else name
    unusable = _unusable(user, paper)
    try:
        label = on_scale(rating_to_label(rating), told)
    except ValueError as error:
        return Skipped(name, place, paper, unusable or str(error), UNREADABLE)
    label = empty if label == EMPTY else label
    if unusable:
        return Skipped(name, place, paper, unusable, label)
    day, lost = parse_timestamp(date), ""
    if day is None:
        shown = f"{date!r:.40}" if isinstance(date, str) else f"a {type(date).__name__}"
        day, lost = "", f"the date is {shown}, and is left out; write YYYY-MM-DD, or leave it empty"
    return RatedPaper(user, paper, label, day, place, lost)


def one_spelling(user: str) -> str:
    """A reader's name as it is compared: letters composed (NFC), without white space around it."""
    user = user.strip()
    return user if user.isascii() else unicodedata.normalize("NFC", user)


def listed_paper(place: str, paper: str, label: str = "liked") -> RatedPaper | Skipped:
    """A paper of a list in which everything is liked, or has another label, by a reader without a name."""
    return rated_paper(place, None, paper, label, None)


def _unusable(user: str, paper: str) -> str:
    """Why a row names no reader or no paper; nothing when it names both."""
    # What careless exports write for nothing, as "nan", has four letters at most.
    if len(user) < 5 and is_missing(user):
        return f"the row names no user{f', but {user}' if user else ''}"
    if len(paper) < 5 and is_missing(paper):
        return f"the row names no paper{f', but {paper}' if paper else ''}"
    if reason := _no_name(user):
        return f"the user's name {reason}"
    if len(paper) > _LONGEST_PAPER:
        return f"the paper's name has {len(paper):,} characters; at most {_LONGEST_PAPER:,} are taken"
    return ""


def _no_name(user: str) -> str:
    """Why a text is not, or not only, one reader's name: two that differ in what is lost look the same."""
    if len(user) > _LONGEST_USER:
        return f"has {len(user):,} characters; at most {_LONGEST_USER:,} are taken"
    if user.isascii() or not _LOST.search(user):
        return ""
    shown = _LOST.sub("\ufffd", user)
    return f"is {shown!r:.40}, where letters were lost that are not UTF-8; write it in UTF-8"

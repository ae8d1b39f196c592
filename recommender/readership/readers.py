"""Readers: who gets lists, under which name, at which address, in which zone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches

from ..errors import ParameterError, ReaderUnknown
from ..mail_addresses import parse_address
from ..profiles.records import one_spelling
from .lines import checked_line
from .moments import moment
from .readership import Readership

_LONGEST = 200  # characters of a name
_MOST_BEYOND = 10
_NEAREST = 3
_COLUMNS = "number, name, mail, zone, beyond, feed, made, stopped"


@dataclass(frozen=True)
class Reader:
    """One reader of the file.

    Attributes
    ----------
    number : int
        In the file; never another reader's.
    name : str
        Composed, without white space around it.
    mail : str
        The address of mails; "" for none.
    zone : str
        The time zone in which the reader's days begin, such as ``Europe/Berlin``; "" for the machine's.
    beyond : int
        How many places of a list are for what lies beyond the reader's library.
    feed : int
        How often the address of the feed was revoked.
    made : str
        When the reader was added, ISO 8601 with zone.
    stopped : str
        When the reader wanted no more mail; "" where mail may be sent.
    """

    number: int
    name: str
    mail: str
    zone: str
    beyond: int
    feed: int
    made: str
    stopped: str


def add_reader(
    readership: Readership, name: str, *, mail: str = "", zone: str = "", beyond: int = 0, at: datetime
) -> Reader:
    """Add a reader.

    Parameters
    ----------
    readership : Readership
        The file, open to be changed.
    name : str
        The name; what batch jobs showed under it counts as shown to this reader.
    mail, zone : str, default ""
        Address and time zone.
    beyond : int, default 0
        Places for what lies beyond the library, 0 to 10.
    at : datetime
        Now, with a zone.

    Returns
    -------
    Reader
        The new one.

    Raises
    ------
    ParameterError
        For a value that cannot be used, and a name that is there already.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     add_reader(file, "Bo", zone="Europe/Berlin", at=now).zone
    'Europe/Berlin'
    """
    name = checked_name(name)
    values = (name, _checked_mail(mail), _checked_zone(zone), _checked_beyond(beyond), 0, moment(at), "")
    with readership.file.transaction():
        if readership.file.row("SELECT 1 FROM readers WHERE name = ?", (name,)):
            raise ParameterError(f"{name!r} is a reader already; choose another name")
        number = readership.file.insert(
            "INSERT INTO readers (name, mail, zone, beyond, feed, made, stopped) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            values,
        )
    return Reader(number, *values)


def find_reader(readership: Readership, name: str) -> Reader:
    """Find a reader by name.

    Parameters
    ----------
    readership : Readership
        The file.
    name : str
        The name in any composition of its letters.

    Returns
    -------
    Reader
        The one of this name.

    Raises
    ------
    ReaderUnknown
        Where there is none; the message has the nearest names.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, find_reader
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     find_reader(file, " Mei ") == mei
    True
    """
    found = readership.file.row(
        f"SELECT {_COLUMNS} FROM readers WHERE name = ? AND number", (one_spelling(name),)
    )
    if found is not None:
        return Reader(*found)
    names = [
        other for (other,) in readership.file.rows("SELECT name FROM readers WHERE number ORDER BY name")
    ]
    by_case = {other.casefold(): other for other in names}
    near = get_close_matches(one_spelling(name).casefold(), by_case, _NEAREST, cutoff=0.5)
    listed = [by_case[one] for one in near] or names[:_NEAREST]
    hint = f"nearest: {', '.join(listed)}" if listed else "it holds none; `recommender reader add` adds one"
    raise ReaderUnknown(f"no reader {one_spelling(name)!r:.80} in {readership.path}; {hint}")


def reader_by_number(readership: Readership, number: int) -> Reader | None:
    """Find a reader by number.

    Parameters
    ----------
    readership : Readership
        The file.
    number : int
        Which.

    Returns
    -------
    Reader or None
        None where there is none, or no more.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, reader_by_number
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     reader_by_number(file, mei.number) == mei
    True
    """
    found = readership.file.row(f"SELECT {_COLUMNS} FROM readers WHERE number = ?", (number,))
    return None if found is None else Reader(*found)


def everybody(readership: Readership, *, at: datetime) -> Reader:
    """Give whoever is meant by what is for all.

    A reader with number 0 and no name, whose editions are stored as others' are, to whom nothing counts as
    shown, and who is in no list of readers.

    Parameters
    ----------
    readership : Readership
        The file, open to be changed.
    at : datetime
        Now, with a zone.

    Returns
    -------
    Reader
        The same every time.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, everybody
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     everybody(file, at=now).number
    0
    """
    readership.file.rows("INSERT OR IGNORE INTO readers VALUES (0, '', '', '', 0, 0, ?, '')", (moment(at),))
    found = reader_by_number(readership, 0)
    assert found is not None, "the line was added just now"
    return found


def all_readers(readership: Readership) -> list[Reader]:
    """Give all readers.

    Parameters
    ----------
    readership : Readership
        The file.

    Returns
    -------
    list of Reader
        By name.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, all_readers
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     [reader.name for reader in all_readers(file)]
    ['Mei']
    """
    return [
        Reader(*line)
        for line in readership.file.rows(f"SELECT {_COLUMNS} FROM readers WHERE number ORDER BY name")
    ]


def change_reader(
    readership: Readership,
    reader: Reader,
    *,
    mail: str | None = None,
    zone: str | None = None,
    beyond: int | None = None,
    stopped: datetime | str | None = None,
) -> Reader:
    """Change what is said of a reader; None leaves as it is.

    Parameters
    ----------
    readership : Readership
        The file, open to be changed.
    reader : Reader
        Whose.
    mail, zone : str, optional
        Address and time zone.
    beyond : int, optional
        Places for what lies beyond the library.
    stopped : datetime or "", optional
        When the reader wanted no more mail; "" where mail may be sent again.

    Returns
    -------
    Reader
        As it is now.

    Raises
    ------
    ParameterError
        For a value that cannot be used.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, change_reader
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     change_reader(file, mei, beyond=2).beyond
    2
    """
    changed = replace(
        reader,
        mail=reader.mail if mail is None else _checked_mail(mail),
        zone=reader.zone if zone is None else _checked_zone(zone),
        beyond=reader.beyond if beyond is None else _checked_beyond(beyond),
        stopped=reader.stopped if stopped is None else moment(stopped) if stopped else "",
    )
    readership.file.rows(
        "UPDATE readers SET mail = ?, zone = ?, beyond = ?, stopped = ? WHERE number = ?",
        (changed.mail, changed.zone, changed.beyond, changed.stopped, changed.number),
    )
    return changed


def rename(readership: Readership, reader: Reader, name: str) -> Reader:
    """Give a reader another name; what was shown stays shown, also what batch jobs showed under the new name.

    Lists for days that were shown under the name are shown under the new one.

    Parameters
    ----------
    readership : Readership
        The file, open for a job.
    reader : Reader
        Whose name changes.
    name : str
        The new one.

    Returns
    -------
    Reader
        As it is now.

    Raises
    ------
    ParameterError
        For a name that cannot be one, one that is another reader's, and one that has a list for a day for
        which this reader has one as well.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from recommender.readership import Readership, add_reader, rename
    >>> now = datetime(2026, 11, 30, tzinfo=UTC)
    >>> with Readership.open("readers.sqlite", create=True) as file:
    ...     mei = add_reader(file, "Mei", at=now)
    ...     rename(file, mei, "Mei Lin").name
    'Mei Lin'
    """
    name = checked_name(name)
    file = readership.file
    with file.transaction():
        if name != reader.name and file.row("SELECT 1 FROM readers WHERE name = ?", (name,)):
            raise ParameterError(f"{name!r} is another reader; choose another name")
        file.rows("UPDATE readers SET name = ? WHERE number = ?", (name, reader.number))
        file.rows("UPDATE OR IGNORE shown SET user = ? WHERE user = ?", (name, reader.name))
        _rename_curator(readership, reader.name, name)
        if name != reader.name:
            file.rows("DELETE FROM shown WHERE user = ?", (reader.name,))  # shown under both names
    return replace(reader, name=name)


def refuse_nobody(readership: Readership, reader: Reader) -> None:
    """Raises ReaderUnknown for a reader who was forgotten meanwhile."""
    if reader_by_number(readership, reader.number) is None:
        raise ReaderUnknown(f"no reader {reader.name!r:.80} any more in {readership.path}")


def _rename_curator(readership: Readership, name: str, new: str) -> None:
    """Raises ParameterError where both have a list for one day, of which none may be lost."""
    both = readership.file.row(
        "SELECT min(day) FROM curations WHERE curator = ? AND ? <> curator "
        "AND day IN (SELECT day FROM curations WHERE curator = ?)",
        (name, new, new),
    )
    if both is not None and both[0] is not None:
        raise ParameterError(
            f"{new!r:.80} has a list for {both[0]} as well as {name!r:.80}; withdraw one of them first"
        )
    readership.file.rows("UPDATE curations SET curator = ? WHERE curator = ?", (new, name))


def checked_name(name: str) -> str:
    """A reader's name as it is stored. Raises ParameterError for what can be none."""
    return checked_line(name, "the reader's name", longest=_LONGEST)


def _checked_mail(mail: str) -> str:
    return parse_address(mail, "--mail").mail if mail.strip() else ""


def _checked_zone(zone: str) -> str:
    """Raises ParameterError for what is no time zone."""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(zone.strip()).key if zone.strip() else ""
    except (KeyError, ValueError, OSError) as error:
        raise ParameterError(
            f"{zone!r:.80} is no time zone; write one such as Europe/Berlin or UTC"
        ) from error


def _checked_beyond(beyond: int) -> int:
    if not 0 <= beyond <= _MOST_BEYOND:
        raise ParameterError(
            f"beyond is {beyond}; between 0 and {_MOST_BEYOND} places are for what lies there"
        )
    return beyond

"""The values of `--liked`, `--avoid`, `--seen` and `--again`: papers by id, url, title or file, and words.

What is an id in any spelling is that, also where a file has its name; any other value that is a file's name
is that file; ``zotero:`` and ``zotero:COLLECTION`` are Zotero's library, ``author:NAME`` and ``venue:NAME``
names to follow where papers are liked. A file may be whatever
`read_profiles` reads: a library, ids or titles one a line, ratings. What is none of these, nor a paper's id,
url or exact title, is words, where words are taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import ParameterError, ProfileError, SourceError
from ..identifiers import parse_identifier
from ..paper import Paper
from ..paper_names import are_words

if TYPE_CHECKING:
    from ..corpus import Corpus
    from ..profiles import LibraryPaper, Profile
    from ..profiles.scales import RatingScale

_ROLES = {"--liked": "liked", "--avoid": "disliked", "--seen": "seen"}

# Which of a file's papers count: whoever gives a profile to `--seen` has met all of its papers.
_COUNTED = {
    "--liked": ("liked",),
    "--avoid": ("disliked",),
    "--seen": ("liked", "disliked", "seen"),
    "--file": ("liked", "disliked", "seen"),
    "--again": ("liked", "disliked", "seen"),
    "--ban": ("liked", "disliked", "seen"),
    "--among": ("liked", "disliked", "seen"),
    "ID": ("liked", "disliked", "seen"),
}

# What names a file, and no paper.
_ENDINGS = frozenset(
    (".bib", ".csv", ".enw", ".gz", ".json", ".jsonl", ".nbib", ".parquet", ".ris", ".tsv", ".txt", ".xlsx")
)

_NAMED = 5


@dataclass
class Opinions:
    """What these options say, once the corpus has told which papers it knows."""

    papers: dict[str, list[str | Paper | LibraryPaper]] = field(default_factory=dict)
    """By the list of a profile that they are of."""
    words: dict[str, list[str]] = field(default_factory=lambda: {"interests": [], "avoid": []})
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def with_papers(
    corpus: Corpus,
    profile: Profile | None,
    *,
    liked: Sequence[str] = (),
    avoid: Sequence[str] = (),
    seen: Sequence[str] = (),
    scale: RatingScale | None = None,
) -> tuple[Profile, Opinions]:
    """The profile, or one of these options alone, with the papers that they name, and what is to be said.

    `scale` is what was declared of the ratings in files.
    Raises ParameterError for a file that names no paper, ProfileError for a contradiction, and where nothing
    is liked.
    """
    from ..profiles import Profile

    found = Opinions()
    for option, values in (("--liked", liked), ("--avoid", avoid), ("--seen", seen)):
        _add(corpus, option, values, found, scale)
    lists: dict[str, Any] = {
        role: (*(profile.listed(role) if profile else ()), *papers) for role, papers in found.papers.items()
    }
    lists |= {
        role: (*(getattr(profile, role) if profile else ()), *texts) for role, texts in found.words.items()
    }
    if profile is None:
        return Profile(**lists), found
    return replace(profile, **lists), found


def named_papers(
    values: Sequence[str], option: str, scale: RatingScale | None = None
) -> tuple[str | LibraryPaper, ...]:
    """The papers that the values of an option name, each by itself or in a file.

    Raises ParameterError for a file that names no paper, and for one that is not there: a name like a
    file's that banned nobody would be noticed too late.
    """
    found: list[str | LibraryPaper] = []
    for value in dict.fromkeys(values):
        if not is_file(value) and Path(value).suffix.lower() in _ENDINGS and not parse_identifier(value):
            raise ParameterError(f"{option} {value}: no such file; name one, or papers by id, url or title")
        found += _of_file(value, option, scale) if is_file(value) else [value]
    return tuple(found)


def avoided_by_all(values: Sequence[str], scale: RatingScale | None = None) -> tuple[str | LibraryPaper, ...]:
    """What the values of `--avoid` name for many readers: what a file holds is a paper, never words.

    Raises ParameterError as `named_papers`.
    """
    from ..profiles import LibraryPaper

    found: list[str | LibraryPaper] = []
    for value in dict.fromkeys(values):
        named = named_papers([value], "--avoid", scale)
        of_file = is_file(value)
        found += [LibraryPaper(one) if of_file and isinstance(one, str) else one for one in named]
    return tuple(found)


def _add(
    corpus: Corpus, option: str, values: Sequence[str], found: Opinions, scale: RatingScale | None
) -> None:
    """Add what one option names. A name that was given itself and is unknown is left to the engine, which
    tells the nearest spellings.
    """
    from ..corpus import find_rows_of
    from ..engine.brought import in_corpus
    from ..profiles import LibraryPaper, Profile
    from ..queries import followed_in

    given = [*dict.fromkeys(values)]
    files = {value: [*_of_file(value, option, scale)] for value in given if is_file(value)}
    items = [item for value in given for item in files.get(value, (value,))]
    papers = [item for item in dict.fromkeys(items) if isinstance(item, LibraryPaper)]
    names = [item for item in dict.fromkeys(items) if isinstance(item, str)]
    rows = find_rows_of(corpus.snapshot, names)
    known: list[str | Paper | LibraryPaper] = [*papers]
    missing = []
    for name in names:
        if rows[name] or (option == "--avoid" and name in given and not are_words(name)):
            known.append(name)
        elif option == "--liked" and name in given and (followed := followed_in(name)):
            found.notes.append(f"{option} {_shown(name)}: {followed.papers}")
            found.words["interests"].append(name)
        elif option != "--seen" and name in given and are_words(name):
            found.notes.append(f"{option} {_shown(name)}: no paper of this corpus, taken as words")
            found.words["interests" if option == "--liked" else "avoid"].append(name)
        elif option == "--liked":
            known.append(name)
        else:
            missing.append(name)
    if papers and option == "--seen":
        held = Profile(liked=papers)  # type: ignore[arg-type]
        there = in_corpus(corpus.snapshot, held)
        missing += [held.papers[name].title for name in held.papers if name not in there]
    if missing:
        found.problems.append(_line(option, missing, len(names) + len(papers)))
    found.papers[_ROLES[option]] = known


def _line(option: str, missing: list[str], count: int) -> str:
    more = f" and {len(missing) - _NAMED:,} more" if len(missing) > _NAMED else ""
    named = ", ".join(map(_shown, missing[:_NAMED]))
    papers = "paper" if count == 1 else "papers"
    return f"{option}: {len(missing):,} of {count:,} {papers} not in this corpus: {named}{more}"


def _shown(name: str) -> str:
    return repr(name if len(name) <= 80 else f"{name[:77]}...")


def is_file(value: str) -> bool:
    """Whether a value that may be a paper's name is a file's."""
    if parse_identifier(value) is not None:
        return False
    try:
        return value == "-" or value.lower().startswith("zotero:") or Path(value).is_file()
    except (OSError, ValueError):  # a title may be too long for a file's name, or hold a NUL
        return False


def names_of(values: Iterable[str], option: str) -> list[str]:
    """The names of papers that one option gives, itself or in files."""
    found = ([*names_of_files([value], option)] if is_file(value) else [value] for value in values)
    return list(dict.fromkeys(chain.from_iterable(found)))


def names_of_files(paths: Iterable[str], option: str) -> Iterator[str]:
    """The names of all papers in some files. Raises ParameterError for one without any."""
    for path in paths:
        for item in _of_file(path, option):
            yield item if isinstance(item, str) else item.name


def _of_file(path: str, option: str, scale: RatingScale | None = None) -> Iterator[str | LibraryPaper]:
    """The papers of a file that count. Raises ParameterError where there are none."""
    from ..profiles.reader import papers_of

    found = 0
    try:
        for item in papers_of(path, _COUNTED[option], scale=scale):
            found += 1
            yield item
    except (ProfileError, SourceError) as error:
        raise ParameterError(f"{option} {error}") from error
    if not found:
        kinds = " or ".join(_COUNTED[option])
        raise ParameterError(
            f"{option} {path}: no paper in it; give ids one a line, or papers that are {kinds}"
        )

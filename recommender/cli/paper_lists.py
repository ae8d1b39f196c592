"""What `--avoid` and `--seen` name: ids, and files of them.

What is an id in any spelling is that, also where a file has its name; any other value that is a file's name
is that file. A file may hold ids, urls or titles, one a line, or be a file of profiles, of ratings or of
papers: see `read_profiles` and `read_papers`.
"""

from __future__ import annotations

import codecs
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ParameterError, ProfileError, SourceError
from ..identifiers import parse_identifier
from ..limits import file_too_large, max_file

if TYPE_CHECKING:
    from ..corpus import Corpus
    from ..profiles import Profile

__all__ = ["with_papers"]

Names = tuple[str, ...]
"""What one paper is called by; the first that the corpus knows counts."""

# Which of a file's papers count: whoever gives a profile to `--seen` has met all of its papers.
_COUNTED = {"--seen": ("liked", "disliked", "seen"), "--avoid": ("disliked",)}

_NAMED = 5
_LOOKED_AT = 50  # lines, to tell a list of ids


def with_papers(
    corpus: Corpus, profile: Profile, *, avoid: Sequence[str], seen: Sequence[str]
) -> tuple[Profile, list[str]]:
    """The profile with these disliked and seen papers, and one line for each option that names unknown ones.

    Raises ParameterError for a file that names no paper, ProfileError for a contradiction.
    """
    disliked, unknown = _resolved(corpus, "--avoid", avoid)
    met, unmet = _resolved(corpus, "--seen", seen)
    changed = replace(profile, disliked=(*profile.disliked, *disliked), seen=(*profile.seen, *met))
    return changed, [*unknown, *unmet]


def _resolved(corpus: Corpus, option: str, values: Sequence[str]) -> tuple[list[str], list[str]]:
    """The names that the corpus knows, and a line that counts and names the others.

    A disliked name that was given itself is left to the engine, which tells the nearest spellings.
    """
    from ..corpus import find_rows_of

    papers = list(dict.fromkeys(names for value in values for names in _papers(value, option)))
    rows = find_rows_of(corpus.snapshot, {name for names in papers for name in names})
    found, missing = [], []
    for names in papers:
        known = next((name for name in names if rows[name]), None)
        if known is None and option == "--avoid" and names[0] in values:
            found.append(names[0])
        elif known is None:
            missing.append(names[0])
        else:
            found.append(known)
    return found, [_line(option, missing, len(papers))] if missing else []


def _line(option: str, missing: list[str], count: int) -> str:
    more = f" and {len(missing) - _NAMED:,} more" if len(missing) > _NAMED else ""
    named = ", ".join(repr(name if len(name) <= 80 else f"{name[:77]}...") for name in missing[:_NAMED])
    papers = "paper" if count == 1 else "papers"
    return f"{option}: {len(missing):,} of {count:,} {papers} not in this corpus: {named}{more}"


def _papers(value: str, option: str) -> Iterator[Names]:
    path = Path(value)
    if parse_identifier(value) is not None or not _is_file(path):
        yield (value,)
        return
    found = list(_of_file(path, option))
    if not found:
        kinds = " or ".join(_COUNTED[option])
        raise ParameterError(
            f"{option} {value}: no paper in it; give ids one a line, or papers that are {kinds}"
        )
    yield from found


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a title may be too long for a file's name
        return False


def _of_file(path: Path, option: str) -> Iterator[Names]:
    """The papers of a file, whatever it is."""
    from ..profiles.formats import is_id_list
    from ..readers import read_papers

    lines, whole = _lines(path)
    if lines and is_id_list(lines):
        return _named(lines[not parse_identifier(lines[0]) :], whole, option, path)
    try:
        return iter(dict.fromkeys(_of_readers(path, option)))
    except ProfileError:
        pass
    try:
        return iter(dict.fromkeys(_of_papers(read_papers(path))))
    except SourceError as error:
        if not lines or lines[0].startswith(("{", "[", "<", "@")):
            raise ParameterError(f"{option} {error}") from error
        return _named(lines, whole, option, path)


def _named(lines: list[str], whole: bool, option: str, path: Path) -> Iterator[Names]:
    if not whole:
        raise ParameterError(f"{option} {path}: {file_too_large(max_file())}")
    return ((line,) for line in lines)


def _lines(path: Path) -> tuple[list[str], bool]:
    """The lines that are not empty, without what follows a number sign, and whether these are all that the
    file has; none of a file that is no text.
    """
    from ..profiles.formats import bare_line

    limit = max_file()
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
        whole = len(data) <= limit
        # What is cut off in a letter is text all the same.
        text = codecs.getincrementaldecoder("utf-8-sig")().decode(data, final=whole)
    except UnicodeDecodeError:
        return [], True
    except OSError as error:
        raise ParameterError(f"{path}: cannot be read ({error.strerror or error})") from error
    bare = map(bare_line, text.splitlines())
    return list(filter(None, bare if whole else itertools.islice(bare, _LOOKED_AT))), whole


def _of_readers(path: Path, option: str) -> Iterator[Names]:
    """The papers that count. Raises ProfileError where the file says nothing of readers."""
    from ..profiles.reader import labelled_papers

    return ((paper,) for paper in labelled_papers(path, _COUNTED[option]))


def _of_papers(items: Iterable[object]) -> Iterator[Names]:
    from ..paper import Paper

    for item in items:
        if isinstance(item, Paper):
            yield item.id, *item.names, item.title

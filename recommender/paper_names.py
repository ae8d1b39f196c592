"""What people give for papers: ids, papers, what is recommended, lists of these, a column of ids, a frame."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from .errors import ParameterError
from .identifiers import parse_identifier
from .paper import Paper

PaperName: TypeAlias = "str | Paper | Any"
"""A paper, its name (an id in any spelling, a url, an exact title), or what has it as `paper`."""

PaperNames: TypeAlias = "PaperName | Iterable[PaperName]"
"""One or several of them; a column of ids or a frame with the column `id` is several."""

_COLUMNS = ("id", "paper")


def as_paper(item: object) -> object:
    """The paper that something is about, such as a recommendation; anything else as it is."""
    paper = getattr(item, "paper", None)
    return paper if isinstance(paper, Paper) else item


def papers_in(papers: PaperNames, *, whole: tuple[type, ...] = ()) -> list[Any]:
    """The papers, or their names, in whatever holds them, in its order.

    `whole`: types that say more of a paper than which it is, and stay as they are. What is no paper stays as
    well, for who takes them to refuse. Raises ParameterError for what is neither a paper nor holds any.
    """
    if isinstance(papers, (str, Paper, *whole)):
        return [papers]
    if isinstance(paper := as_paper(papers), Paper):
        return [paper]
    if isinstance(papers, Mapping) or not isinstance(papers, Iterable):
        raise ParameterError(
            f"{papers!r:.60} is no paper; give its id, its title, or the paper itself: Paper(title=..., "
            "abstract=...)"
        )
    return [one if isinstance(one, whole) else as_paper(one) for one in _column(papers)]


def are_words(name: str) -> bool:
    """Whether a text that is no paper's name looks like no id either, so that nearest ids would be of no use:
    ``reinforcement learning``, but not ``2304.09542`` nor ``smith-2020``.
    """
    if parse_identifier(name) is not None or not any(map(str.isalpha, name)):
        return False
    return len(name.split()) != 1 or all(map(str.isalpha, name))


def _column(papers: Iterable[Any]) -> Iterable[Any]:
    """Of a frame, which gives its columns' names, the column that names papers."""
    columns = getattr(papers, "columns", None)
    if columns is None or not hasattr(papers, "__getitem__"):
        return papers
    known = [name for name in _COLUMNS if name in list(columns)]
    if not known:
        listed = ", ".join(map(repr, list(columns)[:10])) or "no columns"
        raise ParameterError(f"a frame that names papers has a column 'id', and this one {listed}")
    found: Iterable[Any] = papers[known[0]]
    return found

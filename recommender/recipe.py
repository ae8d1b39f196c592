"""The recipe of a text: which fields of a paper an encoder reads, and how they are put together."""

from __future__ import annotations

import functools
import hashlib
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

from .errors import ParameterError
from .paper import Paper, text_of

DEFAULT_RECIPE = "{title}. {abstract}"
"""Title and abstract; where there is no abstract the title alone."""

USUAL_RECIPES = (
    DEFAULT_RECIPE,
    "{title}[SEP]{abstract}",
    "{title} {abstract}",
    "{title}\n{abstract}",
    "{title}",
    "{abstract}",
)
"""What vectors are most often made of; the first of several that agree alike is the one that is named."""

FIELDS: Mapping[str, Callable[[Paper], str]] = MappingProxyType(
    {
        "title": lambda paper: paper.title,
        "abstract": lambda paper: paper.content,
        "authors": lambda paper: ", ".join(paper.authors),
        "categories": lambda paper: ", ".join(paper.categories),
        "venue": lambda paper: paper.venue,
        "published": lambda paper: paper.published,
    }
)
"""What a recipe may name, each by how it is written."""

_LONGEST = 1000  # characters
_IN_TEXT_HASH = {"title", "abstract"}


@dataclass(frozen=True)
class TextRecipe:
    r"""How a paper becomes the text that is encoded.

    A field that a paper lacks is left out with the text that leads to it, the first and the last one with
    the text on both sides. A paper that has none of the fields is encoded by its title.

    Parameters
    ----------
    template : str, default "{title}. {abstract}"
        The text with the names of fields in braces: title, abstract, authors, categories, venue,
        published. ``{{`` and ``}}`` are braces.

    Raises
    ------
    ParameterError
        For a template that is none, names no field, or names one that there is not.

    Examples
    --------
    >>> from recommender import Paper
    >>> from recommender.recipe import TextRecipe
    >>> recipe = TextRecipe("{title}[SEP]{abstract}")
    >>> recipe.text(Paper(title="Deep learning", abstract="Layers of features."))
    'Deep learning[SEP]Layers of features.'
    >>> recipe.text(Paper(title="Deep learning"))
    'Deep learning'
    """

    template: str = DEFAULT_RECIPE

    def __post_init__(self) -> None:
        if not isinstance(self.template, str):
            raise ParameterError(
                f"the text to encode is {self.template!r:.60}; write a text such as {DEFAULT_RECIPE!r}"
            )
        _parsed(self.template)

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields that it reads, in its order, each as often as it stands there."""
        return _parsed(self.template)[1]

    def text(self, paper: Paper) -> str:
        """The text of a paper that an encoder reads: of its `content`, not of lines that are none of it."""
        if self.template == DEFAULT_RECIPE:  # most are; half the time
            return text_of(paper.title, paper.content)
        between, fields = _parsed(self.template)
        values = [FIELDS[name](paper) for name in fields]
        there = [place for place, value in enumerate(values) if value]
        if not there:
            return paper.title
        parts = [between[0] if there[0] == 0 else "", values[there[0]]]
        for place in there[1:]:
            parts += between[place], values[place]
        parts.append(between[-1] if there[-1] == len(fields) - 1 else "")
        return "".join(parts)

    def filled(self, paper: Paper) -> str:
        """What most scripts make of a paper: empty fields are filled in as well, the abstract as it came."""
        between, fields = _parsed(self.template)
        values = [paper.abstract if name == "abstract" else FIELDS[name](paper) for name in fields]
        return between[0] + "".join(map(str.__add__, values, between[1:]))

    def text_hash(self, paper: Paper) -> bytes:
        """SHA-256 of the text: two papers with one hash have one vector, and the same words."""
        if _IN_TEXT_HASH.issuperset(self.fields):
            return paper.text_hash
        return hashlib.sha256(paper.text_hash + self.text(paper).encode()).digest()


@functools.lru_cache(maxsize=64)
def _parsed(template: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The texts before, between and behind the fields, and the fields. Raises as `TextRecipe`."""
    if len(template) > _LONGEST:
        raise ParameterError(
            f"the text to encode has {len(template):,} characters; {_LONGEST:,} at most may be given"
        )
    if any("\ud800" <= letter <= "\udfff" for letter in template):
        raise ParameterError(f"the text to encode is {template!a:.60}: half a character is no text")
    try:
        pieces = list(string.Formatter().parse(template))
    except ValueError as error:
        raise ParameterError(
            f"the text to encode is {template!r:.80}, and {error}; fields stand in braces, as in "
            f"{DEFAULT_RECIPE!r}, and a brace itself is written twice"
        ) from error
    between, fields = [""], []
    for literal, name, form, conversion in pieces:
        between[-1] += literal
        if name is None:
            continue
        if name not in FIELDS or form or conversion:
            raise ParameterError(_no_field(template, name, form or "", conversion))
        fields.append(name)
        between.append("")
    if not fields:
        raise ParameterError(
            f"the text to encode is {template!r:.80} for every paper; name a field in braces: "
            f"{', '.join(FIELDS)}"
        )
    return tuple(between), tuple(fields)


def _no_field(template: str, name: str, form: str, conversion: str | None) -> str:
    written = name + (f"!{conversion}" if conversion else "") + (f":{form}" if form else "")
    near = get_close_matches(name, FIELDS, n=1)
    meant = f"; did you mean {{{near[0]}}}?" if near and not (form or conversion) else ""
    return (
        f"{{{written:.40}}} in the text to encode, {template!r:.80}, is no field of a paper; "
        f"fields are {', '.join(FIELDS)}{meant}"
    )

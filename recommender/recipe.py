"""The recipe of a text: which fields of a paper an encoder reads, and how they are put together."""

from __future__ import annotations

from dataclasses import dataclass

from .paper import Paper, text_of

DEFAULT_RECIPE = "{title}. {abstract}"
"""Title and abstract; where there is no abstract the title alone."""


@dataclass(frozen=True)
class TextRecipe:
    """How a paper becomes the text that is encoded.

    Parameters
    ----------
    template : str, default "{title}. {abstract}"
        The text with the names of fields in braces.
    """

    template: str = DEFAULT_RECIPE

    def text(self, paper: Paper) -> str:
        """The text of a paper that an encoder reads: of its `content`, not of lines that are none of it."""
        return text_of(paper.title, paper.content)

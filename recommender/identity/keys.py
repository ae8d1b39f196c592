"""The keys of a record: two records that may be one paper share at least one."""

from __future__ import annotations

from ..paper import Paper
from .names import name_keys
from .texts import digest, letters, text_keys
from .titles import Title

_LEAST = 6  # letters of a title that is looked for


def keys(paper: Paper) -> tuple[str, ...]:
    """Give what a record can be found by among others of its paper.

    Parameters
    ----------
    paper : Paper
        The record.

    Returns
    -------
    tuple of str
        Its identifiers and its source's id (``doi:...``, ``id:...``), its title (``title:...``), and sketches
        of its abstract (``text:...``), each once. Records that share none are not one paper, neither directly
        nor through each other.

    Examples
    --------
    >>> from recommender import Paper
    >>> keys(Paper(id="2106.09685v2", title="LoRA"))
    ('arxiv:2106.09685',)
    """
    return (*name_keys(paper), *title_keys(Title(paper.title)), *text_keys(letters(paper.content)))


def title_keys(title: Title) -> tuple[str, ...]:
    """The whole title and what stands before its subtitle; nothing for a title that says nothing."""
    if len(title.letters) < _LEAST or title.generic:
        return ()
    return tuple(dict.fromkeys(f"title:{digest(part)}" for part in (title.letters, title.main)))

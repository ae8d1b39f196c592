"""What pages of a site are made of: a title, ways to other pages, and what is said where there is nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeAlias, TypeVar

from markupsafe import Markup

from ..display import Html, filled, join_html, shortened
from ..listing.formulas import html_formulas
from ..listing.page import DOT, paragraph
from ..listing.wording import plain
from ..topics import Topic
from .bounds import bounded
from .pages import PageLink, topic_path
from .shell import named_link

NOTHING = (
    "Nothing is here yet. Papers come with recommender add, a choice of a day with "
    "recommender curate DAY ID..., and both onto this page with the next recommender publish."
)
"""What a page of the site says that has no paper and no other sentence."""

Neighbours: TypeAlias = tuple[PageLink | None, PageLink | None]
"""The pages before and after one."""

_LONGEST_NAME = 120  # characters of a topic's name


class Sized(Protocol):
    """What takes room on a page."""

    @property
    def size(self) -> int:
        """Bytes."""
        ...


_Unit = TypeVar("_Unit", bound=Sized)


def divided(units: Iterable[_Unit], room: int) -> list[list[_Unit]]:
    """The units of each page, as many in their order as it has room for; one page where there is nothing."""
    pages: list[list[_Unit]] = [[]]
    left = room
    for unit in units:
        if unit.size > left and pages[-1]:
            pages.append([])
            left = room
        pages[-1].append(unit)
        left -= unit.size
    return pages


def title_block(title: str, lead: str = "", said: str = "") -> Html:
    """The title of a page, a sentence that stands out, and what is said of it in few words."""
    heading = filled("<h1>{}</h1>", html_formulas(bounded(title).replace(" · ", DOT)))
    below = (paragraph(bounded(lead), "lead"), paragraph(bounded(said)))
    return filled('<div class="title">\n{}\n</div>', join_html("\n", (heading, *below)))


def turn(neighbours: Neighbours, path: str) -> Html:
    """The ways to the page before and the page after; nothing where there are none."""
    before, after = neighbours
    links = (
        named_link(f"← {before.label}", before.path, path, ' rel="prev"') if before else "",
        named_link(f"{after.label} →", after.path, path, ' rel="next"') if after else "",
    )
    return ways("turn", "Before and after", links) if any(links) else Markup()


def pager(pages: Sequence[PageLink], path: str) -> Html:
    """The pages of a list that has several, this one among them."""
    here = ' aria-current="page"'
    links = (named_link(one.label, one.path, path, here if one.path == path else "") for one in pages)
    return ways("pager", "Pages of this list", links) if len(pages) > 1 else Markup()


def ways(kind: str, name: str, links: Iterable[str]) -> Html:
    """Links that belong together, under a name that screen readers say."""
    items = Markup().join(filled("<li>{}</li>", one) for one in links)
    return filled('<nav class="{}" aria-label="{}"><ul>{}</ul></nav>', kind, name, items)


def called(topic: Topic) -> str:
    """What a topic is called where it is a line among others."""
    return shortened(plain(topic.name), _LONGEST_NAME)


def topic_link(topic: Topic, path: str) -> Html:
    """The name of a topic, leading to its page."""
    return named_link(called(topic), topic_path(topic.number), path)

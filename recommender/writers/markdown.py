"""Markdown, for notes, issues and README files: a numbered list with links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..paper import clean_text
from .base import AnyRecord, arxiv_id, dates_of, doi, without_unsafe_url

# What Markdown would read within a line; what it reads at the beginning of one cannot stand there.
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&$])")
_NAMED = 6  # authors


class MarkdownWriter:
    """CommonMark: the title with its link, then a line each of facts, of reasons, and the abstract."""

    name = "markdown"

    def write(self, records: Sequence[AnyRecord]) -> str:
        """The records as a numbered list; a line that says so when there are none."""
        if not records:
            return "Nothing to recommend.\n"
        items = (
            _item(number, record) for number, record in enumerate(map(without_unsafe_url, records), start=1)
        )
        return "\n".join(items)


def _item(number: int, record: AnyRecord) -> str:
    mark = f"{number}. "
    first, *others = filter(None, (_title(record), _facts(record), _reasons(record)))
    lines = [f"{mark}{first}", *(f"{' ' * len(mark)}{line}" for line in others)]
    text = "  \n".join(lines) + "\n"  # two blanks at its end: a line of its own
    abstract = escaped(record["abstract"])
    return f"{text}\n{' ' * len(mark)}> {abstract}\n" if abstract else text


def _title(record: AnyRecord) -> str:
    title = f"**{escaped(record['title'])}**" if clean_text(record["title"]) else "(no title)"
    url = re.sub(r"[\s<>()\\]", lambda found: f"%{ord(found[0]):02X}", clean_text(record["url"]))
    retracted = " (retracted)" if record["retracted"] else ""
    return (f"[{title}]({url})" if url else title) + retracted


def _facts(record: AnyRecord) -> str:
    names = [escaped(name) for name in record["authors"] if clean_text(name)]
    people = ", ".join(names[:_NAMED]) + (" and others" if len(names) > _NAMED else "")
    arxiv, doi_ = arxiv_id(record), doi(record)
    ids = (f"arXiv:{arxiv}" if arxiv else "", f"doi:{escaped(doi_)}" if doi_ else "")
    return " · ".join(filter(None, (people, escaped(record["venue"]), dates_of(record), *ids)))


def _reasons(record: AnyRecord) -> str:
    if "rank" not in record:
        return ""
    return " · ".join(_reasons_of(record))  # type: ignore[arg-type]


def _reasons_of(record: dict[str, object]) -> Iterator[str]:
    closest = escaped(str(record["closest_title"] or record["closest"]))
    if closest:
        yield f"closest to: {closest} ({float(record['closest_cosine']):.2f})"  # type: ignore[arg-type]
    terms = ", ".join(map(escaped, record["terms"]))  # type: ignore[call-overload]
    if terms:
        yield f"in common: {terms}"
    if record["confidence"] is not None:
        yield f"confidence {float(record['confidence']):.2f}"  # type: ignore[arg-type]


def escaped(text: str) -> str:
    """One line that Markdown shows as it is."""
    return _SPECIAL.sub(r"\\\1", clean_text(text))

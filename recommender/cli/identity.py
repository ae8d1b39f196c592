"""Commands on what is one paper and what is two."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from ..display import harmless_cell, without_controls
from ..option_values import read_part
from .messages import deliver, say
from .options import corpus_option

if TYPE_CHECKING:
    from ..corpus import Duplicate

_FORMATS = ("table", "csv", "jsonl")
_COLUMNS = ("kind", "rule", "id", "title", "source", "other_id", "other_title", "other_source")


@click.command()
@click.option(
    "--format",
    "format_",
    type=click.Choice(_FORMATS),
    default="table",
    show_default=True,
    help="Of the list.",
)
@corpus_option
def duplicates(format_: str, folder: str) -> None:
    """List what was taken for one paper, by which rule, what is doubtful, and what was split.

    \b
    recommender duplicates --corpus my.corpus
    recommender duplicates --corpus my.corpus --format csv
    """
    from ..corpus import Corpus

    with Corpus.open(folder) as corpus:
        found = corpus.duplicates()
    deliver(_WRITERS[format_](found), None, len(found), table=format_ == "table")


@click.command()
@click.argument("paper", metavar="ID")
@corpus_option
def split(paper: str, folder: str) -> None:
    """Take a paper that was made of several records apart, for good.

    By its id each record becomes a paper of its own; by the id of one of its other records, that one leaves.

    \b
    recommender split 2106.09685 --corpus my.corpus
    """
    from ..corpus import Corpus

    with Corpus.open(folder) as corpus:
        ids = corpus.split(paper)
        say(f"{folder}: {paper} is {len(ids):,} papers now ({', '.join(ids)}), {len(corpus):,} papers in all")


def _table(found: Sequence[Duplicate]) -> str:
    if not found:
        return "no paper is of several records, and none looks like another one\n"
    return "\n".join(_entry(one) for one in found)


def _entry(one: Duplicate) -> str:
    by = f" by {one.rule}" if one.rule else ""
    lines = (
        f"{one.kind}{by}",
        _line(one.id, one.title, one.source),
        _line(one.other_id, one.other_title, one.other_source),
    )
    return "".join(f"{without_controls(line)}\n" for line in lines)


def _line(paper_id: str, title: str, source: str) -> str:
    told = " · ".join(filter(None, (paper_id, read_part(title), source)))
    return f"  {told}"


def _csv(found: Sequence[Duplicate]) -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    cells = ({name: harmless_cell(cell) for name, cell in asdict(one).items()} for one in found)
    writer.writerows(cells)
    return stream.getvalue()


def _jsonl(found: Sequence[Duplicate]) -> str:
    return "".join(f"{json.dumps(asdict(one), ensure_ascii=False)}\n" for one in found)


_WRITERS = {"table": _table, "csv": _csv, "jsonl": _jsonl}

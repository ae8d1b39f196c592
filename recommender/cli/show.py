"""The command that shows stored papers themselves."""

from __future__ import annotations

import click

from ..names import FORMATS
from ..paper import Paper
from ..writers import TableWriter, paper_record, write
from .answers import open_corpus, terminal
from .messages import complain, named, strict_option
from .options import corpus_or_sample_option
from .output import chosen_format, deliver

__all__ = ["show"]


@click.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@click.option(
    "--format", "format_", type=click.Choice(FORMATS), help="Default: a table, or by the name of --out."
)
@click.option("--out", metavar="FILE", help="Write it there; .bib, .ris, .csv, .json, .jsonl or .txt.")
@strict_option
@corpus_or_sample_option
def show(ids: tuple[str, ...], format_: str | None, out: str | None, folder: str | None) -> int:
    """Papers of the corpus with all that is known of them, named by id, url or exact title.

    \b
    recommender show 2106.09685
    recommender show 2106.09685 2305.13245 --corpus my.corpus --format bibtex
    recommender show "Attention Is All You Need" --out attention.ris
    """
    from ..corpus import ambiguous_paper, find_rows_of

    format_ = chosen_format(format_, out)
    papers: dict[int, Paper] = {}
    unclear = []
    with open_corpus(folder, None) as corpus:
        for name, rows in find_rows_of(corpus.snapshot, ids).items():
            if len(rows) == 1:
                papers.setdefault(rows[0], *corpus.snapshot.papers(rows))
            else:
                unclear.append(ambiguous_paper(corpus.snapshot, name, rows))
    records = list(map(paper_record, papers.values()))
    if records:
        table = format_ == "table"
        text = TableWriter().write(records, **terminal(out)) if table else write(records, format_)
        deliver(text, out, len(records), table=table)
        return named(unclear)
    return max((complain(line) for line in unclear), default=1)

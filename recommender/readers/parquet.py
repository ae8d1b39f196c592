"""Parquet files, a batch of rows and the needed columns at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from .arxiv import COLUMNS, arxiv_row, is_arxiv
from .base import Source
from .columns import Plan, check_columns, plan_columns
from .fixed_fields import fixed_items
from .items import Item, ReadWarning, Rejected
from .library_columns import library_plan, with_facts
from .records import to_items

MAGIC = b"PAR1"
"""How every Parquet file begins."""


class Parquet:
    """A Parquet table: its columns are recognised by name."""

    name = "parquet"

    def recognises(self, head: bytes) -> bool:
        """Whether the file begins with Parquet's magic bytes."""
        return head.startswith(MAGIC)

    def read(self, source: Source, mapping: Mapping[str, str]) -> Iterator[Item]:
        """See `Reader.read`."""
        from .parquet_rows import Unread, parquet_rows  # with numpy, which who completes a word does not need

        plan: Plan = {}
        of_arxiv = False

        def needed(columns: tuple[str, ...]) -> Collection[str]:
            nonlocal plan, of_arxiv
            check_columns(columns, mapping, str(source.path))
            plan = plan_columns(columns, mapping)
            of_arxiv = not mapping and is_arxiv(columns)
            library = library_plan(columns)
            wanted = {column for found in plan.values() for column in found}
            wanted |= library.columns | {*filter(None, [library.notes])}
            return wanted | (COLUMNS & set(columns)) if of_arxiv else wanted

        for row, record in parquet_rows(source, needed):
            if not isinstance(record, Unread):
                dumped = arxiv_row(record) if of_arxiv else None
                place = source.place(row)
                if dumped is not None:
                    yield from fixed_items(dumped, place)
                else:
                    yield from with_facts(to_items(record, plan, place), tuple(record), record)
            elif record.is_row:
                yield Rejected(f"{source.name}, {record.rows}", record.reason)
            else:
                yield ReadWarning(f"{source.name}, {record.rows}", record.reason)

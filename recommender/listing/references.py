"""A listing's papers as references and tables, by the writers that write answers too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from ..writers import Record, encode
from .listing import Entry, Listing
from .wording import plain


@dataclass
class ReferenceWriter:
    """The papers in the order of their places, in one of the formats of `recommender.writers`.

    Attributes
    ----------
    name : str
        The format.
    ending : str
        How the name of its file ends.
    """

    name: str = "jsonl"
    ending: str = ".jsonl"

    def write(self, listing: Listing) -> bytes:
        """The papers; labels and notes have no field there."""
        return encode([_record(entry) for entry in listing.entries], self.name)


def _record(entry: Entry) -> Record:
    """An entry's record, in which no text is obeyed by what shows it."""
    return cast("Record", plain_values(entry.to_record()))


def plain_values(value: Any) -> Any:
    """A record, or what is in one, with every text as `plain` has it."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        return [plain_values(one) for one in value]
    if isinstance(value, dict):
        return {plain(name): plain_values(one) for name, one in value.items()}
    return value

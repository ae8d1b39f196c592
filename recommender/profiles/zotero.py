"""The library of the Zotero that runs on this machine, as a profile: ``zotero:`` or ``zotero:COLLECTION``."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ..errors import FetchError, ProfileError
from ..readers import Source, detect
from .libraries import library_entries
from .records import Entry

PREFIX = "zotero:"

# Where it answers, so that tests need no Zotero; it must be an address of this machine.
_ADDRESS = "RECOMMENDER_ZOTERO"


def is_zotero(source: object) -> bool:
    """Whether a source is named so."""
    return isinstance(source, str) and source.lower().startswith(PREFIX)


def zotero_entries(source: str) -> Iterator[Entry]:
    """The papers of the library, or of the collection that is named by its name, path or key; all liked.

    Raises ProfileError where Zotero does not answer, does not allow it or has no such collection: the message
    says what to do.
    """
    from ..fetch.zotero import BASE, library_items

    collection = source[len(PREFIX) :].strip() or None
    try:
        items = [*library_items(collection, base=os.environ.get(_ADDRESS) or BASE)]
    except FetchError as error:
        raise ProfileError(str(error)) from error
    if not items:
        raise ProfileError(f"{source}: there is no paper in it")
    # The reader of Zotero's JSON reads files, and a library of many thousand items is none to keep twice.
    with tempfile.TemporaryDirectory(prefix="recommender-") as folder:
        path = Path(folder) / "items.json"
        path.write_text(json.dumps(items), encoding="utf-8")
        del items
        answer = Source(path)
        answer.name = "Zotero"
        yield from library_entries(answer, detect(answer))

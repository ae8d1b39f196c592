"""Begin a stopped build anew with another encoder: drop what it had stored."""

from __future__ import annotations

import logging

from ..errors import CorpusExists
from .index_file import drop_index_file
from .manifest import Manifest
from .segments import drop_segments
from .staging import Staging
from .store import CorpusStore
from .vector_sources import VectorSource

__all__ = ["drop_unfinished", "may_begin_anew"]

_LOG = logging.getLogger("recommender")

_TABLES = (
    "abstracts",
    "papers",
    "names",
    "categories",
    "tombstones",
    "terms",
    "term_statistics",
    "vectorless",
)


def may_begin_anew(manifest: Manifest, source: VectorSource, sources: tuple[str, ...]) -> bool:
    """Whether this is a stopped build from the same sources, and another encoder is named now."""
    return manifest.unfinished is not None and manifest.sources == sources and manifest.encoder != source.name


def drop_unfinished(store: CorpusStore, staging: Staging, source: VectorSource) -> None:
    """Let the database name none of the stopped build's papers and files any more, all at once.

    The files go when the build ends well, as all that are retired. Raises CorpusExists where papers are
    there that the sources do not hold: somebody has added them since.
    """
    manifest = store.manifest()
    strangers = staging.strangers()
    if strangers:
        raise CorpusExists(
            f"{store.path} holds {strangers:,} papers from elsewhere beside a build with {manifest.encoder} "
            f"that was stopped; finish that one, or build with {source.name} into another folder"
        )
    (count,) = store.execute("SELECT count(*) FROM papers").fetchone()
    with store.transaction():
        drop_segments(store)
        drop_index_file(store)
        for table in _TABLES:
            store.execute(f"DELETE FROM {table}")
    _LOG.info(
        "%s: the %s papers of the build with %s that was stopped are dropped; it begins anew with %s",
        store.path,
        f"{count:,}",
        manifest.encoder,
        source.name,
    )

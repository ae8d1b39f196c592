"""Upgrade papers that `static` knows nothing of: before format 4 all of them shared one vector.

Each such paper was taken for a version of each other. Here they get rows whose vector is zeros.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import numpy as np

from ..encoders import Encoder, load_encoder
from ..errors import CorpusDamaged, EncoderDamaged, EncoderUnknown
from ..paper import Paper
from .manifest import Manifest
from .records import delete_papers, insert_papers, stored_paper
from .segments import quantize, register_segment, write_segment
from .store import CorpusStore
from .terms import count_statistics, load_statistics, store_statistics
from .vectorless import mark_vectorless

__all__ = ["move_unknown_papers"]

# `static` knows each of these letters and digits, so no paper with one of them is meant. Whatever a record
# is that cannot be read, it is not for this to find out.
_CANDIDATES = """
    SELECT row, record FROM papers WHERE json_valid(record)
    AND json_extract(record, '$.title') || ' ' || ifnull(json_extract(record, '$.abstract'), '')
    NOT GLOB '*[0-9A-Za-z]*' ORDER BY row
"""


def move_unknown_papers(store: CorpusStore) -> int:
    """Move the papers that the encoder knows nothing of to new rows without a vector.

    It is done in the open transaction, where the terms' table must be there. Returns how many they are: none
    where the corpus is not of the `static` that is at hand.
    """
    manifest = store.manifest()
    encoder = _static(manifest)
    if encoder is None:
        return 0
    papers = [(row, stored_paper(store.path, row, record)) for row, record in store.execute(_CANDIDATES)]
    vectors = encoder.encode([paper.text for _, paper in papers])
    unknown = [papers[place] for place in np.flatnonzero(~vectors.any(axis=1))]
    if unknown:
        _move(store, manifest, unknown)
    return len(unknown)


def _static(manifest: Manifest) -> Encoder | None:
    """The encoder of the corpus, if it is `static` or its first dimensions."""
    if manifest.encoder.partition("@")[0] != "static":
        return None
    with suppress(EncoderUnknown, EncoderDamaged):
        encoder = load_encoder(manifest.encoder)
        return encoder if encoder.fingerprint == manifest.fingerprint else None
    return None


def _move(store: CorpusStore, manifest: Manifest, papers: Sequence[tuple[int, Paper]]) -> None:
    old, count = [row for row, _ in papers], len(papers)
    new = range(manifest.next_row, manifest.next_row + count)
    zeros = quantize(np.zeros((count, manifest.dim), np.float32), manifest.precision, manifest.encoder)
    segment = write_segment(store.path, new[0], count, manifest.dim, manifest.precision, [zeros])
    delete_papers(store, old)
    insert_papers(store, new, (paper for _, paper in papers))
    store.executemany("UPDATE terms SET row = ? WHERE row = ?", zip(new, old, strict=True))
    store.executemany("INSERT INTO tombstones VALUES (?)", ((row,) for row in old))
    mark_vectorless(store, new)
    register_segment(store, segment)
    store.set_manifest(manifest.replace(next_row=new[-1] + 1))
    with suppress(CorpusDamaged):  # what is damaged is counted anew by whoever adds papers
        if load_statistics(store) is not None:
            store_statistics(store, count_statistics(store))

"""What readers want or avoid in words, as vectors."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..corpus import Corpus, Snapshot
from ..display import shortened
from ..encoders.base import encode_queries
from .hybrid_vectors import HybridVectors

# So many of what no paper holds a word of are named.
_NAMED, _LONGEST = 3, 60


class WantedWords:
    """The vectors of what is wanted or avoided in words; each text is encoded once, whoever has it."""

    def __init__(
        self,
        corpus: Corpus,
        snapshot: Snapshot,
        texts: tuple[str, ...],
        avoidable: frozenset[str],
        *,
        lexical: bool,
    ) -> None:
        self.avoidable = avoidable
        """What somebody avoids, and some paper holds a word of."""
        self._positions = {text: position for position, text in enumerate(texts)}
        if texts:
            dense = encode_queries(corpus.encoder_of(snapshot), list(texts))
            self._vectors = HybridVectors.of_texts(
                snapshot, dense, texts, lexical=lexical, are_questions=True
            )

    def vectors(self, texts: Sequence[str]) -> HybridVectors:
        """Those of some of the texts."""
        return self._vectors.take(np.array([self._positions[text] for text in texts], np.int64))

    def unheld_avoided(self, avoided: Sequence[str]) -> list[str]:
        """One line on what is to be avoided and no paper holds a word of, if there is any."""
        return unheld_avoided([text for text in avoided if text not in self.avoidable])


def unheld_avoided(unheld: Sequence[str]) -> list[str]:
    """One line on texts that are to be avoided and of which no paper holds a word, if there are any."""
    named = ", ".join(repr(shortened(text, _LONGEST)) for text in unheld[:_NAMED])
    more = f" and {len(unheld) - _NAMED:,} more" if len(unheld) > _NAMED else ""
    return [f"avoid: no paper of this corpus holds any word of {named}{more}"] if unheld else []

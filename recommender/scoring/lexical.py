"""`lexical`: the mean of the seeds by shared terms alone."""

from __future__ import annotations

from .mean import Mean


class Lexical(Mean):
    """TF-IDF's Rocchio: what a reader gets without an encoder.

    Candidates still come from the dense index; ordering its best 200 by the lexical score lost nothing
    against ordering the whole corpus.
    """

    name = "lexical"
    lexical = 1.0

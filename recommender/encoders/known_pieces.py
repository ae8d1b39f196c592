"""Find texts of which a model's tokenizer knows no piece: every token is its mark for the unknown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from .._extras import extra
from ..limits import read_part

__all__ = ["KnownPieces"]

# Each of these letters and digits is a piece of its own: a text with one of them need not be tokenized.
_SURELY_KNOWN = re.compile("[a-z0-9]", re.IGNORECASE | re.ASCII)
_NO_WORD = re.compile(r"[\W_]+")


class KnownPieces:
    """The tokenizer in a model's folder, opened when a text needs it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "tokenizer.json"

    def unknown(self, texts: Sequence[str]) -> list[int]:
        """The positions of the texts without a known word or piece of one; punctuation is neither."""
        return [place for place, text in enumerate(texts) if not self._is_known(read_part(text))]

    def _is_known(self, text: str) -> bool:
        if _SURELY_KNOWN.search(text):
            return True
        tokens = self._tokenizer.encode(_NO_WORD.sub(" ", text), add_special_tokens=False).ids
        return any(token != self._unknown for token in tokens)

    @cached_property
    def _tokenizer(self) -> Any:
        with extra("fast"):
            from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._path))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _unknown(self) -> int | None:
        found: int | None = self._tokenizer.token_to_id("[UNK]")
        return found

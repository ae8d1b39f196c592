"""Prompts: what a model's makers want to stand before a text that searches, and before one that is searched.

A model's folder defines them by name in ``config_sentence_transformers.json``. sentence-transformers' own
`encode_document` takes the one called "document", which it always has, empty if need be, so that the
"passage" of an E5 model is never taken. Here the first of the usual names with a text counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import EncoderDamaged, ParameterError

QUERY_NAMES = ("query", "search_query", "retrieval_query", "s2p_query")
DOCUMENT_NAMES = (
    "document",
    "passage",
    "corpus",
    "search_document",
    "retrieval_document",
    "retrieval_passage",
)
"""What such prompts are called, the first ones first; case, dots, dashes and spaces do not count."""

_CONFIG = "config_sentence_transformers.json"
_NAME = re.compile(r"[\w.-]+")
_BETWEEN = re.compile(r"[\s.-]+")
_LONGEST = 2000  # characters


@dataclass(frozen=True)
class Prompts:
    """What stands before each text; empty where nothing does."""

    query: str = ""
    document: str = ""

    def to_dict(self) -> dict[str, str]:
        """Both, or nothing where both are empty."""
        return {"query": self.query, "document": self.document} if self.query or self.document else {}


@dataclass(frozen=True)
class PromptChoice:
    """Which prompts are wanted of a model.

    `query` and `document` are names that the model defines, or texts; None: what its makers want. With
    `as_texts` they are no names, whatever they look like. `plain`: both kinds of text are encoded alike, by
    the library's `encode`, as all were before corpora knew of prompts.
    """

    query: str | None = None
    document: str | None = None
    as_texts: bool = False
    plain: bool = False

    @classmethod
    def of_manifest(cls, prompts: Mapping[str, str] | None) -> PromptChoice:
        """What a corpus says of itself: its prompts, none that are known, or nothing (None)."""
        if prompts is None:
            return cls(plain=True)
        return cls(prompts.get("query"), prompts.get("document"), as_texts=True)

    def as_manifest(self) -> dict[str, str]:
        """What a corpus says of itself, where the model is not at hand to ask.

        Raises ParameterError for a name, which only the model can tell the text of.
        """
        found = {"query": self.query, "document": self.document}
        for kind, text in found.items():
            if text is not None:
                check_prompt(kind, text)
            if text and is_name(text):
                raise ParameterError(
                    f"the {kind} prompt is {text!r:.60}, and the model that may define it is not at hand; "
                    "give the text itself, which holds a space or a colon, as in 'query: '"
                )
        return {kind: text for kind, text in found.items() if text is not None}

    @property
    def stated(self) -> bool:
        """Whether one is named."""
        return self.query is not None or self.document is not None


THE_MAKERS = PromptChoice()
"""What the model's folder defines."""


@dataclass(frozen=True)
class DefinedPrompts:
    """The prompts that a model's folder defines, by name, and the one that `encode` alone takes."""

    texts: Mapping[str, str]
    default: str = ""

    @classmethod
    def read(cls, folder: Path) -> DefinedPrompts:
        """Those of a folder, none where it says nothing of them. Raises EncoderDamaged for a broken file."""
        path = folder / _CONFIG
        if not path.is_file():
            return cls({})
        try:
            config: Any = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise EncoderDamaged(f"{folder}: no model that can be read ({error})") from error
        prompts = config.get("prompts") if isinstance(config, dict) else None
        if not isinstance(prompts, dict):
            return cls({})
        texts = {name: text for name, text in prompts.items() if isinstance(text, str)}
        for name, text in texts.items():
            try:
                check_prompt(f"{name:.60}", text)
            except ParameterError as error:
                raise EncoderDamaged(f"{path}: {error}") from error
        return cls(texts, texts.get(config.get("default_prompt_name") or "", ""))

    def chosen(self, choice: PromptChoice, model: str) -> Prompts:
        """The texts of a choice. Raises ParameterError for a name that `model` does not define."""
        if choice.plain:
            return Prompts(self.default, self.default)
        return Prompts(
            self._one("query", choice.query, QUERY_NAMES, choice, model),
            self._one("document", choice.document, DOCUMENT_NAMES, choice, model),
        )

    def _one(
        self, kind: str, wanted: str | None, names: tuple[str, ...], choice: PromptChoice, model: str
    ) -> str:
        if wanted is None:
            folded = {_folded(name): text for name, text in reversed([*self.texts.items()]) if text}
            return next((folded[name] for name in names if name in folded), "")
        if choice.as_texts:
            return wanted
        check_prompt(kind, wanted)
        if not is_name(wanted):
            return wanted
        if wanted not in self.texts:
            has = ", ".join(map(repr, self.texts)) or "none"
            raise ParameterError(
                f"the {kind} prompt is {wanted!r:.60}, and {model!r} defines no prompt of that name (it has "
                f"{has}); a prompt's own text holds a space or a colon, as in 'query: '"
            )
        return self.texts[wanted]


def is_name(text: str) -> bool:
    """Whether a prompt is given by its name: a text holds a space or a colon."""
    return bool(_NAME.fullmatch(text))


def check_prompt(kind: str, text: object) -> None:
    """Raise ParameterError for what is no prompt: no text, half a character, too long."""
    if not isinstance(text, str):
        raise ParameterError(f"the {kind} prompt is {text!r:.60}; give its name, or its text")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ParameterError(f"the {kind} prompt is {text!a:.60}: half a character is no text")
    if len(text) > _LONGEST:
        raise ParameterError(
            f"the {kind} prompt has {len(text):,} characters; {_LONGEST:,} at most may be given"
        )


def _folded(name: str) -> str:
    return _BETWEEN.sub("_", name.strip(" :").casefold())

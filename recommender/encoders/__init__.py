"""Encoders: texts in, unit float32 rows out. Heavy imports wait until a text is encoded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from ..errors import EncoderUnknown, ParameterError
from .base import Encoder, LookupEncoder, Vectors, describe, texts_per_second
from .minilm import ROTATION, Truncated, load_minilm, minilm_is_installed
from .minilm_papers import load_minilm_papers
from .prompts import THE_MAKERS, PromptChoice
from .sentence_transformer import SentenceTransformerEncoder, download
from .static import load_static

__all__ = [
    "DEFAULT_ENCODER",
    "ENCODERS",
    "Encoder",
    "EncoderOrigin",
    "LookupEncoder",
    "Vectors",
    "describe",
    "load_encoder",
    "minilm_is_installed",
    "texts_per_second",
]

ENCODERS: dict[str, Callable[[Path | None], Encoder]] = {
    "minilm": load_minilm,
    "static": load_static,
    "minilm-papers": load_minilm_papers,
}
"""Every built-in encoder by name; a new one is one file and one line here."""

DEFAULT_ENCODER = "minilm"


def load_encoder(
    name: str = DEFAULT_ENCODER,
    *,
    model_dir: str | Path | None = None,
    query_prompt: str | None = None,
    document_prompt: str | None = None,
) -> Encoder:
    """Load an encoder by name: a built-in one, a local folder, or a sentence-transformers name on the hub.

    Parameters
    ----------
    name : str, default "minilm"
        ``NAME@128`` is its first 128 dimensions, ``minilm:torch`` minilm run by torch (see
        `minilm.BACKENDS`).
    model_dir : str or Path, optional
        Where the weights of `name` lie.
    query_prompt, document_prompt : str, optional
        What stands before texts that search, and before papers: a prompt that the model defines by its name,
        or the text itself, which holds a space or a colon (``"query: "``; empty: nothing). By default what
        the model's folder defines for each, if it does.

    Returns
    -------
    Encoder
        Models are opened when a text is encoded.

    Raises
    ------
    EncoderUnknown
        When there is no such encoder.
    MissingPackage
        When what it needs is not installed.
    EncoderDamaged
        When its weights are not what they should be.
    ParameterError
        For a number of dimensions, a backend or a prompt that it does not have.

    Examples
    --------
    >>> from recommender.encoders import load_encoder
    >>> encoder = load_encoder("static@64")
    >>> encoder.encode(["state space models", "protein folding"]).shape
    (2, 64)
    """
    return EncoderOrigin(
        name,
        None if model_dir is None else Path(model_dir),
        PromptChoice(query_prompt, document_prompt),
    ).load()


@dataclass(frozen=True)
class EncoderOrigin:
    """What an encoder was loaded by, so that another process can load it as well.

    Attributes
    ----------
    name : str
        As `load_encoder` takes it.
    model_dir : Path or None
        Where the weights lie.
    prompts : PromptChoice
        What stands before its texts.

    Examples
    --------
    >>> from recommender.encoders import EncoderOrigin
    >>> EncoderOrigin.of("static").load().name
    'static'
    """

    name: str
    model_dir: Path | None = None
    prompts: PromptChoice = THE_MAKERS

    @classmethod
    def of(
        cls,
        name: str,
        model_dir: str | Path | None = None,
        prompts: PromptChoice = THE_MAKERS,
    ) -> EncoderOrigin:
        """Make one with absolute paths of folders: another process may run elsewhere.

        Parameters
        ----------
        name : str
            As `load_encoder` takes it.
        model_dir : str or Path, optional
            Where the weights lie.
        prompts : PromptChoice, optional
            What stands before its texts; by default what its makers want.

        Returns
        -------
        EncoderOrigin
            For any process of this machine.
        """
        folder = None if model_dir is None else Path(model_dir).absolute()
        place = str(Path(name).absolute()) if name.strip() and Path(name).is_dir() else name
        return cls(place, folder, prompts)

    def load(self) -> Encoder:
        """Load the encoder; raises as `load_encoder`.

        Returns
        -------
        Encoder
            That of this origin.
        """
        name, folder = self.name, self.model_dir
        if not name.strip():
            raise EncoderUnknown(f"the encoder's name is empty; known: {', '.join(ENCODERS)}")
        whole, _, dim = name.rpartition("@")
        if whole in ENCODERS and not (dim.isascii() and dim.isdigit()):
            raise EncoderUnknown(
                f"{name!r}: write the number of dimensions behind the @, such as {whole}@128"
            )
        if whole and dim.isascii() and dim.isdigit() and not Path(name).is_dir():
            encoder = _whole_encoder(whole, folder, self.prompts)
            rotation = np.load(ROTATION, allow_pickle=False) if encoder.name == "minilm" else None
            return Truncated(encoder, int(dim), rotation=rotation)
        return _whole_encoder(name, folder, self.prompts)


def _whole_encoder(name: str, folder: Path | None, prompts: PromptChoice) -> Encoder:
    if name in ENCODERS or name.startswith("minilm:"):
        if prompts.stated and not prompts.as_texts:
            raise ParameterError(
                f"a prompt is given, and {name!r} has none: it reads texts that search as it reads papers"
            )
        if name in ENCODERS:
            return ENCODERS[name](folder)
        return load_minilm(folder, backend=name.removeprefix("minilm:"))
    if folder is None and Path(name).is_dir():
        folder = Path(name)
    if folder is None:
        near = get_close_matches(name, ENCODERS, n=1)
        if near:  # not worth asking a hub for
            raise EncoderUnknown(f"{name!r} is no known encoder; did you mean {near[0]}?")
        return SentenceTransformerEncoder(name, download(name), prompts=prompts)
    # A path has no meaning on another machine: the folder's own name is what a corpus remembers.
    stable = folder.resolve().name if Path(name).is_dir() else name
    return SentenceTransformerEncoder(stable, folder, prompts=prompts)

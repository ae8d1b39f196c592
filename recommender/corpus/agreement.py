"""Agreement: whether given vectors are those of an encoder, and if not, of which text and prompt they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexes import Rows

from ..cosine_scale import AS_IT_IS, CosineScale
from ..encoders import Encoder, Vectors
from ..encoders.base import encode_documents, prompts_of
from ..errors import EncoderMismatch
from ..paper import Paper
from ..recipe import USUAL_RECIPES, TextRecipe
from .random_papers import scale_of

SAMPLE = 32
"""Papers that are encoded and compared."""

# Measured with minilm on 128 papers of 146,289 (mean, lowest cosine): its own vectors computed in bf16
# and kept as int8 1.0000, 0.9999; title and abstract joined by a space .998, .994; abstracts alone
# .977, .926; the first hundred words .923, .761; titles alone .735, .525; other papers .264, -.042.
_LEAST_MEAN, _LEAST = 0.99, 0.95

# Papers on which each of the usual texts is tried; what fits them best is measured on the whole sample.
_TRIED = 8


def sample_rows(count: int, size: int, *, seed: int = 0) -> Rows:
    """`size` of `count` places, ascending, one from each of as many equal stretches; all when fewer."""
    if count <= size:
        return np.arange(count)
    edges = np.linspace(0, count, size + 1).astype(np.int64)
    return np.random.default_rng(seed).integers(edges[:-1], edges[1:])


def check_encoder_matches(
    encoder: Encoder,
    papers: Sequence[Paper],
    vectors: Vectors,
    place: str,
    *,
    recipe: TextRecipe | None = None,
) -> float:
    """The mean cosine between the encoder's vectors of these papers and these.

    Raises EncoderMismatch, with what was measured, unless they are the same but for rounding. It says for
    which of the usual texts and prompts they would be, if for any. The cosines are on the usual scale, as
    those of an encoder of a narrow range are all high.

    vectors: unit rows, shape (len(papers), encoder.dim); papers without a vector are not compared.
    """
    recipe = recipe or TextRecipe()
    there = np.flatnonzero(vectors.any(axis=1))
    if not len(there):
        return 1.0
    papers, vectors = [papers[row] for row in there.tolist()], vectors[there]
    scale = scale_of(vectors, [paper.words for paper in papers]) or AS_IT_IS
    cosines = scale.of(_cosines(encoder, recipe, papers, vectors))
    if not _agree(cosines):
        text = f"in this order, encoded as {recipe.template!r}{_prompted(encoder)}"
        raise EncoderMismatch(
            f"{place}: these are not the vectors that {encoder.name!r} gives these papers {text}: "
            f"over {len(cosines)} of them the cosines have a mean of {cosines.mean():.3f} and go down to "
            f"{cosines.min():.3f}; a mean of {_LEAST_MEAN} and none below {_LEAST} are needed; "
            f"{_remedy(encoder, recipe, papers, vectors, scale)}"
        )
    return float(cosines.mean())


def check_same_vectors(
    given: Vectors, stored: Vectors, folder: Path, *, scale: CosineScale = AS_IT_IS
) -> None:
    """Raise EncoderMismatch when papers that are in the corpus are given other vectors than they have there.

    Where no encoder can be asked, this alone tells the vectors of two models apart. Unit rows, (n, dim), and
    the scale of the stored ones.
    """
    cosines = scale.of(np.einsum("ij,ij->i", given, stored)[given.any(axis=1) & stored.any(axis=1)])
    if len(cosines) and cosines.min() < _LEAST_MEAN:
        raise EncoderMismatch(
            f"{folder} holds other vectors of the same papers: over {len(cosines)} of them the cosines go "
            f"down to {cosines.min():.3f}; vectors of two encoders, or of two texts, do not mix: "
            "build a corpus of its own for these"
        )


def _agree(cosines: NDArray[np.floating]) -> bool:
    return bool(cosines.mean() >= _LEAST_MEAN and cosines.min() >= _LEAST)


def _cosines(
    encoder: Encoder, recipe: TextRecipe, papers: Sequence[Paper], vectors: Vectors
) -> NDArray[np.float32]:
    """To each paper's vector; of one that lacks a field, by whichever way to leave it out is nearer."""
    texts, filled = [recipe.text(paper) for paper in papers], [recipe.filled(paper) for paper in papers]
    cosines: NDArray[np.float32] = np.einsum("ij,ij->i", encode_documents(encoder, texts), vectors)
    others = [place for place, text in enumerate(texts) if filled[place] != text]
    if others:
        rows = encode_documents(encoder, [filled[place] for place in others])
        cosines[others] = np.maximum(cosines[others], np.einsum("ij,ij->i", rows, vectors[others]))
    return cosines


class _Way(NamedTuple):
    """An encoder, with the prompt that it now has, and a recipe."""

    encoder: Encoder
    recipe: TextRecipe


def _ways(encoder: Encoder, recipe: TextRecipe) -> Iterator[_Way]:
    """What else a paper's vector is often made of: the same text with other prompts first."""
    recipes = dict.fromkeys([recipe, *map(TextRecipe, USUAL_RECIPES)])
    prompted: Callable[[], Sequence[Encoder]] = getattr(encoder, "prompted", tuple)
    ways = [_Way(one, text) for one in (encoder, *prompted()) for text in recipes]
    return (way for way in ways if way.encoder is not encoder or way.recipe != recipe)


def _remedy(
    encoder: Encoder, recipe: TextRecipe, papers: Sequence[Paper], vectors: Vectors, scale: CosineScale
) -> str:
    """With which text and prompt the vectors agree, the best of the usual ones."""
    whole = [place for place, paper in enumerate(papers) if paper.abstract][:_TRIED] or [0]
    some = [papers[place] for place in whole]
    tried = [
        (float(_cosines(way.encoder, way.recipe, some, vectors[whole]).mean()), way)
        for way in _ways(encoder, recipe)
    ]
    _, best = max(tried, key=lambda one: one[0])
    cosines = scale.of(_cosines(best.encoder, best.recipe, papers, vectors))
    if not _agree(cosines):
        return (
            "they may be of another text, though of none of the usual ones: say by --text (text=) how it was "
            "put together, and by --document-prompt what stood before it"
        )
    said = []
    if best.recipe != recipe:
        said.append(f"--text {best.recipe.template!r}")
    if best.encoder is not encoder:
        said.append(f"--document-prompt {prompts_of(best.encoder).get('document', '')!r}")
    return f"they agree with {' and '.join(said)} (mean cosine {cosines.mean():.3f}): build with that"


def _prompted(encoder: Encoder) -> str:
    prompt = prompts_of(encoder).get("document", "")
    return f" behind the prompt {prompt!r:.80}" if prompt else ""

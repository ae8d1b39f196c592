"""Train the static encoder that comes with the package, from MiniLM as the teacher.

    python scripts/train_static.py ../shared/data --out recommender/encoders/static_model

One command, one seed, a CPU: see MODEL_CARD.md beside the model for what it does and what was tried.
The same machine, versions and number of threads give the same bytes.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from static_data import held_out, read_corpus, teacher_vectors, text_of
from torch import Tensor
from torch.nn import functional

from recommender.encoders.minilm import minilm_folder
from recommender.encoders.static import (
    CONTINUATION,
    STATIC_FOLDER,
    Features,
    StaticTokens,
    save_static,
    split_words,
)

SEED, THREADS = 0, 2
FEATURES, DIM = 36_500, 256
RAREST_WORD, RAREST_OF_TEACHER, RAREST_PAIR, COMMONEST_OF_PAIR = 12, 2, 60, 0.12
EPOCHS, BATCH, RATE, WARM_UP = 4, 1024, 2e-3, 50
TEMPERATURE, ABSTRACT_ALONE, SIF = 0.05, 0.3, 1e-3

STARTED = time.perf_counter()

Array = NDArray[Any]


def count(texts: Sequence[str]) -> tuple[Counter[str], Counter[str]]:
    """In how many texts each word, and each pair of neighbours, is."""
    words: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    for number, text in enumerate(texts, start=1):
        found = split_words(text)
        words.update(set(found))
        pairs.update({f"{first} {second}" for first, second in pairwise(found)})
        if number % 30_000 == 0:
            # Most pairs are seen once; to keep them all takes gigabytes.
            pairs = Counter({pair: times for pair, times in pairs.items() if times > 1})
    return words, pairs


def choose_vocabulary(texts: Sequence[str], teacher: Sequence[str]) -> list[str]:
    """Words of the texts, words and pieces of the teacher, and the pairs that say most beyond their words.

    A pair counts by its pointwise mutual information times the square root of its frequency.
    """
    words, pairs = count(texts)
    known = {entry for entry in teacher if entry.isascii() and entry.isalnum()}
    pieces = {entry for entry in teacher if entry.startswith(CONTINUATION) and entry[2:].isascii()}
    pieces = {entry for entry in pieces if entry[2:].isalnum()}
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    kept = {word for word, times in words.items() if times >= RAREST_WORD and word.isascii()} | {*letters}
    kept |= {word for word in known if words[word] >= RAREST_OF_TEACHER}
    pieces |= {CONTINUATION + letter for letter in letters}
    value = {}
    for pair, times in pairs.items():
        first, second = pair.split(" ")
        known_words = {first, second} <= kept and min(len(first), len(second)) > 1
        common = max(words[first], words[second]) >= COMMONEST_OF_PAIR * len(texts)
        if times >= RAREST_PAIR and known_words and not common:
            information = np.log(times * len(texts) / (words[first] * words[second]))
            value[pair] = float(times**0.5 * max(information, 0))
    single = sorted(kept, key=lambda word: (-words[word], word)) + sorted(pieces)
    return single + sorted(value, key=lambda pair: (-value[pair], pair))[: FEATURES - len(single)]


def teacher_of_entries(model: SentenceTransformer, vocabulary: Sequence[str]) -> Array:
    """The teacher's unit vector of each entry alone, shape (entries, 384)."""
    tokenizer, network = model.tokenizer, model[0].auto_model
    numbers = [
        [tokenizer.convert_tokens_to_ids(entry)]
        if entry.startswith(CONTINUATION)
        else tokenizer(entry, add_special_tokens=False)["input_ids"][:14]
        for entry in vocabulary
    ]
    lengths = np.array([len(row) for row in numbers])
    vectors = np.zeros((len(vocabulary), 384), dtype=np.float32)
    with torch.inference_mode():
        for length in np.unique(lengths):
            same = np.flatnonzero(lengths == length)
            for rows in np.array_split(same, -(-len(same) // 512)):
                ends = [tokenizer.cls_token_id], [tokenizer.sep_token_id]
                tokens = torch.tensor([[*ends[0], *numbers[row], *ends[1]] for row in rows])
                states = network(input_ids=tokens, attention_mask=torch.ones_like(tokens)).last_hidden_state
                vectors[rows] = states.mean(dim=1).numpy()
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


class Bags:
    """The features of many texts, given out by rows."""

    def __init__(self, tokens: StaticTokens, texts: Sequence[str]) -> None:
        parts: list[Features] = [
            tokens.features(texts[start : start + 1000]) for start in range(0, len(texts), 1000)
        ]
        self.numbers = np.concatenate([numbers.astype(np.int32) for numbers, _, _ in parts])
        self.weights = np.concatenate([weights for _, _, weights in parts])
        lengths = np.concatenate([np.diff(starts) for _, starts, _ in parts])
        self._starts = np.concatenate([[0], np.cumsum(lengths)])

    def __call__(self, rows: Array) -> tuple[Tensor, Tensor, Tensor]:
        """Numbers, offsets and weights as `embedding_bag` takes them."""
        lengths = self._starts[rows + 1] - self._starts[rows]
        offsets = np.cumsum(lengths) - lengths
        places = np.arange(lengths.sum()) - np.repeat(offsets - self._starts[rows], lengths)
        numbers = self.numbers[places].astype(np.int64)
        return torch.from_numpy(numbers), torch.from_numpy(offsets), torch.from_numpy(self.weights[places])


def first_rows(entries: Array, frequency: Array, directions: Array) -> Array:
    """Where training starts: the teacher's vectors of the entries, centred, the common ones short (SIF)."""
    centred = entries - entries[frequency > 50].mean(axis=0)
    return centred @ directions * (SIF / (SIF + frequency / frequency.sum()))[:, None]


def vectors_of(bag: tuple[Tensor, Tensor, Tensor], rows: Tensor, bias: Tensor) -> Tensor:
    """The encoder as it will be, for training."""
    numbers, offsets, weights = bag
    sums = functional.embedding_bag(numbers, rows, offsets, mode="sum", per_sample_weights=weights)
    return functional.normalize(functional.normalize(sums) + bias)


def loss_of(papers: Tensor, titles: Tensor, target: Tensor) -> Tensor:
    """To be where the teacher is, to have its neighbours, and to find a paper by its title.

    The neighbours as in relational distillation (Park et al., 2019), the titles as in InfoNCE
    (van den Oord et al., 2018) with the rest of the batch as negatives.
    """
    itself = torch.eye(len(papers), dtype=torch.bool)
    theirs = (target @ target.T / TEMPERATURE).masked_fill(itself, -1e4).log_softmax(dim=1)
    ours = (papers @ papers.T / TEMPERATURE).masked_fill(itself, -1e4).log_softmax(dim=1)
    neighbours = (theirs.exp() * (theirs - ours)).sum(dim=1).mean()
    found = functional.cross_entropy(titles @ papers.T / TEMPERATURE, torch.arange(len(papers)))
    place = (1 - (papers * target).sum(dim=1)).mean() + (1 - (titles * target).sum(dim=1)).mean()
    return place + neighbours + found


def fit(start: Array, target: Array, texts: Bags, abstracts: Bags, titles: Bags) -> tuple[Array, Array]:
    """Rows and bias after all epochs of Adam with a cosine schedule."""
    torch.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    rows = torch.nn.Parameter(torch.from_numpy(start.astype(np.float32)))
    bias = torch.nn.Parameter(torch.zeros(start.shape[1]))
    wanted = functional.normalize(torch.from_numpy(target.astype(np.float32)))
    adam = torch.optim.Adam([rows, bias], betas=(0.9, 0.99))
    per_epoch = len(target) // BATCH
    for step in range(EPOCHS * per_epoch):
        if step % per_epoch == 0:
            order = rng.permutation(len(target))
        batch = np.sort(order[step % per_epoch * BATCH :][:BATCH])
        rate = RATE * (0.51 + 0.5 * np.cos(np.pi * step / (EPOCHS * per_epoch)))
        adam.param_groups[0]["lr"] = rate * min(1, (step + 1) / WARM_UP)
        whole = abstracts if rng.random() < ABSTRACT_ALONE else texts
        found = [vectors_of(bags(batch), rows, bias) for bags in (whole, titles)]
        loss = loss_of(found[0], found[1], wanted[batch])
        adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        adam.step()
        if step % 50 == 0:
            say(f"step {step} of {EPOCHS * per_epoch}, loss {loss.item():.3f}")
    return rows.detach().numpy(), bias.detach().numpy()


def best_first(rows: Array, bias: Array, texts: Bags, count: int) -> tuple[Array, Array]:
    """The same cosines, turned so that the first dimensions hold most of the papers' variance (PCA)."""
    sample = np.arange(0, count, 4)
    papers = vectors_of(texts(sample), torch.from_numpy(rows), torch.from_numpy(bias)).numpy()
    turn = np.linalg.eigh(papers.T @ papers)[1][:, ::-1]
    return rows @ turn, (bias @ turn).astype(np.float32)


def say(message: str) -> None:
    """Progress, with the seconds since the start."""
    print(f"{time.perf_counter() - STARTED:7.0f} s  {message}", file=sys.stderr, flush=True)


def main() -> None:
    """Read, choose, train, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder of the shared data")
    parser.add_argument("--out", type=Path, default=STATIC_FOLDER)
    options = parser.parse_args()
    torch.set_num_threads(THREADS)
    torch.use_deterministic_algorithms(True)
    corpus = read_corpus(options.data)
    trained = corpus["id"].str.startswith("arxiv:") & ~corpus["id"].isin(held_out(options.data, corpus))
    target, papers = teacher_vectors(options.data)[trained], corpus[trained]
    model = SentenceTransformer(str(minilm_folder()), device="cpu")
    words = sorted(model.tokenizer.get_vocab())
    vocabulary = choose_vocabulary(text_of(papers), words)
    say(f"{len(papers):,} papers, {len(vocabulary):,} features")
    tokens = StaticTokens(vocabulary)
    texts, abstracts, titles = (
        Bags(tokens, part)
        for part in (text_of(papers), papers["abstract"].tolist(), papers["title"].tolist())
    )
    directions = np.linalg.eigh(target.T @ target)[1][:, ::-1][:, :DIM]
    frequency = np.bincount(texts.numbers, minlength=len(vocabulary)) + 1
    start = first_rows(teacher_of_entries(model, vocabulary), frequency, directions)
    say("the teacher has seen every feature")
    rows, bias = fit(start, target @ directions, texts, abstracts, titles)
    rows, bias = best_first(rows, bias, texts, len(papers))
    save_static(options.out, vocabulary, rows, bias)
    say(f"written to {options.out}")


if __name__ == "__main__":
    main()

"""Fits the weights of recommender/engine/confidence.py, and measures them: scripts/results/confidence.md.

    python scripts/fit_confidence.py ../shared/data --cache /tmp/corpora            # fit, write, measure
    python scripts/fit_confidence.py ../shared/data --cache /tmp/corpora --measure  # measure only

Fitted on the tuning part of the reading lists, measured on the final part: other lists, of other fields, and
over corpora of other sizes, but for the largest, which is measured by a fit without it too. The corpora are
built in the cache folder, and used again.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from confidence_data import ALL, ENCODERS, SEED_COUNTS, ListedPapers, corpora, listed_papers
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from recommender.engine import confidence_weights
from recommender.engine.confidence import circumstances

RESULTS = Path(__file__).parent / "results"
WEIGHTS = Path(confidence_weights.__file__)
NAMES = tuple(circumstances(searched=1000, liked=1, nearest=1.0, random=1.0))
BINS, MOST_ERROR, LEAST_SKILL, LEAST_AUC = 10, 0.08, 0.1, 0.75

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Weights:
    """The weights of the constant and of the slope, in the order of `NAMES`."""

    offset: tuple[float, ...]
    slope: tuple[float, ...]

    @classmethod
    def current(cls) -> Weights:
        """Those of the package."""
        return cls(
            tuple(confidence_weights.OFFSET[name] for name in NAMES),
            tuple(confidence_weights.SLOPE[name] for name in NAMES),
        )

    def confidences(self, answers: Sequence[ListedPapers]) -> Floats:
        """The confidence in each listed paper, one answer after the other."""
        columns = design(answers)
        return 1 / (1 + np.exp(-columns @ np.array([*self.offset, *self.slope])))

    def as_python(self) -> str:
        """The module that holds them."""
        parts = ['"""The weights of `confidence`, as scripts/fit_confidence.py found them."""\n']
        for title, weights in (("OFFSET", self.offset), ("SLOPE", self.slope)):
            lines = [f'    "{name}": {weight:.4f},' for name, weight in zip(NAMES, weights, strict=True)]
            parts.append("\n".join([f"{title} = {{", *lines, "}"]))
        return "\n".join(parts) + "\n"


def design(answers: Sequence[ListedPapers]) -> Floats:
    """A row for each listed paper: the circumstances, and the same times its height."""
    rows = []
    for one in answers:
        each = np.array([one.circumstances[name] for name in NAMES])
        rows.append(np.hstack([np.tile(each, (len(one.own), 1)), np.outer(one.heights, each)]))
    return np.concatenate(rows)


def fit(answers: Sequence[ListedPapers]) -> Weights:
    """By logistic regression; corpora of a size, encoders and kinds of questions all count alike."""
    columns, own = design(answers), np.concatenate([one.own for one in answers])
    kinds = np.array([f"{len(str(one.size))} {one.encoder} {one.seeds}" for one in answers for _ in one.own])
    _, places, counts = np.unique(kinds, return_inverse=True, return_counts=True)
    scale = columns.std(axis=0)
    scale[scale == 0] = 1.0
    model = LogisticRegression(C=1.0, fit_intercept=False, max_iter=5000, tol=1e-8)
    model.fit(columns / scale, own, sample_weight=len(own) / len(counts) / counts[places])
    weights = (model.coef_[0] / scale).round(4).tolist()
    return Weights(tuple(weights[: len(NAMES)]), tuple(weights[len(NAMES) :]))


@dataclass(frozen=True)
class Quality:
    """How good confidences are: the expected calibration error in ten bins of equal width, the Brier skill
    over the base rate, and how well they tell own papers from others.
    """

    count: int
    base: float
    mean: float
    error: float
    skill: float
    auc: float

    @classmethod
    def of(cls, sure: Floats, own: NDArray[np.bool_]) -> Quality:
        """Of these confidences."""
        base = float(own.mean())
        bins = np.minimum((sure * BINS).astype(int), BINS - 1)
        gaps = [abs(float(sure[bins == place].sum() - own[bins == place].sum())) for place in range(BINS)]
        skill = 1 - float(((sure - own) ** 2).mean()) / (base * (1 - base))
        auc = float(roc_auc_score(own, sure))
        return cls(len(own), base, float(sure.mean()), sum(gaps) / len(own), skill, auc)

    @property
    def reached(self) -> bool:
        """Whether all three bars are reached."""
        return self.error <= MOST_ERROR and self.skill >= LEAST_SKILL and self.auc >= LEAST_AUC

    def line(self, name: str) -> str:
        """A line of the table."""
        reached = "yes" if self.reached else "no"
        figures = f"{self.base:.3f} | {self.mean:.3f} | {self.error:.3f} | {self.skill:.3f} | {self.auc:.3f}"
        return f"| {name} | {self.count:,} | {figures} | {reached} |"


def gathered(data: Path, cache: Path, part: str, encoders: Sequence[str]) -> list[ListedPapers]:
    """All answers of a part."""
    found: list[ListedPapers] = []
    for encoder in encoders:
        for plan, corpus in corpora(data, cache, part, encoder):
            found += listed_papers(plan, corpus, encoder)
            print(f"{encoder}: {plan.name}, {len(found):,} answers so far", flush=True)
    return found


def kind_of(one: ListedPapers) -> str:
    """What a corpus is one of."""
    if one.corpus == ALL:
        return "all"
    return "one field's 400" if one.corpus.count("-") > 1 else f"{one.size:,}"


def quality(weights: Weights, answers: Sequence[ListedPapers]) -> Quality:
    """Over all papers of these answers."""
    return Quality.of(weights.confidences(answers), np.concatenate([one.own for one in answers]))


def report(weights: Weights, without: Weights | None, answers: Sequence[ListedPapers]) -> Iterator[str]:
    """The lines of the file."""
    yield "# Confidence, on the final part of the reading lists\n"
    yield (
        "Of the first 20 papers of an answer those count that people listed; what a list does not hold is "
        f"only unlisted. Reached: calibration error <= {MOST_ERROR}, Brier skill >= {LEAST_SKILL}, "
        f"AUC >= {LEAST_AUC}.\n"
    )
    yield "| encoder, corpus, question | papers | listed | confidence | error | skill | AUC | reached |"
    yield "|---|---|---|---|---|---|---|---|"
    kinds = list(dict.fromkeys(map(kind_of, answers)))
    for encoder in dict.fromkeys(one.encoder for one in answers):
        for kind in kinds:
            some = [one for one in answers if one.encoder == encoder and kind_of(one) == kind]
            for seeds in (*SEED_COUNTS, 0):
                these = [one for one in some if one.seeds == seeds]
                question = f"{seeds} seed{'s' * (seeds > 1)}" if seeds else "text"
                if these:
                    yield quality(weights, these).line(f"{encoder}, {kind}, {question}")
            seeded = [one for one in some if one.seeds]
            yield quality(weights, seeded).line(f"{encoder}, {kind}, **all seeds**")
    yield "\n## All encoders\n"
    yield "| corpus, question | papers | listed | confidence | error | skill | AUC | reached |"
    yield "|---|---|---|---|---|---|---|---|"
    for kind in kinds:
        for question, texts in (("seeds", False), ("text", True)):
            these = [one for one in answers if kind_of(one) == kind and (one.seeds == 0) == texts]
            yield quality(weights, these).line(f"{kind}, {question}")
            if kind == "all" and without is not None:
                yield quality(without, these).line(f"{kind}, {question}, fitted on smaller corpora alone")
    yield "\n## Reliability\n"
    yield "Of the papers with a confidence in a range, the share that people listed.\n"
    yield "| confidence | " + " | ".join(f"{kind}: papers | confidence | listed" for kind in kinds) + " |"
    yield "|---" * (1 + 3 * len(kinds)) + "|"
    for place in range(BINS):
        cells = []
        for kind in kinds:
            these = [one for one in answers if kind_of(one) == kind]
            sure, own = weights.confidences(these), np.concatenate([one.own for one in these])
            held = np.minimum((sure * BINS).astype(int), BINS - 1) == place
            told = f"{sure[held].mean():.2f} | {own[held].mean():.2f}" if held.any() else " | "
            cells.append(f"{held.sum():,} | {told}")
        yield f"| {place / BINS:.1f} to {(place + 1) / BINS:.1f} | {' | '.join(cells)} |"
    yield "\n## The tenth paper\n"
    yield "| corpus | answers | confidence of the tenth paper | listed |"
    yield "|---|---|---|---|"
    for kind in kinds:
        these = [one for one in answers if kind_of(one) == kind and one.seeds and len(one.own) > 9]
        ends = np.cumsum([len(one.own) for one in these])
        tenth = weights.confidences(these)[np.array([0, *ends[:-1]]) + 9]
        listed = np.mean([one.own[9] for one in these])
        yield f"| {kind} | {len(these):,} | {tenth.mean():.2f} | {listed:.2f} |"


def main() -> None:
    """Fit, write the weights, measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("data", type=Path, help="the folder of the shared data")
    parser.add_argument("--cache", type=Path, required=True, help="where the corpora are kept")
    parser.add_argument("--encoders", nargs="+", default=list(ENCODERS))
    parser.add_argument("--measure", action="store_true", help="leave the weights as they are")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    weights, without = Weights.current(), None
    if not options.measure:
        tuning = gathered(options.data, options.cache, "tune", options.encoders)
        weights, without = fit(tuning), fit([one for one in tuning if one.corpus != ALL])
        WEIGHTS.write_text(weights.as_python(), encoding="utf-8")
    final = gathered(options.data, options.cache, "final", options.encoders)
    text = "\n".join(report(weights, without, final)) + "\n"
    print(text)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "confidence.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()

"""The bars that the product is held to, each measured, with reached yes or no."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from evaluation_tables import Bar, Table
from judged_sets import Asked, Mixture

from recommender import Corpus, Profile, Recommender
from recommender.evaluation import System, bootstrap_interval
from recommender.identifiers import canonical
from recommender.scoring import STRATEGIES

__all__ = ["bars_of", "default_over_sets", "diversity_cost", "share_error", "small_interest"]

MEASURE = "nDCG@10"


def bars_of(table: Table, baselines: Sequence[str], encoder: str) -> list[Bar]:
    """The default against each baseline: a tenth better, and the paired interval clear of zero."""
    default = next(iter(table.rows.values()))[MEASURE].mean
    bars = []
    for name in baselines:
        figure = table.rows[name][MEASURE]
        gain = default / figure.mean - 1
        low, high = -figure.difference_high, -figure.difference_low
        measured = f"{default:.4f} against {figure.mean:.4f}: {gain:+.1%} ({low:+.4f} to {high:+.4f})"
        asked = ">= 10% more nDCG@10, interval clear of 0"
        bars.append(Bar(f"{encoder}: default against {name}", asked, measured, gain >= 0.1 and low > 0))
    return bars


OVER_SETS, WORST = "nDCG@20", 0.02


def default_over_sets(tables: Sequence[Table]) -> list[Bar]:
    """By encoder: over the sets the default has the highest mean of nDCG@20 relative to a set's best,
    and in no set it is more than 2% below the best. Systems are compared that differ in the strategy alone.
    """
    bars = []
    for encoder in dict.fromkeys(table.name.rpartition(", ")[2] for table in tables):
        of_encoder = [table for table in tables if table.name.endswith(f", {encoder}")]
        figures: dict[str, list[float]] = {}
        for table in of_encoder:
            default = next(iter(table.rows))
            level = default.split()[2]
            rows = {
                label: found
                for label, found in table.rows.items()
                if same_but_strategy(label, level, encoder)
            }
            best = max(found[OVER_SETS].mean for found in rows.values())
            for label, found in rows.items():
                figures.setdefault(label, []).append(found[OVER_SETS].mean / best)
        whole = {label: found for label, found in figures.items() if len(found) == len(of_encoder)}
        means = {label: float(np.mean(found)) for label, found in whole.items()}
        default = next(iter(of_encoder[0].rows))
        second = max((mean for label, mean in means.items() if label != default), default=0.0)
        least, sets = min(whole[default]), f"{len(of_encoder)} sets"
        bars += [
            Bar(
                f"{encoder}: default's mean relative {OVER_SETS} over {sets}",
                "the highest of all strategies",
                f"{means[default]:.3f}, the next {second:.3f}",
                means[default] >= second,
            ),
            Bar(
                f"{encoder}: default's {OVER_SETS} against the best of a set, where that is least",
                f">= {1 - WORST:.0%}",
                f"{least:.1%} ({', '.join(f'{one:.1%}' for one in whole[default])})",
                least >= 1 - WORST,
            ),
        ]
    return bars


def same_but_strategy(label: str, level: str, encoder: str) -> bool:
    """Whether it is that of a system with this diversity and the default rerank."""
    parts = label.split()
    return len(parts) == 3 and parts[0] == encoder and parts[2] == level and parts[1] in STRATEGIES


def diversity_cost(corpus: Corpus, table: Table, encoder: str) -> list[Bar]:
    """The default at diversity 0.3 against the same at 0."""
    varied, plain = (table.rows[System(corpus, diversity=level).label] for level in (0.3, 0.0))
    loss = 1 - varied[MEASURE].mean / plain[MEASURE].mean
    rise = varied["ILD@10"].mean / plain["ILD@10"].mean - 1
    return [
        Bar(f"{encoder}: nDCG@10 lost at diversity 0.3", "< 3%", f"{loss:.1%}", loss < 0.03),
        Bar(f"{encoder}: intra-list distance gained", ">= 10%", f"{rise:+.1%}", rise >= 0.1),
    ]


def small_interest(corpus: Corpus, mixtures: Sequence[Mixture], encoder: str) -> list[Bar]:
    """Recall of the small interest's hidden papers, of what it would have alone with as many places."""
    system = System(corpus)
    bars = []
    for k in (20, 50):
        quota = k // 5
        mixed, alone = [], []
        for mixture in mixtures:
            wanted = set(map(canonical, mixture.wanted))
            both = system.rank(Profile((*mixture.big, *mixture.small)), k=k, rerank_depth=k)
            one = system.rank(Profile(mixture.small), k=quota, rerank_depth=quota)
            for found, into in ((both, mixed), (one, alone)):
                into.append(len(wanted & {canonical(paper) for paper, _ in found}) / len(wanted))
        share = float(np.mean(mixed) / np.mean(alone)) if any(alone) else math.nan
        groups = [mixture.group for mixture in mixtures]
        low, high = bootstrap_interval(np.array(mixed) - np.array(alone), groups=groups)
        told = (
            f"{share:.0%}: {np.mean(mixed):.4f} of {np.mean(alone):.4f}, difference {low:+.4f} to {high:+.4f}"
        )
        name = f"{encoder}: 20% interest's recall in a list of {k}, of that alone with {quota} places"
        bars.append(Bar(f"{name} ({len(mixtures)} mixtures)", ">= 90%", told, share >= 0.9))
    return bars


def share_error(corpus: Corpus, asked: Sequence[Asked], encoder: str) -> list[Bar]:
    """The largest difference of a score and the sum of its explanation's contributions."""
    recommender, worst, count = Recommender(corpus), 0.0, 0
    for query in asked:
        for item in recommender.recommend(Profile(query.liked), k=10):
            why = item.explanation
            if why is None:
                raise ValueError(f"{item.paper.id} has no explanation")
            worst = max(worst, abs(math.fsum(seed.contribution for seed in why.contributions) - item.score))
            count += 1
    told = f"{worst:.1e} at most, {count} recommendations"
    return [
        Bar(f"{encoder}: sum of explanation contributions against the score", "<= 1e-5", told, worst <= 1e-5)
    ]

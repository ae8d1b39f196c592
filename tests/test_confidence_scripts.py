"""The fit of confidences finds planted weights, and what measures them counts as defined."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss

from recommender.engine.confidence import circumstances
from recommender.engine.confidence_weights import OFFSET, SLOPE

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

from confidence_data import ListedPapers, batches, text_of
from days_in_order import DatedReader, Day, earlier, net, served
from fit_confidence import NAMES, Quality, Weights, fit

RNG = np.random.default_rng(5)


def answer(weights: Weights, searched: int, liked: int) -> ListedPapers:
    """Twenty papers that are own as often as the weights say."""
    of = circumstances(
        searched=searched, liked=liked, nearest=float(RNG.uniform(1, 7)), random=float(RNG.uniform(0, 4))
    )
    heights = np.sort(RNG.uniform(0, 10, 20))[::-1]
    x = np.array([of[name] for name in NAMES])
    odds = x @ weights.offset + heights * (x @ weights.slope)
    own = RNG.random(20) < 1 / (1 + np.exp(-odds))
    return ListedPapers("all", "static", searched, "a", "s", liked, of, heights, own)


PLANTED = Weights((-1.0, 0.3, 0.2, -0.25, 0.0, -0.1, 0.0, 0.0), (0.5, -0.1, 0.05, 0.0, 0.0, 0.0, 0.2, 0.0))


def test_the_fit_finds_the_confidences_that_lists_were_made_with():
    made = [answer(PLANTED, n, s) for _ in range(150) for n in (400, 20_000, 146_289) for s in (0, 1, 5, 10)]
    found = fit(made)
    gaps = np.abs(found.confidences(made) - PLANTED.confidences(made))
    assert gaps.mean() < 0.02
    own = np.concatenate([one.own for one in made])
    quality = Quality.of(found.confidences(made), own)
    assert quality.error < 0.02
    assert fit(made) == found, "the same answers, the same weights"


def test_quality_is_as_defined():
    sure, own = RNG.random(500), RNG.random(500) < 0.3
    found = Quality.of(sure, own)
    error = 0.0
    for place in range(10):
        held = (sure >= place / 10) & (sure < (place + 1) / 10)
        if held.any():
            error += held.mean() * abs(sure[held].mean() - own[held].mean())
    assert found.error == pytest.approx(error)
    base = np.full(500, own.mean())
    assert found.skill == pytest.approx(1 - brier_score_loss(own, sure) / brier_score_loss(own, base))
    pairs = [(a > b) + (a == b) / 2 for a in sure[own] for b in sure[~own]]
    assert found.auc == pytest.approx(np.mean(pairs))


def test_a_constant_tells_nothing_apart():
    own = np.arange(100) < 20
    found = Quality.of(np.full(100, 0.2), own)
    assert (found.error, found.auc) == pytest.approx((0, 0.5))
    assert not found.reached


def test_the_package_has_what_the_script_writes(tmp_path):
    written: dict[str, dict[str, float]] = {}
    exec(Weights.current().as_python(), written)
    assert written["OFFSET"] == OFFSET
    assert written["SLOPE"] == SLOPE


def test_lists_are_put_together_up_to_a_size():
    topics = [{"ids": [""] * n} for n in (3, 4, 5, 20, 1)]
    assert [[len(one["ids"]) for one in few] for few in batches(topics, 8)] == [[3, 4], [5, 1]]
    assert text_of({"topic": "Lists / A > Model Compression > Pruning"}) == "Model Compression Pruning"


# Days in order


def test_net_is_useful_less_twice_useless_and_silence_is_nothing():
    reader = DatedReader("r", "list", (), "2026-01-01", "2026-01-02")
    days = [
        Day(reader, np.array([0.9, 0.6, 0.2]), np.array([True, False, True]), 2),
        Day(reader, np.array([0.3]), np.array([False]), 0),
    ]
    assert net(days, 0.0) == pytest.approx(((2 - 2 * 2) / 2, 2.0, 0.5, 1.0))
    assert net(days, 0.5) == pytest.approx(((1 - 2) / 2, 1.0, 0.5, 0.5))
    assert net(days, 0.7) == pytest.approx((0.5, 0.5, 1.0, 0.5))
    assert net(days, 0.95)[:2] == (0.0, 0.0)


def test_likes_are_what_was_known_before_the_day():
    papers = (("a", "2026-01-01"), ("b", "2026-02-01"), ("c", "2026-02-01"), ("d", "2026-03-01"))
    reader = DatedReader("r", "author", papers, earlier("2026-03-01"), "2026-03-01")
    assert reader.first == "2026-01-01"
    assert reader.before("2026-02-01") == ("a",)
    assert reader.before("2026-03-01") == ("a", "b", "c")
    assert reader.on("2026-02-01") == {"b", "c"}
    assert served([reader]) == []

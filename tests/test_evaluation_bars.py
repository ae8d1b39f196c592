"""The bars of the evaluation, on tables of known figures."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def bars(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import evaluation_bars

    yield evaluation_bars
    for name in ("evaluation_bars", "evaluation_tables", "judged_sets"):
        sys.modules.pop(name, None)


def table(name, **figures):
    """The default first; each strategy's nDCG@20."""
    rows = {
        label.replace("_", " "): {"nDCG@20": SimpleNamespace(mean=value)} for label, value in figures.items()
    }
    return SimpleNamespace(name=name, rows=rows)


def one(name, default, mean, other=0.9):
    encoder = name.split()[-1]
    return table(
        name,
        **{
            f"{encoder}_interests_0.2": default,
            f"{encoder}_mean_0.2": mean,
            f"{encoder}_mean_0.5": other,  # another diversity is no other strategy
            "TF-IDF_mean_(scikit-learn)": other,
        },
    )


def test_the_default_is_held_against_the_best_of_each_set(bars):
    tables = [one("lists, minilm", 0.2, 0.1), one("libraries, minilm", 0.198, 0.2)]
    whole, worst = bars.default_over_sets(tables)
    assert whole.reached
    assert whole.measured == f"{(1 + 0.99) / 2:.3f}, the next {(0.5 + 1) / 2:.3f}"
    assert worst.reached
    assert worst.measured == "99.0% (100.0%, 99.0%)"


def test_a_set_where_another_strategy_wins_by_more_than_two_percent_is_no_win(bars):
    tables = [one("lists, static", 0.2, 0.1), one("libraries, static", 0.19, 0.2)]
    whole, worst = bars.default_over_sets(tables)
    assert (whole.reached, worst.reached) == (True, False)
    lost = [one("lists, static", 0.2, 0.2), one("libraries, static", 0.19, 0.2)]
    assert not bars.default_over_sets(lost)[0].reached


def test_each_encoder_has_bars_of_its_own(bars):
    found = bars.default_over_sets([one("lists, minilm", 0.2, 0.1), one("lists, static", 0.1, 0.2)])
    assert [bar.name.split(":")[0] for bar in found] == ["minilm", "minilm", "static", "static"]
    assert [bar.reached for bar in found] == [True, True, False, False]

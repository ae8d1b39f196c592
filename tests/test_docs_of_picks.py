"""What docs/trending.md says of what is picked is what the script measured."""

import re
from pathlib import Path

from recommender.engine import picks

ROOT = Path(__file__).parents[1]
SECTION = re.search(
    r"^## Like what was picked lately\n(.*?)(?=^## )",
    (ROOT / "docs" / "trending.md").read_text("utf-8"),
    re.M | re.S,
)
RESULTS = (ROOT / "scripts" / "results" / "what_is_picked.md").read_text("utf-8")
NUMBER = re.compile(r"(?<![\d.])[+-]?0\.\d{2,}")


def rows(text):
    return [line for line in text.splitlines() if line.startswith("| ") and NUMBER.search(line)]


def test_the_table_is_that_of_the_results():
    assert SECTION is not None
    shown = rows(SECTION[1])
    assert len(shown) >= 8
    assert [line for line in shown if line not in RESULTS.splitlines()] == []


def test_every_figure_in_the_text_is_one_of_the_results():
    assert SECTION is not None
    figures = set(NUMBER.findall(SECTION[1]))
    assert len(figures) > 10
    assert figures <= set(NUMBER.findall(RESULTS))


def test_what_the_product_does_is_surely_better_than_the_simple_logistic_regression():
    """Its interval excludes 0, and its half-life is the one that was chosen."""
    assert picks._HALF_LIFE == 45
    product = next(
        line
        for line in rows(RESULTS)
        if line.startswith("| logistic, vectors, words, authors; half-life 45 days |")
    )
    low, high = map(float, re.findall(r"\(([+-]\d\.\d+) to ([+-]\d\.\d+)\)", product)[0])
    assert 0 < low < high

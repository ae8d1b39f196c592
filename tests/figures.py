"""Shown text against what is shown anew: words alike, figures as near as processors agree."""

import re

import pytest

FIGURE = re.compile(r"(?<!\d)\d\.\d+")


def assert_shows(now, was, message=""):
    """The same text but for .01 in its figures: processors differ in the last digits of a cosine."""
    assert FIGURE.split(now) == FIGURE.split(was), message
    found, wanted = ([float(figure) for figure in FIGURE.findall(text)] for text in (now, was))
    assert found == pytest.approx(wanted, abs=0.01), message

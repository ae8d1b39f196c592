"""The examples in the docstrings of public names are right."""

import doctest
import importlib.util
from pathlib import Path

import pytest

FILE = Path(__file__).parents[1] / "scripts" / "check_docstrings.py"
SPEC = importlib.util.spec_from_file_location("check_docstrings", FILE)
check_docstrings = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(check_docstrings)

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def examples(name):
    """The doctests of one public name, without those of its members, which are public names themselves."""
    thing, _ = check_docstrings._thing(name)
    text = getattr(getattr(thing, "__func__", thing), "__doc__", "") or ""
    return doctest.DocTestParser().get_doctest(text, {}, name, None, 0)


NAMES = [name for name in check_docstrings.public_names() if examples(name).examples]


@pytest.mark.parametrize("name", NAMES)
def test_the_example_is_right(name, tmp_path, monkeypatch):
    if name.startswith("recommender.plots."):
        pytest.importorskip("altair")
    monkeypatch.chdir(tmp_path)
    said = []
    result = doctest.DocTestRunner(optionflags=FLAGS).run(examples(name), out=said.append)
    assert result.failed == 0, "".join(said)


def test_what_is_unconverted_is_public():
    public = check_docstrings.public_names()
    for one in check_docstrings.UNCONVERTED:
        assert one in check_docstrings.PACKAGES or one in public, one

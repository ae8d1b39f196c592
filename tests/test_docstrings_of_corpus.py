"""The examples in the docstrings of Corpus are run, each alone, in an empty folder."""

import doctest

import pytest

from recommender import Corpus
from recommender.corpus.readable import ReadableCorpus
from recommender.corpus.writable import WritableCorpus

EXAMPLES = [
    test
    for thing in (Corpus, WritableCorpus, ReadableCorpus)
    for test in doctest.DocTestFinder().find(thing, thing.__name__, globs={"Corpus": Corpus})
    if test.examples
]


def test_there_are_examples():
    assert len(EXAMPLES) >= 12


@pytest.mark.parametrize("test", EXAMPLES, ids=lambda test: test.name)
def test_an_example_gives_what_it_says(test, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = []
    failed, _ = doctest.DocTestRunner().run(test, out=said.append)
    assert not failed, "".join(said)

"""One number for what a corpus holds."""

import shutil

import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus
from recommender.corpus import content_hash


def test_a_copy_has_the_same_and_a_change_another(corpus, tmp_path):
    before = content_hash(corpus.snapshot)
    assert len(before) == 64
    corpus.close()
    shutil.copytree(corpus.path, tmp_path / "copy")
    with Corpus.open(tmp_path / "copy", encoder=FakeEncoder()) as copy:
        assert content_hash(copy.snapshot) == before
        copy.add(make_papers(1, start=60))
        added = content_hash(copy.snapshot)
        copy.remove([make_papers(1, start=60)[0].id])
        removed = content_hash(copy.snapshot)
    assert len({before, added, removed}) == 3


def test_where_papers_came_from_does_not_count(papers, tmp_path):
    source = tmp_path / "papers.jsonl"
    source.write_text("".join(f"{paper.to_json()}\n" for paper in papers))
    found = set()
    for name, origin in (("a", papers), ("b", source)):
        with Corpus.build(origin, tmp_path / name, encoder=FakeEncoder()) as built:
            found.add(content_hash(built.snapshot))
    assert len(found) == 1


@pytest.mark.parametrize("change", [{"name": "other"}, {"salt": "x"}])
def test_the_encoder_counts(papers, tmp_path, change):
    found = set()
    for name, options in (("a", {}), ("b", change)):
        with Corpus.build(papers, tmp_path / name, encoder=FakeEncoder(**options)) as built:
            found.add(content_hash(built.snapshot))
    assert len(found) == 2

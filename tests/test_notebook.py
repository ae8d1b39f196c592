"""What the notebooks are about: the sample, or what the environment names."""

import json

import pytest
from conftest import make_papers

from recommender import Corpus, Paper
from recommender.errors import NotACorpus, ProfileError
from recommender.notebook import corpus_and_readers


@pytest.fixture(autouse=True)
def named(monkeypatch):
    """Name a corpus and a file of readers; by itself neither is named."""
    for variable in ("RECOMMENDER_CORPUS", "RECOMMENDER_PROFILES"):
        monkeypatch.delenv(variable, raising=False)

    def name(folder=None, file=None):
        for variable, value in (("RECOMMENDER_CORPUS", folder), ("RECOMMENDER_PROFILES", file)):
            if value is not None:
                monkeypatch.setenv(variable, str(value))

    return name


def built(tmp_path, papers, fake):
    with Corpus.build(papers, tmp_path / "own", encoder=fake) as corpus:
        return corpus.path


def test_by_itself_it_is_the_sample_and_its_readers():
    corpus, readers = corpus_and_readers()
    assert len(corpus) == 232
    assert [reader.name for reader in readers][:2] == ["Amara", "Henrik"]
    _, others = corpus_and_readers("Mei")
    assert [reader.name for reader in others] == [
        "Mei",
        *(reader.name for reader in readers if reader.name != "Mei"),
    ]


def test_of_another_corpus_those_readers_who_like_something_in_it(tmp_path, fake, named, sample):
    named(built(tmp_path, [sample["2304.08485"], *make_papers(3)], fake))
    corpus, readers = corpus_and_readers()
    assert len(corpus) == 4
    assert readers
    assert all(any(name in corpus for name in reader.liked) for reader in readers)
    assert len(readers) < 8


def test_where_they_know_nothing_somebody_stands_for_them(tmp_path, fake, named):
    papers = make_papers(6)
    named(built(tmp_path, papers, fake))
    _, (reader,) = corpus_and_readers("Mei")
    assert reader.name == "somebody"
    assert list(reader.liked) == [paper.id for paper in papers[:4]]


def test_named_readers_are_all_taken_and_those_without_a_name_get_one(tmp_path, fake, named):
    file = tmp_path / "readers.jsonl"
    lines = [{"liked": ["nobody knows"]}, {"liked": ["x"], "name": "Ann"}, {"interests": ["owls"]}]
    file.write_text("\n".join(map(json.dumps, lines)))
    named(built(tmp_path, [Paper(title="Owls")], fake), file)
    _, readers = corpus_and_readers("Ann")
    assert [reader.name for reader in readers] == ["Ann", "reader 1", "reader 3"]


def test_a_corpus_that_is_not_there_is_said(tmp_path, named):
    named(tmp_path / "nowhere")
    with pytest.raises(NotACorpus, match="nowhere"):
        corpus_and_readers()


def test_a_file_that_is_not_there_is_said(tmp_path, named):
    named(file=tmp_path / "none.jsonl")
    with pytest.raises(ProfileError, match=r"none\.jsonl: cannot be read \(No such file"):
        corpus_and_readers()

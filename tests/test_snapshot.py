"""One state of a corpus is opened whole, while others may write."""

import pytest

from recommender import Corpus
from recommender.corpus import snapshot
from recommender.errors import CorpusChanged, CorpusDamaged


def test_a_file_that_one_state_after_the_other_names_and_that_is_not_there_is_missing(corpus, monkeypatch):
    names = []

    def gone(folder, segment, *_):
        names.append(segment.file)
        raise FileNotFoundError(2, "No such file or directory", str(folder / segment.file))

    monkeypatch.setattr("recommender.corpus.snapshot.open_vectors", gone)
    with pytest.raises(CorpusDamaged, match=r"vectors-.*: the vector file is missing"):
        Corpus.open(corpus.path)
    assert len(names) == 2


@pytest.mark.parametrize(("changes", "opened"), [(9, True), (99, False)])
def test_one_that_another_state_names_each_time_is_not(corpus, monkeypatch, changes, opened):
    load, names = snapshot.open_vectors, []

    def gone(folder, *arguments):
        if len(names) < changes:
            names.append(f"vectors-{len(names)}")
            raise FileNotFoundError(2, "No such file or directory", names[-1])
        return load(folder, *arguments)

    monkeypatch.setattr(snapshot, "open_vectors", gone)
    if opened:
        assert len(Corpus.open(corpus.path)) == 60
    else:
        with pytest.raises(CorpusChanged, match="changed faster than it can be opened"):
            Corpus.open(corpus.path)


def test_an_index_file_that_is_not_there_twice_is_told_and_search_is_exact(corpus, papers):
    corpus.compact(index="hnsw", recall=0.5)
    (index,) = corpus.path.glob("index-*")
    corpus.close()
    index.unlink()
    with Corpus.open(corpus.path) as opened:
        assert opened.info().index_problem.endswith(f"{index.name}: the file is missing")
        assert opened.info().index == "exact"

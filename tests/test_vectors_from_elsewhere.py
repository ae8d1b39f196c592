"""Vectors made elsewhere: matched with their papers, compared with their encoder, or taken unverified."""

import dataclasses
import json
import zipfile

import numpy as np
import pytest
from conftest import FakeEncoder, kept, make_papers

from recommender import Corpus, Paper, Recommender
from recommender.cli import main
from recommender.corpus.text_encoding import sample_rows
from recommender.encoders import ENCODERS
from recommender.errors import EncoderMismatch, EncoderUnknown, RecommenderError, SourceError


@pytest.fixture
def rows(papers):
    return FakeEncoder().encode([paper.text for paper in papers])


@pytest.fixture
def unknown(monkeypatch):
    """No encoder but the built-in ones can be had."""

    def nowhere(name):
        raise EncoderUnknown(f"{name!r} is no known encoder")

    monkeypatch.setattr("recommender.encoders.download", nowhere)


def stored(corpus):
    return corpus.snapshot.vectors(corpus.snapshot.rows())


def write_papers(path, papers):
    path.write_text("".join(paper.to_json() + "\n" for paper in papers))
    return path


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("length", [1, 7.5])
def test_an_array_of_any_float_and_length_is_taken_as_the_encoders(tmp_path, papers, rows, dtype, length):
    fake = FakeEncoder()
    given = (rows * length).astype(dtype)
    corpus = Corpus.build(papers, tmp_path / "c", vectors=given, encoder=fake)
    assert corpus.info().fingerprint == fake.fingerprint
    assert (corpus.report.given, corpus.report.encoded) == (60, 0)
    np.testing.assert_allclose(stored(corpus), rows, atol=2e-3)
    if dtype == np.float64:
        np.testing.assert_array_equal(stored(corpus), kept(rows))
    assert len(fake.encoded) <= 33  # the sample, and one text to see whether it works at all
    corpus.add(make_papers(5, start=60))  # by the encoder itself
    assert (len(corpus), corpus.verify()) == (65, [])


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("scaled", [True, False])
def test_int8_with_and_without_scale(tmp_path, papers, rows, save, scaled):
    scale = np.abs(rows).max(axis=1) / 127
    codes = np.rint(rows / scale[:, None]).astype(np.int8)
    save(tmp_path / "v.npz", vectors=codes, **({"scale": scale} if scaled else {}))
    corpus = Corpus.build(papers, tmp_path / "c", vectors=tmp_path / "v.npz", encoder=FakeEncoder())
    assert np.einsum("ij,ij->i", stored(corpus), rows).min() > 0.9999
    assert corpus.verify() == []


def test_an_npy_file_and_a_fortran_array(tmp_path, papers, rows):
    np.save(tmp_path / "v.npy", np.asfortranarray(rows))
    corpus = Corpus.build(papers, tmp_path / "c", vectors=tmp_path / "v.npy", encoder=FakeEncoder())
    np.testing.assert_array_equal(stored(corpus), kept(rows))


def mixed_source(tmp_path):
    """Six records of which two are no papers and one comes twice."""
    records = [
        {"id": "a", "title": "First words of a long story"},
        {"id": "x", "title": ""},
        {"id": "b", "title": "Other words"},
        {"id": "a", "title": "First words of a very long story"},
        {"id": "y", "title": " "},
        {"id": "c", "title": "Last of all"},
    ]
    path = tmp_path / "papers.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path, FakeEncoder().encode([record["title"] for record in records])


@pytest.mark.parametrize("by_record", [True, False])
def test_rows_that_were_skipped_may_have_a_vector_or_none_and_the_last_duplicate_wins(tmp_path, by_record):
    path, every = mixed_source(tmp_path)
    given = every if by_record else every[[0, 2, 3, 5]]
    corpus = Corpus.build(path, tmp_path / "c", vectors=given, encoder=FakeEncoder())
    assert [paper.title for paper in corpus] == [
        "First words of a very long story",
        "Other words",
        "Last of all",
    ]
    np.testing.assert_array_equal(stored(corpus), kept(every[[3, 2, 5]]))


@pytest.mark.parametrize("count", [3, 5, 7])
def test_another_number_of_rows_is_refused_with_both_numbers(tmp_path, count):
    path, every = mixed_source(tmp_path)
    given = np.concatenate([every, every])[:count]
    with pytest.raises(SourceError, match=rf"{count} vectors for 4 papers read, or 6 with those"):
        Corpus.build(path, tmp_path / "c", vectors=given, encoder=FakeEncoder())
    assert not (tmp_path / "c").exists()


def test_with_a_limit_the_vectors_may_go_on_unless_a_row_was_skipped(tmp_path, papers, rows):
    corpus = Corpus.build(papers, tmp_path / "c", vectors=rows, encoder=FakeEncoder(), limit=20)
    np.testing.assert_array_equal(stored(corpus), kept(rows[:20]))
    path, every = mixed_source(tmp_path)
    with pytest.raises(SourceError, match="6 vectors for 3 papers read, or 4 with"):
        Corpus.build(path, tmp_path / "d", vectors=every, encoder=FakeEncoder(), limit=3)


def wrong_vectors(papers, rows):
    titles = FakeEncoder().encode([paper.title for paper in papers])
    return {
        "another model": FakeEncoder(salt="other").encode([paper.text for paper in papers]),
        "titles alone": titles,
        "shuffled": np.random.default_rng(0).permutation(rows),
        "shifted by one from the middle on": np.concatenate([rows[:30], rows[31:], rows[:1]]),
    }


@pytest.mark.parametrize(
    "what", ["another model", "titles alone", "shuffled", "shifted by one from the middle on"]
)
def test_vectors_that_are_not_the_encoders_are_refused_with_what_was_measured(tmp_path, papers, rows, what):
    with pytest.raises(EncoderMismatch, match=r"over 32 of them .* mean of -?\d\.\d+ .* mean of 0\.99"):
        Corpus.build(papers, tmp_path / "c", vectors=wrong_vectors(papers, rows)[what], encoder=FakeEncoder())
    assert not (tmp_path / "c").exists()


def test_vectors_of_other_dimensions_are_refused(tmp_path, papers, rows):
    with pytest.raises(EncoderMismatch, match="47 dimensions, but 'fake' makes them of 48"):
        Corpus.build(papers, tmp_path / "c", vectors=rows[:, :47], encoder=FakeEncoder())


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e-200])
def test_a_row_that_cannot_be_of_length_1_is_named(tmp_path, papers, rows, value):
    rows = rows.astype(np.float64)
    rows[41] = value
    with pytest.raises(SourceError, match="row 42 has length"):
        Corpus.build(papers, tmp_path / "c", vectors=rows, encoder=FakeEncoder())
    assert not (tmp_path / "c").exists()


def test_files_that_hold_no_vectors_are_one_clear_line(tmp_path, papers, rows):
    np.save(tmp_path / "objects.npy", np.array([{}, []], dtype=object), allow_pickle=True)
    np.save(tmp_path / "flat.npy", rows[0])
    np.save(tmp_path / "whole.npy", np.ones((60, 48), np.int64))
    np.save(tmp_path / "empty.npy", np.ones((0, 48), np.float32))
    np.savez(tmp_path / "names.npz", embeddings=rows)
    np.savez(tmp_path / "scale.npz", vectors=rows, scale=np.ones(59))
    np.savez(tmp_path / "objects.npz", vectors=np.array([{}], dtype=object))
    (tmp_path / "text.npy").write_text("0.1 0.2")
    np.savez(tmp_path / "good.npz", vectors=rows)
    (tmp_path / "cut.npz").write_bytes((tmp_path / "good.npz").read_bytes()[:3000])
    np.save(tmp_path / "good.npy", rows)
    (tmp_path / "cut.npy").write_bytes((tmp_path / "good.npy").read_bytes()[:3000])
    with zipfile.ZipFile(tmp_path / "more.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("vectors.npy", (tmp_path / "good.npy").read_bytes() + bytes(1 << 22))
    bad = sorted({path.name for path in tmp_path.glob("*.np?")} - {"good.npz", "good.npy"} | {"missing.npy"})
    assert len(bad) == 12
    for name in bad:
        with pytest.raises(SourceError) as caught:
            Corpus.build(papers, tmp_path / "c", vectors=tmp_path / name, encoder=FakeEncoder())
        assert name in str(caught.value)
        assert "\n" not in str(caught.value)
        assert "pickle" not in str(caught.value)
        assert not (tmp_path / "c").exists()


@pytest.mark.usefixtures("unknown")
def test_without_the_encoder_stored_papers_answer_and_free_text_says_why_not(tmp_path, papers, rows):
    corpus = Corpus.build(papers, tmp_path / "c", vectors=rows, encoder="specter2")
    assert (corpus.info().encoder, corpus.info().verified) == ("specter2", False)
    assert corpus.verify() == []
    corpus = Corpus.open(tmp_path / "c")
    assert len(Recommender(corpus).more_like(papers[0].id)) == 10
    for ask in (lambda: Recommender(corpus).search("robots"), lambda: corpus.add(make_papers(2, start=70))):
        with pytest.raises(EncoderUnknown, match=r"given vectors of 'specter2', an encoder that is not at"):
            ask()
    more = make_papers(4, start=60)
    report = corpus.add(more, vectors=FakeEncoder().encode([paper.text for paper in more]))
    assert (report.given, len(corpus), corpus.verify()) == (4, 64, [])
    with pytest.raises(EncoderMismatch, match="48 dimensions; the given ones have 40"):
        corpus.add(make_papers(1, start=70), vectors=np.ones((1, 40)))
    assert corpus.remove(papers[0].id) == []
    corpus.add([dataclasses.replace(papers[1], venue="A fact needs no vector")])


def test_once_its_encoder_is_there_such_a_corpus_is_compared_and_becomes_its_own(
    tmp_path, papers, rows, unknown, monkeypatch
):
    Corpus.build(papers, tmp_path / "c", vectors=rows, encoder="late")
    late = FakeEncoder("late")
    # `FakeEncoder` makes the same vectors whatever its name.
    monkeypatch.setitem(ENCODERS, "late", lambda folder: late)
    corpus = Corpus.open(tmp_path / "c")
    assert len(Recommender(corpus).search("robots")) == 10
    assert not corpus.info().verified  # reading changes nothing
    corpus.add(make_papers(2, start=60))
    assert corpus.info().fingerprint == late.fingerprint
    assert corpus.verify() == []
    with pytest.raises(EncoderMismatch):
        Corpus.open(tmp_path / "c", encoder=FakeEncoder("late", salt="trained further"))


def test_where_its_weights_are_is_remembered_when_it_becomes_its_own(tmp_path, papers, rows, monkeypatch):
    def far(folder):
        if folder is None:
            raise EncoderUnknown("not here")
        return FakeEncoder("far")

    monkeypatch.setitem(ENCODERS, "far", far)
    given = FakeEncoder("far").encode([paper.text for paper in papers])
    Corpus.build(papers, tmp_path / "c", vectors=given, encoder="far").close()
    with Corpus.open(tmp_path / "c", model_dir=tmp_path) as corpus:
        corpus.add(make_papers(5, start=60))
        assert corpus.snapshot.manifest.verified
        assert Recommender(corpus).search("robot arm")


def test_an_encoder_that_did_not_make_the_given_vectors_is_refused_later(
    tmp_path, papers, rows, unknown, monkeypatch
):
    Corpus.build(papers, tmp_path / "c", vectors=rows, encoder="late")
    monkeypatch.setitem(ENCODERS, "late", lambda folder: FakeEncoder("late", salt="other"))
    corpus = Corpus.open(tmp_path / "c")
    for ask in (lambda: Recommender(corpus).search("robots"), lambda: corpus.add(make_papers(2, start=60))):
        with pytest.raises(EncoderMismatch, match="not the vectors that 'late' gives"):
            ask()
    assert (len(corpus), corpus.verify()) == (60, [])


def test_given_vectors_join_a_corpus_of_the_encoder_only_when_compared(corpus, papers, fake):
    more = make_papers(6, start=60)
    good = fake.encode([paper.text for paper in more])
    assert corpus.add(more, vectors=good).given == 6
    with pytest.raises(EncoderMismatch, match="not the vectors"):
        corpus.add(make_papers(6, start=70), vectors=good)
    reopened = Corpus.open(corpus.path)  # its encoder 'fake' is not to be had by name
    with pytest.raises(RecommenderError, match="'fake' is no known encoder"):
        reopened.add(make_papers(6, start=70), vectors=good)
    assert (len(reopened), reopened.verify()) == (66, [])


def test_a_build_from_given_vectors_that_was_stopped_goes_on_and_is_the_same(tmp_path, monkeypatch):
    papers = make_papers(50)
    rows = FakeEncoder().encode([paper.text for paper in papers])
    monkeypatch.setattr("recommender.corpus.precomputed._BLOCK", 16)
    whole = Corpus.build(papers, tmp_path / "whole", vectors=rows, encoder=FakeEncoder())
    from recommender.corpus import ingest

    commits, real = [], ingest.write_segment

    def stopping(*arguments):
        if len(commits) == 2:
            raise KeyboardInterrupt
        commits.append(arguments)
        return real(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(ingest, "write_segment", stopping)
        with pytest.raises(KeyboardInterrupt):
            Corpus.build(papers, tmp_path / "c", vectors=rows, encoder=FakeEncoder())
    assert len(Corpus.open(tmp_path / "c")) == 32
    resumed = Corpus.build(papers, tmp_path / "c", vectors=rows, encoder=FakeEncoder())
    assert (resumed.report.given, resumed.info().unfinished, resumed.verify()) == (18, None, [])
    assert list(resumed) == list(whole)
    np.testing.assert_array_equal(stored(resumed), stored(whole))


def test_from_the_command_line(tmp_path, papers, rows, capsys, fake_by_name):
    source = write_papers(tmp_path / "papers.jsonl", papers)
    np.save(tmp_path / "v.npy", rows)
    options = ["--vectors", str(tmp_path / "v.npy"), "--corpus", str(tmp_path / "c")]
    assert main(["build", str(source), "--encoder", "fake", *options]) == 0
    assert "60 vectors taken in" in capsys.readouterr().err
    more = make_papers(3, start=60)
    write_papers(tmp_path / "more.jsonl", more)
    np.save(tmp_path / "v.npy", rows[:3])
    assert main(["add", str(tmp_path / "more.jsonl"), *options]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "v.npy: these are not the vectors that 'fake' gives" in line
    np.save(tmp_path / "v.npy", fake_by_name.encode([paper.text for paper in more]))
    assert main(["add", str(tmp_path / "more.jsonl"), *options]) == 0


def test_a_sample_is_spread_over_all_and_always_the_same():
    assert sample_rows(5, 32).tolist() == [0, 1, 2, 3, 4]
    places = sample_rows(1000, 10)
    assert [place // 100 for place in places] == list(range(10))
    np.testing.assert_array_equal(places, sample_rows(1000, 10))


def test_papers_of_one_id_are_compared_with_their_own_vectors(tmp_path):
    titles = ["First words of a long story", "First words of a very long story", "Third"]
    papers = [Paper(id=name, title=title) for name, title in zip("aab", titles, strict=True)]
    given = FakeEncoder().encode(titles)
    corpus = Corpus.build(papers, tmp_path / "c", vectors=given, encoder=FakeEncoder())
    np.testing.assert_array_equal(stored(corpus), kept(given[1:]))


@pytest.mark.parametrize("shape", ["object", "list", "vector"])
def test_vectors_may_lie_in_the_records_as_semantic_scholar_gives_them(
    tmp_path, papers, rows, unknown, shape
):
    def record(paper, row):
        vector = row.tolist()
        held = {
            "object": {"embedding": {"model": "specter_v2", "vector": vector}},
            "list": {"embedding": vector},
            "vector": {"vector": vector},
        }
        return {"id": paper.id, "title": paper.title, "abstract": paper.abstract, **held[shape]}

    source = tmp_path / "papers.jsonl"
    lines = [json.dumps(record(paper, row)) for paper, row in zip(papers, rows, strict=True)]
    source.write_text("\n".join(lines))
    corpus = Corpus.build(source, tmp_path / "c", vectors=source, encoder="specter_v2")
    assert (len(corpus), corpus.report.rejected) == (60, 0)
    np.testing.assert_allclose(stored(corpus), rows, atol=1e-3)
    assert len(Recommender(corpus).more_like(papers[0].id, k=5)) == 5


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"embedding": "none"}', "record 2 has no numbers under `embedding`, 3 are needed"),
        ('{"embedding": [1, null, 3]}', "record 2 has no numbers"),
        ('{"embedding": [1, 2]}', "record 2 has 2 numbers, 3 are needed"),
        ('{"embedding": [1, "2", 3]}', "record 2 has no numbers"),
        ('{"embedding": [1, true, 3]}', "record 2 has no numbers"),
        ("not JSON", "record 2 has no numbers"),
    ],
)
def test_a_record_with_what_is_no_vector_is_named(tmp_path, papers, line, message):
    path = tmp_path / "vectors.jsonl"
    path.write_text('{"embedding": [1, 2, 3]}\n' + line)
    with pytest.raises(SourceError, match=message):
        Corpus.build(papers[:2], tmp_path / "c", vectors=path, encoder=FakeEncoder(dim=3))


@pytest.mark.parametrize(
    "line",
    [
        '{"embedding": null}',
        '{"embedding": []}',
        '{"embedding": ""}',
        '{"embedding": {"model": "m", "vector": []}}',
        '{"embedding": [null, null, null]}',
        '{"embedding": [NaN, NaN, NaN]}',
        "{}",
    ],
)
def test_a_record_without_a_vector_costs_it_alone(tmp_path, papers, line):
    path = tmp_path / "vectors.jsonl"
    path.write_text('{"embedding": [1, 2, 3]}\n' + line)
    corpus = Corpus.build(papers[:2], tmp_path / "c", vectors=path, encoder="mine")
    assert (len(corpus), corpus.report.without_vector) == (2, 1)


def test_other_vectors_of_stored_papers_are_refused_where_no_encoder_can_tell(
    tmp_path, papers, rows, unknown
):
    folder = tmp_path / "c"
    Corpus.build(papers[:40], folder, vectors=rows[:40], encoder="mine").close()
    other = rows[:, ::-1].copy()
    corpus = Corpus.open(folder)
    with pytest.raises(EncoderMismatch, match="holds other vectors of the same papers: over 32 of them"):
        corpus.add(papers, vectors=other)
    corpus.add(papers, vectors=rows)
    assert (len(corpus), corpus.verify()) == (60, [])


def test_int8_that_does_not_fit_is_refused_before_anything_is_stored(tmp_path, papers, rows, unknown):
    given = rows.copy()
    given[55] = np.eye(48)[0]
    with pytest.raises(RecommenderError, match=r"do not fit into int8 .*float16"):
        Corpus.build(papers, tmp_path / "c", vectors=given, encoder="mine", precision="int8")
    assert not (tmp_path / "c").exists()
    assert len(Corpus.build(papers, tmp_path / "c", vectors=given, encoder="mine")) == 60


def test_whether_vectors_were_compared_is_said(tmp_path, papers, rows, unknown, caplog):
    with caplog.at_level("INFO", "recommender"):
        Corpus.build(papers, tmp_path / "a", vectors=rows, encoder="mine")
        Corpus.build(papers, tmp_path / "b", vectors=rows, encoder=FakeEncoder())
    assert caplog.messages == [
        "vectors: not compared, as 'mine' is not at hand: the corpus answers for stored papers only",
        "vectors: 32 papers encoded by fake and compared: mean cosine 1.000",
    ]


@pytest.mark.parametrize(
    "header",
    [b"-" * 9000, b"{'descr': '<f4', 'shape': (True, 64), 'fortran_order': False}", b"{'descr': '<f4"],
    ids=["deep", "bool", "cut"],
)
def test_a_hostile_header_is_one_line(tmp_path, papers, header):
    path = tmp_path / "v.npy"
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + b"\0" * 256)
    with pytest.raises(SourceError, match="no vectors can be read"):
        Corpus.build(papers, tmp_path / "c", vectors=path, encoder=FakeEncoder())


def test_a_ragged_list_is_no_array(tmp_path, papers):
    with pytest.raises(SourceError, match="no array of shape"):
        Corpus.build(papers, tmp_path / "c", vectors=[[1.0], [1.0, 2.0]], encoder=FakeEncoder())

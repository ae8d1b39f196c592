import gzip

import pytest

from recommender.errors import SourceError
from recommender.readers.base import HEAD_BYTES, Source


def test_head_is_the_first_bytes_after_decompression(tmp_path):
    data = b"grebe\n" * HEAD_BYTES
    (tmp_path / "plain").write_bytes(data)
    (tmp_path / "zipped").write_bytes(gzip.compress(data))
    assert Source(tmp_path / "plain").head() == Source(tmp_path / "zipped").head() == data[:HEAD_BYTES]
    (tmp_path / "short").write_bytes(b"grebe")
    assert Source(tmp_path / "short").head() == b"grebe"


def test_head_of_a_cut_file_is_what_there_is_and_keeps_the_damage(tmp_path):
    path = tmp_path / "cut.gz"
    path.write_bytes(gzip.compress(b"grebe\n" * 1000)[:-9])
    source = Source(path)
    assert source.head().startswith(b"grebe\n")
    assert str(source.damage).endswith("cut.gz: the gzip data is cut off")


def test_places_name_file_and_row(tmp_path):
    assert Source(tmp_path / "papers.csv").place(3) == "papers.csv, row 3"


def test_damage_is_told_apart():
    source = Source("papers.gz")
    assert str(source.damaged(EOFError(), "row 2")) == "papers.gz: the gzip data is cut off after row 2"
    assert "damaged after row 2 (bad)" in str(source.damaged(gzip.BadGzipFile("bad"), "row 2"))
    assert "cannot be read (Input/output error)" in str(source.damaged(OSError(5, "Input/output error"), ""))


def test_a_missing_file_is_a_source_error(tmp_path):
    with pytest.raises(SourceError, match="No such file"):
        Source(tmp_path / "none").open()

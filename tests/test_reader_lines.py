import gzip

import pytest

from recommender.errors import SourceError
from recommender.readers.base import Source, numbered_lines


def lines(tmp_path, data, max_record=2**20):
    path = tmp_path / "papers.txt"
    path.write_bytes(data)
    return list(numbered_lines(Source(path, max_record=max_record)))


def test_lines_are_numbered_from_one(tmp_path):
    assert lines(tmp_path, b"a\n\nb") == [(1, b"a\n"), (2, b"\n"), (3, b"b")]
    assert lines(tmp_path, b"") == []


def test_a_byte_order_mark_is_dropped(tmp_path):
    assert lines(tmp_path, b"\xef\xbb\xbfa\n\xef\xbb\xbfb\n") == [(1, b"a\n"), (2, b"\xef\xbb\xbfb\n")]


def test_long_lines_are_skipped_and_counted(tmp_path):
    found = lines(tmp_path, b"12345\n123456\n1\n" + b"x" * 5_000_000 + b"\n2\n" + b"x" * 99, max_record=6)
    assert found == [(1, b"12345\n"), (2, None), (3, b"1\n"), (4, None), (5, b"2\n"), (6, None)]


def test_half_a_line_at_a_cut_is_not_yielded(tmp_path):
    path = tmp_path / "papers.gz"
    path.write_bytes(gzip.compress(b"first\nsecond\nthird", compresslevel=0)[:-10])
    found = numbered_lines(Source(path), unit="line")
    assert next(found) == (1, b"first\n")
    assert next(found) == (2, b"second\n")
    with pytest.raises(SourceError, match="cut off after line 2"):
        next(found)

import csv
import time

import pytest

from recommender.option_values import too_large
from recommender.readers.base import Source
from recommender.readers.csv_rows import NotARow, csv_rows, numbered_csv_rows


def rows(tmp_path, data, delimiter=",", max_record=None):
    path = tmp_path / "papers.csv"
    path.write_bytes(data)
    return list(csv_rows(Source(path, max_record=max_record), delimiter))


def test_rows_with_quotes_newlines_and_blank_lines(tmp_path):
    data = b'\xef\xbb\xbfa,b\r\n\r\n"x, y","one\r\ntwo ""three"""\r\n , \r\nlast,\xff'
    assert rows(tmp_path, data) == [["a", "b"], ["x, y", 'one\r\ntwo "three"'], ["last", "�"]]


def test_other_delimiters(tmp_path):
    assert rows(tmp_path, b"a\tb\n1,2\t3\n", "\t") == [["a", "b"], ["1,2", "3"]]


def test_an_open_quotation_mark_costs_one_row(tmp_path):
    found = rows(tmp_path, b'a,b\n1,2\n3,"stray\n5,6\n7,8\n')
    assert found[:2] == [["a", "b"], ["1", "2"]]
    assert found[2] == "has a quotation mark that is never closed: '3,\"stray'"
    assert found[3:] == [["5", "6"], ["7", "8"]]


def test_an_open_quotation_mark_in_the_last_line(tmp_path):
    assert [type(row) for row in rows(tmp_path, b'a,b\n"1,2')] == [list, NotARow]


def test_open_quotation_marks_cannot_make_it_slow(tmp_path):
    start = time.process_time()
    found = rows(tmp_path, b'"x\n' + b'a","b\n' * 50_000)
    assert time.process_time() - start < 30  # of CPU; with the square of the lines it would take minutes
    assert "lines after it are lost" in found[-1]


def test_a_lone_carriage_return_is_a_bad_row(tmp_path):
    found = rows(tmp_path, b"a,b\n1,2\r3,4\n5,6\n")
    assert [type(row) for row in found] == [list, NotARow, list]


def test_nul_bytes_do_not_stop_it(tmp_path):
    assert rows(tmp_path, b"a,b\n1,\0\n3,4\n")[-1] == ["3", "4"]


def test_rows_and_lines_too_long_are_given_up(tmp_path):
    long = b"x" * 2**21
    found = rows(
        tmp_path, b"a,b\n" + long + b'\n1,2\n3,"' + (b"y" * 99 + b"\n") * 12_000 + b"5,6\n", max_record=2**20
    )
    assert found[0] == ["a", "b"]
    assert found[1] == too_large(2**20)
    assert found[2] == ["1", "2"]
    assert "never closed" in found[3]
    assert found[4] == ["y" * 99]
    assert found[-1] == ["5", "6"]


def test_fields_may_be_long_and_the_limit_is_never_lowered(tmp_path):
    before = csv.field_size_limit(10**9)
    try:
        assert len(rows(tmp_path, b"a\n" + b"x" * 3_000_000)[1][0]) == 3_000_000
        assert csv.field_size_limit() == 10**9
    finally:
        csv.field_size_limit(before)


@pytest.mark.parametrize("data", [b"", b"\n\n", b",,\n"])
def test_nothing(tmp_path, data):
    assert rows(tmp_path, data) == []


def test_rows_have_the_number_of_their_first_line(tmp_path):
    path = tmp_path / "papers.csv"
    path.write_bytes(b'\na,b\n1,"x\ny"\n\n2,x\rz\n' + b"x" * 2**21 + b'\n3,"stray\n4,x\n')
    found = [
        (line, type(row), row[0]) for line, row in numbered_csv_rows(Source(path, max_record=2**20), ",")
    ]
    assert [(line, first) for line, kind, first in found if kind is list] == [(2, "a"), (3, "1"), (9, "4")]
    assert [line for line, kind, _ in found if kind is NotARow] == [6, 7, 8]

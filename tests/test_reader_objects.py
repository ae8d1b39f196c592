import gzip
import json

import pytest

from recommender.errors import SourceError
from recommender.option_values import too_large
from recommender.readers.base import HEAD_BYTES, Source
from recommender.readers.json_objects import NotAnObject, json_layout, json_objects, leading_objects


def read(tmp_path, data, max_record=2**23):
    path = tmp_path / "papers.json"
    path.write_bytes(data)
    return list(json_objects(Source(path, max_record=max_record)))


@pytest.mark.parametrize(
    "data",
    [
        b'{"a": 1}\n{"a": 2.5}\n',
        b'\xef\xbb\xbf{"a": 1}\r\n{"a": 2.5}',
        b'[{"a": 1}, {"a": 2.5}]',
        b'\xef\xbb\xbf \n[\n{"a": 1},\n{"a": 2.5}\n]\n',
        b'{\n "a": 1\n}\n{\n "a": 2.5\n}\n',
    ],
)
def test_lines_arrays_and_indented_objects(tmp_path, data):
    assert read(tmp_path, data) == [(1, {"a": 1}), (2, {"a": 2.5})]
    assert list(leading_objects(data)) == [{"a": 1}, {"a": 2.5}]
    assert isinstance(read(tmp_path, data)[1][1]["a"], float)


def test_rows_are_true_line_numbers(tmp_path):
    found = read(tmp_path, b'\n{"a": 1}\n\n  \noops\n[1]\n{"a": \xff2}\n{"a": "\xff\x01"}\n')
    assert [row for row, _ in found] == [2, 5, 6, 7, 8]
    assert found[1][1] == "is not JSON (Expecting value at character 1)"
    assert found[2][1] == "is not a JSON object but an array"
    assert isinstance(found[3][1], NotAnObject)
    assert found[4][1] == {"a": "\u00ff\x01"}


def test_lines_too_deep_or_with_huge_numbers_are_bad_lines(tmp_path):
    found = read(
        tmp_path, b'{"a": 1}\n' + b"[" * 100_000 + b"\n" + b'{"a": ' + b"1" * 5000 + b"}\n" + b'{"a": 2}'
    )
    assert [type(value) for _, value in found] == [dict, NotAnObject, NotAnObject, dict]


def test_lines_too_long_are_bad_lines(tmp_path):
    found = read(tmp_path, b'{"a": 1}\n{"a": "' + b"x" * 2**20 + b'"}\n{"a": 2}\n', 2**20)
    assert found == [(1, {"a": 1}), (2, too_large(2**20)), (3, {"a": 2})]
    assert "is larger than 1MB, the largest record that is read (--max-record raises this)" in found[1][1]


@pytest.mark.parametrize("layout", [b'[{"a": 1}, %s, {"a": 2}]', b'{\n"a": 1\n}\n%s\n{\n"a": 2}'])
@pytest.mark.parametrize(
    "long",
    [
        b'{\n"b": "' + b"x, [ " * 50_000 + b'"}',
        b'{\n"b": "' + b'\\"}' * 100_000 + b'"}',
        b'{\n"b": "' + b"\\\\" * 100_000 + b'"}',
        b'{\n"b": [' + b'"x", {}, ' * 30_000 + b"0]}",
    ],
)
def test_a_record_too_long_costs_itself_in_an_array_and_among_indented_ones(tmp_path, layout, long):
    found = read(tmp_path, layout % long, 2**17)
    assert found == [(1, {"a": 1}), (2, too_large(2**17)), (3, {"a": 2})]
    assert read(tmp_path, layout % long)[1] == (2, json.loads(long))


def test_records_of_very_many_values_are_too_large(tmp_path):
    # Of a bracket and a comma a parser makes fifty times as much.
    many = b'{"b": [' + b"[]," * 2**19 + b"0]}"
    for data in (b'{"a": 1}\n' + many + b'\n{"a": 2}', b'[{"a": 1},' + many + b',{"a": 2}]'):
        assert read(tmp_path, data, 2**21) == [(1, {"a": 1}), (2, too_large(2**21)), (3, {"a": 2})]


def test_other_values_in_an_array_are_bad_rows(tmp_path):
    found = read(tmp_path, b'[{"a": 1}, 5, null, ["b"], {"a": {"b": [1, {}]}}]')
    assert [value for _, value in found] == [
        {"a": 1},
        "is not a JSON object but a number",
        "is not a JSON object but null",
        "is not a JSON object but an array",
        {"a": {"b": [1, {}]}},
    ]


def test_arrays_with_nan_and_control_characters_are_read_leniently(tmp_path):
    found = read(tmp_path, b'[{"a": 1}, {"a": NaN}, {"a": "x\x01"}, {"a": 4}]')
    assert [row for row, _ in found] == [1, 2, 3, 4]
    assert found[2:] == [(3, {"a": "x\x01"}), (4, {"a": 4})]


def test_arrays_with_bytes_that_are_no_utf8(tmp_path):
    assert read(tmp_path, b'[{"a": "\xff"}, {"a": "' + b"\xc3\xa9" * 100_000 + b'"}]') == [
        (1, {"a": "\ufffd"}),
        (2, {"a": "é" * 100_000}),
    ]


@pytest.mark.parametrize(
    "rest", [b"oops]", b'{"a"', b"", b"{]", b"[" * 100_000, b'{"a": "' + b"x" * 3_000_000]
)
def test_what_precedes_a_broken_array_is_kept(tmp_path, rest):
    path = tmp_path / "papers.json"
    path.write_bytes(b'[{"a": 1}, {"a": 2}, ' + rest)
    found = json_objects(Source(path, max_record=2**20))
    assert [next(found), next(found)] == [(1, {"a": 1}), (2, {"a": 2})]
    with pytest.raises(SourceError, match=r"papers\.json: what follows row 2 is "):
        next(found)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (b'{"a": 1,}', "is not JSON (Expecting property name enclosed in double quotes at character 9)"),
        (b'{"a": "x" y}', "is not JSON (Expecting ',' delimiter at character 11)"),
        (
            b'{"a": ' + b"9" * 5000 + b"}",
            "is not JSON that can be read (a number or its nesting is too large)",
        ),
        (
            b'{"a": ' + b"[" * 2000 + b"]" * 2000 + b"}",
            "is not JSON that can be read (a number or its nesting is too large)",
        ),
    ],
)
def test_a_broken_object_in_an_array_costs_itself(tmp_path, broken, reason):
    found = read(tmp_path, b'[{"a": 1}, ' + broken + b', {"a": 3}]')
    assert found == [(1, {"a": 1}), (2, reason), (3, {"a": 3})]


def test_what_precedes_the_cut_of_a_zipped_array_is_kept(tmp_path):
    path = tmp_path / "papers.json.gz"
    text = json.dumps([{"a": number, "b": "x" * 50} for number in range(20_000)])
    path.write_bytes(gzip.compress(text.encode(), compresslevel=0)[:-200])
    found = []
    with pytest.raises(SourceError, match=r"papers\.json\.gz: the gzip data is cut off after row \d+"):
        found.extend(json_objects(Source(path)))
    assert len(found) > 19_900
    assert found[-1][1] == {"a": len(found) - 1, "b": "x" * 50}


def test_leading_objects_are_whole():
    assert list(leading_objects(b'{"a": 1}\n{"a": 2')) == [{"a": 1}]
    assert list(leading_objects(b'[{"a": 1}, {"a": 2')) == [{"a": 1}]
    assert list(leading_objects(b'[{"a": 1')) == []
    assert list(leading_objects(b"")) == list(leading_objects(b"a,b\n1,2")) == []


def test_an_indented_object_longer_than_the_head_is_one_object(tmp_path):
    record = {"a": [f"paper {number}" for number in range(40_000)]}
    data = b"\xef\xbb\xbf" + json.dumps(record, indent=2).encode()
    assert json_layout(data[:HEAD_BYTES]) == "stream"
    assert read(tmp_path, data) == [(1, record)]


@pytest.mark.parametrize("rest", [b'[{"a": 3}]', b'{"a": 3}', b"7"])
def test_what_follows_an_array_is_not_lost_in_silence(tmp_path, rest):
    path = tmp_path / "papers.json"
    path.write_bytes(b'[{"a": 1}, {"a": 2}]\n' + rest)
    found = json_objects(Source(path))
    assert [next(found), next(found)] == [(1, {"a": 1}), (2, {"a": 2})]
    with pytest.raises(SourceError, match="what follows row 2 stands after the end of the array"):
        next(found)

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.errors import EmptySource, ParameterError, SourceError
from recommender.readers import Rejected, SignalRow, read_signals

LATEST = "2026-11-30"


def good(row=1, **others):
    place = {"place": f"counts, row {row}"}
    return replace(SignalRow("", "2106.09685", "citations", 9.0, "2026-11-27"), **place, **others)


def read(tmp_path, text, until=LATEST):
    path = tmp_path / "counts"
    path.write_bytes(text.encode())
    return list(read_signals(path, until=until))


def line(**cells):
    return json.dumps({"id": "2106.09685", "name": "citations", "value": 9, "day": "2026-11-27"} | cells)


@pytest.mark.parametrize(
    "text",
    [
        "id,name,value,day\n2106.09685,citations,9,2026-11-27\n",
        "ID;Signal;Count;Measured\r\n2106.09685;Citations;9.0;2026-11-27T23:59:00Z\r\n",
        "day\tvalue\tname\tnote\tid\n2026-11-27\t9\tcitations\tx\t2106.09685\n",
        line(),
        line(value="9", name=" Citations "),
        f"[{line()}]",
    ],
)
def test_csv_and_json_give_the_same(tmp_path, text):
    assert read(tmp_path, text) == [good()]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"id": ""}, "names no paper"),
        ({"id": None}, "names no paper"),
        ({"id": "x" * 501}, f"{'x' * 60!r}... is no id"),
        ({"name": " "}, "does not say what was counted"),
        ({"name": "y" * 41}, f"{'y' * 41!r} is no name"),
        ({"value": -1}, "the value '-1' is no number of 0 or more"),
        ({"value": "many"}, "the value 'many' is no number of 0 or more"),
        ({"value": "1,234"}, "the value '1,234' is no number of 0 or more"),
        ({"value": float("nan")}, "the value '' is no number of 0 or more"),
        ({"value": float("inf")}, "the value '' is no number of 0 or more"),
        ({"value": "9e999"}, "the value '9e999' is no number of 0 or more"),
        ({"value": True}, "the value '' is no number of 0 or more"),
        ({"value": None}, "the value '' is no number of 0 or more"),
        ({"day": "2026-11"}, "'2026-11' is no day of a measurement; write YYYY-MM-DD"),
        ({"day": "soon"}, "'soon' is no day of a measurement; write YYYY-MM-DD"),
        ({"day": "2026-12-01"}, "is said to be measured on 2026-12-01, a day that has not begun"),
    ],
)
def test_a_bad_row_is_named_and_the_others_read(tmp_path, cells, reason):
    assert read(tmp_path, f"{line()}\n{line(**cells)}\n{line()}\n") == [
        good(1),
        Rejected("counts, row 2", reason),
        good(3),
    ]


def test_who_counted_may_be_a_column(tmp_path):
    text = f"{line()}\n{line(source=' Open  Alex')}\n{line(source=None)}\n"
    assert read(tmp_path, text) == [good(1), good(2, source="Open Alex"), good(3)]


def test_0_is_a_count_and_nothing_is_none(tmp_path):
    text = "id,name,value,day\nx1,stars,0,2026-11-27\nx2,stars,,2026-11-27\nx3,stars\nx4,stars,1,2,3\n"
    assert read(tmp_path, text) == [
        good(paper="x1", name="stars", value=0.0),
        Rejected("counts, row 2", "the value '' is no number of 0 or more"),
        Rejected("counts, row 3", "the value '' is no number of 0 or more"),
        Rejected("counts, row 4", "has 5 columns, the header 4"),
    ]


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("", EmptySource, "empty file: no signals"),
        ("id,title\nx,Loons\n", SourceError, "no column of day, name, value; give CSV or JSON Lines"),
        ("x1,stars,3,2026-11-27\n", SourceError, "no column of day, name, id, value"),
        ('{"id": "x", "upvotes": 3}', SourceError, "no column of day, name, value"),
        ("@article{x}", SourceError, "no column of"),
    ],
)
def test_a_file_of_another_layout_is_refused_in_one_line(tmp_path, text, error, says):
    with pytest.raises(error, match=says) as raised:
        read(tmp_path, text)
    assert "\n" not in str(raised.value)
    with pytest.raises(ParameterError, match="'soon' is no day"):
        read(tmp_path, line(), until="soon")


CELL = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=50) | st.just("2026-11-01")


@given(st.lists(st.dictionaries(st.sampled_from(["id", "name", "value", "day"]), CELL), max_size=6))
def test_whatever_stands_in_a_row_it_is_a_signal_or_named(tmp_path_factory, rows):
    path = tmp_path_factory.mktemp("any") / "counts.jsonl"
    path.write_text(f"{line()}\n" + "".join(f"{json.dumps(row)}\n" for row in rows))
    found = [*read_signals(path, until=LATEST)]
    assert len(found) == 1 + len(rows)
    for one in found:
        if isinstance(one, SignalRow):
            assert one.paper
            assert one.name
            assert 0 <= one.value < float("inf")
            assert one.day <= LATEST

"""Records within what services answer around them."""

import io
import json
import random
import tracemalloc

import pytest

from recommender.errors import SourceError
from recommender.readers import Rejected, Source
from recommender.readers.json_wrapped import Answers, first_records, numbered_records

ONE, TWO = {"title": "Grebes", "n": 1}, {"title": "Loons \u00e9", "data": [1]}


def read(tmp_path, text, **options):
    path = tmp_path / "answer.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    answers = Answers()
    return list(numbered_records(Source(path, **options), answers)), answers


def records(found):
    return [part if isinstance(part, Rejected) else part[1] for part in found]


SHAPES = {
    "lines": "{0}\n{1}\n",
    "array": "[{0}, {1}]",
    "indented": " [\n {0}\n,\n {1}\n]\n",
    "results": '{{"meta": {{"count": 2}}, "results": [{0}, {1}], "group_by": []}}',
    "data": '{{"total": 2, "data": [\n{0},\n{1}]}}',
    "papers": '{{"papers": [{0},{1}]}}',
    "recommended": '{{"recommendedPapers":[{0},{1}]}}',
    "items": '{{"items":[{0},{1}]}}',
    "message": '{{"status": "ok", "message": {{"total-results": 2, "items": [{0}, {1}]}}}}',
    "collection": '{{"messages": [{{"status": "ok"}}], "collection": [{0}, {1}]}}',
    "citations": '{{"data": [{{"isInfluential": true, "citingPaper": {0}}}, {{"citedPaper": {1}}}]}}',
    "by author": '{{"data": [{{"authorId": "1", "papers": [{0}]}}, {{"authorId": "2", "papers": [{1}]}}]}}',
    "two answers": '{{"meta": {{}}, "results": [{0}]}}\n{{"meta": {{}}, "results": [{1}]}}\n',
    "answers in an array": '[{{"results": [{0}]}}, {{"results": [{1}]}}]',
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_every_shape(tmp_path, shape, bom):
    text = bom + SHAPES[shape].format(json.dumps(ONE), json.dumps(TWO, ensure_ascii=False))
    found, _ = read(tmp_path, text)
    assert records(found) == [ONE, TWO]
    assert first_records(text.encode())[1] == (ONE, TWO)
    assert [place for place, _ in found] in (
        ["answer.json, row 1", "answer.json, row 2"],
        [f"answer.json, row {place}" for place in (1, 1)],
    )


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != "lines"])
def test_the_pieces_in_which_a_file_is_read_do_not_matter(tmp_path, monkeypatch, shape):
    text = SHAPES[shape].format(json.dumps({"title": 'a "]}, \\', "n": -12.5e3}), json.dumps(TWO)).encode()
    whole, _ = read(tmp_path, text)

    class Slow(io.BytesIO):
        def read1(self, size=-1):
            return super().read1(min(size, random.Random(self.tell()).randint(1, 5)))

    monkeypatch.setattr(Source, "open", lambda self: Slow(text))
    assert read(tmp_path, text)[0] == whole


def test_what_stands_beside_the_records(tmp_path):
    before = '{"config": {"a": 1}, "collections": {"K": {"name": "Lakes"}}, '
    text = before + '"items": [{"title": "Grebes"}], "x": 1}'
    _, answers = read(tmp_path, text)
    assert answers.wrapped
    assert answers.beside == {"config": {"a": 1}, "collections": {"K": {"name": "Lakes"}}, "x": 1}


def test_an_object_that_is_a_record_has_no_records_inside(tmp_path):
    record = {"title": "Grebes", "data": [{"title": "no"}], "message": {"items": [{"title": "no"}]}}
    found, answers = read(tmp_path, json.dumps(record, indent=1))
    assert records(found) == [record]
    assert not answers.wrapped


def test_what_is_no_object_is_rejected_at_its_place(tmp_path):
    found, _ = read(tmp_path, '[null, {"title": "Grebes"}, 3, "x"]')
    assert found[0] == Rejected("answer.json, row 1", "is not a JSON object but null")
    assert found[1] == ("answer.json, row 2", {"title": "Grebes"})
    assert [part.place for part in found[2:]] == ["answer.json, row 3", "answer.json, row 4"]


@pytest.mark.parametrize(
    "text",
    [
        '{"data": [{"title": "a"}, {"title": }]}',
        '{"data": [{"title": "a"} {"title": "b"}]}',
        '{"data": [{"title": "a"}, {"title": "b"',
        '{"data": [{"title": "a"},',
        '{"data": [{"title": "a"}], 3: 4}',
        '{"data": [{"title": "a"}]] ',
        '{"data": [{"title": "a"}, ' + "[" * 100_000,
    ],
)
def test_what_precedes_bad_json_is_read(tmp_path, text):
    path = tmp_path / "answer.json"
    path.write_text(text)
    found = numbered_records(Source(path), Answers())
    assert next(found) == ("answer.json, row 1", {"title": "a"})
    with pytest.raises(SourceError, match=r"answer\.json: what follows row 1 is (?:not|no) JSON"):
        next(found)


@pytest.mark.parametrize("long", ['"' + 'wo\\"rds ' * 200_000 + '"', "[" + "1," * 700_000 + "1]"])
def test_a_value_that_is_too_large_costs_itself(tmp_path, long):
    text = f'{{"data": [{{"title": "a"}}, {{"title": "b", "long": {long}}}, {{"title": "c"}}]}}'
    found, _ = read(tmp_path, text, max_record=2**20)
    assert [part[1]["title"] for part in (found[0], found[2])] == ["a", "c"]
    assert found[1] == Rejected(
        "answer.json, row 2", "is larger than 1MB, the largest record that is read (--max-record raises this)"
    )


def test_a_broken_record_costs_itself(tmp_path):
    text = '{"data": [{"title": "a"}, {"title": "b" or {"c"}}, {"title": "c"}]}'
    found, _ = read(tmp_path, text)
    assert [part[1]["title"] for part in (found[0], found[2])] == ["a", "c"]
    assert found[1] == Rejected("answer.json, row 2", "is not JSON")


@pytest.mark.parametrize("long", ["9" * 1_500_000, "[" * 5000 + "]" * 5000])
def test_a_value_that_no_parser_reads_costs_itself(tmp_path, long):
    inside = f'{{"data": [{{"title": "a"}}, {{"x": {long}}}, {{"title": "c"}}]}}'
    alone = f'[{{"title": "a"}}, {long}, {{"title": "c"}}]'
    for text in (inside, alone):
        found, _ = read(tmp_path, text)
        assert [part[1]["title"] for part in (found[0], found[2])] == ["a", "c"]
        assert found[1].reason == "is not JSON that can be read (a number or its nesting is too large)"


def test_a_long_answer_takes_no_more_memory_than_a_piece(tmp_path, monkeypatch):
    record = json.dumps({"title": "Grebes", "abstract": "They dive. " * 500}).encode() + b","

    class Long(io.RawIOBase):
        def __init__(self):
            self.left = iter([b'{"meta": {}, "results": [', *[record * 10] * 300, b"{}]}"])

        def read1(self, size=-1):
            return next(self.left, b"")

    monkeypatch.setattr(Source, "open", lambda self: Long())
    monkeypatch.setattr(Source, "head", lambda self: b'{"meta": {}, "results": [')
    tracemalloc.start()
    count = sum(1 for _ in numbered_records(Source(tmp_path / "x"), Answers()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 3001
    assert peak < 6e6

"""A listing is the same after JSON, its places go on through its parts, and its papers are records."""

import csv
import io
import json
from dataclasses import replace

import pytest
from listings import EMPTY, HOSTILE, KNOTS, LISTING, LORA, NOTHING, hostile_listing

from recommender.errors import ParameterError
from recommender.listing import Entry, Listing, Part, placed
from recommender.writers import Record, write


@pytest.mark.parametrize("listing", [LISTING, NOTHING, EMPTY, *map(hostile_listing, HOSTILE[:-1])])
def test_a_listing_is_the_same_after_json(listing):
    written = json.dumps(listing.to_dict(), sort_keys=True)
    again = Listing.from_dict(json.loads(written))
    assert again == listing
    assert json.dumps(again.to_dict(), sort_keys=True) == written


def test_a_span_that_is_none_is_refused():
    with pytest.raises(ParameterError, match="'year' is no span; use one of day, week, month"):
        Listing.from_dict(LISTING.to_dict() | {"span": "year"})


def test_places_go_on_through_the_parts():
    parts = [
        Part("personal", "a", "", (Entry(0, LORA), Entry(0, KNOTS))),
        Part("beyond", "b"),
        Part("communal", "c", "", (Entry(0, LORA),)),
    ]
    numbered = tuple(placed(parts))
    assert [[entry.place for entry in part.entries] for part in numbered] == [[1, 2], [], [3]]
    assert [part.title for part in numbered] == ["a", "b", "c"]
    assert [entry.place for entry in replace(LISTING, parts=numbered).entries] == [1, 2, 3]


def test_an_entry_is_a_record_of_every_field():
    first, second = LISTING.entries[:2]
    record = first.to_record()
    assert list(record) == list(Record.__annotations__)
    assert (record["rank"], record["id"], record["confidence"]) == (1, "2106.09685", 0.74)
    assert record["contributions"] == {"1902.00751": 0.8125}
    assert (record["terms"], record["authors"]) == (["low-rank", "adaptation"], list(LORA.authors))
    assert second.to_record()["retracted"] is True


def test_a_score_that_is_not_known_is_not_zero():
    record = LISTING.entries[-1].to_record()
    assert record["score"] is None
    line, cell = write([record], "jsonl"), write([record], "csv")
    assert json.loads(line)["score"] is None
    assert next(csv.DictReader(io.StringIO(cell)))["score"] == ""
    assert "Voted for by many" in write([record], "table")

"""Authors as readers: earlier papers liked, later ones among papers of their own month and field."""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))

from judged_authors import AuthorReader, authors

MONTHS = [f"2025-{month:02}" for month in range(1, 9)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A corpus of 8 months: 40 authors of rare names with 6 papers each, a common name, and fillers."""
    rows = []
    for place in range(40):
        name = f"Given{place} Family{place}"
        for number, month in enumerate(MONTHS[:6]):
            rows.append((f"a{place:02}-{number}", f"{name}, Yu Wang", f"{month}-10", "cs.CL cs.AI"))
    for month in MONTHS:
        for field in ("cs.CL", "cs.CV"):
            rows += [(f"x-{field}-{month}-{n}", "Yu Chen, Wei Wang", f"{month}-05", field) for n in range(60)]
    frame = pd.DataFrame(rows, columns=["id", "authors", "date", "categories"])
    found = tmp_path_factory.mktemp("data")
    frame.to_parquet(found / "corpus_ml.parquet")
    return found


@pytest.fixture(scope="module")
def papers(folder):
    return pd.read_parquet(folder / "corpus_ml.parquet").set_index("id")


@pytest.fixture(scope="module", params=["tune", "final"])
def readers(folder, request) -> list[AuthorReader]:
    return authors(folder, request.param)


def test_the_wanted_papers_are_the_authors_own_and_later_than_all_liked(readers, papers):
    assert readers
    for reader in readers:
        assert all(reader.group in papers["authors"][one] for one in (*reader.liked, *reader.wanted))
        assert max(papers["date"][[*reader.liked]]) < min(papers["date"][[*reader.wanted]])


def test_they_stand_among_fifty_of_their_own_field_and_month(readers, papers):
    for reader in readers:
        among = papers.loc[[*reader.among]]
        own = papers.loc[[*reader.wanted]]
        assert set(reader.wanted) < set(reader.among)
        assert len(reader.among) == len(set(reader.among)) == 50
        fields = {one.split()[0] for one in own["categories"]}
        assert {one.split()[0] for one in among["categories"]} == fields
        assert set(among["date"].str[:7]) == set(own["date"].str[:7])
        assert not set(reader.among) & set(reader.liked)


def test_a_name_that_many_have_is_nobodys(folder):
    names = {reader.group for part in ("tune", "final") for reader in authors(folder, part)}
    assert len(names) == 40
    assert not names & {"Yu Wang", "Yu Chen", "Wei Wang"}


def test_the_parts_share_no_author_and_no_wanted_paper(folder):
    tune, final = (authors(folder, part) for part in ("tune", "final"))
    assert not {one.group for one in tune} & {one.group for one in final}
    assert not {i for one in tune for i in one.wanted} & {i for one in final for i in one.wanted}


def test_fewer_are_the_head_of_all(folder):
    assert authors(folder, "tune", most=3) == authors(folder, "tune")[:3]
    assert authors(folder, "tune") == authors(folder, "tune")

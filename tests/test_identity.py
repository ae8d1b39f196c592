"""Which records are one paper. All texts are invented."""

import pytest

from recommender.identity import group, keys
from recommender.paper import Paper


def partition(papers, **options):
    """The groups of records as a set of sets of places."""
    labels = group(papers, **options).labels.tolist()
    return {frozenset(i for i, label in enumerate(labels) if label == of) for of in labels}


def together(*papers, **options):
    """Whether all of these are one paper, in this order and backwards."""
    ways = {len(partition(order, **options)) for order in (papers, papers[::-1])}
    assert len(ways) == 1
    return ways == {1}


DOI = {"doi": "10.1000/meadow.1"}
GERMAN = Paper(
    id="ZOT1",
    title="Vogelnester in hohen Wiesen und der Zeitpunkt der Mahd",
    abstract="Wann soll gemäht werden, damit Bodenbrüter ihre Jungen aufziehen?",
    published="2021",
    identifiers=DOI,
)
ENGLISH = Paper(
    id="S2X",
    title="Bird nests in tall meadows and the time of mowing",
    abstract="When should we mow so that ground-nesting birds raise their young?",
    published="2021",
    identifiers=DOI,
)
PREPRINT = Paper(
    id="PRE",
    title="Bird nests in tall meadows: when to mow",
    abstract="We ask when to mow tall meadows for birds that nest on the ground.",
    published="2020",
    identifiers={**DOI, "arxiv": "2001.01234"},
)


def test_another_language_does_not_contradict_an_identifier():
    found = group([GERMAN, ENGLISH, PREPRINT])
    assert found.labels.tolist() == [0, 0, 0]
    assert {link.rule for link in found.merged} == {"doi"}
    assert found.shared == {}


@pytest.mark.parametrize("rows", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_an_identifier_of_different_papers_identifies_none_of_them(rows):
    posters = [
        Paper(title="Poster 12: Sheep paths", abstract="How sheep find their way.", identifiers=DOI),
        Paper(title="Poster 13: Iron roofs", abstract="Why roofs hum.", identifiers=DOI),
        Paper(title="Poster 14: Clay walls", abstract="Why walls fall.", identifiers=DOI),
    ]
    found = group([posters[row] for row in rows])
    assert found.labels.tolist() == [0, 1, 2]
    assert found.merged == ()
    assert found.shared == {"doi:10.1000/meadow.1": (0, 1, 2)}


def test_records_that_may_be_one_paper_share_a_key():
    assert set(keys(GERMAN)) & set(keys(ENGLISH)) == {"doi:10.1000/meadow.1"}

import json

import pytest

from recommender.paper import Paper
from recommender.readers import Rejected, Source, detect, read_papers

WORK = {
    "indexed": {"date-parts": [[2026, 1, 1]], "timestamp": 1},
    "DOI": "10.1000/lakes.7",
    "type": "journal-article",
    "created": {"date-parts": [[2021, 4, 1]], "date-time": "2021-04-01T00:00:00Z"},
    "title": ["Grebes dive"],
    "subtitle": ["A study of lakes"],
    "container-title": ["Journal of lakes", "J. Lakes"],
    "publisher": "Pond Press",
    "author": [
        {"given": "Piet", "family": "van Dijk", "sequence": "first", "affiliation": []},
        {"given": "M. L.", "family": "King", "suffix": "Jr."},
        {"name": "The Lake, Pond and River Consortium"},
    ],
    "issued": {"date-parts": [[2021, 5]]},
    "published-print": {"date-parts": [[2021, 5]]},
    "published-online": {"date-parts": [[2021, 3, 26]]},
    "subject": ["Birds", "Lakes"],
    "URL": "http://dx.doi.org/10.1000/lakes.7",
    "abstract": "<jats:p>They dive.</jats:p>",
    "relation": {
        "has-preprint": [{"id-type": "doi", "id": "10.1101/2021.01.05.000007", "asserted-by": "object"}]
    },
}


def read(tmp_path, content):
    path = tmp_path / "works"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    assert detect(Source(path)).name == "crossref"
    return list(read_papers(path))


@pytest.mark.parametrize(
    "shape",
    [
        {"status": "ok", "message-type": "work-list", "message": {"total-results": 1, "items": [WORK]}},
        {"status": "ok", "message-type": "work", "message": WORK},
        {"items": [WORK]},
        [WORK],
        WORK,
    ],
)
def test_every_field_in_every_shape(tmp_path, shape):
    (paper,) = read(tmp_path, shape)
    assert paper == Paper(
        id="10.1000/lakes.7",
        title="Grebes dive: A study of lakes",
        abstract=paper.abstract,
        authors=("Piet van Dijk", "M. L. King Jr.", "The Lake, Pond and River Consortium"),
        published="2021-03-26",
        categories=("Birds", "Lakes"),
        venue="Journal of lakes",
        url="http://dx.doi.org/10.1000/lakes.7",
        identifiers={"doi": "10.1000/lakes.7", "preprint": "10.1101/2021.01.05.000007"},
    )
    assert "doi:10.1101/2021.01.05.000007" in paper.names


def test_an_answer_of_which_the_fields_were_chosen(tmp_path):
    works = [{"DOI": "10.1000/a", "title": ["Grebes"]}, {"DOI": "10.1000/b", "title": []}]
    found = read(tmp_path, {"message-type": "work-list", "message": {"total-results": 2, "items": works}})
    assert found[0].title == "Grebes"
    assert found[1] == Rejected("works, row 2", "has no title (id '10.1000/b')")


@pytest.mark.parametrize(
    ("dates", "published"),
    [
        ({"issued": {"date-parts": [[2021]]}, "published-online": {"date-parts": [[2021, 3]]}}, "2021-03"),
        ({"issued": {"date-parts": [[2020]]}, "published-online": {"date-parts": [[2021, 3]]}}, "2020"),
        ({"issued": {"date-parts": [[None]]}}, "2021-04-01"),
        (
            {"posted": {"date-parts": [[2019, 12, 31]]}, "issued": {"date-parts": [[2019, 12, 31]]}},
            "2019-12-31",
        ),
    ],
)
def test_the_earliest_date(tmp_path, dates, published):
    bare = {
        key: value
        for key, value in WORK.items()
        if key not in ("issued", "published-print", "published-online")
    }
    (paper,) = read(tmp_path, [{**bare, **dates}])
    assert paper.published == published


def test_a_subtitle_that_the_title_holds_is_not_said_twice(tmp_path):
    (paper,) = read(tmp_path, [{**WORK, "title": ["Grebes dive: a study of lakes"]}])
    assert paper.title == "Grebes dive: a study of lakes"


def test_retracted_works_are_marked_and_their_notices_are_not(tmp_path):
    retracted = {**WORK, "updated-by": [{"type": "retraction", "DOI": "10.1000/notice"}]}
    corrected = {**WORK, "updated-by": [{"type": "correction", "DOI": "10.1000/notice"}]}
    notice = {
        **WORK,
        "DOI": "10.1000/notice",
        "update-to": [{"type": "retraction", "DOI": "10.1000/lakes.7"}],
    }
    assert [paper.retracted for paper in read(tmp_path, [retracted, corrected, notice])] == [
        True,
        False,
        False,
    ]


def test_a_notice_names_its_paper(tmp_path):
    def identifiers(kind, doi="10.1000/OTHER"):
        (paper,) = read(tmp_path, [{**WORK, "update-to": [{"type": kind, "DOI": doi}]}])
        return {name: value for name, value in paper.identifiers.items() if value == doi.lower()}, paper

    assert identifiers("retraction")[0] == {"retracts": "10.1000/other"}
    assert identifiers("erratum")[0] == {"corrects": "10.1000/other"}
    assert identifiers("expression_of_concern")[0] == {"concerns": "10.1000/other"}
    assert identifiers("new_version")[0] == {}
    assert identifiers("retraction")[1].notice == "retraction"
    itself = identifiers("retraction", WORK["DOI"])[1]  # the paper's own record, which its publisher changed
    assert (itself.retracted, itself.notice) == (True, "")


def test_everything_may_be_null_or_of_another_type(tmp_path):
    null = dict.fromkeys(WORK) | {"DOI": "10.1000/a", "title": ["Grebes"]}
    odd = {key: [7] for key in WORK} | {"DOI": "10.1000/b", "title": ["Loons"]}
    found = [item for item in read(tmp_path, [null, odd]) if isinstance(item, Paper)]
    assert [paper.title for paper in found] == ["Grebes", "Loons: 7"]


def test_preprints_and_books(tmp_path):
    preprint = {**WORK, "container-title": [], "institution": [{"name": "bioRxiv"}], "subtitle": []}
    preprint["relation"] = {"is-preprint-of": [{"id-type": "doi", "id": "10.1000/lakes.8"}]}
    book = {key: value for key, value in WORK.items() if key not in ("author", "container-title")}
    book["editor"] = [{"given": "Ed", "family": "Coot"}]
    first, second = read(tmp_path, [preprint, book])
    assert (first.venue, first.identifiers["published"]) == ("bioRxiv", "10.1000/lakes.8")
    assert (second.authors, second.venue) == (("Ed Coot",), "Pond Press")

import json

import formats

from recommender.paper import Paper
from recommender.readers import Source, detect, read_papers

ONE = formats.biorxiv(7, "Grebes dive", "They dive.")


def read(tmp_path, *preprints):
    path = tmp_path / "biorxiv.json"
    path.write_text(json.dumps({"messages": [{"status": "ok", "cursor": 0}], "collection": list(preprints)}))
    assert detect(Source(path)).name == "biorxiv"
    return list(read_papers(path))


def test_every_field(tmp_path):
    assert read(tmp_path, {**ONE, "published": "10.1000/lakes.7"}) == [
        Paper(
            id="10.1101/2021.01.05.000007",
            title="Grebes dive",
            abstract="They dive.",
            authors=("G. Grebe", "L. Loon"),
            published="2021-01-05",
            categories=("ecology",),
            venue="biorxiv",
            url="https://www.biorxiv.org/content/10.1101/2021.01.05.000007v1",
            identifiers={"doi": "10.1101/2021.01.05.000007", "published": "10.1000/lakes.7"},
        )
    ]
    (unpublished,) = read(tmp_path, {**ONE, "server": "medrxiv"})
    assert unpublished.identifiers == {"doi": "10.1101/2021.01.05.000007"}
    assert unpublished.url.startswith("https://www.medrxiv.org/")


def test_the_newest_version_of_a_preprint(tmp_path):
    second = {**ONE, "version": "2", "abstract": "They dive deep.", "date": "2021-02-01"}
    third = {**ONE, "version": "3", "abstract": "They dive deeper.", "date": "2021-03-01"}
    other = formats.biorxiv(8, "Loons call", "They call.")
    assert [paper.abstract for paper in read(tmp_path, third, ONE, other, second)] == [
        "They dive deeper.",
        "They call.",
    ]


def test_a_later_version_has_its_own_date_beside_the_month_that_the_doi_tells(tmp_path):
    (paper,) = read(tmp_path, {**ONE, "version": "2", "date": "2023-02-01"})
    assert (paper.published, paper.revised) == ("2021-01", "2023-02-01")
    (paper,) = read(tmp_path, {**ONE, "doi": "10.1101/123456", "version": "2", "date": "2023-02-01"})
    assert (paper.published, paper.revised) == ("2023-02-01", "")


def test_withdrawn_preprints_are_marked(tmp_path):
    assert read(tmp_path, {**ONE, "type": "WITHDRAWN"})[0].retracted


def test_what_became_of_preprints(tmp_path):
    published = {
        "biorxiv_doi": "10.1101/2021.01.05.000007",
        "published_doi": "10.1000/lakes.7",
        "preprint_title": "Grebes dive",
        "preprint_authors": "Grebe, G.; Loon, L.",
        "preprint_category": "ecology",
        "preprint_date": "2021-01-05",
        "preprint_abstract": "They dive.",
        "preprint_platform": "bioRxiv",
    }
    (paper,) = read(tmp_path, published)
    assert (paper.title, paper.authors, paper.published) == (
        "Grebes dive",
        ("G. Grebe", "L. Loon"),
        "2021-01-05",
    )
    assert "doi:10.1000/lakes.7" in paper.names

from recommender.paper import Paper
from recommender.readers import Rejected, Source, detect, read_papers

RECORD = """<record><database name="Lakes.enl" path="x">Lakes.enl</database>
<source-app name="EndNote" version="20.0">EndNote</source-app><rec-number>17</rec-number>
<foreign-keys><key app="EN" db-id="abc" timestamp="1">17</key></foreign-keys>
<ref-type name="Journal Article">17</ref-type><contributors><authors>
<author><style face="normal" font="default" size="100%">van Dijk, Piet</style></author>
<author><style face="normal" font="default" size="100%">The Lake, Pond and River Group,</style></author>
</authors>
<secondary-authors><author>Coot, Ed</author></secondary-authors></contributors>
<titles><title><style face="normal" font="default" size="100%">Diving of </style>
<style face="italic" font="default" size="100%">Podiceps</style>
<style face="normal" font="default" size="100%"> in CO</style><style face="subscript">2</style></title>
<secondary-title><style>Journal of lakes</style></secondary-title></titles>
<periodical><full-title>Journal of lakes</full-title></periodical><pages>1-9</pages>
<keywords><keyword><style>birds</style></keyword><keyword>lakes</keyword></keywords>
<dates><year><style>2021</style></year><pub-dates><date><style>Mar 7</style></date></pub-dates></dates>
<isbn>0000-0001</isbn><accession-num>PMID: 9000001</accession-num><custom2>PMC700001</custom2>
<electronic-resource-num><style>10.1000/lakes.7</style></electronic-resource-num>
<abstract><style>They dive at p &lt; 0.05.</style></abstract>
<urls><related-urls><url><style>https://example.org/grebe</style></url><url>https://arxiv.org/abs/2106.00007</url>
</related-urls></urls></record>"""


def read(tmp_path, *records, around="<xml><records>{}</records></xml>"):
    path = tmp_path / "library.xml"
    path.write_text('<?xml version="1.0" encoding="UTF-8" ?>' + around.format("".join(records)))
    assert detect(Source(path)).name == "endnote"
    return list(read_papers(path))


def test_every_field(tmp_path):
    (paper,) = read(tmp_path, RECORD)
    assert paper == Paper(
        id="10.1000/lakes.7",
        title="Diving of Podiceps in CO2",
        abstract="They dive at p < 0.05.",
        authors=("Piet van Dijk", "The Lake, Pond and River Group"),
        published="2021-03-07",
        categories=("birds", "lakes"),
        venue="Journal of lakes",
        url="https://example.org/grebe",
        identifiers=paper.identifiers,
    )
    assert paper.identifiers == {
        "doi": "10.1000/lakes.7",
        "arxiv": "2106.00007",
        "pmid": "9000001",
        "pmcid": "PMC700001",
    }


def small(inside, title="Grebes"):
    return (
        f"<record><ref-type name='Book'>6</ref-type><titles><title>{title}</title></titles>{inside}</record>"
    )


def test_the_number_of_a_record_is_no_id(tmp_path):
    # Every library counts from one.
    (paper,) = read(tmp_path, small("<rec-number>17</rec-number>"))
    assert paper.id.startswith("title:")


def test_editors_of_what_has_no_authors(tmp_path):
    inside = "<contributors><secondary-authors><author>Coot, Ed</author></secondary-authors></contributors>"
    (paper,) = read(tmp_path, small(inside), around="<records>{}</records>")
    assert paper.authors == ("Ed Coot",)


def test_dates(tmp_path):
    for year, day, published in (
        ("2021", "", "2021"),
        ("2021", "2021-03-07", "2021-03-07"),
        ("2021", "March", "2021-03"),
        ("", "Mar 7 2021", "2021-03-07"),
        ("in press", "", ""),
    ):
        inside = f"<dates><year>{year}</year><pub-dates><date>{day}</date></pub-dates></dates>"
        assert read(tmp_path, small(inside))[-1].published == published


def test_a_record_without_a_title_is_named(tmp_path):
    assert read(tmp_path, small("", title="")) == [Rejected("library.xml, row 1", "has no title")]

from recommender.paper import Paper
from recommender.readers import Deleted, ReadNote, Rejected, Source, detect, read_papers

BEFORE = """<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<responseDate>2026-11-30T00:00:00Z</responseDate><request verb="ListRecords">http://export.arxiv.org/oai2</request>
<ListRecords>"""
AFTER = """<resumptionToken cursor="0" completeListSize="9">6511260|1001&amp;x</resumptionToken>
</ListRecords></OAI-PMH>"""
RAW = r"""<record><header><identifier>oai:arXiv.org:0704.0001</identifier><datestamp>2008-11-26</datestamp>
<setSpec>physics:hep-ph</setSpec></header><metadata>
<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>0704.0001</id><submitter>P</submitter>
<version version="v1"><date>Mon, 2 Apr 2007 19:18:42 GMT</date><size>9kb</size></version>
<version version="v2"><date>Tue, 24 Jul 2008 20:10:27 GMT</date></version><title>Grebes of the Schr\"odinger
  lake</title><authors>C. Bal\'azs (1), E. L. Berger (2, 3)
 and P. van Dijk ((1) A lake, (2) Another)</authors>
<categories>hep-ph cs.CL</categories><journal-ref>J.Lakes 76 (2007)</journal-ref><doi>10.1000/lakes.76</doi>
<abstract>  They dive \emph{deep}.
</abstract></arXivRaw></metadata></record>"""
ARXIV = """<record><header><identifier>oai:arXiv.org:hep-th/9901001</identifier></header><metadata>
<arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>hep-th/9901001</id><created>1999-01-02</created>
<updated>2001-05-05</updated><authors><author><keyname>van Dijk</keyname><forenames>Piet</forenames></author>
<author><keyname>King</keyname><forenames>M. L.</forenames><suffix>Jr</suffix></author></authors>
<title>Loons</title><categories>hep-th</categories><abstract>They call.</abstract></arXiv></metadata>
</record>"""
DC = """<record><header><identifier>oai:arXiv.org:2101.00003</identifier></header><metadata>
<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title>Coots</dc:title><dc:creator>Grebe, Gwen</dc:creator><dc:creator>van Dijk, Piet</dc:creator>
<dc:subject>Computer Science - Computation and Language</dc:subject>
<dc:description>They walk.</dc:description>
<dc:description>Comment: 3 pages</dc:description><dc:date>2021-06-05</dc:date><dc:date>2021-01-04</dc:date>
<dc:type>text</dc:type><dc:identifier>http://arxiv.org/abs/2101.00003</dc:identifier>
<dc:identifier>J. Lakes 3</dc:identifier><dc:identifier>doi:10.1000/lakes.3</dc:identifier></oai_dc:dc>
</metadata></record>"""
GONE = (
    """<record><header status="deleted"><identifier>oai:arXiv.org:2101.00004</identifier></header></record>"""
)


def read(tmp_path, *records, before=BEFORE, after=AFTER):
    path = tmp_path / "oai.xml"
    path.write_text(before + "\n".join(records) + after)
    assert detect(Source(path)).name == "oai-pmh"
    return list(read_papers(path))


def test_arxiv_raw(tmp_path):
    assert read(tmp_path, RAW) == [
        Paper(
            id="0704.0001",
            title="Grebes of the Schrödinger lake",
            abstract="They dive deep.",
            authors=("C. Balázs", "E. L. Berger", "P. van Dijk"),
            published="2007-04-02",
            revised="2008-07-24",
            categories=("hep-ph", "cs.CL"),
            venue="J.Lakes 76 (2007)",
            url="https://arxiv.org/abs/0704.0001",
            identifiers={"doi": "10.1000/lakes.76"},
        )
    ]


def test_arxiv(tmp_path):
    (paper,) = read(tmp_path, ARXIV)
    assert (paper.id, paper.authors) == ("hep-th/9901001", ("Piet van Dijk", "M. L. King Jr"))
    assert (paper.published, paper.abstract, paper.venue) == ("1999-01-02", "They call.", "arXiv")
    assert paper.revised == "2001-05-05"


def test_dublin_core(tmp_path):
    (paper,) = read(tmp_path, DC)
    assert (paper.id, paper.title, paper.abstract) == ("2101.00003", "Coots", "They walk.")
    assert paper.authors == ("Gwen Grebe", "Piet van Dijk")
    assert (paper.published, paper.url) == ("2021-01-04", "http://arxiv.org/abs/2101.00003")
    assert paper.revised == "2021-06-05"
    assert paper.identifiers == {"doi": "10.1000/lakes.3"}
    assert paper.categories == ("Computer Science - Computation and Language",)


def test_deleted_records_remove(tmp_path):
    assert read(tmp_path, GONE, ARXIV)[0] == Deleted("oai.xml, row 1", "2101.00004")


def test_several_answers_in_one_file(tmp_path):
    found = read(tmp_path, RAW + AFTER + BEFORE + ARXIV)
    assert [paper.id for paper in found] == ["0704.0001", "hep-th/9901001"]


def test_one_record_and_records_without_an_answer_around(tmp_path):
    single = BEFORE.replace("ListRecords>", "GetRecord>")
    assert len(read(tmp_path, RAW, before=single, after="</GetRecord></OAI-PMH>")) == 1
    bare = RAW.replace("<record>", '<record xmlns="http://www.openarchives.org/OAI/2.0/">')
    assert len(read(tmp_path, bare, bare, before="", after="")) == 2


def test_refusals_of_the_service(tmp_path):
    def answer(code, said):
        error = f'<error code="{code}">{said}</error></OAI-PMH>'
        return read(tmp_path, before=BEFORE.replace("<ListRecords>", ""), after=error)

    assert answer("noRecordsMatch", "") == [
        ReadNote("oai.xml", "the service had no records for what it was asked")
    ]
    assert answer("badResumptionToken", "expired") == [
        Rejected("oai.xml, row 1", "the service answered badResumptionToken: expired")
    ]


def test_other_formats_and_records_of_nothing_are_named(tmp_path):
    other = RAW.replace("arXivRaw", "marc")
    nothing = "<record><header><identifier>oai:x:1</identifier></header></record>"
    assert [item.reason for item in read(tmp_path, other, nothing)] == [
        "is in the format 'marc'; ask the service for arXivRaw, arXiv or oai_dc",
        "has no metadata (id 'oai:x:1')",
    ]

"""Small files of each format that services and libraries export, with invented papers."""

import io
import json
import zipfile
from xml.sax.saxutils import escape

PUBMED = """<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{number}</PMID><Article>\
<Journal><JournalIssue><PubDate><Year>2021</Year><Month>Jan</Month></PubDate></JournalIssue><Title>Lakes</Title>\
</Journal><ArticleTitle>{title}</ArticleTitle><Abstract><AbstractText>{abstract}</AbstractText></Abstract>\
<AuthorList><Author><LastName>Grebe</LastName><ForeName>Gwen</ForeName></Author></AuthorList></Article>\
</MedlineCitation></PubmedArticle>\n"""

ATOM = """<entry><id>http://arxiv.org/abs/2101.{number:05d}v1</id><published>2021-01-05T10:00:00Z</published>\
<title>{title}</title><summary>{abstract}</summary><author><name>Gwen Grebe</name></author>\
<category term="cs.CL"/></entry>\n"""

OAI = """<record><header><identifier>oai:arXiv.org:2101.{number:05d}</identifier></header><metadata>\
<arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>2101.{number:05d}</id><title>{title}</title>\
<version version="v1"><date>Tue, 5 Jan 2021 10:00:00 GMT</date></version><authors>Gwen Grebe</authors>\
<categories>cs.CL</categories><abstract>{abstract}</abstract></arXivRaw></metadata></record>\n"""

ENDNOTE = """<record><database name="My library">x</database><rec-number>{number}</rec-number>\
<ref-type name="Journal Article">17</ref-type><contributors><authors><author>\
<style face="normal" font="default" size="100%">Grebe, Gwen</style></author></authors></contributors>\
<titles><title><style face="normal" font="default" size="100%">{title}</style></title>\
<secondary-title>Lakes</secondary-title></titles><dates><year>2021</year></dates>\
<electronic-resource-num>10.1000/lakes.{number}</electronic-resource-num><abstract>{abstract}</abstract></record>
"""

ACL = """<paper id="{number}"><title>{title}</title><author><first>Gwen</first><last>Grebe</last></author>\
<abstract>{abstract}</abstract><url hash="0">2021.lakes-1.{number}</url></paper>
"""

XML = {
    "endnote": (ENDNOTE, '<?xml version="1.0" encoding="UTF-8" ?><xml><records>\n', "</records></xml>\n"),
    "acl": (
        ACL,
        "<?xml version='1.0' encoding='UTF-8'?>\n<collection id=\"2021.lakes\"><volume id=\"1\"><meta>"
        "<booktitle>Proceedings of Lakes</booktitle><year>2021</year></meta>\n",
        "</volume></collection>\n",
    ),
    "pubmed": (
        PUBMED,
        '<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet '
        'PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" '
        '"https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n<PubmedArticleSet>\n',
        "</PubmedArticleSet>\n",
    ),
    "arxiv-atom": (
        ATOM,
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        "<id>http://arxiv.org/api/x</id>\n<title>arXiv Query: grebes</title>\n",
        "</feed>\n",
    ),
    "oai-pmh": (
        OAI,
        '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        "<responseDate>2026-11-30T00:00:00Z</responseDate><ListRecords>\n",
        "</ListRecords></OAI-PMH>\n",
    ),
}

# A record of each kind that reference managers write.
REFERENCES = {
    "bibtex": "@article{{grebe{0},\n  title = {{{1}}},\n  abstract = {{{2}}},\n  year = 2021\n}}\n\n",
    "ris": "TY  - JOUR\nDO  - 10.1000/{0}\nTI  - {1}\nAB  - {2}\nPY  - 2021\nER  - \n\n",
    "nbib": "PMID- {0}\nOWN - NLM\nDP  - 2021\nTI  - {1}\nAB  - {2}\n\n",
    "wos": "PT J\nAU Grebe, G\nTI {1}\nAB {2}\nPY 2021\nUT WOS:{0}\nER\n\n",
    "enw": "%0 Journal Article\n%T {1}\n%X {2}\n%D 2021\n%F grebe{0}\n\n",
}


def openalex(number, title, abstract):
    places = {}
    for place, word in enumerate(abstract.split()):
        places.setdefault(word, []).append(place)
    return {
        "id": f"https://openalex.org/W{1000 + number}",
        "doi": f"https://doi.org/10.1000/lakes.{number}",
        "title": title,
        "publication_date": "2021-01-05",
        "authorships": [{"author": {"display_name": "Gwen Grebe"}}],
        "abstract_inverted_index": places,
    }


def s2(number, title, abstract):
    return {
        "paperId": f"{number:040x}",
        "externalIds": {"DOI": f"10.1000/lakes.{number}"},
        "title": title,
        "abstract": abstract,
        "year": 2021,
        "authors": [{"authorId": "7", "name": "Gwen Grebe"}],
    }


def biorxiv(number, title, abstract):
    return {
        "doi": f"10.1101/2021.01.05.{number:06d}",
        "title": title,
        "authors": "Grebe, G.; Loon, L.",
        "date": "2021-01-05",
        "version": "1",
        "type": "new results",
        "license": "cc_by",
        "category": "ecology",
        "jatsxml": "https://www.biorxiv.org/x.xml",
        "abstract": abstract,
        "published": "NA",
        "server": "biorxiv",
    }


def crossref(number, title, abstract):
    return {
        "DOI": f"10.1000/lakes.{number}",
        "prefix": "10.1000",
        "title": [title] if title else [],
        "container-title": ["Lakes"],
        "abstract": abstract,
        "author": [{"given": "Gwen", "family": "Grebe", "sequence": "first"}],
        "issued": {"date-parts": [[2021, 1, 5]]},
    }


def zotero(number, title, abstract):
    return {
        "key": f"GREBE{number:03d}",
        "version": 7,
        "data": {
            "key": f"GREBE{number:03d}",
            "itemType": "journalArticle",
            "title": title,
            "abstractNote": abstract,
            "creators": [{"creatorType": "author", "firstName": "Gwen", "lastName": "Grebe"}],
            "date": "2021-01-05",
            "publicationTitle": "Lakes",
        },
    }


def csl(number, title, abstract):
    return {
        "id": f"grebe{number}",
        "type": "article-journal",
        "title": title,
        "abstract": abstract,
        "author": [{"given": "Gwen", "family": "Grebe"}],
        "issued": {"date-parts": [[2021, 1, 5]]},
    }


JSON = {
    "openalex": openalex,
    "s2": s2,
    "biorxiv": biorxiv,
    "crossref": crossref,
    "zotero": zotero,
    "csl": csl,
}


def text(kind, papers):
    """A file of a kind with these papers, each a title and an abstract; JSON stands one a line."""
    if kind in JSON:
        return "".join(json.dumps(JSON[kind](n, *paper)) + "\n" for n, paper in enumerate(papers, start=1))
    if kind in REFERENCES:
        before = "FN Clarivate Analytics Web of Science\nVR 1.0\n" if kind == "wos" else ""
        return before + "".join(REFERENCES[kind].format(n, *paper) for n, paper in enumerate(papers, start=1))
    entry, before, after = XML[kind]
    entries = (
        entry.format(number=n, title=escape(title), abstract=escape(abstract))
        for n, (title, abstract) in enumerate(papers, start=1)
    )
    return before + "".join(entries) + after


OPEN_XML = "http://schemas.openxmlformats.org/"
SHEET_XMLNS = f'xmlns="{OPEN_XML}spreadsheetml/2006/main"'
_PACKAGE = f"{OPEN_XML}package/2006/"
_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml."
BOOK = (
    f'<workbook {SHEET_XMLNS} xmlns:r="{OPEN_XML}officeDocument/2006/relationships"><sheets>'
    '<sheet name="one" sheetId="1" r:id="rId1"/></sheets></workbook>'
)


def workbook_of(sheet, *, shared="", book=BOOK, **parts):
    """The bytes of a workbook of which the sheet's XML is given, or that of other parts."""
    data = io.BytesIO()
    kinds = {"workbook": "sheet.main", "sharedStrings": "sharedStrings"}
    kinds = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="{_MAIN}{kind}+xml"/>'
        for part, kind in kinds.items()
        if part == "workbook" or shared
    )
    relation = f'<Relationship Id="rId1" Type="{OPEN_XML}worksheet" Target="worksheets/sheet1.xml"/>'
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{_PACKAGE}content-types">{kinds}</Types>')
        archive.writestr("xl/workbook.xml", book)
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{_PACKAGE}relationships">{relation}</Relationships>',
        )
        if shared:
            archive.writestr("xl/sharedStrings.xml", f"<sst {SHEET_XMLNS}>{shared}</sst>")
        for name, part in parts.items():
            archive.writestr(f"xl/{name}.xml", part)
        archive.writestr("xl/worksheets/sheet1.xml", f"<worksheet {SHEET_XMLNS}>{sheet}</worksheet>")
    return data.getvalue()


def workbook(records):
    """The bytes of a workbook with a row for each record, its keys in the first."""
    rows = [list(records[0]), *(list(record.values()) for record in records)]
    cells = ""
    for row in rows:
        texts = (f'<c t="inlineStr"><is><t>{escape(str(cell))}</t></is></c>' for cell in row)
        cells += f"<row>{''.join(texts)}</row>"
    return workbook_of(f"<sheetData>{cells}</sheetData>")

import gzip

import pytest

from recommender.paper import Paper
from recommender.readers import Deleted, Rejected, read_papers

ARTICLE = """<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM">
 <PMID Version="1">9000001</PMID>
 <Article PubModel="Print-Electronic">
  <Journal><ISSN IssnType="Print">0000-0001</ISSN><JournalIssue CitedMedium="Internet"><Volume>3</Volume>
   <PubDate><Year>2021</Year><Month>Mar</Month><Day>7</Day></PubDate></JournalIssue>
   <Title>Journal of lake birds</Title><ISOAbbreviation>J Lake Birds</ISOAbbreviation></Journal>
  <ArticleTitle>Diving of <i>Podiceps</i> in CO<sub>2</sub>-rich lakes.</ArticleTitle>
  <ELocationID EIdType="pii" ValidYN="Y">p1</ELocationID>
  <ELocationID EIdType="doi" ValidYN="Y">10.1000/lakes.1</ELocationID>
  <Abstract><AbstractText Label="BACKGROUND" NlmCategory="BACKGROUND">Grebes dive (p&lt;0.05).</AbstractText>
   <AbstractText Label="METHODS">We <b>watched</b> them.</AbstractText>
   <AbstractText Label="UNLABELLED">They came up.</AbstractText>
   <CopyrightInformation>Nobody's.</CopyrightInformation></Abstract>
  <AuthorList CompleteYN="Y">
   <Author ValidYN="Y"><LastName>van Dijk</LastName><ForeName>Piet</ForeName><Initials>P</Initials>
    <AffiliationInfo><Affiliation>A lake</Affiliation></AffiliationInfo></Author>
   <Author ValidYN="Y"><LastName>King</LastName><Initials>ML</Initials><Suffix>Jr</Suffix></Author>
   <Author ValidYN="Y"><CollectiveName>The Lake, Pond and River Group</CollectiveName></Author>
  </AuthorList>
  <PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType></PublicationTypeList>
  <ArticleDate DateType="Electronic"><Year>2020</Year><Month>12</Month><Day>05</Day></ArticleDate>
 </Article>
 <MeshHeadingList><MeshHeading><DescriptorName UI="D1">Birds</DescriptorName>
  <QualifierName>physiology</QualifierName></MeshHeading></MeshHeadingList>
 <KeywordList Owner="NOTNLM"><Keyword MajorTopicYN="N">grebes</Keyword></KeywordList>
 <OtherAbstract Type="plain-language-summary"><AbstractText>Birds swim.</AbstractText></OtherAbstract>
</MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="pubmed">9000001</ArticleId>
  <ArticleId IdType="pmc">PMC700001</ArticleId><ArticleId IdType="doi">10.1000/lakes.1</ArticleId>
</ArticleIdList>
 <ReferenceList><Reference><Citation>Another.</Citation><ArticleIdList>
  <ArticleId IdType="doi">10.9999/cited</ArticleId><ArticleId IdType="pubmed">1</ArticleId></ArticleIdList>
 </Reference></ReferenceList></PubmedData></PubmedArticle>"""


def read(tmp_path, *articles, root="PubmedArticleSet"):
    path = tmp_path / "pubmed.xml"
    path.write_text(f'<?xml version="1.0" ?>\n<{root}>{"".join(articles)}</{root}>')
    return list(read_papers(path))


def test_every_field(tmp_path):
    assert read(tmp_path, ARTICLE) == [
        Paper(
            id="pmid:9000001",
            title="Diving of Podiceps in CO2-rich lakes.",
            abstract="BACKGROUND: Grebes dive (p<0.05). METHODS: We watched them. They came up.",
            authors=("Piet van Dijk", "ML King Jr", "The Lake, Pond and River Group"),
            published="2020-12-05",
            categories=("Birds", "grebes"),
            venue="Journal of lake birds",
            url="https://pubmed.ncbi.nlm.nih.gov/9000001/",
            identifiers={"doi": "10.1000/lakes.1", "pmcid": "PMC700001", "pmid": "9000001"},
        )
    ]


def small(inside="", *, title="Grebes dive", dated="<Year>2021</Year>", types="", around=""):
    return f"""<PubmedArticle><MedlineCitation><PMID>7</PMID><Article><Journal><JournalIssue>
<PubDate>{dated}</PubDate>
    </JournalIssue><Title>Cell</Title></Journal><ArticleTitle>{title}</ArticleTitle>{inside}
    <PublicationTypeList>{types}</PublicationTypeList></Article>{around}</MedlineCitation></PubmedArticle>"""


@pytest.mark.parametrize(
    ("dated", "published"),
    [
        ("<Year>2021</Year>", "2021"),
        ("<Year>2021</Year><Month>Oct</Month>", "2021-10"),
        ("<Year>2021</Year><Month>10</Month><Day>3</Day>", "2021-10-03"),
        ("<MedlineDate>2013 Mar-Apr</MedlineDate>", "2013-03"),
        ("<MedlineDate>1998 Dec-1999 Jan</MedlineDate>", "1998-12"),
        ("<Year>2019</Year><Season>Spring</Season>", "2019"),
        ("", ""),
    ],
)
def test_dates(tmp_path, dated, published):
    paper = read(tmp_path, small(dated=dated))[-1]
    assert paper.published == published


def test_a_title_that_was_not_translated_is_the_original(tmp_path):
    vernacular = "<VernacularTitle>Futen duiken.</VernacularTitle>"
    for title in ("[Not Available].", "[Not Available]", ""):
        assert read(tmp_path, small(vernacular, title=title))[0].title == "Futen duiken."
    assert read(tmp_path, small(vernacular, title="[Grebes dive]."))[0].title == "[Grebes dive]."
    assert read(tmp_path, small(title="")) == [Rejected("pubmed.xml, row 1", "has no title (id 'pmid:7')")]


def test_another_abstract_counts_where_there_is_none(tmp_path):
    other = "<OtherAbstract><AbstractText>Birds swim.</AbstractText></OtherAbstract>"
    assert read(tmp_path, small(around=other))[0].abstract == "Birds swim."


def test_retracted_papers_are_marked(tmp_path):
    retracted = small(types="<PublicationType>Retracted Publication</PublicationType>")
    notice = small(types="<PublicationType>Retraction of Publication</PublicationType>")
    reference = '<CommentsCorrections RefType="RetractionIn"/>'
    pointed = small(around=f"<CommentsCorrectionsList>{reference}</CommentsCorrectionsList>")
    assert [paper.retracted for paper in read(tmp_path, retracted, notice, pointed)] == [True, False, True]


@pytest.mark.parametrize(
    ("reference", "scheme", "kind"),
    [
        ("RetractionOf", "retracts", "retraction"),
        ("ErratumFor", "corrects", "erratum"),
        ("ExpressionOfConcernFor", "concerns", "concern"),
    ],
)
def test_a_notice_names_its_paper(tmp_path, reference, scheme, kind):
    note = f'<CommentsCorrections RefType="{reference}"><PMID Version="1">77</PMID></CommentsCorrections>'
    (paper,) = read(tmp_path, small(around=f"<CommentsCorrectionsList>{note}</CommentsCorrectionsList>"))
    assert (paper.identifiers[scheme], paper.notice) == ("pmid:77", kind)
    assert "pmid:77" not in paper.names
    assert not paper.retracted


def test_books_and_chapters(tmp_path):
    chapter = """<PubmedBookArticle><BookDocument><PMID Version="1">20301295</PMID><ArticleIdList>
    <ArticleId IdType="bookaccession">NBK1</ArticleId><ArticleId IdType="doi">10.1000/b.1</ArticleId>
</ArticleIdList>
    <Book><Publisher><PublisherName>P</PublisherName></Publisher>
<BookTitle book="l">Lakes of the north</BookTitle>
    <PubDate><Year>1993</Year></PubDate><AuthorList Type="editors"><Author><LastName>Loon</LastName>
    <ForeName>Lou</ForeName></Author></AuthorList></Book><ArticleTitle>Of grebes</ArticleTitle>
    <AuthorList Type="authors"><Author><LastName>Grebe</LastName><ForeName>Gwen</ForeName></Author>
</AuthorList>
    <Abstract><AbstractText>They dive.</AbstractText></Abstract></BookDocument></PubmedBookArticle>"""
    (paper,) = read(tmp_path, chapter)
    assert (paper.title, paper.venue, paper.published) == ("Of grebes", "Lakes of the north", "1993")
    assert (paper.authors, paper.abstract) == (("Gwen Grebe",), "They dive.")
    assert paper.identifiers == {"doi": "10.1000/b.1", "pmid": "20301295"}
    (book,) = read(tmp_path, chapter.replace("<ArticleTitle>Of grebes</ArticleTitle>", ""))
    assert book.title == "Lakes of the north"


def test_deleted_citations_remove(tmp_path):
    deleted = "<DeleteCitation><PMID Version='1'>5</PMID><PMID Version='1'>6</PMID></DeleteCitation>"
    found = read(tmp_path, ARTICLE, deleted)
    assert found[1:] == [Deleted("pubmed.xml, row 2", "pmid:5"), Deleted("pubmed.xml, row 2", "pmid:6")]


def test_the_files_of_the_archive_are_gzipped(tmp_path):
    path = tmp_path / "pubmed26n0001.xml.gz"
    path.write_bytes(gzip.compress(f"<PubmedArticleSet>{ARTICLE}</PubmedArticleSet>".encode()))
    assert [paper.id for paper in read_papers(path)] == ["pmid:9000001"]

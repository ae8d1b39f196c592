from recommender.paper import Paper
from recommender.readers import Rejected, Source, detect, read_papers
from recommender.readers.arxiv_atom import ArxivAtom

FEED = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><link href="http://arxiv.org/api/query" rel="self"/>
<title type="html">ArXiv Query: search_query=all:grebes</title><id>http://arxiv.org/api/abc</id>
<opensearch:totalResults xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">2</opensearch:totalResults>
<entry><id>http://arxiv.org/abs/2106.00007v2</id><updated>2021-10-16T18:40:34Z</updated>
 <published>2021-06-01T17:37:18Z</published><title>Grebes dive
  in $L^2$</title><summary>  They &lt;i&gt; dive
 deep.</summary><author><name>Gwen Grebe</name><arxiv:affiliation xmlns:arxiv="http://arxiv.org/schemas/atom">
 A lake</arxiv:affiliation></author><author><name>Piet van Dijk</name></author>
 <arxiv:doi xmlns:arxiv="http://arxiv.org/schemas/atom">10.1000/lakes.1</arxiv:doi>
 <link title="doi" href="http://dx.doi.org/10.1000/lakes.1" rel="related"/>
 <arxiv:comment xmlns:arxiv="http://arxiv.org/schemas/atom">3 pages</arxiv:comment>
 <arxiv:journal_ref xmlns:arxiv="http://arxiv.org/schemas/atom">J. Lakes 3 (2021)</arxiv:journal_ref>
 <link href="http://arxiv.org/abs/2106.00007v2" rel="alternate" type="text/html"/>
 <link title="pdf" href="http://arxiv.org/pdf/2106.00007v2" rel="related"/>
 <arxiv:primary_category xmlns:arxiv="http://arxiv.org/schemas/atom" term="q-bio.PE"/>
 <category term="cs.CL" scheme="http://arxiv.org/schemas/atom"/><category term="q-bio.PE"/></entry>
<entry><id>http://arxiv.org/abs/hep-th/9901001v1</id><published>1999-01-01T00:00:00Z</published><title>Old</title>
 <summary>Old.</summary><author><name>Lou Loon</name></author><category term="hep-th"/></entry>
</feed>"""


def read(tmp_path, text):
    path = tmp_path / "feed.xml"
    path.write_text(text)
    assert detect(Source(path)).name == "arxiv-atom"
    return list(read_papers(path))


def test_every_field(tmp_path):
    first, old = read(tmp_path, FEED)
    assert first == Paper(
        id="2106.00007v2",
        title="Grebes dive in L^2",
        abstract="They <i> dive deep.",
        authors=("Gwen Grebe", "Piet van Dijk"),
        published="2021-06-01",
        revised="2021-10-16",
        categories=("q-bio.PE", "cs.CL"),
        venue="J. Lakes 3 (2021)",
        url="http://arxiv.org/abs/2106.00007v2",
        identifiers={"doi": "10.1000/lakes.1"},
    )
    assert first.key == "arxiv:2106.00007"
    assert (old.id, old.venue) == ("hep-th/9901001v1", "arXiv")


def test_an_error_is_no_paper(tmp_path):
    error = """<entry><id>http://arxiv.org/api/errors#incorrect_id_format_for_x</id><title>Error</title>
    <summary>incorrect id format for x</summary><author><name>arXiv api core</name></author></entry></feed>"""
    assert read(tmp_path, FEED.split("<entry>")[0] + error) == [
        Rejected("feed.xml, row 1", "is an error of arXiv: incorrect id format for x")
    ]


RSS = """<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"
><channel>
<title>cs.CL updates on arXiv.org</title><link>http://rss.arxiv.org/rss/cs.CL</link>
<item><title>Grebes dive</title><link>https://arxiv.org/abs/2411.00001</link>
<description>arXiv:2411.00001v1 Announce Type: new
Abstract: They dive.</description><guid isPermaLink="false">oai:arXiv.org:2411.00001v1</guid>
<category>cs.CL</category>
<category>cs.AI</category><pubDate>Mon, 04 Nov 2024 00:00:00 -0500</pubDate>
<arxiv:announce_type>new</arxiv:announce_type><dc:creator>Gwen Grebe, Lou Loon</dc:creator></item>
<item><title>Loons call</title><link>https://arxiv.org/abs/2107.00002</link>
<description>arXiv:2107.00002v3 Announce Type: replace-cross
Abstract: They call.</description><guid isPermaLink="false">oai:arXiv.org:2107.00002v3</guid>
<category>cs.CL</category>
<pubDate>Mon, 04 Nov 2024 00:00:00 -0500</pubDate><arxiv:announce_type>replace-cross</arxiv:announce_type>
<arxiv:DOI>10.1000/lakes.2</arxiv:DOI><dc:creator>Lou Loon</dc:creator></item></channel></rss>"""


def test_announcements(tmp_path):
    new, again = read(tmp_path, RSS)
    assert (new.id, new.title, new.abstract) == ("2411.00001v1", "Grebes dive", "They dive.")
    assert (new.authors, new.categories) == (("Gwen Grebe", "Lou Loon"), ("cs.CL", "cs.AI"))
    assert (new.published, new.url) == ("2024-11-04", "https://arxiv.org/abs/2411.00001")
    # What is replaced was published when it got its id, not on the day of the feed.
    assert (again.id, again.published, again.abstract) == ("2107.00002v3", "2021-07", "They call.")
    assert again.identifiers == {"doi": "10.1000/lakes.2"}
    assert (new.revised, again.revised) == ("", "2024-11-04")


def test_older_announcements(tmp_path):
    text = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
    <channel rdf:about="http://arxiv.org/"><title>cs.CL updates on arXiv.org</title></channel>
    <item rdf:about="http://arxiv.org/abs/2301.00001"><title>Grebes dive. (arXiv:2301.00001v1 [cs.CL])</title>
    <link>http://arxiv.org/abs/2301.00001</link><description>&lt;p&gt;They dive.&lt;/p&gt;</description>
    <dc:creator>Gwen Grebe, Lou Loon</dc:creator></item></rdf:RDF>"""
    (paper,) = read(tmp_path, text)
    assert (paper.id, paper.title, paper.published) == ("2301.00001", "Grebes dive.", "2023-01")


def test_other_feeds_are_not_arxivs():
    entries = b"<entry><title>Grebes</title></entry><entry><id>arxiv.org</id></entry>"
    head = b"<feed><title>Notes</title>" + entries + b"</feed>"
    assert not ArxivAtom().recognises(head)
    assert not ArxivAtom().recognises(b"<html><a href='http://arxiv.org'></a></html>")

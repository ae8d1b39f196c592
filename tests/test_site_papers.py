"""A paper's page and its files: what it says, what reference managers read, and what they read back."""

from dataclasses import replace

import pytest
from listings import HOSTILE, KNOTS, LISTING, LORA, MARKUP
from site_pages import ALL, NO_PAGES, UNDATED, Tree, hostile_paper, of_paper

from recommender import Paper
from recommender.listing import Entry, Part, identifier_links, readable_formulas
from recommender.readers import read_papers
from recommender.site import paper_files
from recommender.site.bounds import bounded, has_many_formulas
from recommender.site.citation import ROOM, citation_tags

FULL = Paper(
    id="2106.09685",
    title=r"Sorting in $O(n \log n)$ & more",
    abstract="We sort. It is fast.",
    authors=("Ada van der Berg", "Okafor, Ben Carl", "WHO; Working Party"),
    published="2021-06-17",
    revised="2021-10-16",
    categories=("cs.DS", "math; CO"),
    venue="Journal of Sorting",
    url="https://arxiv.org/abs/2106.09685",
    identifiers={"doi": "10.1234/sort(1)", "pmid": "12345", "issn": "1234-5679"},
)


def tags(paper):
    """(name, content) of each tag, as a browser reads them."""
    tree = Tree(of_paper(paper))
    return [
        (one["name"], one["content"])
        for one in tree.all("meta")
        if one.get("name", "").startswith("citation_")
    ]


def test_what_zotero_reads():
    assert tags(FULL) == [
        ("citation_title", "Sorting in O(n log n) & more"),
        ("citation_date", "2021/06/17"),
        ("citation_journal_title", "Journal of Sorting"),
        ("citation_doi", "10.1234/sort(1)"),
        ("citation_arxiv_id", "2106.09685"),
        ("citation_pmid", "12345"),
        ("citation_issn", "1234-5679"),
        ("citation_keywords", "cs.DS; math, CO"),
        ("citation_abstract", "We sort. It is fast."),
        ("citation_public_url", "https://arxiv.org/abs/2106.09685"),
        ("citation_pdf_url", "https://arxiv.org/pdf/2106.09685"),
        ("citation_author", "Ada van der Berg"),
        ("citation_author", "Ben Carl Okafor"),
        ("citation_author", "WHO Working Party"),
    ]


@pytest.mark.parametrize(
    ("venue", "name"),
    [
        ("ICLR 2022", "citation_conference_title"),
        ("Nature", "citation_journal_title"),
        ("arXiv", None),
        ("", None),
    ],
)
def test_a_venue_is_named_as_what_it_is(venue, name):
    named = [
        one
        for one, _ in tags(replace(LORA, venue=venue))
        if one.endswith("journal_title") or "conference" in one
    ]
    assert named == ([name] if name else [])


def test_what_is_unknown_has_no_tag():
    assert tags(Paper(title="A title alone")) == [("citation_title", "A title alone")]


def test_an_address_is_whole_or_not_there():
    for length, tags in ((1_500, 1), (3_000, 0)):
        address = f"https://papers.example/{'a' * length}"
        page = str(citation_tags(Paper(title="Long", url=address)))
        assert page.count("citation_public_url") == page.count(f'"{address}"') == tags


def test_of_thousands_of_authors_the_tags_have_the_first():
    paper = replace(LORA, authors=tuple(f"Author Number{at}" for at in range(3_000)))
    named = [content for name, content in tags(paper) if name == "citation_author"]
    assert named == list(paper.authors[: len(named)])
    assert 100 < len(named) < 300
    assert len(citation_tags(paper)) <= ROOM + len(named) + 10
    assert "others" in Tree(of_paper(paper)).text
    assert len(of_paper(paper)) < 60_000


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_ends_a_tag(text):
    assert dict(tags(hostile_paper(text)))["citation_title"].endswith("title")
    assert len(Tree(of_paper(hostile_paper(text))).all("script")) == 0


def test_a_page_has_all_that_is_known():
    page = of_paper(FULL)
    tree = Tree(page)
    links = {one["href"]: one for one in tree.all("a")}
    for address in (
        "https://arxiv.org/abs/2106.09685",
        "https://doi.org/10.1234/sort%281%29",
        "https://pubmed.ncbi.nlm.nih.gov/12345/",
        "https://arxiv.org/pdf/2106.09685",
    ):
        assert address in links
    for said in (
        "2021-06-17, revised 2021-10-16",
        "Journal of Sorting",
        "cs.DS, math; CO",
        "ISSN: 1234-5679",
    ):
        assert said in tree.text
    assert "Ada van der Berg, Okafor, Ben Carl" in tree.text
    assert "We sort. It is fast." in tree.text
    assert "Retracted" not in tree.text


def test_its_record_is_linked_in_every_format_for_people_and_for_programs():
    tree = Tree(of_paper(FULL, path="paper/2106.09685.html"))
    named = [f"../paper/2106.09685{ending}" for ending in (".bib", ".ris", ".json", ".md")]
    assert [one["href"] for one in tree.all("link") if one["rel"] == "alternate"] == named
    assert [one["href"] for one in tree.all("a") if "download" in one] == named
    assert {*paper_files(FULL)} == {".bib", ".ris", ".json", ".md"}


def test_a_retracted_paper_says_so():
    tree = Tree(of_paper(KNOTS))
    assert "Knots and their sums (retracted)" in tree.text
    assert "Retracted, as its source or its own text says" in tree.text
    assert ("citation_title", KNOTS.title) in tags(KNOTS)


def test_similar_papers_come_with_reasons_and_further_ones_as_links():
    entry = replace(LISTING.entries[0], signal="nearness 0.81", closest="", closest_title="")
    similar = replace(LISTING, reader="", parts=(Part("similar", "Similar papers", "by nearness", (entry,)),))
    others = Part(
        "similar", "Others of its day", "by nearness", (Entry(1, KNOTS), Entry(2, Paper(title="Alone")))
    )
    tree = Tree(of_paper(FULL, similar, others))
    assert [attributes["id"] for attributes in tree.all("h2")] == ["abstract", "part-1", "others"]
    for said in (
        "nearness 0.81",
        "in common: low-rank, adaptation",
        "We propose LoRA.",
        "Knots and their sums (retracted)",
    ):
        assert said in tree.text
    assert "../paper/knots.html" in [one["href"] for one in tree.all("a")]
    assert tree.all("details") == []
    outside = Tree(of_paper(FULL, similar, others, links=NO_PAGES))
    assert "https://doi.org/10.1234/knots%281%29" in [one["href"] for one in outside.all("a")]


def test_a_page_says_nothing_of_when_it_was_made():
    page = of_paper(FULL, replace(LISTING, made="2031-01-01T06:00:00+00:00"))
    assert b"2031" not in page
    assert page == of_paper(FULL, replace(LISTING, day="2027-01-01"))


@pytest.mark.parametrize("sign", ["&", "$a$ ", "😀", r"$\frac{1}{2}$ "])
def test_a_page_that_is_full_of_signs_is_light_still(sign):
    text = sign * 3_000
    paper = Paper(
        id="x", title=f"T {text}", abstract=text, authors=(text,) * 100, venue=text, categories=(text,)
    )
    entries = tuple(Entry(at, replace(paper, id=str(at)), signal=text, sentence=text) for at in range(1, 21))
    similar = replace(LISTING, reader="", parts=(Part("similar", "Similar", text, entries, text),))
    page = of_paper(paper, similar, Part("similar", "Others", text, entries * 10, text))
    assert len(page) < 60_000
    Tree(page)


def test_a_sentence_full_of_formulas_is_text():
    few, many = r"We show that $x_1 < y$ holds for every graph that we know.", r"$\frac{x_1}{y_1}$ " * 30
    assert bounded(few) == few
    assert "$" not in bounded(many)
    assert has_many_formulas(many)
    assert not has_many_formulas(few)


def test_names_are_linked_where_they_lead():
    assert identifier_links(FULL) == (
        ("arXiv:2106.09685", "https://arxiv.org/abs/2106.09685"),
        ("doi:10.1234/sort(1)", "https://doi.org/10.1234/sort%281%29"),
        ("PMID: 12345", "https://pubmed.ncbi.nlm.nih.gov/12345/"),
        ("ISSN: 1234-5679", ""),
    )
    assert identifier_links(Paper(title="A title alone")) == ()
    assert "knots" in Tree(of_paper(Paper(id="knots", title="Knots"))).text


# Files


@pytest.mark.parametrize("ending", [".bib", ".ris", ".json"])
@pytest.mark.parametrize(
    "paper", [LORA, FULL, replace(KNOTS, abstract="A knot.")], ids=["lora", "full", "knots"]
)
def test_the_files_are_read_back_as_the_paper(tmp_path, paper, ending):
    paper = replace(paper, authors=paper.authors[:2])  # the third is two to those who part at semicolons
    file = tmp_path / f"paper{ending}"
    file.write_bytes(paper_files(paper)[ending])
    (read,) = read_papers(file)
    if ending == ".json":
        assert read == paper
    for name in ("title", "abstract", "published", "venue", "retracted"):
        written = getattr(paper, name)
        if name == "title" and ending != ".json":
            written = readable_formulas(written)  # what reads LaTeX makes text of it
        assert getattr(read, name) == written, name
    assert len(read.authors) == len(paper.authors)
    assert {*paper.names} & {*read.names}


def test_the_text_for_people_says_what_the_paper_is():
    text = paper_files(FULL)[".md"].decode()
    for said in ("Ada van der Berg", "Journal of Sorting", "arXiv:2106.09685", "We sort. It is fast."):
        assert said in text


@pytest.mark.parametrize("text", HOSTILE)
def test_no_file_but_the_exact_one_holds_what_a_terminal_obeys(text):
    for ending, data in paper_files(hostile_paper(text)).items():
        written = data.decode()
        if ending != ".json":
            assert not any(sign in written for sign in "\x00\x07\x1b\u202e\u2066\ufffe")
        if ending == ".md" and text == MARKUP:
            assert "<script>" not in written


def test_a_page_s_links_are_to_pages_where_there_are_some():
    assert ALL.page_of(LORA) == "paper/2106.09685.html"
    assert NO_PAGES.page_of(LORA) is None
    assert UNDATED.day == ""

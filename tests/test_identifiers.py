"""One canonical spelling for every way of writing an identifier."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from recommender.arxiv_ids import arxiv_month, mended_arxiv
from recommender.dois import doi_in, doi_of
from recommender.identifiers import canonical, canonical_url, parse_identifier, title_fingerprint, title_id

S2 = "204e3073870fae3d05bcbc2f6a8e263d9b72e776"

SPELLINGS = {
    "arxiv:2312.00752": [
        "2312.00752",
        " 2312.00752\n",
        "2312.00752v2",
        "2312.00752V12",
        "arXiv:2312.00752",
        "arxiv: 2312.00752v1",
        "ARXIV:2312.00752",
        "arxiv.org/abs/2312.00752",
        "http://arxiv.org/abs/2312.00752v3",
        "https://www.arxiv.org/abs/2312.00752/",
        "https://export.arxiv.org/abs/2312.00752",
        "https://arxiv.org/abs/2312.00752#content",
        "https://arxiv.org/pdf/2312.00752",
        "https://arxiv.org/pdf/2312.00752.pdf",
        "https://arxiv.org/pdf/2312.00752v2.pdf?download=1",
        "https://arxiv.org/html/2312.00752v2",
        "https://huggingface.co/papers/2312.00752",
        "10.48550/arXiv.2312.00752",
        "doi:10.48550/arXiv.2312.00752v2",
        "https://doi.org/10.48550/ARXIV.2312.00752",
        "https://doi.org/10.48550/arXiv.2312.00752.",
    ],
    "arxiv:0704.0001": ["0704.0001", "arXiv:0704.0001v2", "https://arxiv.org/abs/0704.0001"],
    "arxiv:hep-th/9901001": [
        "hep-th/9901001",
        "hep-th/9901001v3",
        "HEP-TH/9901001",
        "arXiv:hep-th/9901001",
        "https://arxiv.org/abs/hep-th/9901001v1",
        "https://arxiv.org/pdf/hep-th/9901001.pdf",
        "10.48550/arXiv.hep-th/9901001",
    ],
    "arxiv:math/9901001": ["math/9901001", "math.GT/9901001", "arXiv:math.gt/9901001v2"],
    "doi:10.18653/v1/n19-1423": [
        "10.18653/v1/N19-1423",
        "doi:10.18653/v1/n19-1423",
        "DOI: 10.18653/v1/N19-1423",
        "doi.org/10.18653/v1/N19-1423",
        "http://dx.doi.org/10.18653/v1/N19-1423",
        "https://doi.org/10.18653/V1/N19-1423",
        "10.18653/v1/N19-1423.",
        "10.18653/v1/N19-1423).",
    ],
    "doi:10.1002/(sici)1097-4571(199009)41:6<391::aid-asi1>3.0.co;2-9": [
        "10.1002/(SICI)1097-4571(199009)41:6<391::AID-ASI1>3.0.CO;2-9"
    ],
    "pmid:12345678": ["PMID: 12345678", "pmid:12345678", "https://pubmed.ncbi.nlm.nih.gov/12345678/"],
    "acl:N19-1423": [
        "acl:N19-1423",
        "ACL:n19-1423",
        "https://aclanthology.org/N19-1423/",
        "https://www.aclanthology.org/N19-1423.pdf",
    ],
    "acl:2020.acl-main.447": [
        "acl:2020.acl-main.447",
        "acl:2020.ACL-main.447",
        "https://aclanthology.org/2020.acl-main.447/",
        "aclanthology.org/2020.acl-main.447.pdf",
    ],
    "openalex:W2741809807": [
        "openalex:W2741809807",
        "openalex:w2741809807",
        "https://openalex.org/W2741809807",
        "https://openalex.org/W2741809807/",
        "https://api.openalex.org/works/W2741809807",
    ],
    f"s2:{S2}": [
        S2,
        S2.upper(),
        f"s2:{S2}",
        f"https://www.semanticscholar.org/paper/{S2}",
        f"https://www.semanticscholar.org/paper/Construction-of-the-Literature-Graph/{S2}/",
    ],
}


@pytest.mark.parametrize(
    ("text", "expected"), [(text, expected) for expected, texts in SPELLINGS.items() for text in texts]
)
def test_every_spelling_has_one_canonical_form(text, expected):
    assert parse_identifier(text) == expected
    assert canonical(text) == expected


@pytest.mark.parametrize("name", SPELLINGS)
def test_the_canonical_form_is_its_own(name):
    assert parse_identifier(name) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "Attention Is All You Need",
        "see 2312.00752",
        "2312.00752 and more",
        "2313.00752",  # there is no month 13
        "2300.00752",
        "2312.007",
        "2312.007523",
        "2312.00752v",
        "arxiv:",
        "hep-th/990100",
        "hep-th/9913001",
        "hep_th/9901001",
        "12345678",
        "pmid:",
        "pmid:1234567890",
        "W1",
        "10.18653",
        "10.18653/",
        "10.18653/.",
        "10.18653/v1 n19",
        "10.1/x",
        "doi:",
        S2[:-1],
        S2 + "0",
        "https://example.org/2312.00752",
        "https://arxiv.org/",
        "https://notarxiv.org/abs/2312.00752",
        "https://arxiv.org.example.com/abs/2312.00752",
        "23１2.00752",
        "arXiv:2312.００７５２",
    ],
)
def test_what_is_no_identifier_stays_as_it_is(text):
    assert parse_identifier(text) is None
    assert canonical(text) == text.strip()


def test_old_ids_of_two_archives_are_two_papers():
    assert canonical("hep-th/9901001") != canonical("math/9901001")


LIKELY = st.sampled_from([text for texts in SPELLINGS.values() for text in texts])


@settings(max_examples=300, deadline=None)
@given(
    st.text()
    | st.builds(
        "".join, st.lists(LIKELY | st.text(max_size=3) | st.sampled_from(list(".,;)/: İıſK")), max_size=4)
    )
    | st.from_regex(r"(doi:)?10\.\d{4,9}/[^\s]{1,12}", fullmatch=True)
)
@example("10.48550/arXiv.2312.00752)")
@example("10.1234/)")
@example("10.1234/x .")
@example("acl:2020.İcl-main.1")
def test_canonical_is_a_fixed_point(text):
    once = canonical(text)
    assert canonical(once) == once
    if parse_identifier(text) is not None:
        assert parse_identifier(text) == once == parse_identifier(once)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 99999), st.integers(15, 49), st.integers(1, 12), st.integers(1, 30))
def test_versions_of_one_paper_are_one_and_numbers_are_kept(number, year, month, version):
    paper = f"{year:02d}{month:02d}.{number:05d}"
    for text in (paper, f"{paper}v{version}", f"https://arxiv.org/pdf/{paper}v{version}.pdf"):
        assert canonical(text) == f"arxiv:{paper}"


# Addresses


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/a",
        "http://example.org/a",
        "HTTPS://www.example.org/a/",
        "https://example.org/a#part",
        " example.org/a ",
    ],
)
def test_scheme_www_fragment_and_last_slash_do_not_tell_addresses_apart(url):
    assert canonical_url(url) == "url:example.org/a"


def test_queries_do_tell_addresses_apart():
    assert canonical_url("https://openreview.net/forum?id=a") != canonical_url(
        "https://openreview.net/forum?id=b"
    )


@pytest.mark.parametrize("url", ["", " ", "https://", "http://www.", "#top"])
def test_an_empty_address_is_none(url):
    assert canonical_url(url) is None


# Titles


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Attention Is All You Need", "attention is all you need"),
        ("Attention Is All You Need", "Attention is all you need."),
        ("Attention Is All You Need", "  ATTENTION — is all\tyou need!  "),
        ("Poincaré Embeddings", "Poincare embeddings"),
        ("Poincar\u00e9", "Poincare\u0301"),
        ("Straße", "STRASSE"),
        ("e\ufb03cient", "efficient"),
        ("BERT: Pre-training", "BERT Pretraining"),
        ("x² loss", "x2 loss"),
        ("Σίσυφος", "σισυφοσ"),
    ],
)
def test_trivial_variants_have_one_fingerprint(one, other):
    assert title_fingerprint(one) == title_fingerprint(other)
    assert title_id(one) == title_id(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("GPT-2", "GPT-3"), ("深度学习", "强化学习"), ("Part I", "Part II"), ("Über", "Uber alles")],
)
def test_other_titles_have_other_fingerprints(one, other):
    assert title_fingerprint(one) != title_fingerprint(other)


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_fingerprints_are_letters_and_digits_and_fixed_points(title):
    fingerprint = title_fingerprint(title)
    assert all(c.isalnum() for c in fingerprint)
    assert title_fingerprint(fingerprint) == fingerprint
    assert title_fingerprint(f" {title}! ") == fingerprint


def test_title_ids_never_change():
    assert title_id("Attention Is All You Need") == "title:5563e10cdb03"
    assert title_id("深度学习") == "title:9bea2bda7ac5"


def test_titles_without_a_word_do_not_share_an_id():
    assert title_id("???") != title_id("!!!")


@pytest.mark.parametrize(
    "written",
    ["arXiv 2312.00752v2", "https://www.alphaxiv.org/abs/2312.00752", "https://ar5iv.org/html/2312.00752"],
)
def test_arxiv_in_the_wild(written):
    assert parse_identifier(written) == "arxiv:2312.00752"


WRITTEN = {
    "doi:10.1061/(asce)0733-9399(2001)127:3(234)": [
        "10.1061/(ASCE)0733-9399(2001)127:3(234)",
    ],
    "doi:10.1002/(sici)1096-9861(19960129)365": [
        "https://doi.org/10.1002/%28SICI%291096-9861%2819960129%29365",
    ],
    "doi:10.1002/(sici)1096-9861(19960129)365:1<113::aid-cne9>3.0.co;2-6": [
        "https://doi.org/10.1002/%28SICI%291096-9861%2819960129%29365%3A1%3C113%3A%3AAID-CNE9%3E3.0.CO%3B2-6",
        "10.1002/(SICI)1096-9861(19960129)365:1&lt;113::AID-CNE9&gt;3.0.CO;2-6",
    ],
    "doi:10.1002/(sici)1096-9861(19960129)365:1<113::aid-cne9>3.0.co;2-#": [
        "10.1002/(SICI)1096-9861(19960129)365:1&amp;lt;113::AID-CNE9&amp;gt;3.0.CO;2-#",
        "https://doi.org/10.1002/(SICI)1096-9861(19960129)365:1<113::AID-CNE9>3.0.CO;2-#",
    ],
    "doi:10.1145/3292500.3330701": [
        "https://doi.org/10.1145/3292500.3330701?utm_source=x",
        "10.1145/3292500.3330701?utm_source=x",
        "https://dl.acm.org/doi/10.1145/3292500.3330701",
        "https://dl.acm.org/doi/pdf/10.1145/3292500.3330701",
        "https://dl.acm.org/doi/abs/10.1145/3292500.3330701?casa_token=a:b",
        "https://dl.acm.org/citation.cfm?doid=10.1145/3292500.3330701&x=1",
        "https://doi-org.ezproxy.lib.edu/10.1145/3292500.3330701",
    ],
    "doi:10.1038/nphys1170": [
        "https://www.doi.org/10.1038/nphys1170",
        "DOI 10.1038/nphys1170",
        "https://doi.org/doi:10.1038/nphys1170",
        "doi: https://doi.org/10.1038/nphys1170",
        "doi:10.1038/nphys1170.",
        "https://doi.org/10.1038%2Fnphys1170",
        "10.1038 / nphys1170",
        '="10.1038/nphys1170"',
        '"10.1038/nphys1170"',
        "[doi:10.1038/nphys1170]",
        "10.1038/nphys1170;",
        "https://www.nature.com/articles/nphys1170",
        "info:doi/10.1038/nphys1170",
        "urn:doi:10.1038/nphys1170",
        "\\url{https://doi.org/10.1038/nphys1170}",
        "<https://doi.org/10.1038/nphys1170>",
        "(doi:10.1038/nphys1170)",
        "https%3A%2F%2Fdoi.org%2F10.1038%2Fnphys1170",
    ],
    "doi:10.1038/s41586-020-2649-2": [
        "https://www.nature.com/articles/s41586-020-2649-2.pdf",
        "https://www.nature.com/articles/s41586-020-2649-2#Sec1",
    ],
    "doi:10.1111/j.1365-2664.2011.02000.x": [
        "https://onlinelibrary.wiley.com/doi/full/10.1111/j.1365-2664.2011.02000.x",
    ],
    "doi:10.1111/1365-2664.13000": [
        "https://besjournals.onlinelibrary.wiley.com/doi/10.1111/1365-2664.13000/abstract",
    ],
    "doi:10.1007/s00221-014-3800-1": [
        "https://link.springer.com/article/10.1007/s00221-014-3800-1",
    ],
    "doi:10.1007/978-3-030-1234-5_7": [
        "https://link.springer.com/content/pdf/10.1007/978-3-030-1234-5_7.pdf",
        "https://link.springer.com/chapter/10.1007%2F978-3-030-1234-5_7",
    ],
    "doi:10.1080/01621459.2020.1": [
        "https://www.tandfonline.com/doi/abs/10.1080/01621459.2020.1?needAccess=true&",
    ],
    "doi:10.1021/acs.jcim.0c00001": [
        "https://pubs.acs.org/doi/suppl/10.1021/acs.jcim.0c00001/suppl_file/ci_si_001.pdf",
    ],
    "doi:10.1371/journal.pone.0123456": [
        "https://journals.plos.org/plosone/article?id=10.1371/journal.pone.0123456",
        "https://journals.plos.org/plosone/article/file?id=10.1371/journal.pone.0123456&type=printable",
    ],
    "doi:10.1101/2020.01.31.929299": [
        "https://www.biorxiv.org/content/10.1101/2020.01.31.929299v2.full.pdf",
        "https://www.biorxiv.org/content/10.1101/2020.01.31.929299v2",
        "https://www.medrxiv.org/content/early/2020/02/01/2020.01.31.929299.full.pdf+html",
        "http://biorxiv.org/cgi/content/short/2020.01.31.929299v1?rss=1",
        "10.1101/2020.01.31.929299v2",
    ],
    "doi:10.1101/123456": [
        "10.1101/123456v1",
    ],
    "doi:10.26434/chemrxiv-2021-abcde": [
        "10.26434/chemrxiv-2021-abcde-v2",
    ],
    "doi:10.3389/fnins.2020.00001": [
        "https://www.frontiersin.org/articles/10.3389/fnins.2020.00001/full",
        "10.3389/fnins.2020.00001/full",
    ],
    "doi:10.1093/bioinformatics/btaa123": [
        "https://academic.oup.com/bioinformatics/article/doi/10.1093/bioinformatics/btaa123/5772341",
    ],
    "doi:10.1000/abc_def&ghi#1": [
        "doi:10.1000/abc_def&ghi#1",
    ],
    "arxiv:2106.09685": [
        "arXiv:2106.09685 [cs.CL]",
        "arXiv preprint arXiv:2106.09685",
        "arXiv preprint arXiv:2106.09685, 2021.",
        "arXiv e-prints, p. arXiv:2106.09685",
        "ArXiv, abs/2106.09685",
        "CoRR abs/2106.09685",
        "oai:arXiv.org:2106.09685",
        "https://ar5iv.labs.arxiv.org/html/2106.09685",
        "https://www.alphaxiv.org/abs/2106.09685v1",
        "https://arxiv.org/abs/2106.09685v2.pdf",
        "https://arxiv.org/format/2106.09685",
        "https://arxiv.org/e-print/2106.09685v1",
        "https://www.semanticscholar.org/arxiv/2106.09685",
        "https://api.semanticscholar.org/arXiv:2106.09685",
        "https://ui.adsabs.harvard.edu/abs/2021arXiv210609685H/abstract",
        "DBLP:journals/corr/abs-2106-09685",
    ],
    "dblp:conf/nips/VaswaniSPUJGKP17": [
        "dblp:conf/nips/VaswaniSPUJGKP17",
        "https://dblp.org/rec/conf/nips/VaswaniSPUJGKP17.html?view=bibtex",
    ],
    "corpusid:235458009": [
        "CorpusID:235458009",
        "https://api.semanticscholar.org/CorpusID:235458009",
    ],
    "pmcid:PMC1234567": [
        "PMC1234567",
        "PMCID: PMC1234567",
        "pmcid:1234567",
        "pmcid:PMC1234567",
        "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC1234567/",
        "https://pmc.ncbi.nlm.nih.gov/articles/PMC1234567/pdf/x.pdf",
        "https://europepmc.org/article/PMC/PMC1234567",
        "https://europepmc.org/articles/PMC1234567?pdf=render",
    ],
    "pmid:24034244": [
        "https://europepmc.org/article/MED/24034244",
        "https://www.ncbi.nlm.nih.gov/pubmed/24034244",
        "https://www.ncbi.nlm.nih.gov/pubmed/?term=24034244",
        "PMID: 24034244",
    ],
    "acl:N19-1423": [
        "N19-1423",
        "https://www.aclweb.org/anthology/N19-1423v2.pdf",
    ],
    "acl:2020.acl-main.447": [
        "2020.acl-main.447",
        "https://aclanthology.org/2020.acl-main.447v2.pdf",
        "https://aclanthology.org/2020.acl-main.447.bib",
    ],
    "openalex:W2741809807": [
        "W2741809807",
        "https://api.openalex.org/W2741809807",
    ],
    "openreview:abc123XYZ": [
        "https://openreview.net/forum?id=abc123XYZ",
    ],
    "openreview:abc_-defg": [
        "https://openreview.net/pdf?id=abc_-defg&noteId=1",
    ],
    "openreview:abcdefg": [
        "openreview:abcdefg",
    ],
    "arxiv:0704.0001": [
        "704.0001",
    ],
    "arxiv:1206.5520": [
        "1206.552",
    ],
    "arxiv:2101.00010": [
        "2101.0001",
    ],
    "arxiv:1909.04202": [
        "1909.0420199999999",
    ],
    "arxiv:1501.12340": [
        "1501.1234",
    ],
    "arxiv:2312.00752": [
        "2312.00752",
    ],
    "doi:10.1037/a0012345": [
        "https://psycnet.apa.org/doi/10.1037/a0012345",
    ],
    "doi:10.1088/1742-6596/1/1/001": [
        "https://iopscience.iop.org/article/10.1088/1742-6596/1/1/001/meta",
    ],
    "doi:10.1103/physrevlett.116.061102": [
        "https://journals.aps.org/prl/abstract/10.1103/PhysRevLett.116.061102",
    ],
}


@pytest.mark.parametrize(
    ("text", "expected"), [(text, name) for name, texts in WRITTEN.items() for text in texts]
)
def test_what_people_and_programs_write(text, expected):
    assert parse_identifier(text) == expected == parse_identifier(expected)


@pytest.mark.parametrize(
    "text",
    [
        "https://www.sciencedirect.com/science/article/pii/S0092867420300000",
        "24034244",
        "2101.001",
        "1206.55201",  # numbers of that time had four digits
        "1412.12345",
        "978-3-16-148410-0",
        "isbn:978-3-16-148410-0",
        "COVID-19 2020",
        "W1",
        "https://example.org/2312.00752",
        "https://example.org/10.1/x",
        "https://example.org/a?doi=none",
        "10.1000/0     LK  - https://example.org/x",
        "citekey:2101.00010",
    ],
)
def test_what_is_near_an_identifier_and_is_none(text):
    assert parse_identifier(text) is None


@pytest.mark.parametrize(
    ("written", "mended"),
    [
        ("1909.0420199999999", "1909.04202"),
        ("1909.0420200000001", "1909.04202"),
        ("704.0001", "0704.0001"),
        ("912.1", "0912.1000"),
        ("1206.552", "1206.5520"),
        ("2101.0001", "2101.00010"),
        ("2101.001", "2101.00100"),
        ("2101,0001", "2101.00010"),
        ("2312.00752", "2312.00752"),
        ("2101", None),
        ("2101.0", None),
        ("2113.0001", None),
        ("1206.55201", None),
        ("1206.5520001", None),
        ("703.0001", None),
        ("2101.000123", None),
        ("0.5", None),
        ("9901.1234", None),
    ],
)
def test_an_arxiv_id_that_was_a_number_is_mended_where_its_digits_prove_it(written, mended):
    assert mended_arxiv(written) == mended


@settings(max_examples=200, deadline=None)
@given(st.integers(7, 49), st.integers(1, 12), st.integers(1, 99999))
def test_every_id_comes_back_from_a_float(year, month, number):
    digits = 4 if (year, month) < (15, 1) else 5
    paper = f"{year:02d}{month:02d}.{number % 10**digits:0{digits}d}"
    if (year, month) >= (7, 4) and not paper.endswith(f".{'0' * digits}"):
        assert mended_arxiv(repr(float(paper))) == paper
        assert mended_arxiv(f"{float(paper):.17g}") == paper


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2106.09685v2", "2021-06"),
        ("https://arxiv.org/abs/0704.0001", "2007-04"),
        ("hep-th/9901001", "1999-01"),
        ("math.AG/0703456", "2007-03"),
        ("10.1000/x", ""),
        ("", ""),
    ],
)
def test_the_month_in_an_arxiv_id(text, month):
    assert arxiv_month(text) == month


@pytest.mark.parametrize(
    ("cell", "doi"),
    [
        ("10.1000/0     LK  - https://library.example.org/openurl?sid=EMBASE&x=y", "10.1000/0"),
        ("doi:10.1000/AbC; PMID: 12345", "10.1000/AbC"),
        ("10.1000/a;10.1000/b", "10.1000/a"),
        ("Ann. Stat. 12 (2020), DOI 10.1000/Abc.", "10.1000/Abc"),
        ("see https://doi.org/10.1000/abc (open)", "10.1000/abc"),
        ("10.1000/S0022(19)30001-2", "10.1000/S0022(19)30001-2"),
        ("10.1016/j.x.2020.01.001 [pii]", "10.1016/j.x.2020.01.001"),
        ("nothing", None),
        ("", None),
        ("version 10.1000", None),
    ],
)
def test_a_doi_is_taken_out_of_its_cell(cell, doi):
    assert doi_in(cell) == doi


@pytest.mark.parametrize(
    "text",
    [
        "(" * 1999,
        "10.1000/" + "(" * 1900,
        "10.1000/" + ")" * 1900,
        "%25" * 600,
        "arxiv" * 400,
        "arxiv, " * 280,
        "10.1000/" + "/full" * 350,
        "a/" * 900,
        "doi:" * 450,
    ],
)
def test_no_text_is_slow(text):
    start = time.process_time()
    parse_identifier(text)
    doi_in(text)
    assert time.process_time() - start < 2


@settings(max_examples=300, deadline=None)
@given(
    st.text()
    | st.builds("10.{}/{}".format, st.integers(1000, 99999), st.text())
    | st.builds("https://example.org/{}10.1234/{}".format, st.text(), st.text())
)
def test_a_doi_is_the_same_when_read_again(text):
    for found in (doi_of(text), doi_in(text)):
        assert found is None or (doi_of(found) == found and parse_identifier(found) is not None)

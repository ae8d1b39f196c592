"""One canonical spelling for every way of writing an identifier."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

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
        "W2741809807",
        "N19-1423",
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
@given(st.integers(1, 99999), st.integers(0, 99), st.integers(1, 12), st.integers(1, 30))
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

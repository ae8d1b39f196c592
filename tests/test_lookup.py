"""From what a person types to a paper."""

import pytest
from conftest import FakeEncoder

from recommender import Corpus, Paper, Profile, Recommender
from recommender.errors import UnknownPaper

PAPERS = [
    Paper(
        id="arxiv:2312.00752",
        title="Mamba: Linear-Time Sequence Modeling",
        url="https://arxiv.org/abs/2312.00752",
    ),
    Paper(id="hep-th/9901001", title="Strings"),
    Paper(id="math/9901001", title="Knots"),
    Paper(
        id="W1", title="A Title with Ünïcode", identifiers={"doi": "10.18653/v1/N19-1423", "pmid": "12345"}
    ),
    Paper(id="x1", title="Same name", url="https://www.example.org/papers/1/"),
    Paper(id="x2", title="Same Name!", url="https://example.org/volume"),
    Paper(id="x3", title="Third", url="https://example.org/volume"),
]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    with Corpus.build(PAPERS, tmp_path_factory.mktemp("lookup") / "c", encoder=FakeEncoder()) as built:
        yield built


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("2312.00752", 0),
        ("arXiv:2312.00752", 0),
        (" arxiv:2312.00752v2 ", 0),
        ("https://arxiv.org/abs/2312.00752v1", 0),
        ("http://arxiv.org/pdf/2312.00752.pdf", 0),
        ("https://huggingface.co/papers/2312.00752", 0),
        ("10.48550/arXiv.2312.00752", 0),
        ("mamba linear-time sequence modeling", 0),
        ("hep-th/9901001", 1),
        ("math.GT/9901001", 2),
        ("https://doi.org/10.18653/v1/n19-1423", 3),
        ("pmid:12345", 3),
        ("a title with unicode", 3),
        ("http://example.org/papers/1", 4),
    ],
)
def test_any_spelling_finds_the_paper(corpus, text, row):
    assert corpus.row(text) == row
    assert text in corpus


@pytest.mark.parametrize("text", ["same name", "https://example.org/volume"])
def test_what_several_papers_have_names_them(corpus, text):
    with pytest.raises(UnknownPaper, match=r"2 papers \(x\d, x\d"):
        corpus.row(text)


def test_an_unknown_id_names_the_three_nearest(corpus):
    with pytest.raises(UnknownPaper) as raised:
        corpus.row("2312.00753")
    message = str(raised.value)
    assert message.startswith("no paper '2312.00753' in this corpus; nearest: arxiv:2312.00752, ")
    assert message.count(",") == 2
    assert isinstance(raised.value, KeyError)


def test_an_unknown_title_names_the_nearest_titles_with_their_ids(corpus):
    with pytest.raises(UnknownPaper, match=r"'Mamba: Linear-Time Sequence Modeling' \(arxiv:2312.00752\)"):
        corpus.row("mambo: linear time sequence modelling")


@pytest.mark.parametrize("text", ["", " ", "!!!", "\x00", "'; DROP TABLE papers; --", "x" * 100_000])
def test_nonsense_is_an_unknown_paper(corpus, text):
    with pytest.raises(UnknownPaper) as raised:
        corpus.row(text)
    assert len(str(raised.value)) < 1000
    assert len(corpus) == 7


def test_in_an_empty_corpus_nothing_is_near(corpus, tmp_path):
    empty = Corpus.build(PAPERS[:1], tmp_path / "c", encoder=FakeEncoder())
    empty.remove("2312.00752")
    with pytest.raises(UnknownPaper, match="empty"):
        empty.row("2401.00001")
    with pytest.raises(UnknownPaper, match="was removed on"):
        empty.row("https://arxiv.org/abs/2312.00752v2")


def test_a_name_of_several_papers_is_noted_and_as_seen_covers_them_all(corpus):
    recommender = Recommender(corpus)
    found = recommender.recommend(Profile(liked=["2312.00752", "same name"], seen=["same name"]))
    assert not {"x1", "x2"} & set(found.ids)
    assert found.problems == ("'same name' stands for 2 papers (x1, x2); give an id",)


def test_half_a_character_is_an_unknown_paper_too(corpus):
    with pytest.raises(UnknownPaper):
        corpus.row("\ud800")


@pytest.mark.parametrize("text", ["12345", "pmid:12345"])
def test_a_bare_number_is_a_pmid(corpus, text):
    assert corpus.row(text) == 3


@pytest.mark.parametrize("text", ["12346", "012345", "123"])
def test_any_other_number_is_nothing(corpus, text):
    with pytest.raises(UnknownPaper):
        corpus.row(text)

"""What is written is read back, by our readers and by other people's: no word lost, no letter changed.

docs/formats.md lists the fields that each format carries; these come back.
"""

import io
import re
import unicodedata
from pathlib import Path

import bibtexparser
import pandas as pd
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from recommender.paper import Paper
from recommender.readers import read_papers
from recommender.writers import encode, paper_record, write

SHARED = Path(__file__).parents[2] / "shared" / "data"

_EVERY = "id title abstract authors published categories venue url identifiers upvotes retracted revised"
CARRIED = {
    **dict.fromkeys(("jsonl", "json", "parquet", "csv"), _EVERY),
    "ris": "id title abstract authors published categories venue url identifiers retracted revised",
    "csl": "id title abstract authors published categories venue url identifiers retracted revised",
    "bibtex": "title abstract authors published categories venue url identifiers retracted revised",
}

ARTICLE = Paper(
    id="10.1061/(ASCE)0733-9399(2001)127:3(234)",
    title="Load tests on curved bridge decks: p < 0.05 & 100% of all stones_x^2 ~ $5",
    abstract="Stone bridges were loaded (n > 12) until they cracked; CO2 & 50% of C#, a_b and C++.",
    authors=("Nils Berg", "Piet van Dijk", "The Meadow Consortium", "Jörg Müller", "Martin Luther King Jr."),
    published="2001-03-26",
    categories=("bridges", "stone masonry"),
    venue="Journal of Stone & Engineering",
    url="https://example.org/a_b?x=1&y=%20z~v",
    identifiers={
        "doi": "10.1061/(ASCE)0733-9399(2001)127:3(234)",
        "pmid": "24034244",
        "pmcid": "PMC1234567",
        "openalex": "W2741809807",
        "acl": "2020.acl-main.447",
        "s2": "649def34f8be52c8b66281af98ae884c09aef38b",
        "corpusid": "235458009",
        "issn": "0028-0836",
        "citekey": "berg_load_2001",
    },
    retracted=True,
    revised="2003-02",
)
PREPRINT = Paper(
    id="arxiv:2106.09685",
    title="LoRA: Low-Rank Adaptation of Large Language Models",
    abstract="Small matrices are trained beside large ones.",
    authors=("Edward J. Hu", "Yelong Shen"),
    published="2021-06",
    categories=("cs.CL", "cs.AI"),
    venue="arXiv",
    url="https://arxiv.org/abs/2106.09685",
    identifiers={"arxiv": "2106.09685"},
)
CONFERENCE = Paper(
    id="10.1000/c1",
    title="Words from both sides",
    authors=("de Finetti", "山田太郎", "Ann O'Neil"),
    published="2019",
    categories=("Statistics, Probability",),
    venue="Proceedings of the Conference on Words",
    identifiers={"doi": "10.1000/c1"},
)
PAPERS = (ARTICLE, PREPRINT, CONFERENCE)


def read_back(papers, format, folder):
    path = folder / "written"
    path.write_bytes(encode([paper_record(paper) for paper in papers], format))
    found = list(read_papers(path))
    assert [item for item in found if not isinstance(item, Paper)] == []
    return found


def identifiers(paper):
    """Canonical, since a format may hold the one that is the id in a field of its own."""
    return set(paper.names) | {f"{k}:{v}" for k, v in paper.identifiers.items() if k in ("issn", "citekey")}


@pytest.mark.parametrize("format", CARRIED)
@pytest.mark.parametrize("paper", PAPERS, ids=["article", "preprint", "conference"])
def test_every_field_that_a_format_carries_comes_back(tmp_path, format, paper):
    (found,) = read_back([paper], format, tmp_path)
    for field in CARRIED[format].split():
        if field == "identifiers":
            assert identifiers(paper) <= identifiers(found) | set(found.names) | {paper.url}
        else:
            assert getattr(found, field) == getattr(paper, field), field


def test_the_page_lists_these_fields():
    page = (Path(__file__).parents[1] / "docs" / "formats.md").read_text()
    rows = {line.split("|")[1].strip(): line for line in page.splitlines() if line.startswith("| `")}
    assert "| `bibtex` | no | yes | yes | yes | as keywords | yes | yes | those below | no | yes |" in page
    assert {"`ris`", "`csl`"} <= rows.keys()
    assert "`json`, `jsonl`, `csv`, `parquet`" in rows


# Letters of the Latin blocks, and what the formats use for themselves.
LATIN = "".join(map(chr, [*range(0xC0, 0x250), *range(0x1E00, 0x1F00)]))
MARKS = "&%$#_{}~^\\<>@\"'`;:,.()[]/|*+-=!?"
WORDS = st.lists(
    st.text(st.sampled_from("abcdefgXYZ0189" + MARKS) | st.sampled_from(LATIN), min_size=1, max_size=12),
    min_size=1,
    max_size=12,
).map(" ".join)


@pytest.mark.parametrize("format", CARRIED)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(title=WORDS, abstract=WORDS)
def test_no_word_is_lost_or_invented(tmp_path, format, title, abstract):
    read = {"title": f"Words {title}", "abstract": f"Words {abstract}"}
    # Until it is a text that reading leaves as it is: two backslashes and & stand for one and &, that for &.
    for _ in range(4):
        (paper,) = read_papers([read])
        stable, read = paper.to_dict() == read, paper.to_dict()
    assume(stable)
    (found,) = read_back([paper], format, tmp_path)
    assert (found.title, found.abstract) == (paper.title, paper.abstract)


@pytest.mark.parametrize("format", CARRIED)
def test_no_letter_of_the_latin_blocks_changes(tmp_path, format):
    papers = [Paper(id=f"x{ord(c)}", title=f"A {c}b {c} word", authors=(f"Ann {c}b",)) for c in LATIN]
    papers = [paper for paper in papers if paper.title.isprintable()]
    found = read_back(papers, format, tmp_path)
    assert [paper.title for paper in found] == [paper.title for paper in papers]
    assert [paper.authors for paper in found] == [paper.authors for paper in papers]


def words(paper):
    return re.findall(r"\w+", unicodedata.normalize("NFC", f"{paper.title} {paper.abstract}"))


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.exists(), reason="needs the shared data")
@pytest.mark.parametrize("format", CARRIED)
def test_real_papers_come_back(tmp_path, format):
    from itertools import islice

    papers = [
        item for item in islice(read_papers(SHARED / "corpus_ml.parquet"), 3000) if isinstance(item, Paper)
    ]
    found = read_back(papers, format, tmp_path)
    assert [paper.published for paper in found] == [paper.published for paper in papers]
    # Of 3,000 two hold LaTeX of LaTeX, which is read further the second time: a tie, an accent by itself.
    assert [words(paper) for paper in found] == [words(paper) for paper in papers]


# --- other people's readers -----------------------------------------------------------------------


def _decoded(text):
    entry = bibtexparser.model.Entry("misc", "k", [bibtexparser.model.Field("title", text)])
    LatexDecodingMiddleware().transform_entry(entry, bibtexparser.Library())
    return entry.fields_dict["title"].value


def test_bibtexparser_finds_every_field():
    text = write([paper_record(paper) for paper in PAPERS], "bibtex")
    article, preprint, conference = bibtexparser.parse_string(text).entries
    assert article.key == "berg_load_2001"
    fields = {field.key: field.value for field in article.fields}
    plain = dict.fromkeys(
        ("year", "day", "doi", "pmid", "pmcid", "openalex", "acl", "s2", "corpusid", "issn")
    )
    assert {name: fields[name] for name in plain} == {
        "year": "2001",
        "day": "26",
        "doi": ARTICLE.identifiers["doi"],
        "pmid": "24034244",
        "pmcid": "PMC1234567",
        "openalex": "W2741809807",
        "acl": "2020.acl-main.447",
        "s2": "649def34f8be52c8b66281af98ae884c09aef38b",
        "corpusid": "235458009",
        "issn": "0028-0836",
    }
    assert _decoded(fields["abstract"]).split() == ARTICLE.abstract.split()
    assert {field.key: field.value for field in preprint.fields}["eprint"] == "2106.09685"
    assert conference.entry_type == "inproceedings"


def test_pybtex_finds_every_name():
    pybtex = pytest.importorskip("pybtex.database")
    text = write([paper_record(paper) for paper in PAPERS], "bibtex")
    entries = pybtex.parse_string(text, "bibtex").entries
    assert list(entries) == ["berg_load_2001", "hu2021lora", "finetti2019words"]
    people = entries["berg_load_2001"].persons["author"]
    assert [" ".join(person.prelast_names + person.last_names) for person in people] == [
        "Berg",
        "van Dijk",
        "{The Meadow Consortium}",
        "Müller",
        "Jr.",
    ]
    assert entries["hu2021lora"].fields["eprint"] == "2106.09685"


def test_rispy_finds_every_field():
    article, preprint, _ = rispy.loads(write([paper_record(paper) for paper in PAPERS], "ris"))
    assert article["authors"] == [
        "Berg, Nils",
        "van Dijk, Piet",
        "The Meadow Consortium",
        "Müller, Jörg",
        "King, Martin Luther, Jr.",
    ]
    assert (article["doi"], article["abstract"]) == (ARTICLE.identifiers["doi"], ARTICLE.abstract)
    assert article["keywords"] == ["bridges", "stone masonry"]
    assert "PMID: 24034244" in article["notes"]
    assert preprint["accession_number"] == "arXiv:2106.09685"


def test_pandas_finds_every_column():
    content = encode([paper_record(paper) for paper in PAPERS], "csv", excel=True)
    frame = pd.read_csv(io.BytesIO(content))
    assert frame["title"].tolist() == [paper.title for paper in PAPERS]
    assert frame["authors"].tolist()[1] == "Edward J. Hu; Yelong Shen"
    parquet = pd.read_parquet(io.BytesIO(encode([paper_record(paper) for paper in PAPERS], "parquet")))
    assert parquet["abstract"].tolist() == [paper.abstract for paper in PAPERS]
    assert parquet["retracted"].tolist() == [True, False, False]
    assert dict(parquet["identifiers"][0])["pmid"] == "24034244"

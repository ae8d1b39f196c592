"""Every writer under one contract, and each format read back by a parser that is not ours."""

import csv
import io
import json
import re
import typing

import bibtexparser
import pyarrow.parquet as pq
import pytest
import rispy
from bibtexparser.middlewares import LatexDecodingMiddleware, SeparateCoAuthors, SplitNameParts
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from recommender.errors import ParameterError
from recommender.option_values import FORMATS
from recommender.paper import Paper, clean_text
from recommender.readers import read_papers
from recommender.writers import (
    ENDINGS,
    WRITERS,
    Record,
    TableWriter,
    encode,
    format_of_file,
    paper_record,
    write,
)
from recommender.writers.base import arxiv_class, arxiv_id, date_parts, doi, venue_kind
from recommender.writers.bibtex import citation_keys
from recommender.writers.names import split_name


def record(**facts):
    known = {
        "rank": 1,
        "id": "1706.03762",
        "title": "Attention Is All You Need",
        "score": 0.81234567,
        "confidence": 0.87654321,
        "interest": "Translation",
        "closest": "1409.0473",
        "closest_title": "Neural Machine Translation by Jointly Learning to Align and Translate",
        "closest_cosine": 0.7200001,
        "terms": ["attention", "machine translation"],
        "sentence": "The dominant models are based on recurrence.",
        "contributions": {"1409.0473": 0.5123456789123, "1508.04025": 0.3000000000001},
        "authors": ["Ashish Vaswani", "Noam Shazeer", "Niki Parmar"],
        "published": "2017-06-12",
        "categories": ["cs.CL", "cs.LG"],
        "venue": "",
        "url": "https://arxiv.org/abs/1706.03762",
        "abstract": "The dominant models are based on recurrence.",
        "identifiers": {"arxiv": "1706.03762"},
        "retracted": False,
        "revised": "",
    }
    assert facts.keys() <= known.keys()
    return Record(**known | facts)


def bare(**facts):
    """A record of which only id and title are known."""
    empty = {"authors": [], "categories": [], "identifiers": {}, "closest_cosine": 0.0}
    empty |= {"confidence": None, "terms": [], "contributions": {}}
    names = ("interest", "closest", "closest_title", "sentence", "published", "venue", "url", "abstract")
    texts = dict.fromkeys(names, "")
    return record(**{**empty, **texts, "id": "x", **facts})


def parsed_bibtex(text):
    library = bibtexparser.parse_string(text, append_middleware=[SeparateCoAuthors(), SplitNameParts()])
    assert not library.failed_blocks
    assert not library.comments
    return library.entries


def bibtex_fields(**facts):
    (entry,) = parsed_bibtex(write([record(**facts)], "bibtex"))
    return {"type": entry.entry_type, "key": entry.key} | {f.key: f.value for f in entry.fields}


def decoded(latex):
    entry = bibtexparser.model.Entry("misc", "k", [bibtexparser.model.Field("title", latex)])
    decoder = LatexDecodingMiddleware()
    decoder.transform_entry(entry, bibtexparser.Library())
    # pylatexenc takes \textasciicircum for the modifier letter; LaTeX itself prints the ASCII character.
    return entry.fields_dict["title"].value.replace("\u02c6", "^")


def ris_lines(**facts):
    return dict(re.findall(r"^([A-Z][A-Z0-9])  - (.*)$", write([record(**facts)], "ris"), re.MULTILINE))


def count_back(text, format):
    """How many records a parser that is not ours finds."""
    if format == "jsonl":
        return sum(1 for line in text.split("\n") if line and json.loads(line))
    if format == "json":
        return len(json.loads(text))
    if format == "csl":
        return len(json.loads(text))
    if format == "csv":
        return len(list(csv.DictReader(io.StringIO(text, newline=""))))
    return len(parsed_bibtex(text)) if format == "bibtex" else len(rispy.loads(text))


# --- the contract ---------------------------------------------------------------------------------

AWKWARD = {
    "nothing else is known": bare(),
    "long": record(title=("a long title " * 47)[:600], authors=["N. N."] * 300),
    "one long word": record(title="x" * 600),
    "html": bare(title="<b>Bold</b> &amp; <script>alert(1)</script>", abstract="<p>"),
    "console markup": record(title="[bold]not bold[/] [1] :smile: [/nothing]", closest_title="[red]"),
    "latex": record(title=r"\input{x} $\ell_1$ 100% {a} }b{ #1 a_b ~ ^ & \\", authors=[r"P{\'e}ter \ Erd{"]),
    "lines": record(title="a\nER  - \nTY  - JOUR\n@misc{x,\r\nb", authors=["a\nb"], abstract="\u2028c\x85d"),
    "wide": record(title="深層学習による論文推薦 🎉👩‍🔬 é", authors=["山田太郎"]),
    "controls": record(title="\x1b[31mred\x1b[0m\x00\x07", closest="\x9b31m", closest_title=""),
    "surrogate": record(title="a\ud800b", authors=["c\udfff"]),
    "right to left": record(title="مرحبا بالعالم", authors=["محمد"]),
    "empty names": record(authors=["", " ", "and", "others", ",", "a,b,c,d"], title=" "),
}


TEXTS = [format for format in WRITERS if format != "parquet"]


@pytest.mark.parametrize("format", TEXTS)
@pytest.mark.parametrize("one", AWKWARD.values(), ids=AWKWARD)
def test_any_record_becomes_text_that_a_file_can_hold(format, one):
    text = write([one, one], format)
    text.encode("utf-8")
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text)
    assert text == write([one, one], format)


@pytest.mark.parametrize("format", ["jsonl", "csv", "bibtex", "ris", "json", "csl"])
@pytest.mark.parametrize("one", AWKWARD.values(), ids=AWKWARD)
def test_any_record_is_read_back_as_one_record(format, one):
    assert count_back(write([one, record(), one], format), format) == 3


def test_nothing_to_write():
    header = ",".join(Record.__annotations__) + "\n"
    empty = {
        "table": "nothing to recommend\n",
        "jsonl": "",
        "csv": header,
        "bibtex": "",
        "ris": "",
        "json": "[]\n",
        "csl": "[]\n",
        "markdown": "Nothing to recommend.\n",
    }
    assert {format: write([], format) for format in TEXTS} == empty


def test_names_are_the_formats_of_the_command_line():
    assert tuple(WRITERS) == FORMATS
    assert all(writer.name == name for name, writer in WRITERS.items())


def test_an_unknown_format_is_refused_with_the_known_ones():
    with pytest.raises(
        ParameterError, match="'xml' is no format: write one of table, jsonl, csv, bibtex, ris, json, csl"
    ):
        write([], "xml")


# --- any text -------------------------------------------------------------------------------------

SPECIAL = "{}\\\"@,=%&$#_~^|-'`!?<>[]();:/ \n\r\t\x00\x1b\x85\u2028aAé深🎉"
texts = st.text(max_size=60) | st.text(SPECIAL, max_size=30)
records = st.lists(
    st.builds(
        record,
        title=texts,
        authors=st.lists(texts, max_size=4),
        venue=texts,
        url=texts,
        closest_title=texts,
        id=texts,
        identifiers=st.dictionaries(st.sampled_from(["doi", "arxiv"]), texts),
        published=st.sampled_from(["", "2024", "2024-05", "2024-05-17"]),
    ),
    max_size=4,
)


@given(records)
def test_any_text_is_read_back_as_as_many_records(some):
    for format in ("jsonl", "csv", "bibtex", "ris"):
        assert count_back(write(some, format), format) == len(some)


@given(texts)
def test_bibtex_gives_any_title_back(title):
    assert decoded(bibtex_fields(title=title)["title"]) == clean_text(title)


@given(st.lists(texts, max_size=5))
def test_bibtex_gives_any_authors_back(names):
    found = bibtex_fields(authors=names).get("author", [])
    assert len(found) == len([name for name in names if clean_text(name)])


@given(texts)
def test_bibtex_braces_balance_even_when_a_backslash_hides_none(text):
    depth = 0
    for brace in re.findall(
        "[{}]", write([record(title=text, authors=[text], venue=text, url=text)], "bibtex")
    ):
        depth += 1 if brace == "{" else -1
        assert depth >= 0
    assert depth == 0


@given(texts)
def test_ris_gives_any_title_and_author_back(text):
    line = clean_text(text)
    (found,) = rispy.loads(write([record(title=text, authors=[text], abstract=text)], "ris"))
    assert (found.get("title", ""), found.get("abstract", "")) == (line, line)
    assert found.get("authors", []) == [split_name(line).inverted][: len(line)]


@given(texts, st.integers(-5, 200), st.booleans())
def test_no_table_cuts_a_title_or_runs_over(title, width, color):
    text = TableWriter().write([bare(title=title, authors=[title])], width=width, color=color)
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert "".join(clean_text(title).split()) in "".join(plain.split())
    assert max(map(cell_len, plain.split("\n"))) <= min(max(width, 40) if width > 0 else 100, 160)


# --- table ----------------------------------------------------------------------------------------


def test_table_in_a_narrow_terminal():
    other = bare(rank=2, title="[bold] is [1] a word", score=0.5, closest="my words", closest_cosine=0.4)
    assert WRITERS["table"].write([record(), other]).split("\n") == [
        "#  score  paper",
        "1  0.812  Attention Is All You Need",
        "          Ashish Vaswani, Noam Shazeer and 1 more · 2017-06-12 · 1706.03762",
        "          closest to: Neural Machine Translation by Jointly Learning to Align and Translate (0.72)",
        "          in common: attention, machine translation · confidence 0.88",
        "",
        "2  0.500  [bold] is [1] a word",
        "          x",
        "          closest to: my words (0.40)",
        "",
    ]


def test_table_in_a_wide_terminal():
    lines = TableWriter().write([record()], width=160).split("\n")
    assert re.split(r" {2,}", lines[0].strip()) == ["#", "score", "paper", "authors", "date", "id"]
    assert re.split(r" {2,}", lines[1].strip()) == [
        "1",
        "0.812",
        "Attention Is All You Need",
        "Ashish Vaswani, Noam Shazeer and 1",
        "2017-06-12",
        "1706.03762",
    ]
    assert lines[2].endswith("  more")
    assert lines[2].strip().startswith("closest to: Neural Machine Translation by Jointly Learning")


@pytest.mark.parametrize(
    ("authors", "shown"),
    [
        (["A B"], "A B"),
        (["A B", "C D"], "A B and C D"),
        (["A B", "C D", "E F"], "A B, C D and 1 more"),
        (["A B", "", "C D", "E F", "G"], "A B, C D and 2 more"),
    ],
)
def test_table_shows_two_authors(authors, shown):
    assert shown + " · 2017" in write([record(authors=authors)], "table")


def test_table_shows_the_beginning_of_a_readers_long_words():
    text = write([bare(closest="about graphs " * 100, closest_cosine=0.5)], "table")
    assert text.endswith("about graphs abo… (0.50)\n")
    assert text.count("\n") < 8


def test_table_ignores_the_environment(monkeypatch):
    plain, colored = (TableWriter().write([record()], width=80, color=color) for color in (False, True))
    for name, value in {"NO_COLOR": "1", "FORCE_COLOR": "1", "COLUMNS": "55", "TERM": "dumb"}.items():
        monkeypatch.setenv(name, value)
    assert TableWriter().write([record()], width=80) == plain
    assert TableWriter().write([record()], width=80, color=True) == colored
    assert "\x1b" not in plain
    assert "\x1b[2mclosest to" in colored


# --- JSON Lines and CSV ---------------------------------------------------------------------------


def test_jsonl_values():
    (line,) = write([record(title="Gödel, 深層")], "jsonl").splitlines()
    assert "Gödel, 深層" in line
    found = json.loads(line)
    assert list(found) == list(typing.get_type_hints(Record))
    contributions = {"1409.0473": 0.512345679, "1508.04025": 0.3}
    rounded = {"score": 0.812346, "closest_cosine": 0.72, "contributions": contributions}
    assert found == record(title="Gödel, 深層") | rounded
    assert json.loads(write([bare()], "jsonl"))["confidence"] is None


def test_jsonl_keeps_text_as_it_is():
    title = "a\n\ud800\\ b"
    assert json.loads(write([record(title=title)], "jsonl"))["title"] == title


def test_csv_values():
    text = write([record(title='A "quoted", title', identifiers={"doi": "10.1/x", "pmid": "7"})], "csv")
    assert "\r" not in text
    (row,) = csv.DictReader(io.StringIO(text, newline=""))
    assert list(row) == list(Record.__annotations__)
    assert row["rank"] == "1"
    assert row["title"] == 'A "quoted", title'
    assert row["score"] == "0.812346"
    assert row["authors"] == "Ashish Vaswani; Noam Shazeer; Niki Parmar"
    assert row["identifiers"] == "doi:10.1/x; pmid:7"
    assert row["terms"] == "attention; machine translation"
    assert row["contributions"] == "1409.0473:0.512346; 1508.04025:0.3"
    assert (row["confidence"], row["interest"]) == ("0.876543", "Translation")
    (unknown,) = csv.DictReader(io.StringIO(write([bare()], "csv"), newline=""))
    assert (unknown["confidence"], unknown["terms"], unknown["contributions"]) == ("", "", "")


# --- BibTeX ---------------------------------------------------------------------------------------


def test_bibtex_of_a_preprint():
    assert write([record()], "bibtex") == (
        "@misc{vaswani2017attention,\n"
        "  title = {{Attention Is All You Need}},\n"
        "  author = {Ashish Vaswani and Noam Shazeer and Niki Parmar},\n"
        "  eprint = {1706.03762},\n"
        "  archiveprefix = {arXiv},\n"
        "  primaryclass = {cs.CL},\n"
        "  year = {2017},\n"
        "  month = jun,\n"
        "  day = {12},\n"
        "  url = {https://arxiv.org/abs/1706.03762},\n"
        "  keywords = {cs.CL, cs.LG},\n"
        "  abstract = {The dominant models are based on recurrence.},\n"
        "}\n"
    )


def test_bibtex_of_a_journal_and_a_conference():
    article = bibtex_fields(
        venue="Science & Letters", id="10.1/x", identifiers={"DOI": "https://doi.org/10.1234/A_b"}
    )
    assert (article["type"], article["journal"], article["doi"]) == (
        "article",
        r"Science \& Letters",
        "10.1234/A_b",
    )
    assert "eprint" not in article
    paper = bibtex_fields(venue="NeurIPS 2017")
    assert (paper["type"], paper["booktitle"], paper["eprint"]) == (
        "inproceedings",
        "NeurIPS 2017",
        "1706.03762",
    )


def test_bibtex_of_another_preprint_server_names_it():
    found = bibtex_fields(venue="bioRxiv", id="x", identifiers={})
    assert (found["type"], found["howpublished"]) == ("misc", "bioRxiv")


def test_bibtex_escapes():
    found = bibtex_fields(
        title=r"50% of A&B: $x_1$ #2 ~ ^ \o {z} -- ``q''", url=r"https://x.org/a_b%20c{d}\e f"
    )
    assert found["title"] == (
        r"{50\% of A\&B: \$x\_1\$ \#2 \textasciitilde{} \textasciicircum{} \textbackslash{}o "
        r"\{z\} -{}- `{}`q'{}'}"
    )
    lone = bibtex_fields(title="a } b { c")  # which must not close or open what BibTeX counts
    assert lone["title"] == r"{a \ensuremath{\rbrace} b \ensuremath{\lbrace} c}"
    assert found["url"] == "https://x.org/a_b%20c%7Bd%7D%5Ce%20f"


def test_bibtex_keeps_an_organisation_whole():
    names = ["Research and Development", "others", "Smith, John", "a, b, c, d", "Ludwig van Beethoven"]
    found = [part.merge_last_name_first for part in bibtex_fields(authors=names)["author"]]
    assert found == [
        "{Research and Development}",
        "{others}",
        "Smith, John",
        "{a, b, c, d}",
        "van Beethoven, Ludwig",
    ]


@pytest.mark.parametrize(
    ("facts", "key"),
    [
        ({}, "vaswani2017attention"),
        ({"authors": ["Vaswani, Ashish"]}, "vaswani2017attention"),
        ({"authors": ["Ludwig van Beethoven"], "published": ""}, "beethovenattention"),
        ({"authors": ["van Beethoven, Ludwig"]}, "vanbeethoven2017attention"),
        ({"authors": ["Martin Luther King Jr."]}, "king2017attention"),
        ({"authors": ["Łukasz Kaiser"], "title": "The Größe of k-Means: a study"}, "kaiser2017grosse"),
        ({"authors": ["Søren Ærø"], "title": "On the Self-Attention"}, "aero2017selfattention"),
        ({"authors": []}, "attention2017all"),
        ({"authors": ["山田太郎"]}, "attention2017all"),
        ({"authors": ["山田太郎"], "title": "深層学習"}, "170603762"),
        ({"authors": [], "title": "深層学習", "id": "論文"}, "paper2017"),
        ({"authors": ["A. Turing"], "title": "What is it?"}, "turing2017what"),
    ],
)
def test_citation_keys(facts, key):
    assert citation_keys([record(**facts)]) == [key]


def test_citation_keys_of_one_name_get_letters():
    same = [record() for _ in range(29)]
    keys = [entry.key for entry in parsed_bibtex(write(same, "bibtex"))]
    stem = "vaswani2017attention"
    assert keys[:3] == [stem, stem + "a", stem + "b"]
    assert keys[26:] == [stem + "z", stem + "aa", stem + "ab"]


def test_citation_keys_do_not_depend_on_the_order_and_the_readers_own_stay():
    two = [record(id="b"), record(id="a")]
    assert citation_keys(two) == ["vaswani2017attentiona", "vaswani2017attention"]
    assert citation_keys(two[::-1]) == ["vaswani2017attention", "vaswani2017attentiona"]
    own = record(id="c", identifiers={"citekey": "vaswani2017attention"})
    assert citation_keys([*two, own]) == [
        "vaswani2017attentionb",
        "vaswani2017attentiona",
        "vaswani2017attention",
    ]
    assert citation_keys([record(identifiers={"citekey": "not, a key"})]) == ["vaswani2017attention"]


def test_bibtex_carries_identifiers_keywords_and_the_abstract():
    found = bibtex_fields(
        identifiers={"pmid": "7", "PMCID": "PMC7", "openalex": "openalex:W7", "dblp": "x/7"},
        categories=["birds", "ground-nesting birds"],
        abstract="50% of A&B",
        retracted=True,
    )
    assert {name: found[name] for name in ("pmid", "pmcid", "openalex", "keywords", "abstract", "note")} == {
        "pmid": "7",
        "pmcid": "PMC7",
        "openalex": "W7",
        "keywords": "birds, ground-nesting birds",
        "abstract": r"50\% of A\&B",
        "note": "Retracted",
    }
    assert "dblp" not in found
    assert bibtex_fields(categories=["Statistics, Probability"])["keywords"] == "Statistics, Probability;"
    assert bibtex_fields(categories=["a, b", "c"])["keywords"] == "a, b; c"


# --- RIS ------------------------------------------------------------------------------------------


def test_ris_of_a_preprint():
    assert write([record()], "ris") == (
        "TY  - UNPB\n"
        "ID  - 1706.03762\n"
        "TI  - Attention Is All You Need\n"
        "AU  - Vaswani, Ashish\n"
        "AU  - Shazeer, Noam\n"
        "AU  - Parmar, Niki\n"
        "PY  - 2017\n"
        "DA  - 2017/06/12/\n"
        "PB  - arXiv\n"
        "AN  - arXiv:1706.03762\n"
        "UR  - https://arxiv.org/abs/1706.03762\n"
        "KW  - cs.CL\n"
        "KW  - cs.LG\n"
        "AB  - The dominant models are based on recurrence.\n"
        "ER  - \n"
    )


def test_ris_of_a_journal_and_a_conference():
    article = ris_lines(
        venue="Nature", published="2017-06", identifiers={"doi": "10.1234/x"}, url="http://a/;b"
    )
    assert {key: article[key] for key in ("TY", "T2", "DA", "DO", "UR")} == {
        "TY": "JOUR",
        "T2": "Nature",
        "DA": "2017/06//",
        "DO": "10.1234/x",
        "UR": "http://a/%3Bb",
    }
    assert ris_lines(venue="ICML")["TY"] == "CONF"
    assert ris_lines(venue="bioRxiv", id="x", identifiers={})["PB"] == "bioRxiv"
    assert ris_lines(id="x", identifiers={})["TY"] == "GEN"


def test_ris_parts_references_with_a_blank_line():
    assert write([record(), record()], "ris").count("\nER  - \n\nTY  - ") == 1


def test_ris_carries_what_it_has_no_field_for_as_notes():
    text = write(
        [record(identifiers={"pmid": "7", "citekey": "vaswani"}, retracted=True, authors=["The A Team"])],
        "ris",
    )
    assert re.findall(r"^N1  - (.*)$", text, re.MULTILINE) == [
        "PMID: 7",
        "Citation Key: vaswani",
        "Retracted",
    ]
    assert "AU  - The A Team\n" in text


# --- CSL-JSON, Markdown, Parquet, Excel -----------------------------------------------------------


def test_csl_of_an_article():
    one = record(
        venue="Journal of Upland Ecology",
        authors=["Piet van Dijk", "The Meadow Consortium", "Martin Luther King Jr."],
        identifiers={"doi": "10.1000/j1", "pmid": "7", "openalex": "W7", "citekey": "dijk"},
        id="10.1000/j1",
        published="2021-03",
        retracted=True,
    )
    assert json.loads(write([one], "csl")) == [
        {
            "id": "10.1000/j1",
            "citation-key": "dijk",
            "type": "article-journal",
            "title": "Attention Is All You Need",
            "author": [
                {"family": "Dijk", "given": "Piet", "non-dropping-particle": "van"},
                {"literal": "The Meadow Consortium"},
                {"family": "King", "given": "Martin Luther", "suffix": "Jr."},
            ],
            "issued": {"date-parts": [[2021, 3]]},
            "container-title": "Journal of Upland Ecology",
            "DOI": "10.1000/j1",
            "PMID": "7",
            "URL": "https://arxiv.org/abs/1706.03762",
            "keyword": "cs.CL; cs.LG",
            "abstract": "The dominant models are based on recurrence.",
            "note": "OpenAlex: W7",
            "status": "retracted",
        }
    ]
    (preprint,) = json.loads(write([record()], "csl"))
    assert (preprint["type"], preprint["number"], preprint["publisher"]) == (
        "article",
        "arXiv:1706.03762",
        "arXiv",
    )


def test_markdown_shows_what_it_is_given():
    one = record(title="On *stars* and [links] #1", url="https://example.org/a_(b)", venue="Sky_Letters")
    assert write([one, bare(title="Knots")], "markdown") == (
        "1. [**On \\*stars\\* and \\[links\\] \\#1**](https://example.org/a_%28b%29)  \n"
        "   Ashish Vaswani, Noam Shazeer, Niki Parmar · Sky\\_Letters · 2017-06-12 · arXiv:1706.03762  \n"
        "   closest to: Neural Machine Translation by Jointly Learning to Align and Translate (0.72) · "
        "in common: attention, machine translation · confidence 0.88\n"
        "\n"
        "   > The dominant models are based on recurrence.\n"
        "\n"
        "2. **Knots**\n"
    )


@pytest.mark.parametrize("one", AWKWARD.values(), ids=AWKWARD)
def test_parquet_holds_any_record(one):
    table = pq.read_table(io.BytesIO(encode([one, record()], "parquet")))
    assert table.column_names == list(Record.__annotations__)
    assert table.num_rows == 2
    found = table.to_pylist()[1]
    assert (found["title"], found["authors"]) == (record()["title"], record()["authors"])
    assert dict(found["identifiers"]) == {"arxiv": "1706.03762"}
    assert pq.read_table(io.BytesIO(encode([], "parquet"))).num_rows == 0


def test_what_is_no_text_is_not_given_as_text():
    with pytest.raises(ParameterError, match="'parquet' is no text"):
        write([record()], "parquet")


def test_excel_has_its_mark_and_other_formats_none():
    assert encode([record()], "csv", excel=True) == b"\xef\xbb\xbf" + encode([record()], "csv")
    with pytest.raises(ParameterError, match="excel is for csv"):
        encode([record()], "ris", excel=True)


# --- the pieces -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("venue", "kind"),
    [
        ("Nature", "journal"),
        ("Journal of Machine Learning Research", "journal"),
        ("Transactions of the ACL", "journal"),
        ("Proceedings of the National Academy of Sciences", "journal"),
        ("Proceedings of the VLDB Endowment", "journal"),
        ("Proceedings of the IEEE", "journal"),
        ("Proceedings of the IEEE Conference on Computer Vision", "conference"),
        ("Proceedings of the 36th International Conference on Machine Learning", "conference"),
        ("Proc. of the Fall Joint Computer Conf.", "conference"),
        ("Findings of the ACL", "conference"),
        ("EMNLP (1)", "conference"),
        ("ICML'23", "conference"),
        ("NeurIPS2024", "conference"),
        ("ACL-2020", "conference"),
        ("Chi", "journal"),
        ("arXiv.org", "preprint"),
        ("CoRR abs/1706.03762", "preprint"),
        ("", "preprint"),
    ],
)
def test_venue_kinds(venue, kind):
    assert venue_kind(record(venue=venue)) == kind


def test_a_paper_without_venue_and_arxiv_id_is_of_unknown_kind():
    assert venue_kind(bare()) == "unknown"


@pytest.mark.parametrize(
    ("id", "identifiers", "found"),
    [
        ("2312.00752v2", {}, "2312.00752"),
        ("x", {"arXiv": "arXiv:2312.00752"}, "2312.00752"),
        ("https://arxiv.org/abs/hep-th/9901001", {}, "hep-th/9901001"),
        ("10.48550/arXiv.2312.00752", {}, "2312.00752"),
        ("math.GT/0309136", {}, "math/0309136"),
        ("2313.00752", {}, ""),
        ("W2741809807", {"doi": "10.1234/x"}, ""),
    ],
)
def test_arxiv_ids(id, identifiers, found):
    assert arxiv_id(record(id=id, identifiers=identifiers)) == found


@pytest.mark.parametrize("written", ["10.1234/x.Y", "doi:10.1234/x.Y", "https://doi.org/10.1234/x.Y"])
def test_dois(written):
    assert doi(record(identifiers={"doi": written})) == "10.1234/x.Y"
    assert doi(record(id=written, identifiers={})) == "10.1234/x.Y"
    assert doi(record()) == ""


def test_arxiv_classes():
    assert arxiv_class(record(categories=["Computer Science", "machine-learning", "cond-mat.mes-hall"])) == (
        "cond-mat.mes-hall"
    )
    assert arxiv_class(record(categories=["Biology"])) == ""


def test_dates():
    assert date_parts("2024-05-17") == ("2024", "05", "17")
    assert date_parts("2024-05") == ("2024", "05", "")
    assert date_parts("2024") == ("2024", "", "")
    assert date_parts("") == date_parts("soon") == date_parts("2024-13") == ("", "", "")


# --- files, papers by themselves, the order of a list ---------------------------------------------

PAPER = Paper(
    id="arxiv:1706.03762",
    title="Attention Is All You Need",
    abstract="The dominant models are based on recurrence.",
    authors=("Ashish Vaswani", "Noam Shazeer"),
    published="2017-06-12",
    categories=("cs.CL", "cs.LG"),
    venue="NeurIPS",
    url="https://arxiv.org/abs/1706.03762",
    identifiers={"doi": "10.48550/arXiv.1706.03762"},
    upvotes=7,
)


def test_the_ending_of_a_file_says_the_format():
    assert set(ENDINGS.values()) == set(WRITERS)
    assert format_of_file("next.BIB") == "bibtex"
    assert format_of_file("a.b/next.of.2024.json") == "json"
    assert format_of_file("next.csl.json") == "csl"
    known = r"known: \.bib, \.csl, \.csv, \.json, \.jsonl, \.md, \.parquet, \.ris, \.txt"
    for name in ("next", "next.doc", "dir.bib/next", ".bib"):
        with pytest.raises(ParameterError, match=known):
            format_of_file(name)


def test_json_is_what_json_lines_are():
    records = [record(), bare(), record(rank=3)]
    lines = write(records, "jsonl").splitlines()
    assert json.loads(write(records, "json")) == [json.loads(line) for line in lines]


@pytest.mark.parametrize("format", TEXTS)
def test_a_paper_by_itself_is_written_without_rank_or_score(format):
    bare_paper = Paper(title="Knots")
    text = write([paper_record(PAPER), paper_record(bare_paper)], format)
    assert "Attention Is All You Need" in text
    assert "Vaswani" in text
    assert "Knots" in text
    assert not re.search("rank|score|closest|confidence", text)


@pytest.mark.parametrize("format", ["jsonl", "json"])
def test_a_paper_that_is_written_can_be_read_again(tmp_path, format):
    (tmp_path / "papers").write_text(write([paper_record(PAPER)], format))
    (paper,) = read_papers(tmp_path / "papers")
    assert (paper, paper.abstract) == (PAPER, PAPER.abstract)


@pytest.mark.parametrize("width", [100, 150])
def test_a_list_that_is_not_in_the_order_of_its_scores_says_why(width):
    def head(*scores):
        records = [record(rank=place, score=score) for place, score in enumerate(scores, 1)]
        return TableWriter().write(records, width=width).splitlines()[0]

    assert "paper (in varied order)" in head(0.5, 0.3, 0.4)
    assert "varied" not in head(0.5, 0.4, 0.4)
    assert "varied" not in head(0.5, 0.4001, 0.4003)  # both are read as 0.400
    assert "varied" not in head(0.5)

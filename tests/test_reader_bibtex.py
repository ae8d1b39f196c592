"""BibTeX and BibLaTeX: what an entry gives, where entries end, and what one that is broken costs."""

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recommender.paper import Paper
from recommender.readers import LibraryFacts, ReadWarning, Rejected, Source, detect, read_papers
from recommender.readers.bibtex import Bibtex
from recommender.readers.bibtex_blocks import Blocks, split_block

CASES = Path(__file__).parents[2] / "shared" / "cases"
TITLE = "Grebes of northern lakes"


def items(tmp_path, text, **options):
    path = tmp_path / "library.bib"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return list(read_papers(path, format="bibtex", **options))


def papers(tmp_path, text):
    found = items(tmp_path, text)
    assert [item for item in found if isinstance(item, (Rejected, ReadWarning))] == []
    return [item for item in found if isinstance(item, Paper)]


def paper(tmp_path, fields, kind="article", key="grebe"):
    title = "" if "title" in fields else f"title = {{{TITLE}}},\n"
    (found,) = papers(tmp_path, f"@{kind}{{{key},\n {title} {fields}\n}}\n")
    return found


# An entry


def test_every_field(tmp_path):
    (found,) = papers(
        tmp_path,
        r"""
@article{grebe_2021,
  title = {Diving of {Great} {Crested} Grebes in {\O}resund},
  abstract = {Grebes dive \emph{deep}, 50\% more than others.},
  author = {Gr{\`e}be, Gwen and van der Berg, Jan and {Lake Consortium}},
  journal = {J. of Lakes \& Rivers},
  year = {2021},
  month = mar,
  doi = {10.1000/lakes\_7},
  url = {https://lakes.example/a%20b~c},
  issn = {1234-5678},
  pmid = {24034244},
  eprint = {2101.00007},
  archiveprefix = {arXiv},
  primaryclass = {q-bio.PE},
  keywords = {birds, lakes},
  file = {Full text:/home/x/grebe.pdf:application/pdf},
}
""",
    )
    assert found == Paper(
        id="2101.00007",
        title="Diving of Great Crested Grebes in Øresund",
        abstract="Grebes dive deep, 50% more than others.",
        authors=("Gwen Grèbe", "Jan van der Berg", "Lake Consortium"),
        published="2021-03",
        categories=("q-bio.PE", "birds", "lakes"),
        venue="J. of Lakes & Rivers",
        url="https://lakes.example/a%20b~c",
        identifiers={
            "doi": "10.1000/lakes_7",
            "issn": "1234-5678",
            "pmid": "24034244",
            "arxiv": "2101.00007",
            "citekey": "grebe_2021",
        },
    )


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("doi = {10.1000/A.7}", "10.1000/A.7"),
        ("doi = {10.1000/a7}, eprint = {hep-th/9901001}, eprinttype = {arxiv}", "hep-th/9901001"),
        ("url = {https://aclanthology.org/N19-1423}", "N19-1423"),
        ("pmid = {24034244}", "pmid:24034244"),
        ("journal = {Lakes}", "grebe"),
    ],
)
def test_the_id_is_what_others_call_the_paper_else_the_key(tmp_path, fields, expected):
    found = paper(tmp_path, fields)
    assert found.id == expected
    assert found.identifiers["citekey"] == "grebe"


@pytest.mark.parametrize(
    "fields",
    [
        "eprint = {2106.09685}, archivePrefix = {arXiv}",
        "eprint = {arXiv:2106.09685v2}",
        "eprint = {2106.09685}, eprinttype = {arXiv}",
        "journal = {arXiv preprint arXiv:2106.09685}",
        "journal = {CoRR}, volume = {abs/2106.09685}",
        "note = {arXiv: 2106.09685}",
        "eid = {arXiv:2106.09685}",
        r"howpublished = {\url{https://arxiv.org/abs/2106.09685}}",
        "url = {http://arxiv.org/abs/2106.09685}",
        "arxivId = {2106.09685}",
        "doi = {10.48550/arXiv.2106.09685}",
    ],
)
def test_arxiv_numbers_wherever_they_stand(tmp_path, fields):
    found = paper(tmp_path, fields)
    assert "arxiv:2106.09685" in found.names
    assert found.key in ("arxiv:2106.09685", "doi:10.48550/arxiv.2106.09685")


def test_eprints_of_other_archives(tmp_path):
    assert paper(tmp_path, "eprint = {24034244}, eprinttype = {pubmed}").identifiers["pmid"] == "24034244"
    assert "arxiv" not in paper(tmp_path, "eprint = {1234.5678}, eprinttype = {hal}").identifiers
    old = paper(tmp_path, "eprint = {9901001}, archiveprefix = {arXiv}, primaryclass = {hep-th}")
    assert old.identifiers["arxiv"] == "hep-th/9901001"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"10.1000/a\_b\%5Bc", "10.1000/a_b[c"),
        (r"10.1000/a{\_}b", "10.1000/a_b"),
        (r"10.1000/a\\_b", "10.1000/a_b"),  # as pybtex escapes what is escaped
        (r"10.1002/(SICI)1097-4571(1999)50:1$<$1::AID{\textless}2", None),
        (
            r"10.1002/(SICI)1(1999)3:1{\textless}1::AID-X1{\textgreater}3.0.CO;2-6",
            "10.1002/(SICI)1(1999)3:1<1::AID-X1>3.0.CO;2-6",
        ),
        (
            r"10.1002/(SICI)1(1999)3:1\textless 1::AID-X1$>$3.0.CO;2-6",
            "10.1002/(SICI)1(1999)3:1<1::AID-X1>3.0.CO;2-6",
        ),
    ],
)
def test_identifiers_are_not_decoded_but_unescaped(tmp_path, written, read):
    found = paper(tmp_path, f"doi = {{{written}}}").identifiers["doi"]
    assert found == read if read else found.startswith("10.1002/(SICI)1097-4571(1999)50:1")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"https://a.example/x%20y~z", "https://a.example/x%20y~z"),
        (r"https://a.example/{\textasciitilde}z", "https://a.example/~z"),
        (r"https://a.example/\~{}z", "https://a.example/~z"),
        (r"\url{https://a.example/q?a=1\&b=2\#c}", "https://a.example/q?a=1&b=2#c"),
    ],
)
def test_links_stay_whole(tmp_path, written, read):
    assert paper(tmp_path, f"url = {{{written}}}").url == read


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("year = 2021", "2021"),
        ("year = {2021}, month = {March}", "2021-03"),
        ("year = {2021}, month = 3", "2021-03"),
        ('year = 2021, month = mar # "~26"', "2021-03-26"),
        ('year = 2021, month = "10~" # jan', "2021-01-10"),
        ("year = 2021, month = {Mar 26--28}", "2021-03-26"),
        ("year = 2021, month = {Mar 30 -- Apr 2}", "2021-03"),
        ("year = 2021, month = {jul/aug}", "2021-07"),
        ("year = 2021, month = dec, day = 5", "2021-12-05"),
        ("year = 2021, month = {spring}", "2021"),
        ("year = 2021, month = 13", "2021"),
        ("year = 2021, month = feb, day = 30", "2021-02"),
        ("date = {2021-03}", "2021-03"),
        ("date = {2021-03-26T10:00}", "2021-03-26"),
        ("date = {2019/2020}", "2019"),
        ("date = {2019-05-01/2020-02}", "2019-05-01"),
        ("date = {2021~}", "2021"),
        ("date = {2021-03?}", "2021-03"),
        ("date = {2021-21}", "2021"),
        ("date = {2021-uu-uu}", "2021"),
        ("date = {2021}, month = may", "2021-05"),
        ("date = {2021-03-26}, year = {1999}", "2021-03-26"),
        ("year = {c. 1998}", "1998"),
        ("year = {[1998]}", "1998"),
        ("year = {2020a}", "2020"),
        ("year = {in press (2020)}", "2020"),
        ("year = {2019/2020}", "2019"),
        ("urldate = {2022-01-01}", ""),
    ],
)
def test_dates(tmp_path, fields, expected):
    assert paper(tmp_path, fields).published == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("de Finetti", ["de Finetti"]),
        ("de Finetti, Bruno", ["Bruno de Finetti"]),
        ("Bruno de Finetti", ["Bruno de Finetti"]),
        ("King, Jr., Martin Luther", ["Martin Luther King Jr."]),
        ("King, Martin Luther, Jr.", ["Martin Luther King Jr."]),
        ("{Barnes and Noble, Inc.} and Doe, Ann", ["Barnes and Noble, Inc.", "Ann Doe"]),
        (r"{Simon {\&} Sons} and Doe, Ann", ["Simon & Sons", "Ann Doe"]),
        (r"M{\"u}ller, J{\"o}rg AND Erd\H{o}s, P\'al", ["Jörg Müller", "Pál Erdős"]),
        (r"Sz{\H u}cs, {\L}ukasz", ["Łukasz Szűcs"]),
        ("Doe, Ann and others", ["Ann Doe"]),
        ("J.~Smith\n and\tA.~B. Doe", ["J. Smith", "A. B. Doe"]),
        ("Smith, J.; Doe, A.", ["J. Smith", "A. Doe"]),
        ("Andersson, Band and Sandy, Land", ["Band Andersson", "Land Sandy"]),
        ("family=Berg, given=Jan, prefix=van der", ["Jan van der Berg"]),
        ("Garc{\\'\\i}a M{\\'a}rquez, Gabriel", ["Gabriel García Márquez"]),
    ],
)
def test_names(tmp_path, written, expected):
    assert list(paper(tmp_path, f"author = {{{written}}}").authors) == expected


def test_editors_stand_in_for_authors(tmp_path):
    assert paper(tmp_path, "editor = {Doe, Ann}").authors == ("Ann Doe",)
    assert paper(tmp_path, "editor = {Doe, Ann}, author = {Roe, Bo}").authors == ("Bo Roe",)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("{BERT}: {P}re-training", "BERT: Pre-training"),
        ("{{The Whole Title}}", "The Whole Title"),
        ("Hepatitis {C} and {R\\&D}", "Hepatitis C and R&D"),
        (r"Names like \texttt{grep}, \textsf{awk} and \mbox{sed}", "Names like grep, awk and sed"),
        (r"With p {\textless} 0.05 and p \textgreater{} 0.1", "With p < 0.05 and p > 0.1"),
        ("A rise of 5% in Table~3", "A rise of 5% in Table 3"),
        ("About ~50 birds", "About ~50 birds"),
        ("``Deep'' diving", "\u201cDeep\u201d diving"),
        ("It costs $5 and $10", "It costs $5 and $10"),
        (r"The $\alpha$-cut of {\'E}tale maps", "The α-cut of Étale maps"),
        ("Two lines\n\t of a title", "Two lines of a title"),
        (r"Na{\"\i}ve {\v S}ibenik, {\L}{\'o}d{\'z}, {\AA}land", "Naïve Šibenik, Łódź, Åland"),
        (r"A snake{\textunderscore}case name", "A snake_case name"),
        (r"Lakes of the {\IJ}ssel in {\euro} a year", "Lakes of the IJssel in € a year"),
    ],
)
def test_latex_in_texts(tmp_path, written, read):
    found = paper(tmp_path, f"title = {{{written}}}, abstract = {{{written}}}")
    assert found.title == read
    assert found.abstract == read


def test_venues_subtitles_and_volumes(tmp_path):
    assert (
        paper(tmp_path, "title = {Grebes}, booktitle = {Proc. of {ICML}}", "inproceedings").venue
        == "Proc. of ICML"
    )
    assert paper(tmp_path, "title = {Grebes}, journaltitle = {Lakes}").venue == "Lakes"
    assert paper(tmp_path, f"title = {{{TITLE}}}, subtitle = {{A study}}").title == f"{TITLE}: A study"
    assert paper(tmp_path, "booktitle = {Proceedings}, title = {}", "proceedings").title == "Proceedings"


@pytest.mark.parametrize("order", [1, -1])
def test_parts_of_a_volume_have_its_title_as_venue(tmp_path, order):
    part = "@inproceedings{a, title = {Diving}, author = {Doe, Ann}, crossref = {LAKES}}\n"
    volume = "@proceedings{lakes, title = {Lakes '21}, editor = {Roe, Bo}, year = 2021}\n"
    found = {p.id: p for p in papers(tmp_path, "".join([part, volume][::order]))}
    assert (found["a"].title, found["a"].venue, found["a"].published) == ("Diving", "Lakes '21", "2021")
    assert found["a"].authors == ("Ann Doe",)
    assert found["lakes"].title == "Lakes '21"


def test_a_part_without_a_title_does_not_get_the_one_of_its_volume(tmp_path):
    text = "@inproceedings{a, crossref = {v}}\n@proceedings{v, title = {Lakes}}\n"
    assert [type(item) for item in items(tmp_path, text)] == [Rejected, Paper]


def test_what_the_library_says_beside_the_paper(tmp_path):
    text = "@misc{a, title = {Grebes}, groups = {Thesis, Lakes}, timestamp = {2020.01.02}}\n"
    assert items(tmp_path, text)[0] == LibraryFacts(collections=("Thesis", "Lakes"), added="2020-01-02")
    text = "@misc{a, title = {Grebes}, mendeley-groups = {Thesis/Two}, date-added = {2020-01-02 10:00:00 +0}}"
    assert items(tmp_path, text)[0] == LibraryFacts(collections=("Thesis/Two",), added="2020-01-02")
    text = "@misc{DBLP:a, title = {Grebes}, timestamp = {2020-01-02}, bibsource = {dblp, https://dblp.org}}"
    assert [type(item) for item in items(tmp_path, text)] == [Paper]


# Strings


def test_strings_and_months_are_put_in(tmp_path):
    text = """
@string{lakes = "Journal of " # {Lakes}}
@STRING( who = {Doe, Ann} )
@article{a, title = "Grebes " # {and loons}, journal = LAKES, author = who # " and Roe, Bo", year = 2021}
@article{b, title = {Loons}, journal = unknown_string}
"""
    first, second = papers(tmp_path, text)
    assert (first.title, first.venue, first.authors) == (
        "Grebes and loons",
        "Journal of Lakes",
        ("Ann Doe", "Bo Roe"),
    )
    assert second.venue == "unknown_string"


def test_strings_made_of_strings_do_not_grow_beyond_a_record(tmp_path):
    doubled = "".join(f"@string{{s{n + 1} = s{n} # s{n}}}\n" for n in range(60))
    many = " # ".join(["long"] * 2000)
    text = f"@string{{s0 = {{grebes}}}}\n{doubled}@string{{long = {{{'x' * 9000}}}}}\n"
    text += f"@misc{{a, title = s60, note = s1}}\n@misc{{b, title = {{Loons}}, note = {many}}}\n{AFTER}"
    first, second, third = items(tmp_path, text, max_record=2**20)
    assert len(first.title) < 20
    assert second.reason.startswith("is larger than 1MB")
    assert third.title == "After"


# Where entries end

KEPT = "@misc{before, title = {Before}}\n"
AFTER = "@misc{after,\n title = {After}\n}\n"


@pytest.mark.parametrize(
    ("abstract", "read"),
    [
        ("Grebes\n@foo (bar) and loons", "Grebes @foo (bar) and loons"),
        (
            "Grebes\n@article{smith} and loons",
            "Grebes @article{smith} and loons".translate({123: "", 125: ""}),
        ),
        (
            "Grebes\n@article{cite,\n title = {Other}\n}\nand loons",
            "Grebes @article cite, title = Other and loons",
        ),
        ("Write to a@b.example {now}", "Write to a@b.example now"),
        ("One (1 } of {2)", None),
    ],
)
def test_a_line_of_an_abstract_ends_no_entry(tmp_path, abstract, read):
    text = f"{KEPT}@article{{a,\n abstract = {{{abstract}}},\n title = {{Grebes}}\n}}\n{AFTER}"
    found = papers(tmp_path, text)
    assert [p.title for p in found] == ["Before", "Grebes", "After"]
    letters = "".join(filter(str.isalnum, read or abstract))
    assert "".join(filter(str.isalnum, found[1].abstract)) == letters


@pytest.mark.parametrize(
    "broken",
    [
        "@article{bad,\n title = {Grebes,\n year = 2021\n}\n",
        "@article{bad,\n title = {Grebes},\n abstract = {An {open brace},\n year = 2021\n}\n",
        "@article{bad,\n title = {Grebes},\n year = 2021\n",
        '@article{bad,\n title = "Gre{bes",\n year = 2021\n}\n',
        "@article(bad,\n title = {Grebes},\n year = 2021\n",
        "@article{bad,\n title = {Grebes {of {lakes",
    ],
)
def test_unbalanced_braces_cost_their_entry(tmp_path, broken):
    found = items(tmp_path, f"{KEPT}{broken}\n\n{AFTER}{AFTER.replace('after', 'last')}")
    assert [getattr(item, "title", "") for item in found] == ["Before", "", "After", "After"]
    assert found[1].place == "library.bib, row 2"
    assert found[1].reason == "has braces that do not close (line 2, @article, key 'bad')"


def test_one_broken_entry_of_five_hundred_costs_itself(tmp_path):
    entries = [
        f"@article{{grebe{n},\n  title = {{Grebes of lake {n}}},\n  year = 2021\n}}\n" for n in range(500)
    ]
    entries[250] = "@article{bad,\n  title = {Grebes {of lake 250},\n  year = 2021\n}\n"
    found = items(tmp_path, "\n".join(entries))
    assert [n for n, item in enumerate(found) if isinstance(item, Rejected)] == [250]
    assert len(found) == 500


@pytest.mark.parametrize(
    ("fields", "title", "abstract"),
    [
        (r"abstract = {The set \{1, 2], or so}, title = {Grebes}", "Grebes", "The set {1, 2], or so"),
        ("abstract = {The set [1, 2\\}, or so},\n title = {Grebes}", "Grebes", "The set [1, 2}, or so"),
        ("title = {Grebes},\n file = {C:\\Lakes\\},\n abstract = {Deep}", "Grebes", "Deep"),
        (
            'title = "The "{Great}" Grebe", abstract = "A {"}deep{"} dive"',
            'The "Great" Grebe',
            'A "deep" dive',
        ),
        ("title = {Grebes} abstract = {Deep}", "Grebes", "Deep"),
        ("title = {Grebes},, abstract = {Deep},,", "Grebes", "Deep"),
        ("title = {Grebes}, title = {Loons}, abstract = {Deep}", "Grebes", "Deep"),
        ("title = {}, title = {Grebes}, abstract = {Deep}", "Grebes", "Deep"),
        ("% title = {Old},\n title = {Grebes}, abstract = {Deep}", "Grebes", "Deep"),
        ("TITLE={Grebes}\n,ABSTRACT={Deep}", "Grebes", "Deep"),
        ("title = {Grebes}, junk, abstract = {Deep}", "Grebes", "Deep"),
    ],
)
def test_fields_as_careless_programs_write_them(tmp_path, fields, title, abstract):
    before, found, after = papers(tmp_path, f"{KEPT}@article{{a,\n {fields}\n}}\n{AFTER}")
    assert (before.id, after.id) == ("before", "after")
    assert (found.title, found.abstract) == (title, abstract)


@pytest.mark.parametrize(
    "text",
    [
        '@article(a, title = {Grebes (of lakes)}, note = "a) b")',
        "@article\n{a,\n title = {Grebes (of lakes)}}",
        "  @ARTICLE { a , title = {Grebes (of lakes)} }",
        "@article{a, title = {Grebes (of lakes)}} @misc{b, title = {Loons}}",
        "prose on grebes, me@lakes.example\n@article{a, title = {Grebes (of lakes)}}\nmore prose",
        "\ufeff% Encoding: UTF-8\r\n@article{a,\r\n title = {Grebes (of lakes)}\r\n}\r\n",
        "@comment{@article{c, title = {Hidden}}}\n@article{a, title = {Grebes (of lakes)}}",
        "@article{a,\r title = {Grebes\r (of lakes)}\r}\r",
        '@preamble{"\\newcommand{\\x}{y}"}\n@article{, title = {Grebes (of lakes)}}',
        "@article{title = {Grebes (of lakes)}, year = 2021}",
        "@comment{jabref-meta: grouping:\n1 x\\;y\\;;}\n@article{a, title = {Grebes (of lakes)}}",
        "@IEEEtranBSTCTL{x, CTLuse = {yes}}\n@article{a, title = {Grebes (of lakes)}}",
    ],
)
def test_entries_of_all_shapes(tmp_path, text):
    assert papers(tmp_path, text)[0].title == "Grebes (of lakes)"
    assert detect(Source(tmp_path / "library.bib")).name == "bibtex"


def test_entries_without_fields_and_titles_are_named(tmp_path):
    text = "@foo{bar}\n@article{a, year = 2021}\n@misc{b}\n"
    assert [item.reason for item in items(tmp_path, text)] == [
        "has no fields (line 1, @foo, key 'bar')",
        "has no title (id 'a')",
        "has no fields (line 3, @misc, key 'b')",
    ]


def test_two_entries_of_one_key_are_two(tmp_path):
    found = papers(tmp_path, "@misc{a, title = {Grebes}}\n@misc{a, title = {Loons}}\n")
    assert [(p.id, p.title) for p in found] == [("a", "Grebes"), ("a", "Loons")]


def test_an_entry_larger_than_a_record_may_be_costs_itself(tmp_path):
    lines = "\n".join(["grebes dive"] * 1000)
    text = f"{KEPT}@misc{{long, title = {{Long}}, abstract = {{{lines}}}}}\n{AFTER}"
    found = items(tmp_path, text, max_record=5000)
    assert [getattr(item, "title", "") for item in found] == ["Before", "", "After"]
    assert found[1].reason.startswith("is larger than 4.88kB")


# Recognition


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@article{a, title = {Grebes}}", True),
        ("Scopus\nEXPORT DATE: 1 May 2020\n\n@ARTICLE{a,\ntitle={Grebes}}", True),
        ("@string{x = {y}}\n", True),
        ('title,abstract\nGrebes,"see\n@article{a, title = {x}}"\n', False),
        ("title\tbib\nGrebes\t@article{a, title = {x}}\n", False),
        ("# Citing\n\n```bibtex\n@article{a,\n title = {x}}\n```\n", False),
        ("From: a@b.example\nSubject: Grebes\n\n@article{a, title = {x}}\n", False),
        ("TY  - JOUR\nTI  - Grebes\nAB  - as\n@article{a, title = {x}}\n", False),
        ("@dataclass(frozen=True)\nclass Grebe:\n    pass\n", False),
        ("@media print {\n  color: red\n}\n", False),
        ("Write to @someone {now}\n", False),
    ],
)
def test_recognises(text, expected):
    assert Bibtex().recognises(text.encode()) == expected


# Properties

WORDS = st.text(st.sampled_from('ab{}\\"@#%=,() \n'), max_size=60)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(middle=WORDS, kind=st.sampled_from(["{%s}", '"%s"', "%s"]))
def test_whatever_stands_in_an_entry_costs_no_other(tmp_path, middle, kind):
    text = f"{KEPT}@article{{a,\n title = {{Grebes}},\n note = {kind % middle}\n}}\n{AFTER}{AFTER}"
    found = [item.title for item in items(tmp_path, text) if isinstance(item, Paper)]
    assert found[0] == "Before"
    assert found[-1] == "After"


@pytest.mark.extra("bibliography")
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(
        st.text(st.sampled_from("abcé ,=#()%~$&@"), min_size=1, max_size=30).map(lambda s: f"x{s}x"),
        max_size=5,
    ),
    nested=st.booleans(),
)
def test_the_fields_are_those_that_bibtexparser_reads(tmp_path, values, nested):
    from bibtexparser.splitter import Splitter

    wrapped = [f"a {{{value}}} b" if nested else value for value in values]
    fields = "".join(f"  field{n} = {{{value}}},\n" for n, value in enumerate(wrapped))
    text = f"@article{{key,\n{fields}  title = {{Grebes}}\n}}\n"
    (tmp_path / "one.bib").write_text(text, "utf-8")
    (block,) = Blocks(Source(tmp_path / "one.bib"))
    key, read = split_block(block)
    (entry,) = Splitter(text).split().entries
    assert key == entry.key
    assert {name: "".join(part for part, _ in pieces) for name, pieces in read.items()} == {
        field.key: field.value[1:-1] for field in entry.fields
    }


# Size


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(tmp_path):
    path = tmp_path / "library.bib"
    with path.open("w") as file:
        for n in range(3000):
            file.write(
                f"@article{{grebe{n},\n  title = {{Grebes {n}}},\n  abstract = {{{'dive ' * 1500}}}\n}}\n\n"
            )
    tracemalloc.start()
    try:
        count = sum(isinstance(item, Paper) for item in read_papers(path))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 3000
    assert peak < 5e6


def test_many_broken_entries_do_not_make_it_slow(tmp_path):
    """Each is read on from the line that begins the next: no line is looked at more than a few times."""
    text = "".join(f"@article{{grebe{n},\n  title = {{Grebes {{of lake {n}}},\n}}\n" for n in range(3000))
    found = items(tmp_path, text)
    assert len(found) == 3000
    assert {type(item) for item in found} == {Rejected}


@pytest.mark.skipif(not CASES.exists(), reason="the shared cases are not here")
def test_the_shared_case_is_read_whole():
    first, second = read_papers(CASES / "zotero.bib")
    assert first.title == "Harvest timing of Alpine meadows and ground-nesting birds"
    assert (first.authors, first.published) == (("Ada Okafor", "Jörg Müller"), "2021-03")
    assert first.identifiers["doi"] == "10.1016/j.example.2021.01.004"
    assert (second.id, second.title) == ("2106.09685", "LoRA: Low-Rank Adaptation of Large Language Models")
    assert second.categories == ("cs.CL",)


def test_what_zotero_notes_names_the_paper(tmp_path):
    assert paper(tmp_path, "note = {PMID: 24034244}").identifiers["pmid"] == "24034244"
    assert "pmid" not in paper(tmp_path, "note = {See also PMID: 24034244 and others}").identifiers


def test_an_entry_in_one_line_that_is_too_large_is_named(tmp_path):
    path = tmp_path / "refs.bib"
    path.write_text(
        "@article{a, title={Grebes}}\n@article{b, title={" + "x" * 3000 + "}}\n@article{c, title={Loons}}\n"
    )
    grebes, long, loons = read_papers(path, max_record=2000)
    assert (grebes.title, loons.title) == ("Grebes", "Loons")
    assert "is larger than" in long.reason

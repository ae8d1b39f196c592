"""LaTeX in the cells of every source: read where it is certain, and text left alone."""

import json
import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender import Corpus, Paper
from recommender.readers import read_papers
from recommender.readers.latex import _DROPPED, latex_to_text, plain_name, plain_text, plain_title
from recommender.readers.lists import names
from recommender.writers import WRITERS


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("{BERT}: {P}re-training of {Deep} nets", "BERT: Pre-training of Deep nets"),
        ("{{LoRA: Low-Rank Adaptation, of {LLM}s}}", "LoRA: Low-Rank Adaptation, of LLMs"),
        (r"Schr\"odinger operators and $L^2$ bounds", "Schrödinger operators and L^2 bounds"),
        (r"{\'E}tude of {\&} \textit{in vivo}", "Étude of & in vivo"),
        ("$k$-means, $x_{i}^{2}$, $p < 0.05$", "k-means, x_i^2, p < 0.05"),
        (r"p \textless 0.05 \textbar{} $\geq 3$", "p < 0.05 | ≥ 3"),
        (r"\texttt{code} \textsf{sans} \textup{up} \mbox{box}", "code sans up box"),
        (r"50\% of A\&B \{a, b\}", "50% of A&B {a, b}"),
        ("Fig.~3 and Table~2", "Fig. 3 and Table 2"),
        (r"S\o rensen, Fran\c cois", "Sørensen, François"),
    ],
)
def test_latex_is_read_in_titles_and_abstracts(cell, expected):
    assert plain_title(cell) == plain_text(cell) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [("{p}-adic {word} {A}* in a {C}", "p-adic word A* in a C"), ("{Nature {M}ethods}", "Nature Methods")],
)
def test_braces_of_a_title_keep_capitals_and_words(title, expected):
    assert plain_title(title) == expected


@pytest.mark.parametrize(
    "text",
    [
        "the sets {a, b} and {0,1}^n, a dict {}, {0}, {x: 1}",
        '{"name": 1, "b": [2]}',
        "it costs $5 and $10, earns $5 and pays 10$ a day, US$5",
        "set $HOME and $PATH, or ${name}; Ke$ha and A$AP",
        r"C:\temp\new, the pattern \d+ or \w*, a\nb, \d and \b in it",
        r"He said \"hello\"",
        "x~y, ~5 of them, ~/data, y ~ x",
        "an open { and a closing } the wrong way: a}b{c",
        "100$ {",
    ],
)
def test_what_may_be_text_is_left_alone(text):
    assert plain_text(text) == plain_title(text) == text


def test_braces_in_an_abstract_may_be_code():
    assert plain_text("the template {x} of {name}, a {B} c") == "the template {x} of {name}, a {B} c"


def test_an_escaped_apostrophe_is_no_accent():
    assert plain_text(r"don\'t think it\'s $x^2$") == "don't think it's x^2"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (r"Erd{\H o}s, P{\'a}l and M{\"u}ller,~Z.", ("Pál Erdős", "Z. Müller")),
        ("{Barnes and Noble, Inc.} and Bee, Ann", ("Barnes and Noble, Inc.", "Ann Bee")),
        ("J.~Doe; {The {ATLAS} Group; CERN}", ("J. Doe", "The ATLAS Group; CERN")),
        (["{de la Cruz}", "O'Neil"], ("de la Cruz", "O'Neil")),
        ("\ue000 Bee and {Cee and Dee}", ("\ue000 Bee", "Cee", "Dee")),
    ],
)
def test_names_are_parted_first_and_read_then(cell, expected):
    found = tuple(map(plain_name, names(cell)))
    assert found == expected or "\ue000" in cell
    assert set(re.findall(r"\w+", " ".join(expected))) <= set(re.findall(r"\w+", " ".join(found)))


RECORD = {
    "id": "a",
    "title": "{BERT} and Schr{\\\"o}dinger's $L^2$",
    "abstract": r"We show \emph{in vivo} that $x_{i}^{2} = 5$ in 5\% of {a, b}.",
    "authors": ["Erd{\\H o}s P{\\'a}l", "{The Group}"],
    "venue": r"{Science} \& Letters",
}
CLEAN = Paper(
    id="a",
    title="BERT and Schrödinger's L^2",
    abstract="We show in vivo that x_i^2 = 5 in 5% of a, b.",
    authors=("Erdős Pál", "The Group"),
    venue="Science & Letters",
)


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet", "frame", "dicts"])
def test_every_reader_reads_latex(tmp_path, kind):
    import pandas as pd

    frame = pd.DataFrame([RECORD])
    path = tmp_path / "papers"
    source = {"frame": frame, "dicts": [RECORD]}.get(kind, path)
    if kind == "jsonl":
        path.write_text(json.dumps(RECORD) + "\n")
    elif kind == "csv":
        frame.assign(authors=" and ".join(RECORD["authors"])).to_csv(path, index=False)
    elif kind == "parquet":
        frame.to_parquet(path)
    (paper,) = read_papers(source)
    assert paper == CLEAN


def test_what_is_exported_for_latex_is_read_back_as_it_was(tmp_path):
    """Formulas, braces and signs: written as BibTeX, and a title taken from there into another table."""
    titles = [
        "x_i^2 and x_ij^10",
        "the set {a, b}",
        "50% of A&B, p < 0.05 | ~5",
        "costs $5 and $10",
        "C# for k",
    ]
    for title in titles:
        record = {**Paper(id="a", title=title).__dict__, "rank": 1}
        exported = WRITERS["bibtex"].write([record])
        written = re.search(r"title = \{\{(.*)\}\}", exported)[1]
        assert "ensuremath" not in written
        (paper,) = read_papers([{"title": written}])
        assert paper.title == title


def test_a_corpus_of_what_was_read_reads_the_same_again(tmp_path, fake):
    with Corpus.build([RECORD], tmp_path / "c", encoder=fake) as corpus:
        assert list(read_papers(corpus.to_frame())) == list(corpus) == [CLEAN]


TEXTS = st.lists(
    st.sampled_from(
        [
            *(
                "reeds",
                "{Reeds}",
                "{B}irds",
                "$n$",
                "$x_{i}$",
                "{a, b}",
                "$5",
                "10$",
                "5\\%",
                "{\\'e}lan",
                "~7",
            ),
            *(
                "Fig.~3",
                "x~y",
                "\\emph{very}",
                "\\texttt{code}",
                "{",
                "}",
                "\\",
                "\\alpha",
                "C:\\temp",
                "don\\'t",
            ),
            *("\\d+", "{{GPT-4}}", "\\mbox{box}", "\\&", "$HOME", "\\unknown{thing}", "(see", "{x})", "word"),
        ]
    ),
    max_size=8,
).map(" ".join)


@given(TEXTS)
def test_no_word_is_lost_and_nothing_is_left_to_be_read(text):
    for plain in (plain_text, plain_title, plain_name):
        found = plain(text)
        bare = re.sub("[\u0300-\u036f]", "", unicodedata.normalize("NFD", found)).replace("α", "alpha")
        for word in re.findall(r"[A-Za-z]{3,}", re.sub(r"\\(?:emph|texttt|mbox|unknown)\b", "", text)):
            assert word in bare or word in ("irds", "lan"), (text, found)
        assert len(re.findall(r"\d", found)) == len(re.findall(r"\d", text))


MACROS = (
    "texttt",
    "textsf",
    "textup",
    "mbox",
    "hbox",
    "fbox",
    "text",
    "mathrm",
    "chapter",
    "input",
    "author",
)


@pytest.mark.parametrize("name", MACROS)
def test_words_inside_a_macro_are_shown(name):
    assert latex_to_text(rf"a \{name}{{shown words}} b").split() == ["a", "shown", "words", "b"]


def test_of_all_macros_that_are_known_only_references_lose_their_words():
    from pylatexenc import latex2text, latexwalker

    known = {
        spec.macroname
        for context in (latex2text.get_default_latex_context_db(), latexwalker.get_default_latex_context_db())
        for category in context.categories()
        for spec in context.iter_macro_specs([category])
    }
    lost = set()
    for name in known - set(_DROPPED):
        found = unicodedata.normalize("NFD", latex_to_text(rf"one \{name}{{two}}{{three}} four"))
        if [*re.sub(r"[^a-z ]", "", found).split()] != ["one", "two", "three", "four"]:
            bare = re.sub(r"[^a-z]", "", found)
            lost |= {name} if not all(word in bare for word in ("one", "two", "three", "four")) else set()
    assert len(known) > 1000
    assert lost == {"textcolor", "colorbox", "texorpdfstring"}  # a colour's name, and words that come twice


def test_the_day_is_not_in_the_text():
    assert latex_to_text(r"\emph{a} \today") == "a today"


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        *("{" * 50_000 + "}" * 50_000, "{a" * 40_000, "$a " * 30_000, r"\(" * 50_000, r"\[a" * 30_000),
        *("a.~" * 30_000, "{A}" * 30_000, "\\a" * 50_000, "{a b " * 20_000, "$$a" * 30_000, "{\\'" * 30_000),
    ],
)
def test_no_text_is_slow(text):
    start = time.process_time()
    for plain in (plain_text, plain_title, plain_name):
        plain(text)
    names(text)
    assert time.process_time() - start < 5

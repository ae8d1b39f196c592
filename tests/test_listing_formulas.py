r"""Formulas on pages: fractions and roots stay, nothing foreign gets in, and no text is lost."""

import html
import re
import sys
from xml.etree import ElementTree

import pytest

from recommender.listing import formulas, html_formulas, readable_formulas

pages = pytest.mark.extra("pages")

MATHML = "{http://www.w3.org/1998/Math/MathML}"


def parsed(text):
    """The MathML of a text, as any XML parser reads it: (tags, attributes, all that is read)."""
    written = str(html_formulas(text)).replace("&nbsp;", "\u00a0")
    nodes = list(ElementTree.fromstring(f"<p>{written}</p>").iter())
    attributes = {(node.tag.removeprefix(MATHML), *item) for node in nodes for item in node.attrib.items()}
    return [node.tag.removeprefix(MATHML) for node in nodes[1:]], attributes, "".join(nodes[0].itertext())


@pages
@pytest.mark.parametrize(
    ("formula", "tags"),
    [
        (r"$\frac{a}{b}$", ["mfrac"]),
        (r"$\sqrt{x}$ and $\sqrt[3]{y}$", ["msqrt", "mroot"]),
        (r"LoRA-GA$^2$", ["msup"]),
        (r"$\sum_{i=1}^n x_i$", ["msubsup", "msub"]),
        (r"\(\hat{y}\)", ["mover"]),
        (r"\[\begin{matrix}a & b\\c & d\end{matrix}\]", ["mtable", "mtr", "mtd"]),
        (r"$$\mathbb{E}[X] \le \frac{\sigma^2}{\sqrt{n}}$$", ["mfrac", "msqrt", "msup"]),
        (r"$\varepsilon$-MemEvo", ["mi"]),
    ],
)
def test_what_makes_a_formula_stays(formula, tags):
    there, attributes, _ = parsed(formula)
    assert {"math", *tags} <= {*there}
    assert attributes == {("math", "display", "inline")}  # xmlns is the namespace of the tags


@pages
@pytest.mark.parametrize(
    "formula",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\style{background:url(https://evil.example)}{x}",
        r"\class{evil}{x}",
        r"\color{red}{x}",
        r"\text{x</mtext></math><script>alert(1)</script>}",
        r"\text{x &lt;img src=x onerror=alert(1)&gt;}",
        r"\text{x &#x3c;script&#x3e;alert(1)&#60;/script>}",
        r"\verb|<b onclick=alert(1)>x</b>|",
        r"\mbox{x<style>*{display:none}</style>}",
        r"x<iframe src=//evil.example>",
        r"\operatorname{x<a>}",
        r"\tag{<b>x}",
    ],
)
def test_nothing_foreign_is_in_a_formula(formula):
    tags, attributes, read = parsed(f"before ${formula}$ behind")
    assert {*tags} <= formulas.MATHML_TAGS
    assert attributes <= {("math", "display", "inline")}
    assert read.startswith("before ")
    assert read.endswith(" behind")
    assert "x" in read


@pages
def test_signs_in_the_text_of_a_formula_are_text():
    tags, _, read = parsed(r"if $\text{a <b> & c > d}$")
    assert "mtext" in tags
    assert read.replace("\u00a0", " ") == "if a <b> & c > d"
    assert parsed("$a<b$")[2] == "a<b"


@pytest.mark.parametrize(
    "text",
    [
        "from $5 to $10",
        "a \\$15 frontier",
        "$ 5$",
        "US$20 and US$30",
        "",
        "an $ alone",
        "\\(",
        "2 < 3 & <b>",
    ],
)
def test_a_price_is_no_formula(text):
    assert html.unescape(str(html_formulas(text))) == text
    assert readable_formulas(text) == text


@pages
@pytest.mark.parametrize(
    "formula",
    [
        r"\newcommand{\a}{x\a}\a",  # raises RecursionError
        r"\newcommand{\a}{x}\newcommand{\b}{\a\a\a\a\a\a\a\a}\newcommand{\c}{\b\b\b\b\b\b\b\b}\c\c\c\c\c\c\c",
        "x_",
        r"\frac{x",
        r"\left( x",
        r"x^a^b",
        "x" + "+x" * 100,  # 201 characters
    ],
)
def test_what_cannot_be_converted_is_text(formula):
    tags, _, read = parsed(f"before ${formula}$ behind")
    assert tags == []
    assert read == readable_formulas(f"before ${formula}$ behind")
    assert "x" in read


@pages
def test_the_longest_formula_is_converted():
    assert "math" in parsed(f"${'x' * formulas.LONGEST_FORMULA}$")[0]
    assert parsed(f"${'x' * (formulas.LONGEST_FORMULA + 1)}$")[0] == []


def test_without_the_packages_formulas_are_text(monkeypatch):
    monkeypatch.setitem(sys.modules, "latex2mathml", None)
    formulas._is_installed.cache_clear()
    try:
        written = html_formulas(r"$\frac{a}{b}$ <b> $\alpha$")
    finally:
        formulas._is_installed.cache_clear()
    assert str(written) == "a/b &lt;b&gt; α"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (r"$O(n \log n)$ time", "O(n log n) time"),
        (r"$\varepsilon$-MemEvo", "ε-MemEvo"),
        (r"LoRA-GA$^2$: an {X}", "LoRA-GA^2: an {X}"),
        (r"\(\sqrt{s}\)=13 TeV", "√(s)=13 TeV"),
        ("$a\u202e\x1b[2J$", "a[2J"),
    ],
)
def test_in_other_files_a_formula_is_readable(text, read):
    assert readable_formulas(text) == read


@pages
def test_a_formula_is_converted_the_same_whatever_stands_before_it():
    alone = str(html_formulas("$x^2$"))
    assert str(html_formulas("$y$ $x^2$ $5")) == f"{html_formulas('$y$')} {alone} $5"
    assert re.fullmatch(r"<math .*</math>", alone)

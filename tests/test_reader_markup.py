"""HTML, JATS and MathML in the fields of every reader; texts that hold none of it are left alone."""

import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.readers import read_papers
from recommender.readers.abstracts import stands_for_none, without_heading
from recommender.readers.markup import plain_markup


def plain(text):
    return " ".join(plain_markup(text).split())


JATS = (
    "<jats:title>Abstract</jats:title><jats:sec><jats:title>Aim</jats:title><jats:p>Larks sing near vents."
    "</jats:p></jats:sec><jats:sec><jats:title>Methods:</jats:title><jats:p>We listened.</jats:p></jats:sec>"
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (JATS, "Aim: Larks sing near vents. Methods: We listened."),
        ("<h3>Background</h3><p>One.</p><p>Two.</p>", "Background: One. Two."),
        ('<AbstractText Label="METHODS">We listened.</AbstractText>', "METHODS: We listened."),
        ("Song of <i>Alauda arvensis</i> at CO<sub>2</sub> vents", "Song of Alauda arvensis at CO2 vents"),
        ("10<sup>-5</sup> m<sup>2</sup> and 2<sup>10</sup>", "10^-5 m2 and 2^10"),
        ("Iron &amp; steel &amp;amp; roofs &amp;lt; tin", "Iron & steel & roofs < tin"),
        ("M&uuml;ller &#x2013; &#8211;&nbsp;x", "Müller – – x"),
        ("&lt;jats:p&gt;Roofs hum.&lt;/jats:p&gt;", "Roofs hum."),
        ("&lt;p&gt;Roofs &amp;lt;i&amp;gt;hum&amp;lt;/i&amp;gt;.&lt;/p&gt;", "Roofs hum."),
        ("A<br>B<br/>C<p>D</p><p>E</p>", "A B C D E"),
        ("<a href=\"https://example.org\">link</a> <span class='x'>A</span>", "link A"),
        ("<!-- no --><![CDATA[see <i>this</i>]]>", "see this"),
        ("cut off <i>Alauda", "cut off Alauda"),
        (
            "E = <mml:math alttext='E'><mml:mi>m</mml:mi><mml:msup><mml:mi>c</mml:mi><mml:mn>2</mml:mn>"
            "</mml:msup></mml:math>.",
            "E = mc^2.",
        ),
        (
            '<math xmlns="x"><semantics><mrow><msub><mi>x</mi><mi>i</mi></msub><mo>&lt;</mo><mfrac><mrow>'
            "<mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac></mrow>"
            '<annotation encoding="TeX">x_i</annotation></semantics></math>',
            "x_i<(a+b)/2",
        ),
        (
            "<jats:inline-formula><jats:alternatives><jats:tex-math>$$x^2$$</jats:tex-math><mml:math><mml:msup>"
            "<mml:mi>x</mml:mi><mml:mn>2</mml:mn></mml:msup></mml:math></jats:alternatives></jats:inline-formula>"
            " on",
            "x^2 on",
        ),
        (r"<tex-math>\documentclass{a}\begin{document}$$x$$\end{document}</tex-math>", "$$x$$"),
        (r'<math alttext="\alpha"></math>', r"$\alpha$"),
        ("<mml:math><mml:mi>sin</mml:mi><mml:mi>x</mml:mi></mml:math>", "sin x"),
        ("exam\u00adple zero\u200bwidth \ufb01nd cafe\u0301", "example zerowidth find café"),
    ],
)
def test_what_a_reader_sees(written, expected):
    assert plain(written) == expected == plain(expected)


@pytest.mark.parametrize(
    "text",
    [
        "p < 0.05 and a<b and c>d, x <y> z",
        "tokens <s>, </s>, <mask>, <image> and <code>",
        "if x <a and b> c",
        "the <b> tag",
        "AT&T, R&D; a&b;c &notathing; & &; &#; <",
        "<think> and <answer>",
        "x << y >> z <- w",
    ],
)
def test_what_is_no_markup_is_left_alone(text):
    assert plain_markup(text) == text


PIECES = st.sampled_from(
    ["reeds", "p < 0.05", "a<b", "c>d", "<x>", "&", ";", "<", ">", "R&D", "</", "/>", "=", '"', "<!", "é"]
)


@given(st.lists(PIECES, max_size=8).map(" ".join) | st.text(st.characters(max_codepoint=126), max_size=40))
def test_a_text_without_tag_or_entity_is_unchanged(text):
    tag = re.search(r"</?[A-Za-z]", text)
    if tag is None and not re.search(r"&[#\w]+;|<!|<\?", text):
        assert plain_markup(text) == text


WRAPS = st.sampled_from(
    [
        "<i>%s</i>",
        "<jats:p>%s</jats:p>",
        "%s",
        "<b>%s",
        "&lt;i&gt;%s&lt;/i&gt;",
        "%s &amp; co",
        "(%s<sub>2</sub>)",
        "<mml:math><mml:mtext>%s</mml:mtext></mml:math>",
        "%s <y>",
        "a < %s",
        "<h3>%s</h3>",
        "<unknown>%s</unknown>",
    ]
)


@given(st.lists(st.tuples(st.text("bdghkw", min_size=4, max_size=8), WRAPS), min_size=1, max_size=6))
def test_no_word_is_lost_and_reading_again_changes_nothing(parts):
    text = " ".join(wrap % word for word, wrap in parts)
    found = plain_markup(text)
    assert [word for word, _ in parts if word not in found] == []
    assert plain(found) == plain(text)


@given(st.text(st.sampled_from("<>/&;=\"' abip#!-[]:"), max_size=60))
def test_nothing_raises(text):
    assert isinstance(plain_markup(text), str)


@pytest.mark.parametrize(
    "text",
    [
        *("<" * 50_000, "<i>" * 30_000, "</" * 30_000, "&lt;" * 30_000, "&amp;" * 30_000, "<!--" * 20_000),
        *("<math>" * 10_000, "<mml:mrow>" * 10_000, "<title>" * 10_000, "<a x=" * 20_000, "<a x=1 " * 20_000),
        *("<tex-math>" * 10_000, "<script>" * 10_000, "<![CDATA[" * 10_000, "&" * 50_000, "<b " * 20_000),
    ],
)
def test_no_text_is_slow(text):
    start = time.process_time()
    plain_markup(text)
    assert time.process_time() - start < 5


# What is no abstract


@pytest.mark.parametrize(
    "text",
    [
        *(
            "[No abstract available]",
            "Abstract not available.",
            "No abstract.",
            "N/A",
            "NA",
            "-",
            "ABSTRACT",
            "Abstract:",
        ),
        *(
            "This article has no abstract",
            "Keine Zusammenfassung verfügbar",
            "Résumé non disponible",
            "Sin resumen",
        ),
        *(
            "No abstract available for this article.",
            "There is no abstract available.",
            "(Abstract unavailable)",
        ),
        *("ABSTRACT AVAILABLE FROM PUBLISHER", "No Abstract Provided", "暂无摘要", "Abstract is missing", ""),
    ],
)
def test_placeholders_are_no_abstracts(text):
    assert stands_for_none(text)
    (paper,) = read_papers([{"title": "Larks", "abstract": text}])
    assert paper.abstract == ""


@pytest.mark.parametrize(
    "text",
    [
        *(
            "No abstract concepts are learned by larks.",
            "Abstract reasoning in larks",
            "There is no summary of larks",
        ),
        *("Not available drugs in rural areas are a problem.", "Summary statistics of lakes", "Nothing"),
    ],
)
def test_short_abstracts_are_abstracts(text):
    assert not stands_for_none(text)
    assert without_heading(text) == text


@pytest.mark.parametrize(
    "heading", ["Abstract: ", "ABSTRACT: ", "Summary. ", "Abstract\u2014", "Abstract - ", "Zusammenfassung: "]
)
def test_a_heading_is_no_part_of_its_abstract(heading):
    assert without_heading(f"{heading}Larks sing.") == "Larks sing."


@pytest.mark.parametrize(
    "text", ["Abstract We sing", "Abstract-level larks", "Summary statistics", "Abstractions: larks"]
)
def test_what_is_no_heading_stays(text):
    assert without_heading(text) == text


def test_every_field_of_a_record_is_cleaned(tmp_path):
    record = {
        "title": "Song of <i>Alauda</i> &amp; co",
        "abstract": JATS,
        "venue": "Lakes &amp; <b>Reeds</b>",
        "authors": "M&uuml;ller, Ann; O&#39;Neil, Bo",
        "categories": "Birds &amp; lakes; Reeds",
        "url": "https://example.org/a?b=1&amp;c=2",
        "year": "2021.0",
        "doi": "10.1000/1&lt;2&gt;3",
    }
    path = tmp_path / "papers.jsonl"
    path.write_text(json.dumps(record) + "\n")
    (paper,) = read_papers(path)
    assert paper.title == "Song of Alauda & co"
    assert paper.abstract == "Aim: Larks sing near vents. Methods: We listened."
    assert (paper.venue, paper.authors) == ("Lakes & Reeds", ("Ann Müller", "Bo O'Neil"))
    assert paper.categories == ("Birds & lakes", "Reeds")
    assert (paper.url, paper.published) == ("https://example.org/a?b=1&c=2", "2021")
    assert paper.identifiers == {"doi": "10.1000/1<2>3"}

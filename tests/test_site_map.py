"""The map of a site: a dot for each paper where it lies, names that lead to topics, and few bytes."""

import importlib.util
import itertools
import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from urllib.parse import quote

import numpy as np
import pytest
from conftest import make_papers

from recommender import Corpus
from recommender.plots.layout import Size
from recommender.plots.map_data import FIT, PADDING, MapSheet
from recommender.plots.picture import COLORS
from recommender.site import SiteFrame, map_page, map_titles
from recommender.site.drawing_style import DRAWING_STYLE, WIDTHS
from recommender.site.map_drawing import MOST_DOTS, map_drawing
from recommender.site.map_script import MAP_SCRIPT
from recommender.topics import find_topics

pytestmark = pytest.mark.extra("plots")

FRAME = SiteFrame("Papers", "", "2026-11-30", (("Today", "index.html"), ("Map", "map.html")))
SVG = "{http://www.w3.org/2000/svg}"


class NoPages:
    def page_of(self, paper):
        return None


@pytest.fixture(scope="module")
def topics(sample):
    return find_topics(sample)


@pytest.fixture(scope="module")
def sheet(topics):
    return MapSheet(topics, np.random.default_rng(5).random((len(topics.rows), 2)))


def drawn(sheet):
    """The drawing, read as XML."""
    drawing = map_drawing(
        sheet, lambda topic: f"topic/{topic.number}.html", label="Map & <more>", told="told"
    )
    named = str(drawing).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return ElementTree.fromstring(named)


def dots_of(tree):
    """By the address that they lead to, the colour of dots and their places, in units of the field."""
    field = tree.find(f"{SVG}svg")
    found = {}
    for link in field.findall(f"{SVG}a"):
        for path in link.findall(f"{SVG}path"):
            places = re.findall(r"M(\d+) (\d+)h0", path.get("d"))
            assert "".join(f"M{x} {y}h0" for x, y in places) == path.get("d")
            found.setdefault(link.get("href"), []).append((path.get("stroke"), np.array(places, np.int64)))
    return found


def test_a_dot_for_each_paper_where_it_lies(sheet, topics):
    found = dots_of(drawn(sheet))
    assert [*found] == [f"topic/{topic.number}.html" for topic in topics]
    for place, topic in enumerate(topics):
        ((color, dots),) = found[f"topic/{topic.number}.html"]
        true = sheet.spread[topics.labels == place] * 1000
        assert color == sheet.colors[place]
        assert color in COLORS
        assert np.abs(dots - np.column_stack([true[:, 0], 1000 - true[:, 1]])).max() <= 0.5


def names_at(tree, number):
    """Of each name for a width: its address, what it is called, its place, texts, and its badge's colour."""
    (group,) = (one for one in tree.findall(f"{SVG}g") if one.get("class") == f"names at-{number}")
    for link in group:
        inner = link.find(f"{SVG}svg")
        texts = [text.text for text in inner.findall(f"{SVG}text")]
        place = [float(inner.get(side).removesuffix("%")) / 100 for side in "xy"]
        yield link.get("href"), link.get("aria-label"), place, texts, inner.find(f"{SVG}circle").get("fill")


@pytest.mark.parametrize("number", range(1, len(WIDTHS) + 1))
def test_every_topic_has_its_name_or_number_in_every_width(sheet, topics, number):
    found = {address: rest for address, *rest in names_at(drawn(sheet), number)}
    assert len(found) == len(topics)
    for place, topic in enumerate(topics):
        said, (x, y), texts, color = found[f"topic/{topic.number}.html"]
        assert said == f"{topic.number} {topic.name}"
        assert texts[0] == str(topic.number)
        assert all(text.split(",")[0].rstrip("…") in topic.name for text in texts[1:])
        assert color == sheet.colors[place]
        assert -0.05 <= x <= 1.05
        assert -0.05 <= y <= 1.05


def test_what_is_seen_of_a_name_is_what_it_is_called_first(topics, sheet):
    """Who speaks to the machine says what is seen."""
    items = tuple(replace(topic, terms=(f"{topic.terms[0]} of {'great ' * 9}worth",)) for topic in topics)
    for one in (sheet, MapSheet(replace(topics, items=items), sheet.places)):
        for _, said, _, texts, _ in names_at(drawn(one), len(WIDTHS)):
            assert said.startswith(" ".join(texts))


def test_more_of_names_is_shown_where_there_is_more_room(sheet):
    tree = drawn(sheet)
    letters = [
        sum(len("".join(texts)) for *_, texts, _ in names_at(tree, number)) for number in (1, len(WIDTHS))
    ]
    assert letters[0] < letters[1]


def test_names_of_one_width_do_not_cover_each_other(sheet):
    width = WIDTHS[1]
    high = Size(width + 2 * PADDING, FIT.height_at(width + 2 * PADDING), 0.0).height - 2 * PADDING
    boxes = []
    for _, _, (x, y), texts, _ in names_at(drawn(sheet), 2):
        wide = 18 if len(texts) == 1 else 22 + 6.9 * len(texts[1])
        boxes.append((x * width - wide / 2, y * high - 9, x * width + wide / 2, y * high + 9))
    for one, other in itertools.combinations(boxes, 2):
        apart = (
            one[2] <= other[0] + 1
            or other[2] <= one[0] + 1
            or one[3] <= other[1] + 1
            or other[3] <= one[1] + 1
        )
        assert apart


def test_the_sheet_shows_the_names_of_one_width_at_a_time():
    rules = re.findall(
        r"@container map \(min-width: ([\d.]+)(?:px)?\)(?: and \(max-width: ([\d.]+)px\))?", DRAWING_STYLE
    )
    assert len(rules) == len(WIDTHS)
    for width in range(200, 1200):
        shown = [low for low, high in rules if float(low) <= width <= float(high or "inf")]
        assert len(shown) == 1
    assert ".names { display: none }" in DRAWING_STYLE


def test_keyboard_and_screen_readers_come_to_names_and_pass_by_the_dots(sheet, topics):
    tree = drawn(sheet)
    assert (tree.get("role"), tree.get("aria-label"), tree.get("aria-describedby")) == (
        "group",
        "Map & <more>",
        "told",
    )
    field = tree.find(f"{SVG}svg")
    assert field.get("aria-hidden") == "true"
    assert {link.get("tabindex") for link in field.findall(f"{SVG}a")} == {"-1"}
    assert all(link.get("tabindex") is None for group in tree.findall(f"{SVG}g") for link in group)
    titles = [title.text for title in field.iter(f"{SVG}title")]
    assert titles == [f"{topic.number} {topic.name}" for topic in topics]


def luminance(color):
    parts = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_numbers_are_read_on_their_colours_by_the_contrast_of_wcag_aa(sheet):
    inks = set(
        re.findall(
            r'fill="(#\w{6})"/><text [^>]*fill="(#\w{6})"',
            str(map_drawing(sheet, lambda topic: "x", label="", told="")),
        )
    )
    assert len(inks) > 3
    for pair in inks:
        lower, higher = sorted(map(luminance, pair))
        assert (higher + 0.05) / (lower + 0.05) >= 4.5


# The page


@pytest.fixture(scope="module")
def page(topics):
    return map_page(topics, path="map.html", frame=FRAME, links=NoPages()).decode()


def test_the_page_says_in_words_what_it_shows(page, topics):
    assert page.count("<h1>") == 1
    said = re.search(r'<p id="(\S+)">(232 papers in 11 topics\. .*)</p>', page)
    assert f'aria-describedby="{said[1]}"' in page
    listed = re.findall(
        r'<li><svg class="badge".*?</svg><a href="(.*?)">(.*?)</a> <span class="count">(\d+)<', page
    )
    assert listed == [(f"topic/{topic.number}.html", topic.name, str(len(topic))) for topic in topics]


def test_nothing_in_the_page_is_styled_or_run_in_place(page):
    """The page's own policy would not have it."""
    assert " style=" not in page
    assert "<style" not in page
    assert re.findall(r"<script[^>]*>(.*?)</script>", page, re.DOTALL) == [MAP_SCRIPT]
    assert not re.search(r"\son\w+=", page)


def test_the_script_makes_text_and_asks_for_one_file():
    for danger in (
        "innerHTML",
        "insertAdjacent",
        "outerHTML",
        "document.write",
        "eval",
        "fetch",
        "XMLHttp",
        "import",
    ):
        assert danger not in MAP_SCRIPT
    assert MAP_SCRIPT.count(".src = ") == 1
    assert "http" not in MAP_SCRIPT


class EvenPages:
    def page_of(self, paper):
        return f"paper/{paper.id}.html" if len(paper.title) % 2 else None


def test_titles_lie_in_the_order_of_the_dots(sheet, topics, tmp_path):
    written = map_titles(topics, path="map.js", links=EvenPages()).decode()
    found = json.loads(written.removeprefix("const PAPERS = ").removesuffix(";\n"))
    dots = [tuple(dot) for ((_, dots),) in dots_of(drawn(sheet)).values() for dot in dots.tolist()]
    papers = topics.snapshot.papers(topics.rows.tolist())
    assert len(dots) == len(found) // 2 == len(papers)
    by_dot = {}
    for paper, (x, y) in zip(
        papers, (sheet.spread * [1000, -1000] + [0, 1000]).round().tolist(), strict=True
    ):
        by_dot.setdefault((x, y), []).append(paper)
    for dot, title, page in zip(dots, found[::2], found[1::2], strict=True):
        (paper,) = [paper for paper in by_dot[dot] if paper.title == title]
        assert page == (f"paper/{quote(paper.id)}.html" if len(paper.title) % 2 else "")


def test_names_of_topics_are_escaped(topics):
    hostile = '<script>alert(1)</script> & "x" \u202e'
    items = tuple(replace(topic, name=f"{hostile}{topic.number}", terms=(hostile,)) for topic in topics)
    page = map_page(replace(topics, items=items), path="map.html", frame=FRAME, links=NoPages()).decode()
    assert page.count("<script") == 1
    assert "\u202e" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_same_topics_give_the_same_bytes(page, topics):
    assert map_page(topics, path="map.html", frame=FRAME, links=NoPages()).decode() == page


def test_papers_without_a_vector_are_told(topics, monkeypatch):
    monkeypatch.setattr(type(topics), "without_vector", 3)
    page = map_page(topics, path="map.html", frame=FRAME, links=NoPages()).decode()
    assert "Not on the map, as they have no vector: 3 papers." in page


def test_without_the_extra_it_says_what_to_install_and_lists_the_topics(topics, monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "sklearn" else found(name))
    page = map_page(topics, path="map.html", frame=FRAME, links=NoPages()).decode()
    assert "pip install &#39;paper-recommender[plots]&#39;" in page
    assert 'class="map"' not in page
    assert page.count('<a href="topic/') == len(topics)


def many(topics, count):
    """Topics and a sheet of so many papers, in four heaps."""
    rng = np.random.default_rng(2)
    labels = rng.integers(0, 4, count)
    places = np.clip(rng.normal(0.25 + 0.5 * np.column_stack([labels % 2, labels // 2]), 0.09), 0, 1)
    some = replace(topics, items=topics.items[:4], rows=np.arange(count), labels=labels)
    return MapSheet(some, places)


def test_ten_thousand_papers_are_a_tenth_of_a_megabyte(topics):
    sheet = many(topics, 10_000)
    drawing = str(map_drawing(sheet, lambda topic: "topic/1.html", label="", told=""))
    assert drawing.count("h0") == 10_000
    assert 100_000 < len(drawing.encode()) < 150_000


@pytest.mark.parametrize("count", [MOST_DOTS + 1, 200_000])
def test_of_more_papers_cells_are_drawn_the_fuller_the_stronger(topics, count):
    sheet = many(topics, count)
    tree = drawn(sheet)
    assert tree.find(f"{SVG}svg").get("class") == "dots cells"
    assert len(ElementTree.tostring(tree)) < 500_000
    strengths = {path.get("class") for path in tree.iter(f"{SVG}path")}
    assert strengths == ({"faint", "middling", None} if count > 100_000 else {"middling", None})
    counts = {}
    for path in tree.iter(f"{SVG}path"):
        for x, y in re.findall(r"M(\d+) (\d+)h0", path.get("d")):
            near = np.abs(sheet.places * [1000, -1000] + [0, 1000] - [int(x), int(y)])
            counts.setdefault(path.get("class"), []).append(int((near <= [2.5, 3.4]).all(axis=1).sum()))
            if len(counts[path.get("class")]) > 40:
                break
    assert np.mean(counts.get("faint", [0])) < np.mean(counts["middling"]) < np.mean(counts[None])


def test_a_corpus_of_one_paper_has_a_map(tmp_path, fake):
    with Corpus.build(make_papers(1), tmp_path / "corpus", encoder=fake) as corpus:
        page = map_page(find_topics(corpus), path="map.html", frame=FRAME, links=NoPages()).decode()
    assert "1 paper in 1 topic." in page
    assert len(re.findall(r"\dh0", page)) == 1

"""The checker of links finds what is dead, of every kind, and nothing else."""

import json

import pytest
from site_links import Site

PAGE = '<!DOCTYPE html><html><head>{}</head><body id="top">{}</body></html>'


@pytest.fixture
def folder(tmp_path):
    """A site without a dead link."""
    files = {
        "index.html": PAGE.format(
            '<link rel="stylesheet" href="style.css"><link rel="alternate" href="feed.atom">'
            '<link rel="canonical" href="https://example.org/p/index.html"><script src="titles.js"></script>',
            '<a href="day/1.html#now">1</a><a href="#top">up</a><a href="https://arxiv.org/abs/1">out</a>',
        ),
        "day/1.html": PAGE.format("", '<h2 id="now">x</h2><a href="../paper/a%20b.html">p</a>'),
        "paper/a b.html": PAGE.format("", '<a href="mailto:a@example.org">m</a>'),
        "style.css": "p { color: red }",
        "titles.js": 'const TOTAL = 1;\nconst TITLES = [\n"A title","paper/a%20b.html"\n];\n',
        "feed.atom": '<feed xmlns="http://www.w3.org/2005/Atom"><link href="https://example.org/p/index.html"/>'
        '<entry><content type="html">&lt;a href="https://example.org/p/day/1.html"&gt;x&lt;/a&gt;</content>'
        "</entry></feed>",
        "feed.json": json.dumps(
            {"feed_url": "https://example.org/p/feed.json", "items": [{"url": "day/1.html"}]}
        ),
        "private/k.html": PAGE.format("", "nobody leads here"),
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    return tmp_path


def checked(folder):
    return Site(folder, "https://example.org/p")


def test_a_whole_site_has_nothing_dead(folder):
    site = checked(folder)
    assert site.dead_links() == site.loaded_from_elsewhere() == site.repeated_names() == []
    assert site.reached() == {*site.files} - {"private/k.html", "feed.json"}


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("index.html", "day/1.html#now", "day/2.html"),
        ("index.html", "day/1.html#now", "Day/1.html"),
        ("index.html", "day/1.html#now", "day/1.html#then"),
        ("index.html", "day/1.html#now", "day"),
        ("index.html", "day/1.html#now", "/day/1.html"),
        ("index.html", "day/1.html#now", "javascript:alert(1)"),
        ("index.html", "#top", "#bottom"),
        ("index.html", "style.css", "other.css"),
        ("index.html", "titles.js", "script.js"),
        ("index.html", "feed.atom", "feed.xml"),
        ("index.html", "org/p/index.html", "org/p/start.html"),
        ("day/1.html", "../paper", "../../paper"),
        ("day/1.html", "a%20b", "a b.c"),
        ("style.css", "red", "url(red.png)"),
        ("titles.js", "a%20b", "c"),
        ("feed.atom", "p/index.html", "p/none.html"),
        ("feed.atom", "day/1.html", "day/2.html"),
        ("feed.json", "p/feed.json", "p/feed2.json"),
        ("feed.json", "day/1.html", "day/2.html"),
    ],
)
def test_what_is_dead_is_found(folder, name, before, after):
    path = folder / name
    assert before in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(before, after), "utf-8")
    (found,) = checked(folder).dead_links()
    assert found.startswith(f"{name}: ")
    assert after.removesuffix('"') in found or "red.png" in found or "p/" in found


def test_what_comes_from_elsewhere_is_found(folder):
    page = folder / "index.html"
    page.write_text(page.read_text().replace("style.css", "https://example.com/style.css"))
    assert checked(folder).loaded_from_elsewhere() == [("index.html", "https://example.com/style.css")]


def test_a_name_that_a_page_has_twice_is_found(folder):
    page = folder / "day" / "1.html"
    page.write_text(page.read_text().replace('<h2 id="now">', '<h2 id="now"><b id="now">'))
    assert checked(folder).repeated_names() == [("day/1.html", "now")]

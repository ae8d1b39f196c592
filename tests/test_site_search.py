"""The script of the search page in a browser, from a folder: what it finds, and what it says."""

import os
import shutil

import pytest
from site_pages import ALL, FRAME

from recommender import Paper
from recommender.site import search_page, style_sheet, titles_script

sync_api = pytest.importorskip("playwright.sync_api", reason="a package of the extra dev")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")

MARKUP = '<img src=x onerror="document.title=1"></script><script>document.title = 2</script> markup'
TITLES = {
    "lora": "LoRA: Low-Rank Adaptation of Large Language Models",
    "nguyen": "Nguyễn and Łukasz on Ångström-scale adapters",
    "cjk": "大規模言語モデルの低ランク適応",
    "cpp": "Sorting in C++ and O(n log n)",
    "markup": MARKUP,
    **{f"many{at}": f"Many papers, number {at}" for at in range(60)},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    site = tmp_path_factory.mktemp("searched")
    papers = [Paper(id=name, title=title) for name, title in TITLES.items()]
    page = search_page(path="search.html", frame=FRAME, titles="titles/index.html", script="titles.js")
    (site / "search.html").write_bytes(page)
    (site / "titles.js").write_bytes(titles_script(papers, path="titles.js", links=ALL))
    (site / "style.css").write_bytes(style_sheet())
    return site


@pytest.fixture(scope="module")
def context():
    with sync_api.sync_playwright() as playwright:
        # Root has no sandbox in Chromium.
        args = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=args)
        yield chromium.new_context()
        chromium.close()


@pytest.fixture
def opened(folder, context):
    """Opens the search page; whatever goes wrong in it fails the test."""
    page = context.new_page()
    wrong = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)

    def go(asked=""):
        page.goto(f"{(folder / 'search.html').as_uri()}{asked}")
        return page

    yield go
    page.close()
    assert wrong == []


def found(page):
    return [link.get_attribute("href").removeprefix("paper/").removesuffix(".html") for link in links(page)]


def links(page):
    return page.locator("#search ol a").all()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("low", ["lora"]),
        ("LORA adapt", ["lora"]),
        ("adapt lora", ["lora"]),
        ("ora", []),  # no beginning of a word
        ("lora sorting", []),  # every word is to be there
        ("nguyen", ["nguyen"]),
        ("lukasz angstrom", ["nguyen"]),
        ("Łuk", ["nguyen"]),
        ("言語", ["cjk"]),  # no blanks part its words
        ("c++", ["cpp"]),
        ("log n", ["cpp"]),
        ("?!", []),
        ("markup", ["markup"]),
    ],
)
def test_titles_are_found_by_the_beginnings_of_all_words(opened, words, expected):
    page = opened()
    page.locator("#words").fill(words)
    assert found(page) == expected


def test_it_says_how_many_there_are(opened):
    page = opened()
    status = page.get_by_role("status")
    assert status.inner_text() == "65 titles to search"
    page.locator("#words").fill("lora")
    assert status.inner_text() == "1 title"
    page.locator("#words").fill("many")
    assert status.inner_text() == "60 titles, the first 50 here; more words find fewer"
    assert len(links(page)) == 50
    page.locator("#words").fill("nosuchword")
    assert status.inner_text().startswith("No title has these words")
    page.locator("#words").fill("")
    assert status.inner_text() == "65 titles to search"


def test_it_works_by_keyboard_and_its_address_keeps_what_was_sought(opened):
    page = opened()
    page.keyboard.type("rank")  # the field has the focus
    assert page.url.endswith("#q=rank")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == TITLES["lora"]
    page = opened("#q=many%20number%207")
    assert found(page) == ["many7"]
    assert page.locator("#words").input_value() == "many number 7"


@pytest.mark.parametrize("asked", ["#q=%", "#q=<img src=x onerror=alert(1)>", "#q=%00", "#other"])
def test_an_odd_address_harms_nothing(opened, asked):
    page = opened(asked)
    assert page.get_by_role("status").inner_text()
    assert page.locator("#search img").count() == 0


def test_a_title_is_text_whatever_it_holds(opened):
    page = opened("#q=markup")
    (link,) = links(page)
    assert link.inner_text() == MARKUP
    assert page.locator("#search img, #search script").count() == 0
    assert page.title().startswith("Search titles")


def test_without_the_index_the_page_says_where_titles_are(opened, folder, context):
    alone = folder / "alone"
    alone.mkdir(exist_ok=True)
    shutil.copy(folder / "search.html", alone)
    page = context.new_page()
    page.goto((alone / "search.html").as_uri())
    assert "Search needs a script, which does not run here." in page.locator("main").inner_text()
    page.close()

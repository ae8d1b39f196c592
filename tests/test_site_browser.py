"""A published site in a browser: every kind of page, on a phone and on a desk, by day and by night."""

import functools
import http.server
import os
import re
import shutil
import threading
from datetime import UTC, datetime

import pytest
from site_links import Site

from recommender import Corpus
from recommender.listing import make_editions
from recommender.readership import Readership, add_reader, cast_votes, curate, find_reader, note
from recommender.sample import PAPERS as SAMPLE_PAPERS
from recommender.site import HousePages, publish

sync_api = pytest.importorskip("playwright.sync_api", reason="a package of the extra dev")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="a package of the extra dev")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.extra("plots"),
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here"),
]

DAY = datetime(2026, 11, 30, 6, tzinfo=UTC)
LORA, CLIP, NERF = "2106.09685", "2103.00020", "2003.08934"

KINDS = {
    "today": "index.html",
    "days": "days.html",
    "day": "day/*.html",
    "curated": "day/2026-11-30.html",
    "week": "week/*.html",
    "month": "month/*.html",
    "trending": "trending.html",
    "topics": "topics.html",
    "topic": "topic/1.html",
    "map": "map.html",
    "titles": "titles/index.html",
    "letter": "titles/[a-z].html",
    "search": "search.html",
    "paper": "paper/*2106.09685*.html",
    "private": "private/*/2026-11-30.html",
    "private front": "private/*/index.html",
}
"""Of every kind of page one, by a pattern of its path."""

LOOKS = [(width, scheme) for scheme in ("light", "dark") for width in (400, 1400)]
QUICK = {("today", 400, "dark"), ("map", 400, "dark"), ("paper", 1400, "light")}
"""What is looked at whenever tests are run: a browser is slow."""

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site of the sample with a reader's own pages, a curated day and votes."""
    folder = tmp_path_factory.mktemp("published")
    corpus, readers, out = folder / "corpus", folder / "readers.sqlite", folder / "site"
    with (
        Corpus.build(SAMPLE_PAPERS, corpus, encoder="static") as built,
        Readership.open(readers, create=True) as file,
    ):
        add_reader(file, "Mei", at=DAY)
        reader, snapshot = find_reader(file, "Mei"), built.snapshot
        note(file, reader, "liked", [LORA, CLIP], source="test", at=DAY, snapshot=snapshot)
        cast_votes(file, reader, [LORA, NERF], at=DAY, snapshot=snapshot)
        curate(file, "2026-11-30", [CLIP, LORA], curator="Ada", sentence="Two to begin with.", at=DAY)
    make_editions(corpus, readers, folder / "editions", now=DAY, workers=1, formats=("text",))
    publish(corpus, out, day="2026-11-30", pages=HousePages(), readers=readers, workers=1)
    return out


@pytest.fixture(scope="module")
def browser():
    with sync_api.sync_playwright() as playwright:
        # Root has no sandbox in Chromium.
        args = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=args)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def server(site):
    """The site on a web host, which is this machine."""
    handler = functools.partial(Quiet, directory=os.fspath(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as host:
        threading.Thread(target=host.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{host.server_address[1]}/"
        host.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


class Opened:
    """A page in the browser, and what went on while it was open."""

    def __init__(self, browser, address, width=1400, scheme="light", **options):
        self.context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, **options
        )
        self.page = self.context.new_page()
        self.requests, self.complaints = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))
        self.page.goto(address)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.context.close()


def path_of(site, kind):
    found = sorted(site.glob(KINDS[kind]))
    assert found, kind
    return found[-1]


def opened(browser, site, kind, *look, **options):
    return Opened(browser, path_of(site, kind).as_uri(), *look, **options)


def test_every_folder_of_the_site_has_a_kind(site):
    kept = {name.split("/")[0] for name in Site(site).pages}
    assert kept == {pattern.split("/")[0] for pattern in KINDS.values()}


@pytest.mark.parametrize(
    ("kind", "width", "scheme"),
    [
        pytest.param(kind, *look, marks=[] if (kind, *look) in QUICK else [pytest.mark.slow])
        for kind in KINDS
        for look in LOOKS
    ],
)
def test_a_page_is_read_on_every_screen(browser, site, kind, width, scheme):
    """Nothing comes from elsewhere, nothing is complained of, nothing lies beyond the edge, and axe finds
    nothing.
    """
    with opened(browser, site, kind, width, scheme) as seen:
        page = seen.page
        assert all(url.startswith(site.as_uri()) for url in seen.requests)
        assert any(url.endswith("style.css") for url in seen.requests)
        assert seen.complaints == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = axe.Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
        assert [violation_of(one) for one in found.response["violations"]] == []
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (min(map(int, re.findall(r"\d+", ground))) > 200) == (scheme == "light")


def violation_of(found):
    return found["id"], [node["html"][:200] for node in found["nodes"][:3]]


STOPS = """
[...document.querySelectorAll("a[href], button, input, summary")]
  .filter(one => one.tabIndex >= 0 && !one.disabled && one.getClientRects().length)
"""
"""All that the keyboard stops at, in the order of the page."""

FOCUSED = f"""
(() => {{
  const one = document.activeElement, look = getComputedStyle(one), box = one.getBoundingClientRect();
  const line = look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2;
  const inside = box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight && box.right > 0;
  return [({STOPS.strip()}).indexOf(one), line && inside];
}})()
"""
"""Which of them has the focus, and whether it is seen that it has."""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["today", "topic", "map", "search", "paper", "private"])
def test_a_page_is_walked_by_keyboard(browser, site, kind):
    """Tab stops at everything in the order of the page, each stop is seen, and nothing is a trap."""
    with opened(browser, site, kind) as seen:
        page = seen.page
        page.evaluate("document.activeElement.blur()")
        count = page.evaluate(f"({STOPS}).length")
        assert count > 3
        page.evaluate("window.scrollTo(0, 0)")
        walked = []
        for _ in range(min(count, 60)):
            page.keyboard.press("Tab")
            walked.append(page.evaluate(FOCUSED))
        assert walked == [[number, True] for number in range(min(count, 60))]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["today", "map", "paper"])
def test_the_first_stop_leads_past_the_banner(browser, site, kind):
    with opened(browser, site, kind) as seen:
        page = seen.page
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.slow
def test_names_on_the_map_are_links_and_those_of_other_widths_are_none(browser, site):
    topics = len([*(site / "topic").glob("*.html")])
    for width in (400, 700, 1400):
        with opened(browser, site, "map", width) as seen:
            names = seen.page.locator(".names a:visible")
            assert names.count() == topics
            assert seen.page.locator("svg.map [tabindex='-1']").count() == topics  # the dots
    with opened(browser, site, "map") as seen:
        target = seen.page.locator(".names a:visible").first
        address = target.get_attribute("href")
        target.focus()
        seen.page.keyboard.press("Enter")
        seen.page.wait_for_url(f"**/{address}")
        assert seen.page.locator("h1").count() == 1


DOTS = """
(() => {
  const dots = document.querySelector(".dots"), field = dots.getBoundingClientRect();
  const look = getComputedStyle(dots.querySelector("path"));
  return [field.width / field.height, parseFloat(look.strokeWidth), look.strokeLinecap, look.vectorEffect];
})()
"""


@pytest.mark.slow
def test_the_field_is_stretched_and_the_dots_are_not(browser, site):
    found = []
    for width in (400, 1400):
        with opened(browser, site, "map", width) as seen:
            ratio, size, *look = seen.page.evaluate(DOTS)
            assert look == ["round", "non-scaling-stroke"]
            found.append((ratio, size))
    (narrow, small), (wide, large) = found
    assert narrow < 1 < wide
    assert 4 < small < large < 9


DOT = """
(() => {
  const box = document.querySelector(".map").getBoundingClientRect();
  const links = [...document.querySelectorAll(".dots path")];
  const [, x, y] = links[0].getAttribute("d").match(/M(\\d+) (\\d+)h0/);
  return [box.left + x / 1000 * box.width, box.top + y / 1000 * box.height];
})()
"""
"""Where the first dot of the first topic lies in the window."""


@pytest.mark.slow
def test_a_mouse_on_a_dot_sees_its_title_and_a_phone_loads_no_titles(browser, site):
    titles = (site / "map.js").read_text("utf-8").splitlines()[1]
    with opened(browser, site, "map") as seen:
        page = seen.page
        assert not any(url.endswith("map.js") for url in seen.requests)
        x, y = page.evaluate(DOT)
        with page.expect_response("**/map.js"):
            page.mouse.move(x - 2, y)
        page.wait_for_function("typeof PAPERS !== 'undefined'")
        page.mouse.move(x, y)
        tip = page.locator(".tip")
        assert titles.startswith(f'"{tip.text_content().partition("1 ")[0]}')
        box = tip.bounding_box()
        assert abs(box["y"] - y) < 40
        assert box["x"] + box["width"] <= 1400
        page.keyboard.press("Escape")
        assert not tip.is_visible()
        page.mouse.move(x - 1, y)
        page.mouse.click(x, y)
        page.wait_for_url("**/paper/*.html" if '"paper/' in titles else "**/topic/*.html")
        assert seen.complaints == []
        assert all(url.startswith(site.as_uri()) for url in seen.requests)
    with opened(browser, site, "map", 400, "light", has_touch=True, is_mobile=True) as seen:
        seen.page.touchscreen.tap(*seen.page.evaluate(DOT))
        seen.page.wait_for_url("**/topic/*.html")
        assert not any(url.endswith("map.js") for url in seen.requests)


@pytest.mark.slow
def test_search_finds_titles_and_opens_a_page(browser, site):
    with opened(browser, site, "search") as seen:
        page = seen.page
        page.locator("input[type=search]").fill("low-rank adapt")
        page.locator("#search ol a").first.wait_for()
        assert "LoRA" in page.locator("#search ol a").first.text_content()
        page.locator("#search ol a").first.click()
        page.wait_for_url("**/paper/*.html")
        assert seen.complaints == []
        assert all(url.startswith(site.as_uri()) for url in seen.requests)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_whole_without_scripts(browser, site, kind):
    """What a script adds is a convenience: the same headings and ways are there without it."""
    with opened(browser, site, kind, java_script_enabled=False) as seen:
        assert seen.page.locator("h1").count() == 1
        assert seen.complaints == []
        if kind == "search":
            seen.page.locator("main a[href='titles/index.html']").click()
            seen.page.wait_for_url("**/titles/index.html")


@pytest.mark.slow
def test_it_is_printed_without_the_ways_of_the_screen(browser, site):
    with opened(browser, site, "paper") as seen:
        seen.page.emulate_media(media="print")
        assert not seen.page.locator("header nav").is_visible()
        assert seen.page.locator("h1").is_visible()


@pytest.mark.slow
def test_a_web_host_serves_it_as_the_folder_shows_it(browser, site, server):
    for kind in ("today", "map", "search", "paper"):
        with Opened(browser, server + path_of(site, kind).relative_to(site).as_posix()) as seen:
            assert seen.complaints == []
            assert all(url.startswith(server) for url in seen.requests)
            assert (
                seen.page.evaluate("getComputedStyle(document.querySelector('.skip')).position") == "absolute"
            )
    with Opened(browser, f"{server}search.html") as seen:
        seen.page.locator("input[type=search]").fill("low-rank")
        assert seen.page.locator("#search ol a").first.text_content()


def test_no_link_is_dead_and_private_pages_are_led_to_from_nowhere(site):
    found = Site(site)
    assert found.dead_links() == found.loaded_from_elsewhere() == found.repeated_names() == []
    reached = found.reached()
    assert {name for name in found.files if not name.startswith("private/")} == reached

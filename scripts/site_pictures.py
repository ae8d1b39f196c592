"""Make the pictures of the site in docs/: the sample's pages in a browser, with an example of a community.

Needs Chromium and playwright; nothing is fetched. The curators' lists and the votes are made up for the
picture, the papers are those of the sample.

    python scripts/site_pictures.py [--browser /usr/bin/chromium]
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from recommender import Corpus
from recommender.readership import CuratedPaper, Readership, add_reader, cast_votes, curate
from recommender.site import HousePages, publish

DOCS = Path(__file__).parents[1] / "docs"
NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)
DAY = NOW.date().isoformat()

CHOSEN = (
    CuratedPaper("2605.19628", "", "Read the part on domains first."),
    CuratedPaper("2502.18418", "", ""),
    CuratedPaper("2007.00808", "", "Still what we compare with."),
)
VOTES = {
    "ada": ("2608.19833", "2605.24015", "2603.05451", "2601.22158"),
    "ben": ("2608.19833", "2605.24015", "2603.05451"),
    "cleo": ("2608.19833", "2605.24015"),
    "dan": ("2608.19833",),
}

PICTURES = (
    ("site-today.png", "index.html", (1100, 820), "light"),
    ("site-paper.png", "paper/{paper}.html", (1100, 820), "dark"),
    ("site-map.png", "map.html", (400, 820), "light"),
)


def main() -> None:
    """Publish the example and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--browser", default="/usr/bin/chromium", help="the program")
    parser.add_argument("--out", type=Path, default=DOCS, help="the folder of the pictures")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        readers = Path(folder) / "readers.sqlite"
        add_community(readers)
        publish(None, site, day=DAY, pages=HousePages(), readers=readers, title="Papers of our group")
        take_pictures(site, options.browser, options.out)


def add_community(readers: Path) -> None:
    """Somebody's list of the day, and votes."""
    with Corpus.sample() as corpus, Readership.open(readers, create=True) as file:
        curate(
            file,
            DAY,
            CHOSEN,
            curator="Ada Okafor",
            sentence="How words are weighed in retrieval",
            at=NOW,
            snapshot=corpus.snapshot,
        )
        for name, papers in VOTES.items():
            reader = add_reader(file, name, at=NOW)
            cast_votes(file, reader, papers, at=NOW, snapshot=corpus.snapshot)


def take_pictures(site: Path, browser: str, out: Path) -> None:
    """A picture of each page, as its first screen is."""
    from playwright.sync_api import sync_playwright

    (paper,) = (path.stem for path in (site / "paper").glob("*2106*09685*.html"))
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        for name, path, (width, height), scheme in PICTURES:
            page = opened.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
            page.goto((site / path.format(paper=paper)).as_uri())
            page.screenshot(path=str(out / name))
            print(f"{name}: {(out / name).stat().st_size:,} bytes")
        opened.close()


if __name__ == "__main__":
    main()

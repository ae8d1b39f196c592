"""Publishing: the same site of the same state, with a page for all that its pages lead to."""

import dataclasses
import json
import posixpath
import re

import pytest
from conftest import SHARED, make_papers
from daily import MORNING, House, on
from listings import HOSTILE
from site_fakes import PlainPages
from site_links import Site

from recommender import Corpus, Paper, Recommender
from recommender.errors import ParameterError, SiteError
from recommender.listing import similar_listings
from recommender.readership import Readership, cast_votes, curate, feed_key, find_reader, revoke_feed
from recommender.site import page_name, publish
from recommender.site.folder import WORKSHOP
from recommender.site.private import private_path

PAPERS = on(make_papers(40), "2026-11-27", "2026-11-28", "2026-11-30", "2026-10-05")
DAY = "2026-11-30"


@pytest.fixture
def house(tmp_path):
    return House(tmp_path, PAPERS)


def published(house, out="site", **options):
    options = {"day": DAY, "pages": PlainPages(), "workers": 1} | options
    return publish(house.corpus, house.folder / out, **options)


def files_of(site):
    return {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in sorted(site.rglob("*"))
        if path.is_file() and WORKSHOP not in path.parts
    }


def data_of(page):
    return json.loads(re.search(rb"<pre>(.*)</pre>", page, re.DOTALL)[1])


def dead_links(files):
    return [
        (path, target)
        for path, data in files.items()
        if path.endswith(".html")
        for target in re.findall(r'href="([^"]+)"', data.decode())
        if posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) not in files
    ]


def ids_of(page):
    parts = data_of(page)["listing"]["parts"]
    return [entry["paper"]["id"] for part in parts for entry in part["entries"]]


def test_every_link_leads_to_a_page_and_every_day_has_one(house):
    report = published(house)
    files = files_of(house.folder / "site")
    assert dead_links(files) == []
    assert {path for path in files if path.count("/") == 0} == {
        *("index.html", "days.html", "trending.html", "map.html", "topics.html", "search.html"),
        *("titles.js", "map.js", "style.css", "feed.atom", "feed.json"),
    }
    assert {path for path in files if path.startswith(("day/", "week/", "month/"))} == {
        *("day/2026-10-05.html", "day/2026-11-27.html", "day/2026-11-28.html", "day/2026-11-30.html"),
        *("week/2026-W41.html", "week/2026-W48.html", "week/2026-W49.html"),
        *("month/2026-10.html", "month/2026-11.html"),
    }
    assert (report.papers, report.days, report.readers) == (40, 9, 0)
    assert sorted(ids_of(files["day/2026-11-28.html"])) == sorted(paper.id for paper in PAPERS[1::4])
    for paper in PAPERS:
        assert f"paper/{page_name(paper.id)}.html" in files
        assert f"paper/{page_name(paper.id)}.bib" in files


def test_the_same_state_gives_the_same_bytes_whatever_the_workers(house):
    published(house, "one", workers=1)
    published(house, "two", workers=2)
    assert files_of(house.folder / "one") == files_of(house.folder / "two")


def test_only_what_changed_is_written_again(house):
    published(house)
    assert published(house).written == 0
    # Of the next day, without a new paper: the front page has another day, and what is trending too.
    again = published(house, day="2026-12-01")
    assert (again.written, again.deleted) == (2, 0)


def test_a_paper_page_has_what_more_like_gives(house):
    published(house)
    with Corpus.open(house.corpus) as corpus:
        paper = PAPERS[5]
        page = data_of((house.folder / "site" / f"paper/{page_name(paper.id)}.html").read_bytes())
        found = Recommender(corpus).more_like(paper.id, k=10)
        assert [name for name, _ in page["similar"]] == found.ids
        assert [score for _, score in page["similar"]] == pytest.approx(found.scores)


def test_similar_papers_are_called_by_nearness_only_where_they_are_in_that_order():
    with Corpus.sample() as corpus:
        papers = corpus.snapshot.papers(corpus.snapshot.rows()[:40].tolist())
        parts = [listing.parts[0] for listing in similar_listings(corpus, papers)]
    nearness = [[float(entry.signal.removeprefix("nearness ")) for entry in part.entries] for part in parts]
    varied = [one != sorted(one, reverse=True) for one in nearness]
    assert any(varied)
    assert {part.order for part in parts} == {"near to this paper, and varied"}


def test_a_paper_page_has_the_others_of_its_day_by_nearness(house):
    published(house)
    with Corpus.open(house.corpus) as corpus:
        snapshot = corpus.snapshot
        row_of = {
            corpus_paper.id: row for row, corpus_paper in zip(snapshot.rows().tolist(), corpus, strict=True)
        }
        paper, day = PAPERS[1], PAPERS[1::4]
        vectors = {one.id: snapshot.vectors(snapshot.rows()[[row_of[one.id]]])[0] for one in day}
        wanted = sorted(
            ((one.id, float(vectors[one.id] @ vectors[paper.id])) for one in day if one.id != paper.id),
            key=lambda pair: -pair[1],
        )
    page = data_of((house.folder / "site" / f"paper/{page_name(paper.id)}.html").read_bytes())
    assert [score for _, score in page["others"]] == pytest.approx([score for _, score in wanted], abs=1e-6)
    assert {name for name, _ in page["others"]} == {name for name, _ in wanted}


def test_a_paper_of_a_curators_list_has_the_others_of_that_list(house):
    wanted = [PAPERS[place].id for place in (1, 2, 3, 7)]
    with Corpus.open(house.corpus) as corpus, Readership.open(house.readers, create=True) as file:
        for day, curator, chosen in (
            ("2026-11-27", "Bo", [wanted[0], PAPERS[9].id]),
            ("2026-11-28", "Mei", wanted),
            ("2026-12-01", "Mei", [wanted[0], PAPERS[8].id]),
        ):
            curate(file, day, chosen, curator=curator, at=MORNING, snapshot=corpus.snapshot)
        snapshot = corpus.snapshot
        vectors = dict(zip((one.id for one in corpus), snapshot.vectors(snapshot.rows()), strict=True))
    publish(
        house.corpus, house.folder / "site", day=DAY, pages=PlainPages(), workers=1, readers=house.readers
    )
    page = data_of((house.folder / "site" / f"paper/{page_name(wanted[0])}.html").read_bytes())
    assert [name for name, _ in page["others"]] == sorted(
        wanted[1:], key=lambda name: -float(vectors[name] @ vectors[wanted[0]])
    )


PAGE_OF_90 = SHARED / "hf_papers_page.txt"


@pytest.mark.skipif(not PAGE_OF_90.exists(), reason="the shared page is not here")
def test_each_paper_of_the_shared_page_lists_all_others_by_nearness(tmp_path):
    report = Corpus.build([PAGE_OF_90], tmp_path / "corpus", encoder="static")
    assert report is not None
    publish(tmp_path / "corpus", tmp_path / "site", day=DAY, workers=1)
    with Corpus.open(tmp_path / "corpus") as corpus:
        snapshot, papers = corpus.snapshot, list(corpus)
        vectors = snapshot.vectors(snapshot.rows())
    by_name = {page_name(paper.id): at for at, paper in enumerate(papers)}
    assert len(by_name) == 90
    for name, at in by_name.items():
        page = (tmp_path / "site" / "paper" / f"{name}.html").read_text("utf-8")
        section = page[page.index('id="others"') :]
        others = [by_name[one] for one in re.findall(r'<li><bdi><a href="\.\./paper/([^"]+)\.html"', section)]
        assert sorted(others) == [one for one in range(90) if one != at]
        cosines = vectors[others] @ vectors[at]
        assert (cosines[1:] <= cosines[:-1] + 1e-6).all()


def test_only_papers_that_listings_reach_have_a_page_unless_all_are_wanted(tmp_path):
    house = House(tmp_path, on(make_papers(80), "2026-11-30", "2026-10-05"))
    assert published(house, days=1).papers == 80, "a page each where there are few"
    assert published(house, days=1, all_papers=False).papers == 50
    files = files_of(tmp_path / "site")
    lists = [path for path in files if path.startswith(("day/", "week/", "month/", "index", "trending"))]
    reached = {f"paper/{page_name(name)}.html" for path in lists for name in ids_of(files[path])}
    assert {path for path in files if path.startswith("paper/") and path.endswith(".html")} == reached
    assert dead_links(files) == []
    report = published(house, days=1, all_papers=True)
    assert (report.papers, report.deleted) == (80, 0)
    assert dead_links(files_of(tmp_path / "site")) == []
    assert published(house, days=1, all_papers=False).deleted == 30 * 3
    assert files_of(tmp_path / "site") == files


def test_a_long_day_has_several_pages_that_lead_to_each_other(tmp_path):
    house = House(tmp_path, on(make_papers(110), DAY))
    report = published(house)
    files = files_of(tmp_path / "site")
    pages = [f"day/{DAY}{ending}.html" for ending in ("", "-2", "-3")]
    assert [len(ids_of(files[page])) for page in pages] == [50, 50, 10]
    assert len({name for page in pages for name in ids_of(files[page])}) == 110
    assert all(f'href="{DAY}-2.html"'.encode() in files[page] for page in pages)
    assert report.papers == 110
    assert data_of(files["week/2026-W49.html"])["listing"]["notes"] == [
        "60 more papers appeared in this week: look on the pages of its days, or with `recommender search`"
    ]


def test_a_corpus_without_dates_has_a_site_of_what_there_is(tmp_path):
    house = House(tmp_path, [dataclasses.replace(paper, published="") for paper in make_papers(5)])
    report = published(house, all_papers=False)
    files = files_of(tmp_path / "site")
    assert (report.papers, report.days) == (0, 0)
    assert dead_links(files) == []
    listing = data_of(files["index.html"])["listing"]
    assert [part["nothing"] for part in listing["parts"]] == [
        "No paper of the corpus appeared on this day",
        "No paper of the corpus has a date up to 30 November 2026",
    ]
    assert published(house).papers == 5
    assert dead_links(files_of(tmp_path / "site")) == []


def test_a_day_of_which_all_is_listed_already_is_not_called_empty(house):
    of_day = [paper.id for paper in PAPERS if paper.published == DAY]
    with Readership.open(house.readers, create=True) as file, Corpus.open(house.corpus) as corpus:
        curate(file, DAY, of_day, curator="Ada", at=MORNING, snapshot=corpus.snapshot)
    published(house, readers=house.readers)
    listing = data_of((house.folder / "site" / f"day/{DAY}.html").read_bytes())["listing"]
    assert [part["kind"] for part in listing["parts"]] == ["curated"]
    assert listing["title"] == f"{len(of_day)} papers · 30 November 2026"


def test_a_day_without_papers_has_the_newest_ones_on_its_front_page(house):
    published(house, day="2027-03-01")
    listing = data_of((house.folder / "site" / "index.html").read_bytes())["listing"]
    assert [part["kind"] for part in listing["parts"]] == ["communal", "newest"]
    assert listing["title"] == "The newest papers · 1 March 2027"
    newest = {paper.id for paper in PAPERS if paper.published == DAY}
    assert {entry["paper"]["id"] for entry in listing["parts"][1]["entries"][: len(newest)]} == newest


def test_papers_that_are_still_to_appear_have_no_day(house):
    published(house, day="2026-11-28")
    files = files_of(house.folder / "site")
    assert "day/2026-11-30.html" not in files
    to_come = {paper.id for paper in PAPERS if paper.published == "2026-11-30"}
    assert not to_come & {*ids_of(files["month/2026-11.html"]), *ids_of(files["index.html"])}
    month = next(line for line in data_of(files["days.html"]) if line[0] == "November 2026")
    assert month[1] == 20


def test_a_list_of_a_day_to_come_names_nobody_yet(house):
    with Readership.open(house.readers, create=True) as file, Corpus.open(house.corpus) as corpus:
        chosen = [PAPERS[0].id]
        curate(file, "2026-11-28", chosen, curator="Cy", at=MORNING, snapshot=corpus.snapshot)
    published(house, day="2026-11-27", readers=house.readers)  # one week and one month
    assert not [path for path, data in files_of(house.folder / "site").items() if b"Cy" in data]


def test_the_front_page_of_a_long_day_leads_to_the_rest_of_it(tmp_path):
    house = House(tmp_path, on(make_papers(110), DAY))
    published(house)
    page = files_of(tmp_path / "site")["index.html"]
    listing = data_of(page)["listing"]
    assert listing["title"] == "110 papers · 30 November 2026"
    assert len(ids_of(page)) == 50
    assert listing["notes"] == ["60 more papers on the page of this day"]
    assert all(f'href="day/{DAY}{ending}.html"'.encode() in page for ending in ("", "-2", "-3"))


def test_titles_that_came_last_are_found_first(house):
    published(house)
    dates = {paper.title: paper.published for paper in PAPERS}
    found = [dates[title] for title, _ in json.loads(files_of(house.folder / "site")["titles.js"])]
    assert found == sorted(found, reverse=True)
    assert len(found) == 40


# A community


def test_what_curators_chose_comes_first_on_every_page_of_its_days(house):
    with Readership.open(house.readers, create=True) as file, Corpus.open(house.corpus) as corpus:
        chosen = [PAPERS[3].id, PAPERS[2].id]  # of another day, and of that of the site
        curate(file, DAY, chosen, curator="Ada", sentence="An evening.", at=MORNING, snapshot=corpus.snapshot)
        curate(file, "2026-11-29", ["9999.99999"], curator="Bo", at=MORNING, snapshot=corpus.snapshot)
        curate(file, "2026-12-24", chosen, curator="Cy", at=MORNING, snapshot=corpus.snapshot)
    report = published(house, readers=house.readers)
    files = files_of(house.folder / "site")
    for path in ("index.html", f"day/{DAY}.html", "week/2026-W49.html", "month/2026-11.html"):
        parts = data_of(files[path])["listing"]["parts"]
        assert [entry["paper"]["id"] for entry in parts[0]["entries"]] == chosen, path
        assert [entry["place"] for part in parts for entry in part["entries"]][:3] == [1, 2, 3]
        assert len(ids_of(files[path])) == len({*ids_of(files[path])}), path
    missing, appeared = data_of(files["day/2026-11-29.html"])["listing"]["parts"]
    assert appeared["nothing"] == "No paper of the corpus appeared on this day"
    assert (missing["kind"], missing["entries"]) == ("curated", [])
    assert "The corpus lacks 1 paper" in missing["nothing"]
    assert ["30 November 2026", 11, "Ada"] in data_of(files["days.html"])
    assert not [path for path, data in files.items() if b"Cy" in data], "a day that is still to come"
    assert report.days == 9 + 1
    assert dead_links(files) == []


def test_votes_order_a_day_and_say_what_is_trending(house):
    voted = [paper.id for paper in PAPERS if paper.published == DAY][-3:]
    for number, name in enumerate(("mei", "ann", "bo")):
        house.reader(name)
        with Readership.open(house.readers) as file, Corpus.open(house.corpus) as corpus:
            reader = find_reader(file, name)
            cast_votes(file, reader, voted[: 3 - number], at=MORNING, snapshot=corpus.snapshot)
    published(house, readers=house.readers)
    files = files_of(house.folder / "site")
    (part,) = data_of(files[f"day/{DAY}.html"])["listing"]["parts"]
    assert [entry["paper"]["id"] for entry in part["entries"][:3]] == voted
    assert [entry["signal"] for entry in part["entries"][:4]] == ["3 votes", "2 votes", "1 vote", ""]
    assert part["order"] == "by votes"
    assert ids_of(files["trending.html"]) == voted
    assert [part["kind"] for part in data_of(files["index.html"])["listing"]["parts"]] == [
        *("trending", "communal")
    ]


# Private pages


@pytest.fixture
def read_house(house):
    house.reader("mei", [PAPERS[0].id, PAPERS[4].id])
    house.reader("Ann Ö", [PAPERS[1].id])
    house.reader("new")
    house.digest()
    return house


def test_a_reader_has_pages_that_no_other_page_leads_to_nor_names(read_house):
    report = published(read_house, readers=read_house.readers)
    files = files_of(read_house.folder / "site")
    with Readership.read(read_house.readers) as file:
        paths = {name: private_path(file, find_reader(file, name)) for name in ("mei", "Ann Ö", "new")}
    assert report.readers == 3
    for name, folder in paths.items():
        assert {path for path in files if path.startswith(folder)} >= {
            *(f"{folder}/index.html", f"{folder}/feed.atom", f"{folder}/feed.json")
        }, name
        key = folder.split("/")[1].encode()
        assert not [path for path, data in files.items() if key in data and not path.startswith(folder)]
        assert dead_links({path: data for path, data in files.items() if path.startswith(folder)}) == []
    assert f"{paths['mei']}/{DAY}.html" in files
    assert data_of(files[f"{paths['mei']}/index.html"])["listing"]["reader"] == "mei"
    communal = {path: data for path, data in files.items() if not path.startswith("private/")}
    assert not [path for path, data in communal.items() if b"mei" in data or "Ö".encode() in data]
    assert b"<title>Nothing here</title>" in files["private/index.html"]


def test_a_revoked_key_takes_its_pages_with_it(read_house):
    published(read_house, readers=read_house.readers)
    with Readership.open(read_house.readers) as file:
        mei = find_reader(file, "mei")
        before = feed_key(file, mei)
        revoke_feed(file, mei)
    report = published(read_house, readers=read_house.readers)
    files = files_of(read_house.folder / "site")
    assert not [path for path in files if before in path]
    assert report.deleted == report.written == 4
    assert not (read_house.folder / "site" / "private" / before).exists()


# What cannot be


def test_what_cannot_be_published(house, tmp_path):
    for options, why in (
        ({"day": "2026-11"}, "'2026-11' is no day"),
        ({"day": "2026-13-01"}, "2026-13-01"),
        ({"title": " \u202e"}, "is empty; a site needs a name"),
        ({"base_url": "ftp://x"}, "is no address of the web"),
        ({"days": 0}, "days is 0"),
        ({"workers": 0}, "workers is 0"),
        ({"out": "papers.corpus/site"}, "lies in the corpus"),
        ({"out": ""}, "would be public with it"),
        ({"readers": house.folder / "site" / "readers.sqlite"}, "the file of readers .* would be public"),
    ):
        with pytest.raises(ParameterError, match=why):
            published(house, **options)


def test_no_site_is_made_among_the_editions_of_readers(read_house):
    with pytest.raises(ParameterError, match="holds the editions of `digest`"):
        published(read_house, read_house.out.name)


def test_a_site_with_something_in_the_way_is_refused_before_the_work(house):
    (house.folder / "site").mkdir()
    (house.folder / "site" / "index.html").write_text("mine")
    with pytest.raises(SiteError, match=r"index\.html"):
        published(house, workers=1)
    assert files_of(house.folder / "site") == {"index.html": b"mine"}


def test_the_sample_is_published_without_a_corpus(tmp_path):
    report = publish(None, tmp_path / "site", day=DAY, pages=PlainPages(), workers=1, days=3)
    assert report.days >= 3
    assert dead_links(files_of(tmp_path / "site")) == []


# The pages of the house


def test_the_houses_pages_of_hostile_papers_are_whole(tmp_path):
    odd = (f"{text} {number}" for number, text in enumerate(HOSTILE * 6))
    papers = [
        Paper(
            id=f"{text[:9]}/{number}", title=text, abstract=text, authors=(text,), published=DAY, venue=text
        )
        for number, text in enumerate(odd)
    ]
    house = House(tmp_path, papers)
    house.reader("mei <b>", [papers[0].id])
    house.digest()
    with Readership.open(house.readers) as file, Corpus.open(house.corpus) as corpus:
        for curator in ("Ada <script>alert(1)</script>", "Bo"):
            curate(
                file, DAY, corpus.snapshot.first_ids(3), curator=curator, at=MORNING, snapshot=corpus.snapshot
            )
    report = published(house, readers=house.readers, pages=None, base_url="https://papers.example.org/x")
    site = Site(tmp_path / "site", "https://papers.example.org/x")
    assert site.dead_links() == site.loaded_from_elsewhere() == site.repeated_names() == []
    files = files_of(tmp_path / "site")
    assert {path for path in files if path.startswith("private/")} & site.reached("index.html") == set()
    assert not [path for path, data in files.items() if b"<script>alert(1)" in data]
    sizes = {path: len(data) for path, data in files.items() if path.endswith(".html")}
    assert {path: size for path, size in sizes.items() if size > 60_000 and path != "map.html"} == {}
    assert report.papers == len(papers)
    assert (
        published(house, readers=house.readers, pages=None, base_url="https://papers.example.org/x").written
        == 0
    )

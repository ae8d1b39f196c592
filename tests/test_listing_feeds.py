"""Feeds are valid, their ids stay, their first link is the paper's page and their enclosure the PDF."""

import calendar
import hashlib
import json
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from listings import EMPTY, HOSTILE, LISTING, NOTHING, hostile_listing

from recommender import Paper
from recommender.errors import ParameterError
from recommender.listing import Entry, Part, atom_of, json_feed_of
from recommender.listing.wording import plain

feedparser = pytest.importorskip("feedparser", reason="a package of the extra dev")

ADDRESSES = {"base_url": "https://papers.example.org/list/", "key": "feeds/4f1c/feed"}
PAPERS = [entry.paper for entry in LISTING.entries]


def atom(*listings, **addresses):
    """What a feed reader sees."""
    feed = feedparser.parse(atom_of(listings, **addresses))
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.version == "atom10"
    return feed


def links(entry, relation):
    return [link.href for link in entry.get("links", ()) if link.rel == relation]


def seconds(moment):
    return int(datetime.fromisoformat(moment).timestamp())


def test_a_feed_reader_sees_each_paper():
    feed = atom(NOTHING, LISTING, **ADDRESSES)
    nothing, *papers = feed.entries
    assert [entry.title for entry in papers] == [paper.marked_title for paper in PAPERS]
    assert [links(entry, "alternate") for entry in papers] == [
        ["https://arxiv.org/abs/2106.09685"],
        ["https://doi.org/10.1234/knots%281%29"],
        [],
        ["https://aclanthology.org/P19-1001/"],
    ]
    assert [links(entry, "enclosure") for entry in papers] == [
        ["https://arxiv.org/pdf/2106.09685"],
        [],
        [],
        ["https://aclanthology.org/P19-1001.pdf"],
    ]
    assert [one.name for one in papers[0].authors] == list(PAPERS[0].authors)
    assert [tag.term for tag in papers[0].tags] == ["cs.CL", "cs.AI"]
    assert nothing.title == "Nothing for Mei · 1 December 2026"
    assert "the nearest is at 0.39" in nothing.content[0].value


def test_the_first_link_is_the_page_and_the_enclosure_the_pdf():
    root = ElementTree.fromstring(atom_of([LISTING]))
    atom_name = "{http://www.w3.org/2005/Atom}"
    entries = root.findall(f"{atom_name}entry")
    links = [[link.attrib for link in entry.findall(f"{atom_name}link")] for entry in entries]
    assert links[0] == [
        {"rel": "alternate", "type": "text/html", "href": "https://arxiv.org/abs/2106.09685"},
        {"rel": "enclosure", "type": "application/pdf", "href": "https://arxiv.org/pdf/2106.09685"},
    ]
    assert all(entry[0]["rel"] == "alternate" for entry in links if entry)
    (items,) = [json.loads(json_feed_of([LISTING]))["items"]]
    assert items[0]["url"] == links[0][0]["href"]
    assert items[0]["attachments"] == [{"url": links[0][1]["href"], "mime_type": "application/pdf"}]


def test_a_paper_of_which_only_the_pdf_is_known_says_so():
    paper = Paper(title="Only a file", url="https://example.org/file.pdf")
    part = Part("personal", "For Mei", "", (Entry(1, paper),))
    (entry,) = atom(replace(LISTING, parts=(part,))).entries
    assert [(link.rel, link.type) for link in entry.links] == [
        ("alternate", "application/pdf"),
        ("enclosure", "application/pdf"),
    ]


def test_moments_are_those_of_the_listings_with_their_zones():
    feed = atom(NOTHING, LISTING)
    assert [entry.updated for entry in feed.entries] == [NOTHING.made, *[LISTING.made] * 4]
    assert [calendar.timegm(entry.updated_parsed) for entry in feed.entries] == [
        seconds(listing.made) for listing in (NOTHING, *[LISTING] * 4)
    ]
    assert feed.feed.updated == NOTHING.made
    west = replace(LISTING, made="2026-11-30T20:00:00-10:00")  # later than the first hours of the next day
    east = replace(NOTHING, made="2026-12-01T06:00:00+09:00")
    assert atom(east, west).feed.updated == west.made
    items = json.loads(json_feed_of([NOTHING, LISTING]))["items"]
    assert [item["date_published"] for item in items] == [NOTHING.made, *[LISTING.made] * 4]


def test_ids_are_tags_and_stay():
    alone = [entry.id for entry in atom(LISTING).entries]
    assert len({*alone}) == 4
    assert all(name.startswith("tag:paper-recommender.invalid,2026:mei-day-2026-11-30/") for name in alone)
    assert [entry.id for entry in atom(NOTHING, LISTING).entries][1:] == alone
    edited = replace(LISTING, title="Another title", notes=(), made="2026-11-30T09:00:00+01:00")
    assert [entry.id for entry in atom(edited).entries] == alone
    fewer = replace(LISTING, parts=LISTING.parts[1:])
    assert [entry.id for entry in atom(fewer).entries] == alone[2:]
    assert [item["id"] for item in json.loads(json_feed_of([LISTING]))["items"]] == alone
    published = [entry.id for entry in atom(LISTING, **ADDRESSES).entries]
    assert published == [name.replace("paper-recommender.invalid", "papers.example.org") for name in alone]


def test_a_paper_of_several_parts_has_an_id_in_each():
    again = [
        Part("curated", f"Picked by {name}", "", (Entry(5, PAPERS[0]),)) for name in ("Ada", "Ben", "Cleo")
    ]
    alone = [entry.id for entry in atom(LISTING).entries]
    for more in (1, 2, 3):
        names = [entry.id for entry in atom(replace(LISTING, parts=(*LISTING.parts, *again[:more]))).entries]
        assert names[:4] == alone
        assert len({*names}) == len(names) == 4 + more
    assert names[4:] == [f"{alone[0]}/{last}" for last in ("curated", "curated2", "curated3")]


def test_a_feed_names_its_own_address():
    feed = atom(LISTING, **ADDRESSES).feed
    assert {(link.rel, link.href) for link in feed.links} == {
        ("alternate", "https://papers.example.org/list/"),
        ("self", "https://papers.example.org/list/feeds/4f1c/feed.atom"),
    }
    head = json.loads(json_feed_of([LISTING], **ADDRESSES))
    assert head["feed_url"] == "https://papers.example.org/list/feeds/4f1c/feed.json"
    assert "links" not in atom(LISTING).feed
    assert "feed_url" not in json.loads(json_feed_of([LISTING]))


def test_the_same_state_is_the_same_etag():
    for write in (atom_of, json_feed_of):
        one, other = (hashlib.sha256(write([NOTHING, LISTING], **ADDRESSES)).hexdigest() for _ in range(2))
        assert one == other
        assert write([NOTHING, LISTING]) != write([LISTING])


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_titles_as_they_are(text):
    (entry,) = atom(hostile_listing(text), **ADDRESSES).entries
    assert entry.title == plain(f"{text} title")
    assert all(urlsplit(link.href).scheme in ("http", "https") for link in entry.get("links", ()))
    root = ElementTree.fromstring(atom_of([hostile_listing(text)]))
    (content,) = root.iter("{http://www.w3.org/2005/Atom}content")
    assert "<script" not in content.text
    assert "<img" not in content.text
    (item,) = json.loads(json_feed_of([hostile_listing(text)]))["items"]
    assert item["title"] == plain(f"{text} title")
    assert item["content_html"] == content.text


def test_what_feed_readers_clean_away_was_not_said():
    """A feed reader drops tags that it does not know; nothing of ours goes."""
    raw = ElementTree.fromstring(atom_of([LISTING])).iter("{http://www.w3.org/2005/Atom}content")
    for entry, content in zip(atom(LISTING).entries, raw, strict=True):
        assert entry.content[0].value == content.text


def test_a_json_feed_has_what_its_version_wants():
    feed = json.loads(
        json_feed_of([NOTHING, LISTING, replace(EMPTY, made="2026-11-29T06:00:00+00:00")], **ADDRESSES)
    )
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert isinstance(feed["title"], str)
    known = {
        *("id", "url", "title", "content_html", "date_published", "date_modified", "authors", "tags"),
        *("attachments", "_recommender"),
    }
    for item in feed["items"]:
        assert {*item} <= known
        assert isinstance(item["id"], str)
        assert item["content_html"]
        assert datetime.fromisoformat(item["date_published"]).tzinfo is not None
        assert all({*one} == {"url", "mime_type"} for one in item.get("attachments", ()))
    first = feed["items"][1]["_recommender"]
    assert first == {
        "place": 1,
        "id": "2106.09685",
        "score": 0.8125,
        "confidence": 0.74,
        "interest": "adapters, fine-tuning",
    }
    assert feed["items"][4]["_recommender"]["score"] is None  # a missing figure is not zero


@pytest.mark.parametrize("write", [atom_of, json_feed_of])
def test_what_is_no_feed_is_refused(write):
    with pytest.raises(ParameterError, match="a feed needs a listing"):
        write([])
    with pytest.raises(ParameterError, match="for one reader; these listings are for Jo, Mei"):
        write([LISTING, replace(NOTHING, reader="Jo")])
    with pytest.raises(ParameterError, match=r"base_url 'papers\.example\.org' is no address of the web"):
        write([LISTING], base_url="papers.example.org")


def test_a_feed_for_everybody_names_nobody():
    communal = replace(
        LISTING, id="everybody-day-2026-11-30", reader="", title="4 papers", parts=LISTING.parts[2:]
    )
    feed = atom_of([communal]).decode()
    assert "Papers for everybody" in feed
    assert "Mei" not in feed

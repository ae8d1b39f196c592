"""The library of a running Zotero: pages, collections, what to do where it is not to be had."""

import socket

import pytest
from player import Answer, Player, StillClock, as_json

from recommender.errors import FetchError, ParameterError
from recommender.fetch import library_items

pytestmark = pytest.mark.extra("fetch")

COLLECTIONS = {
    "AAAA1111": ("Thesis", False),
    "BBBB2222": ("Chapter 2", "AAAA1111"),
    "CCCC3333": ("Method", "BBBB2222"),
    "DDDD4444": ("Method", False),
    "EEEE5555": ("Zebra finches", False),
}


def item(number, collections=(), kind="journalArticle"):
    data = {
        "key": f"I{number:07d}",
        "itemType": kind,
        "title": f"Work {number}",
        "collections": list(collections),
    }
    return {"key": data["key"], "version": number, "library": {"type": "user", "id": 0}, "data": data}


class Zotero:
    """A library that is asked in pages."""

    def __init__(self, items):
        self.items = items
        self.version = 7

    def __call__(self, asked):
        path = asked.path.removeprefix("/api/users/0")
        if path == "/collections":
            listed = [
                {"key": key, "data": {"key": key, "name": name, "parentCollection": parent}}
                for key, (name, parent) in COLLECTIONS.items()
            ]
        elif path == "/items/top":
            listed = self.items
        else:
            key = path.split("/")[2]
            assert path == f"/collections/{key}/items/top"
            listed = [each for each in self.items if key in each["data"]["collections"]]
        start, limit = int(asked.params["start"]), int(asked.params["limit"])
        headers = {"Total-Results": str(len(listed)), "Last-Modified-Version": str(self.version)}
        return as_json(listed[start : start + limit], **headers)


ITEMS = [
    item(0, ["AAAA1111"]),
    item(1, ["BBBB2222", "EEEE5555"]),
    item(2, ["CCCC3333", "AAAA1111"]),
    item(3, ["DDDD4444"]),
    item(4, [], "attachment"),
    item(5, ["AAAA1111"], "note"),
    *[item(number) for number in range(6, 250)],
]


@pytest.fixture
def zotero():
    with Player(Zotero(ITEMS)) as player:
        yield player
        assert player.failed == []


def items(player, collection=None):
    return list(library_items(collection, base=player.base, clock=StillClock()))


def keys(found):
    return [each["key"] for each in found]


def test_all_papers_come_once_in_pages_with_the_names_of_their_collections(zotero):
    found = items(zotero)
    assert keys(found) == [each["key"] for each in ITEMS if int(each["key"][1:]) not in (4, 5)]
    assert found[1]["data"]["collections"] == ["Thesis/Chapter 2", "Zebra finches"]
    assert found[2]["data"]["collections"] == ["Thesis/Chapter 2/Method", "Thesis"]
    pages = [asked for asked in zotero.asked if asked.path.endswith("/items/top")]
    assert [asked.params["start"] for asked in pages] == ["0", "100", "200"]
    assert {asked.method for asked in zotero.asked} == {"GET"}
    assert zotero.asked[0].headers["user-agent"].startswith("paper-recommender/")


def test_a_page_may_be_shorter_or_longer_than_asked(zotero):
    whole = zotero.play

    def odd(asked):
        sizes = {"0": "3", "3": "1000"}
        asked.params["limit"] = sizes.get(asked.params["start"], "1")
        return whole(asked)

    zotero.play = odd
    assert len(items(zotero)) == 248


@pytest.mark.parametrize(
    ("named", "numbers"),
    [
        ("Thesis", [0, 2, 1]),
        ("thesis/", [0, 2, 1]),
        ("Chapter 2", [1, 2]),
        ("Thesis/Chapter 2/Method", [2]),
        ("Method", [3]),
        ("DDDD4444", [3]),
        ("Zebra finches", [1]),
    ],
)
def test_a_collection_is_named_by_its_name_its_path_or_its_key(zotero, named, numbers):
    assert keys(items(zotero, named)) == [f"I{number:07d}" for number in numbers]


def test_an_unknown_collection_is_told_those_that_there_are(zotero):
    with pytest.raises(FetchError) as caught:
        items(zotero, "Thesys")
    assert "no collection 'Thesys'; it has: Method, Thesis, Thesis/Chapter 2," in str(caught.value)


def test_a_name_of_several_collections_is_told_their_keys(zotero, monkeypatch):
    monkeypatch.setitem(COLLECTIONS, "FFFF6666", ("Method", False))
    with pytest.raises(FetchError, match=r"several collections 'Method'.* Method \(DDDD4444\), Met"):
        items(zotero, "Method")


def test_a_library_that_changes_between_pages_is_read_again(zotero):
    library, whole = zotero.play, Zotero.__call__
    left = [True]

    def changing(asked):
        if asked.params["start"] == "100" and left:
            left.clear()
            library.items = ITEMS[1:]  # an item before this page went: the next page would miss one
            library.version = 8
        return whole(library, asked)

    zotero.play = changing
    assert len(items(zotero)) == 247


def test_collections_that_lie_in_each_other_end(zotero, monkeypatch):
    monkeypatch.setitem(COLLECTIONS, "AAAA1111", ("Thesis", "CCCC3333"))
    assert len(items(zotero)) == 248


def test_where_zotero_is_not_running_it_says_so():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(FetchError, match=rf"Zotero does not answer at http://127.0.0.1:{port}: start it"):
        list(library_items(base=f"http://127.0.0.1:{port}", clock=StillClock()))


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer("Local API is not enabled", 403), 'Advanced, tick "Allow other applications on this'),
        (Answer("No endpoint found", 404), "hands out no library: version 7 or later does"),
        (Answer("Zotero is busy", 503), "in 2 attempts: it answers 503 (Zotero is busy)"),
        (Answer("<html>"), "in 2 attempts: its answer is not JSON"),
        (Answer('{"items": []}'), "is no list of objects"),
    ],
)
def test_what_zotero_refuses_is_explained(answer, said):
    with Player(lambda asked: answer) as player, pytest.raises(FetchError) as caught:
        items(player)
    assert said in str(caught.value)


@pytest.mark.parametrize("base", ["http://192.0.2.1:23119", "https://localhost:23119", "localhost:23119", ""])
def test_only_this_machine_is_asked(base):
    with pytest.raises(ParameterError, match="is not on this machine"):
        list(library_items(base=base))

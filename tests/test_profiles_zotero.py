"""The running Zotero as a profile, played by a server on this machine."""

import json

import pytest
from conftest import make_papers
from player import Answer, Player
from test_fetch_zotero import COLLECTIONS, Zotero, item

from recommender import Corpus, Profile
from recommender.cli import main
from recommender.errors import ProfileError
from recommender.profiles import choose_profile, read_profiles

pytestmark = pytest.mark.extra("fetch")

PAPERS = make_papers(24)


def held(number, collections, **data):
    made = item(number, collections)
    made["data"] |= {"dateAdded": f"2024-0{number % 9 + 1}-02T10:00:00Z", **data}
    return made


BELL = {"creatorType": "author", "lastName": "Bell", "firstName": "A."}
ITEMS = [
    held(0, ["AAAA1111"], title=PAPERS[0].title, url=PAPERS[0].url, creators=[]),
    held(1, ["BBBB2222"], title="A soft robot arm", abstractNote="motion and torque", DOI="10.5555/arm"),
    held(2, ["EEEE5555"], title="Song of the zebra finch", creators=[BELL]),
    held(3, ["EEEE5555"], title="", DOI="10.5555/none"),
    item(4, [], "attachment"),
    *[held(number, ["AAAA1111"], title=f"Study of sentence {number} grammar") for number in range(5, 130)],
]


@pytest.fixture
def zotero(monkeypatch):
    with Player(Zotero(ITEMS)) as player:
        monkeypatch.setenv("RECOMMENDER_ZOTERO", player.base)
        yield player
        assert player.failed == []


def test_the_whole_library_is_liked(zotero):
    profile, skipped = choose_profile("zotero:", sample=True)
    assert len(profile.liked) == len(profile.papers) == 128
    assert {*profile.collections} == {"Thesis", "Thesis/Chapter 2", "Zebra finches"}
    assert {*profile.added.values()} == {f"2024-0{month}-02" for month in range(1, 10)}
    arm = next(paper for paper in profile.papers.values() if paper.title == "A soft robot arm")
    assert (arm.abstract, "doi:10.5555/arm" in arm.names) == ("motion and torque", True)
    assert len(skipped) == 1
    assert skipped[0].startswith("Zotero, row 4: has no title")


def test_a_collection_is_named_and_holds_those_inside(zotero):
    for name, count in (("zotero:Thesis", 127), ("zotero:thesis/chapter 2", 1), ("Zotero:EEEE5555", 1)):
        assert len(choose_profile(name)[0].liked) == count
    with pytest.raises(ProfileError, match="Zotero has no collection 'Birds'; it has: Method, Thesis,"):
        choose_profile("zotero:Birds")
    with pytest.raises(ProfileError, match="zotero:DDDD4444: there is no paper in it"):
        choose_profile("zotero:DDDD4444")


def test_it_is_said_which_box_to_tick(zotero, monkeypatch):
    zotero.play = lambda asked: Answer("Local API is not enabled", 403)
    with pytest.raises(ProfileError, match=r"under Advanced, tick .Allow other applications on this"):
        choose_profile("zotero:")
    monkeypatch.setenv("RECOMMENDER_ZOTERO", "http://localhost:9")
    with pytest.raises(ProfileError, match=r"Zotero does not answer at .*: start it"):
        choose_profile("zotero:")


def test_nobody_elsewhere_is_asked(monkeypatch):
    monkeypatch.setenv("RECOMMENDER_ZOTERO", "http://zotero.example.org")
    with pytest.raises(ValueError, match="is not on this machine"):
        choose_profile("zotero:")


def test_the_commands_take_it(zotero, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Corpus.build(PAPERS, "c", encoder="static").close()

    def run(*arguments):
        assert main([*arguments, "--corpus", "c", "-k", "9", "--format", "jsonl"]) == 0
        printed = capsys.readouterr()
        return [json.loads(line) for line in printed.out.splitlines()], printed.err

    rows, said = run("recommend", "zotero:")
    assert "(128 liked papers: 1 in this corpus, 127 encoded on the fly (126 by title alone))" in said
    assert PAPERS[0].id not in {row["id"] for row in rows}
    assert {row["interest"] for row in rows} <= {"Thesis", "Thesis/Chapter 2", "Zebra finches"}
    rows, said = run("recommend", "--liked", "zotero:Thesis/Chapter 2", "--seen", "zotero:Thesis")
    assert {row["closest_title"] for row in rows} == {"A soft robot arm"}
    assert PAPERS[0].id not in {row["id"] for row in rows}


def test_a_profile_of_it_is_read_as_any_other(zotero):
    (*_, profile) = read_profiles("zotero:Zebra finches")
    assert isinstance(profile, Profile)
    assert [paper.authors for paper in profile.papers.values()] == [("A. Bell",)]
    assert "Zebra finches" in [name for name, _ in COLLECTIONS.values()]

"""Corrections, errata, replies, retraction notices: they stand before no paper, and say who was retracted."""

import csv
import dataclasses
import io
import itertools
import json
import sqlite3

import pytest
from conftest import SHARED, FakeEncoder
from older_formats import older_format

from recommender import Corpus, Paper, Profile, Recommender
from recommender.batch import BatchOptions
from recommender.cli import main
from recommender.engine import AnswerOptions

LIME = "Lime mortar and the age of garden walls"
WALL = Paper(
    id="w1",
    title=LIME,
    abstract="Mortar samples of ninety garden walls were dated by the carbonate in their lime.",
    authors=("Ada Brook", "Ben Stone"),
    published="2021-03-01",
)
CORRECTION = Paper(id="w2", title=f"Correction to: {LIME}", published="2021-06-01")
ERRATUM = Paper(id="w3", title=f"Erratum: {LIME}", abstract="The affiliation was wrong.", published="2021-07")
NOTICE = Paper(
    id="w4",
    title=f'Retraction notice to "{LIME}" [J. Walls 12 (2021) 44-51]',
    abstract="This article has been retracted at the request of the editors.",
    published="2022-01-01",
)
REPLY = Paper(id="w6", title=f'Reply to comments on "{LIME}"', abstract="We thank the commentators.")
OTHERS = [
    Paper(
        id="w5", title="Dating of brick garden walls", abstract="Carbonate of lime mortar dates brick walls."
    ),
    Paper(
        id="w7", title="Hedges as field borders", abstract="Hedgerows as borders of fields, how old they are."
    ),
    Paper(id="w8", title="Stone walls of vineyards", abstract="Dry stone walls and how they are rebuilt."),
    Paper(id="w9", title="Bread at dawn", abstract="Bakers knead sourdough before the sun rises."),
]
NOTICES = [CORRECTION, ERRATUM, NOTICE, REPLY]
PAPERS = [WALL, *NOTICES, *OTHERS]
RETRACTED = f"{LIME!r} (w1) was retracted, as {NOTICE.title!r} (w4) says"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notices") / "corpus"
    Corpus.build(PAPERS, folder, encoder="static").close()
    return folder


@pytest.fixture(scope="module")
def recommender(folder):
    return Recommender(Corpus.open(folder))


def built(tmp_path, papers, name="corpus"):
    return Corpus.build(papers, tmp_path / name, encoder=FakeEncoder())


def retracted(corpus):
    return {paper.id for paper in corpus if paper.retracted}


def test_no_notice_stands_before_another_paper(recommender):
    found = recommender.more_like("w1", k=5)
    assert found.ids == ["w5", "w8", "w7", "w9"]
    assert RETRACTED in found.warnings
    assert "4 notices of other papers left out; notices=True (--notices) lists them as well" in found.warnings


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared cases are not here")
def test_the_list_of_the_situation(tmp_path, capsys):
    situation = SHARED.parent / "cases" / "situations" / "notices.csv"
    assert main(["build", str(situation), "--corpus", str(tmp_path / "c"), "--encoder", "static"]) == 0
    capsys.readouterr()
    assert main(["like", "w1", "--corpus", str(tmp_path / "c"), "-k", "5", "--format", "csv"]) == 0
    out, told = capsys.readouterr()
    assert [row["id"] for row in csv.DictReader(io.StringIO(out))] == ["w5", "w8", "w7", "w9"]
    assert f"{LIME!r} (w1) was retracted" in told


def test_they_come_where_they_are_asked_for(recommender):
    every = recommender.more_like("w1", k=20, notices=True, retracted=True)
    assert {"w2", "w3", "w4", "w6"} <= set(every.ids)
    assert not [line for line in every.warnings if "left out" in line]
    assert recommender.more_like("w2", k=3, notices=True).ids[:1] != []


def test_a_removed_paper_is_not_found_behind_notices(tmp_path):
    with Corpus.build(PAPERS, tmp_path / "corpus", encoder="static") as corpus:
        corpus.remove(["w7", "w9"])
        found = Recommender(corpus).more_like("w5", k=9)
        assert {one.paper.id for one in found} == {"w8"}
        for options in ({"ban": ["w1"]}, {"notices": True, "retracted": True, "ban": ["w1"]}):
            found = Recommender(corpus).more_like("w5", k=9, **options)
            assert not {one.paper.id for one in found} & {"w1", "w7", "w9"}


def test_every_question_leaves_them_out(recommender):
    profile = Profile(liked=["w5", "w8"])
    notices = {paper.id for paper in NOTICES}
    for options, expected in (({}, set()), ({"notices": True}, notices)):
        for found in (
            recommender.search("lime mortar and garden walls", k=20, **options),
            recommender.recommend(profile, k=20, **options),
            recommender.between("w5", "w8", k=20, **options),
            recommender.but_not("w5", "w9", k=20, **options),
            *recommender.recommend_many([profile], k=20, **options),
        ):
            assert set(found.ids) & notices == expected
    assert BatchOptions(notices=True).answer.notices
    assert "notices" not in AnswerOptions().to_dict()
    assert AnswerOptions(notices=True).to_dict()["notices"] is True


def test_words_that_only_a_notice_holds_say_that_it_is_left_out(recommender):
    found = recommender.search("commentators thanked for comments", k=1, anyway=True)
    assert "w6" not in found.ids
    assert any("left out; notices=True" in line for line in found.warnings)
    assert recommender.search("commentators thanked for comments", k=1, notices=True).ids == ["w6"]


def test_the_paper_is_marked_wherever_it_stands(recommender, folder, capsys):
    corpus = recommender.corpus
    assert corpus["w1"].retracted
    assert retracted(corpus) == {"w1"}
    assert corpus.to_frame(["w1", "w4"])["retracted"].tolist() == [True, False]
    assert "w1" not in recommender.more_like("w5", k=20).ids
    assert "1 retracted paper left out; retracted=True (--retracted) lists it as well" in (
        recommender.more_like("w5", k=20).warnings
    )
    listed = recommender.more_like("w5", k=20, retracted=True)
    assert {item.paper.id for item in listed if item.paper.retracted} == {"w1"}
    assert (corpus.info().retracted, corpus.info().notices) == (1, 4)
    assert main(["show", "w1", "--corpus", str(folder), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["retracted"] is True
    assert main(["info", "--corpus", str(folder)]) == 0
    assert "9, 1 retracted, 4 notices of others" in capsys.readouterr().out


def test_the_command_line(folder, capsys):
    options = ("--corpus", str(folder), "-k", "20", "--format", "jsonl")
    for more, expected in (((), set()), (("--notices",), {"w2", "w3", "w4", "w6"})):
        assert main(["like", "w1", *options, *more]) == 0
        out, told = capsys.readouterr()
        found = {json.loads(line)["id"] for line in out.splitlines()}
        assert found & {"w2", "w3", "w4", "w6"} == expected
        assert RETRACTED in told


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_it_does_not_matter_what_came_first(tmp_path, order):
    parts = ([WALL], [NOTICE], OTHERS)
    first, *others = (parts[place] for place in order)
    corpus = built(tmp_path, first)
    for part in others:
        corpus.add(part)
    assert retracted(corpus) == {"w1"}
    assert corpus.verify() == []


def test_without_its_notice_the_paper_is_as_it_was(tmp_path):
    corpus = built(tmp_path, PAPERS)
    never = built(tmp_path, [paper for paper in PAPERS if paper is not NOTICE], "never")
    corpus.remove(["w4"])
    assert retracted(corpus) == retracted(never) == set()
    found, expected = (Recommender(one).more_like("w5", k=20, notices=True) for one in (corpus, never))
    assert (found.ids, found.scores.tolist()) == (expected.ids, expected.scores.tolist())
    assert corpus.verify() == []


def named(**fields):
    return dataclasses.replace(NOTICE, **fields)


def test_an_identifier_names_the_paper_whatever_the_title(tmp_path):
    article = dataclasses.replace(WALL, identifiers={"doi": "10.1000/lime", "pmid": "77"})
    for name, other in (("10.1000/LIME", ""), ("pmid:77", ""), ("10.1000/other", "other")):
        notice = Paper(id="n", title="Retraction", identifiers={"retracts": name})
        corpus = built(tmp_path, [article, notice, *OTHERS], name.replace("/", "-"))
        assert retracted(corpus) == (set() if other else {"w1"})


def test_a_paper_of_another_title_is_not_meant(tmp_path):
    for place, title in enumerate(
        ("Retraction note: Lime", "Retraction", f"Retraction note: {LIME} of castles")
    ):
        assert retracted(built(tmp_path, [WALL, named(title=title), *OTHERS], str(place))) == set()


def test_a_notice_of_a_paper_that_is_not_there_does_nothing(tmp_path):
    corpus = built(tmp_path, [NOTICE, *OTHERS])
    assert retracted(corpus) == set()
    assert Recommender(corpus).more_like("w5", k=20).ids != []


def test_capitals_and_points_do_not_count(tmp_path):
    assert retracted(built(tmp_path, [WALL, named(title=f"RETRACTION NOTE: {LIME.upper()}.")])) == {"w1"}


def test_a_record_that_is_called_retracted_says_it_of_an_older_one(tmp_path):
    older = dataclasses.replace(WALL, abstract="", authors=("Cem Hill",))
    newer = Paper(id="w0", title=f"RETRACTED: {LIME}", abstract="Another text by others.", authors=("A. B.",))
    assert retracted(built(tmp_path, [older, newer, *OTHERS])) == {"w0", "w1"}


def test_what_is_published_after_its_retraction_is_not_meant(tmp_path):
    again = dataclasses.replace(WALL, published="2023")
    assert retracted(built(tmp_path, [again, NOTICE, *OTHERS])) == set()


def test_of_several_papers_with_the_title_nobody_can_tell_which(tmp_path):
    version = Paper(id="w11", title=LIME, abstract="A preprint of other words.", authors=("A. Brook",))
    stranger = Paper(id="w12", title=LIME, abstract="Castles in winter.", authors=("Dee Quarry",))
    one = built(tmp_path, [WALL, stranger, NOTICE, *OTHERS], "strangers")
    assert len(one) == 7
    assert retracted(one) == set()
    both = built(tmp_path, [WALL, version, NOTICE, *OTHERS], "versions")
    assert retracted(both) == {paper.id for paper in both if paper.title == LIME}


def test_a_readers_own_library_says_it_as_well(recommender, tmp_path):
    hedges = dataclasses.replace(OTHERS[1], retracted=True)  # in the corpus, and not retracted there
    ponds = Paper(id="p1", title="Ponds of old gardens", abstract="Ponds.", retracted=True)  # not in it
    found = recommender.recommend(Profile(liked=[hedges, ponds, WALL]), k=3)
    assert f"{hedges.title!r} (w7) was retracted, as the library says" in found.notes
    assert f"{ponds.title!r} (p1) was retracted, as the library says" in found.notes
    assert RETRACTED in found.warnings
    assert not any(LIME in line for line in found.notes)


def test_a_notice_says_it_of_a_paper_that_only_the_reader_has(tmp_path):
    corpus = Corpus.build([NOTICE, *OTHERS], tmp_path / "corpus", encoder="static")
    found = Recommender(corpus).recommend(Profile(liked=[WALL]), k=3)
    assert f"{LIME!r} (w1) was retracted, as {NOTICE.title!r} (w4) says" in found.notes


def test_a_corpus_of_the_former_format_learns_it_of_its_first_writer(tmp_path):
    papers = [*PAPERS, Paper(id="old", title="RETRACTED: Old bricks")]
    corpus = Corpus.build(papers, tmp_path / "corpus", encoder="static")
    assert corpus.snapshot.store.count("notices") == 4
    corpus.close()
    older_format(tmp_path / "corpus", 6)
    corpus = Corpus.open(tmp_path / "corpus")
    assert "w2" in Recommender(corpus).more_like("w5", k=20).ids  # not known yet
    corpus.add([Paper(id="new", title="Gates of gardens")])
    assert corpus.snapshot.store.count("notices") == 4
    assert retracted(corpus) == {"w1", "old"}
    assert "w2" not in Recommender(corpus).more_like("w5", k=20).ids
    assert corpus.verify() == []


def test_the_table_of_notices_is_verified(tmp_path):
    corpus = built(tmp_path, PAPERS)
    with sqlite3.connect(corpus.path / "corpus.sqlite") as connection:
        connection.execute("DELETE FROM notices WHERE row = 1")
    connection.close()
    assert any("table notices" in line for line in Corpus.open(corpus.path).verify())

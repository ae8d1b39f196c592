"""The date of a paper and that of its last version; --since asks for one, --revised-since for the other."""

import datetime
import itertools
import json

import pandas as pd
import pytest
from older_formats import older_format

from recommender import Corpus, Paper, Profile, Recommender
from recommender.batch import BatchOptions
from recommender.cli import main
from recommender.corpus import Filters, allowed_mask, filter_warnings
from recommender.engine import AnswerOptions
from recommender.errors import ParameterError
from recommender.readers import read_papers

POOLS = ("rock", "tide", "moss", "salt", "cold", "deep")
DATES = (
    ("2021-01-05", "2024-02-01"),
    ("2021", "2022"),
    ("2024-03", ""),
    ("", "2024-02"),
    ("", ""),
    ("2022", ""),
)
PAPERS = [
    Paper(
        id=f"p{number}",
        title=f"Anemones of the {pool} pool",
        abstract=f"Anemones wait in the {pool} pool until the tide brings them something of {pool} to eat.",
        published=published,
        revised=revised,
    )
    for number, (pool, (published, revised)) in enumerate(zip(POOLS, DATES, strict=True))
] + [
    Paper(
        id="seed", title="Anemones of all pools", abstract="Anemones wait in pools for what the tide brings."
    )
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("revised") / "corpus"
    Corpus.build(PAPERS, folder, encoder="static")
    return folder


@pytest.fixture(scope="module")
def recommender(folder):
    return Recommender(Corpus.open(folder))


def test_since_asks_when_a_paper_first_appeared(recommender):
    assert set(recommender.more_like("seed", since="2024").ids) == {"p2"}
    assert set(recommender.more_like("seed", until="2021").ids) == {"p0", "p1"}


@pytest.mark.parametrize("day", ["2021", "2022", "2022-02", "2024-02", "2024-02-02"])
def test_revised_since_asks_for_the_last_version(recommender, day):
    first = datetime.date.fromisoformat(f"{day}-01-01"[:10])
    expected = {
        paper.id
        for paper in PAPERS
        if paper.revised and datetime.date.fromisoformat(f"{paper.revised}-01-01"[:10]) >= first
    }
    assert set(recommender.more_like("seed", revised_since=day).ids) == expected


def test_every_question_takes_it(recommender):
    profile = Profile(liked=["seed"])
    for found in (
        recommender.search("anemones", revised_since="2024"),
        recommender.recommend(profile, revised_since="2024"),
        recommender.between("seed", "p4", revised_since="2024"),
        recommender.but_not("seed", "p4", revised_since="2024"),
        *recommender.recommend_many([profile], revised_since="2024"),
    ):
        assert set(found.ids) == {"p0", "p3"}
    both = recommender.more_like("seed", since="2021", until="2021", revised_since="2024")
    assert both.ids == ["p0"]
    assert BatchOptions(revised_since="2024").answer.revised_since == "2024"


def test_a_date_is_checked_and_read_from_today(recommender):
    filters = Filters(revised_since="7d", today=datetime.date(2026, 11, 30))
    assert filters.dates == {"revised_since": "2026-11-23"}
    assert filters.resolved == ("revised since 7d is revised since 2026-11-23",)
    with pytest.raises(ParameterError, match="'soon' is not a date"):
        recommender.more_like("seed", revised_since="soon")
    assert "revised_since" not in AnswerOptions().to_dict()
    assert AnswerOptions(revised_since="2024").to_dict()["revised_since"] == "2024"


def test_a_corpus_without_versions_says_so(tmp_path):
    corpus = Corpus.build(PAPERS[2:3] + PAPERS[4:], tmp_path / "corpus", encoder="static")
    found = Recommender(corpus).more_like("seed", revised_since="2000")
    assert found.ids == []
    assert (
        "of no paper of this corpus a later version is known, so that none passes revised_since"
        in found.warnings
    )


def test_the_command_line(folder, capsys):
    options = ("--corpus", str(folder), "--format", "jsonl")
    assert main(["like", "seed", *options, "--revised-since", "2024-02-01"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {one["id"]: one["revised"] for one in found} == {"p0": "2024-02-01", "p3": "2024-02"}
    assert main(["show", "p0", "--corpus", str(folder), "--format", "table"]) == 0
    assert "2021-01-05, revised 2024-02-01" in capsys.readouterr().out


def test_dates_stand_in_frames_and_come_back(recommender, tmp_path):
    found = recommender.more_like("seed", revised_since="2024").to_frame()
    dates = dict(zip(found["id"], found["revised_written"], strict=True))
    assert dates == {"p0": "2024-02-01", "p3": "2024-02"}
    assert found["revised"].min() == pd.Timestamp("2024-02-01")
    frame = recommender.corpus.to_frame(["p0", "p2"])
    assert frame["revised_written"].fillna("").tolist() == ["2024-02-01", ""]
    again = Corpus.build(frame, tmp_path / "again", encoder="static")
    assert [again[one] for one in ("p0", "p2")] == [PAPERS[0], PAPERS[2]]


V1 = {"id": "2101.00042v1", "title": "Anemones and hermit crabs", "abstract": "They share a shell."}
V3 = {**V1, "id": "2101.00042v3", "abstract": "They share a shell, and the crab carries both."}


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("divided", [False, True])
def test_a_new_version_of_a_paper_of_2021_is_a_paper_of_2021(tmp_path, order, divided):
    records = (
        {**V1, "published": "2021-01-05"},
        {**V1, "id": "2101.00042v2", "published": "2022-07"},
        {**V3, "published": "2024-02-01"},
    )
    files = []
    for place in order:
        file = tmp_path / f"day{'' if not divided else place}.jsonl"
        with file.open("a") as stream:
            stream.write(json.dumps(records[place]) + "\n")
        files = [*files, file] if file not in files else files
    first, *others = files
    corpus = Corpus.build(first, tmp_path / "corpus", encoder="static")
    for file in others:
        corpus.add(file)
    corpus.add([Paper(title="Limpets", abstract="They hold on.")])
    assert len(corpus) == 2
    assert (corpus["2101.00042"].published, corpus["2101.00042"].revised) == ("2021-01-05", "2024-02-01")
    recommender = Recommender(corpus)
    assert recommender.more_like("Limpets", since="2024").ids == []
    assert len(recommender.more_like("Limpets", revised_since="2024")) == 1
    assert corpus.verify() == []


def test_a_later_date_of_the_same_source_is_that_of_a_version(tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("id,title,published\na1,Anemones and hermit crabs,2021-01-05\nb1,Limpets,2020\n")
    corpus = Corpus.build(file, tmp_path / "corpus", encoder="static")
    file.write_text("id,title,published\na1,Anemones and hermit crabs,2024-02-01\nb1,Limpets,2020-03\n")
    for _ in range(2):  # the same once more changes nothing
        corpus.add(file)
        assert (corpus["a1"].published, corpus["a1"].revised) == ("2021-01-05", "2024-02-01")
        assert (corpus["b1"].published, corpus["b1"].revised) == ("2020-03", "")
    assert Recommender(corpus).more_like("b1", since="2024").ids == []
    assert Recommender(corpus).more_like("b1", revised_since="2024").ids == ["a1"]


def test_the_id_of_a_later_version_tells_the_month_of_the_first(tmp_path):
    file = tmp_path / "list.csv"
    file.write_text(
        "id,title,published\n2101.00042v3,Anemones,2024-02-01\n2101.00043v2,Limpets,2021-01-20\n"
        "2101.00044,Whelks,2024-02-01\n2101.00045v2,Mussels,\n"
    )
    assert [(paper.published, paper.revised) for paper in read_papers(file)] == [
        ("2021-01", "2024-02-01"),
        ("2021-01-20", ""),
        ("2024-02-01", ""),
        ("", ""),
    ]


def test_updated_is_a_version_of_arxiv_and_a_matter_of_the_record_elsewhere(tmp_path):
    file = tmp_path / "list.csv"
    file.write_text(
        "id,title,published,updated\nhttp://arxiv.org/abs/2101.00042v3,Anemones,2021-01-05,2024-02-01\n"
        "W7,Limpets,2021-01-20,2025-01-01\n"
    )
    assert [(paper.published, paper.revised) for paper in read_papers(file)] == [
        ("2021-01-05", "2024-02-01"),
        ("2021-01-20", ""),
    ]


def test_a_cell_that_is_no_date_costs_the_cell(tmp_path):
    file = tmp_path / "list.csv"
    file.write_text("id,title,published,revised\na,Anemones,2021,soon after\n")
    warning, paper = read_papers(file)
    assert "'soon after' is no date: kept without one" in warning.reason
    assert (paper.published, paper.revised) == ("2021", "")


def test_the_table_of_versions_is_verified_and_follows_its_papers(tmp_path):
    corpus = Corpus.build(PAPERS, tmp_path / "corpus", encoder="static")
    store = corpus.snapshot.store
    days = {row: paper.revised_day for row, paper in enumerate(PAPERS) if paper.revised}
    assert dict(store.execute("SELECT row, day FROM revised")) == days
    corpus.remove(["p0"])
    again = Paper(id="p1", title=PAPERS[1].title, abstract="Anew.", published="2021", revised="2025")
    corpus.add([again])
    assert corpus.snapshot.store.count("revised") == 2
    assert corpus.verify() == []
    assert allowed_mask(corpus.snapshot, Filters(revised_since="2025")).sum() == 1


def test_a_corpus_of_the_former_format_opens_and_takes_versions(tmp_path):
    papers = [Paper(id=paper.id, title=paper.title, abstract=paper.abstract) for paper in PAPERS]
    folder = tmp_path / "corpus"
    Corpus.build(papers, folder, encoder="static").close()
    older_format(folder, 6)
    corpus = Corpus.open(folder)
    assert Recommender(corpus).more_like("seed", revised_since="2024").ids == []
    assert filter_warnings(corpus.snapshot, Filters(revised_since="2024"))
    corpus.add(PAPERS)
    assert set(Recommender(corpus).more_like("seed", revised_since="2024").ids) == {"p0", "p3"}
    assert corpus.verify() == []


def test_a_date_that_was_a_versions_is_mended_when_the_paper_comes_again(tmp_path):
    old = Paper(id="2101.00042v3", title="Tidal pools", abstract="Pools of the tide.", published="2024-02-02")
    record = {"id": old.id, "title": old.title, "abstract": old.abstract, "published": old.published}
    (tmp_path / "dump.jsonl").write_text(json.dumps(record), encoding="utf-8")
    Corpus.build([old], tmp_path / "corpus", encoder="static").close()
    older_format(tmp_path / "corpus", 6)
    with Corpus.open(tmp_path / "corpus") as corpus:
        assert corpus["2101.00042"].dates == "2024-02-02"
        corpus.add(tmp_path / "dump.jsonl")
        assert corpus["2101.00042"].dates == "2021-01, revised 2024-02-02"
        assert corpus.add(tmp_path / "dump.jsonl").unchanged == 1
        assert corpus.verify() == []

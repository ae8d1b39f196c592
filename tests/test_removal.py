"""What was removed stays away when it is added again, until it is added by name."""

import dataclasses
import datetime
import json

import numpy as np
import pandas as pd
import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus, Paper, Recommender
from recommender.cli import main
from recommender.corpus import ingest, removal, withholding
from recommender.errors import CorpusError, EncoderError, ParameterError, SourceError, UnknownPaper

ABSTRACT = (
    "Bees leave the hive when the first warm days of the year come, and those of the roofs leave earlier "
    "than those of the woods. We count them for three years in twelve towns, and find that what keeps them "
    "warm is the house below, not the sun."
)
PREPRINT = Paper(
    id="2101.00042",
    title="Bees on warm roofs leave the hive early",
    abstract=ABSTRACT,
    authors=("Ilse Ott", "Omar Lee"),
    published="2021-01-02",
    categories=("q-bio.PE",),
)
ARTICLE = dataclasses.replace(
    PREPRINT, id="10.1000/bees.7", published="2021-06-01", categories=(), venue="Roofs and Towns"
)
OTHERS = make_papers(6)
DAY = datetime.date(2026, 11, 30)


@pytest.fixture
def corpus(tmp_path):
    with Corpus.build([PREPRINT, *OTHERS], tmp_path / "c", encoder=FakeEncoder()) as made:
        yield made


@pytest.fixture
def on(monkeypatch):
    """Let it be another day."""

    def set_day(day):
        for module in (removal, withholding):
            monkeypatch.setattr(module, "this_day", lambda: day)

    set_day(DAY)
    return set_day


def ids(corpus):
    return sorted(paper.id for paper in corpus)


def test_a_removed_paper_stays_out_of_the_same_dump(corpus):
    corpus.remove(PREPRINT.id)
    for change in (lambda: None, corpus.compact, lambda: corpus.add(make_papers(3, start=50))):
        change()
        report = corpus.add([PREPRINT, *OTHERS])
        assert (report.withheld, report.new, report.duplicates) == (1, 0, 0)
        assert PREPRINT.id not in corpus
    assert "1 stays out, as it was removed; `add --again ID` brings a paper back" in report.remarks
    assert corpus.verify() == []


# Other records of the same paper, and ones that only look like it.
AS_WELL = {
    "another version": dataclasses.replace(PREPRINT, id="arXiv:2101.00042v3", title="Bees leave warm roofs"),
    "another source": ARTICLE,
    "without an id": dataclasses.replace(PREPRINT, id="", abstract="", published="2021"),
    "its url": dataclasses.replace(PREPRINT, id="x1", url="https://arxiv.org/abs/2101.00042v2"),
}
NOT_IT = {
    "its reply": dataclasses.replace(
        ARTICLE, id="10.1000/bees.8", title="Do bees on roofs leave? A reply", abstract=""
    ),
    "its authors'": Paper(
        id="2101.00043", title="Wasps under roofs", authors=PREPRINT.authors, published="2021"
    ),
}


@pytest.mark.parametrize("name", AS_WELL)
def test_another_record_of_it_stays_out_as_well(corpus, name):
    corpus.remove(PREPRINT.id)
    report = corpus.add([AS_WELL[name]])
    assert (report.withheld, len(corpus)) == (1, len(OTHERS))


@pytest.mark.parametrize("name", NOT_IT)
def test_what_is_another_paper_comes_in(corpus, name):
    corpus.remove(PREPRINT.id)
    assert corpus.add([NOT_IT[name]]).new == 1


def test_records_of_a_paper_of_several_sources_stay_out_one_by_one(corpus):
    corpus.add([ARTICLE])
    assert len(corpus) == 1 + len(OTHERS)
    corpus.remove(ARTICLE.id)
    for paper in (ARTICLE, PREPRINT):
        assert corpus.add([paper]).withheld == 1


@pytest.mark.parametrize("again", [PREPRINT.id, "https://arxiv.org/abs/2101.00042v9", PREPRINT.title, "all"])
def test_it_comes_back_by_name_and_then_for_good(corpus, again):
    corpus.remove([PREPRINT.id, OTHERS[0].id])
    report = corpus.add([ARTICLE, PREPRINT, *OTHERS], again=again)
    assert PREPRINT.id in corpus
    assert report.withheld == (0 if again == "all" else 1)
    assert report.not_restored == []
    assert corpus.info().staying_out == report.withheld
    assert corpus.add([PREPRINT, ARTICLE]).withheld == 0
    assert corpus.verify() == []


def test_what_has_a_paper_is_removed_as_its_id_is(corpus):
    first, second, third = OTHERS[:3]
    listed = Recommender(corpus).more_like(first.id, k=2)
    other = dataclasses.replace(PREPRINT, id="", identifiers={"arxiv": "2101.00042"})
    assert corpus.remove(listed) == []
    assert not any(paper in corpus for paper in listed.ids)
    corpus.add(OTHERS, again=listed.ids)
    frame = pd.DataFrame({"id": [first.id, "nobody"]})
    assert corpus.remove(frame) == ["nobody"]
    assert corpus.remove([second, other]) == []
    assert [paper in corpus for paper in (first, second, third, PREPRINT)] == [False, False, True, False]


def test_a_name_that_brings_nothing_back_is_told(corpus):
    corpus.remove(PREPRINT.id)
    report = corpus.add(OTHERS, again=[PREPRINT.id, "bees"])
    assert report.not_restored == [PREPRINT.id, "bees"]
    assert corpus.add([PREPRINT]).withheld == 1
    assert "is named 2101.00042, bees" in " ".join(report.remarks)


def test_what_is_split_is_removed_by_itself(tmp_path):
    with Corpus.build([PREPRINT, ARTICLE], tmp_path / "c", encoder=FakeEncoder()) as corpus:
        corpus.split(PREPRINT.id)
        corpus.remove(ARTICLE.id)
        report = corpus.add([PREPRINT, ARTICLE])
        assert (report.withheld, report.unchanged, ids(corpus)) == (1, 1, [PREPRINT.id])


# Until a day


def test_until_a_day_it_stays_out_and_from_then_on_it_may_come(corpus, on):
    corpus.remove(PREPRINT.id, until="2027-01")
    for day, withheld in ((DAY, 1), (datetime.date(2026, 12, 31), 1), (datetime.date(2027, 1, 1), 0)):
        on(day)
        assert corpus.add([PREPRINT]).withheld == withheld
    assert PREPRINT.id in corpus


def test_of_a_removed_one_the_day_can_be_set(corpus, on):
    corpus.remove(PREPRINT.id)
    assert corpus.remove([PREPRINT.id, "bees"], until=datetime.date(2026, 12, 24)) == ["bees"]
    with pytest.raises(UnknownPaper, match="was removed on 2026-11-30 and stays out until 2026-12-24"):
        corpus.row(PREPRINT.id)
    assert corpus.remove([PREPRINT.id], until="today") == []
    assert corpus.add([PREPRINT]).new == 1


@pytest.mark.parametrize(("until", "message"), [("2020", "is past"), ("soon", "until: .*, or today")])
def test_a_day_that_is_none_or_past_is_refused(corpus, on, until, message):
    with pytest.raises(ParameterError, match=message):
        corpus.remove(PREPRINT.id, until=until)
    assert PREPRINT.id in corpus


# Categories


def filed(number, *categories):
    return Paper(id=f"f{number}", title=f"Filed paper number {number} of roofs", categories=categories)


def test_a_category_goes_and_new_ones_of_it_stay_out(tmp_path, on):
    first = [filed(1, "cs.CV"), filed(2, "cs.CL", "CS.cv"), filed(3, "cs.CL"), filed(4)]
    later = [filed(5, "cs.CV", "cs.CL"), filed(6, "cs.LG"), dataclasses.replace(filed(4, "cs.CV"), venue="X")]
    with Corpus.build(first, tmp_path / "c", encoder=FakeEncoder()) as corpus:
        assert corpus.remove(categories="cs.CV", until="2028") == []
        assert ids(corpus) == ["f3", "f4"]
        report = corpus.add([*first, *later])
        # What is there stays, and is brought up to date, though it now has the category.
        assert (ids(corpus), report.withheld) == (["f3", "f4", "f6"], 3)
        assert corpus["f4"].venue == "X"
        info = corpus.info()
        assert (info.staying_out, info.categories_staying_out) == (2, ("cs.CV",))
        assert corpus.add(later, again="f5").new == 1
        assert corpus.add([dataclasses.replace(later[0], venue="Y")]).changed == 1
        assert corpus.add(first, again="cs.cv").new == 2
        assert corpus.add([filed(7, "cs.CV")]).new == 1
        assert corpus.info().categories_staying_out == ()
        assert corpus.verify() == []


def test_a_category_stands_for_those_below_and_ends_on_its_day(tmp_path, on):
    with Corpus.build([filed(1, "cs.CV"), filed(2, "csx")], tmp_path / "c", encoder=FakeEncoder()) as corpus:
        corpus.remove(categories=["cs.*"], until="2026-12-01")
        assert corpus.add([filed(3, "cs.CL")]).withheld == 1
        assert ids(corpus) == ["f2"]
        on(datetime.date(2026, 12, 1))
        assert corpus.info().staying_out == 0
        assert corpus.add([filed(1, "cs.CV"), filed(3, "cs.CL")]).new == 2
        for wrong in ("", "*", 7):
            with pytest.raises(ParameterError, match="categor"):
                corpus.remove(categories=[wrong])


# Builds


def test_a_corpus_that_takes_another_ones_place_has_what_was_decided(tmp_path):
    def build(**options):
        papers = [PREPRINT, ARTICLE, *OTHERS]
        return Corpus.build(papers, tmp_path / "c", encoder=FakeEncoder(), overwrite=True, **options)

    corpus = build()
    corpus.split(PREPRINT.id)
    corpus.remove([ARTICLE.id, OTHERS[0].id])
    corpus = build()
    assert corpus.report.withheld == 2
    assert (len(corpus), corpus.info().staying_out) == (len(OTHERS), 2)
    corpus = build(again=OTHERS[0].id)
    assert (corpus.report.withheld, len(corpus), corpus.info().staying_out) == (1, 1 + len(OTHERS), 1)
    assert ARTICLE.id not in corpus
    assert corpus.verify() == []


def test_a_build_of_removed_papers_alone_says_so(tmp_path):
    folder = tmp_path / "c"
    Corpus.build([PREPRINT, OTHERS[0]], folder, encoder=FakeEncoder()).remove(PREPRINT.id)
    with pytest.raises(SourceError, match="removed and stay out"):
        Corpus.build([PREPRINT], folder, encoder=FakeEncoder(), overwrite=True)
    assert ids(Corpus.open(folder)) == [OTHERS[0].id]


def test_the_vectors_that_come_with_a_dump_are_still_those_of_its_papers(tmp_path):
    encoder = FakeEncoder()
    papers = [PREPRINT, *OTHERS]
    with Corpus.build(papers[:3], tmp_path / "c", encoder=encoder) as corpus:
        corpus.remove(PREPRINT.id)
        report = corpus.add(papers, vectors=encoder.encode([paper.words for paper in papers]))
        assert (report.given, report.withheld) == (4, 1)
        right = Corpus.build(OTHERS, tmp_path / "right", encoder=encoder)
        for paper in OTHERS:
            ours, theirs = (one.snapshot.vectors(np.array([one.row(paper.id)])) for one in (corpus, right))
            assert (ours == theirs).all()


# Whole or not at all


def test_an_addition_that_fails_brings_nothing_back(corpus):
    corpus.remove(PREPRINT.id)

    class Failing(FakeEncoder):
        def encode(self, texts):
            raise EncoderError("no")

    with pytest.raises(EncoderError):
        Corpus.open(corpus.path, encoder=Failing()).add([PREPRINT], again="all")
    assert corpus.add([PREPRINT]).withheld == 1


def test_what_was_removed_is_put_down_with_the_removal(corpus, monkeypatch):
    def fail(*_):
        raise CorpusError("stopped")

    with monkeypatch.context() as patch:
        patch.setattr("recommender.corpus.writer.remove_rows", fail)
        with pytest.raises(CorpusError):
            corpus.remove(PREPRINT.id)
    assert PREPRINT.id in corpus
    assert corpus.info().staying_out == 0
    corpus.remove(PREPRINT.id)
    with monkeypatch.context() as patch:
        patch.setattr(ingest, "register_segment", fail)
        with pytest.raises(CorpusError):
            corpus.add([PREPRINT], again=PREPRINT.id)
    assert (PREPRINT.id in corpus, corpus.info().staying_out) == (False, 1)


@pytest.mark.parametrize("table", ["removed", "removed_categories"])
def test_a_line_that_is_not_what_was_written_is_a_problem(corpus, table):
    import sqlite3

    corpus.remove(PREPRINT.id)
    corpus.remove(categories="q-bio")
    assert corpus.verify() == []
    with sqlite3.connect(corpus.path / "corpus.sqlite") as connection:
        connection.execute(f"UPDATE {table} SET until = '2020'")
    assert any(problem.startswith(f"table {table}: ") for problem in corpus.verify())


# Commands


def test_the_commands_remove_a_file_a_category_and_bring_back(tmp_path, fake_by_name, capsys):
    pd.DataFrame([paper.to_dict() for paper in [PREPRINT, *OTHERS]]).to_json(
        tmp_path / "dump.jsonl", orient="records", lines=True
    )
    for name, paper in (("gone.txt", OTHERS[0]), ("also.txt", OTHERS[1])):
        (tmp_path / name).write_text(f"{paper.id}\n", "utf-8")
    folder, dump = ["--corpus", str(tmp_path / "c")], str(tmp_path / "dump.jsonl")
    assert main(["build", dump, *folder, "--encoder", "fake"]) == 0
    assert main(["remove", *folder]) == 2
    assert main(["remove", "--file", str(tmp_path / "gone.txt"), "--until", "2999-01-01", *folder]) == 0
    assert main(["remove", str(tmp_path / "also.txt"), *folder]) == 0
    assert main(["remove", "--category", "q-bio.PE", *folder]) == 0
    assert main(["add", dump, *folder]) == 0
    capsys.readouterr()
    assert main(["info", *folder]) == 0
    assert "stay out    3 removed papers, and whatever is of q-bio.PE\n" in capsys.readouterr().out
    assert main(["info", "--json", *folder]) == 0
    assert json.loads(capsys.readouterr().out)["staying_out"] == 3
    assert main(["show", OTHERS[0].id, *folder]) == 1
    assert "was removed on" in capsys.readouterr().err
    again = [str(tmp_path / "gone.txt"), str(tmp_path / "also.txt"), "q-bio.PE"]
    assert main(["add", dump, *folder, *(f"--again={one}" for one in again)]) == 0
    assert capsys.readouterr().out.endswith(f"{len(OTHERS) + 1} papers\n")

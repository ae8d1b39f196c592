"""When papers arrive: once each, later than all before, and whatever becomes of the record, the row or the
corpus they keep it."""

import datetime
import re
import sqlite3

import numpy as np
import pytest
from conftest import FakeEncoder, make_papers
from older_formats import older_format

from recommender import Corpus, Paper, Profile, Recommender
from recommender.cli import main
from recommender.corpus import Filters, allowed_mask, arrival_text, content_hash, moment_of, stamp_of
from recommender.corpus.filtered_out import filtered_out
from recommender.diversity import RERANKS
from recommender.engine import AnswerOptions
from recommender.engine.pipeline import answer_profile
from recommender.errors import ParameterError
from recommender.recipe import TextRecipe
from recommender.scoring import STRATEGIES


def day(number):
    return datetime.datetime(2026, 11, number, 6, tzinfo=datetime.UTC)


def stamps(corpus):
    """By the id of each paper, when it arrived."""
    snapshot = corpus.snapshot
    rows = snapshot.rows()
    found = snapshot.arrived[snapshot.place(rows)].tolist()
    return dict(zip((paper.id for paper in snapshot.papers(rows.tolist())), found, strict=True))


FIRST, SECOND = make_papers(40), make_papers(10, start=100)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "c"


@pytest.fixture
def corpus(folder, fake):
    corpus = Corpus.build(FIRST, folder, encoder=fake, at=day(1))
    corpus.add(SECOND, at=day(2))
    return corpus


EXPECTED = {paper.id: stamp_of(day(1)) for paper in FIRST} | {paper.id: stamp_of(day(2)) for paper in SECOND}


def test_papers_arrive_when_they_are_stored_and_once(corpus):
    assert stamps(corpus) == EXPECTED
    assert corpus.snapshot.newest_arrival == stamp_of(day(2))
    corpus.add([*SECOND, *FIRST], at=day(3))
    assert (stamps(corpus), corpus.snapshot.newest_arrival) == (EXPECTED, stamp_of(day(2)))


def test_by_default_now(folder, fake):
    before = datetime.datetime.now(datetime.UTC)
    corpus = Corpus.build(FIRST, folder, encoder=fake)
    moments = {moment_of(stamp) for stamp in stamps(corpus).values()}
    assert all(before <= moment <= datetime.datetime.now(datetime.UTC) for moment in moments)


@pytest.mark.parametrize("changed", ["abstract", "venue"])
def test_a_changed_record_does_not_arrive_again(corpus, changed):
    """Neither with another text, for which it gets another row, nor with another fact."""
    other = Paper(**FIRST[3].to_dict() | {changed: "What nobody had said of it before, in some more words."})
    report = corpus.add([other, Paper(id="new", title="A paper of its own")], at=day(3))
    assert (report.changed, report.new) == (1, 1)
    assert stamps(corpus) == EXPECTED | {"new": stamp_of(day(3))}
    assert corpus.verify() == []


def test_one_made_of_several_arrived_with_the_first_of_them(folder, fake):
    title, words = "The long journey of the grey otter", "How otters travel, by telemetry, in nine rivers."
    preprint = Paper(id="2101.00042", title=title, abstract=words, authors=("Ada Brook",), published="2021")
    article = Paper(id="10.1000/otters", title=title, published="2021")
    both = Paper(
        id="10.1000/otters", title=title, authors=("Ada Brook",), identifiers={"arxiv": "2101.00042"},
        published="2021",
    )  # fmt: skip
    corpus = Corpus.build([article], folder, encoder=fake, at=day(1))
    corpus.add([preprint], at=day(2))
    assert stamps(corpus) == {"10.1000/otters": stamp_of(day(1)), "2101.00042": stamp_of(day(2))}
    corpus.add([both], at=day(3))
    assert stamps(corpus) == {"10.1000/otters": stamp_of(day(1))}
    assert corpus.verify() == []


def test_the_parts_of_a_split_paper_arrived_when_it_did(folder, fake):
    records = [
        {"id": "A", "title": "Deep learning of birds", "doi": "10.1000/1"},
        {"id": "B", "title": "Deep learning of birds", "doi": "10.1000/1", "abstract": "In words."},
    ]
    corpus = Corpus.build(records, folder, encoder=fake, at=day(1))
    corpus.split("A")
    assert stamps(corpus) == {"A": stamp_of(day(1)), "B": stamp_of(day(1))}
    assert corpus.verify() == []


def test_compacting_keeps_it(corpus):
    corpus.remove([FIRST[0].id, SECOND[0].id])
    left = {name: stamp for name, stamp in EXPECTED.items() if name not in (FIRST[0].id, SECOND[0].id)}
    assert stamps(corpus) == left
    corpus.compact()
    assert stamps(corpus) == left
    assert corpus.verify() == []


def test_what_was_removed_and_comes_again_arrives_again_and_later_than_all_before(corpus):
    corpus.remove([paper.id for paper in SECOND])
    corpus.compact()
    assert corpus.snapshot.newest_arrival == stamp_of(day(2))
    corpus.add(SECOND[:1], again="all", at=day(1))
    assert stamps(corpus)[SECOND[0].id] == stamp_of(day(2)) + 1


def test_each_commit_is_later_than_all_before_whatever_the_clock_says(folder, monkeypatch):
    monkeypatch.setattr("recommender.corpus.ingest.BATCH", 7)
    papers = make_papers(20)
    corpus = Corpus.build(papers, folder, encoder=FakeEncoder(), at=day(9))
    first = stamp_of(day(9))
    assert [*stamps(corpus).values()] == [first] * 7 + [first + 1] * 7 + [first + 2] * 6
    corpus.add(SECOND, at=day(1))
    assert {stamps(corpus)[paper.id] for paper in SECOND} == {first + 3, first + 4}


class Stopping(FakeEncoder):
    """Interrupted after its first papers, as by Ctrl-C or a kill."""

    def encode(self, texts):
        if len(self.encoded) >= 128:
            raise KeyboardInterrupt
        return super().encode(texts)


def test_a_build_that_was_stopped_goes_on_and_what_was_in_does_not_arrive_again(folder, fake):
    papers = make_papers(200)
    with pytest.raises(KeyboardInterrupt):
        Corpus.build(papers, folder, encoder=Stopping(), at=day(1))
    corpus = Corpus.build(papers, folder, encoder=fake, at=day(2))
    assert [*stamps(corpus).values()] == [stamp_of(day(1))] * 128 + [stamp_of(day(2))] * 72
    with pytest.raises(KeyboardInterrupt):
        Corpus.open(folder, encoder=Stopping()).add(make_papers(200, start=300), at=day(3))
    corpus.add(make_papers(200, start=300), at=day(4))
    assert [*stamps(corpus).values()][200:] == [stamp_of(day(3))] * 128 + [stamp_of(day(4))] * 72


def test_nor_where_it_goes_on_with_another_text(folder, fake):
    """What the stopped build has stored is dropped then, and encoded anew."""
    papers = make_papers(200)
    with pytest.raises(KeyboardInterrupt):
        Corpus.build(papers, folder, encoder=Stopping(), at=day(1))
    corpus = Corpus.build(papers, folder, encoder=fake, text="{abstract} {title}", at=day(2))
    assert corpus.snapshot.recipe == TextRecipe("{abstract} {title}")
    assert [*stamps(corpus).values()] == [stamp_of(day(1))] * 128 + [stamp_of(day(2))] * 72


def test_a_corpus_built_anew_keeps_the_arrivals_of_the_one_it_replaces(corpus, folder, fake):
    others = make_papers(3, start=500)
    corpus.close()
    anew = Corpus.build([*others, *FIRST[5:]], folder, encoder=fake, overwrite=True, at=day(1))
    kept = {paper.id: stamp_of(day(1)) for paper in FIRST[5:]}
    # As the corpus before had newer papers, also by a clock that goes wrong.
    assert stamps(anew) == kept | {paper.id: stamp_of(day(2)) + 1 for paper in others}
    assert anew.verify() == []


def test_of_an_older_corpus_it_is_not_known_and_before_all(folder, fake):
    Corpus.build(FIRST, folder, encoder=fake, precision="float32").close()
    older_format(folder, 8)
    with Corpus.open(folder, encoder=fake) as corpus:
        unknown = dict.fromkeys((paper.id for paper in FIRST), 0)
        assert (stamps(corpus), corpus.info().last_arrived) == (unknown, "")
        changed = Paper(**FIRST[0].to_dict() | {"abstract": "Another text than it had, in some more words."})
        corpus.add([changed, *SECOND], at=day(2))
        assert stamps(corpus) == unknown | {paper.id: stamp_of(day(2)) for paper in SECOND}
        assert corpus.info().last_arrived == "2026-11-02T06:00:00+00:00"
        assert corpus.verify() == []
    anew = Corpus.build(FIRST, folder, encoder=fake, overwrite=True, at=day(3))
    assert stamps(anew) == unknown


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        (
            "UPDATE arrivals SET at = at + 1 WHERE row = 3",
            "row 3 .*: when it arrived is not what was written",
        ),
        ("DELETE FROM arrivals WHERE row = 3", "row 3 .*: when it arrived is missing"),
        ("INSERT INTO arrivals VALUES (77, 1, 1)", "row 77: has arrived but is no paper"),
    ],
)
def test_verify_finds_what_is_not_what_was_written(corpus, folder, statement, problem):
    connection = sqlite3.connect(folder / "corpus.sqlite")
    connection.execute(statement)
    connection.commit()
    connection.close()
    (found,) = corpus.verify()
    assert re.match(problem, found)


def test_neither_contents_nor_answers_depend_on_it(tmp_path, corpus, fake):
    other = Corpus.build(FIRST, tmp_path / "other", encoder=fake, at=day(7))
    other.add(SECOND)
    assert content_hash(other.snapshot) == content_hash(corpus.snapshot)
    profile = Profile(liked=[FIRST[0].id, FIRST[7].id])
    one, two = (Recommender(each).recommend(profile) for each in (corpus, other))
    assert (one.ids, list(one.scores)) == (two.ids, list(two.scores))


@pytest.mark.parametrize("after", [None, 0, stamp_of(day(1)), stamp_of(day(1)) - 1, stamp_of(day(2))])
def test_the_filter_passes_what_came_later(corpus, after):
    corpus.remove([SECOND[0].id])
    mask = allowed_mask(corpus.snapshot, Filters(arrived_after=after, retracted=True, notices=True))
    if after is None:
        assert mask is None
        return
    found = corpus.snapshot.rows()[mask[corpus.snapshot.place(corpus.snapshot.rows())]]
    expected = {name for name, stamp in EXPECTED.items() if stamp > after} - {SECOND[0].id}
    assert {paper.id for paper in corpus.snapshot.papers(found.tolist())} == expected
    assert np.count_nonzero(mask) == len(expected)  # no removed one


def test_answers_are_of_what_came_later_and_why_not_says_so(corpus):
    options = AnswerOptions(k=50, arrived_after=stamp_of(day(1)), diversity=0)
    profile, scorer = Profile(liked=[FIRST[0].id]), STRATEGIES["mean"]
    answer = answer_profile(corpus, profile, scorer, RERANKS["none"], options)
    assert {paper.id for paper in corpus.snapshot.papers(answer.shown.tolist())} == {
        paper.id for paper in SECOND
    }
    assert options.to_dict()["arrived_after"] == stamp_of(day(1))
    row = corpus.row(FIRST[0].id)
    assert filtered_out(corpus.snapshot, options.filters, row) == {
        "arrived_after": "arrived after 2026-11-01 06:00 UTC (it did 2026-11-01 06:00 UTC)"
    }
    assert filtered_out(corpus.snapshot, options.filters, corpus.row(SECOND[0].id)) == {}


@pytest.mark.parametrize("wrong", [True, 1.5, "2026-11-01"])
def test_a_stamp_that_is_none_is_named(wrong):
    with pytest.raises(ParameterError, match=r"^arrived_after is "):
        Filters(arrived_after=wrong)


@pytest.mark.parametrize(
    "wrong",
    [datetime.datetime(2026, 11, 1), "2026-11-01", datetime.datetime(1969, 1, 1, tzinfo=datetime.UTC)],
)
def test_a_moment_that_is_none_is_named_before_anything_is_read(folder, corpus, wrong):
    with pytest.raises(ParameterError, match=r"^at is "):
        corpus.add(["/no/such/file"], at=wrong)
    with pytest.raises(ParameterError, match=r"^at is "):
        Corpus.build(["/no/such/file"], folder, at=wrong)


def test_moments_come_back_from_their_stamps():
    moment = datetime.datetime(2026, 11, 30, 19, 28, 39, 123457, tzinfo=datetime.UTC)
    assert moment_of(stamp_of(moment)) == moment
    assert stamp_of(moment.astimezone(datetime.timezone(datetime.timedelta(hours=5)))) == stamp_of(moment)
    assert (moment_of(0), arrival_text(0), arrival_text(stamp_of(moment))) == (
        None,
        "",
        "2026-11-30 19:28 UTC",
    )


def test_the_commands_tell_it(corpus, folder, capsys):
    corpus.close()
    assert main(["info", "--corpus", str(folder)]) == 0
    assert "arrived     the last ones 2026-11-02 06:00 UTC" in capsys.readouterr().out.splitlines()
    assert main(["show", FIRST[0].id, SECOND[0].id, "--corpus", str(folder)]) == 0
    told = [line for line in capsys.readouterr().out.splitlines() if line.startswith("arrived")]
    assert told == ["arrived: 2026-11-01 06:00 UTC", "arrived: 2026-11-02 06:00 UTC"]
    assert main(["show", "1706.03762"]) == 0
    assert "arrived" not in capsys.readouterr().out

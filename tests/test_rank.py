"""Ranking just the papers that somebody names, in scores that compare across readers."""

import io
import json

import numpy as np
import pandas as pd
import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus, Paper, Profile, Recommender
from recommender.cli import main
from recommender.errors import ParameterError, UnknownPaper
from recommender.scoring import STRATEGIES

PAPERS = make_papers(240)
IDS = [paper.id for paper in PAPERS]
SUBJECTS = len({paper.categories for paper in PAPERS})


@pytest.fixture(scope="module")
def ranking(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rank") / "corpus"
    twice = [
        Paper(title="Of two", id="x1", published="1990"),
        Paper(title="Of two", id="x2", published="2020", authors=("B",)),
    ]
    with Corpus.build([*PAPERS, *twice], folder, encoder=FakeEncoder()) as corpus:
        yield corpus


def of_subject(subject, count, start=0):
    return IDS[start * SUBJECTS + subject :: SUBJECTS][:count]


READER = Profile(liked=of_subject(0, 4), disliked=of_subject(1, 1), seen=of_subject(2, 2))


def test_all_and_only_the_named_papers_come_in_the_order_of_their_scores(ranking):
    among = [*of_subject(0, 6, 10), *of_subject(3, 6, 10)]
    found = Recommender(ranking).rank(READER, among)
    assert sorted(found.ids) == sorted(among)
    assert found.scores.tolist() == sorted(found.scores.tolist(), reverse=True)
    assert [item.rank for item in found] == list(range(1, 13))
    assert found.problems == found.warnings == ()
    assert {*found.ids[:6]} == {*of_subject(0, 6, 10)}


@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
def test_the_order_is_that_of_the_scores_of_a_list(ranking, strategy):
    ask = Recommender(ranking, strategy=strategy, rerank="none")
    listed = ask.recommend(READER, k=12, diversity=0)
    if len(listed.interests) > 1:
        pytest.skip("each interest has places of its own there")
    ranked = ask.rank(READER, listed.ids[::-1])
    expected = sorted(listed, key=lambda item: -item.score)
    assert ranked.ids == [item.paper.id for item in expected]
    sure = [item.confidence for item in ranked]
    assert sure == sorted(sure, reverse=True)
    assert ranked.reasons.answer.confidence.searched == len(listed)


@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
def test_contributions_sum_to_the_score(ranking, strategy):
    for item in Recommender(ranking, strategy=strategy).rank(READER, IDS[100:120]):
        total = sum(seed.contribution for seed in item.explanation.contributions)
        assert total == pytest.approx(item.score, abs=1e-4)
        assert item.explanation.score == item.score


def test_random_papers_lie_about_zero_with_a_spread_of_one(ranking):
    scores = Recommender(ranking).rank(READER, IDS).scores
    assert abs(np.median(scores)) < 1
    assert 0.5 < scores.std() < 1.6


def apart(small, large, papers):
    """How far the scores of two readers lie apart, in units of what tells papers apart for the first."""
    some = [name for name in papers if name in small and name in large]
    return (np.mean([large[name] for name in some]) - np.mean([small[name] for name in some])) / np.std(
        [*small.values()]
    )


def test_scores_are_comparable_between_a_small_and_a_large_library(sample):
    """Of one subject: 5 papers of it and 30. As they come scores are not: a mean of many is near to all."""
    ask, snapshot = Recommender(sample, strategy="hybrid"), sample.snapshot
    chance = np.random.default_rng(0)
    rows = snapshot.rows()
    ids = {row: name for row, (name, _) in snapshot.labels(rows.tolist()).items()}
    lie = {"ranked": [], "listed": []}
    for _ in range(6):
        near = snapshot.search(snapshot.vectors(chance.choice(rows, 1)), 110)[0][0]
        subject = [ids[row] for row in chance.permutation(near[:45]).tolist()]
        others = [ids[row] for row in chance.choice(np.setdiff1d(rows, near), 15).tolist()]
        readers = [Profile(liked=subject[:5]), Profile(liked=subject[:30])]
        ranked = [ask.rank(reader, [*subject[30:], *others]) for reader in readers]
        listed = [ask.recommend(reader, k=232, diversity=0, same_years=False) for reader in readers]
        for name, answers in (("ranked", ranked), ("listed", listed)):
            small, large = (dict(zip(found.ids, found.scores.tolist(), strict=True)) for found in answers)
            lie[name].append((apart(small, large, subject[30:]), apart(small, large, others)))
    ranked, listed = (np.mean(lie[name], axis=0) for name in ("ranked", "listed"))
    assert np.all(listed > 0.9)
    assert np.all(np.abs(ranked) < 0.35 * listed)


def test_a_library_that_holds_everything_twice_ranks_alike(ranking):
    ask = Recommender(ranking)
    liked = of_subject(0, 5)
    once = ask.rank(Profile(liked=liked), IDS[120:160])
    again = ask.rank(Profile(liked=[*liked, *(f"arxiv:{name}" for name in liked)]), IDS[120:160])
    assert once.ids == again.ids
    assert once.scores.tolist() == again.scores.tolist()


def test_what_is_unknown_or_known_to_the_reader_is_named_apart(ranking):
    liked, disliked, seen = READER.liked[0], READER.disliked[0], READER.seen[0]
    lacked = Paper(title="A draft of ours", abstract="Nobody has it.")
    found = Recommender(ranking).rank(
        READER, [liked, disliked, seen, "9999.00001", "Of two", lacked, IDS[100]]
    )
    assert found.ids == [IDS[100]]
    assert found.problems == (
        "2 of 7 papers not in this corpus: '9999.00001', 'A draft of ours'",
        "'Of two' stands for 2 papers (x1, x2); give an id",
    )
    assert found.filtered == (
        f"1 is liked, and not ranked: {liked!r}",
        f"1 is disliked, and not ranked: {disliked!r}",
        f"1 is seen, and not ranked: {seen!r}",
    )


def test_papers_are_named_in_whatever_holds_them(ranking):
    ask = Recommender(ranking)
    listed = ask.more_like(IDS[0], k=5)
    expected = {*listed.ids}
    reader = Profile(liked=[IDS[0]])
    for among in (
        listed,
        list(listed),
        [item.paper for item in listed],
        pd.DataFrame({"id": listed.ids}),
        pd.Series(listed.ids),
        (f"arxiv:{name}" for name in listed.ids),
    ):
        assert {*ask.rank(reader, among).ids} == expected


@pytest.mark.parametrize("among", [[3], 3, [None]])
def test_what_is_no_paper_is_refused(ranking, among):
    with pytest.raises(ParameterError, match="no paper"):
        Recommender(ranking).rank(READER, among)


def test_nothing_is_ranked_of_nothing(ranking):
    found = Recommender(ranking).rank(READER, [])
    assert (found.ids, found.problems) == ([], ())
    with pytest.raises(UnknownPaper):
        Recommender(ranking).rank(Profile(liked=["9999.00001"]), IDS[:3])


def test_filters_leave_out_and_say_so(ranking):
    ask = Recommender(ranking)
    among = [*of_subject(0, 5, 10), *of_subject(3, 5, 10)]
    category = PAPERS[0].categories[0]
    found = ask.rank(READER, among, categories=[category])
    assert sorted(found.ids) == sorted(among[:5])
    assert found.filtered == ("5 papers left out by the filters",)
    assert ask.rank(READER, among, ban=among[:2]).filtered == ("2 papers left out by the filters",)
    assert ask.rank(READER, among, k=3).ids == ask.rank(READER, among).ids[:3]
    middle = sorted(item.confidence for item in ask.rank(READER, among))[5]
    sure = ask.rank(READER, among, min_confidence=middle - 1e-9)
    assert len(sure) == 5
    assert all(item.confidence >= middle - 1e-9 for item in sure)


def test_readers_of_several_interests_have_no_places(ranking):
    reader = Profile(liked=[*of_subject(0, 6), *of_subject(3, 2)])
    found = Recommender(ranking).rank(reader, [*of_subject(0, 2, 20), *of_subject(3, 7, 20)])
    assert len(found) == 9
    assert found.scores.tolist() == sorted(found.scores.tolist(), reverse=True)
    assert found.warnings == ()


# On the command line


@pytest.fixture
def folder(ranking, monkeypatch):
    from recommender.encoders import ENCODERS

    monkeypatch.setitem(ENCODERS, "fake", lambda folder: FakeEncoder())
    return str(ranking.path)


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def test_a_file_says_what_is_ranked(folder, ranking, tmp_path, capsys):
    listed = tmp_path / "submissions.csv"
    listed.write_text(
        "id,title\n" + "".join(f"{name},t\n" for name in IDS[100:110]) + "9999.00001,Lacked\n", "utf-8"
    )
    arguments = ["rank", "--liked", IDS[0], "--among", str(listed), "--corpus", folder, "--format", "jsonl"]
    assert main(arguments) == 0
    done = capsys.readouterr()
    expected = Recommender(ranking).rank(Profile(liked=[IDS[0]]), IDS[100:110])
    assert [line["id"] for line in lines(done.out)] == expected.ids
    assert [line["score"] for line in lines(done.out)] == pytest.approx(expected.scores.tolist(), abs=1e-5)
    assert "1 of 11 papers not in this corpus: 'Lacked'" in done.err
    assert main([*arguments, "--strict"]) == 1


def test_ids_come_from_standard_input_and_one_by_one(folder, capsys, monkeypatch):
    class Stdin:
        buffer = io.BytesIO("\n".join(IDS[100:103]).encode())

    monkeypatch.setattr("sys.stdin", Stdin())
    arguments = ["rank", "--liked", IDS[0], "--among", IDS[105], "--corpus", folder]
    assert main([*arguments, "--among", IDS[106], "--format", "csv"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_each_reader_of_a_file_is_ranked_for_by_name(folder, tmp_path, capsys):
    readers = tmp_path / "readers.jsonl"
    rows = [{"user": "Ann", "liked": of_subject(0, 3)}, {"user": "Bo", "liked": of_subject(3, 3)}]
    readers.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    best = {}
    for name in ("Ann", "Bo"):
        arguments = ["rank", str(readers), "--name", name, "--among", of_subject(0, 1, 20)[0]]
        assert (
            main([*arguments, "--among", of_subject(3, 1, 20)[0], "--corpus", folder, "--format", "json"])
            == 0
        )
        best[name] = json.loads(capsys.readouterr().out)[0]["id"]
    assert best == {"Ann": of_subject(0, 1, 20)[0], "Bo": of_subject(3, 1, 20)[0]}


@pytest.mark.parametrize(
    "arguments",
    [
        ["rank", "--among", "x"],
        ["rank", "--liked", "x"],
        ["rank", "--name", "Ann", "--liked", "x", "--among", "y"],
    ],
)
def test_what_is_missing_is_asked_for(arguments, capsys):
    assert main(arguments) == 2
    assert capsys.readouterr().err


def test_a_table_says_nothing_of_parts_of_the_list(capsys):
    assert main(["rank", "Mei", "--among", "2106.09685", "--among", "1706.03762"]) == 0
    assert "places" not in capsys.readouterr().out

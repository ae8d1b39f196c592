"""Topics that a reader avoids, in words: in files, in scores and their parts, in batch jobs and pages."""

import json

import numpy as np
import pytest
from conftest import FakeEncoder

from recommender import Corpus, Paper, Profile, Recommender
from recommender.batch import BatchOptions, run_batch
from recommender.cli import main
from recommender.encoders import ENCODERS
from recommender.errors import ProfileError
from recommender.profiles import read_profiles

SUBJECTS = {
    "graphs": ("graph", "network", "node", "edge", "message"),
    "robots": ("robot", "grasp", "motor", "gripper", "torque"),
}
PAPERS = [
    Paper(
        id=f"{subject}-{number}",
        title=f"Planning {number} with {subject}",
        abstract=f"Planning in rooms. {words[number % 5]} {words[(number + 2) % 5]} {number}.",
    )
    for subject, words in SUBJECTS.items()
    for number in range(12)
] + [Paper(id=f"plan-{number}", title=f"Planning {number} in rooms", abstract="A plan.") for number in (1, 2)]
LIKED = ("plan-1", "plan-2")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    with Corpus.build(PAPERS, tmp_path_factory.mktemp("avoid") / "c", encoder=FakeEncoder()) as corpus:
        yield corpus


@pytest.fixture
def recommender(corpus):
    return Recommender(corpus)


@pytest.fixture(autouse=True)
def encoder(monkeypatch):
    monkeypatch.setitem(ENCODERS, "fake", lambda folder: FakeEncoder())


def robots(recommendations):
    return sum(name.startswith("robots") for name in recommendations.ids)


@pytest.mark.parametrize("strategy", ["interests", "hybrid", "mean", "lexical"])
def test_what_is_about_an_avoided_topic_falls(corpus, strategy):
    recommender = Recommender(corpus, strategy=strategy)
    plain = recommender.recommend(Profile(liked=LIKED), k=10, diversity=0)
    without = recommender.recommend(Profile(liked=LIKED, avoid="robots grasp"), k=10, diversity=0)
    assert robots(without) < robots(plain)


def test_its_part_of_the_score_is_told_and_the_parts_sum_to_it(recommender):
    recs = recommender.recommend(Profile(liked=LIKED, avoid=["robots"]), k=22, diversity=0)
    parts = [item.explanation.contributions for item in recs]
    taken = [sum(part.contribution for part in one if part.id == "robots") for one in parts]
    assert min(taken) < 0
    assert max(taken) == 0
    for item, one in zip(recs, parts, strict=True):
        assert np.isclose(sum(part.contribution for part in one), item.score, atol=1e-5)
    dislike = recs[-1].explanation.nearest_dislike
    assert (dislike.id, dislike.title) == ("robots", "")
    assert "nearest dislike: [robots]" in recs[-1].explanation.to_text()


def test_one_that_no_paper_holds_is_named_and_changes_nothing(recommender):
    plain = recommender.recommend(Profile(liked=LIKED), k=5)
    recs = recommender.recommend(Profile(liked=LIKED, avoid=["zzqx", "plork"]), k=5)
    assert recs.problems == ("avoid: no paper of this corpus holds any word of 'zzqx', 'plork'",)
    assert (recs.ids, recs.scores.tolist()) == (plain.ids, plain.scores.tolist())


def test_pages_and_many_readers_get_the_same(recommender):
    readers = [
        Profile(liked=LIKED, avoid="robots zzqx"),
        Profile(interests="zzqx plork"),
        Profile(liked=LIKED, avoid=("zzqx plork",)),
        Profile(interests="planning rooms", avoid="graphs"),
    ]
    alone = [recommender.recommend(reader, k=8) for reader in readers]
    for one, many in zip(alone, recommender.recommend_many(readers, k=8), strict=True):
        assert (one.ids, one.problems) == (many.ids, many.problems)
        assert [item.explanation for item in one] == [item.explanation for item in many]
    pages = [recommender.recommend(readers[0], k=4, offset=offset).ids for offset in (0, 4)]
    assert pages == [alone[0].ids[:4], alone[0].ids[4:]]


def test_searches_and_ranks_take_it(recommender):
    reader = Profile(interests="planning", avoid="robots")
    found = recommender.search("planning", profile=reader, k=10)
    assert {item.explanation.nearest_dislike.id for item in found} == {"robots"}
    ranked = recommender.rank(Profile(liked=LIKED, avoid="robots"), [paper.id for paper in PAPERS])
    assert robots(ranked[:11]) < robots(ranked[11:])


# Profiles


def test_a_profile_holds_it_and_says_so():
    profile = Profile(liked="2106.09685", avoid=["reinforcement learning", "games"])
    assert Profile.from_dict(profile.to_dict()) == profile
    assert profile.to_dict() == {"liked": ["2106.09685"], "avoid": ["reinforcement learning", "games"]}
    assert "avoid=('reinforcement learning', 'games')" in repr(profile)
    assert "avoid" not in repr(Profile(liked="2106.09685"))
    assert "  avoid      games" in str(profile)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"avoid": "..."}, "avoids '...', which holds no word"),
        ({"avoid": ["games"], "interests": ["games"]}, "has the interest 'games' and avoids it; choose one"),
        ({"avoid": 3}, "avoid is 3; it must be a list of texts"),
    ],
)
def test_what_cannot_be_avoided_is_refused(fields, said):
    with pytest.raises(ProfileError, match=said):
        Profile(liked="2106.09685", **fields)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("p.json", '{"user": "Ann", "liked": ["2106.09685"], "avoid": ["deep learning", "games"]}'),
        ("p.jsonl", '{"user": "Ann", "likes": ["2106.09685"], "avoids": ["deep learning", "games"]}\n'),
        ("p.csv", 'user,liked,avoid\nAnn,2106.09685,"[""deep learning"", ""games""]"\n'),
    ],
)
def test_files_of_profiles_hold_it(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    (profile,) = read_profiles(tmp_path / name)
    assert profile == Profile(name="Ann", liked="2106.09685", avoid=("deep learning", "games"))


def test_a_batch_job_uses_it(corpus, recommender, tmp_path):
    (tmp_path / "p.jsonl").write_text(json.dumps({"user": "Ann", "liked": LIKED, "avoid": ["robots"]}) + "\n")
    run_batch(tmp_path / "p.jsonl", corpus.path, tmp_path / "out", BatchOptions(k=6, format="jsonl"))
    lines = (tmp_path / "out" / "recommendations.jsonl").read_text().splitlines()
    expected = recommender.recommend(Profile(liked=LIKED, avoid=["robots"]), k=6)
    assert [json.loads(line)["id"] for line in lines] == expected.ids


@pytest.mark.parametrize(
    "command", [["like", *LIKED], ["recommend", "--liked", LIKED[0], "--liked", LIKED[1]]]
)
def test_commands_take_words(corpus, recommender, command, capsys):
    options = ["--avoid", "robots grasp", "-k", "6", "--format", "jsonl", "--corpus", str(corpus.path)]
    assert main([*command, *options]) == 0
    out, err = capsys.readouterr()
    expected = recommender.recommend(Profile(liked=LIKED, avoid=["robots grasp"]), k=6)
    assert [json.loads(line)["id"] for line in out.splitlines()] == expected.ids
    assert "(--avoid 'robots grasp': no paper of this corpus, taken as words)" in err


# Between


def test_between_two_sets_what_is_avoided_takes_off_its_part(recommender):
    sides = "graphs-1", "plan-2"
    plain = recommender.between(*sides, k=30, diversity=0)
    for away in ({"avoid": "robots grasp"}, {"disliked": "robots-3"}):
        recs = recommender.between(*sides, k=22, diversity=0, **away)
        assert recs.problems == ()
        before, least = {item.paper.id: item.score for item in plain}, 0.0
        for item in recs:
            parts = item.explanation.contributions
            taken = sum(part.contribution for part in parts if part.id in ("robots grasp", "robots-3"))
            assert np.isclose(sum(part.contribution for part in parts), item.score, atol=1e-5)
            assert np.isclose(before[item.paper.id] + taken, item.score, atol=1e-5)
            assert taken == 0 or item.paper.id.startswith("robots")
            least = min(least, taken)
        assert least < -0.01
    swapped = recommender.between(*sides[::-1], k=22, diversity=0, avoid="robots grasp")
    assert {*swapped.ids} == {*recommender.between(*sides, k=22, diversity=0, avoid="robots grasp").ids}
    pages = [recommender.between(*sides, k=4, offset=first, avoid="robots").ids for first in (0, 4)]
    assert [*pages[0], *pages[1]] == recommender.between(*sides, k=8, avoid="robots").ids


def test_one_but_not_the_other_takes_it_as_well(recommender):
    recs = recommender.but_not(LIKED, "graphs-1", k=10, diversity=0, avoid="robots grasp")
    assert robots(recs) < robots(recommender.but_not(LIKED, "graphs-1", k=10, diversity=0))


def test_what_is_avoided_between_is_named_once_and_no_side(recommender):
    recs = recommender.between("graphs-1", "plan-2", k=5, avoid="zzqx")
    assert recs.problems == ("avoid: no paper of this corpus holds any word of 'zzqx'",)
    with pytest.raises(ProfileError, match="both likes and dislikes"):
        recommender.between("graphs-1", "plan-2", disliked="plan-2")


def test_the_command_between_takes_papers_files_and_words(corpus, recommender, tmp_path, capsys):
    (tmp_path / "no.txt").write_text("robots-3\n")
    shared = ["--and", "plan-2", "--corpus", str(corpus.path), "-k", "9", "--format", "jsonl"]
    for avoided, away in (
        (["robots grasp"], {"avoid": "robots grasp"}),
        ([str(tmp_path / "no.txt")], {"disliked": "robots-3"}),
        (["robots-3", "robots grasp"], {"disliked": "robots-3", "avoid": "robots grasp"}),
    ):
        options = [part for one in avoided for part in ("--avoid", one)]
        assert main(["between", "graphs-1", *options, *shared]) == 0
        listed = [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()]
        assert listed == recommender.between("graphs-1", "plan-2", k=9, **away).ids

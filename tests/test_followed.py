"""Authors and venues that a reader follows: their papers come, say why, and have their part of the list."""

import itertools
import json
import math
from dataclasses import replace

import numpy as np
import pytest
from conftest import FakeEncoder

from recommender import Corpus, Paper, Profile, Recommender
from recommender.batch import BatchOptions, run_batch
from recommender.cli import main
from recommender.encoders import ENCODERS
from recommender.engine.followed import FollowedNames, followed_weights, rows_by_followed
from recommender.engine.ranking import matches_interest, score
from recommender.engine.resolution import resolve_profile
from recommender.errors import ProfileError
from recommender.queries import Followed, followed_in
from recommender.scoring import FOLLOWED_WEIGHT, STRATEGIES, FollowedPapers, Similarities

SUBJECTS = {
    "graphs": ("graph", "network", "node", "edge", "message", "spectral"),
    "robots": ("robot", "grasp", "motor", "gripper", "torque", "servo"),
    "proteins": ("protein", "fold", "residue", "enzyme", "peptide", "helix"),
}
# Ada Novak writes of proteins and once of robots; who likes graphs would never come upon her.
AUTHORS = {"proteins-3": "Ada Novak", "proteins-8": "Novak, Ada", "robots-5": "A. Novak"}
PAPERS = [
    Paper(
        id=f"{subject}-{number}",
        title=f"{words[number % 6].title()} and {words[(number + 1) % 6]}, part {number}",
        abstract=f"On the {words[(number + 2) % 6]} of {words[(number + 3) % 6]}; own{subject}{number}.",
        authors=(AUTHORS.get(f"{subject}-{number}", f"{words[number % 6].title()} Writer"), "Jo Second"),
        venue="Journal of Everything" if number % 2 else "Small Letters",
        published=f"20{10 + number}-03-01",
    )
    for subject, words in SUBJECTS.items()
    for number in range(14)
]
BY_ID = {paper.id: paper for paper in PAPERS}
LIKED = ("graphs-0", "graphs-1", "graphs-2", "graphs-4")
READER = Profile(liked=LIKED, interests="author:Novak")
REASON = "by Novak, whom you follow"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    with Corpus.build(PAPERS, tmp_path_factory.mktemp("followed") / "c", encoder=FakeEncoder()) as corpus:
        yield corpus


@pytest.fixture
def recommender(corpus):
    return Recommender(corpus)


@pytest.fixture(autouse=True)
def encoder(monkeypatch):
    monkeypatch.setitem(ENCODERS, "fake", lambda folder: FakeEncoder())


def parts_of(item):
    return {(part.id or part.title): part.contribution for part in item.explanation.contributions}


# What is followed


@pytest.mark.parametrize(
    ("text", "followed"),
    [
        ("author:Hinton", Followed("author", "Hinton")),
        ("Authors: Hinton", None),  # a colon alone says nothing in a search either
        ('author:"Geoffrey Hinton"', Followed("author", "Geoffrey Hinton")),
        ("author:Geoffrey Hinton", Followed("author", "Geoffrey Hinton")),
        ("VENUE:Nature Communications", Followed("venue", "Nature Communications")),
        ('author:"Geoffrey Hinton" networks', None),
        ("networks author:Hinton", None),
        ("author:Hinton -molecules", None),
        ("author:Hinton author:Bengio", None),
        ("-author:Hinton", None),
        ("title:graphs", None),
        ("graphs", None),
        ("...", None),
    ],
)
def test_an_interest_that_is_a_name_and_nothing_else_is_followed(text, followed):
    assert followed_in(text) == followed


def test_names_say_in_words_why_a_paper_is_there():
    author, venue = Followed("author", "Novak"), Followed("venue", "Nature")
    assert (author.reason, venue.reason) == (REASON, "in Nature, which you follow")
    assert (str(author), author.papers) == ("author:Novak", f"papers {REASON}")


# Lists


def test_all_their_papers_come_at_the_head_of_an_interest_of_their_own(recommender):
    recs = recommender.recommend(READER, k=15, diversity=0)
    names = {report.name: report for report in recs.interests}
    theirs = [item for item in recs if item.interest == "author:Novak"]
    assert {item.paper.id for item in theirs[:3]} == {*AUTHORS}
    assert names["author:Novak"].share == pytest.approx(1 / 5)
    assert sum(report.share for report in recs.interests) == pytest.approx(1)
    assert sum(report.quota for report in recs.interests) == 15
    assert names["author:Novak"].quota == 3
    plain = recommender.recommend(Profile(liked=LIKED), k=10, diversity=0)
    assert not {*AUTHORS} & {*plain.ids}


@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
def test_the_term_is_bounded_and_true_and_the_parts_add_up(corpus, strategy):
    recs = Recommender(corpus, strategy=strategy).recommend(READER, k=38, diversity=0)
    assert {*AUTHORS} <= {*recs.ids}
    several = len(recs.interests) > 1
    for item in recs:
        parts = parts_of(item)
        assert math.fsum(parts.values()) == pytest.approx(item.score, abs=1e-5)
        gain = parts.get(REASON, 0.0)
        if item.paper.id not in AUTHORS:
            assert gain == 0
        else:
            own = several and item.interest == "author:Novak"
            assert gain == pytest.approx(FOLLOWED_WEIGHT * (1 if own else 1 / 5), abs=1e-6)


def test_what_they_are_compared_with_is_the_mean_of_their_papers(corpus):
    snapshot = corpus.snapshot
    profile = resolve_profile(corpus, snapshot, READER, STRATEGIES["interests"])
    (seed,) = profile.followed
    labels = snapshot.labels(seed.rows.tolist())
    assert {labels[row][0] for row in seed.rows.tolist()} == {*AUTHORS}
    mean = snapshot.vectors(seed.rows).astype(np.float64).mean(axis=0)
    assert profile.likes[seed.position] == pytest.approx(mean / np.linalg.norm(mean), abs=1e-6)
    terms = snapshot.terms(seed.rows)
    sums = {}
    for number, weight in zip(terms.numbers.tolist(), terms.weights.tolist(), strict=True):
        sums[number] = sums.get(number, 0.0) + weight
    length = math.sqrt(sum(weight**2 for weight in sums.values()))
    own = profile.references.terms.take(np.array([seed.position]))
    assert dict(zip(own.numbers.tolist(), own.weights.tolist(), strict=True)) == pytest.approx(
        {number: weight / length for number, weight in sums.items()}, abs=1e-6
    )


def test_of_many_papers_those_nearest_to_the_mean_are_candidates(corpus):
    snapshot = corpus.snapshot
    reader = Profile(interests="venue:Everything")
    profile = resolve_profile(corpus, snapshot, reader, STRATEGIES["interests"])
    rows = snapshot.rows()
    odd = np.array([row for row in rows if snapshot.papers([row])[0].venue == "Journal of Everything"])
    hidden, allowed = odd[:2], np.ones(snapshot.size, np.bool_)
    allowed[snapshot.place(odd[2:4])] = False
    may = odd[4:]
    cosines = snapshot.vectors(may) @ profile.likes[0]
    found = rows_by_followed(snapshot, profile, 6, allowed, hidden)
    assert found.tolist() == np.sort(may[np.argsort(-cosines)[:6]]).tolist()
    assert rows_by_followed(snapshot, profile, 99, allowed, hidden).tolist() == may.tolist()


def test_a_paper_of_theirs_is_a_candidate_however_far_it_is(tmp_path):
    # Of her 101 papers 50 stand for all, and this is none of them; the reader knows the others but five.
    novak = {f"proteins-{n}" for n in range(100)} | {"robots-7"}
    papers = [
        Paper(
            id=f"{subject}-{number}",
            title=f"{words[number % 6]} {words[number // 6 % 6]} {words[number // 36 % 6]}",
            abstract=" ".join(f"own{subject}{number}x{place}" for place in range(8)),
            authors=("Ada Novak",) if f"{subject}-{number}" in novak else ("Jo Second",),
        )
        for subject, words in SUBJECTS.items()
        for number in range(190)
    ]
    seen = [f"robots-{n}" for n in range(190) if n != 7] + [f"proteins-{n}" for n in range(95)]
    reader = Profile(liked=["graphs-1", "graphs-2"], seen=seen, interests="author:Novak")
    with Corpus.build(papers, tmp_path / "c", encoder=FakeEncoder()) as corpus:
        many = [f"{subject}-{number}" for subject in ("graphs", "proteins") for number in range(190)]
        near = Recommender(corpus).recommend(replace(reader, interests="enzyme"), k=18, diversity=0)
        assert {*near.ids} <= {*many}
        recs = Recommender(corpus).recommend(reader, k=18, diversity=0)
        assert novak - {*seen} <= {*recs.ids}


def test_a_paper_of_theirs_matches_their_interest_whatever_it_is_about():
    by = FollowedPapers((REASON,), np.array([1]), np.array([[False], [True], [False]]))
    cosines = np.array([[0.6, 0.0], [0.0, -0.1], [0.1, 0.6]], np.float32)
    among, half = np.eye(2, dtype=np.float32), np.full(2, 0.5, np.float32)
    seeds = Similarities(cosines, among, 2, 0, half, np.array([0, 1]), followed=by)
    scored = score(seeds, STRATEGIES["interests"])
    matches = matches_interest(seeds, scored, 0.2, 0.7)
    assert matches.tolist() == [[True, False, False], [False, True, True], [True, True, True]]


def test_a_venue_and_an_author_are_two_interests_and_one_paper_has_both_reasons(recommender):
    reader = Profile(liked=LIKED, interests=["author:Novak", 'venue:"Small Letters"', "torque"])
    recs = recommender.recommend(reader, k=20, diversity=0)
    assert {"author:Novak", "venue:Small Letters"} <= {report.name for report in recs.interests}
    for item in recs:
        reasons = {name for name in parts_of(item) if name.endswith("you follow")} - {
            "author:Novak",
            "venue:Small Letters",
        }
        if REASON in reasons:
            assert item.paper.id in AUTHORS
        if "in Small Letters, which you follow" in reasons:
            assert item.paper.venue == "Small Letters"
    alone = Recommender(recommender.corpus, strategy="hybrid").recommend(reader, k=38, diversity=0)
    both = next(item for item in alone if item.paper.id == "proteins-8")
    assert {REASON, "in Small Letters, which you follow"} <= parts_of(both).keys()


def test_terms_in_common_stand_in_the_paper_and_in_one_of_theirs(recommender):
    recs = recommender.recommend(Profile(interests="author:Novak"), k=10)
    own = " ".join(f"{BY_ID[name].title} {BY_ID[name].abstract}".lower() for name in AUTHORS)
    assert recs[0].closest == "author:Novak"
    assert recs[0].closest_title == f"papers {REASON}"
    terms = [(item, term.lower()) for item in recs for term in item.explanation.terms]
    assert terms
    for item, term in terms:
        words = term.split()
        assert all(word in own for word in words)
        assert all(word in f"{item.paper.title} {item.paper.abstract}".lower() for word in words)


def test_among_many_likes_a_name_has_a_tenth_and_all_names_half():
    equal = np.full(21, 1 / 21, np.float32)
    found = followed_weights(equal, 1)
    assert found[-1] == pytest.approx(0.1, abs=0.005)
    assert found.sum() == pytest.approx(1, abs=1e-6)
    assert np.ptp(found[:-1]) == pytest.approx(0, abs=1e-8)
    many = followed_weights(np.full(60, 1 / 60, np.float32), 20)
    assert many[-20:].sum() == pytest.approx(0.5, abs=1e-6)
    assert followed_weights(equal, 0) is equal
    assert followed_weights(equal[:1], 1) is not None
    few = np.full(3, 1 / 3, np.float32)
    assert followed_weights(few, 1) == pytest.approx(few)


def test_their_new_paper_is_in_a_list_of_ten_of_a_reader_of_many_likes(recommender):
    liked = [f"{subject}-{n}" for subject in ("graphs", "robots") for n in range(14)]
    liked = [name for name in liked if name not in AUTHORS]
    assert "proteins-8" in recommender.recommend(Profile(liked=liked, interests="author:Novak"), k=10).ids


# What is left out


def test_seen_and_filtered_papers_do_not_come(recommender):
    reader = Profile(liked=LIKED, seen=["proteins-3"], interests="author:Novak")
    assert {*AUTHORS} & {*recommender.recommend(reader, k=20).ids} == {"proteins-8", "robots-5"}
    later = recommender.recommend(reader, k=20, since="2016")
    assert {*AUTHORS} & {*later.ids} == {"proteins-8"}
    assert {*AUTHORS} & {*recommender.recommend(reader, k=20, ban="robots-5").ids} == {"proteins-8"}


def test_a_name_that_nobody_has_is_told_with_the_nearest(recommender):
    reader = Profile(liked=LIKED, interests=["author:Novac", "author:Novak"])
    recs = recommender.recommend(reader, k=12)
    (problem,) = recs.problems
    assert problem.startswith("an interest is left out: no paper has the author 'Novac'; nearest: ")
    assert "Novak" in problem
    assert recs.ids == recommender.recommend(READER, k=12).ids
    with pytest.raises(ProfileError, match="nothing else is liked, and no paper has the author 'Novac'"):
        recommender.recommend(Profile(interests="author:Novac"))
    words = recommender.recommend(Profile(interests=["author:Novac", "zzqx plork"]))
    assert words.ids == []
    unheld = recommender.recommend(Profile(liked=LIKED, interests=["author:Novac", "zzqx plork"]), k=12)
    assert len(unheld.problems) == 2
    assert unheld.ids == recommender.recommend(Profile(liked=LIKED), k=12).ids


def test_a_name_needs_no_encoder(tmp_path):
    encoder = FakeEncoder()
    with Corpus.build(PAPERS, tmp_path / "c", encoder=encoder) as corpus:
        encoder.encoded.clear()
        assert {*AUTHORS} <= {*Recommender(corpus).recommend(READER, k=20).ids}
        assert encoder.encoded == []


# Every way in


READERS = [
    READER,
    Profile(interests="author:Novac"),
    Profile(liked=LIKED),
    Profile(interests=["venue:Letters", "gripper torque"]),
    Profile(liked=LIKED, interests=["author:Novac", "author:'Novak'", "author:Novak"]),
    Profile(liked=("proteins-3", "robots-1"), disliked=("graphs-1",), interests="author:Ada Novak"),
]


def test_pages_and_many_readers_get_the_same(recommender):
    many = list(recommender.recommend_many(READERS, k=9))
    assert not many[1]
    assert "nothing else is liked" in many[1].problems[0]
    for reader, found in zip(READERS, many, strict=True):
        if found:
            one = recommender.recommend(reader, k=9)
            assert (one.ids, one.scores.tolist()) == (found.ids, found.scores.tolist())
            assert [item.explanation for item in one] == [item.explanation for item in found]
            pages = [recommender.recommend(reader, k=3, offset=first).ids for first in (0, 3, 6)]
            assert [*itertools.chain(*pages)] == one.ids


def test_a_batch_job_gives_the_same_and_names_who_is_unknown(corpus, recommender, tmp_path):
    lines = [json.dumps(one.to_dict() | {"user": f"r{n}"}) for n, one in enumerate(READERS)]
    (tmp_path / "p.jsonl").write_text("\n".join(lines) + "\n")
    run_batch(tmp_path / "p.jsonl", corpus.path, tmp_path / "out", BatchOptions(k=9, format="jsonl"))
    written = [
        json.loads(line) for line in (tmp_path / "out" / "recommendations.jsonl").read_text().splitlines()
    ]
    for number, reader in enumerate(READERS):
        if number != 1:
            ids = [row["id"] for row in written if row["user"] == f"r{number}"]
            assert ids == recommender.recommend(reader, k=9).ids
    (rejected,) = (tmp_path / "out").glob("rejected*")
    assert rejected.read_text().count("Novac") == 2


def test_other_questions_know_whom_a_reader_follows(recommender):
    ranked = recommender.rank(READER, ["robots-5", "robots-4", "robots-6"])
    assert ranked.ids[0] == "robots-5"
    assert REASON in parts_of(ranked[0])
    assert math.fsum(parts_of(ranked[0]).values()) == pytest.approx(ranked[0].score, abs=1e-4)
    why = recommender.why_not(READER, "robots-5", k=40)
    assert (why.reason, REASON in {part.title for part in why.explanation.contributions}) == ("listed", True)
    recommender.beyond(Profile(interests="author:Novak"), k=1)
    found = recommender.search("gripper", profile=Profile(interests="author:Novak"), k=12)
    assert {*AUTHORS} <= {*found.ids}
    moved = recommender.recommend(READER, k=5)[0].explain(counterfactuals=5)
    assert "author:Novak" in {one.id for one in moved.counterfactuals}


def test_recent_papers_of_theirs_come_first_where_that_is_preferred(recommender):
    recs = recommender.recommend(Profile(interests="author:Novak"), k=3, diversity=0, prefer="recent")
    parts = [parts_of(item) for item in recs]
    assert all(part[REASON] == pytest.approx(FOLLOWED_WEIGHT) for part in parts)
    assert all(
        math.fsum(part.values()) == pytest.approx(item.score, abs=1e-5)
        for part, item in zip(parts, recs, strict=True)
    )


def test_the_command_line_takes_a_name_and_a_profile_with_one(corpus, recommender, tmp_path, capsys):
    expected = recommender.recommend(READER, k=8).ids
    shared = ["--corpus", str(corpus.path), "-k", "8", "--format", "jsonl"]
    liked = [part for name in LIKED for part in ("--liked", name)]
    (tmp_path / "me.json").write_text(json.dumps(READER.to_dict()))
    for arguments in (
        ["recommend", str(tmp_path / "me.json")],
        ["recommend", *liked, "--liked", "author:Novak"],
    ):
        assert main([*arguments, *shared]) == 0
        done = capsys.readouterr()
        assert [json.loads(line)["id"] for line in done.out.splitlines()] == expected
    assert "--liked 'author:Novak': papers by Novak, whom you follow" in done.err


def test_what_one_reader_follows_is_looked_up_once(corpus):
    names = FollowedNames.of(corpus.snapshot, ["author:Novak", 'author:"Novak"', "author:Novac", "graphs"])
    assert [*names.rows] == [Followed("author", "Novak")]
    assert [*names.unknown] == ["author:Novac"]
    assert names.known(["author:Novak", 'author:"Novak"']) == (Followed("author", "Novak"),)

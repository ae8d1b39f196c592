"""Why a list is as it is: quotas, contributions, counterfactuals, confidence, what diversity cost."""

import math
import re
import sqlite3

import numpy as np
import pytest
import reference
from conftest import FakeEncoder, make_papers

from recommender import Corpus, Paper, Profile, Recommender
from recommender.engine.hybrid_vectors import background_similarity
from recommender.engine.resolution import MOST_SEEDS
from recommender.errors import ParameterError
from recommender.evaluation import System
from recommender.lexical import count_terms
from recommender.profiles import read_profiles
from recommender.sample import PROFILES
from recommender.scoring import SAME_YEARS, STRATEGIES


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """240 papers on four topics in turn: vision, language, robots, biology."""
    with Corpus.build(
        make_papers(240), tmp_path_factory.mktemp("reasons") / "corpus", encoder=FakeEncoder()
    ) as built:
        yield built


@pytest.fixture(scope="module")
def ids():
    return [paper.id for paper in make_papers(240)]


@pytest.fixture(scope="module")
def mixed(ids):
    """Eight liked papers on vision, two on biology."""
    return Profile(liked=[*ids[0:32:4], *ids[3:11:4]])


# Interests


@pytest.mark.parametrize("diversity", [0, 0.3, 1])
def test_two_interests_of_80_and_20_percent_get_their_places(library, mixed, diversity):
    recs = Recommender(library).recommend(mixed, k=10, diversity=diversity)
    topics = [item.paper.categories[0] for item in recs]
    counts = (topics.count("cs.CV"), topics.count("q-bio.BM"))
    assert counts == (8, 2)  # an eighth of the ranks of 10 seeds is free
    assert [(one.share, one.quota, one.outcome, one.starved) for one in recs.interests] == [
        (pytest.approx(0.8), counts[0], counts[0], False),
        (pytest.approx(0.2), counts[1], counts[1], False),
    ]
    titles = {library[name].title: library[name].categories for name in mixed.liked}
    assert all(titles[item.interest] == item.paper.categories for item in recs)
    assert {item.interest for item in recs} == {one.name for one in recs.interests}


def test_of_few_seeds_most_ranks_are_free_and_of_many_few(library, ids):
    ask = Recommender(library)
    for count, free in ((2, 0.8), (5, 0.8), (8, 125 / 512), (10, 0.125), (20, 1 / 64)):
        reader = Profile(liked=[*ids[0 : 4 * (count - 1) : 4], ids[3]])
        recs = ask.recommend(reader, k=1)
        places = recs.reasons.answer.profile.places
        assert places[-1] == pytest.approx(free)
        assert sorted(places[:-1]) == pytest.approx(sorted((1 - free) * one.share for one in recs.interests))


@pytest.mark.parametrize("diversity", [0, 0.3])
def test_of_two_interests_of_equal_share_each_has_one_of_two_papers(library, ids, diversity):
    """Though four in five ranks are free."""
    for place in range(0, 80, 8):
        reader = Profile(liked=[ids[place], ids[place + 3]])  # vision, biology
        recs = Recommender(library).recommend(reader, k=2, diversity=diversity)
        assert [one.share for one in recs.interests] == [0.5, 0.5]
        assert {item.paper.categories[0] for item in recs} == {"cs.CV", "q-bio.BM"}
        assert [(one.quota, one.outcome) for one in recs.interests] == [(1, 1), (1, 1)]
        longer = Recommender(library).recommend(reader, k=10, diversity=diversity)
        assert longer.ids[:2] == recs.ids
        assert min(one.outcome for one in longer.interests) >= 2


def test_an_interest_without_a_place_is_named_once_with_the_length_that_has_one(library, mixed, ids):
    rec = Recommender(library)
    small = Profile(liked=[*ids[0:160:4], *ids[3:7:4], *ids[1:9:4]])  # 40, 1 and 2 papers
    lines = [line for line in rec.recommend(small, k=5).warnings if "no place" in line]
    names = {one.name: one.share for one in rec.recommend(small, k=5).interests}
    assert len(lines) == 1
    first = {
        name: int(re.search(rf"{re.escape(repr(name))} \(from k = (\d+) on\)", lines[0])[1])
        for name in names
        if repr(name) in lines[0]
    }
    assert len(first) == len(names) - 1
    assert sorted(first.values()) == list(first.values())
    for name, k in first.items():
        for length, quota in ((k - 1, 0), (k, 1)):
            (one,) = (one for one in rec.recommend(small, k=length).interests if one.name == name)
            assert one.quota == quota
    assert not any("no place" in line for line in rec.recommend(small, k=max(first.values())).warnings)
    assert not any("no place" in line for line in rec.recommend(mixed, k=10).warnings)


def test_what_is_typical_is_the_mean_cosine_of_two_papers(library, tmp_path):
    papers = make_papers(80)
    with Corpus.build(papers, tmp_path / "corpus", encoder=FakeEncoder()) as built:
        snapshot = built.snapshot
        joint = reference.points([paper.text for paper in papers], snapshot.vectors(np.arange(80)), 0.7)
        cosines = (joint @ joint.T)[np.triu_indices(80, 1)]
        assert background_similarity(snapshot, 0.7) == pytest.approx(cosines.mean(), abs=1e-5)
    with Corpus.build(papers[:49], tmp_path / "small", encoder=FakeEncoder()) as built:
        assert background_similarity(built.snapshot, 0.7) is None


@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
def test_without_diversity_scores_never_rise_within_an_interest(library, mixed, strategy):
    recs = Recommender(library, strategy=strategy).recommend(mixed, k=60, diversity=0)
    assert len(recs) == 60
    names = {item.interest for item in recs}
    assert len(names) == (2 if strategy == "interests" else 1)
    under = recs.reasons.answer.ranked.under
    for pool in np.unique(under):
        assert np.all(np.diff(recs.scores[under == pool]) <= 0)


def test_one_interest_has_no_name_and_all_places(library, ids):
    recs = Recommender(library).more_like(*ids[0:20:4])
    assert {item.interest for item in recs} == {""}
    (one,) = recs.interests
    assert (one.name, one.share, one.quota, one.outcome, one.starved) == ("all", 1, 10, 10, False)


def test_one_title_comes_once_even_for_two_interests(tmp_path):
    """Two papers of one name, each near another interest."""
    papers = make_papers(80)
    words = {paper.categories[0]: paper.abstract for paper in papers[:4]}
    papers += [
        Paper(id="a", title="Editorial", abstract=words["cs.CV"]),
        Paper(id="b", title="editorial!", abstract=words["q-bio.BM"]),
    ]
    with Corpus.build(papers, tmp_path / "corpus", encoder=FakeEncoder()) as corpus:
        liked = [paper.id for paper in papers[:20] if paper.categories[0] in ("cs.CV", "q-bio.BM")]
        recs = Recommender(corpus).recommend(Profile(liked=liked), k=1000, diversity=0)
        assert len(recs.interests) == 2
        assert len({"a", "b"} & set(recs.ids)) == 1
        assert len(recs) == 81 - len(liked)


# Near-duplicates


NAMES = (
    "Grasping of things by a robot",
    "How arms with fingers grasp",
    "Hold it while you can, a controller",
    "Of hands and claws",
    "A firm grip",
    "What fingers do",
)
PARTS = tuple(f"Grasping, part {number}" for number in range(6))


@pytest.mark.parametrize("titles", [NAMES, PARTS], ids=["one paper", "a series"])
def test_near_duplicates_of_a_list_collapse_to_the_better_one(tmp_path, titles):
    """What is one paper is told by texts: the parts of a series have vectors as near as those of versions."""
    text = "robot arm grasp motion torque controller planning trajectory gripper"
    near = [
        Paper(
            id=f"t{n}", title=title, abstract=f"{text} " * 8 + f"number{n} other{n} words{n} and{n} more{n}."
        )
        for n, title in enumerate(titles)
    ]
    with Corpus.build([*make_papers(40), *near], tmp_path / "corpus", encoder=FakeEncoder()) as corpus:
        vectors = corpus.snapshot.vectors(np.arange(40, 46))
        assert (vectors @ vectors.T).min() > 0.97
        ids = [one.id for one in near]
        every = System(corpus).rank(Profile(interests=[text]), candidates=ids, rerank_depth=1)
        for diversity in (0, 0.5):
            recs = Recommender(corpus).search(text, k=20, diversity=diversity)
            assert set(ids) & set(recs.ids) == ({every[0][0]} if titles is NAMES else set(ids))
        assert len(recs) == 20


# Shares


@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
@pytest.mark.parametrize("disliked", [[], [2, 1]])
@pytest.mark.parametrize("liked", [[0], [0, 4, 8, 12, 3, 7]])
def test_the_contributions_of_each_paper_sum_to_its_score(library, ids, strategy, liked, disliked):
    profile = Profile(liked=[ids[n] for n in liked], disliked=[ids[n] for n in disliked])
    recs = Recommender(library, strategy=strategy).recommend(profile, k=12, diversity=0.3)
    assert len(recs) == 12
    for item in recs:
        explanation = item.explanation
        parts = {seed.id or seed.title: seed.contribution for seed in explanation.contributions}
        assert math.fsum(parts.values()) == pytest.approx(item.score, abs=1e-5)
        assert explanation.score == item.score
        beside = {"linear": {"the rest of the corpus"}}.get(strategy, set())
        if strategy in ("hybrid", "interests"):
            beside = {SAME_YEARS} & set(parts)
        assert set(parts) - {*profile.liked, *profile.disliked} == beside
        assert explanation.interest == (item.interest or None)
        assert item.to_dict()["contributions"] == {name: part for name, part in parts.items() if part}
        near = explanation.nearest_dislike
        assert (near is None) == (not disliked)
        assert near is None or near.id in profile.disliked


def test_an_explanation_names_terms_that_both_papers_have(library, ids):
    seed = count_terms([library[ids[2]].text]).numbers
    for item in Recommender(library).more_like(ids[2]):
        terms, sentence = item.explanation.terms, item.explanation.sentence
        assert terms
        assert all(np.isin(count_terms([term]).numbers, seed).any() for term in terms)
        assert all(term.lower() in " ".join(item.paper.text.lower().split()) for term in terms)
        assert sentence
        assert sentence in item.paper.abstract


# Counterfactuals


@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
@pytest.mark.parametrize("several", [False, True])
def test_without_a_seed_a_paper_has_the_rank_of_a_fresh_ranking(library, ids, mixed, strategy, several):
    liked = list(mixed.liked) if several else ids[0:20:4]
    rec, system = Recommender(library, strategy=strategy), System(library, strategy, 0)
    recs = rec.recommend(Profile(liked=liked, disliked=[ids[1]]), k=6, diversity=0.2)
    rows = recs.reasons.answer.rows
    among = [paper.id for paper in library.snapshot.papers(rows.tolist())]

    def places(name, kept):
        """Those that it may have beside papers of its score."""
        left = [one for one in liked if one not in kept]
        fresh = dict(system.rank(Profile(kept, [ids[1]], left), candidates=among, rerank_depth=1))
        assert set(fresh) == set(among)
        above, equal = fresh[name] + 2e-6, fresh[name] - 2e-6  # the same numbers, summed in another order
        first = 1 + sum(score > above for score in fresh.values())
        return range(first, sum(score >= equal for score in fresh.values()) + 1)

    for item in recs[:2]:
        explanation = item.explain(counterfactuals=3)
        assert explanation.rank in places(item.paper.id, liked)
        assert len(explanation.counterfactuals) == 3
        ranks = [seed.rank for seed in explanation.counterfactuals]
        for seed, rank in zip(explanation.counterfactuals, ranks, strict=True):
            assert rank in places(item.paper.id, [one for one in liked if one != seed.id])
        largest = [seed.id for seed in explanation.contributions if seed.id in liked][:3]
        assert [seed.id for seed in explanation.counterfactuals] == largest


def test_one_seed_alone_cannot_be_left_out(library, ids):
    assert Recommender(library).more_like(ids[0])[0].explain(counterfactuals=3).counterfactuals == ()


# Confidence


def test_least_confidence_shortens_the_list_and_keeps_the_order(library, ids):
    rec = Recommender(library)
    every = rec.more_like(*ids[0:40:4], k=150, diversity=0)
    sure = np.array([item.confidence for item in every])
    assert np.all((sure >= 0) & (sure <= 1))
    assert np.all(np.diff(sure) <= 0), "a higher score is never less sure"
    bound = float(np.median(sure))
    some = rec.more_like(*ids[0:40:4], k=150, diversity=0, min_confidence=bound)
    assert some.ids == [item.paper.id for item in every if item.confidence >= bound]
    assert 0 < len(some) < len(every)
    assert [item.confidence for item in some] == sure[: len(some)].tolist()


@pytest.mark.parametrize("bound", [-0.1, 1.1, float("nan"), "0.5", None])
def test_a_bad_least_confidence_is_refused_by_name(library, ids, bound):
    with pytest.raises(ParameterError, match=r"min_confidence is .*; it must be between 0 and 1"):
        Recommender(library).more_like(ids[0], min_confidence=bound)


# All of some papers


@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
def test_all_papers_named_are_ranked(library, ids, mixed, strategy):
    rec, system = Recommender(library, strategy=strategy), System(library, strategy, 0)
    among = [*ids[40:140], ids[40], "nonsense", mixed.liked[0]]
    found = system.rank(mixed, candidates=among)
    assert sorted(name for name, _ in found) == sorted(ids[40:140])
    tail = [score for _, score in found[20:]]
    assert tail == sorted(tail, reverse=True)
    listed = system.rank(mixed, candidates=among, rerank_depth=1)
    assert dict(listed) == dict(found)
    assert system.rank(mixed, candidates=[]) == []
    assert len(system.rank(mixed, k=50)) == 50
    listed = system.rank(mixed, k=50, rerank_depth=10)
    assert [name for name, _ in listed[:10]] == rec.recommend(mixed, k=10, diversity=0).ids


# What diversity cost


@pytest.mark.parametrize("k", [3, 10, 20, 40])
@pytest.mark.parametrize("reader", list(read_profiles(PROFILES)), ids=lambda reader: reader.name)
def test_the_cost_is_held_against_the_list_at_diversity_0_for_every_reader(sample, reader, k):
    rec = Recommender(sample)
    plain = rec.recommend(reader, k=k, diversity=0)
    assert plain.diversity_report.relevance_lost == plain.diversity_report.distance_gained == 0
    assert not any(item.displaced for item in plain)
    for diversity in (0.3, 0.8):
        varied = rec.recommend(reader, k=k, diversity=diversity)
        assert varied.diversity_report.relevance == pytest.approx(varied.scores.mean(), abs=1e-6)
        assert varied.diversity_report.plain_relevance == pytest.approx(plain.scores.mean(), abs=1e-6)
        assert varied.diversity_report.plain_distance == pytest.approx(
            plain.diversity_report.distance, abs=1e-9
        )
        came_in, dropped = set(varied.ids) - set(plain.ids), set(plain.ids) - set(varied.ids)
        assert {item.paper.id for item in varied if item.displaced} == came_in
        assert {item.displaced.paper.id for item in varied if item.displaced} == dropped


def test_the_diversity_report_compares_the_list_with_the_best_by_score(library, ids):
    rec = Recommender(library)
    plain, varied = (rec.more_like(*ids[0:20:4], diversity=d) for d in (0, 0.8))
    assert plain.diversity_report.displacements == ()
    assert plain.diversity_report.relevance == plain.diversity_report.plain_relevance
    report = varied.diversity_report
    assert report.relevance == pytest.approx(varied.scores.mean(), abs=1e-6)
    assert report.plain_relevance == pytest.approx(plain.scores.mean(), abs=1e-6)
    rows = library.snapshot.rows()
    vectors = dict(zip(ids, library.snapshot.vectors(rows).astype(float), strict=True))
    found = np.stack([vectors[name] for name in varied.ids])
    pairs = (found @ found.T)[np.triu_indices(10, 1)]
    assert report.distance == pytest.approx(1 - pairs.mean(), abs=1e-6)
    new = set(varied.ids) - set(plain.ids)
    assert {item.paper.id for item in varied if item.displaced} == new
    instead = {item.displaced.paper.id for item in varied if item.displaced}
    assert instead == set(plain.ids) - set(varied.ids)
    for item in varied:
        if item.displaced:
            dropped = item.displaced
            cosines = {name: float(vectors[dropped.paper.id] @ vectors[name]) for name in varied.ids}
            assert dropped.cosine == pytest.approx(max(cosines.values()), abs=1e-5)
            assert dropped.too_like.id in varied.ids


# Very many papers, and old corpora


def test_of_600_liked_papers_some_stand_for_all_and_it_is_said(tmp_path):
    papers = make_papers(700)
    with Corpus.build(papers, tmp_path / "corpus", encoder=FakeEncoder()) as corpus:
        liked = [paper.id for paper in papers[:600]]
        recs = Recommender(corpus).recommend(Profile(liked=liked), k=100)
        assert recs.problems == (
            f"600 liked papers: {MOST_SEEDS} of them, drawn evenly, stand for all; none is shown again",
        )
        seeds = [seed for seed in recs[0].explanation.contributions if seed.id]
        assert len(seeds) == MOST_SEEDS == 500
        assert sorted(recs.ids) == sorted(paper.id for paper in papers[600:])
        assert Recommender(corpus).recommend(Profile(liked=liked[:500]), k=1).problems == ()


def test_a_corpus_without_terms_answers_with_the_dense_arm_alone(tmp_path):
    papers = make_papers(60)
    Corpus.build(papers, tmp_path / "old", encoder=FakeEncoder(), precision="float32").close()
    connection = sqlite3.connect(tmp_path / "old" / "corpus.sqlite")
    connection.executescript("DROP TABLE terms; DROP TABLE term_statistics; PRAGMA user_version = 2")
    connection.close()
    with Corpus.open(tmp_path / "old") as corpus:
        recs = Recommender(corpus).more_like(papers[2].id, k=12, diversity=0, same_years=False)
        vectors = FakeEncoder().encode([paper.text for paper in papers]).astype(float)
        cosines = vectors @ vectors[2]
        order = [place for place in np.argsort(-cosines) if place != 2][:12]
        assert recs.ids == [papers[place].id for place in order]
        np.testing.assert_allclose(recs.scores, cosines[order], atol=1e-6)
        assert recs[0].explanation.terms == ()
        two = Recommender(corpus).more_like(*(papers[n].id for n in (0, 4, 8, 3, 7)), k=10)
        assert [one.quota == one.outcome > 0 for one in two.interests] == [True, True]
        assert sum(one.quota for one in two.interests) == 10

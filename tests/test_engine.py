"""The one path from a reader to a list, against brute force over the whole corpus."""

import bisect
import calendar
import dataclasses
import datetime
import itertools
import subprocess
import sys

import numpy as np
import pytest
from conftest import FakeEncoder, make_papers
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reference import LEXICAL, collapsed, covered, letters, points, scores, twins

from recommender import Corpus, Paper, Profile, Recommender
from recommender.diversity import RERANKS
from recommender.errors import ParameterError, ProfileError, UnknownPaper
from recommender.profiles import read_profiles
from recommender.sample import PROFILES
from recommender.scoring import STRATEGIES

ALL = 10_000
SIZE = 158
DATES = ["", "2016", "2018-02", "2018-02-28", "2020-12-31", "2021-01-01"]
CATEGORIES = [(), ("cs",), ("csx.Y",), ("cs.CL", "q-bio.BM"), ("math.GT",), ("math-ph",)]


def odd_papers():
    """Papers with partial dates, and with categories of more or less than one word."""
    for number, (date, categories) in enumerate(itertools.product(DATES, CATEGORIES)):
        yield Paper(
            id=f"odd-{number}",
            title=f"Oddity {number} about robot language vision",
            abstract=f"odd{number} peculiar{number} strange{number}",
            published=date,
            categories=categories,
        )


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """120 papers on four topics, 36 odd ones, and other versions of papers 0 and 5."""
    papers = [*make_papers(120), *odd_papers()]
    # Versions, but not so surely one paper that their records are merged.
    others = {"authors": ("Somebody Else",), "url": ""}
    same_title = dataclasses.replace(
        papers[0],
        id="10.1234/version",
        title=papers[0].title.upper() + "!",
        abstract="rewritten altogether",
        **others,
    )
    title = " ".join(reversed(papers[5].title.split()))
    same_text = dataclasses.replace(papers[5], id="copy", title=title, **others)
    papers += [same_title, same_text]
    with Corpus.build(papers, tmp_path_factory.mktemp("library") / "corpus", encoder=FakeEncoder()) as built:
        assert len(built) == SIZE
        yield built


@pytest.fixture(scope="module")
def rec(library):
    return Recommender(library)


@pytest.fixture(scope="module")
def papers(library):
    return list(library)


@pytest.fixture(scope="module")
def vectors(library):
    return library.snapshot.vectors(np.arange(len(library)))


@pytest.fixture(scope="module")
def place_of(papers):
    return {paper.id: place for place, paper in enumerate(papers)}


@pytest.fixture(scope="module")
def joint(papers, vectors):
    """By the lexical weight, one vector a paper: its inner products are the scorers' cosines."""
    texts = [paper.text for paper in papers]
    return {weight: points(texts, vectors, weight) for weight in set(LEXICAL.values())}


@pytest.fixture(scope="module")
def twin(papers):
    return twins(papers)


def may_be_shown(papers, known, keep=lambda paper: True):
    """Places of the papers that are neither known nor a version of a known one, paper by paper."""
    one = twins(papers)[:, sorted(known)].any(axis=1)
    return [place for place, paper in enumerate(papers) if keep(paper) and not one[place]]


def ids_of(papers, places):
    return [papers[place].id for place in places]


# One path


@pytest.mark.parametrize(
    "options", [{}, {"k": 3, "diversity": 0}, {"k": 25, "diversity": 0.9, "since": "2018"}]
)
@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
@pytest.mark.parametrize("rerank", sorted(RERANKS))
def test_like_recommend_and_many_are_one_answer(library, papers, strategy, rerank, options):
    rec = Recommender(library, strategy=strategy, rerank=rerank)
    seeds = [papers[place].id for place in (3, 4, 40)]
    profiles = [Profile(liked=[seed]) for seed in seeds]
    many = list(rec.recommend_many(iter(profiles), **options))
    assert len(many) == 3
    for seed, profile, answer in zip(seeds, profiles, many, strict=True):
        assert rec.more_like(seed, **options) == answer
        assert rec.recommend(profile, **options) == answer
    assert rec.more_like(*seeds, **options) == rec.recommend(Profile(liked=seeds), **options)


def test_search_is_recommend_for_a_reader_with_that_interest(rec):
    assert rec.search("robot arm") == rec.recommend(Profile(interests="robot arm"))


def test_many_answers_come_one_at_a_time(rec, papers):
    def profiles():
        yield Profile(liked=[papers[0].id])
        raise AssertionError("nobody asked for the second answer")

    assert len(next(rec.recommend_many(profiles()))) == 10


def test_same_inputs_give_the_same_answer(library, papers):
    profile = Profile(liked=[papers[3].id, papers[40].id], disliked=[papers[7].id], seen=[papers[11].id])
    first = Recommender(library).recommend(profile, k=30, diversity=0.4)
    with Corpus.open(library.path) as reopened:
        second = Recommender(reopened).recommend(profile, k=30, diversity=0.4)
    assert first == second
    assert first.scores.tobytes() == second.scores.tobytes()


@pytest.mark.parametrize(
    "spelling", ["arXiv:{}", "{}v3", "https://arxiv.org/abs/{}", "https://arxiv.org/pdf/{}v2.pdf"]
)
def test_a_paper_is_named_in_any_spelling(rec, papers, spelling):
    paper = papers[9]
    assert rec.more_like(spelling.format(paper.id)) == rec.more_like(paper.id)
    assert rec.more_like(f" {paper.title.lower()}. ") == rec.more_like(paper.id)
    assert rec.more_like(paper.id, paper.title, spelling.format(paper.id)) == rec.more_like(paper.id)


# The scores


@pytest.mark.parametrize("place", [0, 5, 17, 100, 119, 130])
@pytest.mark.parametrize("strategy", sorted(set(STRATEGIES) - {"linear"}))
def test_without_diversity_one_seed_gives_the_order_of_all_cosines(
    library, papers, vectors, joint, twin, place_of, place, strategy
):
    shown = may_be_shown(papers, {place})
    cosines = joint[LEXICAL[strategy]] @ joint[LEXICAL[strategy]][place]
    expected = collapsed(sorted(shown, key=lambda other: -cosines[other]), twin)
    for k in (1, 10, ALL):
        found = Recommender(library, strategy=strategy).more_like(
            papers[place].id, k=k, diversity=0, same_years=False
        )
        # Papers 5 and "copy" differ by rounding alone, so the order is checked by the cosines.
        assert twin[place_of[found.ids[0]], expected[0]]
        np.testing.assert_allclose(found.scores, cosines[expected[:k]], atol=2e-6)
        np.testing.assert_allclose([cosines[place_of[one]] for one in found.ids], found.scores, atol=2e-6)
        assert [one.closest for one in found] == [papers[place].id] * len(found)
        np.testing.assert_allclose([one.closest_cosine for one in found], found.scores, atol=2e-6)
    assert len(found) == len(expected)


places = st.lists(st.integers(0, SIZE - 1), min_size=1, max_size=9, unique=True)
cuts = st.tuples(st.integers(0, 3), st.integers(0, 3))


def profile_of(papers, chosen, cuts):
    """The chosen papers as liked (at least one), disliked and seen."""
    disliked, seen = cuts
    disliked, seen = chosen[1 : 1 + disliked], chosen[1 + disliked : 1 + disliked + seen]
    liked = [place for place in chosen if place not in (*disliked, *seen)]
    names = [ids_of(papers, part) for part in (liked, disliked, seen)]
    return Profile(*names), liked, disliked, seen


@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
@settings(max_examples=25, deadline=None)
@given(chosen=places, cuts=cuts, k=st.integers(1, 20), diversity=st.floats(0, 1))
def test_known_papers_and_their_versions_never_come_back(
    library, papers, vectors, joint, twin, place_of, strategy, chosen, cuts, k, diversity
):
    profile, liked, disliked, seen = profile_of(papers, chosen, cuts)
    recs = Recommender(library, strategy=strategy).recommend(
        profile, k=k, diversity=diversity, same_years=False
    )
    shown = may_be_shown(papers, set(chosen))
    assert len(set(recs.ids)) == len(recs) == min(k, len(collapsed(shown, twin)))
    assert set(recs.ids) <= set(ids_of(papers, shown))
    assert [one.rank for one in recs] == list(range(1, len(recs) + 1))
    # No paper comes twice, the scores are the strategy's, and each paper is explained by the seed it is
    # truly closest to.
    found = [place_of[one] for one in recs.ids]
    assert collapsed(found, twin) == found
    space = joint[LEXICAL[strategy]]
    dates = [papers[place].published for place in liked]
    expected = scores(strategy, space, found, liked, disliked, seen=seen, dates=dates)
    nearest = np.abs(expected - recs.scores).min(axis=0)  # under the interest it was chosen for
    np.testing.assert_allclose(nearest, 0, atol=3e-3 if strategy == "linear" else 3e-6)
    for place, one in zip(found, recs, strict=True):
        cosines = {papers[seed].id: float(space[place] @ space[seed]) for seed in liked}
        assert cosines[one.closest] > max(cosines.values()) - 2e-6
        assert abs(one.closest_cosine - cosines[one.closest]) < 2e-6
        assert one.closest_title == papers[place_of[one.closest]].title
        assert one.paper == papers[place]


@pytest.mark.parametrize("strategy", sorted(set(STRATEGIES) - {"interests"}))
@settings(max_examples=20, deadline=None)
@given(chosen=places, cuts=cuts)
def test_the_whole_list_is_ordered_as_brute_force_orders_it(
    library, papers, vectors, joint, twin, strategy, chosen, cuts
):
    profile, liked, disliked, seen = profile_of(papers, chosen, cuts)
    recs = Recommender(library, strategy=strategy).recommend(profile, k=ALL, diversity=0, same_years=False)
    shown = may_be_shown(papers, set(chosen))
    dates = [papers[place].published for place in liked]
    (found,) = scores(strategy, joint[LEXICAL[strategy]], shown, liked, disliked, seen=seen, dates=dates)
    order = np.argsort(-found, kind="stable")
    kept = collapsed([shown[place] for place in order], twin)
    expected = [found[shown.index(place)] for place in kept]
    np.testing.assert_allclose(recs.scores, expected, atol=3e-3 if strategy == "linear" else 3e-6)
    assert np.all(np.diff(recs.scores) <= 0)
    assert set(recs.ids) <= set(ids_of(papers, shown))


def longest_rise(scores):
    """How many scores of the longest part that rises, not each behind the other (Schensted, 1961)."""
    ends = []
    for score in scores:
        place = bisect.bisect_left(ends, score)
        ends[place : place + 1] = [score]
    return len(ends)


@settings(max_examples=20, deadline=None)
@example(chosen=[0, 1, 2], cuts=(1, 0))
@given(chosen=places, cuts=cuts)
def test_the_whole_list_of_all_interests_leaves_nothing_out(
    library, papers, vectors, twin, place_of, chosen, cuts
):
    profile, *_ = profile_of(papers, chosen, cuts)
    recs = Recommender(library).recommend(profile, k=ALL, diversity=0, same_years=False)
    shown = may_be_shown(papers, set(chosen))
    found = [place_of[one] for one in recs.ids]
    assert collapsed(found, twin) == found
    assert set(found) <= set(shown)
    assert all(twin[place, found].any() for place in shown)
    # Until the first interest has no papers of its own left the scores of each never rise. Then the best that
    # is left for any comes in its turns: the scores of an interest are two falling sequences, one among the
    # other, in which no three rise.
    dry = min((int(one.outcome / one.share) for one in recs.interests), default=len(recs))
    under = recs.reasons.answer.ranked.under
    for pool in set(under.tolist()):
        mine = [item for item, of in zip(recs, under.tolist(), strict=True) if of == pool]
        head = [item.score for item in mine if item.rank <= dry - len(recs.interests)]
        assert np.all(np.diff(head) <= 0)
        assert longest_rise([item.score for item in mine]) <= (2 if recs.interests else 1)
    assert sum(one.outcome for one in recs.interests) <= len(recs)


def test_a_dislike_pushes_its_neighbours_down(library, papers):
    ranks = []
    for disliked in ([], [papers[5].id]):  # papers 1, 5, 9 ... are of one topic, papers 3, 7, 11 of another
        profile = Profile(liked=[papers[1].id, papers[3].id], disliked=disliked)
        ids = Recommender(library, strategy="hybrid").recommend(profile, k=ALL, diversity=0).ids
        topics = [[paper.id for paper in papers[first:120:4] if paper.id in ids] for first in (1, 3)]
        ranks.append([np.mean([ids.index(one) for one in topic if one != papers[5].id]) for topic in topics])
    (same_before, other_before), (same_after, other_after) = ranks
    assert same_after > same_before + 5
    assert other_after < other_before


def test_diversity_spreads_the_list(library, papers, vectors, place_of):
    spreads = []
    for diversity in (0, 0.5, 1):
        found = Recommender(library).more_like(papers[1].id, papers[2].id, diversity=diversity).ids
        rows = [place_of[one] for one in found]
        spreads.append(1 - (vectors[rows] @ vectors[rows].T)[np.triu_indices(10, 1)].mean())
    assert spreads[0] < spreads[1] < spreads[2]


def test_the_pool_of_a_rerank_is_more_than_the_list(library, papers):
    """Diversity must be able to bring in a paper that would not be in the list without it."""
    rec = Recommender(library)
    plain, varied = (set(rec.more_like(papers[1].id, diversity=d).ids) for d in (0, 0.8))
    assert varied - plain


# Interests


def test_an_exact_title_finds_its_paper(rec, papers):
    for paper in papers[:20]:
        found = rec.search(paper.title, k=5)
        # Said to be that paper, where its title tells it; else it is in the list.
        titles = [one.paper.title for one in found] if found.found is None else [found.found.title]
        assert letters(paper.title) in map(letters, titles)


def cosines_with(papers, vectors, texts):
    """What the default strategy has for the cosines of all papers to texts, shape (papers, texts)."""
    dense = vectors.astype(float) @ FakeEncoder().encode(list(texts)).astype(float).T
    return 0.3 * dense + 0.7 * np.stack([covered(papers, text) for text in texts], axis=1)


def test_an_interest_is_searched_as_its_vector(rec, papers, vectors, twin, place_of):
    cosines = cosines_with(papers, vectors, ["grasp motion torque"])[:, 0]
    recs = rec.search("grasp motion torque", k=12, diversity=0)
    expected = collapsed(np.argsort(-cosines, kind="stable").tolist(), twin)[:12]
    np.testing.assert_allclose(recs.scores, cosines[expected], atol=2e-6)
    np.testing.assert_allclose(cosines[[place_of[one] for one in recs.ids]], recs.scores, atol=2e-6)
    assert all((one.closest, one.closest_title) == ("grasp motion torque", "") for one in recs)


def test_interests_and_papers_are_liked_alike_and_the_closest_is_named(rec, papers):
    profile = Profile(liked=[papers[0].id], interests=["protein enzyme binding folding"])  # vision, biology
    recs = rec.recommend(profile, k=60, diversity=0)
    named = {
        category: [one for one in recs if one.paper.categories == (category,)]
        for category in ("cs.CV", "q-bio.BM")
    }
    assert len(named["cs.CV"]) > 5
    assert len(named["q-bio.BM"]) > 5
    assert {one.closest for one in named["cs.CV"]} == {papers[0].id}
    assert {one.closest_title for one in named["cs.CV"]} == {papers[0].title}
    assert {one.closest for one in named["q-bio.BM"]} == {"protein enzyme binding folding"}


def test_each_of_several_interests_speaks_for_itself(rec, papers, vectors, place_of):
    interests = ["robot arm grasp motion", "protein enzyme binding folding"]
    recs = rec.recommend(Profile(interests=interests), k=40, diversity=0)
    cosines = cosines_with(papers, vectors, interests)[[place_of[one] for one in recs.ids]]
    np.testing.assert_allclose(np.abs(cosines.T - recs.scores).min(axis=0), 0, atol=2e-6)
    assert [one.closest for one in recs] == [interests[place] for place in cosines.argmax(axis=1)]
    assert [(one.quota, one.outcome, one.starved) for one in recs.interests] == [(20, 20, False)] * 2
    assert sorted(one.name for one in recs.interests) == sorted(interests)
    assert {one.interest for one in recs} == set(interests)


@pytest.mark.parametrize("text", ["", " ", "?!", "🎉"])
def test_a_search_needs_a_word(rec, text):
    found = rec.search(text)
    assert (found.ids, found.found) == ([], None)
    assert "says nothing of a subject" in found.warnings[0]


def test_a_stored_paper_needs_no_encoder(tmp_path, fake_by_name):
    with Corpus.build(make_papers(30), tmp_path / "corpus", encoder=fake_by_name) as built:
        first = next(iter(built)).id
    fake_by_name.encoded.clear()
    with Corpus.open(tmp_path / "corpus") as opened:
        Recommender(opened).more_like(first)
        assert fake_by_name.encoded == []
        Recommender(opened).search("robot")
        assert fake_by_name.encoded == ["robot"]


# Versions


def many_versions(kind):
    """One paper, 150 other versions of it, and 30 others that are further away."""
    words = "robot arm grasp motion torque controller".split()
    base = Paper(id="base", title=" ".join(words), abstract="one text")
    if kind == "same text":  # the encoder does not see the order of words, the title's fingerprint does
        orders = itertools.islice(itertools.permutations(words), 1, 151)
        versions = [
            Paper(id=f"v{n}", title=" ".join(order), abstract="one text") for n, order in enumerate(orders)
        ]
    else:
        versions = [
            Paper(
                id=f"v{n}", title=base.title.title() + "." * n, abstract=f"one text and {'more ' * (n % 7)}"
            )
            for n in range(150)
        ]
    return base, versions, make_papers(30)


@pytest.mark.parametrize("kind", ["same text", "same title"])
@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
def test_more_versions_than_the_pool_holds_do_not_come_back(tmp_path, kind, strategy):
    base, versions, others = many_versions(kind)
    with Corpus.build([base, *versions, *others], tmp_path / "corpus", encoder=FakeEncoder()) as corpus:
        rec = Recommender(corpus, strategy=strategy)
        for name in ("base", "v7"):
            recs = rec.more_like(name, k=20)
            assert len(recs) == 20
            assert set(recs.ids) <= {paper.id for paper in others}
        known = Profile(liked=[others[2].id], disliked=["base"]), Profile(liked=[others[2].id], seen=["v149"])
        for profile in known:
            recs = rec.recommend(profile, k=ALL)
            assert sorted(recs.ids) == sorted(paper.id for paper in others if paper.id != others[2].id)


@pytest.mark.parametrize("kind", ["same text", "same title"])
def test_of_all_versions_one_is_shown(tmp_path, kind):
    base, versions, others = many_versions(kind)
    with Corpus.build([base, *versions, *others], tmp_path / "corpus", encoder=FakeEncoder()) as corpus:
        recs = Recommender(corpus).search(base.title, k=150, diversity=0)
        # Of one paper with this title it is said that it is that paper; of several one is in the list.
        ids = [recs.found.id, *recs.ids] if recs.found is not None else recs.ids
        assert len(ids) == 1 + len(others)
        assert len(set(ids) - {paper.id for paper in others}) == 1
        assert ids[0] not in {paper.id for paper in others}


# Options


@pytest.mark.parametrize("k", [0, -1, 2.5, 10.0, True, "3", None, float("nan")])
def test_a_bad_k_is_refused_by_name(rec, papers, k):
    with pytest.raises(ParameterError, match="ask for at least 1 paper") as caught:
        rec.more_like(papers[0].id, k=k)
    assert repr(k) in str(caught.value)


@pytest.mark.parametrize("diversity", [7, -0.01, 1.0001, float("nan"), float("inf"), "0.3", None])
def test_a_bad_diversity_is_refused_by_name(rec, papers, diversity):
    with pytest.raises(ParameterError, match="it must be between 0 and 1") as caught:
        rec.more_like(papers[0].id, diversity=diversity)
    assert repr(diversity) in str(caught.value)


def test_numbers_of_numpy_are_numbers(rec, papers):
    recs = rec.more_like(papers[0].id, k=np.int64(4), diversity=np.float32(0.25))
    assert recs == rec.more_like(papers[0].id, k=4, diversity=0.25)


def test_what_is_no_corpus_is_refused(corpus):
    for wrong in ("a folder", Recommender(corpus), None):
        with pytest.raises(ParameterError, match=f"a {type(wrong).__name__} is no corpus; give one of"):
            Recommender(wrong)


@pytest.mark.parametrize("kind", ["strategy", "rerank"])
def test_an_unknown_strategy_is_refused_with_the_known_ones(library, kind):
    with pytest.raises(ParameterError, match=f"'psychic' is no {kind}; known: .*(nearest|mmr)"):
        Recommender(library, **{kind: "psychic"})


@pytest.mark.parametrize("k", [SIZE - 1, SIZE, 10**6, 2**31 - 1])
def test_more_than_there_is_gives_all_there_is(rec, papers, vectors, twin, place_of, k):
    shown = may_be_shown(papers, {place_of["odd-3"]})
    found = [place_of[one] for one in rec.more_like("odd-3", k=k).ids]
    assert len(found) == len(set(found)) == len(collapsed(shown, twin))
    assert set(found) <= set(shown)
    two = [place_of[one] for one in rec.more_like("odd-3", papers[1].id, k=k).ids]
    assert len(two) >= len(found) - 1


# Filters


def first_of(date):
    return f"{date}-01-01"[:10] if len(date) == 4 else f"{date}-01"[:10]


def last_of(date):
    if len(date) == 4:
        return f"{date}-12-31"
    return date if len(date) == 10 else f"{date}-{calendar.monthrange(*map(int, date.split('-')))[1]}"


def dated_between(paper, since, until):
    """By comparing dates as texts: `since` from its first day, `until` to its last."""
    if since is None and until is None:
        return True
    first = "0000" if since is None else first_of(since)
    last = "9999" if until is None else last_of(until)
    return paper.published != "" and first <= first_of(paper.published) <= last


def in_categories(paper, categories):
    return not categories or any(
        own == wanted or own.startswith(f"{wanted}.") for own in paper.categories for wanted in categories
    )


years = st.integers(2014, 2026).map(str)
months = st.builds("{}-{:02d}".format, years, st.integers(1, 12))
days = st.dates(datetime.date(2014, 1, 1), datetime.date(2025, 12, 31)).map(str)
dates = (
    st.none() | years | months | days | st.sampled_from(["2018-02", "2018-02-28", "2020-12-31", "2021-01-01"])
)
categories = st.lists(
    st.sampled_from(["cs", "cs.CL", "cs.RO", "csx", "csx.Y", "q-bio", "math", "math.GT"]), max_size=2
)


@settings(max_examples=120, deadline=None)
@given(chosen=places, since=dates, until=dates, wanted=categories, k=st.integers(1, 40))
def test_filters_leave_exactly_what_passes_them(
    library, papers, vectors, joint, twin, chosen, since, until, wanted, k
):
    options = {"since": since, "until": until, "categories": wanted, "diversity": 0, "same_years": False}
    rec, profile = Recommender(library), Profile(liked=ids_of(papers, chosen))
    if since and until and first_of(since) > last_of(until):
        with pytest.raises(ParameterError, match="is after until"):
            rec.recommend(profile, k=k, **options)
        return
    recs = rec.recommend(profile, k=k, **options)
    shown = may_be_shown(
        papers,
        set(chosen),
        lambda paper: dated_between(paper, since, until) and in_categories(paper, wanted),
    )
    assert len(recs) == min(k, len(collapsed(shown, twin)))
    assert set(recs.ids) <= set(ids_of(papers, shown))
    # The filter acts inside the search: what is left out makes room for the best of the rest.
    (found,) = scores("hybrid", joint[0.7], shown, chosen, [])
    best = collapsed([shown[place] for place in np.argsort(-found, kind="stable")], twin)[:k]
    plain = Recommender(library, strategy="hybrid").recommend(profile, k=k, **options)
    np.testing.assert_allclose(plain.scores, [found[shown.index(place)] for place in best], atol=3e-6)


@pytest.mark.parametrize(
    ("since", "until"),
    [("2018", "2018"), ("2018-02", "2018-02"), ("2018-02-28", "2018-02-28"), ("2016", "2016-01-01")],
)
def test_both_ends_of_a_range_are_in_it(rec, papers, since, until):
    ids = rec.search("oddity", k=ALL, since=since, until=until).ids
    expected = [paper.id for paper in papers if dated_between(paper, since, until)]
    assert expected
    assert sorted(ids) == sorted(expected)


def test_a_date_can_be_a_date(rec, papers):
    days = {"since": datetime.date(2018, 2, 1), "until": datetime.datetime(2020, 12, 31, 23)}
    written = {"since": "2018-02-01", "until": "2020-12-31"}
    assert rec.more_like(papers[0].id, **days) == rec.more_like(papers[0].id, **written)


def test_a_filter_that_leaves_nothing_is_an_empty_answer(rec, papers):
    recs = rec.more_like(papers[0].id, since="2090")
    assert recs.ids == []
    assert str(recs) == "nothing to recommend\n6 papers have no date and are left out"
    assert len(recs.to_frame()) == 0


def test_a_filter_can_leave_one_paper(library, papers, vectors):
    """At the lowest selectivity the answer is still found, however far it is from the seed."""
    wanted = [
        place
        for place, paper in enumerate(papers)
        if paper.published == "2018-02-28" and "csx.Y" in paper.categories
    ]
    recs = Recommender(library).more_like(
        papers[0].id, since="2018-02-28", until="2018-02-28", categories="csx.Y"
    )
    assert recs.ids == ids_of(papers, wanted)
    assert len(recs) == 1


@pytest.mark.parametrize("categories", ["astro-ph", ["cs.CL", "cs.XX"], [""], "c", "cs."])
def test_an_unknown_category_is_refused_with_the_frequent_ones(rec, papers, categories):
    with pytest.raises(ParameterError, match=r"no paper has the category .*; the most frequent are cs\.CL"):
        rec.more_like(papers[0].id, categories=categories)


@pytest.mark.parametrize(
    ("since", "until"), [("2024", "2023"), ("2024-02", "2024-01-31"), ("2024-01-02", "2024-01-01")]
)
def test_since_after_until_is_refused(rec, papers, since, until):
    with pytest.raises(ParameterError, match=f"since {since} is after until {until}"):
        rec.more_like(papers[0].id, since=since, until=until)


@pytest.mark.parametrize("field", ["since", "until"])
@pytest.mark.parametrize("date", ["soon", "2023-02-30", "2023-00", "", 2024.5])
def test_a_bad_date_is_refused(rec, papers, field, date):
    with pytest.raises(ParameterError, match="is not a date"):
        rec.more_like(papers[0].id, **{field: date})


# Profiles that cannot be served


def test_unknown_names_are_noted_and_the_rest_is_used(rec, papers):
    known, alone = papers[3].id, rec.more_like(papers[3].id)
    recs = rec.recommend(Profile(liked=["2399.99999", known], disliked=["No such title"], seen=["x", "y"]))
    assert recs.items == alone.items
    assert len(recs.problems) == 2, "what was seen elsewhere is not worth a note"
    assert recs.problems[0].startswith("no paper '2399.99999' in this corpus; nearest: ")
    assert recs.problems[1].startswith("no paper 'No such title' in this corpus; nearest: ")
    assert alone.problems == ()
    assert all(note in str(recs) for note in recs.problems)


def test_many_unknown_names_are_all_named(rec, papers):
    unknown = [f"unknown-{number}" for number in range(9)]
    notes = rec.recommend(Profile(liked=[*unknown, papers[3].id])).problems
    assert len(notes) == 4
    assert notes[-1] == "nor is any of these one paper of this corpus: " + ", ".join(unknown[3:])
    assert all(any(name in note for note in notes) for name in unknown)


def test_nothing_known_is_an_error_that_names_the_nearest(rec, papers):
    mistyped = papers[3].id[:-1] + "Z"
    with pytest.raises(UnknownPaper, match=f"no paper '{mistyped}' in this corpus; nearest: ") as caught:
        rec.more_like(mistyped, "other")
    assert papers[3].id[:-1] in str(caught.value)
    title = papers[3].title.replace("Study", "Stdy")
    with pytest.raises(UnknownPaper, match="nearest: ") as caught:
        rec.more_like(title)
    assert f"{papers[3].title!r} ({papers[3].id})" in str(caught.value)


def test_an_interest_is_enough_where_no_liked_paper_is_known(rec):
    recs = rec.recommend(Profile(liked=["unknown"], interests=["robot"]))
    assert recs.items == rec.search("robot").items
    assert len(recs.problems) == 1


def test_dislikes_alone_are_no_profile(rec, papers):
    with pytest.raises(ProfileError, match="likes no paper and names no interest"):
        rec.recommend(Profile(disliked=[papers[0].id]))
    with pytest.raises(ProfileError, match="likes no paper"):
        rec.more_like()


def test_one_paper_liked_by_id_and_disliked_by_title_is_a_contradiction(rec, papers):
    for liked, disliked in ((papers[3].id, papers[3].title), (papers[3].title, papers[3].url)):
        with pytest.raises(ProfileError, match="both likes and dislikes") as caught:
            rec.recommend(Profile(liked=[liked], disliked=[disliked]))
        assert repr(papers[3].title) in str(caught.value)


@pytest.mark.parametrize("text", ["\ud800", "a\x00b", "x" * 50_000, "'; DROP TABLE papers; --", "%", "🎉"])
def test_hostile_names_are_only_unknown(rec, text):
    with pytest.raises(UnknownPaper, match="no paper ") as caught:
        rec.more_like(text)
    assert len(str(caught.value)) < 1000


# A corpus that changes


def test_what_is_removed_is_not_recommended_and_what_is_added_is(tmp_path):
    with Corpus.build(make_papers(40), tmp_path / "corpus", encoder=FakeEncoder()) as corpus:
        rec = Recommender(corpus)
        before = rec.more_like("2101.00000", k=ALL)
        gone = before.ids[:3]
        corpus.remove(gone)
        after = rec.more_like("2101.00000", k=ALL, diversity=0)
        assert sorted(after.ids) == sorted(set(before.ids) - set(gone))
        like = corpus[after.ids[0]]
        fresh = f"{like.abstract.rsplit(' word', 3)[0]} anew"
        copy = dataclasses.replace(
            like, id="new", title="Fresh camera segmentation", abstract=fresh, url="", authors=()
        )
        corpus.add([copy])
        assert "new" in rec.more_like("2101.00000", k=5).ids
        with pytest.raises(UnknownPaper):
            rec.more_like(gone[0])


def test_an_empty_corpus_has_nothing_to_recommend(tmp_path):
    with Corpus.build(make_papers(5), tmp_path / "corpus", encoder=FakeEncoder()) as corpus:
        corpus.remove([paper.id for paper in corpus])
        assert Recommender(corpus).search("robot").ids == []
        with pytest.raises(UnknownPaper, match="the corpus is empty"):
            Recommender(corpus).more_like("2401.00001")
        with pytest.raises(UnknownPaper, match="was removed on"):
            Recommender(corpus).more_like("2101.00000")


def test_one_paper_alone_has_no_neighbours(tmp_path):
    with Corpus.build(make_papers(1), tmp_path / "corpus", encoder=FakeEncoder()) as corpus:
        assert Recommender(corpus).more_like("2101.00000").ids == []
        assert Recommender(corpus).search("camera").ids == ["2101.00000"]


# The embedded sample


@pytest.mark.parametrize("profile", list(read_profiles(PROFILES)), ids=lambda profile: profile.name)
def test_each_demo_reader_is_served(sample, profile):
    recs = Recommender(sample).recommend(profile)
    assert len(set(recs.ids)) == 10
    assert recs.problems == ()
    known = [sample[name] for name in (*profile.liked, *profile.disliked, *profile.seen)]
    assert not set(recs.ids) & {paper.id for paper in known}
    assert not {letters(one.paper.title) for one in recs} & {letters(paper.title) for paper in known}
    assert {one.closest for one in recs} <= {sample[name].id for name in profile.liked}


def test_a_stored_paper_loads_neither_torch_nor_pandas():
    program = (
        "import sys, recommender\n"
        "recs = recommender.Recommender(recommender.Corpus.sample()).more_like('2106.09685')\n"
        "assert len(recs) == 10\n"
        "heavy = {'torch', 'sentence_transformers', 'transformers', 'pandas', 'pyarrow', 'sklearn'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")


def test_papers_stand_for_their_ids(library, rec, papers):
    paper = papers[0]
    assert paper in library
    assert library[paper] == library[paper.id] == paper
    assert dataclasses.replace(paper, id="10.9999/nowhere") in library  # whose address is arXiv's
    assert dataclasses.replace(paper, id="10.9999/nowhere", url="") not in library
    assert rec.recommend(Profile(liked=[paper]), k=3).ids == rec.more_like(paper, k=3).ids
    for wrong in (5, None, 1.5):
        with pytest.raises(ParameterError, match="is no paper; give its id"):
            rec.more_like(wrong)

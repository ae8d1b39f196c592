"""Between two sets of papers, one but not the other, and beyond a library."""

import numpy as np
import pytest
import reference
from conftest import FakeEncoder, make_papers

from recommender import Corpus, Paper, Profile, Recommender
from recommender.errors import ProfileError, UnknownPaper

BRIDGE = Paper(
    id="bridge",
    title="Seeing robots",
    abstract="image vision camera pixel robot arm grasp motion segmentation",
)


@pytest.fixture(scope="module")
def papers():
    """Topics in turn: vision, language, robots, biology; and one paper on vision and robots."""
    return [*make_papers(120), BRIDGE]


@pytest.fixture(scope="module")
def corpus(papers, tmp_path_factory):
    with Corpus.build(papers, tmp_path_factory.mktemp("explore") / "c", encoder=FakeEncoder()) as built:
        yield built


@pytest.fixture(scope="module")
def joint(papers, corpus):
    return reference.points([p.text for p in papers], corpus.snapshot.vectors(np.arange(len(papers))), 0.7)


def ids_of(papers, places):
    return [papers[place].id for place in places]


def aim(joint, places):
    mean = joint[places].mean(axis=0)
    return mean / np.linalg.norm(mean)


def test_what_lies_between_has_the_highest_harmonic_mean(papers, corpus, joint):
    first, second = [0, 4, 8], [2]
    recs = Recommender(corpus).between(ids_of(papers, first), papers[2].id, k=5, diversity=0)
    near, far = joint @ aim(joint, first), joint @ aim(joint, second)
    means = 2 * near * far / (near + far)
    means[[*first, *second]] = -1
    order = np.argsort(-means, kind="stable")[:5]
    assert list(recs.ids) == ids_of(papers, order)
    assert recs.ids[0] == "bridge"
    np.testing.assert_allclose(recs.scores, means[order], atol=1e-5)


def test_shares_of_what_lies_between_come_from_both_sides(papers, corpus):
    recs = Recommender(corpus).between(ids_of(papers, [0, 4]), ids_of(papers, [2, 6]), k=4, diversity=0)
    for place, item in enumerate(recs):
        found = recs.reasons.explanation(place)
        assert sum(one.contribution for one in found.contributions) == pytest.approx(item.score, abs=1e-5)
        assert {one.id for one in found.contributions} == {papers[n].id for n in (0, 2, 4, 6)}


def test_either_side_may_be_said_first(papers, corpus):
    sides = ids_of(papers, [0, 4]), ids_of(papers, [2])
    ask = Recommender(corpus).between
    assert ask(*sides, k=8).ids == ask(*sides[::-1], k=8).ids


def test_one_but_not_the_other_moves_away(papers, corpus):
    first, second = ids_of(papers, [0, 4]), ids_of(papers, [2, 6])
    plain = list(Recommender(corpus).recommend(Profile(liked=first), k=60, diversity=0).ids)
    moved = list(Recommender(corpus).but_not(first, second, k=60, diversity=0).ids)
    assert "bridge" in plain
    assert "bridge" not in moved[: plain.index("bridge") + 1]
    assert {corpus[name].categories for name in moved[:10]} == {("cs.CV",)}


@pytest.mark.parametrize("ask", ["between", "but_not"])
def test_filters_and_known_papers_hold_here_too(papers, corpus, ask):
    first, second = ids_of(papers, [0, 4]), ids_of(papers, [2])
    recs = getattr(Recommender(corpus), ask)(first, second, k=10, categories="cs.RO", since="2016")
    assert len(recs) == 10
    assert not set(recs.ids) & {*first, *second}
    assert all(item.paper.categories == ("cs.RO",) and item.paper.published >= "2016" for item in recs)


@pytest.mark.parametrize("ask", ["between", "but_not"])
def test_unknown_ids_among_known_are_named(papers, corpus, ask):
    recs = getattr(Recommender(corpus), ask)([papers[0].id, "nowhere"], [papers[2].id], k=3)
    assert len(recs) == 3
    assert any("nowhere" in note for note in recs.problems)
    with pytest.raises(UnknownPaper, match="nowhere"):
        Recommender(corpus).between([papers[0].id], ["nowhere"])


def test_between_a_paper_and_itself_is_nothing(papers, corpus):
    with pytest.raises(ProfileError, match="both sides name"):
        Recommender(corpus).between(ids_of(papers, [0, 4]), ids_of(papers, [4]))


def test_beyond_a_library_are_the_fields_it_lacks(papers, corpus):
    vision = Profile(liked=ids_of(papers, range(0, 40, 4)))
    fields = Recommender(corpus).beyond(vision, k=3)
    assert 1 <= len(fields) <= 3
    assert [field.closeness for field in fields] == sorted((f.closeness for f in fields), reverse=True)
    for field in fields:
        assert field.size >= len(field.papers) > 0
        assert ("cs.CV",) not in {paper.categories for paper in field.papers}
        words = " ".join(paper.text.lower() for paper in field.papers)
        assert field.terms
        assert all(term.lower() in words for term in field.terms)
        assert all(paper.title in str(field) for paper in field.papers)


def test_beyond_tells_what_of_the_library_it_does_not_know(papers, corpus):
    liked = ids_of(papers, range(0, 40, 4))
    known = Recommender(corpus).beyond(Profile(liked))
    fields = Recommender(corpus).beyond(Profile([*liked, "nowhere"]))
    assert isinstance(fields, tuple)
    assert (fields, known.problems) == (known, ())
    (note,) = fields.problems
    assert "no paper 'nowhere'" in note


def test_beyond_words_that_no_paper_holds_is_nothing(papers, corpus):
    recommender, nonsense = Recommender(corpus), "zzqxwv plorktangle"
    nothing = recommender.beyond(Profile(interests=[nonsense]))
    assert not nothing
    assert nothing.problems == (f"no paper of this corpus holds any word of {nonsense!r}",)
    liked = Profile(liked=[papers[0].id])
    with_words = recommender.beyond(Profile(liked=[papers[0].id], interests=[nonsense]))
    assert list(with_words) == list(recommender.beyond(liked))
    assert "an interest is left out: no paper of this corpus holds" in with_words.problems[-1]
    assert recommender.beyond(Profile(interests=["robot arm"]))


def test_beyond_searches_inside_the_filters(papers, corpus):
    fields = Recommender(corpus).beyond(Profile(liked=ids_of(papers, [0, 4])), categories="q-bio.BM")
    assert fields
    assert {paper.categories for field in fields for paper in field.papers} == {("q-bio.BM",)}


def test_a_list_warns_of_what_it_could_not_be(papers, corpus):
    ask = Recommender(corpus)
    mixed = Profile(liked=ids_of(papers, [*range(0, 32, 4), 3, 7]))
    assert ask.recommend(mixed, k=10).warnings == ()
    vision = ask.recommend(Profile(liked=[papers[0].id]), k=20, categories="cs.CV", diversity=0.3)
    (few,) = vision.warnings[len(vision.filtered) :]
    assert "to choose 20 from" in few
    thin = ask.recommend(mixed, k=10, categories="cs.RO", min_confidence=0.99)
    assert len(thin) < 10
    assert thin.warnings


def test_an_interest_that_the_filters_starve_is_named(papers, corpus):
    """Vision and biology, and only vision is left: biology's places are not filled as if they served it."""
    mixed = Profile(liked=ids_of(papers, [*range(0, 20, 4), *range(3, 23, 4)]))
    recs = Recommender(corpus).recommend(mixed, k=6, categories="cs.CV")
    assert len(recs) == 6
    vision, biology = sorted(recs.interests, key=lambda one: -one.outcome)
    assert (vision.quota, vision.starved) == (4, False)  # two by its turns, and the two that are free
    assert (biology.quota, biology.outcome, biology.starved) == (2, 0, True)
    starved = f"the interest {biology.name!r} got 0 of its 2 places: no more papers suit it"
    assert recs.warnings == (*recs.filtered, starved)
    titles = {corpus[name].title: corpus[name].categories for name in mixed.liked}
    assert titles[biology.name] == ("q-bio.BM",)


@pytest.mark.parametrize("least", [0.35, 0.5, 0.9])
def test_no_paper_comes_that_is_less_sure_than_asked(sample, least):
    names, rng = [paper.id for paper in sample], np.random.default_rng(3)
    short = 0
    for _ in range(40):
        liked = [names[place] for place in rng.permutation(len(names))[: rng.integers(1, 9)]]
        recs = Recommender(sample).recommend(Profile(liked=liked), k=10, min_confidence=least)
        assert all(item.confidence >= least for item in recs)
        short += len(recs) < 10
    assert short > 0


def test_a_field_is_called_the_same_however_many_are_asked_for(sample):
    reader = Profile(liked=("1907.01368", "2306.00890", "2307.14334", "2401.02117"))
    recommender = Recommender(sample)
    names = [[field.terms for field in recommender.beyond(reader, k=count)] for count in (1, 2, 5)]
    assert names[0] == names[1][:1] == names[2][:1]
    assert len(names[1]) == 2

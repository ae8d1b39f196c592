"""What a corpus went through does not show: the same papers give the same answers, and so do the same likes
in any order, to the last bit and with all that is said of them.
"""

import dataclasses
import functools
import random

import numpy as np
import pytest
from conftest import FakeEncoder, make_papers
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import Corpus, Paper, Profile, Recommender
from recommender.corpus import ingest
from recommender.corpus.maintenance import MANY_SEGMENTS
from recommender.diversity import DEFAULT_RERANK, RERANKS
from recommender.engine.resolution import resolve_profile
from recommender.evaluation import System
from recommender.scoring import DEFAULT_STRATEGY, STRATEGIES

SILENT = "silent"


class HalfSilent(FakeEncoder):
    """Knows nothing of some texts: these have no vector."""

    def encode(self, texts):
        spoken = np.array([SILENT not in text for text in texts], np.float32)
        return super().encode(texts) * spoken[:, None] if texts else super().encode(texts)


def equal_papers(count):
    """Papers with one vector, and so with equal cosines to whatever is asked, under titles of their own; they
    have one abstract, which so many share that it makes no versions of them.
    """
    words, chance = "vision robot protein language torque enzyme".split(), random.Random(3)
    titles = list(dict.fromkeys(" ".join(chance.sample(words, 6)) for _ in range(2 * count)))
    return [
        Paper(id=f"2401.{17 * number % 100:05d}", title=title, abstract="A correction.")
        for number, title in enumerate(titles[:count])
    ]


PAPERS = [
    *make_papers(96),
    *equal_papers(26),
    *(dataclasses.replace(paper, title=f"{paper.title}, {SILENT}") for paper in make_papers(6, start=200)),
]
OTHERS = [*make_papers(40, seed=1, start=400), *equal_papers(34)[26:]]
IDS = [paper.id for paper in PAPERS]
SEEDS = [IDS[place] for place in (5, 41, 17, 90, 2, 110, 33, 124, 58)]

PROFILES = [
    Profile(liked=SEEDS[:1]),
    Profile(liked=SEEDS[7:8]),
    Profile(liked=[*SEEDS[:7]], disliked=[IDS[70], IDS[12], IDS[99]], seen=[IDS[60], IDS[4], IDS[101]]),
    Profile(liked=[IDS[3], IDS[1]], interests=["robot grasp", "language grammar", "a protein"]),
]


def said(listed, *, counterfactuals=2):
    """All that a list says."""
    return (
        [
            item.to_dict() | {"why": item.explain(counterfactuals=counterfactuals).to_dict()}
            for item in listed
        ],
        listed.problems,
        listed.warnings,
        listed.interests,
        listed.diversity_report,
    )


def answers(corpus, *, profiles=PROFILES, strategy=DEFAULT_STRATEGY, rerank=DEFAULT_RERANK):
    recommender = Recommender(corpus, strategy=strategy, rerank=rerank)
    lists = (recommender.recommend(profile, k=8, diversity=0.4) for profile in profiles)
    # What is learned from 300 papers is learned again for each counterfactual.
    return [said(listed, counterfactuals=0 if STRATEGIES[strategy].background else 2) for listed in lists]


def built(folder, papers, *, index=None):
    return Corpus.build(papers, folder, encoder=HalfSilent(), index=index)


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    with built(tmp_path_factory.mktemp("fresh") / "c", PAPERS) as corpus:
        yield corpus


def add_and_remove(corpus):
    corpus.add(OTHERS)
    corpus.remove([paper.id for paper in OTHERS])


def changed(papers):
    """The same papers with another text, neither richer nor poorer than their own."""
    return [
        dataclasses.replace(paper, title=f"On {paper.title}", abstract=f"Graphs. {paper.abstract[::-1]}")
        for paper in papers
    ]


def change_and_back(corpus):
    corpus.add(changed(PAPERS[1:120:3]))
    corpus.add(PAPERS[1:120:3][::-1])


def remove_and_add(corpus):
    corpus.remove(IDS[10:100:2])
    corpus.add([paper for paper in PAPERS if paper.id in IDS[10:100:2]], again="all")


def from_another(folder, papers):
    """Built in another order, in many small files."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ingest, "BATCH", 25)
        corpus = built(folder, random.Random(2).sample(papers, len(papers)))
    assert 1 < len(corpus.snapshot.segments) <= MANY_SEGMENTS
    return corpus


@pytest.fixture(scope="module")
def histories(tmp_path_factory):
    """The same papers after other events."""
    folder = tmp_path_factory.mktemp("histories")
    found = {}
    for change in (add_and_remove, change_and_back, remove_and_add):
        found[change.__name__] = built(folder / change.__name__, PAPERS)
        change(found[change.__name__])
    found["another order"] = from_another(folder / "order", PAPERS)
    for corpus in found.values():
        assert {paper.key: paper for paper in corpus} == {paper.key: paper for paper in PAPERS}
    yield found
    for corpus in found.values():
        corpus.close()


@pytest.fixture(scope="module")
def right(fresh):
    """What `answers` gives of the papers that came all at once, by strategy and rerank."""

    @functools.cache
    def of(strategy=DEFAULT_STRATEGY, rerank=DEFAULT_RERANK):
        return answers(fresh, strategy=strategy, rerank=rerank)

    return of


HISTORIES = ["add_and_remove", "change_and_back", "remove_and_add", "another order"]


@pytest.mark.parametrize("history", HISTORIES)
@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
def test_what_a_corpus_went_through_does_not_show(right, histories, history, strategy):
    assert answers(histories[history], strategy=strategy) == right(strategy=strategy)


@pytest.mark.parametrize("history", HISTORIES)
@pytest.mark.parametrize("rerank", sorted(RERANKS))
def test_nor_does_it_in_a_list_that_is_varied(right, histories, history, rerank):
    assert answers(histories[history], rerank=rerank) == right(rerank=rerank)


@pytest.mark.parametrize("history", HISTORIES)
def test_nor_do_the_other_questions_show_it(fresh, histories, history):
    def asked(corpus):
        recommender = Recommender(corpus)
        fields = recommender.beyond(PROFILES[2], k=4)
        return (
            said(recommender.between(SEEDS[:2], SEEDS[2:4])),
            said(recommender.but_not(SEEDS[:2], SEEDS[2:4])),
            said(recommender.search("robot vision", k=20, since="2016-01-01", categories=["cs.RO", "cs.CV"])),
            System(corpus).rank(PROFILES[2], candidates=IDS),
            [str(field) for field in fields],
        )

    assert asked(histories[history]) == asked(fresh)


@pytest.mark.parametrize("history", HISTORIES)
def test_many_readers_get_what_each_gets_alone_whatever_the_corpus_went_through(
    right, histories, history, monkeypatch
):
    monkeypatch.setattr("recommender.engine.pipeline._MANY", 2)  # with all read ahead
    corpus = Corpus.open(histories[history].path, encoder=HalfSilent())
    many = Recommender(corpus).recommend_many(PROFILES * 2, k=8, diversity=0.4)
    assert [said(listed) for listed in many] == right() * 2


@settings(max_examples=4)
@given(data=st.data())
def test_any_events_that_leave_the_same_papers_leave_the_same_answers(tmp_path_factory, right, data):
    """Papers come, go, change and come back, in any order, in one file or in many, compacted or not."""
    chance = random.Random(data.draw(st.integers(0, 10**6)))
    with built(tmp_path_factory.mktemp("events") / "c", PAPERS[: chance.randint(1, 128)]) as corpus:
        for event in data.draw(st.lists(st.sampled_from(["add", "remove", "change", "compact"]), max_size=5)):
            if event == "add":
                corpus.add(chance.sample([*PAPERS, *OTHERS], chance.randint(1, 60)))
            elif event == "remove":
                corpus.remove(chance.sample(IDS, chance.randint(1, 60)))
            elif event == "change":
                corpus.add(changed(chance.sample(PAPERS, 20)))
            else:
                corpus.compact()
        corpus.remove([paper.id for paper in corpus if paper not in PAPERS])
        corpus.add(chance.sample(PAPERS, len(PAPERS)), again="all")
        assert corpus.verify() == []
        assert answers(corpus) == right()


@pytest.mark.parametrize("strategy", sorted(STRATEGIES))
@settings(max_examples=3)
@given(data=st.data())
def test_likes_dislikes_and_interests_in_any_order_give_the_same_list(fresh, right, strategy, data):
    def mixed(names):
        return tuple(data.draw(st.permutations(names)))

    profiles = [
        Profile(mixed(one.liked), mixed(one.disliked), mixed(one.seen), mixed(one.interests))
        for one in PROFILES[2:]
    ]
    assert answers(fresh, profiles=profiles, strategy=strategy) == right(strategy=strategy)[2:]


def test_a_paper_under_several_names_counts_once_in_whatever_order(fresh):
    first, second = PAPERS[5], PAPERS[41]
    orders = [
        (first.id, second.id, first.url, first.title),
        (first.title, first.url, second.id, first.id),
        (second.id, first.id),
    ]
    one, *others = answers(fresh, profiles=[Profile(liked=liked) for liked in orders])
    assert all(other == one for other in others)


def test_likes_that_are_drawn_from_too_many_are_the_same_ones_in_any_order(fresh, monkeypatch):
    monkeypatch.setattr("recommender.engine.resolution.MOST_SEEDS", 7)
    liked = IDS[:60:3]
    one, other = answers(fresh, profiles=[Profile(liked=liked), Profile(liked=liked[::-1])])
    assert one == other


def test_the_sides_of_a_question_between_two_may_be_given_in_any_order(fresh):
    recommender = Recommender(fresh)
    one = recommender.between(SEEDS[:4], SEEDS[4:7])
    assert said(recommender.between(SEEDS[:4][::-1], SEEDS[4:7][::-1])) == said(one)


# The places that ties at the end of what is looked at are cut at


@pytest.fixture(scope="module")
def tied(tmp_path_factory):
    """More papers that are equally near, by vector and by words, than are looked at, in two corpora: as
    built, and after all of them have changed and come back the other way round.
    """
    near = equal_papers(30)
    alike = [
        Paper(id=f"2402.{23 * n % 100:05d}", title=f"{SILENT} robot unique{n}", abstract=f"other{n}")
        for n in range(30)
    ]
    asked = [
        Paper(id="2403.00001", title="vision robot protein", abstract="An odd correction."),
        Paper(id="2403.00002", title=f"{SILENT} robot", abstract="Odd."),
    ]
    papers = [*near, *alike, *asked]
    folder = tmp_path_factory.mktemp("tied")
    with built(folder / "a", papers) as one, built(folder / "b", papers) as other:
        other.add(changed(papers))
        other.add(papers[::-1])
        assert {paper.key: paper for paper in other} == {paper.key: paper for paper in papers}
        yield one, other, [Profile(liked=[paper.id]) for paper in asked]


def test_where_not_all_equal_papers_are_looked_at_their_keys_decide(tied, monkeypatch):
    """None is shown beside one that is almost the same; which one is shown is seen at its id."""
    for depth in ("_DEPTH", "_DEEPER", "_LEAST"):
        monkeypatch.setattr(f"recommender.engine.candidates.{depth}", 10)
    one, other, profiles = tied
    for strategy in STRATEGIES:
        right = answers(one, profiles=profiles, strategy=strategy)
        assert answers(other, profiles=profiles, strategy=strategy) == right
        assert all(listed for listed, *_ in right) or not STRATEGIES[strategy].lexical


def test_equal_cosines_at_the_end_are_those_of_the_first_keys(tied):
    def found(corpus, k):
        (rows,), (cosines,) = corpus.snapshot.search(HalfSilent().encode(["vision robot protein"]), k)
        return sorted(paper.key for paper in corpus.snapshot.papers(rows.tolist())), cosines.tolist()

    one, other, _ = tied
    for k in range(1, 32):
        assert found(one, k) == found(other, k)
    first = sorted(paper.key for paper in equal_papers(30))[:7]
    assert set(first) <= set(found(other, 8)[0])


def test_what_a_reader_knows_is_compared_with_whatever_its_order(fresh, histories):
    """Rounded cosines to it are held against a bound: those about it are looked at pair by pair."""

    def keys(corpus, profile):
        taste = resolve_profile(corpus, corpus.snapshot, profile, STRATEGIES["interests"])
        return sorted(paper.key for paper in corpus.snapshot.papers(taste.excluded_rows.tolist()))

    one = PROFILES[2]
    other = Profile(one.liked[::-1], one.disliked[::-1], one.seen[::-1])
    right = sorted(paper.key for paper in PAPERS if paper.id in {*one.liked, *one.disliked, *one.seen})
    assert keys(fresh, one) == keys(histories["another order"], other) == right

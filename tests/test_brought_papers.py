"""Liked papers that the corpus lacks: told from those it has, encoded on the fly, named in every reason."""

import json
import pickle

import numpy as np
import pytest
from conftest import TOPICS, FakeEncoder, make_papers

from recommender import Corpus, Paper, Profile, Recommender
from recommender.engine import resolution
from recommender.engine.brought import in_corpus, is_same
from recommender.errors import EncoderUnknown, UnknownPaper
from recommender.profiles import LibraryPaper
from recommender.scoring import STRATEGIES

PAPERS = [
    Paper(
        id=paper.id,
        title=paper.title,
        abstract=f"On {paper.abstract.split()[0]} and others. {paper.abstract}",
        authors=paper.authors,
        published=paper.published,
        categories=paper.categories,
        identifiers={"doi": f"10.5555/{number}"},
    )
    for number, paper in enumerate(make_papers(80))
]


def twin(paper):
    """Another paper with the very same text: its title is longer. Its id comes in the same place."""
    first, rest = paper.abstract.split(". ", 1)
    return Paper(f"{paper.key}x", f"{paper.title}. {first}", rest, published=paper.published)


OTHERS = [
    Paper(
        id=f"10.9999/{n}", title=f"New work {n} on {words}", abstract=f"{words} unseen{n}", published="2024"
    )
    for n, words in enumerate([*TOPICS.values()] * 3)
]


@pytest.fixture(scope="module")
def encoder():
    return FakeEncoder()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory, encoder):
    with Corpus.build(
        PAPERS, tmp_path_factory.mktemp("brought") / "corpus", encoder=encoder, precision="float32"
    ) as built:
        yield built


@pytest.fixture
def rec(corpus):
    return Recommender(corpus)


# Scores


@pytest.mark.parametrize("strategy", [name for name in STRATEGIES if name != "linear"])
def test_a_paper_with_the_text_of_a_stored_one_counts_as_that(corpus, strategy):
    rec = Recommender(corpus, strategy=strategy)
    for liked, disliked in ((PAPERS[5:6], ()), (PAPERS[5:9], PAPERS[14:16])):
        ids, avoided = [paper.id for paper in liked], [paper.id for paper in disliked]
        stored = rec.recommend(Profile(liked=ids, disliked=avoided), k=9)
        found = rec.recommend(Profile(liked=[twin(liked[0]), *ids[1:]], disliked=avoided), k=9)
        assert found.ids == stored.ids
        np.testing.assert_allclose(found.scores, stored.scores, atol=1e-6)
        cosines = [[item.closest_cosine for item in one] for one in (found, stored)]
        np.testing.assert_allclose(*cosines, atol=1e-6)


def test_a_disliked_one_counts_too(rec):
    stored = rec.recommend(Profile(liked=[PAPERS[5].id], disliked=[PAPERS[9].id]), k=12)
    found = rec.recommend(Profile(liked=[PAPERS[5].id], disliked=[twin(PAPERS[9])]), k=12)
    assert found.ids == stored.ids
    np.testing.assert_allclose(found.scores, stored.scores, atol=1e-6)
    assert found[0].explanation.nearest_dislike.id == f"{PAPERS[9].key}x"


def test_cosines_are_those_of_the_texts(corpus, encoder):
    """The dense arm alone, against the encoder's own vectors."""
    found = Recommender(corpus, strategy="max", rerank="none").recommend(
        Profile(liked=OTHERS[:2]), k=5, diversity=0
    )
    seeds = encoder.encode([paper.text for paper in OTHERS[:2]])
    for item in found:
        row = corpus.row(item.paper.id)
        (vector,) = corpus.snapshot.vectors(np.array([row]))
        assert item.closest_cosine == pytest.approx(float((seeds @ vector).max()), abs=1e-6)


def test_many_are_answered_as_one(rec, encoder):
    profiles = [Profile(liked=[OTHERS[n], PAPERS[n].id, OTHERS[n + 1]], name=str(n)) for n in range(9)]
    single = [rec.recommend(profile, k=5) for profile in profiles]
    for found, right in zip(rec.recommend_many(profiles, k=5), single, strict=True):
        assert found.ids == right.ids
        np.testing.assert_allclose(found.scores, right.scores, atol=1e-6)
        assert found.notes == right.notes


def test_they_are_encoded_once_and_in_one_call(corpus):
    calls = []

    class Counting(FakeEncoder):
        def encode(self, texts):
            calls.append(list(texts))
            return super().encode(texts)

    with Corpus.open(corpus.path, encoder=Counting()) as opened:
        calls.clear()
        profiles = [Profile(liked=OTHERS[:3]), Profile(liked=OTHERS[1:4], interests="robot arm")]
        resolution.resolve_profiles(opened, opened.snapshot, profiles, STRATEGIES["interests"])
        assert [len(call) for call in calls] == [1, 4]
        assert sorted(calls[1]) == sorted(paper.text for paper in OTHERS[:4])


def test_of_very_many_those_that_stand_for_all_are_encoded(corpus, encoder, monkeypatch):
    monkeypatch.setattr(resolution, "MOST_SEEDS", 4)
    encoder.encoded.clear()
    found = Recommender(corpus).recommend(Profile(liked=[*OTHERS, *(p.id for p in PAPERS[:4])]), k=3)
    assert "16 liked papers: 4 of them, drawn evenly, stand for all; none is shown again" in found.problems
    assert len(encoder.encoded) == 3
    assert found.notes == ("16 liked papers: 4 in this corpus, 12 not in it, of which 3 encoded on the fly",)
    assert len(found.reasons.seeds) == 4


# Which are papers of the corpus


@pytest.mark.parametrize(
    "paper",
    [
        Paper(id="https://doi.org/10.5555/7", title="Anything"),
        Paper(id="smith2020", title="Anything", identifiers={"doi": "10.5555/7"}),
        Paper(title="Anything", url=f"https://arxiv.org/abs/{PAPERS[7].id}v2"),
        Paper(id="key", title=PAPERS[7].title.upper()),
        Paper(title=PAPERS[7].title, authors=("7, Author",), published=PAPERS[7].published[:4]),
        Paper(title=PAPERS[7].title, published=str(int(PAPERS[7].published[:4]) + 1)),
    ],
)
def test_a_paper_of_the_corpus_is_that_paper(corpus, rec, encoder, paper):
    assert in_corpus(corpus.snapshot, Profile(liked=[paper])) == {paper.id: corpus.row(PAPERS[7].id)}
    encoder.encoded.clear()
    found = rec.recommend(Profile(liked=[paper]), k=5)
    assert found.ids == rec.more_like(PAPERS[7].id, k=5).ids
    assert encoder.encoded == []
    assert found.notes == ("1 liked paper: 1 in this corpus",)
    assert found[0].closest == PAPERS[7].id


@pytest.mark.parametrize(
    "paper",
    [
        Paper(id=PAPERS[7].id[:-1] + "x", title="Anything else at all"),
        Paper(title=PAPERS[7].title, authors=("Somebody Else",)),
        Paper(title=PAPERS[7].title, published=str(int(PAPERS[7].published[:4]) + 2)),
    ],
)
def test_another_author_or_year_is_another_paper(corpus, paper):
    assert in_corpus(corpus.snapshot, Profile(liked=[paper])) == {}


def test_an_identifier_that_several_titles_share_names_none(corpus):
    posters = [Paper(id="10.5555/7", title=f"Poster on subject {word}") for word in ("one", "two")]
    profile = Profile(liked=posters)
    assert len(profile.papers) == 2
    assert in_corpus(corpus.snapshot, profile) == {}


def test_a_short_title_alone_says_nothing():
    assert not is_same(Paper(title="Owls"), Paper(title="Owls"))
    assert is_same(Paper(title="Owls", published="2020"), Paper(title="Owls", published="2021"))
    assert is_same(Paper(title="How sheep find home"), Paper(title="How Sheep find home"))


def test_a_title_that_stands_above_many_says_nothing_beside_the_same_year():
    for title in ("Editorial", "Introduction to the special issue"):
        first, second = (Paper(title=title, published=year) for year in ("2020", "2021"))
        assert not is_same(first, second)


def test_an_identifier_of_its_own_makes_another_paper():
    title = "How sheep find home after the snow"
    assert not is_same(*(Paper(id=f"pmid:{n}", title=title) for n in (123, 124)))
    assert is_same(*(Paper(id=name, title=title) for name in ("10.1101/a", "10.5555/b")))
    assert is_same(*(Paper(id=name, title=title) for name in ("2301.00001v2", "arXiv:2301.00001")))


def test_of_two_records_of_one_paper_one_counts(rec):
    double = Paper(id="10.4444/0", title=OTHERS[0].title, published="2023")
    once, twice = (rec.recommend(Profile(liked=liked), k=5) for liked in (OTHERS[:2], [*OTHERS[:2], double]))
    assert once.ids == twice.ids
    assert once.scores == pytest.approx(twice.scores)
    assert twice.notes == ("3 liked papers: 2 encoded on the fly, 1 there more than once",)


# What is said


def test_reasons_name_them_by_title(rec):
    found = rec.recommend(Profile(liked=[OTHERS[0], PAPERS[1].id]), k=6, diversity=0)
    near = [item for item in found if item.closest == OTHERS[0].id]
    assert near
    record = near[0].to_dict()
    assert record["closest_title"] == OTHERS[0].title
    assert OTHERS[0].id in record["contributions"]
    assert any(word in " ".join(record["terms"]) for word in ("image", "camera", "pixel", "segmentation"))
    assert OTHERS[0].title in near[0].explanation.to_text()
    assert {interest.name for interest in found.interests} <= {OTHERS[0].title, PAPERS[1].title}


def test_what_became_of_them_is_counted(rec):
    bare = Paper(title="A title about robot grasp and torque")
    found = rec.recommend(Profile(liked=[*OTHERS[:3], bare, PAPERS[0], PAPERS[1].id, "10.1234/unknown"]), k=3)
    assert found.notes == (
        "7 liked papers: 2 in this corpus, 4 encoded on the fly (1 by title alone), 1 unknown",
    )
    assert len(found.problems) == 1
    assert found.problems[0].startswith("no paper '10.1234/unknown' in this corpus")
    assert not set(found.notes) & set(found.warnings)


def test_very_many_unknown_names_are_counted(rec):
    found = rec.recommend(Profile(liked=[PAPERS[0].id, *(f"10.1234/{n}" for n in range(30))]), k=3)
    assert found.problems == (
        "30 of 31 are not in this corpus, and no title is known to encode: '10.1234/0', '10.1234/1', "
        "'10.1234/2' and 27 more",
    )


def test_nothing_known_is_still_an_error(rec):
    with pytest.raises(UnknownPaper):
        rec.recommend(Profile(liked=["10.1234/unknown"]))


def test_without_the_encoder_words_tell(corpus, monkeypatch):
    def gone(self, snapshot):
        raise EncoderUnknown("no encoder 'fake'; install paper-recommender[minilm]")

    monkeypatch.setattr(Corpus, "encoder_of", gone)
    found = Recommender(corpus).recommend(Profile(liked=OTHERS[:4:3]), k=4)
    assert len(found) == 4
    assert found.problems[0] == (
        "2 papers of the profile cannot be encoded: no encoder 'fake'; install paper-recommender[minilm]"
    )
    assert "compared by shared words only" in found.problems[1]
    assert found.notes == ("2 liked papers: 2 compared by words alone",)
    assert {item.paper.categories[0] for item in found} == {"cs.CV", "q-bio.BM"}


# Never again


def test_neither_title_nor_abstract_of_a_liked_paper_comes(tmp_path):
    long = " ".join(f"word{n}" for n in range(40))
    same_title = Paper(
        id="a", title="One title of something", abstract="robot arm grasp", authors=("A. Bell",)
    )
    same_text = Paper(id="b", title="Quite another", abstract=long)
    with Corpus.build([*PAPERS, same_title, same_text], tmp_path / "c", encoder=FakeEncoder()) as corpus:
        brought = [
            Paper(title="One title of something", abstract="robot arm grasp motion", authors=("C. Dorn",)),
            Paper(title="First version", abstract=long.upper()),
        ]
        for role in ("liked", "seen"):
            profile = Profile(**{"liked": [PAPERS[2].id], role: [*brought, PAPERS[2].id]})
            found = Recommender(corpus).recommend(profile, k=90)
            assert len(found) > 50
            assert not {"a", "b"} & set(found.ids)


# The profile


def test_a_profile_keeps_its_papers():
    profile = Profile(
        liked=[
            LibraryPaper(OTHERS[0], ("Thesis/One", "All"), "2024-05-01"),
            LibraryPaper("2106.09685", ("All",)),
            "plain",
        ],
        disliked=[OTHERS[1]],
        name="Ann",
    )
    assert profile.liked == (OTHERS[0].id, "2106.09685", "plain")
    assert profile.papers == {OTHERS[0].id: OTHERS[0], OTHERS[1].id: OTHERS[1]}
    assert profile.collections == {"Thesis/One": (OTHERS[0].id,), "All": (OTHERS[0].id, "2106.09685")}
    assert profile.added == {OTHERS[0].id: "2024-05-01"}
    assert Profile.from_dict(json.loads(json.dumps(profile.to_dict()))) == profile
    assert pickle.loads(pickle.dumps(profile)) == profile
    assert len({profile, Profile.from_dict(profile.to_dict())}) == 1
    assert f"{OTHERS[0].title} [{OTHERS[0].id}]" in str(profile)
    assert OTHERS[1].title in profile._repr_html_()
    assert repr(Profile(liked="a")) == (
        "Profile(liked=('a',), disliked=(), seen=(), interests=(), name='', about='')"
    )
    assert "papers={'10.9999/0': Paper(" in repr(profile)


def test_a_paper_in_a_file_of_profiles_may_be_an_object():
    record = {"liked": ["a", {"title": "Owls", "abstract": "At night", "doi": "10.1/owls", "year": 2020}]}
    profile = Profile.from_dict(record)
    assert [paper.title for paper in profile.papers.values()] == ["Owls"]
    assert Profile.from_dict({"liked": [{"doi": "10.1000/x", "added": "2024"}]}).added == {
        "10.1000/x": "2024"
    }


# Collections and days


def collected(*sizes, loose=0):
    papers = iter(PAPERS)
    items = [
        LibraryPaper(next(papers), (f"C{number}",)) for number, size in enumerate(sizes) for _ in range(size)
    ]
    return Profile(liked=[*items, *(next(papers) for _ in range(loose))])


def test_collections_are_the_interests(rec):
    found = rec.recommend(collected(6, 3), k=9)
    assert [(one.name, round(one.share, 3), one.quota) for one in found.interests] == [
        ("C0", 0.667, 6),
        ("C1", 0.333, 3),
    ]
    assert {item.interest for item in found} <= {"C0", "C1"}
    assert found[0].to_dict()["interest"] in ("C0", "C1")


def test_papers_in_no_collection_are_grouped_by_themselves(rec):
    found = rec.recommend(collected(4, 4, loose=4), k=12)
    names = [one.name for one in found.interests]
    assert {"C0", "C1"} < set(names)
    assert set(names) - {"C0", "C1"} <= {paper.title for paper in PAPERS[8:12]}
    assert sum(one.share for one in found.interests if one.name not in ("C0", "C1")) == pytest.approx(1 / 3)


def test_one_collection_is_no_interest_of_its_own(rec):
    with_one = rec.recommend(collected(8), k=8)
    assert with_one.ids == rec.recommend(Profile(liked=[p.id for p in PAPERS[:8]]), k=8).ids
    assert "C0" not in {item.interest for item in with_one}


def test_a_paper_in_several_belongs_to_the_smallest(rec):
    items = [LibraryPaper(paper, ("All", "All/Few")[: 1 + (n < 2)]) for n, paper in enumerate(PAPERS[:6])]
    shares = {one.name: one.share for one in rec.recommend(Profile(liked=items), k=6).interests}
    assert shares == pytest.approx({"All": 2 / 3, "All/Few": 1 / 3})


def test_collections_of_papers_that_the_corpus_lacks(rec):
    items = [LibraryPaper(paper, (f"C{n % 2}",)) for n, paper in enumerate(OTHERS[:8])]
    assert {one.name for one in rec.recommend(Profile(liked=items), k=6).interests} == {"C0", "C1"}


def test_the_day_on_which_a_paper_was_added_is_that_of_the_opinion(corpus):
    snapshot, scorer = corpus.snapshot, STRATEGIES["recency"]

    def weights(first, second):
        profile = Profile(liked=[LibraryPaper(PAPERS[0], added=first), LibraryPaper(OTHERS[0], added=second)])
        return resolution.resolve_profile(corpus, snapshot, profile, scorer).weights

    assert weights("2020-01-01", "2020-01-01") == pytest.approx([0.5, 0.5])
    assert weights("2020-01-01", "2022-01-01") == pytest.approx([1 / 3, 2 / 3], abs=1e-3)
    assert weights("2022-01-01", "2020-01-01") == pytest.approx([2 / 3, 1 / 3], abs=1e-3)
    assert weights("", "")[1] > 0.9  # published in 2015 and 2024

"""Words that no paper holds: nothing is listed for them unless somebody asks for it, and it is said why."""

import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus, Paper, Profile, Recommender
from recommender.cli import main
from recommender.corpus import holds_word
from recommender.errors import NoSuchWords, ProfileError
from recommender.lexical import word_stems

NONSENSE = "zzqxwv plorktangle frobnitz 88817"


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    papers = [
        *make_papers(60),
        Paper(id="ru", title="Обучение роботов", abstract="Память и ДВИЖЕНИЕ руки."),
        Paper(id="zh", title="机器人的深度学习方法", abstract="机器人 机器人"),
        Paper(id="it", title="Memories of theories", authors=("Plorktangle, A.",), venue="Frobnitz"),
    ]
    with Corpus.build(papers, tmp_path_factory.mktemp("words") / "corpus", encoder=FakeEncoder()) as built:
        yield built


@pytest.fixture(scope="module")
def rec(library):
    return Recommender(library)


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("robot", True),
        ("memory", True),  # stands there as memories
        ("theory zzqxwv", True),
        ("движение", True),
        ("ОБУЧЕНИЕ", True),
        ("深度学习", True),  # no spaces part words of this script
        ("plorktangle", False),  # an author's name is no word of the text
        ("frobnitz", False),
        ("robo", False),
        ("обуч", False),
        ("88817", False),
    ],
)
def test_a_word_is_held_where_it_stands_in_a_title_or_abstract(library, rec, text, held):
    assert holds_word(library.snapshot, word_stems(text)) is held
    recs = rec.search(text, k=3)
    assert bool(recs) is held
    assert bool(recs.problems) is not held


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (NONSENSE, "no paper of this corpus holds any word of 'zzqxwv plorktangle frobnitz 88817'"),
        ("the of and", "'the of and' says nothing of a subject: stop words or letters only"),
        ("日本語の論文", "no paper of this corpus holds any word of '日本語の論文'"),
        ("x", "no paper of this corpus holds any word of 'x'"),  # R is a language
    ],
)
def test_nothing_is_listed_for_words_of_no_paper_unless_asked(rec, text, why):
    recs = rec.search(text)
    assert recs.ids == []
    assert why in recs.problems[0]
    assert len(rec.search(text, anyway=True)) == 10
    (many,) = rec.recommend_many([Profile(interests=[text])])
    assert (many.ids, many.problems) == (recs.ids, recs.problems)
    (many,) = rec.recommend_many([Profile(interests=[text])], anyway=True)
    assert many.ids == rec.search(text, anyway=True).ids


def test_a_word_that_a_filter_hides_is_a_word_all_the_same(rec):
    assert rec.search("Память", until="1900").problems == ()


def test_beside_other_likes_such_an_interest_is_left_out_and_named(rec):
    liked = ["2101.00000"]
    alone = rec.recommend(Profile(liked=liked))
    both = rec.recommend(Profile(liked=liked, interests=[NONSENSE, "protein"]))
    assert both.ids == rec.recommend(Profile(liked=liked, interests=["protein"])).ids
    assert both.ids != alone.ids
    why = f"no paper of this corpus holds any word of {NONSENSE!r}"
    assert both.problems == (f"an interest is left out: {why}",)
    (many,) = rec.recommend_many([Profile(liked=liked, interests=[NONSENSE, "protein"])])
    assert (many.ids, many.problems) == (both.ids, both.problems)


def test_all_candidates_without_the_word_are_not_all_papers(tmp_path):
    """The only paper with the word is far away from what the encoder finds near."""
    papers = [
        *make_papers(600),
        Paper(id="far", title="Zebra", abstract=" ".join(f"stripe{n}" for n in range(90))),
    ]
    with Corpus.build(papers, tmp_path / "corpus", encoder=FakeEncoder()) as corpus:
        assert Recommender(corpus).search("zebra robot arm grasp motion torque controller").problems == ()
        assert Recommender(corpus).search("stripe7 and camera").problems == ()


# Confidence


@pytest.mark.parametrize("text", [NONSENSE, "the of and", "日本語の論文", "x"])
def test_a_least_confidence_abstains_and_says_why(rec, text):
    recs = rec.search(text, min_confidence=0.1)
    assert recs.ids == []
    assert recs.problems == rec.search(text).problems
    anyway = rec.search(text, min_confidence=1.0, anyway=True)
    assert anyway.ids == []
    assert anyway.warnings == ("no paper is as sure as 1 to be of the reader's kind; ask for less",)


def test_readers_of_words_and_of_papers_are_served_alike(rec):
    asked = [Profile(interests=["robot"]), Profile(liked=["2101.00000"])]
    words, papers = rec.recommend_many(asked, min_confidence=0.001)
    assert words.ids == rec.search("robot", min_confidence=0.001).ids
    assert papers.ids
    assert all(one.confidence >= 0.001 for one in (*words, *papers))


# The shell


def test_the_shell_says_why_and_lists_anyway_if_told(tmp_path, fake_by_name, capsys):
    folder = str(tmp_path / "corpus")
    Corpus.build(make_papers(30), folder, encoder=fake_by_name).close()
    main(["search", NONSENSE, "--corpus", folder, "--format", "csv"])
    out, err = capsys.readouterr()
    assert len(out.splitlines()) <= 1
    assert "no paper of this corpus holds any word of" in err
    assert "--anyway" in err
    assert main(["search", NONSENSE, "--corpus", folder, "--anyway", "-k", "3", "--format", "csv"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 4


def test_it_is_an_error_of_profiles():
    assert issubclass(NoSuchWords, ProfileError)

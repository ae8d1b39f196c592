"""Why a paper is not in a list: what is said is what the list did, and undoing it changes the answer."""

import dataclasses
import json

import numpy as np
import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus, Paper, Profile, Recommender
from recommender.cli import main
from recommender.corpus import Filters
from recommender.corpus.filtered_out import LETS_ALL_PASS
from recommender.engine import NEAR, why_not
from recommender.errors import ParameterError, UnknownPaper
from recommender.recommendations import REASONS

PAPERS = make_papers(100)
IDS = [paper.id for paper in PAPERS]
TWINS = [
    Paper(
        title=PAPERS[8].title,
        id="same-title",
        abstract="Quite another text.",
        authors=("Else",),
        published="1990",
    ),
    dataclasses.replace(
        PAPERS[9],
        id="same-abstract",
        title="A preprint",
        abstract=f"{PAPERS[13].abstract} {PAPERS[17].abstract}",
        published="2024",
        url="",
    ),
]
TWINS.append(
    dataclasses.replace(
        TWINS[1], id="other-title", title="Its article in a journal of sight", authors=("Else",)
    )
)
ODD = [
    Paper(title="Retracted: image vision camera", id="gone", abstract="pixel segmentation of wrong figures"),
    Paper(title="Undated image vision camera", id="undated", abstract="pixel segmentation"),
    Paper(title="Ambiguous", id="x1", published="1990"),
    Paper(title="Ambiguous", id="x2", published="2020", authors=("B",)),
]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("why-not") / "corpus"
    with Corpus.build([*PAPERS, *TWINS, *ODD], folder, encoder=FakeEncoder()) as built:
        yield built


def cosine(corpus, one, other):
    rows = [
        corpus.snapshot.store.column("SELECT row FROM papers WHERE id = ?", (name,))[0]
        for name in (one, other)
    ]
    first, second = corpus.snapshot.vectors(np.array(rows))
    return float(corpus.snapshot.cosine_scale.of(np.float32([first @ second]))[0])


def ids_in(corpus):
    return [paper.id for paper in corpus]


def random_question(rng):
    subjects = rng.choice(4, rng.integers(1, 3), replace=False)
    pool = [name for number, name in enumerate(IDS) if number % 4 in subjects]
    names = rng.permutation(pool).tolist()
    likes, dislikes, seen = int(rng.integers(1, 7)), int(rng.integers(0, 2)), int(rng.integers(0, 5))
    parts = names[:likes], names[likes : likes + dislikes], names[likes + dislikes : likes + dislikes + seen]
    profile = Profile(liked=parts[0], disliked=parts[1], seen=parts[2])
    options = {"k": int(rng.integers(1, 15)), "diversity": float(rng.choice([0, 0.2, 0.7, 1]))}
    if rng.random() < 0.3:
        options["since"] = str(rng.choice(["2016", "2018-06", "2020"]))
    if rng.random() < 0.3:
        options["until"] = str(rng.choice(["2021", "2023"]))
    if rng.random() < 0.3:
        options["categories"] = [str(rng.choice(["cs", "cs.CV", "q-bio"]))]
    if rng.random() < 0.25:
        options["min_confidence"] = float(rng.choice([0.2, 0.9]))
    if rng.random() < 0.3:
        options["ban"] = rng.permutation(IDS)[:3].tolist()
    if rng.random() < 0.3:
        options["offset"] = int(rng.integers(1, 8))
    return profile, options


def undo(why, profile, options):
    """The question without the reason."""
    changed = dict(options)
    name = why.paper.id
    if why.reason == "seen":
        return dataclasses.replace(profile, seen=[one for one in profile.seen if one != name]), changed
    if why.reason == "disliked":
        return dataclasses.replace(profile, disliked=[]), changed
    if why.reason == "filtered":
        for one in why.filters:
            changed.pop(one, None)
            if one in ("retracted", "notices"):
                changed[one] = True
    elif why.reason == "banned":
        changed.pop("ban")
    elif why.reason == "confidence":
        changed.pop("min_confidence")
    elif why.reason == "skipped":
        changed.pop("offset")
    elif why.reason == "diversity":
        changed["diversity"] = 0
    elif why.reason in ("place", "quota"):
        changed["k"] = why.place - options.get("offset", 0)
    else:
        return None
    return profile, changed


@pytest.mark.parametrize("strategy", ["interests", "hybrid"])
def test_every_paper_has_a_reason_and_undoing_it_changes_the_answer(corpus, strategy):
    rng, ask = np.random.default_rng(5), Recommender(corpus, strategy=strategy)
    met = set()
    for _ in range(15):
        profile, options = random_question(rng)
        listed = ask.recommend(profile, **options)
        places = {item.paper.id: item.rank for item in listed}
        for name in [*rng.permutation(ids_in(corpus))[:6].tolist(), *listed.ids[:1]]:
            why = ask.why_not(profile, name, **options)
            met.add(why.reason)
            assert why.reason in REASONS
            assert why.listed == (name in places), (name, why.says)
            if why.listed:
                assert why.place == places[name]
                assert f"at place {why.place}" in why.says
                assert why.score == listed[why.place - 1 - listed.offset].score
                continue
            question = undo(why, profile, options)
            if question is not None:
                again = ask.why_not(question[0], name, **question[1])
                assert again.reason != why.reason, (why.says, again.says)
                if why.reason in ("place", "quota", "diversity"):
                    assert again.listed
                if why.reason in ("place", "quota"):
                    assert ask.recommend(question[0], **question[1]).ids[-1] == name
                    assert again.score == why.score
                if why.reason == "diversity":
                    assert again.place == why.by_score
    assert {"listed", "liked", "filtered", "confidence", "place", "skipped"} <= met


def test_of_a_name_that_is_no_papers_the_nearest_is_named(corpus):
    why = Recommender(corpus).why_not(Profile(liked=IDS[:1]), f"{IDS[1][:-1]}9")
    assert (why.reason, why.paper, why.place) == ("unknown", None, None)
    assert "in this corpus; nearest: " in why.says
    several = Recommender(corpus).why_not(Profile(liked=IDS[:1]), "Ambiguous")
    assert several.reason == "several"
    assert "x1" in several.says
    assert Recommender(corpus).why_not(Profile(liked=IDS[:1]), Paper(title="A draft")).reason == "unknown"


def test_of_a_removed_paper_it_is_said_since_when(tmp_path):
    with Corpus.build(PAPERS[:20], tmp_path / "corpus", encoder=FakeEncoder()) as corpus:
        corpus.remove([IDS[4]])
        why = Recommender(corpus).why_not(Profile(liked=IDS[:1]), IDS[4])
    assert why.reason == "removed"
    assert "was removed on 20" in why.says
    assert "add --again" in why.says


@pytest.mark.parametrize("role", ["liked", "disliked", "seen"])
def test_what_the_reader_knows_is_named_by_its_role(corpus, role):
    profile = Profile(**{"liked": IDS[:1], role: [*IDS[:1], IDS[4]] if role == "liked" else [IDS[4]]})
    why = Recommender(corpus).why_not(profile, IDS[4])
    assert (why.reason, why.score) == (role, None)


def test_a_version_names_the_paper_that_is_known_and_how(corpus):
    ask = Recommender(corpus)
    by_title = ask.why_not(Profile(liked=[IDS[8], IDS[0]]), "same-title")
    assert (by_title.reason, by_title.other.id) == ("version", IDS[8])
    assert "which is liked by the reader: the same title" in by_title.says
    by_abstract = ask.why_not(Profile(liked=IDS[:1], seen=["same-abstract"]), "other-title")
    assert (by_abstract.reason, by_abstract.other.id) == ("version", "same-abstract")
    assert "which was seen by the reader: the same abstract" in by_abstract.says
    assert by_abstract.cosine == pytest.approx(cosine(corpus, "same-abstract", "other-title"), abs=1e-3)
    brought = Profile(
        liked=[
            Paper(title=TWINS[2].title, abstract=PAPERS[50].abstract, authors=("Nobody",), published="1950")
        ]
    )
    assert ask.why_not(brought, "other-title").reason in ("liked", "version")


def test_a_version_by_nearly_the_same_abstract_is_told_as_such(tmp_path):
    text = f"{PAPERS[13].abstract} {PAPERS[17].abstract} {PAPERS[21].abstract}"
    first = dataclasses.replace(PAPERS[0], abstract=text)
    later = Paper(title="What became of it", id="later", abstract=f"{text} At last.", published="1990")
    with Corpus.build([first, *PAPERS[1:40], later], tmp_path / "corpus", encoder=FakeEncoder()) as corpus:
        value = cosine(corpus, later.id, IDS[0])
        why = Recommender(corpus).why_not(Profile(liked=[IDS[0], IDS[5]]), "later")
    assert value > NEAR
    assert (why.reason, why.other.id, why.cosine) == ("version", IDS[0], pytest.approx(value, abs=1e-3))
    assert "which is liked by the reader: nearly the same abstract" in why.says


def test_a_banned_paper_and_its_version(corpus):
    ask, profile = Recommender(corpus), Profile(liked=IDS[:1])
    assert ask.why_not(profile, IDS[8], ban=[IDS[8]]).reason == "banned"
    assert ask.why_not(profile, "same-title", ban=[IDS[8]]).reason == "banned"


def test_one_paper_with_a_listed_one_is_told_which(corpus):
    profile = Profile(liked=["2101.00008"] if "2101.00008" in IDS else IDS[13:14])
    ask = Recommender(corpus)
    listed = ask.recommend(profile, k=120).ids
    left = [name for name in ("same-abstract", "other-title") if name not in listed]
    assert len(left) == 1
    why = ask.why_not(profile, left[0], k=120)
    assert why.reason == "duplicate"
    assert {why.other.id, left[0]} == {"same-abstract", "other-title"}
    place = listed.index(why.other.id) + 1
    assert f", at place {place}" in why.says
    assert "the same abstract" in why.says


def test_what_variety_put_behind_is_told_its_place_and_what_it_is_like(corpus):
    ask, profile = Recommender(corpus), Profile(liked=IDS[0:12:4])
    plain, varied = (ask.recommend(profile, k=8, diversity=diversity).ids for diversity in (0, 1))
    behind = [name for name in plain if name not in varied]
    assert behind
    for name in behind:
        why = ask.why_not(profile, name, k=8, diversity=1)
        assert (why.reason, why.by_score) == ("diversity", plain.index(name) + 1)
        cosines = {other: cosine(corpus, name, other) for other in varied}
        assert why.other.id == max(cosines, key=cosines.get)
        assert why.cosine == pytest.approx(cosines[why.other.id], abs=1e-3)
        assert ask.recommend(profile, k=why.place, diversity=1).ids[-1] == name


def test_all_filters_that_leave_a_paper_out_are_named(corpus):
    ask, profile = Recommender(corpus), Profile(liked=IDS[:1])
    why = ask.why_not(profile, "undated", since="2016", categories=["cs.CV"])
    assert why.filters == ("since", "categories")
    assert "it has no date" in why.says
    assert "(it has none)" in why.says
    year = ask.why_not(profile, "same-abstract", since="2024-03")
    assert "2024, which counts as 2024-01-01" in year.says
    assert ask.why_not(profile, "gone").filters == ("retracted",)
    other = ask.why_not(profile, "same-title", authors=["Lovelace"])
    assert other.filters == ("authors",)
    assert "author Lovelace (it has Else)" in other.says
    revised = ask.why_not(profile, IDS[20], revised_since="2016")
    assert "no later version of it is known" in revised.says


def test_a_category_that_is_not_wanted_is_told(corpus):
    ask, profile = Recommender(corpus), Profile(liked=IDS[:1])
    (own,) = PAPERS[1].categories
    assert f"category not {own} (it has {own})" in ask.why_not(profile, IDS[1], categories=f"-{own}").says
    (other,) = PAPERS[2].categories
    why = ask.why_not(profile, IDS[1], categories=other, primary=True)
    assert f"primary category {other} (it has {own})" in why.says


def test_every_filter_is_looked_at_alone():
    """A new filter is a line of LETS_ALL_PASS, else each would be taken for all."""
    assert {*vars(Filters())} - {"dates", "resolved"} == {*LETS_ALL_PASS}


def test_words_that_no_paper_holds(corpus):
    why = Recommender(corpus).why_not(Profile(interests=["zzqxwv plorktangle"]), IDS[0])
    assert why.reason == "no words"
    assert "no paper of this corpus holds any word" in why.says


def test_beyond_what_was_looked_at(corpus, monkeypatch):
    ask, profile = Recommender(corpus), Profile(liked=IDS[:1])
    last = ask.recommend(profile, k=200, diversity=0).ids[-1]
    assert ask.why_not(profile, last, k=2, diversity=0).reason == "place"
    monkeypatch.setattr(why_not, "DEEPEST_PLACE", 20)
    found = ask.why_not(profile, last, k=2, diversity=0)
    assert (found.reason, found.place) == ("beyond", None)
    assert "not among the first 20 papers" in found.says


def test_a_small_interest_has_no_place(corpus):
    """Sixteen papers of one subject and one of another: in a list of 3 the other has none."""
    profile = Profile(liked=[*IDS[0:64:4], IDS[1]])
    ask = Recommender(corpus)
    listed = ask.recommend(profile, k=200)
    if len(listed.interests) < 2:
        pytest.skip("the fake encoder sees one interest")
    small = next(item for item in listed if item.interest != listed[0].interest)
    why = ask.why_not(profile, small.paper.id, k=small.rank - 1)
    assert why.reason in ("quota", "place", "diversity")
    assert why.place == small.rank


def test_the_parts_of_both_scores_are_said(corpus):
    ask, profile = Recommender(corpus), Profile(liked=IDS[0:12:4])
    listed = ask.recommend(profile, k=12, diversity=0)
    why = ask.why_not(profile, listed.ids[-1], k=5, diversity=0)
    assert (why.place, why.last.paper.id) == (12, listed.ids[4])
    record = why.to_dict()
    assert sum(record["contributions"].values()) == pytest.approx(why.score, abs=1e-5)
    assert sum(record["last"]["contributions"].values()) == pytest.approx(why.last.score, abs=1e-5)
    assert f"score {why.score:.4f}" in str(why)
    assert f"at place 5: {why.last.paper.title}" in str(why)
    assert record == json.loads(json.dumps(record))
    assert "why not" in why._repr_html_()


def test_what_is_no_question_is_refused(corpus):
    ask = Recommender(corpus)
    with pytest.raises(ParameterError, match="is no profile"):
        ask.why_not(IDS[0], IDS[1])
    with pytest.raises(ParameterError, match="is not one paper"):
        ask.why_not(Profile(liked=IDS[:1]), IDS[1:3])
    with pytest.raises(ParameterError, match=r"^k is"):
        ask.why_not(Profile(liked=IDS[:1]), IDS[1], k=0)
    with pytest.raises(UnknownPaper):
        ask.why_not(Profile(liked=["nobody"]), IDS[1])


def test_the_command_says_what_python_says(sample, capsys):
    reader = Profile(liked=["2106.09685"])
    expected = Recommender(sample).why_not(reader, "2005.14165", k=1)
    assert main(["why-not", "2005.14165", "--liked", "2106.09685", "-k", "1"]) == 0
    assert capsys.readouterr().out == f"{expected}\n"
    assert main(["why-not", "2005.14165", "--liked", "2106.09685", "-k", "1", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == expected.to_dict()
    assert main(["why-not", "2005.14165", "--text", "protein folding", "--until", "2019"]) == 0
    out = capsys.readouterr().out
    assert "until 2019 (it is of 2020-05-28)" in out
    assert main(["why-not", "2405.12213", "Mei"]) == 0
    assert "is liked, and does not come again" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["--text", "?!"], ["--liked", "2106.09685", "--name", "Ann"]])
def test_a_command_without_a_list_is_wrong_usage(arguments, capsys):
    assert main(["why-not", "2005.14165", *arguments]) == 2

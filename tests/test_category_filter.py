"""Categories that are wanted, those that are not, and the first one of a paper, against a loop over all."""

import itertools
import json

import numpy as np
import pytest
from conftest import FakeEncoder
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import Corpus, Paper, Profile, Recommender
from recommender.batch import BatchOptions, run_batch
from recommender.cli import main
from recommender.corpus import Filters, allowed_mask, category_filter, filter_warnings
from recommender.corpus.category_filter import CategoryFilter
from recommender.encoders import ENCODERS
from recommender.engine import AnswerOptions
from recommender.errors import ParameterError

OF = [
    (),
    ("cs.CL",),
    ("cs.CV", "cs.CL"),
    ("cs.CL", "cs.CV"),
    ("cs.cl", "stat.ML"),
    ("stat.ML", "cs.LG", "cs.CV"),
    ("csx.AB", "cs"),
    ("cs", "math.AG"),
    ("math", "CS.CV"),
    ("math-ph",),
]
PAPERS = [
    Paper(
        id=f"p{n}",
        title=f"Paper {n} of many",
        abstract=f"Words of number {n}.",
        published="2020",
        categories=OF[n % len(OF)],
    )
    for n in range(50)
]
GONE = 13


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("categories") / "c"
    with Corpus.build(PAPERS, folder, encoder=FakeEncoder()) as corpus:
        corpus.remove([f"p{GONE}"])
        yield corpus


def is_in(own, wanted):
    own, wanted = own.lower(), wanted.lower()
    wanted = wanted[:-2] if wanted.endswith(".*") else wanted
    return own == wanted or own[: len(wanted) + 1] == wanted + "."


def passes(categories, named, primary):
    """Whether a paper of these categories does, looked at one by one."""
    own = categories[:1] if primary else categories
    wanted = [name for name in named if name[0] != "-"]
    unwanted = [name[1:] for name in named if name[0] == "-"]
    if any(is_in(one, name) for one in own for name in unwanted):
        return False
    return not wanted or any(is_in(one, name) for one in own for name in wanted)


def kept(corpus, filters):
    """The papers that a search for all finds: the filter acts inside it."""
    snapshot = corpus.snapshot
    rows, _ = snapshot.search(snapshot.vectors(np.array([0])), 1000, allowed_mask(snapshot, filters))
    return {paper.id for paper in snapshot.papers(rows[0].tolist())}


NAMES = ["cs", "cs.*", "cs.CL", "CS.cv", "stat", "stat.ml", "math", "math.*", "math-ph", "csx"]


@settings(max_examples=300, deadline=None)
@given(
    wanted=st.lists(st.sampled_from(NAMES), max_size=3),
    unwanted=st.lists(st.sampled_from(NAMES), max_size=2),
    primary=st.booleans(),
)
def test_equals_a_loop_over_all_papers(corpus, wanted, unwanted, primary):
    named = [*wanted, *(f"-{name}" for name in unwanted)]
    if not named:
        return
    if any(is_in(one.removesuffix(".*"), name) for one in wanted for name in unwanted):
        with pytest.raises(ParameterError, match="no paper can have the one without the other"):
            Filters(categories=named, primary=primary)
        return
    expected = {
        paper.id for n, paper in enumerate(PAPERS) if n != GONE and passes(paper.categories, named, primary)
    }
    assert kept(corpus, Filters(categories=named, primary=primary)) == expected


def test_every_kind_of_wish_once(corpus):
    """That the loop above is no second copy of one mistake: counted by hand, five papers of each kind."""
    for named, primary, kinds in (
        (["cs.CL"], False, {1, 2, 3, 4}),
        (["cs.CL"], True, {1, 3, 4}),
        (["-cs.CV"], False, {0, 1, 4, 6, 7, 9}),
        (["-cs.CV"], True, {0, 1, 3, 4, 5, 6, 7, 8, 9}),
        (["cs.*", "-CS.cv"], False, {1, 4, 6, 7}),
        (["cs", "-cs.cv"], True, {1, 3, 4, 7}),
        (["math", "stat"], True, {5, 8}),
        (["math"], False, {7, 8}),
    ):
        found = {int(name[1:]) % len(OF) for name in kept(corpus, Filters(categories=named, primary=primary))}
        assert found == kinds, named


def test_a_paper_added_later_counts_by_its_first_category(tmp_path):
    with Corpus.build(PAPERS[:4], tmp_path / "c", encoder=FakeEncoder()) as corpus:
        wish = Filters(categories="cs.CL", primary=True)
        assert kept(corpus, wish) == {"p1", "p3"}
        late = [
            Paper(id="a", title="A late paper", categories=("cs.CL", "cs.CV")),
            Paper(id="b", title="Another late one", categories=("cs.CV", "cs.CL")),
        ]
        corpus.add(late)
        assert kept(corpus, wish) == {"p1", "p3", "a"}


def test_an_older_corpus_tells_the_first_category_from_its_records(corpus):
    """Before format 8 no table did."""
    store = corpus.snapshot.store
    told, read = (
        sorted(store.execute(one)) for one in (category_filter._FIRST, category_filter._FIRST_OF_RECORDS)
    )
    assert told == read
    assert len(told) == sum(bool(paper.categories) for paper in PAPERS) - 1


def test_a_wish_is_told_apart_and_can_lose_what_is_wanted():
    wish = CategoryFilter(["cs.*", " -cs.CV "], primary=True)
    assert (wish.wanted, wish.unwanted, wish.named) == (("cs.*",), ("cs.CV",), ("cs.*", "-cs.CV"))
    assert (wish.without_wanted.wanted, wish.without_wanted.unwanted) == ((), ("cs.CV",))
    assert wish.key != CategoryFilter(["cs.*", "-cs.CV"]).key
    assert bool(wish)
    assert not CategoryFilter()


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"categories": ["cs.CL", "-cs"]}, "'cs.CL' and '-cs': no paper can have the one without the other"),
        ({"categories": ["cs.*", "-CS"]}, r"'cs\.\*' and '-CS'"),
        ({"categories": ["-"]}, "holds '-', which names none; write -cs.CV"),
        ({"primary": True}, "primary says that a paper's first category counts, and no category is named"),
        ({"categories": ["cs.CL", 3]}, "categories holds 3, which is no text"),
    ],
)
def test_a_wish_that_nothing_can_meet_is_refused(options, why):
    with pytest.raises(ParameterError, match=why):
        AnswerOptions(**options)


def test_an_unknown_category_is_named_with_the_nearest_ones(corpus):
    with pytest.raises(ParameterError) as raised:
        allowed_mask(corpus.snapshot, Filters(categories="stat.MLL"))
    assert str(raised.value).startswith(
        "no paper has the category 'stat.MLL'; nearest: stat.ML; the most frequent are cs.CL, "
    )
    with pytest.raises(
        ParameterError, match=r"no paper has the primary category 'math\.AG'; nearest: math\.AG, "
    ):
        allowed_mask(corpus.snapshot, Filters(categories="math.AG", primary=True))
    with pytest.raises(ParameterError, match="no paper has the category 'qqqqq'; the most frequent are"):
        allowed_mask(corpus.snapshot, Filters(categories="qqqqq"))


def test_an_unwanted_category_that_no_paper_has_changes_nothing_and_is_told(corpus):
    wish = Filters(categories=["cs.CL", "-cs.CW"])
    assert kept(corpus, wish) == kept(corpus, Filters(categories="cs.CL"))
    told = [line for line in filter_warnings(corpus.snapshot, wish) if "cs.CW" in line]
    assert len(told) == 1
    why = "no paper has the category 'cs.CW', so that leaving it out changes nothing; nearest: "
    assert told[0].startswith(why)
    assert "cs.CV" in told[0].removeprefix(why).partition(";")[0]


def test_papers_without_a_category_are_left_out_only_where_one_is_wanted(corpus):
    assert "p0" in kept(corpus, Filters(categories="-cs.CV"))
    assert filter_warnings(corpus.snapshot, Filters(categories="-cs.CV")) == ()
    assert filter_warnings(corpus.snapshot, Filters(categories=["stat", "-cs.CV"])) == (
        "5 papers have no category and are left out",
    )


def test_every_method_takes_them(corpus):
    ask, wish = Recommender(corpus), {"categories": ["cs", "-cs.CV"], "primary": True}
    right = {paper.id for paper in PAPERS if passes(paper.categories, wish["categories"], True)}
    right -= {f"p{GONE}", "p1", "p2"}
    reader = Profile(liked=["p1"], seen=["p2"])
    answers = [
        ask.more_like("p1", k=50, **wish),
        ask.search("number", k=50, **wish),
        ask.recommend(reader, k=50, **wish),
        *ask.recommend_many([reader], k=50, **wish),
        ask.between("p1", "p2", k=50, **wish),
        ask.but_not("p1", "p2", k=50, **wish),
        ask.rank(reader, [paper.id for paper in PAPERS if paper.id != f"p{GONE}"], **wish),
    ]
    for answer in answers:
        assert {*answer.ids} - {"p1", "p2"} == right
    fields = ask.beyond(Profile(liked=["p0"]), k=50, **wish)
    assert {paper.id for field in fields for paper in field.papers} <= right | {"p1", "p2"}


def test_ranked_papers_that_a_filter_hides_for_want_of_a_month_are_counted(corpus):
    ask, reader = Recommender(corpus), Profile(liked=["p1"])
    ranked = ask.rank(reader, ["p2", "p3", "p4"], since="2020-06")
    assert ranked.ids == []
    assert ranked.filtered == (
        "3 papers have a year only (2020) and are left out: since 2020-06-01",
        "3 papers left out by the filters",
    )


def test_a_batch_takes_and_records_them(corpus, tmp_path):
    readers = tmp_path / "readers.jsonl"
    readers.write_text(json.dumps({"user": "Ann", "liked": ["p1"]}) + "\n")
    job = BatchOptions(k=50, categories=["cs.CL", "-cs.CV"], primary=True, format="jsonl")
    report = run_batch(readers, corpus.path, tmp_path / "out", job, workers=1)
    assert (report.manifest["parameters"]["categories"], report.manifest["parameters"]["primary"]) == (
        ["cs.CL", "-cs.CV"],
        True,
    )
    lines = itertools.chain.from_iterable(
        path.read_text().splitlines() for path in sorted((tmp_path / "out").rglob("recommendations*.jsonl"))
    )
    kinds = {int(json.loads(line)["id"][1:]) % len(OF) for line in lines}
    assert kinds == {1, 3, 4}
    assert "primary" not in AnswerOptions(categories="cs.CL").to_dict()


@pytest.mark.parametrize("spelled", [["--category", "-cs.CV"], ["--category=-cs.CV"]])
def test_the_command_line_takes_a_minus(corpus, capsys, monkeypatch, spelled):
    monkeypatch.setitem(ENCODERS, "fake", lambda folder: FakeEncoder())
    shared = ["--corpus", str(corpus.path), "-k", "50", "--format", "jsonl", "--category", "cs", *spelled]
    for command in (["like", "p1"], ["search", "number"], ["between", "p1", "--and", "p4"]):
        for primary in (False, True):
            assert main([*command, *shared, *(["--primary"] if primary else [])]) == 0
            found = {json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()}
            right = {paper.id for paper in PAPERS if passes(paper.categories, ["cs", "-cs.CV"], primary)}
            assert found - {"p1", "p4"} == right - {"p1", "p4", f"p{GONE}"}

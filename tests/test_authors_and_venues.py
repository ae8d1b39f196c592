"""Filters by author and venue: against a loop over all papers, in every method, and the nearest spelling."""

import itertools
import json

import numpy as np
import pytest
from conftest import FakeEncoder
from hypothesis import given
from hypothesis import strategies as st

from recommender import Corpus, Paper, Profile, Recommender
from recommender.batch import BatchOptions, run_batch
from recommender.cli import main
from recommender.corpus import Filters, Snapshot, allowed_mask, filter_warnings
from recommender.engine import AnswerOptions
from recommender.errors import ParameterError
from recommender.identity.authors import parts
from recommender.identity.wanted_names import is_named, wanted_name

AUTHORS = (
    ("Geoffrey E. Hinton", "Yann LeCun"),
    ("G. Hinton",),
    ("Alice Hinton", "Johannes Diderik van der Waals"),
    ("Geoffrey H. Moore",),
    ("Nguyễn Văn A", "Li Wei"),
    (),
    ("Mueller, Ada",),
    ("Wei Liang",),
)
VENUES = ("ICML 2020", "Nature Communications", "", "Proc. of Machine Learning (ICML)", "Nature")
PAPERS = [
    Paper(
        id=f"p{number}",
        title=f"Paper {number} of otters",
        abstract=f"Otters swim in river {number}.",
        authors=authors,
        venue=venue,
        categories=("cs.CL",) if number % 2 else ("cs.CV",),
        published=f"20{10 + number % 10}",
    )
    for number, (authors, venue) in enumerate(itertools.product(AUTHORS, VENUES))
]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    with Corpus.build(PAPERS, tmp_path_factory.mktemp("names") / "c", encoder=FakeEncoder()) as corpus:
        yield corpus


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Hinton", {0, 1, 2}),
        ("hinton", {0, 1, 2}),
        ("G. Hinton", {0, 1}),
        ("Hinton, Geoffrey", {0, 1}),
        ("Geoffrey Hinton", {0, 1}),
        ("Geoffrey Everest Hinton", {0}),
        ("van der Waals", {2}),
        ("J. van der Waals", {2}),
        ("Nguyen", {4}),
        ("Nguyễn Văn A", {4}),
        ("Li", {4}),
        ("Müller", {6}),
        ("Muller", {6}),
        ("A. Mueller", {6}),
        ("Lian", set()),
        ("Bob Hinton", set()),
        ("Hinton Bengio", set()),
    ],
)
def test_an_author_is_whom_the_name_may_mean(name, meant):
    wanted = wanted_name(name)
    assert {
        place for place, authors in enumerate(AUTHORS) if any(is_named(parts(one), wanted) for one in authors)
    } == meant


@pytest.mark.parametrize("name", ["", "  ", "G.", "van der", "3", "et al", "-"])
def test_what_can_be_nobody_is_refused(corpus, name):
    assert wanted_name(name) == ()
    with pytest.raises(ParameterError, match=r"authors holds .* which is no name; give a family name"):
        allowed_mask(corpus.snapshot, Filters(authors=name))


WORDS = st.sampled_from("li wei g hinton van der jun geoffrey m a zhang 李 飞飞".split())


@given(author=st.lists(WORDS, max_size=4), wanted=st.lists(WORDS, max_size=3))
def test_a_name_is_its_own_in_any_order_and_with_fewer_parts(author, wanted):
    held = is_named(author, wanted)
    assert held == is_named(author[::-1], wanted) or not {*"gma"}.isdisjoint({*author, *wanted})
    if wanted_name(" ".join(author)):
        assert is_named(author, author)
    if held:
        assert len(wanted) <= len(author)
        assert any(len(part) > 1 and part in author for part in wanted) or "李" in wanted


def by_loop(authors, venues):
    found = set()
    for paper in PAPERS:
        named = any(is_named(parts(one), wanted_name(name)) for one in paper.authors for name in authors)
        held = any(
            {*venue.lower().split()} <= {*paper.venue.lower().replace("(", "").replace(")", "").split()}
            for venue in venues
        )
        if (named or not authors) and (held or not venues):
            found.add(paper.id)
    return found


@given(
    authors=st.lists(
        st.sampled_from(["Hinton", "g hinton", "Nguyen", "Yann LeCun", "Müller", "van der Waals"]), max_size=2
    ),
    venues=st.lists(st.sampled_from(["icml", "Nature", "communications NATURE"]), max_size=2),
    indexed=st.booleans(),
)
def test_equals_a_loop_over_all_papers(corpus, authors, venues, indexed):
    with pytest.MonkeyPatch.context() as patch:
        if not indexed:  # as in a corpus of an older format
            patch.setattr(Snapshot, "words", None)
        snapshot = Snapshot.open(corpus.path)
        mask = allowed_mask(snapshot, Filters(authors=authors, venues=venues))
        rows = np.flatnonzero(snapshot.living if mask is None else mask)
        assert {paper.id for paper in snapshot.papers(rows.tolist())} == by_loop(authors, venues)


def test_a_large_corpus_is_not_read_for_the_nearest_spelling(corpus, monkeypatch):
    monkeypatch.setattr("recommender.corpus.authors_and_venues._MOST_READ", 3)
    snapshot = Snapshot.open(corpus.path)
    with pytest.raises(ParameterError, match=r"no paper has the author 'Hintn'; nearest: '.*Hinton'"):
        allowed_mask(snapshot, Filters(authors="Hintn"))
    with pytest.raises(ParameterError, match=r"no paper has the venue 'Natur'; nearest: 'Nature"):
        allowed_mask(snapshot, Filters(venues="Natur"))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"authors": "Hintn"}, "no paper has the author 'Hintn'; nearest: 'Alice Hinton', 'G. Hinton'"),
        ({"venues": "Natur"}, "no paper has the venue 'Natur'; nearest: 'Nature', 'Nature Communications'"),
        ({"venues": "..."}, "venues holds '...', which holds no word"),
        ({"authors": [3]}, "authors holds 3, which is no text"),
    ],
)
def test_a_name_that_nobody_has_is_named_with_the_nearest_spelling(corpus, options, said):
    with pytest.raises(ParameterError, match=f"^{said}"):
        allowed_mask(corpus.snapshot, Filters(**options))


def test_a_corpus_without_authors_says_so(tmp_path):
    with (
        Corpus.build([Paper(title="Otters")], tmp_path / "c", encoder=FakeEncoder()) as corpus,
        pytest.raises(ParameterError, match=r"'Hinton'; no paper of this corpus has an author$"),
    ):
        allowed_mask(corpus.snapshot, Filters(authors="Hinton"))


def test_papers_without_an_author_or_a_venue_are_counted(corpus):
    found = filter_warnings(corpus.snapshot, Filters(authors="Hinton", venues="Nature"))
    # Of those at Nature one has no author, at two of its venues; of Hinton's three have no venue.
    assert found == ("2 papers have no author and are left out", "3 papers have no venue and are left out")


def test_every_method_filters(corpus):
    recommender, profile = Recommender(corpus), Profile(liked=["p39"])
    options = {"authors": "G. Hinton", "venues": ["ICML", "Nature"], "k": 40}
    answers = [
        recommender.more_like("p39", **options),
        recommender.search("otters", **options),
        recommender.recommend(profile, **options),
        recommender.between("p39", "p38", **options),
        recommender.but_not("p39", "p38", **options),
        recommender.rank(profile, [paper.id for paper in PAPERS], **options),
        *recommender.recommend_many([profile], **options),
    ]
    wanted = by_loop(["G. Hinton"], ["ICML", "Nature"])
    assert [{*answer.ids} for answer in answers[:3]] == [wanted] * 3
    assert all({*answer.ids} == wanted for answer in answers)
    fields = recommender.beyond(profile, authors="Yann LeCun")
    assert {paper.id for field in fields for paper in field.papers} <= by_loop(["Yann LeCun"], [])


def test_a_batch_job_filters_and_records_it(corpus, tmp_path):
    profiles = tmp_path / "p.jsonl"
    profiles.write_text('{"user": "Ann", "liked": ["p39"]}\n')
    options = BatchOptions(k=40, authors="G. Hinton", venues="Nature", format="jsonl")
    run_batch(profiles, corpus.path, tmp_path / "out", options)
    lines = (tmp_path / "out" / "recommendations.jsonl").read_text().splitlines()
    assert {json.loads(line)["id"] for line in lines} == by_loop(["G. Hinton"], ["Nature"])
    recorded = json.loads((tmp_path / "out" / "manifest.json").read_text())["parameters"]
    assert (recorded["authors"], recorded["venues"]) == (["G. Hinton"], ["Nature"])
    assert {"authors", "venues"}.isdisjoint(AnswerOptions().to_dict())


def test_commands_filter(corpus, capsys):
    command = ["like", "p39", "--corpus", str(corpus.path), "-k", "40", "--format", "jsonl"]
    assert main([*command, "--author", "Hinton, G.", "--author", "Nguyen", "--venue", "icml"]) == 0
    out = capsys.readouterr().out
    assert {json.loads(line)["id"] for line in out.splitlines()} == by_loop(["G. Hinton", "Nguyen"], ["icml"])
    assert main([*command, "--author", "Hintn"]) == 2
    assert "nearest: 'Alice Hinton'" in capsys.readouterr().err

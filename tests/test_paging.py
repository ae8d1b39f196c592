"""A short list is the head of a longer one, and pages are stretches of one list, whatever is wanted of it."""

import csv
import dataclasses
import io
import json
import random
import tracemalloc

import numpy as np
import pytest
from conftest import FakeEncoder, make_papers
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import Corpus, Paper, Profile, Recommender
from recommender.batch import BatchOptions, recommend_frame, run_batch
from recommender.cli import main
from recommender.diversity import RERANKS
from recommender.engine import AnswerOptions
from recommender.engine.sequence import pool_size
from recommender.errors import ParameterError
from recommender.scoring import STRATEGIES

SILENT = "silent"
LONGEST = 130  # looks into the third level of candidates


class HalfSilent(FakeEncoder):
    """Knows nothing of some texts: these have no vector."""

    def encode(self, texts):
        spoken = np.array([SILENT not in text for text in texts], np.float32)
        return super().encode(texts) * spoken[:, None] if texts else super().encode(texts)


def of_one_vector(count):
    """Papers with the same words in other orders, none of which comes beside another."""
    words, chance = "vision robot protein language torque enzyme".split(), random.Random(3)
    titles = list(dict.fromkeys(" ".join(chance.sample(words, 6)) for _ in range(2 * count)))[:count]
    return [Paper(f"2401.{number:05d}", title, "A correction.") for number, title in enumerate(titles)]


PAPERS = [
    *make_papers(560),
    *of_one_vector(26),
    *(dataclasses.replace(one, title=f"{one.title}, {SILENT}") for one in make_papers(8, start=900)),
]
IDS = [paper.id for paper in PAPERS]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("paging")
    with Corpus.build(PAPERS, folder / "c", encoder=HalfSilent()) as corpus:
        yield corpus


positions = st.integers(0, len(IDS) - 1)
profiles = st.builds(
    lambda liked, others, words: Profile(
        liked=[IDS[place] for place in sorted(liked)],
        disliked=[IDS[place] for place in sorted(others - liked)][:2],
        seen=[IDS[place] for place in sorted(others - liked)][2:],
        interests=words,
    ),
    st.sets(positions, min_size=1, max_size=9),
    st.sets(positions, max_size=6),
    st.lists(st.sampled_from(["robot grasp", "a protein"]), max_size=2, unique=True),
)
options = st.fixed_dictionaries(
    {"diversity": st.sampled_from([0.0, 0.2, 0.6, 1.0])},
    optional={
        "since": st.just("2017"),
        "categories": st.just(["cs.CV", "q-bio.BM"]),
        "min_confidence": st.sampled_from([0.02, 0.3, 0.7]),
    },
)


def lines(listed):
    """All that is written of each paper."""
    return [item.to_dict() for item in listed]


@settings(max_examples=60, deadline=None)
@given(
    profiles,
    options,
    st.sampled_from(sorted(set(STRATEGIES) - {"linear"})),
    st.sampled_from(sorted(RERANKS)),
    st.integers(1, 60),
    st.integers(0, LONGEST - 60),
)
def test_every_stretch_is_that_of_the_longest_list(library, profile, how, strategy, rerank, k, offset):
    recommender = Recommender(library, strategy=strategy, rerank=rerank)
    longest = recommender.recommend(profile, k=LONGEST, **how)
    part = recommender.recommend(profile, k=k, offset=offset, **how)
    assert part.ids == longest.ids[offset : offset + k]
    assert part.scores.tolist() == longest.scores[offset : offset + k].tolist()
    assert [item.rank for item in part] == list(range(offset + 1, offset + len(part) + 1))
    assert len(set(longest.ids)) == len(longest)
    assert part.offset == offset
    few = slice(0, 2)
    assert lines(part[few]) == lines(longest[offset : offset + k][few])


def test_of_a_machine_that_learns_as_well(library):
    recommender = Recommender(library, strategy="linear", rerank="mmr")
    profile = Profile(liked=IDS[:12:3], disliked=IDS[1:2])
    assert (
        recommender.recommend(profile, k=4, offset=28).ids == recommender.recommend(profile, k=60).ids[28:32]
    )


@settings(max_examples=25, deadline=None)
@given(profiles, st.sampled_from([0.0, 0.4]))
def test_every_beginning_keeps_the_quotas_within_one(library, profile, diversity):
    """An interest that has papers left has as many ranks as its share of those that are not free, or fewer by
    less than one, and more only as the free ones go to it.
    """
    for k in (1, 2, 3, 5, 8, 13, 40):
        recs = Recommender(library).recommend(profile, k=k, diversity=diversity)
        free = recs.reasons.answer.profile.places[-1] if len(recs.interests) > 1 else 0
        for one in recs.interests:
            own = one.share * (1 - free) * k
            assert own - 1 < one.quota < own + free * k + 2
        assert sum(one.quota for one in recs.interests) <= k
        if len(recs) == k and not any(one.starved for one in recs.interests):
            assert all(one.outcome >= one.quota for one in recs.interests)


def test_pages_have_no_paper_twice_and_together_are_the_whole_list(library):
    """A reader of several interests; every paper that may come does, and each page continues the ranks."""
    recommender, profile = Recommender(library), Profile(liked=[*IDS[0:24:4], *IDS[3:11:4], IDS[2]])
    whole = recommender.recommend(profile, k=len(PAPERS))
    pages = [recommender.recommend(profile, k=70, offset=start) for start in range(0, len(whole), 70)]
    assert [paper for page in pages for paper in page.ids] == whole.ids
    assert [item.rank for page in pages for item in page] == list(range(1, len(whole) + 1))
    beyond = recommender.recommend(profile, k=5, offset=len(whole))
    assert (beyond.ids, beyond.offset) == ([], len(whole))
    ends = f"the list ends after {len(whole)} papers; {len(whole)} are left out (--skip)"
    assert ends in beyond.warnings


def test_all_that_is_said_of_a_paper_is_the_same_on_its_page(library):
    recommender, profile = Recommender(library), Profile(liked=[*IDS[0:24:4], *IDS[3:11:4]])
    whole, page = recommender.recommend(profile, k=30), recommender.recommend(profile, k=12, offset=18)
    for on_page, in_whole in zip(page, whole[18:], strict=True):
        assert on_page.to_dict() == in_whole.to_dict()
        assert on_page.explain(counterfactuals=1) == in_whole.explain(counterfactuals=1)
        assert on_page.displaced == in_whole.displaced
    assert page.interests == whole.interests
    assert page.diversity_report == whole.diversity_report
    np.testing.assert_array_equal(page.similarities, whole.similarities[18:, 18:])
    assert page[:2].offset == 18
    assert page[3:].offset == 21
    assert page.to_frame()["rank"].tolist() == list(range(19, 31))


def test_other_questions_have_pages(library):
    recommender = Recommender(library)
    for ask, arguments in (
        (recommender.more_like, (IDS[0],)),
        (recommender.search, ("robot grasp",)),
        (recommender.between, (IDS[0:8:4], IDS[3:11:4])),
        (recommender.but_not, (IDS[0:8:4], IDS[3:11:4])),
    ):
        assert ask(*arguments, k=7, offset=16).ids == ask(*arguments, k=40).ids[16:23] != []


def test_many_readers_get_the_page_that_each_gets_alone(library):
    profiles = [
        Profile(liked=IDS[:8:4]),
        Profile(liked=[*IDS[0:24:4], *IDS[3:11:4]]),
        Profile(liked=[IDS[9]]),
    ]
    recommender = Recommender(library)
    many = recommender.recommend_many(profiles, k=15, offset=20)
    for profile, page in zip(profiles, many, strict=True):
        assert page.ids == recommender.recommend(profile, k=35).ids[20:]
        assert page[0].rank == 21


def test_an_approximate_index_has_pages_too(tmp_path):
    with Corpus.build(PAPERS, tmp_path / "c", encoder=HalfSilent(), index="hnsw") as corpus:
        recommender = Recommender(corpus)
        assert (
            recommender.more_like(IDS[0], k=10, offset=20).ids
            == recommender.more_like(IDS[0], k=90).ids[20:30]
        )


def test_a_batch_writes_the_page_and_its_manifest_says_so(library, tmp_path):
    source = tmp_path / "readers.jsonl"
    readers = {"Ann": IDS[:8:4], "Bob": [*IDS[0:24:4], *IDS[3:11:4]]}
    source.write_text(
        "".join(json.dumps({"user": user, "liked": liked}) + "\n" for user, liked in readers.items())
    )
    written = {}
    for name, how in (("page", {"k": 3, "offset": 4}), ("whole", {"k": 7})):
        report = run_batch(source, library.path, tmp_path / name, BatchOptions(format="jsonl", **how))
        written[name] = [json.loads(line) for line in report.output.read_text("utf-8").splitlines()]
        assert report.manifest["parameters"].get("offset") == how.get("offset")
    assert written["page"] == [row for row in written["whole"] if row["rank"] > 4]
    assert [row["rank"] for row in written["page"]] == [5, 6, 7] * 2


def test_a_frame_of_readers_has_the_page(library):
    pd = pytest.importorskip("pandas")
    rated = (
        pd.DataFrame({"user": [7, 7], "liked": [IDS[0], IDS[4]]})
        .groupby("user")["liked"]
        .agg(list)
        .reset_index()
    )
    page = recommend_frame(library, rated, k=2, offset=3)
    whole = recommend_frame(library, rated, k=5)
    pd.testing.assert_frame_equal(page, whole.iloc[3:].reset_index(drop=True))


@pytest.mark.parametrize("offset", [-1, 1.5, "10", True, None, 2**40])
def test_an_offset_that_is_none_is_refused(offset):
    with pytest.raises(ParameterError, match="offset is"):
        AnswerOptions(offset=offset)


def test_jobs_that_were_recorded_before_there_were_pages_are_still_the_same():
    assert "offset" not in AnswerOptions().to_dict()
    assert AnswerOptions(offset=np.int64(20)).to_dict()["offset"] == 20


def test_the_command_line_skips(capsys):
    def rows(*arguments):
        assert main(["like", "2106.09685", "--format", "csv", *arguments]) == 0
        return [(row["rank"], row["id"]) for row in csv.DictReader(io.StringIO(capsys.readouterr().out))]

    assert rows("-k", "4", "--skip", "3") == rows("-k", "7")[3:]
    assert main(["like", "2106.09685", "-k", "2", "--skip", "3"]) == 0
    out = capsys.readouterr().out
    assert [line.split()[0] for line in out.splitlines() if line[:3].strip().isdigit()] == ["4", "5"]
    assert main(["like", "2106.09685", "--skip", "-1"]) == 2
    assert "offset is -1" in capsys.readouterr().err


def test_a_pool_is_several_times_what_is_taken_of_it_and_grows_in_steps():
    assert [pool_size(taken) for taken in (0, 9, 10, 19, 20, 40, 80, 160)] == [
        50,
        50,
        100,
        100,
        200,
        400,
        480,
        640,
    ]
    sizes = [pool_size(taken) for taken in range(3000)]
    assert sizes == sorted(sizes)
    assert all(size - taken >= 40 for taken, size in enumerate(sizes))


def test_memory_for_a_list_of_all_papers_grows_with_them_and_not_with_their_pairs(tmp_path):
    """Each paper has a text of its own; their pairs alone would be 4 n bytes a paper."""
    n = 5000
    papers = make_papers(n, seed=5)
    with Corpus.build(papers, tmp_path / "c", encoder=FakeEncoder(dim=8)) as corpus:
        recommender = Recommender(corpus)
        recommender.more_like(papers[0].id)
        tracemalloc.start()
        listed = recommender.more_like(papers[0].id, k=n)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert len(listed) > n / 3
    assert peak < 12_000 * n

"""Any encoder's cosines: measured on random papers, put on the usual scale, and then the same lists."""

import dataclasses
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from conftest import FakeEncoder, make_papers
from hypothesis import given
from hypothesis import strategies as st
from older_formats import older_format

from recommender import Corpus, Paper, Profile, Recommender
from recommender.corpus.agreement import check_encoder_matches, check_same_vectors
from recommender.corpus.manifest import MeasuredCosines
from recommender.corpus.store import CorpusStore
from recommender.cosine_scale import CosineScale, typical_and_spread
from recommender.diversity import RERANKS
from recommender.encoders import LookupEncoder, load_encoder
from recommender.engine import NEAR
from recommender.errors import EncoderMismatch
from recommender.recipe import TextRecipe

SHARES = (0.5, 0.8, 0.9)
"""What of each cosine all papers have in common."""


def narrowed(vectors, share):
    """One more coordinate, the same for all: cosine' = (1 - share) * cosine + share."""
    constant = np.full((len(vectors), 1), np.sqrt(share), np.float32)
    return np.hstack([np.sqrt(1 - share) * vectors, constant]).astype(np.float32)


class Narrow:
    """An encoder all of whose vectors have a part in common."""

    def __init__(self, inner, share):
        self.inner, self.share = inner, share
        self.name = f"{inner.name}-narrow-{share}"
        self.fingerprint = hashlib.sha256(f"{inner.fingerprint}{share}".encode()).hexdigest()
        self.dim = inner.dim + 1

    def encode(self, texts):
        vectors = self.inner.encode(texts)
        return np.where(vectors.any(axis=1, keepdims=True), narrowed(vectors, self.share), 0)


def sample_with(share, folder):
    """The sample, its vectors narrowed."""
    with Corpus.sample() as corpus:
        papers = list(corpus)
        vectors = corpus.snapshot.vectors(corpus.snapshot.rows())
    fingerprint = hashlib.sha256(f"{share}".encode()).hexdigest()
    texts = [paper.text for paper in papers]
    encoder = LookupEncoder(f"narrow-{share}", fingerprint, texts, narrowed(vectors, share))
    return Corpus.build(papers, folder, encoder=encoder, precision="float32")


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    return {share: sample_with(share, tmp_path_factory.mktemp("sample") / "c") for share in (0.0, *SHARES)}


# The map


@given(st.floats(-1, 1), st.floats(0, 1), st.floats(-1, 1), st.floats(0, 1))
def test_the_offset_is_a_part_and_limits_come_back(typical, spread, usual_typical, usual_spread):
    scale = CosineScale(typical, spread, usual_typical, usual_spread)
    assert 0 <= scale.offset <= 0.95
    limits = np.array([0.3, 0.97, 0.98])
    assert scale.of(np.array([scale.raw(limit) for limit in limits])) == pytest.approx(limits, abs=1e-9)


@pytest.mark.parametrize("share", [0.3, *SHARES])
@pytest.mark.parametrize(("typical", "spread"), [(0.18, 0.13), (0.25, 0.12), (0.45, 0.11), (0.6, 0.2)])
def test_what_all_have_in_common_is_the_offset(typical, spread, share):
    scale = CosineScale(typical * (1 - share) + share, spread * (1 - share), typical, spread)
    assert scale.offset == pytest.approx(share, abs=1e-6)
    cosines = np.linspace(-0.97, 1, 41)
    assert scale.of((1 - share) * cosines + share) == pytest.approx(cosines, abs=1e-5)


def test_in_a_usual_range_cosines_stay_as_they_are():
    cosines = np.array([0.1, 0.97], np.float32)
    for typical, spread in ((0.2, 0.1), (0.3, 0.15), (0.38, 0.1), (0.0, 0.05)):
        scale = CosineScale(typical, spread)
        assert scale.offset == 0
        assert scale.of(cosines) is cosines
        assert scale.raw(NEAR) is NEAR


def test_the_map_has_no_step():
    """One paper more turns nothing on or off: the offset changes little where the typical value does."""
    offsets = [CosineScale(typical, 0.12 * (1 - typical)).offset for typical in np.linspace(0.2, 0.99, 8000)]
    assert offsets[0] == 0
    assert np.all(np.diff(offsets) >= 0)
    assert np.diff(offsets).max() < 0.001


def test_a_missing_vector_is_like_nothing():
    scale = CosineScale(0.85, 0.024)
    assert scale.of(np.array([0.0, 0.85, 1.0, 0.3], np.float32)).tolist() == pytest.approx([0, 0.25, 1, -1])


@pytest.mark.parametrize("wrong", [{"typical": 1.1}, {"usual_typical": -2}, {"spread": -0.1}, {"spread": 2}])
def test_numbers_that_are_no_cosines_are_refused(wrong):
    with pytest.raises(ValueError, match=str(next(iter(wrong.values())))):
        CosineScale(**wrong)


# What is measured


def test_a_corpus_measures_the_cosines_of_its_papers(samples):
    corpus = samples[0.8]
    snapshot = corpus.snapshot
    rows = snapshot.rows()
    usual = load_encoder("static").encode(snapshot.texts(rows.tolist()))
    for vectors, found in (
        (snapshot.vectors(rows), (snapshot.manifest.cosines.typical, snapshot.manifest.cosines.spread)),
        (usual, (snapshot.manifest.cosines.usual_typical, snapshot.manifest.cosines.usual_spread)),
    ):
        cosines = [float(a @ b) for place, a in enumerate(vectors) for b in vectors[:place]]
        assert found == pytest.approx((np.mean(cosines), np.std(cosines)), abs=1e-5)
    assert snapshot.cosine_scale.offset == pytest.approx(0.8, abs=0.01)


def test_the_encoders_at_hand_have_a_usual_range(samples):
    papers = list(Corpus.sample())
    static = load_encoder("static").encode([paper.text for paper in papers])
    assert samples[0.0].snapshot.cosine_scale.offset == 0  # minilm's vectors
    assert Corpus.sample().snapshot.cosine_scale.offset == 0
    assert CosineScale(*typical_and_spread(static)).offset == 0


def test_a_corpus_of_one_subject_is_no_narrow_encoder(tmp_path):
    words = "bee hive nectar pollen swarm queen comb forage meadow wax drone larva".split()
    chance = np.random.default_rng(0)
    texts = [" ".join(chance.choice(words, 10)) for _ in range(60)]
    papers = [
        Paper(id=f"bees-{n}", title=f"Bees {n}", abstract=f"{text}, in June {n}.")
        for n, text in enumerate(texts)
    ]
    corpus = Corpus.build(papers, tmp_path / "c", encoder="static")
    assert corpus.snapshot.measured_cosines.typical > 0.6
    assert corpus.snapshot.cosine_scale.offset == 0


@pytest.mark.parametrize("count", [0, 1, 9])
def test_of_few_papers_nothing_is_measured(tmp_path, count):
    encoder = Narrow(FakeEncoder(), 0.8)
    corpus = Corpus.build(make_papers(12), tmp_path / "c", encoder=encoder)
    assert corpus.snapshot.cosine_scale.offset > 0.5
    corpus.remove([paper.id for paper in list(corpus)[count:]])
    assert corpus.snapshot.manifest.cosines is None
    assert corpus.snapshot.cosine_scale.offset == 0
    info = corpus.info()
    assert (info.typical_cosine, info.cosine_spread, info.cosine_offset) == (None, None, 0)
    json.dumps(dataclasses.asdict(info), allow_nan=False)


def test_papers_that_are_all_the_same_are_no_narrow_encoder(tmp_path):
    papers = [Paper(id=f"n{number}", title="One title", abstract="One abstract.") for number in range(12)]
    corpus = Corpus.build(papers, tmp_path / "c", encoder=FakeEncoder())
    assert corpus.snapshot.cosine_scale.offset == 0


def test_the_same_papers_have_the_same_scale_whatever_their_history(tmp_path):
    encoder, papers = Narrow(FakeEncoder(), 0.8), make_papers(420)
    at_once = Corpus.build(papers[:400], tmp_path / "a", encoder=encoder)
    later = Corpus.build(papers[300:], tmp_path / "b", encoder=encoder)
    later.add(papers[:200])
    later.add(papers[200:400])
    later.remove([paper.id for paper in papers[400:]])
    stored = [dataclasses.asdict(corpus.snapshot.manifest.cosines) for corpus in (at_once, later)]
    assert stored[0].pop("next_row") == 400
    assert stored[1].pop("next_row") == 420
    assert stored[0] == stored[1]
    later.compact()
    assert later.snapshot.cosine_scale == at_once.snapshot.cosine_scale


def test_one_paper_more_changes_little(tmp_path):
    corpus = Corpus.build(make_papers(400), tmp_path / "c", encoder=FakeEncoder())
    before = corpus.snapshot.measured_cosines
    corpus.add(make_papers(1, start=900))
    assert corpus.snapshot.measured_cosines.typical == pytest.approx(before.typical, abs=0.001)


def test_a_former_corpus_is_measured_when_opened_and_its_first_writer_stores_it(tmp_path):
    folder, encoder = tmp_path / "c", Narrow(FakeEncoder(), 0.8)
    built = Corpus.build(make_papers(40), folder, encoder=encoder, precision="float32")
    wanted, info = built.snapshot.measured_cosines, built.info()
    assert info.cosines_stored
    built.close()
    older_format(folder, 6)
    with Corpus.open(folder) as former:
        assert former.snapshot.manifest.cosines is None
        assert former.snapshot.measured_cosines == wanted
        assert not former.info().cosines_stored
        assert former.info().cosine_offset == info.cosine_offset
    with Corpus.open(folder, encoder=encoder) as former:
        former.add(make_papers(1, start=500))
        former.remove([next(iter(make_papers(1, start=500))).id])
        assert former.info().cosines_stored
        assert former.snapshot.cosine_scale == CosineScale(*dataclasses.astuple(wanted)[:4])


def test_what_another_state_had_is_not_taken_for_this_one(tmp_path):
    corpus = Corpus.build(make_papers(40), tmp_path / "c", encoder=FakeEncoder())
    stored = corpus.snapshot.manifest.cosines
    with CorpusStore.lock(corpus.path), CorpusStore.write(corpus.path) as store, store.transaction():
        other = MeasuredCosines(0.9, 0.01, 0.3, 0.1, stored.papers - 1, stored.next_row)
        store.set_manifest(store.manifest().replace(cosines=other))
    with Corpus.open(corpus.path) as again:
        assert again.snapshot.measured_cosines == stored


# Lists

STRATEGIES_ON_COSINES = ("hybrid", "interests", "linear", "max", "mean", "nearest", "recency")


def readers(corpus, count=3):
    """Readers with one interest and with several, each of a few papers near each other."""
    snapshot = corpus.snapshot
    rows = snapshot.rows()
    vectors, ids = snapshot.vectors(rows), [paper.id for paper in snapshot.papers(rows.tolist())]
    chance, found = np.random.default_rng(4), []
    for interests in (1, 2, 3):
        for _ in range(count):
            near = [
                np.argsort(-(vectors @ vectors[one]))[:3]
                for one in chance.choice(len(rows), interests, False)
            ]
            names = dict.fromkeys(ids[place] for place in np.concatenate(near))
            disliked = next(name for name in ids[interests::7] if name not in names)
            found.append(Profile(liked=tuple(names), disliked=(disliked,) if interests == 2 else ()))
    return found


def compared(lists, others):
    """How many papers of each list, of 10, are in the other one as well."""
    return [len({*one.ids} & {*other.ids}) for one, other in zip(lists, others, strict=True)]


@pytest.mark.parametrize("strategy", STRATEGIES_ON_COSINES)
def test_lists_are_the_same_however_narrow_the_range(samples, strategy):
    profiles = readers(samples[0.0])
    plain = [Recommender(samples[0.0], strategy=strategy, rerank="none").recommend(one) for one in profiles]
    for share in SHARES:
        recommender = Recommender(samples[share], strategy=strategy, rerank="none")
        lists = [recommender.recommend(profile) for profile in profiles]
        same = compared(plain, lists)
        assert np.mean(same) >= 9.5, (share, same)
        # Nor do interests fall apart, and nobody is surer or less sure than before.
        interests = [[max(len(one.interests), 1) for one in some] for some in (plain, lists)]
        assert np.mean(np.equal(*interests)) >= 0.9
        if strategy == "interests":
            surest = [np.mean([one.reasons.confidence(0) for one in some]) for some in (plain, lists)]
            assert surest[1] == pytest.approx(surest[0], abs=0.03)


@pytest.mark.parametrize("share", SHARES)
@pytest.mark.parametrize("rerank", sorted(RERANKS))
def test_reranks_choose_the_same_however_narrow_the_range(rerank, share):
    """To the last paper, where the scale is just that of the vectors."""
    chance = np.random.default_rng(7)
    vectors = chance.standard_normal((60, 12)) + 0.8
    vectors = np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)
    vectors[5] = 0  # without a vector
    scores = np.linspace(0.9, 0.4, 60).astype(np.float32)
    usual = typical_and_spread(vectors[6:])
    narrow = narrowed(vectors, share) * vectors.any(axis=1, keepdims=True)
    scale = CosineScale(*typical_and_spread(narrow[6:]), *usual)
    assert scale.offset == pytest.approx(share, abs=1e-3)
    for diversity in (0.2, 0.5, 0.9):
        chosen = []
        for some, selection in (
            (vectors, RERANKS[rerank].begin(diversity)),
            (narrow, RERANKS[rerank].begin(diversity, scale)),
        ):
            selection.add(some[:40], scores[:40])
            taken = []
            for step in range(20):
                if step == 10:
                    selection.add(some[40:], scores[40:])
                taken.append(selection.best())
                selection.take(taken[-1])
            chosen.append(taken)
        assert len({*chosen[0]} & {*chosen[1]}) >= 19
        assert chosen[0][:10] == chosen[1][:10]


def test_the_diversity_report_is_on_the_usual_scale(samples):
    reports = [
        Recommender(samples[share]).recommend(readers(samples[0.0])[0], diversity=0.6).diversity_report
        for share in (0.0, 0.9)
    ]
    assert reports[1].distance == pytest.approx(reports[0].distance, abs=0.02)
    assert reports[1].plain_distance == pytest.approx(reports[0].plain_distance, abs=0.02)
    assert [one.cosine for one in reports[1].displacements] == pytest.approx(
        [one.cosine for one in reports[0].displacements], abs=0.03
    )


def test_the_default_rerank_and_all_it_says_are_the_same(samples):
    profiles = readers(samples[0.0])
    plain, narrow = ([Recommender(samples[share]).recommend(one) for one in profiles] for share in (0.0, 0.8))
    assert np.mean(compared(plain, narrow)) >= 9.5
    alike = [np.mean([one.similarities.mean() for one in lists]) for lists in (plain, narrow)]
    assert alike[1] == pytest.approx(alike[0], abs=0.02)


def test_contributions_still_add_up(samples):
    for item in Recommender(samples[0.9]).recommend(readers(samples[0.0])[5]):
        total = sum(part.contribution for part in item.explanation.contributions)
        assert total == pytest.approx(item.score, abs=1e-5)
        assert -1 <= item.score <= 1


def test_a_near_paper_is_no_version_because_all_are_near(tmp_path):
    """By an encoder whose unlike papers have a cosine of .85, one of .985 says little."""
    vectors = np.linalg.qr(np.random.default_rng(0).standard_normal((80, 40)))[0]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors[1] = 0.85 * vectors[0] + np.sqrt(1 - 0.85**2) * vectors[1]
    vectors[1] /= np.linalg.norm(vectors[1])
    papers = make_papers(80)
    fingerprint = hashlib.sha256(b"near").hexdigest()
    encoder = LookupEncoder("near", fingerprint, [paper.text for paper in papers], narrowed(vectors, 0.9))
    corpus = Corpus.build(papers, tmp_path / "c", encoder=encoder, precision="float32")
    raw = corpus.snapshot.vectors(corpus.snapshot.rows())
    place = {paper.id: number for number, paper in enumerate(corpus)}
    one, other = (place[paper.id] for paper in papers[:2])
    assert float(raw[one] @ raw[other]) > 0.98
    assert papers[1].id in Recommender(corpus, strategy="mean").more_like(papers[0].id).ids


def test_a_paper_without_a_vector_is_no_farther_than_before(tmp_path):
    """It is compared by its words alone, as if its cosine were 0."""

    class Silent(FakeEncoder):
        def encode(self, texts):
            return super().encode(texts) * np.array([["silent" not in text] for text in texts], np.float32)

    papers = make_papers(40)
    papers[3] = dataclasses.replace(papers[3], title=f"{papers[3].title} silent")
    corpora = [
        Corpus.build(papers, tmp_path / f"{share}", encoder=Narrow(Silent(), share)) for share in (0.0, 0.8)
    ]
    scores = [
        dict(zip(found.ids, found.scores, strict=True))
        for found in (Recommender(corpus).more_like(papers[0].id, k=39, diversity=0) for corpus in corpora)
    ]
    assert corpora[1].snapshot.cosine_scale.offset > 0.5
    silent = [found[papers[3].id] for found in scores]
    assert silent[0] == pytest.approx(silent[1], abs=1e-6)


def test_other_vectors_of_a_narrow_encoder_are_told_from_its_own():
    """Those of other texts have a cosine of .99 to its own, as all papers have one of .97."""
    papers = list(Corpus.sample())[:32]
    encoder = Narrow(load_encoder("static"), 0.97)
    own = encoder.encode([paper.text for paper in papers])
    assert check_encoder_matches(encoder, papers, own.astype(np.float16).astype(np.float32), "c") > 0.99
    check_same_vectors(own, own, Path("c"), scale=CosineScale(0.97, 0.004))
    others = encoder.encode([paper.title for paper in papers])
    assert np.mean(np.vecdot(own, others)) > 0.985
    with pytest.raises(EncoderMismatch, match="these are not the vectors"):
        check_encoder_matches(encoder, papers, others, "c", recipe=TextRecipe("{title}. {abstract}"))
    with pytest.raises(EncoderMismatch, match="other vectors of the same papers"):
        check_same_vectors(others, own, Path("c"), scale=CosineScale(0.97, 0.004))

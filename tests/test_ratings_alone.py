"""A reader's profile, and list, is the same from the whole table and from the reader's own rows."""

import functools
import json

import pandas as pd
import pytest
from conftest import make_papers
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import Corpus, Profile, read_profiles
from recommender.batch import recommend_frame
from recommender.errors import ParameterError, ProfileError
from recommender.profiles import Skipped
from recommender.profiles.readings import read_ratings
from recommender.profiles.scales import NOTHING, RatingScale, number_of, scales_of
from recommender.profiles.store import ProfileStore

STARS = st.sampled_from([0, 0.5, 1, 2, 3, 4, 5, None])
SIGNS = st.sampled_from([-1, 0, 1, None])
WORDS = st.sampled_from(["like", "no", "yes", "seen", "true", 5, 1, 0, None])
COLUMNS = st.sampled_from(["rating", "score", "stars", "liked", "included", "label"])


@st.composite
def tables(draw):
    """Rows of a few readers, by one kind of ratings, in a column of some name."""
    values = draw(st.sampled_from([STARS, SIGNS, WORDS]))
    papers = st.sampled_from([f"p{number}" for number in range(6)])
    row = st.tuples(st.sampled_from(["Ann", "Ben", "Cleo"]), papers, values)
    rows = draw(st.lists(row, min_size=1, max_size=10, unique_by=lambda one: one[:2]))
    return pd.DataFrame(rows, columns=["user", "paper", draw(COLUMNS)])


def csv(frame, folder):
    frame.to_csv(folder / "r.csv", index=False)
    return folder / "r.csv"


def jsonl(frame, folder):
    records = [{k: None if pd.isna(v) else v for k, v in one.items()} for one in frame.to_dict("records")]
    (folder / "r.jsonl").write_text("".join(json.dumps(one) + "\n" for one in records))
    return folder / "r.jsonl"


def parquet(frame, folder):
    frame.to_parquet(folder / "r.parquet")
    return folder / "r.parquet"


WAYS = {"frame": lambda frame, folder: frame, "csv": csv, "jsonl": jsonl, "parquet": parquet}


def profiles(source, **options):
    """By reader, the Profile or why there is none; None for a source whose scale is asked for."""
    found = {}
    try:
        for one in read_profiles(source, **options):
            if isinstance(one, Profile):
                found[one.name] = one
            elif not one.paper:
                found.setdefault(one.user, one)
    except ParameterError:
        return None
    except ProfileError:
        pass  # nobody in it has a profile
    return found


def is_question(found):
    return isinstance(found, Skipped) and "--scale" in found.reason


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=60, deadline=None)
@given(frame=tables(), declared=st.sampled_from([None, "1:5", "-1:1"]))
def test_a_profile_is_the_same_from_the_readers_own_rows(tmp_path_factory, way, frame, declared):
    """Either is at most refused with the question; never are there two profiles."""
    folder = tmp_path_factory.getbasetemp()
    column = frame.columns[2]
    try:
        whole = profiles(WAYS[way](frame, folder), scale=declared)
    except (TypeError, ValueError, OverflowError):  # pyarrow writes no column of words and numbers
        assert way == "parquet"
        return
    for user, rows in frame.groupby("user"):
        # Text cannot tell a column of numbers: a reader who rated nothing at all is one who likes, alone.
        if way in ("csv", "jsonl") and rows[column].isna().all():
            continue
        if way in ("frame", "parquet") and rows[column].isna().all() and rows[column].dtype == object:
            continue
        alone = profiles(WAYS[way](rows, folder), scale=declared)
        if whole is None or alone is None:
            assert declared is None
            continue
        one, other = whole.get(user), alone.get(user)
        if is_question(one) or is_question(other):
            continue
        assert (one if isinstance(one, Profile) else None) == (other if isinstance(other, Profile) else None)


@functools.cache
def corpus():
    return Corpus.in_memory(make_papers(24), encoder="static")


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Ann", "Ben"]), st.integers(0, 23), st.sampled_from([0, 1, 2, 3, 4, 5, None])
        ),
        min_size=2,
        max_size=8,
        unique_by=lambda one: one[:2],
    )
)
def test_a_list_is_the_same_from_the_readers_own_rows(rows):
    ids = [paper.id for paper in corpus()]
    frame = pd.DataFrame([(u, ids[p], r) for u, p, r in rows], columns=["user", "item", "rating"])
    whole = recommend_frame(corpus(), frame.astype({"rating": float}), k=3)
    for user, own in frame.groupby("user"):
        alone = recommend_frame(corpus(), own.astype({"rating": float}), k=3)
        assert whole[whole.user == user].id.tolist() == alone.id.tolist()


@settings(max_examples=100, deadline=None)
@given(tables(), st.sampled_from([{}, {"scale": "1:5"}, {"like": 4}, {"like": 1, "dislike": 0}]))
def test_the_store_counts_readings_as_the_rule_has_it(frame, declared):
    """What SQL counts, against the rule, reader by reader."""
    scale = RatingScale.of(**declared)
    try:
        store = ProfileStore.temporary(frame, scale=scale)
    except (ParameterError, ProfileError):
        return
    with store:
        facts, connection = store.ratings, store._connection
        by_reader = {}
        for reader, rating in connection.execute("SELECT reader, rating FROM entries"):
            by_reader.setdefault(reader, []).append(rating)
        ratings = [one for own in by_reader.values() for one in own]
        ratings += [rating for (rating,) in connection.execute("SELECT rating FROM evidence")]
        assert scales_of(ratings, scale, "x") == store.scales
        assert read_ratings(connection, scale, "x").to_dict(scale) == facts
        unclear = zeros = 0
        for own in by_reader.values():
            try:
                labels = store.scales.labels(own)
            except ProfileError:
                unclear += 1
            else:
                zeros += sum(
                    number_of(rating)[0] == 0 and label == NOTHING
                    for rating, label in zip(own, labels, strict=True)
                )
        assert facts["unclear"] == unclear
        assert facts["zeros"] == zeros

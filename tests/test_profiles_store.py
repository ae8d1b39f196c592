"""The store gives each reader's one profile, by number, whatever the source looked like."""

import csv
import gzip
import json
import sqlite3
import subprocess
import sys

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommender import Profile
from recommender.errors import ParameterError, ProfileError
from recommender.profiles import Skipped, store_writer
from recommender.profiles.reader import read_profiles
from recommender.profiles.records import one_spelling
from recommender.profiles.scales import RatingScale
from recommender.profiles.store import ProfileStore
from recommender.readers.values import text


@pytest.fixture
def stage(tmp_path):
    def write(content, name="profiles.dat", **declared):
        source = content
        if not isinstance(content, pd.DataFrame):
            source = tmp_path / name
            source.write_bytes(content if isinstance(content, bytes) else content.encode())
        return ProfileStore.stage(source, tmp_path / "store.sqlite", scale=RatingScale.of(**declared))

    return write


def everyone(store):
    return store.block(0, len(store))


def lines(*records):
    return "".join(json.dumps(record) + "\n" for record in records)


def rows(*cells, header="user,paper,rating,date"):
    return "\n".join([header, *cells]) + "\n"


# One reader


def test_rows_of_a_reader_need_not_stand_together(stage):
    store = stage(rows("u1,a,5,", "u2,b,like,", "u1,c,1,", "u3,d,seen,", "u1,e,3,", "u2,f,,"))
    assert len(store) == 3
    assert everyone(store) == [
        Profile(name="u1", liked=["a"], disliked=["c"], seen=["e"]),
        Profile(name="u2", liked=["b"]),
        Skipped(
            "u3",
            "profiles.dat, line 5",
            "",
            "profile 'u3' likes no paper and names no interest; at least one is needed",
        ),
    ]
    assert store.merged == 0
    assert list(store.skipped()) == []


@pytest.mark.parametrize(
    ("dates", "liked", "disliked"),
    [
        (("", ""), (), ("arXiv:2312.00752v2",)),
        (("2024-01-02", "2024-01-01"), ("2312.00752",), ()),
        (("2024-01-01", "2024-01-02"), (), ("arXiv:2312.00752v2",)),
        (("2024-01-01", "2024-01-01"), (), ("arXiv:2312.00752v2",)),
        (("2024-01-01T10:00:00", "2024-01-01T09:59:59"), ("2312.00752",), ()),
        (("2024-01-01", ""), ("2312.00752",), ()),
        (("2024", "2023-12-31"), ("2312.00752",), ()),
    ],
)
def test_a_change_of_mind_is_no_contradiction(stage, dates, liked, disliked):
    store = stage(rows(f"u,2312.00752,5,{dates[0]}", "u,x,5,", f"u,arXiv:2312.00752v2,1,{dates[1]}"))
    (profile,) = everyone(store)
    first = dict.fromkeys(liked, dates[0][:10])
    assert profile == Profile(name="u", liked=[*liked, "x"], disliked=disliked, added=first)


def test_profiles_of_one_reader_are_merged_in_order(stage):
    store = stage(
        lines(
            {"user": "A", "liked": ["a", "2312.00752"], "seen": ["s"], "about": "one"},
            {"user": "B", "liked": ["x"]},
            {"user": "A", "liked": ["b", "a"], "disliked": ["arXiv:2312.00752", "c"], "about": "two"},
            {"user": "A", "liked": ["c"], "interests": ["robots"]},
        )
    )
    assert (len(store), store.merged) == (2, 2)
    assert everyone(store) == [
        Profile(
            name="A",
            liked=["a", "b", "c"],
            disliked=["arXiv:2312.00752"],
            seen=["s"],
            interests=["robots"],
            about="two",
        ),
        Profile(name="B", liked=["x"]),
    ]


def test_a_contradiction_within_one_profile_stays_one(stage):
    wrong = {"user": "A", "liked": ["a", "b"], "disliked": ["a"]}
    (found,) = everyone(stage(lines(wrong)))
    why = "profile 'A' both likes and dislikes a; choose one"
    assert found == Skipped("A", "profiles.dat, line 1", "", why)
    assert everyone(stage(lines({"user": "A", "disliked": ["b"]}, wrong))) == [found]
    assert everyone(stage(lines(wrong, {"user": "A", "liked": ["a"]}))) == [
        Profile(name="A", liked=["a", "b"])
    ]


def test_who_says_nothing_of_use_is_told_where_they_stand(stage):
    store = stage(lines({"user": "A", "liked": ["a"]}, {"user": "B"}, {"user": "C", "interests": ["?!"]}))
    assert [(r.user, r.place, r.paper) for r in everyone(store)[1:]] == [
        ("B", "profiles.dat, line 2", ""),
        ("C", "profiles.dat, line 3", ""),
    ]
    assert Profile(liked="a", name="A") == everyone(store)[0]


# Skipped rows


def test_rejections_are_kept_in_order_of_place(stage):
    store = stage(rows("u1,a,5,", "u1,b,x,", ",c,1,", "u2"))
    assert [r.to_dict() for r in store.skipped()] == [
        {
            "user": "u1",
            "place": "profiles.dat, line 3",
            "paper": "b",
            "reason": "the rating is 'x'; a rating is a number, or one of like, dislike, seen, yes, no; "
            "leave the column out where all are liked",
        },
        {"user": "", "place": "profiles.dat, line 4", "paper": "c", "reason": "the row names no user"},
        {
            "user": "",
            "place": "profiles.dat, line 5",
            "paper": "",
            "reason": "has 1 columns, the header 4: 'u2'",
        },
    ]
    assert everyone(store) == [Profile(name="u1", liked=["a"])]


def test_a_rejection_is_short_and_on_one_line():
    found = Skipped("u\n\tv", "p", "x" * 10**6, "why\r\nnot " * 1000)
    assert (found.user, found.place, len(found.paper), len(found.reason)) == ("u v", "p", 200, 400)
    assert found.paper.endswith("x...")
    assert found.reason.startswith("why not why")


# The scale of the ratings


def liked(store):
    return [p.liked if isinstance(p, Profile) else () for p in everyone(store)]


def test_an_empty_rating_among_numbers_says_nothing(stage, caplog):
    caplog.set_level("INFO", "recommender")
    store = stage(rows("u,a,5,", "u,b,,", "u,c,1,2024-01-01", "u,c,,2024-01-02", "v,a,,"))
    told = "profile 'v' likes no paper and names no interest; at least one is needed"
    assert everyone(store) == [
        Profile(name="u", liked=["a"], disliked=["c"]),
        Skipped("v", "profiles.dat, line 6", "", told),
    ]
    assert "3 rows without a rating, among others that are rated, say nothing" in caplog.text
    frame = pd.DataFrame({"user": ["u", "u"], "paper": ["a", "b"], "rating": [5, None]})
    assert everyone(stage(frame)) == [Profile(name="u", liked=["a"])]


@pytest.mark.parametrize("header", ["user,paper,rating,date", "user,paper,note,date"])
def test_an_empty_rating_is_a_like_where_no_row_has_one(stage, header):
    store = stage(rows("u,a,,", "u,b,,", "v,c,,", header=header))
    assert everyone(store) == [Profile(name="u", liked=["a", "b"]), Profile(name="v", liked=["c"])]


@pytest.mark.parametrize("rating", ["like", "no", "5", "five"])
def test_an_empty_rating_is_no_like_where_any_row_has_one(stage, rating):
    store = stage(rows("u,a,,", f"u,b,{rating},", "u,d,like,", "v,c,,"))
    assert "a" not in everyone(store)[0].liked
    assert isinstance(everyone(store)[1], Skipped)


def test_a_store_of_an_older_version_has_likes_where_a_rating_was_empty(stage, tmp_path):
    stage(rows("u,a,like,", "u,b,5,")).close()
    with sqlite3.connect(tmp_path / "store.sqlite") as connection:
        (document,) = connection.execute("SELECT document FROM facts").fetchone()
        facts = {name: fact for name, fact in json.loads(document).items() if name != "scales"}
        facts |= {"liked_from": 4.0, "disliked_to": 2.0}
        connection.execute("UPDATE facts SET document = ?", (json.dumps(facts),))
    with ProfileStore.open(tmp_path / "store.sqlite") as store:
        assert everyone(store) == [Profile(name="u", liked=["a", "b"])]


def test_the_scale_is_declared_or_lies_in_what_the_reader_gave(stage):
    signs = [f"u{n},p,{n}," for n in (-1, 0, 1)]
    assert liked(stage(rows(*signs))) == [(), (), ()]
    assert liked(stage(rows(*signs), scale="-1:1")) == [(), (), ("p",)]
    assert liked(stage(rows(*signs[1:], "v,p,4,"))) == [(), (), ("p",)]
    with pytest.raises(
        ParameterError, match=r"profiles\.dat: its ratings go from 0 to 10, .*declare the scale"
    ):
        stage(rows(*signs[1:], "v,p,10,"))
    store = stage(rows(*signs[1:], "v,p,10,"), liked_from=9, disliked_to=0)
    assert liked(store) == [(), (), ("p",)]


def test_thresholds_are_checked_before_anything_is_read(tmp_path):
    with pytest.raises(ParameterError, match="overlap"):
        read_profiles(tmp_path / "missing.csv", liked_from=1, disliked_to=1)


# The file


def test_a_store_is_opened_again(stage, tmp_path):
    with stage(rows("u,a,5,", "v,b,5,")) as staged:
        found = everyone(staged)
        again = ProfileStore.open(str(tmp_path / "store.sqlite"))
        assert (len(again), again.digest, again.merged) == (2, staged.digest, 0)
        assert everyone(again) == found
        again.close()


def test_blocks_are_slices(stage):
    store = stage(rows(*(f"u{n},p{n},," for n in range(10))))
    names = [f"u{n}" for n in range(10)]
    for start in range(12):
        for stop in range(12):
            assert [profile.name for profile in store.block(start, stop)] == names[start:stop]
    with pytest.raises(ParameterError, match="numbered from 0"):
        store.block(-1, 3)


def test_the_digest_tells_sources_and_thresholds_apart(stage, tmp_path):
    content = rows("u,a,5,", "v,b,4,")
    digest = stage(content).digest
    assert len(digest) == 64
    assert stage(content, name="other.csv").digest == digest
    assert stage(content, liked_from=3).digest == stage(content, like=3.0).digest
    frame = pd.DataFrame({"user": ["u", "v"], "paper": ["a", "b"]})
    others = [
        stage(content + "w,c,5,\n").digest,
        stage(content, liked_from=3).digest,
        stage(content, disliked_to=3).digest,
        stage(content, scale="1:5").digest,
        stage(content, scale=(0, 5)).digest,
        stage(frame).digest,
        stage(frame[::-1]).digest,
        stage(frame.assign(rating=1)).digest,
    ]
    assert len({digest, *others}) == 9
    assert stage(frame.copy()).digest == stage(frame).digest


def test_a_file_at_the_path_is_always_whole(stage, tmp_path, monkeypatch):
    content = rows("u,a,5,")
    part = tmp_path / "store.sqlite.part"
    part.write_bytes(b"what a job that was killed left behind")
    stage(content).close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["profiles.dat", "store.sqlite"]
    before = (tmp_path / "store.sqlite").read_bytes()
    with pytest.raises(ProfileError, match="cut off"):
        stage(gzip.compress(rows(*["u,b,5,"] * 9999).encode())[:-9])
    monkeypatch.setattr(store_writer, "read_entries", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        stage(content)
    assert (tmp_path / "store.sqlite").read_bytes() == before
    assert not part.exists()


def test_a_source_that_changes_while_it_is_read_is_refused(stage, tmp_path, monkeypatch):
    read = store_writer.read_entries

    def appended(source, mapping):
        yield from read(source, mapping)
        with source.open("a") as file:
            file.write("u,b,5,\n")

    monkeypatch.setattr(store_writer, "read_entries", appended)
    with pytest.raises(ProfileError, match=r"profiles\.dat: was changed while it was read; run again"):
        stage(rows("u,a,5,"))
    assert not (tmp_path / "store.sqlite").exists()


def test_what_is_no_store_is_refused(tmp_path, stage):
    for content, reason in (
        (None, "no store of profiles is there"),
        (b"x" * 5000, "no store of profiles, or damaged"),
    ):
        path = tmp_path / "other"
        if content:
            path.write_bytes(content)
        with pytest.raises(ProfileError, match=reason):
            ProfileStore.open(path)
    path.unlink()
    sqlite3.connect(path).execute("CREATE TABLE t (a)")
    with pytest.raises(ProfileError, match="no store of profiles; stage one"):
        ProfileStore.open(path)
    stage(rows("u,a,5,")).close()
    with sqlite3.connect(tmp_path / "store.sqlite") as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(ProfileError, match="format 99, this library reads 1"):
        ProfileStore.open(tmp_path / "store.sqlite")


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    source = tmp_path / "a.csv"
    source.write_text(rows("u,a,5,"))
    with pytest.raises(ProfileError, match=r"no/where: cannot be written \("):
        ProfileStore.stage(source, tmp_path / "no" / "where")


@pytest.mark.skipif(sys.platform != "linux", reason="needs a limit on the size of files")
def test_a_full_disk_is_named_and_leaves_nothing(tmp_path):
    source = tmp_path / "a.csv"
    source.write_text(rows(*(f"u{n},{'p' * 100},5," for n in range(30_000))))
    program = (
        "import resource, signal, sys; from recommender.profiles.store import ProfileStore; "
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20)); "
        "ProfileStore.stage(sys.argv[1], sys.argv[2])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(source), str(tmp_path / "store")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"ProfileError: {tmp_path / 'store'}: cannot be written (" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


# Many readers


def test_many_readers_keep_their_numbers_when_memory_forgets_them(stage, monkeypatch):
    monkeypatch.setattr(store_writer, "_CACHED_USERS", 3)
    monkeypatch.setattr(store_writer, "_CHUNK", 7)
    store = stage(rows(*(f"u{n * 7 % 40},p{n}," + "," for n in range(400))))
    assert [profile.name for profile in everyone(store)] == [f"u{n * 7 % 40}" for n in range(40)]
    assert [p.liked for p in everyone(store)] == [
        tuple(f"p{m}" for m in range(n, 400, 40)) for n in range(40)
    ]


@pytest.mark.parametrize("shuffled", [False, True])
def test_a_block_is_found_by_an_index(stage, shuffled):
    order = [n * 7919 % 20_000 for n in range(20_000)] if shuffled else range(20_000)
    store = stage(rows(*(f"u{n // 4},p{n},," for n in order)))
    plan = store._connection.execute(
        "EXPLAIN QUERY PLAN SELECT reader, text, rating, date FROM entries "
        "WHERE reader >= 0 AND reader < 9 ORDER BY reader, ordinal"
    ).fetchall()
    found = " ".join(str(step[3]) for step in plan)
    assert "USING " in found
    assert ("COVERING INDEX" in found) == shuffled
    assert "TEMP B-TREE" not in found
    steps = []  # one for each thousand instructions of SQLite's machine
    store._connection.set_progress_handler(lambda: steps.append(1), 1000)
    assert len(store.block(2000, 2256)) == 256
    assert len(steps) < 10, len(steps)


def test_a_profile_with_ten_thousand_likes(stage):
    names = [f"2{n // 1000 + 1:03d}.{n:05d}" for n in range(10_000)]
    found = everyone(stage(lines({"user": "A", "liked": names}, {"user": "A", "disliked": names[:5000]})))
    assert found == [Profile(name="A", liked=names[5000:], disliked=names[:5000])]
    assert everyone(stage(rows(*(f"A,{name},," for name in names)))) == [Profile(name="A", liked=names)]


# Properties

NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=6)
PAPERS = NAMES.filter(lambda name: text(name)) | st.sampled_from(
    ["2312.00752", "arXiv:2312.00752v2", "10.1/x,y", 'a "b" c']
)
READERS = st.dictionaries(
    PAPERS.filter(lambda name: not name.startswith("#")).map(one_spelling),
    st.dictionaries(PAPERS, st.sampled_from(["liked", "disliked", "seen"]), min_size=1, max_size=4),
    min_size=1,
    max_size=5,
)


def as_record(user, verdicts):
    record = {"name": user, "liked": [], "disliked": [], "seen": []}
    for paper, verdict in verdicts.items():
        record[verdict].append(paper)
    return record


@settings(max_examples=25, deadline=None)
@given(
    READERS,
    st.sampled_from(
        [{"liked": "1", "disliked": "-1", "seen": "0"}, {"liked": "yes", "disliked": "no", "seen": "Seen"}]
    ),
)
def test_the_same_readers_are_the_same_whatever_the_format(tmp_path_factory, readers, words):
    # Two spellings of a paper are two ratings of it in rows, one of which wins; in a profile both stay.
    for verdicts in readers.values():
        if {"2312.00752", "arXiv:2312.00752v2"} <= verdicts.keys():
            del verdicts["2312.00752"]
    folder = tmp_path_factory.mktemp("formats")
    records = [as_record(*reader) for reader in readers.items()]
    ratings = [(user, paper, words[said]) for user, told in readers.items() for paper, said in told.items()]
    (folder / "lines").write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    (folder / "array").write_text(json.dumps(records, indent=1, ensure_ascii=False), "utf-8")
    with (folder / "csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("user", "paper", "rating"), *ratings])
    (folder / "gz").write_bytes(gzip.compress((folder / "csv").read_bytes()))
    long = {name: [row[at] for row in ratings] for at, name in enumerate(("user", "paper", "rating"))}
    pq.write_table(pa.table(long), folder / "long")
    pq.write_table(pa.Table.from_pylist(records), folder / "wide")
    sources = [folder / name for name in ("lines", "array", "csv", "gz", "long", "wide")]
    found = []
    for source in [*sources, pd.DataFrame(long), pd.DataFrame(records)]:
        with ProfileStore.stage(source, folder / "store", scale=RatingScale.of((-1, 1))) as store:
            assert list(store.skipped()) == []
            found.append([p if isinstance(p, Profile) else (p.user, p.reason) for p in everyone(store)])
    assert all(profiles == found[0] for profiles in found)
    assert [p.name if isinstance(p, Profile) else p[0] for p in found[0]] == [*readers]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 2), st.integers(0, 3), st.sampled_from(["like", "no", "seen"]), st.integers(0, 3)
        ),
        min_size=1,
    )
)
def test_the_newest_rating_of_a_paper_counts(tmp_path_factory, ratings):
    folder = tmp_path_factory.getbasetemp()
    dates = ["", "2024-01-01", "2024-01-01T08:00:00", "2024-02-01"]
    (folder / "r.csv").write_text(rows(*(f"u{u},p{p},{said},{dates[day]}" for u, p, said, day in ratings)))
    expected = {}
    for turn, (user, paper, said, day) in enumerate(ratings):
        papers = expected.setdefault(f"u{user}", {})
        papers[paper] = max(papers.get(paper, (-1, -1, "")), (day, turn, said))
    with ProfileStore.stage(folder / "r.csv", folder / "r.sqlite") as store:
        found = everyone(store)
    assert len(found) == len(expected)
    for one, (user, papers) in zip(found, expected.items(), strict=True):
        said = {
            word: {f"p{p}" for p, (_, _, w) in papers.items() if w == word} for word in ("like", "no", "seen")
        }
        if said["like"]:
            assert (one.name, {*one.liked}, {*one.disliked}, {*one.seen}) == (user, *said.values())
        else:
            assert one.user == user


@settings(max_examples=60, deadline=None)
@given(st.lists(READERS, min_size=1, max_size=3))
def test_merging_keeps_all_and_lets_the_last_win(tmp_path_factory, parts):
    folder = tmp_path_factory.getbasetemp()
    records = [as_record(*reader) for readers in parts for reader in readers.items()]
    (folder / "m.jsonl").write_text(lines(*records), "utf-8")
    with ProfileStore.stage(folder / "m.jsonl", folder / "m.sqlite") as store:
        found = everyone(store)
        assert store.merged == len(records) - len(store)
    users = [record["name"] for record in records]
    assert [getattr(p, "name", None) or p.user for p in found] == list(dict.fromkeys(users))
    for profile in found:
        own = [record for record in records if record["name"] == getattr(profile, "name", "")]
        if own and isinstance(profile, Profile):
            assert {*own[-1]["liked"]} <= {*profile.liked} <= {one for r in own for one in r["liked"]}
            assert {*own[-1]["disliked"]} <= {*profile.disliked}
            assert {*profile.seen} == {one for record in own for one in record["seen"]}

"""The file of readers: opinions by identity, undo, editions, deliveries, feeds, and what it refuses."""

import dataclasses
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from conftest import FakeEncoder, make_papers

from recommender import Corpus, Paper, Recommender
from recommender.errors import ParameterError, ReadershipError, ReaderUnknown
from recommender.profiles import LibraryPaper
from recommender.readership import (
    Interest,
    NewEdition,
    Readership,
    add_editions,
    add_interests,
    add_reader,
    all_deliveries,
    all_readers,
    change_reader,
    close_address,
    closed_since,
    count_once,
    due,
    edition_of,
    edition_of_mail,
    editions_of,
    everybody,
    feed_key,
    find_reader,
    last_edition,
    last_opinion,
    listing_of,
    note,
    open_address,
    opinions_of,
    reader_of_feed,
    readers_file,
    rename,
    revoke_feed,
    schedule,
    set_state,
    shown_by_editions,
    stop,
    stored_profile,
    stored_profiles,
    undo,
    wants_mail,
)

NOW = datetime(2026, 11, 30, 6, tzinfo=UTC)
PAPERS = [
    dataclasses.replace(paper, identifiers={"doi": f"10.1000/{number}"})
    for number, paper in enumerate(make_papers(40))
]
IDS = [paper.id for paper in PAPERS]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    with Corpus.build(PAPERS, tmp_path_factory.mktemp("c") / "corpus", encoder=FakeEncoder()) as built:
        yield built


@pytest.fixture
def readers(tmp_path):
    with Readership.open(tmp_path / "readers.sqlite", create=True) as opened:
        yield opened


@pytest.fixture
def mei(readers):
    return add_reader(readers, "Mei", at=NOW)


def say(readers, reader, kind, papers, corpus, *, source="command", **options):
    return note(readers, reader, kind, papers, source=source, at=NOW, snapshot=corpus.snapshot, **options)


def profile(readers, reader, corpus, **options):
    return stored_profile(readers, reader, corpus.snapshot, **options)


# Readers


def test_a_reader_is_found_by_name_in_any_composition(readers):
    jose = add_reader(readers, " Jose\u0301 ", mail="j@x.org", zone="Europe/Berlin", beyond=2, at=NOW)
    assert find_reader(readers, "José") == jose
    assert (jose.name, jose.mail, jose.zone, jose.beyond) == ("José", "j@x.org", "Europe/Berlin", 2)
    assert jose.made == "2026-11-30T06:00:00+00:00"
    assert [reader.name for reader in all_readers(readers)] == ["José"]
    changed = change_reader(readers, jose, mail="jose@x.org", stopped=NOW)
    assert find_reader(readers, "José") == changed
    assert (changed.mail, changed.stopped, changed.zone) == ("jose@x.org", jose.made, "Europe/Berlin")
    assert change_reader(readers, changed, stopped="").stopped == ""


def test_an_unknown_reader_is_answered_with_the_nearest_name(readers, mei):
    with pytest.raises(ReaderUnknown, match=r"no reader 'mei' in .*readers\.sqlite; nearest: Mei$"):
        find_reader(readers, "mei")


@pytest.mark.parametrize(
    ("name", "values", "why"),
    [
        ("Mei", {}, "is a reader already"),
        (" ", {}, "name is empty"),
        ("a\nb", {}, "cannot be seen"),
        ("x" * 201, {}, "201 characters"),
        ("Bo", {"mail": "bo"}, "is no address that mail can be sent to"),
        ("Bo", {"mail": "bo@x.org\nBcc: all@x.org"}, "is no address that mail can be sent to"),
        ("Bo", {"mail": "bo@x.org, al@x.org"}, "is no address that mail can be sent to"),
        ("Bo", {"zone": "Mars/Olympus"}, "is no time zone"),
        ("Bo", {"zone": "../../etc/passwd"}, "is no time zone"),
        ("Bo", {"beyond": 11}, "between 0 and 10"),
        ("Bo", {"at": datetime(2026, 1, 1)}, "without a zone"),
    ],
)
def test_what_cannot_be_a_reader_is_refused(readers, mei, name, values, why):
    with pytest.raises(ParameterError, match=why):
        add_reader(readers, name, **{"at": NOW, **values})
    assert all_readers(readers) == [mei]


def test_a_renamed_reader_was_shown_what_both_names_were(readers, mei, corpus):
    for name, paper in (("Mei", PAPERS[0]), ("Mei", PAPERS[1]), ("Mei Lin", PAPERS[1])):
        readers.ledger.add(
            paper.id + name, readers.path.parent / name, [(name, paper.id, paper.title)], corpus.snapshot
        )
    lin = rename(readers, mei, "Mei Lin")
    assert find_reader(readers, "Mei Lin") == lin
    assert {*readers.ledger.shown(["Mei", "Mei Lin"], 99)} == {"Mei Lin"}
    add_reader(readers, "Bo", at=NOW)
    with pytest.raises(ParameterError, match="another reader"):
        rename(readers, lin, "Bo")


# Opinions


def test_the_last_opinion_on_a_paper_counts_by_whichever_id(readers, mei, corpus):
    say(readers, mei, "liked", [IDS[0], IDS[1], IDS[2]], corpus)
    say(readers, mei, "disliked", "https://doi.org/10.1000/1", corpus)
    say(readers, mei, "later", f"arXiv:{IDS[2]}v3", corpus)
    say(readers, mei, "seen", PAPERS[3].title, corpus)
    found = profile(readers, mei, corpus)
    assert (found.liked, found.disliked, found.seen) == ((IDS[0],), (IDS[1],), (IDS[2], IDS[3]))
    say(readers, mei, "none", PAPERS[0].title.upper(), corpus)
    assert profile(readers, mei, corpus) is None
    assert [line.kind for line in opinions_of(readers, mei)] == [
        *["liked"] * 3,
        "disliked",
        "later",
        "seen",
        "none",
    ]


def test_ids_that_a_corpus_learns_to_be_one_paper_are_one(readers, mei, tmp_path):
    """What was said of the preprint and of the article before anybody knew is said of one paper."""
    say_without = {"source": "command", "at": NOW}
    note(readers, mei, "liked", [IDS[0], IDS[5]], **say_without)
    note(readers, mei, "disliked", "10.1000/0", **say_without)
    with Corpus.build(PAPERS, tmp_path / "corpus", encoder=FakeEncoder()) as corpus:
        found = profile(readers, mei, corpus)
    assert (found.liked, found.disliked) == ((IDS[5],), (IDS[0],))


def test_twins_in_a_corpus_are_one_paper_to_their_reader(readers, mei, tmp_path):
    words = " ".join(f"Sentence {n} says that thing{n} follows from other{n}." for n in range(20))
    long = dataclasses.replace(PAPERS[0], abstract=words, identifiers={}, url="")
    title, more = "Quite another name of the study", f"{words} One more sentence stands here."
    other = dataclasses.replace(long, id="somebody's own", title=title, abstract=more)
    with Corpus.build([long, *PAPERS[1:9]], tmp_path / "corpus", encoder=FakeEncoder()) as corpus:
        corpus.add([other], again="all")
        assert len(corpus) == 10
        say(readers, mei, "liked", [long.id, IDS[1]], corpus)
        say(readers, mei, "disliked", other.id, corpus)
        found = profile(readers, mei, corpus)
    assert (found.liked, found.disliked) == ((IDS[1],), (other.id,))


def test_a_paper_of_no_corpus_is_remembered_and_said(readers, mei, corpus):
    own = Paper(id="10.5555/own", title="A paper that no corpus of ours holds", abstract="robot arm grasp")
    noted = say(readers, mei, "liked", [own, "2912.99999", IDS[0]], corpus)
    assert noted.unknown == ("doi:10.5555/own", "arxiv:2912.99999")
    assert [line.id for line in noted.opinions] == ["doi:10.5555/own", "arxiv:2912.99999", IDS[0]]
    found = profile(readers, mei, corpus)
    assert found.papers == {"10.5555/own": own}
    recommended = Recommender(corpus).recommend(found, k=3)
    assert [line for line in recommended.problems if "2912.99999" in line]
    say(readers, mei, "none", "https://doi.org/10.5555/OWN", corpus)
    assert profile(readers, mei, corpus).papers == {}


def test_a_title_of_several_papers_is_refused_by_name(readers, mei, tmp_path):
    both = [dataclasses.replace(PAPERS[n], title="Editorial", url="", identifiers={}) for n in (0, 1)]
    with Corpus.build([*both, *PAPERS[2:6]], tmp_path / "corpus", encoder=FakeEncoder()) as corpus:
        noted = say(readers, mei, "liked", ["Editorial", IDS[2]], corpus)
    assert [line.id for line in noted.opinions] == [IDS[2]]
    assert len(noted.problems) == 1
    assert noted.problems[0].startswith("'Editorial' stands for 2 papers")


def test_what_a_library_says_comes_along(readers, mei, corpus):
    library = [LibraryPaper(PAPERS[0], ("Thesis", "Robots"), "2024-05-01"), LibraryPaper(IDS[1])]
    say(readers, mei, "liked", library, corpus, source="library")
    say(readers, mei, "liked", IDS[2], corpus)
    say(readers, mei, "liked", "10.1000/0", corpus)
    found = profile(readers, mei, corpus)
    assert found.collections == {"Thesis": (IDS[0],), "Robots": (IDS[0],)}
    assert found.added == {IDS[0]: "2024-05-01", IDS[2]: "2026-11-30"}
    assert found.papers == {}


def test_words_are_interests_or_avoided(readers, mei, corpus):
    add_interests(readers, mei, [Interest("robots", "robot arms"), Interest("no", "protein", avoid=True)])
    found = profile(readers, mei, corpus)
    assert (found.interests, found.avoid, found.name) == (("robot arms",), ("protein",), "Mei")
    with pytest.raises(ParameterError, match="holds no word"):
        add_interests(readers, mei, [Interest("!", "!")])


@pytest.mark.parametrize(
    ("kind", "papers", "why"), [("loved", "1", "is no opinion"), ("liked", " ", "names no paper")]
)
def test_what_is_no_opinion_is_refused(readers, mei, corpus, kind, papers, why):
    with pytest.raises(ParameterError, match=why):
        say(readers, mei, kind, papers, corpus)
    assert opinions_of(readers, mei) == []


def test_undo_is_another_line_and_goes_back_step_by_step(readers, mei, corpus):
    say(readers, mei, "liked", [IDS[0], IDS[1]], corpus)
    say(readers, mei, "disliked", ["10.1000/0"], corpus)
    states = []
    for _ in range(3):
        undone = undo(readers, mei, at=NOW + timedelta(1), snapshot=corpus.snapshot)
        found = profile(readers, mei, corpus)
        states.append(([(line.kind, line.undoes) for line in undone], found and found.liked))
    assert states == [([("liked", 3)], (IDS[1], IDS[0])), ([("none", 1), ("none", 2)], None), ([], None)]
    assert len(opinions_of(readers, mei)) == 6
    say(readers, mei, "liked", IDS[4], corpus)
    assert profile(readers, mei, corpus).liked == (IDS[4],)
    undo(readers, mei, at=NOW)
    assert profile(readers, mei, corpus) is None


def test_a_profile_as_it_was_and_without_an_opinion(readers, mei, corpus):
    first = say(readers, mei, "liked", [IDS[0], IDS[1]], corpus).opinions
    say(readers, mei, "disliked", IDS[0], corpus)
    assert profile(readers, mei, corpus, upto=first[-1].number).liked == (IDS[0], IDS[1])
    assert profile(readers, mei, corpus, without=[3]).liked == (IDS[0], IDS[1])
    assert last_opinion(readers, mei) == 3


def test_many_profiles_are_those_of_one_at_a_time(readers, corpus):
    people = [add_reader(readers, f"r{number}", at=NOW) for number in range(6)]
    for number, reader in enumerate(people[:5]):
        say(readers, reader, "liked", IDS[number : number + 3], corpus)
        say(readers, reader, "disliked", [f"10.1000/{number}"], corpus)
    together = stored_profiles(readers, people, corpus.snapshot)
    assert together == {reader.number: profile(readers, reader, corpus) for reader in people}
    assert together[people[5].number] is None
    assert together[people[2].number].liked == (IDS[3], IDS[4])


# Editions


def new_edition(readers, reader, day, papers, **options):
    values = {
        "span": "day",
        "made": NOW,
        "through": 5,
        "folder": readers.path.parent / "out" / "mei",
        **options,
    }
    return NewEdition(
        reader=reader,
        day=day,
        opinions=last_opinion(readers, reader),
        listing={"title": f"{day} €", "papers": [paper.id for paper in papers]},
        shown=[(paper.id, paper.title) for paper in papers],
        **{**values, **options},
    )


def edition(readers, reader, corpus, day, papers, **options):
    return add_editions(readers, [new_edition(readers, reader, day, papers, **options)], corpus.snapshot)[0]


def test_an_edition_is_made_once_and_comes_back_as_it_was(readers, mei, corpus):
    say(readers, mei, "liked", IDS[0], corpus)
    first = edition(readers, mei, corpus, "2026-11-29", PAPERS[1:4])
    assert listing_of(readers, first) == {"title": "2026-11-29 €", "papers": IDS[1:4]}
    assert edition(readers, mei, corpus, "2026-11-29", PAPERS[5:9]) == first
    second = edition(readers, mei, corpus, "2026-11-30", PAPERS[4:6], through=9)
    week = edition(readers, mei, corpus, "2026-11-30", PAPERS[6:7], span="week")
    assert editions_of(readers, mei) == [first, second, week]
    assert (
        edition_of(readers, mei, "day", "2026-11-30"),
        edition_of(readers, mei, "month", "2026-11-30"),
    ) == (second, None)
    assert (last_edition(readers, mei), last_edition(readers, mei, "day")) == (week, second)
    assert (second.through, second.opinions) == (9, 1)
    assert editions_of(readers, mei, most=1) == [week]
    numbers = readers.ledger.shown(["Mei"], readers.ledger.runs)["Mei"]
    again = edition(readers, mei, corpus, "2026-12-01", PAPERS[1:2])
    shown = shown_by_editions(readers, mei)
    assert (len(numbers), sorted(shown)) == (6, numbers)
    assert [shown[number] for number in numbers] == [again, first, first, second, second, week]


def test_a_listing_that_was_changed_is_damaged(readers, mei, corpus):
    first = edition(readers, mei, corpus, "2026-11-29", PAPERS[:2])
    other = edition(readers, mei, corpus, "2026-11-30", [])
    (packed,) = readers.file.row("SELECT listing FROM editions WHERE number = ?", (other.number,))
    for damaged in (b"no zlib", packed[:-9], packed):
        readers.file.rows("UPDATE editions SET listing = ? WHERE number = ?", (damaged, first.number))
        with pytest.raises(ReadershipError, match=r"edition of 2026-11-29 \(day\) is damaged"):
            listing_of(readers, first)


def test_an_edition_that_fails_leaves_nothing(readers, mei, corpus):
    before = [*readers.file._connection.iterdump()]

    def two():
        with readers.file.transaction():
            edition(readers, mei, corpus, "2026-11-29", PAPERS[:2])
            edition(readers, mei, corpus, "2026-11-29", PAPERS[2:4], span="year")

    with pytest.raises(ReadershipError, match="CHECK"):
        two()
    assert [*readers.file._connection.iterdump()] == before


# Deliveries, answers, feeds


def test_everybody_has_editions_and_is_no_reader(readers, mei, corpus):
    all_of_us = everybody(readers, at=NOW)
    assert (all_of_us.number, all_of_us.name, everybody(readers, at=NOW + timedelta(1))) == (0, "", all_of_us)
    first = edition(readers, all_of_us, corpus, "2026-11-29", [])
    assert editions_of(readers, all_of_us) == [first]
    assert all_readers(readers) == [mei]
    with pytest.raises(ReaderUnknown):
        find_reader(readers, " ")


def test_a_mail_goes_through_its_states(readers, mei, corpus):
    first = edition(readers, mei, corpus, "2026-11-29", PAPERS[:2])
    one = schedule(readers, first, at=NOW)
    assert one.message_id == first.sha256.hex()[:20]
    assert (one.state, one.tries, schedule(readers, first, at=NOW + timedelta(1))) == ("due", 0, one)
    set_state(readers, first.number, "sending", at=NOW)
    assert [delivery.edition for delivery in due(readers)] == [first.number]
    refused = set_state(readers, first.number, "refused", said="550 no such user", at=NOW)
    assert (refused.state, refused.tries, refused.said) == ("refused", 1, "550 no such user")
    assert (due(readers), all_deliveries(readers, "refused")) == ([], [refused])
    assert [edition_of_mail(readers, key) for key in (one.message_id, "0" * 20)] == [first.number, None]
    other = edition(readers, mei, corpus, "2026-11-30", PAPERS[:2])
    with pytest.raises(ParameterError, match="schedule it first"):
        set_state(readers, other.number, "sent", at=NOW)
    with pytest.raises(ParameterError, match="is no state"):
        set_state(readers, first.number, "lost", at=NOW)


def test_who_wants_no_mail_gets_none_under_another_name_either(readers, mei):
    assert not wants_mail(readers, mei)
    mei = change_reader(readers, mei, mail="Mei@x.org")
    assert wants_mail(readers, mei)
    stopped = stop(readers, mei, how="reply", at=NOW)
    assert (stopped, wants_mail(readers, stopped)) == (find_reader(readers, "Mei"), False)
    other = add_reader(readers, "Mei Lin", mail="mei@X.org", at=NOW)
    assert not wants_mail(readers, other)


def test_an_answer_counts_once(readers):
    assert [count_once(readers, text, at=NOW) for text in (b"1 3", b"1 3", b"-2")] == [True, False, True]


def test_a_closed_address_is_known_by_its_hash_alone(readers):
    close_address(readers, "Mei@X.org", how="reply", at=NOW)
    assert closed_since(readers, " mei@x.org") == "2026-11-30T06:00:00+00:00"
    assert b"mei" not in readers.path.read_bytes().lower()
    open_address(readers, "mei@x.org")
    assert closed_since(readers, "Mei@X.org") == ""


def test_a_feed_has_a_key_of_its_own_until_it_is_revoked(readers, mei):
    bo = add_reader(readers, "Bo", at=NOW)
    keys = [feed_key(readers, mei), feed_key(readers, bo)]
    assert len({*keys}) == 2
    assert all(len(key) == 32 and key.replace("-", "").replace("_", "").isalnum() for key in keys)
    assert [feed_key(readers, mei), reader_of_feed(readers, keys[1])] == [keys[0], bo]
    again = revoke_feed(readers, mei)
    assert feed_key(readers, again) not in keys
    assert feed_key(readers, again, counter=0) == keys[0]
    assert (reader_of_feed(readers, keys[0]), reader_of_feed(readers, "")) == (None, None)
    assert reader_of_feed(readers, feed_key(readers, again)) == again == find_reader(readers, "Mei")


# The file


def test_reading_writes_nothing(readers, mei, corpus):
    say(readers, mei, "liked", IDS[0], corpus)
    before = {
        path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in readers.path.parent.iterdir()
    }
    with Readership.read(readers.path) as reading:
        assert all_readers(reading) == [mei]
        assert profile(reading, mei, corpus).liked == (IDS[0],)
        with pytest.raises(ReadershipError, match="cannot be written"):
            add_reader(reading, "Bo", at=NOW)
    after = {
        path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in readers.path.parent.iterdir()
    }
    assert after == before


@pytest.mark.parametrize("way", [Readership.open, Readership.read, Readership.job])
def test_a_file_that_is_not_ours_is_refused_and_stays(tmp_path, way):
    path = tmp_path / "readers.sqlite"
    cases = {}
    with (
        pytest.raises(
            ReadershipError, match=r"readers\.sqlite: no such file of readers; `recommender reader add"
        ),
        way(path),
    ):
        pass
    assert not path.exists()
    for name, application, version, why in (
        ("other", 7, 0, "is no file of readers; name another file"),
        ("newer", 0x5061704C, 4, "is of version 4, and this program knows 3 at most"),
    ):
        cases[name] = why
        with sqlite3.connect(tmp_path / name) as connection:
            connection.executescript(
                f"CREATE TABLE t (x); PRAGMA application_id = {application}; PRAGMA user_version = {version}"
            )
        connection.close()
    (tmp_path / "text").write_bytes(b"no database at all" * 100)
    for name, why in {**cases, "text": "is no file of readers, or a damaged one"}.items():
        before = (tmp_path / name).read_bytes()
        with pytest.raises(ReadershipError, match=f"{name}: {why}"), way(tmp_path / name):
            pass
        assert (tmp_path / name).read_bytes() == before
    with pytest.raises(ReadershipError, match="is a folder; the file of readers is a file"), way(tmp_path):
        pass


def test_the_file_lies_beside_the_corpus(corpus, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert readers_file(corpus.path) == corpus.path.parent / "readers.sqlite"
    assert readers_file("ml.corpus") == tmp_path / "readers.sqlite"

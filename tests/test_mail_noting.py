"""Answers are counted once, and only the reader's own: mails, mailboxes, what pages saved, tables."""

import json
import mailbox
from datetime import UTC, datetime

import pytest
from conftest import FakeEncoder, make_papers
from test_mail_replies import mail
from test_mail_sending import due_editions, listing_for

from recommender import Corpus
from recommender.errors import ReaderUnknown, SourceError
from recommender.mail import mail_key, note_answers
from recommender.mail.mailbox import Mail, answers_of
from recommender.readership import Readership, closed_since, find_reader, opinions_of

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
PAPERS = [paper.id for paper in make_papers(3)]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("noting") / "c"
    with Corpus.build(make_papers(6), folder, encoder=FakeEncoder()) as built:
        yield built


@pytest.fixture
def readers(tmp_path, corpus):
    return due_editions(tmp_path / "readers.sqlite", corpus, tmp_path / "out", ["Ann", "Bo"])


def key_of(name):
    return mail_key(listing_for(name, make_papers(3)))


def reply(text="1 3", name="Ann", sender=None, number=1, **headers):
    sender = f"{name} <{name.lower()}@example.org>" if sender is None else sender
    identity = {"In-Reply-To": f"<{key_of(name)}@example.org>", "Message-ID": f"<m{number}@example.org>"}
    return mail(text, From=sender, **{**identity, **headers})


def counted(readers, *files, **options):
    with Readership.open(readers) as file:
        return note_answers(file, map(str, files), at=NOW, **options)


def opinions(readers, name="Ann"):
    with Readership.read(readers) as file:
        found = opinions_of(file, find_reader(file, name))
    return [(one.kind, one.id.removeprefix("arxiv:")) for one in found]


def written(tmp_path, content, name="answer.eml"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# Replies


def test_a_reply_becomes_opinions_on_the_edition(readers, tmp_path):
    report = counted(readers, written(tmp_path, reply("1 -2")))
    assert str(report) == "2 opinions noted, 1 reply"
    assert opinions(readers) == [("liked", PAPERS[0]), ("disliked", PAPERS[1])]
    with Readership.read(readers) as file:
        (first, _) = opinions_of(file, find_reader(file, "Ann"))
    assert (first.source, first.edition, first.at[:16]) == ("mail", 1, "2026-11-30T09:00")


def test_a_reply_counts_once_wherever_it_lies(readers, tmp_path):
    file = written(tmp_path, reply())
    other = written(tmp_path, b"Status: RO\n" + reply(), "copy.eml")
    assert counted(readers, file, file, other).opinions == 2
    report = counted(readers, other)
    assert (report.opinions, report.repeated) == (0, 1)
    assert len(opinions(readers)) == 2


def test_a_second_reply_goes_on(readers, tmp_path):
    counted(readers, written(tmp_path, reply("1 3")))
    counted(readers, written(tmp_path, reply("none", number=2)))
    counted(readers, written(tmp_path, reply("2", number=3)))
    assert opinions(readers) == [
        *(("liked", PAPERS[place]) for place in (0, 2)),
        *(("none", paper) for paper in PAPERS),
        ("liked", PAPERS[1]),
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (lambda: reply(sender="Bo <bo@example.org>"), "does not come from the reader"),
        (lambda: reply(sender="ann@example.com"), "does not come from the reader"),
        (lambda: reply(sender="ann@example.org, bo@example.org"), "does not come from the reader"),
        (lambda: b"From: bo@example.org\r\n" + reply(), "does not come from the reader"),
        (lambda: reply(**{"In-Reply-To": None}), "answers no edition"),
        (lambda: reply(**{"In-Reply-To": f"<{'0' * 20}@example.org>"}), "answers no edition"),
        (lambda: reply(**{"In-Reply-To": "<ann-day-2026-11-30@example.org>"}), "answers no edition"),
        (lambda: reply(**{"In-Reply-To": None, "Subject": "stop"}), "answers no edition"),
        (
            lambda: reply(sender="Bo <bo@example.org>", Subject=f"stop {key_of('Ann')}"),
            "does not come",
        ),
    ],
)
def test_a_reply_of_somebody_else_is_named_and_says_nothing(readers, tmp_path, content, why):
    report = counted(readers, written(tmp_path, content()))
    assert (report.others, report.replies, report.opinions, report.stopped) == (1, 0, 0, 0)
    assert why in report.problems[0]
    assert "answer.eml, mail 1" in report.problems[0]
    assert opinions(readers) == opinions(readers, "Bo") == []


def test_addresses_are_compared_in_small_letters(readers, tmp_path):
    assert counted(readers, written(tmp_path, reply(sender="<ANN@Example.ORG>"))).opinions == 2


def test_quoted_text_and_automatic_answers_say_nothing(readers, tmp_path):
    quoted = "-2\n\nAm Mo., 30. Nov. 2026 um 06:00 Uhr schrieb Papers <p@example.org>:\n> 1 3\n> stop\n"
    away = reply("1", number=2, **{"Auto-Submitted": "auto-replied"})
    report = counted(readers, written(tmp_path, reply(quoted)), written(tmp_path, away, "away.eml"))
    assert (report.replies, report.automatic) == (1, 1)
    assert opinions(readers) == [("disliked", PAPERS[1])]


def test_what_is_not_understood_is_told(readers, tmp_path):
    report = counted(readers, written(tmp_path, reply("1 9\n2 is nice")))
    assert opinions(readers) == [("liked", PAPERS[0])]
    assert [problem.split(", Ann: ")[1][:30] for problem in report.problems] == [
        "9: the list has no such number",
        "'2 is nice' is not understood;",
    ]


@pytest.mark.parametrize(
    "content",
    [
        lambda: reply("1\nstop"),
        lambda: reply("", **{"In-Reply-To": None, "Subject": f"stop {key_of('Ann')}"}),
    ],
)
def test_stop_ends_the_mails(readers, tmp_path, content):
    report = counted(readers, written(tmp_path, content()))
    assert report.stopped == 1
    with Readership.read(readers) as file:
        assert find_reader(file, "Ann").stopped
        assert not find_reader(file, "Bo").stopped
        assert closed_since(file, "Ann@example.org")


# Mailboxes


def test_a_mailbox_with_somebody_else_s_mails_is_read(readers, tmp_path):
    path = tmp_path / "inbox"
    box = mailbox.mbox(path)
    box.add(b"From: shop@example.com\nSubject: 50 % off\n\nFrom here on\n\n1 3\n")
    box.add(reply("Fine.\n\nFrom now on\n\n-2"))
    box.add(reply("3", name="Bo", number=2))
    box.add(b"no header at all")
    box.close()
    assert b"\n>From now" in path.read_bytes()
    report = counted(readers, path)
    assert str(report) == "2 opinions noted, 2 replies, 2 not ours"
    assert (opinions(readers), opinions(readers, "Bo")) == ([("disliked", PAPERS[1])], [("liked", PAPERS[2])])
    assert counted(readers, path).repeated == 2


def test_a_mailbox_is_read_as_python_reads_it(tmp_path):
    path = tmp_path / "box"
    box = mailbox.mbox(path)
    contents = [
        b"Subject: one\n\nFrom x\n\nFrom y 10:00\n",
        b"Subject: two\n\n\n\n",
        b"Subject: three\n\nthe end",
    ]
    for content in contents:
        box.add(content)
    box.close()
    found = [answer for answer in answers_of(str(path)) if isinstance(answer, Mail)]
    assert [one.number for one in found] == [1, 2, 3]
    assert [one.content.rstrip(b"\n") for one in found] == [content.rstrip(b"\n") for content in contents]


def test_a_mailbox_whose_lines_were_not_escaped_is_not_torn(tmp_path):
    content = b"From a Mon Nov 30 06:00:00 2026\nSubject: one\n\nhello\n\nFrom now on, I read.\n\n-2\n"
    (found,) = answers_of(str(written(tmp_path, content, "box")))
    assert found.content.endswith(b"-2\n")


def test_of_a_very_long_mail_the_beginning_is_read(readers, tmp_path):
    path = tmp_path / "box"
    envelope = b"From ann@example.org Mon Nov 30 06:00:00 2026\n"
    path.write_bytes(
        envelope + reply("1") + b"\n" + b"x" * 20_000_000 + b"\n\n" + envelope + reply("2", number=2)
    )
    assert counted(readers, path).replies == 2


# Pages and tables


def page(**fields):
    saved = {
        "listing": "ann-day-2026-11-30",
        "reader": "Ann",
        "opinions": [{"paper": PAPERS[0], "kind": "liked"}, {"paper": PAPERS[1], "kind": "disliked"}],
    }
    return json.dumps({**saved, **fields})


def test_what_a_page_saved_counts_once(readers, tmp_path):
    path = written(tmp_path, page(), "feedback.json")
    assert str(counted(readers, path)) == "2 opinions noted, 0 replies"
    assert str(counted(readers, path)) == "0 opinions noted, 0 replies, 2 counted before"
    assert opinions(readers) == [("liked", PAPERS[0]), ("disliked", PAPERS[1])]
    with Readership.read(readers) as file:
        assert {(one.source, one.edition) for one in opinions_of(file, find_reader(file, "Ann"))} == {
            ("page", 1)
        }


def test_a_page_that_names_no_reader_needs_one(readers, tmp_path):
    path = written(tmp_path, page(reader=None), "feedback.json")
    report = counted(readers, path)
    assert report.opinions == 0
    assert "--as NAME" in report.problems[0]
    assert counted(readers, path, reader="Ann").opinions == 2
    with pytest.raises(ReaderUnknown):
        counted(readers, path, reader="Anna")
    report = counted(readers, written(tmp_path, page(reader="Anna"), "other.json"))
    assert report.opinions == 0
    assert "Ann" in report.problems[0]


def test_an_opinion_on_a_paper_of_no_corpus_is_kept_and_told(readers, corpus, tmp_path):
    path = written(tmp_path, page(opinions=[{"paper": "2399.00001", "kind": "liked"}]), "feedback.json")
    report = counted(readers, path, snapshot=corpus.snapshot)
    assert report.opinions == 1
    assert "2399.00001 is no paper of the corpus; what is said of it is remembered" in report.problems[0]
    assert [kind for kind, _ in opinions(readers)] == ["liked"]


def test_a_table_counts_each_line_once_also_when_it_grows(readers, tmp_path):
    lines = ["paper,kind", f"{PAPERS[0]},liked", f"{PAPERS[0]},disliked", f"{PAPERS[0]},liked"]
    path = written(tmp_path, "\n".join(lines[:3]), "mine.csv")
    assert counted(readers, path, reader="Ann").opinions == 2
    path = written(tmp_path, "\n".join(lines), "mine.csv")
    report = counted(readers, path, reader="Ann")
    assert (report.opinions, report.repeated) == (1, 2)
    assert [kind for kind, _ in opinions(readers)] == ["liked", "disliked", "liked"]


def test_tables_of_spreadsheets_are_read(readers, tmp_path):
    lines = ("liked;{0};Bo", "SEEN;{1};Ann", "loved;{2};Ann", "liked;;Ann", "")
    text = "\ufeffKind;Paper;Reader\r\n" + "\r\n".join(lines).format(*PAPERS)
    report = counted(readers, written(tmp_path, text, "mine.csv"))
    assert (opinions(readers), opinions(readers, "Bo")) == ([("seen", PAPERS[1])], [("liked", PAPERS[0])])
    assert len(report.problems) == 2
    assert "line 4: 'loved' is no opinion; write one of liked" in report.problems[0]
    assert "line 5: names no paper" in report.problems[1]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7\n", "is none of the files"),
        (b"PK\x03\x04\x00\x00", "is no text"),
        (b"{broken", "is no JSON"),
        (b"[" * 100_000, "is no JSON"),
        (b'{"a": 1}', 'no "opinions"'),
        (b"[1]", 'no "opinions"'),
        (b"paper;rating\n1;2\n", "is none of the files"),
    ],
)
def test_a_file_that_is_none_is_refused(readers, tmp_path, content, why):
    with pytest.raises(SourceError, match=why) as error:
        counted(readers, written(tmp_path, content, "odd"))
    assert "odd" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_is_named(readers, tmp_path):
    with pytest.raises(SourceError, match="No such file"):
        counted(readers, tmp_path / "none.eml")
    with pytest.raises(SourceError, match="Is a directory"):
        counted(readers, tmp_path)

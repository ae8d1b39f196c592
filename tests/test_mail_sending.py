"""Editions are sent once: to a real server on this machine, which refuses, hangs up, and we are killed."""

import email
import email.policy
import re
import signal
import ssl
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from conftest import make_papers
from mail_server import Box, certificate, mail_server, server_context

from recommender import Corpus
from recommender.errors import MailError, ParameterError
from recommender.listing import CorpusState, Entry, Listing, Part
from recommender.mail import Address, Sender, mail_of, parse_server, read_password, send_due, write_due
from recommender.readership import (
    NewEdition,
    Readership,
    add_editions,
    add_reader,
    all_deliveries,
    all_readers,
    find_reader,
    schedule,
    stop,
)

NOW = datetime(2026, 11, 30, 6, tzinfo=UTC)
SENDER = Sender(Address("papers@example.org", "Papers"))
NAMES = ("Ann", "Bo", "Cy")


def listing_for(name, papers, day="2026-11-30"):
    entries = tuple(Entry(place, paper, closest="x") for place, paper in enumerate(papers, start=1))
    parts = (Part("personal", f"For {name}", "ordered by nearness", entries),)
    identity = f"{name.lower()}-day-{day}"
    return Listing(
        identity, f"For {name}", name, "day", day, NOW.isoformat(), parts, (), CorpusState(60, 60, "")
    )


def due_editions(path, corpus, folder, names=NAMES, day="2026-11-30"):
    """A file of readers, each with an edition that is due."""
    with Readership.job(path, create=True) as file:
        known = {reader.name for reader in all_readers(file)}
        for name in names:
            if name not in known:
                add_reader(file, name, mail=f"{name.lower()}@example.org", at=NOW)
            reader = find_reader(file, name)
            made = listing_for(name, make_papers(3), day)
            shown = [(entry.paper.id, entry.paper.title) for entry in made.entries]
            new = NewEdition(reader, "day", day, NOW, 0, 0, made.to_dict(), folder / name.lower(), shown)
            (edition,) = add_editions(file, [new], corpus.snapshot)
            schedule(file, edition, at=NOW)
    return path


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    from conftest import FakeEncoder

    with Corpus.build(make_papers(6), tmp_path_factory.mktemp("mail") / "c", encoder=FakeEncoder()) as built:
        yield built


@pytest.fixture
def readers(tmp_path, corpus):
    return due_editions(tmp_path / "readers.sqlite", corpus, tmp_path / "out")


@pytest.fixture(scope="module")
def pem(tmp_path_factory):
    return certificate(tmp_path_factory.mktemp("tls"))


def sent(path, port, *, at=NOW, **options):
    server = parse_server(f"127.0.0.1:{port}", insecure=True)
    with Readership.job(path) as file:
        return send_due(file, server, SENDER, at=at, **options)


def states(path):
    with Readership.read(path) as file:
        return {one.edition: (one.state, one.tries) for one in all_deliveries(file)}


def said(path):
    with Readership.read(path) as file:
        return [one.said for one in all_deliveries(file)]


def ids(box):
    return [email.message_from_bytes(mail)["Message-ID"] for _, _, mail in box.mails]


def test_each_edition_is_sent_once_as_it_is(readers, corpus):
    box = Box()
    with mail_server(box) as port:
        report = sent(readers, port)
        again = sent(readers, port)
    assert str(report) == "3 mails sent"
    assert str(again) == "0 mails sent"
    assert [(sender, to) for sender, to, _ in box.mails] == [
        ("papers@example.org", f"{name}@example.org") for name in ("ann", "bo", "cy")
    ]
    for name, (_, _, content) in zip(NAMES, box.mails, strict=True):
        listing = listing_for(name, make_papers(3))
        to = Address(f"{name.lower()}@example.org", name)
        assert content == mail_of(listing, sender=SENDER.address, to=to)  # no byte was changed on its way
    assert states(readers) == {1: ("sent", 1), 2: ("sent", 1), 3: ("sent", 1)}
    assert said(readers) == ["250 taken as number 7"] * 3
    assert box.ehlos == ["example.org"]  # one connection for all, and none where nothing is due


def test_a_new_edition_is_sent_and_no_old_one(readers, corpus, tmp_path):
    box = Box()
    with mail_server(box) as port:
        sent(readers, port)
        due_editions(readers, corpus, tmp_path / "out", ["Bo"], "2026-12-01")
        assert sent(readers, port).sent == 1
    assert [to for _, to, _ in box.mails] == [f"{name}@example.org" for name in ("ann", "bo", "cy", "bo")]
    assert len(set(ids(box))) == 4


def test_only_what_lies_in_the_folder_is_sent(readers, corpus, tmp_path):
    box = Box()
    due_editions(readers, corpus, tmp_path / "elsewhere", ["Ann"], "2026-12-01")
    with mail_server(box) as port:
        assert sent(readers, port, folder=tmp_path / "elsewhere").sent == 1
        assert sent(readers, port, folder=tmp_path / "out").sent == 3
        assert sent(readers, port, folder=tmp_path / "out").sent == 0


def test_what_is_refused_is_named_and_costs_nobody_else(readers):
    box = Box(
        answers={"ann@example.org": "rcpt 550 5.1.1 no such\x1b[31m reader", "bo@example.org": "554 spam"}
    )
    with mail_server(box) as port:
        report = sent(readers, port)
        assert (report.sent, report.refused) == (1, 2)
        assert sent(readers, port).sent == 0
    assert states(readers) == {1: ("refused", 1), 2: ("refused", 1), 3: ("sent", 1)}
    assert said(readers)[1] == "554 spam"
    assert report.problems[0].startswith("Ann, day 2026-11-30: refused: 550 5.1.1 no such")


def test_what_is_put_off_is_tried_again_and_at_last_given_up(readers):
    box = Box(answers={"ann@example.org": "rcpt 451 greylisted", "bo@example.org": "452 disk full"})
    with mail_server(box) as port:
        for number in (1, 2):
            report = sent(readers, port, tries=3)
            assert (report.sent, report.put_off) == (number == 1, 2)
        del box.answers["ann@example.org"]
        report = sent(readers, port, tries=3)
        assert (report.sent, report.given_up) == (1, 1)
        assert sent(readers, port, tries=3).sent == 0
    assert states(readers) == {1: ("sent", 3), 2: ("given up", 3), 3: ("sent", 1)}
    assert said(readers)[1] == "452 disk full"


def test_a_server_that_hangs_up_in_the_middle_makes_nobody_miss_a_mail(readers):
    box = Box(hangs_up={"bo@example.org": 1})
    with mail_server(box) as port:
        report = sent(readers, port)
        assert (report.sent, report.put_off) == (2, 1)
        assert "the connection ended before an answer" in report.problems[0]
        assert sent(readers, port).sent == 1
    assert states(readers) == {1: ("sent", 1), 2: ("sent", 2), 3: ("sent", 1)}
    by_reader = {
        to: {found for (_, one, _), found in zip(box.mails, ids(box), strict=True) if one == to}
        for _, to, _ in box.mails
    }
    assert [len(found) for found in by_reader.values()] == [1, 1, 1]  # repeated with the same Message-ID


def test_a_server_that_always_hangs_up_is_left_alone(readers, corpus, tmp_path):
    due_editions(readers, corpus, tmp_path / "out", ["Di", "Ed"])
    box = Box(hangs_up={f"{name}@example.org": 9 for name in ("ann", "bo", "cy", "di", "ed")})
    with mail_server(box) as port, pytest.raises(MailError, match="hung up 3 times"):
        sent(readers, port)
    assert [state for state, _ in states(readers).values()] == ["due"] * 5


def test_a_server_that_does_not_answer_costs_no_try(readers):
    with mail_server(Box()) as port:
        pass
    with pytest.raises(MailError, match=rf"127\.0\.0\.1:{port}: Connection refused"):
        sent(readers, port)
    assert states(readers) == {1: ("due", 0), 2: ("due", 0), 3: ("due", 0)}


def test_a_server_that_does_not_know_us_stops_the_job(readers):
    box = Box(senders={"papers@example.org": "530 authentication required"})
    said = r"takes no mail from papers@example\.org: 530 authentication"
    with mail_server(box) as port, pytest.raises(MailError, match=said):
        sent(readers, port)
    assert {state for state, _ in states(readers).values()} == {"due"}


def test_who_wants_no_mail_gets_none(readers):
    box = Box()
    with Readership.open(readers) as file:
        stop(file, find_reader(file, "Bo"), how="reply", at=NOW)
        # Whoever else has that address has closed it too.
        stop(file, add_reader(file, "Ann's other name", mail="ANN@example.org", at=NOW), how="reply", at=NOW)
    with mail_server(box) as port:
        report = sent(readers, port)
    assert (report.sent, report.unwanted) == (1, 2)
    assert [to for _, to, _ in box.mails] == ["cy@example.org"]
    assert states(readers)[2] == ("given up", 0)
    assert "no more mail is wanted since 2026-11-30" in said(readers)[1]


def test_a_dry_run_writes_files_and_changes_nothing(readers, tmp_path):
    before = readers.read_bytes()
    with Readership.read(readers) as file:
        written = list(write_due(file, SENDER, at=NOW))
    assert [path.relative_to(tmp_path).as_posix() for path in written] == [
        f"out/{name}/2026-11-30.eml" for name in ("ann", "bo", "cy")
    ]
    to = Address("ann@example.org", "Ann")
    listing = listing_for("Ann", make_papers(3))
    assert written[0].read_bytes() == mail_of(listing, sender=SENDER.address, to=to)
    assert readers.read_bytes() == before


def test_one_click_names_the_mail_itself(readers):
    box = Box()
    sender = Sender(SENDER.address, one_click="https://papers.example.org/u/")
    with mail_server(box) as port, Readership.job(readers) as file:
        send_due(file, parse_server(f"127.0.0.1:{port}", insecure=True), sender, at=NOW)
    message = email.message_from_bytes(box.mails[0][2])
    key = message["Message-ID"][1:21]
    assert message["List-Unsubscribe"].startswith(f"<https://papers.example.org/u/{key}>, <mailto:")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


# Killed


SENDING = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from recommender.mail import Address, Sender, parse_server, send_due, sending
from recommender.readership import Readership

path, port, where = sys.argv[1:]
settle, send = sending._settle, sending.Connection.send
if where == "before the server hears of it":
    sending.Connection.send = lambda *_: os.kill(os.getpid(), 9)
elif where == "after its 250":
    sending._settle = lambda *_, **__: os.kill(os.getpid(), 9)
server = parse_server(f"127.0.0.1:{port}", insecure=True)
with Readership.job(path) as file:
    send_due(file, server, Sender(Address("papers@example.org", "Papers")), at=datetime.now(UTC))
"""


@pytest.mark.parametrize(("where", "copies"), [("before the server hears of it", 1), ("after its 250", 2)])
def test_who_is_killed_and_starts_again_sends_to_everybody(readers, where, copies):
    box = Box()
    with mail_server(box) as port:
        command = [sys.executable, "-c", SENDING, str(readers), str(port), where]
        killed = subprocess.run(command, capture_output=True, check=False)
        assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
        assert states(readers)[1] == ("sending", 1)
        assert sent(readers, port).sent == 3
        assert sent(readers, port).sent == 0
    to = [one for _, one, _ in box.mails]
    assert to.count("ann@example.org") == copies
    assert to.count("bo@example.org") == to.count("cy@example.org") == 1
    assert len(set(ids(box))) == 3  # a copy is the same mail


# Nothing in clear


def client(pem):
    return ssl.create_default_context(cafile=pem)


@pytest.mark.parametrize("at_once", [False, True])
def test_mails_and_password_go_encrypted(readers, pem, at_once, monkeypatch):
    from recommender.mail import server as module

    box = Box()
    with mail_server(box, context=server_context(pem), at_once=at_once, auth=True) as port:
        if at_once:
            monkeypatch.setattr(module, "TLS_PORT", port)
        server = parse_server(f"localhost:{port}", user="papers", password="sesame")
        with Readership.job(readers) as file:
            report = send_due(file, server, SENDER, at=NOW, context=client(pem))
    assert report.sent == 3
    assert box.logins == [("papers", "sesame")]


def refused(readers, server, context=None):
    with Readership.job(readers) as file, pytest.raises(MailError) as error:
        send_due(file, server, SENDER, at=NOW, context=context)
    assert {state for state, _ in states(readers).values()} == {"due"}
    assert "sesame" not in str(error.value)
    return str(error.value)


def test_a_server_without_starttls_is_refused_and_hears_no_password(readers):
    box = Box()
    with mail_server(box, auth=True) as port:
        server = parse_server(f"127.0.0.1:{port}", user="papers", password="sesame")
        assert "offers no STARTTLS" in refused(readers, server)
    assert (box.logins, box.mails) == ([], [])


def test_no_password_is_said_in_clear_whatever_the_options(readers):
    """A `Server` can be made without `parse_server`, which refuses it too."""
    from recommender.mail import Server

    box = Box()
    with mail_server(box, auth=True) as port:
        server = Server("127.0.0.1", port, "papers", "sesame", insecure=True)
        assert "no password is sent in clear" in refused(readers, server)
    assert (box.logins, box.mails) == ([], [])
    with pytest.raises(ParameterError, match="sends no password"):
        parse_server("127.0.0.1:25", user="papers", password="sesame", insecure=True)


def test_a_certificate_of_nobody_or_of_another_is_refused(readers, pem, tmp_path):
    box, other = Box(), certificate(tmp_path, "other.example.org")
    with mail_server(box, context=server_context(pem)) as port:
        assert "its certificate is not to be trusted" in refused(readers, parse_server(f"localhost:{port}"))
    with mail_server(box, context=server_context(other)) as port:
        said = refused(readers, parse_server(f"localhost:{port}"), client(other))
        assert "its certificate is not to be trusted" in said
    assert box.mails == []


def test_a_wrong_password_is_told_in_the_server_s_words(readers, pem):
    box = Box()
    with mail_server(box, context=server_context(pem), auth=True) as port:
        server = parse_server(f"localhost:{port}", user="papers", password="guessed")
        said = refused(readers, server, client(pem))
    assert re.search(r"does not take --user papers: 535 ", said)
    assert "guessed" not in said


@pytest.mark.parametrize("host", ["192.0.2.1", "[2001:db8::1]", "198.51.100.7"])
def test_another_machine_gets_nothing_in_clear(readers, host):
    with (
        Readership.job(readers) as file,
        pytest.raises(ParameterError, match="--insecure-smtp is for a server on"),
    ):
        send_due(file, parse_server(host, insecure=True), SENDER, at=NOW)


def test_a_password_is_not_in_the_repr_of_a_server():
    assert "sesame" not in repr(parse_server("h", user="papers", password="sesame"))


# What is written on the command line


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("smtp.example.org", "smtp.example.org", 587),
        ("smtp.example.org:465", "smtp.example.org", 465),
        ("[::1]:25", "::1", 25),
        (" 127.0.0.1:1025 ", "127.0.0.1", 1025),
    ],
)
def test_servers_are_read(text, host, port):
    server = parse_server(text)
    assert (server.host, server.port) == (host, port)


@pytest.mark.parametrize(
    "text", ["", ":25", "a b", "host:0", "host:99999", "host:smtp", "smtp://host", "::1:25"]
)
def test_what_names_no_server_is_refused(text):
    with pytest.raises(ParameterError, match="--smtp"):
        parse_server(text)


def test_a_user_needs_a_password_and_a_password_a_user():
    with pytest.raises(ParameterError, match="RECOMMENDER_SMTP_PASSWORD"):
        parse_server("h", user="papers")
    with pytest.raises(ParameterError, match="without --user"):
        parse_server("h", password="sesame")


def test_passwords_come_from_the_environment_or_a_file_of_one_s_own(tmp_path):
    file = tmp_path / "password"
    file.write_text("open sesame\nand more\n")
    file.chmod(0o600)
    assert read_password(file, {"RECOMMENDER_SMTP_PASSWORD": "other"}) == "open sesame"
    assert read_password(None, {"RECOMMENDER_SMTP_PASSWORD": "other"}) == "other"
    assert read_password(None, {}) == ""
    for mode in (0o644, 0o640, 0o602, 0o611):
        file.chmod(mode)
        with pytest.raises(MailError, match="chmod 600"):
            read_password(file)
    file.chmod(0o600)
    file.write_text("\n")
    with pytest.raises(MailError, match="first line is empty"):
        read_password(file)
    with pytest.raises(MailError, match="No such file"):
        read_password(tmp_path / "none")

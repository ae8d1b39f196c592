"""The commands of mail: send and noted."""

import email

import pytest
from conftest import FakeEncoder, make_papers
from mail_server import Box, certificate, mail_server, server_context
from test_mail_noting import reply
from test_mail_sending import due_editions, states

from recommender import Corpus
from recommender.cli import main

FROM = ("--from", "Papers <papers@example.org>")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mail_cli") / "c"
    with Corpus.build(make_papers(6), folder, encoder=FakeEncoder()) as built:
        yield built


@pytest.fixture
def readers(tmp_path, corpus):
    return due_editions(tmp_path / "readers.sqlite", corpus, tmp_path / "out", ["Ann", "Bo"])


@pytest.fixture(autouse=True)
def no_password(monkeypatch):
    monkeypatch.delenv("RECOMMENDER_SMTP_PASSWORD", raising=False)


def run(capsys, *words):
    status = main([*map(str, words)])
    out, err = capsys.readouterr()
    return status, out, err


def test_send_sends_what_is_due_once(readers, capsys):
    box = Box(answers={"bo@example.org": "550 unknown"})
    with mail_server(box) as port:
        command = ("send", "--readers", readers, "--smtp", f"127.0.0.1:{port}", "--insecure-smtp", *FROM)
        status, out, err = run(capsys, *command)
        assert (status, out) == (0, "1 mail sent, 1 refused\n")
        assert err == "recommender: Bo, day 2026-11-30: refused: 550 unknown\n"
        assert run(capsys, *command) == (0, "0 mails sent\n", "")
    assert [to for _, to, _ in box.mails] == ["ann@example.org"]


def test_send_with_strict_fails_where_a_mail_is_refused(readers, capsys):
    box = Box(answers={"bo@example.org": "550 unknown"})
    with mail_server(box) as port:
        words = ("--smtp", f"127.0.0.1:{port}", "--insecure-smtp", "--strict")
        assert run(capsys, "send", "--readers", readers, *words, *FROM)[0] == 1


def test_send_encrypts_and_takes_the_password_from_the_environment(readers, capsys, tmp_path, monkeypatch):
    pem = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))  # as for every program that uses OpenSSL
    monkeypatch.setenv("RECOMMENDER_SMTP_PASSWORD", "sesame")
    box = Box()
    with mail_server(box, context=server_context(pem), auth=True) as port:
        words = ("--smtp", f"localhost:{port}", "--user", "papers", "--verbose")
        status, out, err = run(capsys, "send", "--readers", readers, *words, *FROM)
    assert (status, out) == (0, "2 mails sent\n"), err
    assert box.logins == [("papers", "sesame")]
    assert "sesame" not in out + err


def test_send_can_write_files_instead(readers, capsys, tmp_path):
    (tmp_path / "out").mkdir()
    words = ("--dry-run", "--out", tmp_path / "out", "--base-url", "https://p.example.org/", "--one-click")
    status, out, err = run(capsys, "send", "--readers", readers, *words, *FROM)
    paths = [tmp_path / "out" / name / "2026-11-30.eml" for name in ("ann", "bo")]
    assert (status, out.split(), err) == (0, [str(path) for path in paths], "")
    found = email.message_from_bytes(paths[0].read_bytes())
    assert found["List-Unsubscribe"].startswith(f"<https://p.example.org/u/{found['Message-ID'][1:21]}>")
    assert {state for state, _ in states(readers).values()} == {"due"}


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ((), 2, "--smtp HOST[:PORT] says where"),
        (("--smtp", "a b"), 2, "is no server"),
        (("--smtp", "h", "--user", "papers"), 2, "RECOMMENDER_SMTP_PASSWORD"),
        (("--smtp", "h", "--password-file", "none"), 1, "none: No such file"),
        (("--smtp", "192.0.2.1", "--insecure-smtp"), 2, "a server on this machine, which 192.0.2.1 is not"),
        (("--smtp", "h", "--out", "none"), 2, "--out none: is no folder"),
        (("--smtp", "h", "--one-click"), 2, "--one-click needs --base-url"),
        (("--dry-run", "--one-click", "--base-url", "http://h"), 2, "no address of https"),
        (("--smtp", "127.0.0.1:1"), 1, "127.0.0.1:1: Connection refused"),
    ],
)
def test_send_says_in_a_line_what_is_wrong(readers, capsys, words, status, said):
    found, out, err = run(capsys, "send", "--readers", readers, *words, *FROM)
    assert (found, out) == (status, "")
    assert said in err
    assert err.count("\n") == 1


def test_send_needs_a_sender_and_a_file_of_readers(readers, capsys, tmp_path):
    status, _, err = run(capsys, "send", "--readers", readers, "--smtp", "h", "--from", "papers")
    assert status == 2
    assert "'papers' is no address that mail can be sent to" in err
    status, _, err = run(capsys, "send", "--readers", tmp_path / "none.sqlite", "--dry-run", *FROM)
    assert status == 1
    assert "none.sqlite" in err


def test_noted_counts_answers_once(readers, capsys, tmp_path, corpus):
    path = tmp_path / "ann.eml"
    path.write_bytes(reply("1 -2\n9"))
    status, out, err = run(capsys, "noted", path, "--readers", readers, "--corpus", corpus.path)
    assert (status, out) == (0, "ann.eml: 2 opinions noted, 1 reply\n")
    assert "9: the list has no such number, but 1 to 3" in err
    assert run(capsys, "noted", path, "--readers", readers)[1] == (
        "ann.eml: 0 opinions noted, 0 replies, 1 counted before\n"
    )
    assert run(capsys, "noted", path, "--readers", readers, "--strict")[0] == 0


def test_noted_names_a_file_that_is_none_and_counts_the_others(readers, capsys, tmp_path):
    (tmp_path / "odd").write_text("nothing")
    (tmp_path / "mine.csv").write_text("paper,kind\n2101.00000,liked\n")
    words = (tmp_path / "odd", tmp_path / "mine.csv", "--as", "Ann", "--readers", readers)
    status, out, err = run(capsys, "noted", *words)
    assert (status, out) == (1, "mine.csv: 1 opinion noted, 0 replies\n")
    assert "odd: is none of the files that are counted" in err
    assert "1 of 2 files could not be read" in err


def test_noted_as_nobody_counts_nothing(readers, capsys, tmp_path):
    (tmp_path / "mine.csv").write_text("paper,kind\n2101.00000,liked\n")
    status, out, err = run(capsys, "noted", tmp_path / "mine.csv", "--as", "Anna", "--readers", readers)
    assert (status, out) == (1, "")
    assert "Ann" in err

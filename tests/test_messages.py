"""Messages: plain at a terminal and for a question, a log with time and level for a job."""

import logging
import os
import pty
import re
import subprocess
import sys

import pytest
from conftest import make_papers

from recommender.cli import main
from recommender.cli.messages import echo_error, echo_notice, echo_problems, echo_warning, library_messages

MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d"


@pytest.fixture
def folder(tmp_path, capsys):
    source = tmp_path / "papers.jsonl"
    rows = [paper.to_json() for paper in make_papers(8)]
    source.write_text("\n".join([*rows, '{"title": ""}']))
    assert main(["build", str(source), "--corpus", str(tmp_path / "c"), "--encoder", "static"]) == 0
    capsys.readouterr()
    return tmp_path / "c"


@pytest.fixture
def by_default(monkeypatch):
    monkeypatch.delenv("RECOMMENDER_LOG")


@pytest.fixture
def run(capsys):
    def call(*arguments):
        status = main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return status, printed.out, printed.err.splitlines()

    return call


def add(folder, *more):
    return "add", folder.parent / "papers.jsonl", "--corpus", folder, *more


def test_a_job_writes_a_log_where_there_is_no_terminal(by_default, run, folder):
    status, out, lines = run(*add(folder))
    assert (status, out) == (0, f"{folder}: 8 papers\n")
    assert re.fullmatch(f"{MOMENT} WARNING papers.jsonl, row 9: has no title", lines[0])
    assert re.fullmatch(f"{MOMENT} INFO 8 papers read, 0 new, .*", lines[1])
    (line,) = run("add", "nowhere.jsonl", "--corpus", folder)[2]
    assert re.match(f"{MOMENT} ERROR nowhere.jsonl", line)
    (line,) = run(*add(folder, "--limit", "many"))[2]
    assert re.match(f"{MOMENT} ERROR Invalid value for '--limit'", line)


def test_a_question_answers_plainly_everywhere(by_default, run, folder):
    assert run("like", "nobody", "--corpus", folder)[2][0].startswith("recommender: no paper 'nobody'")


def test_a_job_at_a_terminal_is_plain(by_default, folder):
    master, terminal = pty.openpty()
    command = [sys.executable, "-m", "recommender", *map(str, add(folder))]
    process = subprocess.Popen(command, stderr=terminal, stdout=subprocess.DEVNULL)
    os.close(terminal)
    shown = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(master)
    assert process.wait() == 0
    assert "recommender: papers.jsonl, row 9: has no title\r\n" in shown.decode()


@pytest.mark.parametrize(("form", "start"), [("plain", "recommender: "), ("time", MOMENT + " ERROR ")])
def test_the_environment_chooses_for_all(monkeypatch, run, folder, form, start):
    monkeypatch.setenv("RECOMMENDER_LOG", form)
    for command in (("like", "nobody", "--corpus", folder), ("add", "nowhere.jsonl", "--corpus", folder)):
        assert re.match(start, run(*command)[2][-1])


def test_the_environment_cannot_choose_what_there_is_not(monkeypatch, run):
    monkeypatch.setenv("RECOMMENDER_LOG", "loud")
    assert run("demo") == (2, "", ["recommender: RECOMMENDER_LOG is 'loud'; it must be plain or time"])


def test_quiet_leaves_errors_and_the_answer(run, folder):
    assert run(*add(folder, "--quiet")) == (0, f"{folder}: 8 papers\n", [])
    assert len(run("like", "nobody", "--corpus", folder, "--quiet")[2]) == 1
    status, _, lines = run(*add(folder, "--quiet", "--strict"))
    assert (status, lines) == (1, ["recommender: papers.jsonl, row 9: has no title"])
    status, out, lines = run("--quiet", "like", "2106.09685", "-k", 1, "--format", "csv")
    assert (status, len(out.splitlines()), lines) == (0, 2, [])


def test_verbose_tells_how_long_the_parts_take(run, folder, tmp_path, monkeypatch):
    monkeypatch.delenv("RECOMMENDER_PROGRESS")
    source = tmp_path / "more.jsonl"
    source.write_text("\n".join(paper.to_json() for paper in make_papers(4, start=50)))
    lines = run("add", source, "--corpus", folder, "--verbose")[2]
    assert any(re.match(r"recommender: reading: 4 papers in [\d.]+ s", line) for line in lines)
    assert "recommender: index: exact for 12 vectors" in lines
    assert re.match(r"recommender: done in [\d.]+ s", lines[-1])
    assert any(re.match(r"recommender: encoding with static: 4 papers in [\d.]+ s", line) for line in lines)
    assert not any("reading" in line for line in run(*add(folder))[2])


def test_quiet_and_verbose_are_two_wishes(run, folder):
    status, _, lines = run("info", "--corpus", folder, "--quiet", "--verbose")
    assert (status, len(lines)) == (2, 1)


def test_lines_of_progress_are_for_logs(monkeypatch, capsys):
    log = logging.getLogger("recommender")
    with library_messages() as messages:
        log.info("half of it", extra={"progress": True})
        monkeypatch.setenv("RECOMMENDER_LOG", "time")
        log.info("all of it", extra={"progress": True})
        assert messages in log.handlers
    assert messages not in log.handlers
    (line,) = capsys.readouterr().err.splitlines()
    assert line.endswith(" INFO all of it")


def test_each_message_has_its_level(monkeypatch, capsys):
    monkeypatch.setenv("RECOMMENDER_LOG", "time")
    with library_messages():
        assert (echo_error("a"), echo_error("b", 2), echo_warning("c"), echo_notice("d")) == (
            1,
            2,
            None,
            None,
        )
        assert echo_problems(["e"], 3) == 0
    levels = [line.split(" ", 2)[1:] for line in capsys.readouterr().err.splitlines()]
    assert levels == [
        ["ERROR", "a"],
        ["ERROR", "b"],
        ["WARNING", "c"],
        ["INFO", "d"],
        ["WARNING", "e"],
        ["WARNING", "... and 3 more such lines"],
    ]


def test_the_level_is_what_it_was_afterwards(run, folder):
    log = logging.getLogger("recommender")
    before = log.level, list(log.handlers)
    run("info", "--corpus", folder, "--verbose")
    assert (log.level, list(log.handlers)) == before


@pytest.mark.parametrize("where", ["2>&-", "2>/dev/null"])
def test_no_message_gets_among_the_answer_where_stderr_is_closed(folder, where):
    script = f"{sys.executable} -m recommender like nobody --corpus {folder} {where}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")

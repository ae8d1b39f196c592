"""Progress: a bar on a terminal and in a notebook, lines of a log elsewhere; short work shows nothing."""

import logging
import os
import pty
import re
import subprocess
import sys

import pytest
from conftest import make_papers

from recommender import Corpus
from recommender import progress as notebook_module
from recommender import progress as progress_package
from recommender.progress import Pace, heard, lines, progress, step, tell

START = """
import sys
from recommender.progress import Pace
from recommender.progress import bar
now = 0.0
def bar_now(total, **options):
    return bar(Pace("encoding", total, unit="papers", before=0, clock=lambda: now), patience=0, **options)
"""

WORK = """
with bar_now({total}) as tick:
    for _ in range(8):
        now += 0.5
        tick(5)
"""


@pytest.fixture(autouse=True)
def switched_on(monkeypatch):
    monkeypatch.delenv("RECOMMENDER_PROGRESS")


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def info(caplog):
    caplog.set_level(logging.INFO, "recommender")
    return caplog


def pace_of(clock, total=10_000, before=0, unit="profiles"):
    return Pace("recommending", total, unit=unit, before=before, clock=clock)


def on_a_terminal(script, stdout=None):
    """What the script writes to stderr when that is a terminal."""
    master, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", START + script],
        stderr=terminal,
        stdout=terminal if stdout is None else stdout,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120"},
    )
    os.close(terminal)
    shown = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # Linux says so when the other end is closed
            break
        if not part:
            break
        shown += part
    os.close(master)
    assert process.wait() == 0
    return shown.decode()


def on_screen(shown):
    """The lines that a terminal has in the end, without colours: what is erased is not there."""
    shown = re.sub(r"\x1b\[(?!2K|1A)[0-9;?]*[A-Za-z]", "", shown)
    lines = []
    for line in shown.split("\n"):
        left = ""
        for part in re.split(r"(\r\x1b\[2K|\r)", line):
            left = "" if part == "\r\x1b[2K" else left if part == "\r" else left + part
        lines.append(left)
    return lines


# On a terminal


def test_a_terminal_sees_count_rate_and_time_left():
    shown = on_a_terminal(WORK.format(total=40))
    assert "encoding" in shown
    assert "40/40" in shown
    assert "10 papers/s" in shown
    assert "0:00:04" in shown


def test_an_unknown_total_still_shows_what_was_done():
    assert "40/?" in on_a_terminal(WORK.format(total=None))


def test_a_message_stands_on_a_line_of_its_own_while_a_bar_runs_and_after_it():
    shown = on_a_terminal("""
from recommender.cli.messages import echo_error, library_messages
with library_messages():
    with bar_now(40) as tick:
        tick(5)
        echo_error("in the middle")
        print("from somebody else")
        tick(5)
    echo_error("behind it")
    try:
        with bar_now(40) as tick:
            tick(5)
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        echo_error("stopped")
""")
    lines = on_screen(shown)
    for message in ("in the middle", "behind it", "stopped"):
        assert f"recommender: {message}" in lines
    assert "from somebody else" in lines
    assert sum(line.startswith("encoding ") for line in lines) == 2


def test_what_goes_to_a_file_goes_there_while_a_bar_runs(tmp_path):
    with (tmp_path / "out").open("wb") as file:
        shown = on_a_terminal("with bar_now(40) as tick:\n    print('the answer')\n", stdout=file)
    assert (tmp_path / "out").read_text() == "the answer\n"
    assert "the answer" not in shown


def test_the_bar_of_a_part_leaves_the_bar_of_the_whole_alone():
    shown = on_a_terminal("""
with bar_now(40) as tick, bar_now(1) as inner:
    inner(1)
    tick(40)
""")
    assert sum(line.startswith("encoding ") for line in on_screen(shown)) == 1


def test_a_script_on_a_terminal_sees_both_the_bar_and_what_is_said():
    shown = on_a_terminal("""
import functools, recommender.progress as package
package.bar = functools.partial(bar, patience=0)
package.tell("about a minute")
with package.progress("encoding", 40) as tick:
    tick(40)
""")
    lines = on_screen(shown)
    assert lines[0].rstrip() == "about a minute"
    assert "40/40" in lines[1]


# In a log


def test_lines_tell_rate_and_time_left_when_it_turns_out_to_be_long(info, clock):
    with lines(pace_of(clock, before=4_000)) as tick:
        for clock.now in (1.0, 10.0, 20.0, 24.0, 30.0):
            tick(500)
    assert [record.getMessage() for record in info.records] == [
        "recommending: 5,000 of 10,000 profiles, 100 profiles/s, about 50 s left",
        "recommending: 6,500 of 10,000 profiles, 83 profiles/s, about 42 s left",
        "recommending: 2,500 profiles in 30 s, 83 profiles/s",
    ]
    assert all(record.progress for record in info.records)


@pytest.mark.parametrize(("seconds", "said"), [(5, "5.0 s"), (50, "50 s"), (600, "10 min"), (9000, "2.5 h")])
def test_the_time_left_is_told_in_units_that_suit(clock, seconds, said):
    pace = pace_of(clock, total=20 + seconds)
    pace.add(20)
    clock.now = 20.0
    assert pace.line().endswith(f"1.0 profiles/s, about {said} left")


def test_short_work_says_nothing(info, clock):
    with progress("recommending", 10, clock=clock) as tick:
        tick(10)
        clock.now = 1.9
    assert info.records == []


def test_long_work_of_one_step_is_told_at_its_end(info, clock):
    with progress("loading a model", 1, unit="models", clock=clock) as tick:
        clock.now = 12.0
        tick(1)
    assert [record.getMessage() for record in info.records] == ["loading a model: done in 12 s"]


def test_who_wants_to_know_more_hears_of_short_work_too(caplog, clock):
    caplog.set_level(logging.DEBUG, "recommender")
    with progress("recommending", 10, clock=clock) as tick:
        clock.now = 0.5
        tick(10)
    assert [record.getMessage() for record in caplog.records] == [
        "recommending: 10 papers in 0.5 s, 20 papers/s"
    ]


def test_work_that_is_stopped_is_not_said_to_be_done(info, clock):
    def work():
        with progress("encoding", 3, clock=clock):
            clock.now = 60.0
            raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        work()
    assert info.records == []


def test_a_library_writes_nothing_by_itself(capsys, clock):
    with progress("encoding", 3, clock=clock) as tick:
        clock.now = 60.0
        tick(3)
    tell("about a minute")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")
    assert not heard()


# In a notebook


class Handle:
    def __init__(self, cell):
        self.cell = cell

    def update(self, shown):
        self.cell[-1].append(shown)


@pytest.fixture
def cell(monkeypatch):
    """What is shown below the cell: of each output its states."""
    cell = []

    def display(shown):
        cell.append([shown])
        return Handle(cell)

    monkeypatch.setattr(notebook_module, "_display", display)
    monkeypatch.setattr(progress_package, "in_notebook", lambda: True)
    return cell


def test_a_notebook_shows_one_bar_that_ends_as_a_line(cell, clock):
    with progress("encoding", 1_000, clock=clock) as tick:
        for clock.now in (0.4, 1.0, 1.1, 2.0):
            tick(250)
    (states,) = cell
    assert [repr(state) for state in states] == [
        "encoding: 500 of 1,000 papers, 500 papers/s, about 1.0 s left",
        "encoding: 1,000 of 1,000 papers, 500 papers/s, about 0.0 s left",
        "encoding: 1,000 papers in 2.0 s, 500 papers/s",
    ]
    assert '<progress max="1" value="0.5000"></progress>' in states[0]._repr_html_()
    assert "<progress" not in states[-1]._repr_html_()


def test_a_notebook_shows_one_step_from_its_beginning(cell, clock):
    with progress("loading <b>", 1, clock=clock):
        assert [repr(state) for state in cell[0]] == ["loading <b> ..."]
    assert "&lt;b&gt;" in cell[0][0]._repr_html_()


def test_short_work_in_a_notebook_shows_nothing(cell, clock):
    with progress("encoding", 10, clock=clock) as tick:
        tick(10)
    assert cell == []


def test_a_notebook_is_told_what_no_log_shows(cell):
    assert heard()
    tell("2,000 papers to encode: about 20 s")
    assert [repr(states[0]) for states in cell] == ["2,000 papers to encode: about 20 s"]


@pytest.mark.parametrize("switch", ["level", "variable"])
def test_bars_can_be_switched_off(cell, clock, monkeypatch, caplog, switch):
    if switch == "level":
        caplog.set_level(logging.ERROR, "recommender")
    else:
        monkeypatch.setenv("RECOMMENDER_PROGRESS", "off")
    with progress("encoding", 10, clock=clock) as tick:
        clock.now = 60.0
        tick(10)
    assert cell == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_in_a_real_notebook_without_widgets():
    import nbformat
    from nbclient import NotebookClient

    source = """
from recommender.progress import progress, tell
now = 0.0
tell("about a minute")
with progress("encoding", 100, clock=lambda: now) as tick:
    now = 10.0
    tick(50)
    now = 20.0
    tick(50)
import sys; "ipywidgets" in sys.modules
"""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    outputs = notebook.cells[0].outputs
    assert [output.data["text/plain"] for output in outputs] == [
        "about a minute",
        "encoding: 100 papers in 20 s, 5.0 papers/s",
        "False",
    ]
    assert "<div>" in outputs[1].data["text/html"]


# What long work says of its parts


def test_a_step_over_few_papers_is_not_worth_a_word(cell):
    with step("compacting", 999):
        pass
    assert cell == []
    with step("compacting", 1_000):
        pass
    assert repr(cell[0][0]) == "compacting ..."


def test_every_long_part_of_building_checking_and_compacting_is_told(tmp_path, caplog, monkeypatch, fake):
    caplog.set_level(logging.DEBUG, "recommender")
    monkeypatch.setattr("recommender.corpus.vector_sources.describe_estimate", lambda *_: "a second")

    def parts(work):
        caplog.clear()
        work()
        said = (record.getMessage().partition(":")[0] for record in caplog.records)
        return [what for what in said if what != "index"]

    with Corpus.build(make_papers(4), tmp_path / "c", encoder=fake) as corpus:
        told = parts(lambda: corpus.add(make_papers(1_001, start=4)))
        assert told == [
            "reading",
            "comparing with what is there",
            "measuring how fast this machine encodes",
            "a second",
            "topics",
            "encoding with fake",
            "putting it together",
            "topics",
        ]
        assert parts(corpus.verify) == ["verifying", "verifying the terms", "verifying the vectors"]
        assert parts(corpus.compact) == ["compacting"]
        assert "building the hnsw index" in parts(lambda: corpus.compact(index="hnsw"))

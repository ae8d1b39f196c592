"""Progress shows on a terminal, with rate and time left, and is silent in a pipe."""

import os
import pty
import re
import subprocess
import sys

import pytest

from recommender.progress import progress

SCRIPT = """
import time
from recommender.progress import progress
with progress("encoding", {total}) as tick:
    for _ in range(8):
        time.sleep(0.15)
        tick(5)
"""


def on_a_terminal(script):
    """What the script writes to stderr when that is a terminal."""
    master, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", script], stderr=terminal, env={**os.environ, "TERM": "xterm", "COLUMNS": "120"}
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


def test_a_terminal_sees_count_rate_and_time_left():
    shown = on_a_terminal(SCRIPT.format(total=40))
    assert "encoding" in shown
    assert "40/40" in shown
    assert " papers/s" in shown
    assert re.search(r"0:00:0[1-9]", shown)


def test_an_unknown_total_still_shows_what_was_done():
    shown = on_a_terminal(SCRIPT.format(total=None))
    assert "40/?" in shown


def test_a_pipe_stays_empty(capsys):
    with progress("encoding", 3) as tick:
        tick(3)
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_an_error_goes_through():
    with pytest.raises(RuntimeError, match="mine"), progress("encoding", 3):
        raise RuntimeError("mine")

"""A program that waits at a gate: a moment of its life is certain, whatever the machine does besides.

The program's `GATE` says where it is and waits until it is told to go on. It may be stopped there.
"""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

__all__ = ["GATE", "at_gates", "go_on", "waits_at"]

GATE = """
import sys

def gate(name):
    print("at", name, file=sys.__stdout__, flush=True)
    if sys.stdin.readline() == "":  # the tests have gone
        sys.exit("nobody opens this gate any more")

def before(place, name, *, called=None):
    '''Wait each time before this function is called.'''
    function = getattr(place, name)

    def waiting(*arguments, **options):
        gate(called or name)
        return function(*arguments, **options)

    setattr(place, name, waiting)

def after(place, name):
    '''Wait each time after this function was called.'''
    function = getattr(place, name)

    def waiting(*arguments, **options):
        made = function(*arguments, **options)
        gate(name)
        return made

    setattr(place, name, waiting)
"""
"""Python source: `gate`, `before` and `after` for the program that waits."""


@contextmanager
def at_gates(program: str, arguments: Sequence[str] = (), **options: Any) -> Iterator[subprocess.Popen[str]]:
    """The running program, which begins with `GATE`; ended with the block."""
    command = [sys.executable, "-c", GATE + program, *arguments]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def waits_at(process: subprocess.Popen[str]) -> str | None:
    """The gate that the program waits at now, or None where it has ended instead."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("at "):
            return line.removeprefix("at ").rstrip("\n")
    return None


def go_on(process: subprocess.Popen[str]) -> None:
    """Open the gate that the program waits at, once."""
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()

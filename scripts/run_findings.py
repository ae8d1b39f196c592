"""Run the scripts of findings/, each alone, and print a table of what still holds: `make findings`.

A script that exits with 0 saw what it says; one whose last line begins with ``changed`` saw something else.
What ends in any other way (no package index, a version that is gone) could not run. Exit status 1 unless all
hold.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "findings"
SECONDS = 600  # for one script; most of it is the installation


def run_finding(script: Path, seconds: float = SECONDS) -> tuple[str, str]:
    """What became of one script: "holds", "changed" or "could not run"; and what it said, one line."""
    command = ["bash", str(script)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    # In a session of its own, so that what it started ends with it.
    with subprocess.Popen(command, start_new_session=True, **pipes) as process:
        try:
            out, errors = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGTERM)
            return "could not run", f"not done after {seconds:g} s"
    if process.returncode == 0:
        return "holds", out.partition("\n")[0].strip()  # the versions that it ran
    last = errors.strip().rpartition("\n")[2].strip()
    return "changed" if last.startswith("changed") else "could not run", last


def main(names: list[str], folder: Path = FOLDER) -> int:
    """Run the scripts of these names, or all; print a line for each as it is done, and a count."""
    scripts = {script.stem: script for script in sorted(folder.glob("*.sh"))}
    if unknown := [name for name in names if name not in scripts]:
        print(f"no finding {unknown[0]!r}; there are {', '.join(scripts)}", file=sys.stderr)
        return 2
    width = max(map(len, scripts), default=0)
    states = []
    for name in names or scripts:
        state, said = run_finding(scripts[name])
        states.append(state)
        print(f"{name:<{width}}  {state:<13}  {said:.100}", flush=True)
    counts = (f"{states.count(state)} {state}" for state in ("holds", "changed", "could not run"))
    print(", ".join(counts))
    return 0 if states.count("holds") == len(states) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

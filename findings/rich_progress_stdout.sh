#!/usr/bin/env bash
# A bar that rich draws on standard error takes what is printed to standard output, though that is a file.
# Guessed: the file holds the printed lines; only a terminal that both share needs the redirection.
# So for our code: `redirect_stdout` only where standard output is a terminal.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q rich==15.0.0
cat > print_rows.py <<'PY'
import sys

from rich.console import Console
from rich.progress import Progress

arguments = {"redirect_stdout": False} if "plain" in sys.argv else {}
with Progress(console=Console(stderr=True), **arguments) as progress:
    task = progress.add_task("papers", total=2)
    for row in ("row 1", "row 2"):
        print(row)
        progress.advance(task)
print("after the bar")
PY
venv/bin/python - <<'PY'
import os
import pty
import subprocess
import sys
from importlib.metadata import version

print("rich", version("rich"))


def in_file(*arguments, terminal):
    """What lands in the file that is standard output; standard error is a terminal or a pipe."""
    reading, writing = pty.openpty() if terminal else os.pipe()
    with open("rows.txt", "w") as rows:
        command = [sys.executable, "print_rows.py", *arguments]
        subprocess.run(command, stdout=rows, stderr=writing, check=True, env={**os.environ, "TERM": "xterm"})
    os.close(writing)
    told = os.read(reading, 65_536)
    os.close(reading)
    with open("rows.txt") as rows:
        return rows.read().splitlines(), b"row 1" in told


everything = ["row 1", "row 2", "after the bar"]
seen = {
    "standard error is a terminal": in_file(terminal=True),
    "the same with redirect_stdout=False": in_file("plain", terminal=True),
    "standard error is a pipe": in_file(terminal=False),
}
for case, (lines, told) in seen.items():
    print(f"{case}: the file holds {lines}; standard error {'has' if told else 'has not'} row 1")
expected = [(["after the bar"], True), (everything, False), (everything, False)]
sys.exit(0 if list(seen.values()) == expected else "changed")
PY

#!/usr/bin/env bash
# click takes EOFError and KeyboardInterrupt from anywhere for the user's wish to stop, and EPIPE for a reader gone.
# Guessed: an EOFError of gzip has its traceback; with standalone_mode=False a KeyboardInterrupt comes out as it is.
# So for our code: catch EOFError where we read; do not go through `main` to keep notes and exit statuses.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q click==8.5.1
cat > command.py <<'PY'
import errno
import gzip
import io

import click


@click.group()
def group():
    pass


@group.command()
def gz():
    gzip.open(io.BytesIO(gzip.compress(b"one paper a line\n" * 100)[:-8])).read()


@group.command()
def peer():
    raise BrokenPipeError(errno.EPIPE, "a worker's socket was closed")


@group.command()
def stop():
    error = KeyboardInterrupt()
    error.add_note("7 of 9 batches are stored")
    raise error


if __name__ == "__main__":
    group()
PY
venv/bin/python - <<'PY'
import subprocess
import sys
from importlib.metadata import version

from command import group

print("click", version("click"))
seen = []
for name in ("gz", "peer"):
    run = subprocess.run([sys.executable, "command.py", name], capture_output=True, text=True)
    seen.append((run.returncode, run.stdout.strip(), run.stderr.strip()))
    print(f"{name}: exit status, standard output, standard error {seen[-1]}")
for name in ("gz", "peer", "stop"):
    try:
        group.main([name], standalone_mode=False)
    except BaseException as error:
        notes = getattr(error, "__notes__", None), getattr(error.__cause__, "__notes__", None)
        seen.append((type(error).__name__, type(error.__cause__).__name__, *notes))
        print(f"{name}, standalone_mode=False: error, its cause, notes of each {seen[-1]}")
expected = [
    (1, "", "Aborted!"),
    (1, "", ""),
    ("Abort", "EOFError", None, None),
    ("SystemExit", "NoneType", None, None),
    ("Abort", "KeyboardInterrupt", None, ["7 of 9 batches are stored"]),
]
sys.exit(0 if seen == expected else "changed")
PY

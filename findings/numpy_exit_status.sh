#!/usr/bin/env bash
# `sys.exit(worst > limit)` ends with status 1 whatever the comparison says where one side is numpy's: its False is no
# bool, so it is a message, which is printed.
# Guessed: as with Python's own numbers, False is status 0.
# So for our code: what a script ends with is made by `bool` or `int`, and a check that never passes is looked at too.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q numpy==2.4.6
venv/bin/python - <<'PY'
import subprocess
import sys
from importlib.metadata import version

print("numpy", version("numpy"))
seen = {}
for number in ("0.5", "numpy.float64(0.5)", "numpy.float32(0.5)"):
    done = subprocess.run(
        [sys.executable, "-c", f"import sys, numpy; sys.exit({number} > 0.9)"], capture_output=True, text=True
    )
    seen[number] = done.returncode, done.stderr.strip()
    print(f"{number} > 0.9: status {done.returncode}, {done.stderr.strip() or 'nothing'} on stderr")
expected = {"0.5": (0, ""), "numpy.float64(0.5)": (1, "False"), "numpy.float32(0.5)": (1, "False")}
sys.exit(0 if seen == expected else "changed")
PY

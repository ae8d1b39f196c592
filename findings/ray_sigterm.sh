#!/usr/bin/env bash
# ray.init puts its own handler in place of ours for SIGTERM: the process ends with status 15. After ray.shutdown
# none is called, not even ours that was set again before it: SIGTERM kills the process, though Python still names
# ours as the one that is set.
# Guessed: a driver that handles SIGTERM goes on doing so, and after the shutdown all is as before.
# So for our code: set ours again after the one and after the other.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q ray==2.60.0
export RAY_USAGE_STATS_ENABLED=0 RAY_TMPDIR="$folder"
cat > driver.py <<'PY'
import os
import signal
import sys

import ray


def ours(number, frame):
    print("called", flush=True)
    sys.exit(7)


for step in ["ours", *sys.argv[1:]]:
    if step == "ours":
        signal.signal(signal.SIGTERM, ours)
    elif step == "init":
        ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, logging_level="ERROR")
    elif step == "shutdown":
        ray.shutdown()
print("ours is set," if signal.getsignal(signal.SIGTERM) is ours else "another is set,", flush=True)
os.kill(os.getpid(), signal.SIGTERM)
PY
venv/bin/python - <<'PY'
import subprocess
import sys
from importlib.metadata import version

print("ray", version("ray"))
expected = {
    "": (7, "ours is set, called"),
    "init": (15, "another is set,"),
    "init ours shutdown": (-15, "ours is set,"),
    "init shutdown ours": (7, "ours is set, called"),
}
seen = {}
for steps in expected:
    run = subprocess.run([sys.executable, "driver.py", *steps.split()], capture_output=True, text=True)
    seen[steps] = run.returncode, " ".join(run.stdout.split())
    print(f"{' '.join(['ours', *steps.split()])}, then SIGTERM: exit status {run.returncode}, {seen[steps][1]}")
sys.exit(0 if seen == expected else "changed")
PY

#!/usr/bin/env bash
# save_file writes a file that its owner alone may read (mode 0600; by 0.5.3 as the umask says), and a file that was there
# and open to a group is replaced by one. Guessed: as any file, 0644 here. A model made by one user and packed into a
# wheel, or laid on a shared disk, cannot be opened by the others.
# So for our code: `path.write_bytes(safetensors.numpy.save(...))`, the same bytes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q safetensors==0.8.0 numpy==2.4.6
venv/bin/python - <<'PY'
import os
import sys
from importlib.metadata import version
from pathlib import Path

import numpy
from safetensors.numpy import save, save_file

print(*(f"{name} {version(name)}" for name in ("safetensors", "numpy")))
os.umask(0o022)
numbers = {"a": numpy.ones(3, numpy.float32)}
new, old, ours = (Path(name) for name in ("new.safetensors", "old.safetensors", "ours.safetensors"))
old.write_bytes(b"")
old.chmod(0o664)
save_file(numbers, new)
save_file(numbers, old)
ours.write_bytes(save(numbers))
seen = {path.name: oct(path.stat().st_mode & 0o777) for path in (new, old, ours)}
print(seen, "the same bytes:", new.read_bytes() == ours.read_bytes())
expected = {"new.safetensors": "0o600", "old.safetensors": "0o600", "ours.safetensors": "0o644"}
sys.exit(0 if seen == expected and new.read_bytes() == ours.read_bytes() else "changed")
PY

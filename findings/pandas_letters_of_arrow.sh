#!/usr/bin/env bash
# Installing pyarrow beside pandas changes what pandas' text methods answer, as columns of texts are then Arrow's.
# Guessed: the same answers, only faster, which are those of Python's str.
# So for our code: fold and compare texts by Python's `str`, not by a column's methods.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q pandas==3.1.1
cat > letters.py <<'PY'
import json

import pandas

texts = pandas.Series(["Stra\u00dfe", "\u0130zmir", "\u00bd"])
print(json.dumps([str(texts.dtype), [*texts.str.upper()], [*texts.str.lower()], [*map(bool, texts.str.isdigit())]]))
PY
without=$(venv/bin/python letters.py)
venv/bin/pip install -q pyarrow==26.0.1
with=$(venv/bin/python letters.py)
venv/bin/python - "$without" "$with" <<'PY'
import json
import sys
from importlib.metadata import version

print(*(f"{name} {version(name)}" for name in ("pandas", "pyarrow")))
seen = [json.loads(argument) for argument in sys.argv[1:]]
for name, (kind, upper, lower, digits) in zip(("without pyarrow", "with it"), seen):
    print(f"{name}: dtype {kind}, upper {ascii(upper)}, lower {ascii(lower)}, isdigit {digits}")
expected = [
    ["str", ["STRASSE", "\u0130ZMIR", "\u00bd"], ["stra\u00dfe", "i\u0307zmir", "\u00bd"], [False] * 3],
    ["str", ["STRA\u1e9eE", "\u0130ZMIR", "\u00bd"], ["stra\u00dfe", "izmir", "\u00bd"], [False, False, True]],
]
sys.exit(0 if seen == expected else "changed")
PY

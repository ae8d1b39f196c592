#!/usr/bin/env bash
# Of a tag that is no list by default the first line counts, the others are dropped, and nothing tells of them.
# Guessed: joined, or a list, as with authors and keywords.
# So for our code: `enforce_list_tags=False`, join or choose ourselves.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q rispy==0.10.0
venv/bin/python - <<'PY'
import sys
from importlib.metadata import version

import rispy

print("rispy", version("rispy"))
source = """TY  - JOUR
TI  - A title
SN  - 1234-5679
SN  - 2434-561X
AD  - First University
AD  - Second University
AB  - First paragraph.
AB  - Second paragraph.
ER  - 
"""
names = "issn", "author_address", "abstract"
seen = []
for arguments in ({}, {"enforce_list_tags": False}):
    (entry,) = rispy.loads(source, **arguments)
    seen.append({name: entry[name] for name in names})
    print(arguments, "->", entry)
expected = [
    {"issn": "1234-5679", "author_address": "First University", "abstract": "First paragraph."},
    {
        "issn": ["1234-5679", "2434-561X"],
        "author_address": ["First University", "Second University"],
        "abstract": ["First paragraph.", "Second paragraph."],
    },
]
sys.exit(0 if seen == expected else "changed")
PY

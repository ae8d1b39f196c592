#!/usr/bin/env bash
# Where the comma between two fields is missing, bibtexparser makes one value of both: the name, sign and braces of the
# second stand in the text of the first, and failed_blocks stays empty. Guessed: an entry that failed, as for a comma too
# many.
# So for our code: fields are cut where a name and "=" follow a closed value, and the entry keeps both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q bibtexparser==2.1.0
venv/bin/python - <<'PY'
import sys
from importlib.metadata import version

import bibtexparser

print("bibtexparser", version("bibtexparser"))
source = r"""
@article{missing,
  title = {Grebes dive}
  year = {2020},
  journal = {Lakes},
}
@article{doubled,
  title = {Loons call},,
  year = {2021},
}
"""
library = bibtexparser.parse_string(source)
fields = {entry.key: {field.key: field.value for field in entry.fields} for entry in library.entries}
print("entries:", fields)
print("failed: ", [type(block).__name__ for block in library.failed_blocks])
glued = "year" not in fields.get("missing", {"year": ""}) and "2020" in fields["missing"]["title"]
sys.exit(0 if glued and "doubled" not in fields and len(library.failed_blocks) == 1 else "changed")
PY

#!/usr/bin/env bash
# A link ends in an IndexError: the half that writes text knows \href, the half that reads LaTeX does not.
# Guessed: "text" or "text <address>", as \url gives "<address>".
# So for our code: links are read before it is asked, also those with braces in the address.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q pylatexenc==2.11
venv/bin/python - <<'PY'
import sys
from importlib.metadata import version

from pylatexenc.latex2text import LatexNodes2Text

print("pylatexenc", version("pylatexenc"))
seen = []
for source in (r"See \url{https://example.org}.", r"See \href{https://example.org}{our page}."):
    for tolerant in (True, False):
        try:
            seen.append(LatexNodes2Text().latex_to_text(source, tolerant_parsing=tolerant))
        except Exception as error:
            seen.append(repr(error))
        print(f"{source} (tolerant_parsing={tolerant}) -> {seen[-1]}")
url, error = "See <https://example.org>.", "IndexError('list index out of range')"
sys.exit(0 if seen == [url, url, error, error] else "changed")
PY

#!/usr/bin/env bash
# The text of an entry is another one each day, and macros that are one sign become another sign or nothing.
# Guessed: \today is dropped or stays a word, \textasciicircum is "^", \par is white space, \foreignlanguage its second
# argument, and \author and \title keep their words.
# So for our code: own macros for all of these.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q pylatexenc==2.11
venv/bin/python - <<'PY'
import datetime
import sys
from importlib.metadata import version

before = datetime.date.today()
from pylatexenc.latex2text import LatexNodes2Text

print("pylatexenc", version("pylatexenc"))
note = LatexNodes2Text().latex_to_text(r"Accessed \today{}.")
days = {f"Accessed {day:%B} {day.day}, {day.year}." for day in (before, datetime.date.today())}
print(r"Accessed \today{}. ->", note)

expected = {
    r"O(2\textasciicircum{}n)": "O(2\u02c6n)",  # a circumflex that is a letter
    r"kg\textperiodcentered{}m": "kg\u02d9m",  # a dot above
    r"One end.\par Another.": "One end.Another.",
    r"and\slash or": "andor",
    r"\foreignlanguage{german}{Wort}": "germanWort",
    r"\LaTeX{} in 5\pounds{} books \copyright": " in 5 books ",
    r"by \author{Name} here": "by  here",
    r"\title{Words} here": " here",
}
seen = {source: LatexNodes2Text().latex_to_text(source) for source in expected}
for source, text in seen.items():
    print(source, "->", ascii(text))
sys.exit(0 if note in days and seen == expected else "changed")
PY

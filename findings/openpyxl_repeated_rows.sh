#!/usr/bin/env bash
# In openpyxl's read-only mode a row whose number is not above the last one's is passed over without a word, and with it
# its cells; the usual mode gives the last cell of each place. Guessed: both modes give the same rows, or one raises.
# So for our code: the reader of workbooks says so; a file that numbers its rows anew is to be saved again.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q openpyxl==3.1.5
venv/bin/python - <<'PY'
import re
import sys
import zipfile

import openpyxl

print("openpyxl", openpyxl.__version__)
book = openpyxl.Workbook()
for text in ("title", "Grebes", "Loons", "Herons"):
    book.active.append([text])
book.save("whole.xlsx")
with zipfile.ZipFile("whole.xlsx") as whole, zipfile.ZipFile("repeated.xlsx", "w") as repeated:
    for name in whole.namelist():
        part = whole.read(name).decode()
        if name.endswith("sheet1.xml"):  # the third and the fourth row are numbered 2, their cells A2, as a join leaves them
            part = re.sub(r'(<row r=|r="A)"?[34]"', lambda found: found[0].replace("3", "2").replace("4", "2"), part)
        repeated.writestr(name, part)
rows = {
    mode: [row[0] for row in openpyxl.load_workbook("repeated.xlsx", read_only=mode).active.iter_rows(values_only=True)]
    for mode in (True, False)
}
print("read-only:", rows[True])
print("usual:    ", rows[False])
sys.exit(0 if rows == {True: ["title", "Grebes"], False: ["title", "Herons"]} else "changed")
PY

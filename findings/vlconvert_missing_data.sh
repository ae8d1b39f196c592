#!/usr/bin/env bash
# A chart of a file, by a path that a notebook's page would read, is drawn empty without an error.
# Guessed: drawn, as the file exists, or an exception that names what was not read.
# So for our code: pictures are made of frames, never of paths.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q altair==6.3.0 pandas==3.1.1 vl-convert-python==1.9.0.post1
printf 'year,papers\n2023,3\n2024,5\n' > papers.csv
venv/bin/python - <<'PY'
import re
import sys
from importlib.metadata import version
from pathlib import Path

import altair
import pandas
import vl_convert

print(*(f"{name} {version(name)}" for name in ("altair", "vl-convert-python")))
path = Path("papers.csv").absolute()
sources = {"frame": pandas.read_csv(path), "path": "papers.csv", "file": path.as_uri(), "none": "no.csv"}
seen = {}
for name, data in sources.items():
    chart = altair.Chart(data).mark_bar().encode(x="year:O", y="papers:Q")
    picture = vl_convert.vegalite_to_svg(chart.to_dict())
    seen[name] = re.findall(r">(\d{4})<", picture)
    print(f"{name}: a picture of {len(picture)} characters with the years {seen[name]}")
sys.exit(0 if seen == {"frame": ["2023", "2024"], "path": [], "file": [], "none": []} else "changed")
PY

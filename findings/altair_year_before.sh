#!/usr/bin/env bash
# West of Greenwich a chart by year shows papers of 2020 under 2019 where dates are texts, also a bare "2020", or times
# with a zone; pandas times without zone are right. Where clocks show UTC nothing is seen. Guessed: 2020 everywhere.
# So for our code: periods are computed in Python and handed over as words or as times without zone; else `utcyear`
# and the like.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q altair==6.3.0 pandas==3.1.1 vl-convert-python==1.9.0.post1
venv/bin/python - <<'PY'
import os
import re
import sys
import time
from importlib.metadata import version

os.environ["TZ"] = "America/New_York"
time.tzset()
import altair
import pandas
import vl_convert

print(*(f"{name} {version(name)}" for name in ("altair", "pandas", "vl-convert-python")))
day = pandas.Series(["2020-01-01"])
columns = {
    "day as text": day,
    "year as text": pandas.Series(["2020"]),
    "time in UTC": pandas.to_datetime(day, utc=True),
    "time without zone": pandas.to_datetime(day),
}
seen = {}
for units in ("year", "utcyear"):
    for name, column in columns.items():
        chart = altair.Chart(pandas.DataFrame({"published": column})).mark_bar()
        picture = vl_convert.vegalite_to_svg(chart.encode(x=f"{units}(published):O", y="count()").to_dict())
        seen[units, name] = re.findall(r">(\d{4})<", picture)
        print(f"{units}, {name}: {seen[units, name]}")
local = dict.fromkeys(columns, ["2019"]) | {"time without zone": ["2020"]}
utc = dict.fromkeys(columns, ["2020"])
expected = {("year", name): years for name, years in local.items()}
expected |= {("utcyear", name): years for name, years in utc.items()}
sys.exit(0 if seen == expected else "changed")
PY

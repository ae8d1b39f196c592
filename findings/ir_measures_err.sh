#!/usr/bin/env bash
# ERR takes 4 for the highest grade whatever the judgements hold, so a perfect ranking of yes/no judgements has 1/16,
# and it reads of a query's id only what follows the last dash: "ann-1" and "bob-1" become one query "1".
# Guessed: the highest grade of the judgements, so 1/2; each query its value, as with nDCG. (It is computed by Perl.)
# So for our code: nDCG; whoever wants ERR numbers the queries and grades up to 4.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q ir-measures==0.4.3
venv/bin/python - <<'PY'
import sys
from importlib.metadata import version

from ir_measures import ERR, iter_calc, nDCG

print("ir-measures", version("ir-measures"))


def values(measure, grades):
    """Of queries whose one judged paper is listed first."""
    judgements = {query: {"paper": grade} for query, grade in grades.items()}
    run = {query: {"paper": 1.0} for query in grades}
    return {found.query_id: found.value for found in iter_calc([measure], judgements, run)}


grades = {"1": 1, "2": 2, "3": 3, "4": 4}
numbered = values(ERR @ 10, grades), values(nDCG @ 10, grades)
print(f"grades {grades}: ERR@10 {numbered[0]}, nDCG@10 {numbered[1]}")
grades = {"ann-1": 1, "bob-1": 2}
dashed = values(ERR @ 10, grades), values(nDCG @ 10, grades)
print(f"grades {grades}: ERR@10 {dashed[0]}, nDCG@10 {dashed[1]}")
right = (
    numbered == ({"1": 0.0625, "2": 0.1875, "3": 0.4375, "4": 0.9375}, dict.fromkeys("1234", 1.0))
    and set(dashed[0]) == {"1", "ann-1", "bob-1"}
    and dashed[0]["ann-1"] == dashed[0]["bob-1"] == 0
    and dashed[1] == {"ann-1": 1.0, "bob-1": 1.0}
)
sys.exit(0 if right else "changed")
PY

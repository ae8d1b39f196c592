"""ranx gives the same figures for one run as what evaluates here.

They are in `ranx.json`, made by `scripts/ranx_figures.py` with the version that stands there: it
brings numba and 40 packages more, half a gigabyte, too much for the environment of all tests. Where it is
installed, it is asked as well.
"""

import importlib.util
import json
import runpy
from pathlib import Path

import pytest

from recommender.evaluation import compute_metrics

pytestmark = pytest.mark.extra("evaluation")

ROOT = Path(__file__).parents[1]
FROZEN = json.loads(Path(__file__).with_name("ranx.json").read_text())
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "ranx_figures.py"))
GRADES, RANKINGS = SCRIPT["judged_run"]()


def agrees(figures):
    found = compute_metrics(GRADES, RANKINGS, k=10)
    for place, query in enumerate(RANKINGS):
        for measure, values in figures.items():
            assert found[measure][place] == pytest.approx(values[query], abs=1e-6), (query, measure)


def test_ranx_gave_the_same():
    assert FROZEN["ranx"] == "0.3.21"
    assert {*FROZEN["figures"]} == {"nDCG@10", "nDCG@20", "nDCG", "RR", "AP"}
    assert all({*values} == {*RANKINGS} for values in FROZEN["figures"].values())
    agrees(FROZEN["figures"])


@pytest.mark.skipif(importlib.util.find_spec("ranx") is None, reason="ranx is not installed")
def test_ranx_gives_the_same():
    agrees(SCRIPT["by_ranx"](GRADES, RANKINGS))

"""The script that counts what the rules of identity join."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "scripts" / "identity_rates.py"
ABSTRACT = (
    "Sheep that walk to water after snow use the same paths for many winters, and lambs learn from ewes."
)


@pytest.fixture
def sources(tmp_path):
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    paths = {"title": "Sheep paths after the snow", "abstract": ABSTRACT, "year": 2019}
    roofs = {
        "title": "Iron roofs that hum",
        "abstract": "Why roofs hum.",
        "year": 2019,
        "authors": ["Ann Ott"],
    }
    first.write_text(
        "\n".join(map(json.dumps, [{"id": "2001.01234", **paths}, {"id": "a", **roofs}])), "utf-8"
    )
    again = {"id": "b", "title": "Iron roofs that hum", "authors": ["Ben Lee"], "abstract": ""}
    second.write_text("\n".join(map(json.dumps, [{"id": "arXiv:2001.01234v2", **paths}, again])), "utf-8")
    return [str(first), str(second)]


def run(*arguments):
    done = subprocess.run(
        [sys.executable, str(SCRIPT), *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=SCRIPT.parent,
    )
    return done.stdout


def test_counts_by_rule(sources):
    said = run(*sources)
    assert "4 records" in said
    assert "merged    arxiv           1" in said
    assert "groups 3 of 4 records" in said


def test_pairs_are_shown_side_by_side(sources):
    said = run(*sources, "--show", "arxiv", "5")
    assert said.count("Sheep paths after the snow") == 2
    assert "| arXiv:2001.01234v2 |" in said


def test_titles_and_texts_find_what_identifiers_join(sources):
    said = run(*sources, "--hide-names")
    assert "of 1 links by identifiers 1 without them, 0 in doubt" in said
    assert "merged    title           1" in said

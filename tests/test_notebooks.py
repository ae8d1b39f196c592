"""Every notebook runs from top to bottom on the embedded sample and is committed with its outputs."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NUMBER = re.compile(r"(?<!\d)\d\.\d+")
NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_runs_and_shows_what_was_committed(path):
    committed = nbformat.read(path, as_version=4)
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    for before, after in zip(committed.cells, notebook.cells, strict=True):
        was, now = _shown(before), _shown(after)
        assert NUMBER.split(now) == NUMBER.split(was)
        # Processors differ in the last digits of a cosine.
        found, wanted = ([float(number) for number in NUMBER.findall(text)] for text in (now, was))
        assert found == pytest.approx(wanted, abs=0.01)
    assert any(cell.get("outputs") for cell in committed.cells)


def _shown(cell):
    """The plain text of a cell's outputs."""
    outputs = cell.get("outputs", [])
    return "\n".join(out.get("text") or out.get("data", {}).get("text/plain") or "" for out in outputs)

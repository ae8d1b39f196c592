"""Every notebook runs from top to bottom on the embedded sample and is committed with its outputs."""

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_runs_and_shows_what_was_committed(path):
    committed = nbformat.read(path, as_version=4)
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    for before, after in zip(committed.cells, notebook.cells, strict=True):
        assert [_shown(output) for output in before.get("outputs", [])] == [
            _shown(output) for output in after.get("outputs", [])
        ]
    assert any(cell.get("outputs") for cell in committed.cells)


def _shown(output):
    """The plain text, but for the last digits of measured numbers."""
    text = output.get("text") or output.get("data", {}).get("text/plain") or ""
    return re.sub(r"(\d\.\d)\d+", r"\1", text)

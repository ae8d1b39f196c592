"""Run the notebooks on the embedded sample and write them back with what they show.

python scripts/run_notebooks.py            all of them
python scripts/run_notebooks.py map        those with this in their name
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence
from pathlib import Path

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


def main() -> None:
    """Parse, run, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="parts of names; default: all notebooks")
    names = parser.parse_args().names
    for variable in ("RECOMMENDER_CORPUS", "RECOMMENDER_PROFILES"):
        os.environ.pop(variable, None)
    os.environ["RECOMMENDER_PROGRESS"] = "off"  # a bar shows how fast this machine is, not the sample
    chosen = [path for path in sorted(NOTEBOOKS.glob("*.ipynb")) if matches(path.name, names)]
    if not chosen:
        parser.error(f"no notebook is called {' or '.join(names)}")
    for path in chosen:
        started = time.perf_counter()
        run(path)
        print(f"{path.name}: {time.perf_counter() - started:.1f} s, {path.stat().st_size / 1e3:,.0f} kB")


def matches(name: str, parts: Sequence[str]) -> bool:
    """Whether the name has one of the parts, or none is asked for."""
    return not parts or any(part in name for part in parts)


def run(path: Path) -> None:
    """Run from top to bottom; a cell that fails is the error, and the file stays as it was."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3", record_timing=False).execute()
    notebook.metadata["kernelspec"] = {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    notebook.metadata["language_info"] = {"name": "python"}
    path.write_text(f"{nbformat.writes(notebook)}\n", encoding="utf-8")


if __name__ == "__main__":
    main()

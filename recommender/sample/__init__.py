"""The embedded sample: well-known papers on some twenty topics, and eight demo readers.

Titles, dates, categories and urls are the facts of the source (arXiv, through the project's shared
corpus; `scripts/build_sample.py` refreshes and checks them). The abstracts are not the papers' own:
they are synopses written for this project. Authors are given only where the source has the list
whole; an empty list says nothing.
Dates are the source's too: for some papers of 2024 the day of a daily listing, soon after the paper
itself. Categories are empty where the source has none.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["PAPERS", "PROFILES", "VECTORS"]

_FOLDER = Path(__file__).parent

PAPERS: Path = _FOLDER / "papers.jsonl"
PROFILES: Path = _FOLDER / "profiles.jsonl"
VECTORS: Path = _FOLDER / "vectors.npy"

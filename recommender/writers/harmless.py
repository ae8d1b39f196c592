"""What a file of ours may say to the program that opens it next: no formula, no address that runs."""

from __future__ import annotations

from ..spreadsheet import harmless_cell

__all__ = ["harmless_cell"]

"""Frames at the edge: how papers and lists of them are tables, for pandas and what stands beside it."""

from .cells import Pairs, Texts
from .tables import frame_of

__all__ = ["Pairs", "Texts", "frame_of"]

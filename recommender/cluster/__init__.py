"""A Ray cluster for the time of one job, and its errors translated into this library's."""

from __future__ import annotations

from .connection import Cluster, cluster, require_ray, share_out
from .trouble import translated_ray_errors

__all__ = ["Cluster", "cluster", "require_ray", "share_out", "translated_ray_errors"]

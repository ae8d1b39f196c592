"""On what was measured: processor, memory, system, versions."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

__all__ = ["machine", "missing"]

_FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "avx512_bf16", "amx_bf16", "amx_int8", "asimd", "sve")
_PACKAGES = (
    "paper-recommender numpy faiss-cpu torch sentence-transformers transformers tokenizers openvino "
    "onnxruntime pandas pyarrow pyversity hnswlib usearch scikit-learn threadpoolctl"
).split()


def machine() -> dict[str, Any]:
    """The processor and what it can do, memory in bytes, operating system, and versions of packages."""
    import psutil

    about = _about_processor()
    return {
        "processor": about.get("model name") or platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "flags": [
            flag for flag in _FLAGS if flag in (about.get("flags") or about.get("Features", "")).split()
        ],
        "memory_bytes": psutil.virtual_memory().total,
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: version for name in _PACKAGES if (version := _version(name))},
    }


def missing(packages: tuple[str, ...]) -> str:
    """The pip line for those of the packages that are not installed; empty when all are."""
    absent = [name for name in packages if not _version(name)]
    return f"pip install -c .ci/constraints.txt {' '.join(absent)}" if absent else ""


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _about_processor() -> dict[str, str]:
    """The first processor of Linux's /proc/cpuinfo; nothing elsewhere."""
    path = Path("/proc/cpuinfo")
    if not path.exists():
        return {}
    lines = path.read_text().split("\n\n")[0].splitlines()
    return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}

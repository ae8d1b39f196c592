"""Run a function of the benchmark in a fresh process: what it needs is not mixed with what came before."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

__all__ = ["in_fresh_process", "resident_bytes"]


def in_fresh_process(function: str, **arguments: Any) -> dict[str, Any]:
    """Call `module:name`, given relative to this package, with JSON arguments; its JSON answer.

    Raises RuntimeError with the last line that the process wrote when it fails.
    """
    command = [sys.executable, "-m", "benchmarks.fresh", function, json.dumps(arguments)]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{function}: {done.stderr.strip().splitlines()[-1]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def resident_bytes() -> int:
    """Memory of this process that lies in RAM, mapped files included."""
    import psutil

    return int(psutil.Process().memory_info().rss)


if __name__ == "__main__":
    module, name = sys.argv[1].split(":")
    print(
        json.dumps(getattr(importlib.import_module(f"benchmarks.{module}"), name)(**json.loads(sys.argv[2])))
    )

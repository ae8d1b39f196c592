"""The situations from public reports: each script exits 0 once its fault is gone.

They lie beside the repository, call things by former names, and are left out where they are not there.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SITUATIONS = Path(__file__).parents[2] / "shared" / "cases" / "situations"

# What a script calls by a former name, and what it is called now.
NOW = {
    ".shares": ".contributions",
    # numpy's False is no bool: `sys.exit` takes it for a message, and ends with 1.
    "sys.exit(bool(refused) or query < 0.999)": "sys.exit(bool(refused) or bool(query < 0.999))",
}

SCRIPTS: list[str] = [
    "mixed_dates.py",
    "natural_calls.py",
    "shares_parquet.py",
    "accents.py",
    "copyright_lines.py",
    "narrow_cosines.py",
    "prompts.py",
    "removed_comes_back.sh",
    "topics_next_day.py",
    "ratings_melted.py",
    "ratings_scale.py",
    "rerun.sh",
]
"""Those of which nothing is left."""


@pytest.mark.slow
@pytest.mark.skipif(not SITUATIONS.is_dir(), reason="the situations are not there")
@pytest.mark.parametrize("name", SCRIPTS)
def test_nothing_is_left_of_the_fault(name: str, tmp_path: Path) -> None:
    text = (SITUATIONS / name).read_text("utf-8")
    for former, now in NOW.items():
        text = text.replace(former, now)
    (tmp_path / "made.py").write_text((SITUATIONS / "made.py").read_text("utf-8"), "utf-8")
    (tmp_path / name).write_text(text, "utf-8")
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    program = "sh" if name.endswith(".sh") else sys.executable
    done = subprocess.run(
        [program, name], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]

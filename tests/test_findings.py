"""What `make findings` says of scripts that hold, changed, or could not run; and what the real ones say."""

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "run_findings.py"))

FAKES = {
    "sound": "echo 'library 1.0'; echo more",
    "other": "echo 'library 2.0'; echo 'changed: [1, 2]' >&2; exit 1",
    "absent": "echo 'library 1.0'; echo 'No matching distribution found' >&2; exit 1",
}


@pytest.fixture
def fakes(tmp_path):
    for name, text in FAKES.items():
        (tmp_path / f"{name}.sh").write_text(f"#!/usr/bin/env bash\n{text}\n")
    return tmp_path


def test_the_table_says_what_holds(fakes, capsys):
    assert SCRIPT["main"]([], fakes) == 1
    assert capsys.readouterr().out.splitlines() == [
        "absent  could not run  No matching distribution found",
        "other   changed        changed: [1, 2]",
        "sound   holds          library 1.0",
        "1 holds, 1 changed, 1 could not run",
    ]


def test_some_by_name(fakes, capsys):
    assert SCRIPT["main"](["sound"], fakes) == 0
    assert capsys.readouterr().out.endswith("\n1 holds, 0 changed, 0 could not run\n")
    assert SCRIPT["main"](["sounds"], fakes) == 2
    assert capsys.readouterr().err == "no finding 'sounds'; there are absent, other, sound\n"


def test_a_script_that_does_not_end_could_not_run(fakes):
    (fakes / "endless.sh").write_text("sleep 60\necho not reached\n")
    assert SCRIPT["run_finding"](fakes / "endless.sh", 0.2) == ("could not run", "not done after 0.2 s")


@pytest.mark.parametrize("script", sorted((ROOT / "findings").glob("*.sh")), ids=lambda path: path.stem)
def test_a_script_says_what_was_guessed_what_follows_and_when_it_changed(script):
    text = script.read_text("utf-8")
    assert all(words in text for words in ("Guessed: ", "# So for our code: ", "sys.exit(0 if ", "changed"))

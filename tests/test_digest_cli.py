"""The command digest, and the units that start it at night."""

import json
import re
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from daily import PAPERS, House

from recommender.cli import main

DOCS = Path(__file__).parents[1] / "docs" / "daily.md"


@pytest.fixture
def house(tmp_path):
    made = House(tmp_path, PAPERS[:40])
    made.reader("mei", [PAPERS[0].id, PAPERS[4].id])
    made.reader("bo", [PAPERS[1].id])
    return made


def run(house, *arguments):
    out = ["--out", str(house.out)]
    return main(["digest", "--corpus", str(house.corpus), "--workers", "1", *out, *arguments])


def test_it_says_what_was_made_and_then_that_it_is_there(house, capsys):
    assert run(house, "--min-confidence", "0") == 0
    assert capsys.readouterr().out == f"3 editions, 20 papers: {house.out}\n"
    assert run(house) == 0
    assert capsys.readouterr().out == f"already made: 3 editions: {house.out}\n"
    day = datetime.now().astimezone().date().isoformat()
    (house.out / "mei" / f"{day}.txt").unlink()
    assert run(house, "--as", "mei") == 0
    page = house.out / "mei" / f"{day}.html"
    assert capsys.readouterr().out == f"already made: 1 edition, 1 file written again: {page}\n"


def test_a_thin_day_is_counted(house, capsys):
    assert run(house, "--min-confidence", "1", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert {name: found[name] for name in ("made", "there", "papers", "empty")} == {
        "made": 3,
        "there": 0,
        "papers": 0,
        "empty": 2,
    }
    assert set(found["editions"]) == {"", "mei", "bo"}
    assert found["written"] == 3 * 3 + 3 * 2


def test_what_is_wrong_is_one_line(house, capsys):
    assert run(house, "--as", "mey") == 1
    assert capsys.readouterr().err == (f"recommender: no reader 'mey' in {house.readers}; nearest: mei\n")
    assert run(house, "--day", "2999-01-01") == 2
    assert "2999-01-01 is still to come" in capsys.readouterr().err
    assert run(house, "--readers", str(house.folder / "none.sqlite")) == 1
    assert "no such file of readers" in capsys.readouterr().err
    assert not house.out.exists() or not list(house.out.iterdir())


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_the_units_of_the_docs_are_right(tmp_path):
    service, timer = re.findall(r"```ini\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    (tmp_path / "papers.service").write_text(service)
    (tmp_path / "papers.timer").write_text(timer)
    command = ["systemd-analyze", "verify", "--user", tmp_path / "papers.service", tmp_path / "papers.timer"]
    environment = {"XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, [line for line in done.stderr.splitlines() if "papers." in line]) == (0, [])
    calendar = re.search(r"OnCalendar=(.*)", timer)[1]
    subprocess.run(["systemd-analyze", "calendar", calendar], check=True, capture_output=True)

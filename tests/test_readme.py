"""What the README and the pages of docs/ show is what happens."""

import re
import subprocess
from pathlib import Path

import pytest
from conftest import STANDARD
from figures import assert_shows
from offline import plain_environment, refused, refusing

from recommender.cli import cli

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]

LIBRARY = """Name,Notes,year
Sleep and memory,How sleep consolidates what was learned during the day,2019
Dreaming,What the sleeping brain rehearses,2021
Bread,Sourdough starters and their yeasts,2020
"""

needs_minilm = pytest.mark.extra("minilm")


def session(page):
    """(command, what it prints) of the console blocks, in order."""
    text = "\n".join(re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL))
    parts = re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]
    return [(part.split("\n", 1)[0], part.split("\n", 1)[1].rstrip("\n")) for part in parts]


def without_timing(text):
    """Without what is measured anew each time."""
    text = re.sub(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d ", "TIME ", text, flags=re.MULTILINE)
    text = re.sub(r"\((openvino|torch) \w+\)", "(BACKEND)", text)
    return re.sub(r"\d[\d,.]* (s|papers/s|profiles/s|MB|kB|bytes)\b", r"N \1", text)


@pytest.mark.extra(*STANDARD)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_session_prints_what_the_page_shows(page, tmp_path):
    (tmp_path / "library.csv").write_text(LIBRARY)
    home, calls = tmp_path / "home", tmp_path / "calls"
    home.mkdir()
    environment = {**plain_environment(), **refusing(calls), "HOME": str(home), "COLUMNS": "100"}
    environment["RECOMMENDER_LOG"] = "plain"  # as at a terminal
    for command, shown in session(page):
        done = subprocess.run(
            command,
            shell=True,
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert_shows(without_timing(done.stdout.rstrip("\n")), without_timing(shown), command)
        assert (refused(calls), list(home.iterdir())) == ([], []), command


@pytest.mark.extra("frames")
def test_the_python_example_runs(tmp_path, monkeypatch, capsys):
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len(code.splitlines()) <= 11
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})
    assert len(capsys.readouterr().out.splitlines()) == 10
    assert len((tmp_path / "next.csv").read_text().splitlines()) >= 11


def test_every_command_is_in_the_readme():
    missing = [name for name in cli.commands if not re.search(rf"recommender {name}\b|`{name}`", README)]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_names_is_there(page):
    folders = "docs|scripts|notebooks|recommender|indexes|tests"
    for name in re.findall(rf"\b(?:{folders})/[\w/]+\.\w+", page.read_text("utf-8")):
        assert (ROOT / name).exists(), name


def test_contributing_names_every_target_of_make_and_no_other():
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert set(re.findall(r"^make (\w+)", page, re.MULTILINE)) == set(phony.split()) - {"demo", "clean"}
    assert {"pip-audit", "crash_test", ".ci/run"} <= set(re.findall(r"pip-audit|crash_test|\.ci/run", page))


@pytest.mark.parametrize("page", PAGES[1:], ids=lambda page: page.name)
def test_the_readme_names_every_page(page):
    assert str(page.relative_to(ROOT)) in README

"""What the README and docs/ show is what happens, what they name is there, and what is there is named."""

import importlib
import importlib.util
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from html import unescape
from pathlib import Path

import click
import pytest
from conftest import STANDARD
from figures import assert_shows
from offline import plain_environment, refused, refusing
from player import Player
from services import Network, works

from recommender.cli import cli

ROOT = Path(__file__).parents[1]
README, CONTRIBUTING = ROOT / "README.md", ROOT / "CONTRIBUTING.md"
PAGES = [README, CONTRIBUTING, *sorted((ROOT / "docs").rglob("*.md"))]
LINKED = [*PAGES, ROOT / "CHANGELOG.md", ROOT / "findings" / "README.md"]

LIBRARY = """Name,Notes,year
Sleep and memory,How sleep consolidates what was learned during the day,2019
Dreaming,What the sleeping brain rehearses,2021
Bread,Sourdough starters and their yeasts,2020
"""


# A command is a process of its own: those of the first pages are run by `make test`, these by `make slow`.
LONG_SESSIONS = {
    f"docs/{name}.md" for name in ("batch", "corpus", "crashes", "evaluation", "formats", "shell")
}


def text_of(page):
    return page.read_text("utf-8")


def blocks(page, language):
    return re.findall(rf"```{language}\n(.*?)```", text_of(page), re.DOTALL)


def prose(page):
    """Without the blocks of code."""
    return re.sub(r"```.*?```", "", text_of(page), flags=re.DOTALL)


def of_pages(pages, slow=()):
    named = [(page, page.relative_to(ROOT).as_posix()) for page in pages]
    marks = {True: [pytest.mark.slow], False: []}
    return pytest.mark.parametrize(
        "page", [pytest.param(page, id=name, marks=marks[name in slow]) for page, name in named]
    )


# What is shown


def session(page):
    """(command, what it prints) of the console blocks, in order; a command goes on in lines after `> `."""
    parts = re.split(r"^\$ ", "\n".join(blocks(page, "console")), flags=re.MULTILINE)[1:]
    found = (re.fullmatch(r"(.*(?:\n> .*)*)\n?((?s:.*))", part) for part in parts)
    return [(match[1].replace("\n> ", "\n"), match[2].rstrip("\n")) for match in found]


def without_timing(text):
    """Without what is measured anew each time."""
    text = re.sub(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d ", "TIME ", text, flags=re.MULTILINE)
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "MINUTE", text)
    text = re.sub(r"\((openvino|torch) \w+\)", "(BACKEND)", text)
    return re.sub(r"\d[\d,.]* (s|papers/s|profiles/s|MB|kB|bytes)\b", r"N \1", text)


def run_command(command, folder, environment):
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env={**environment, "COLUMNS": "100", "RECOMMENDER_LOG": "plain"},  # as at a terminal
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.stdout


@pytest.fixture(scope="session")
def services():
    """Where this machine plays the services on the network."""
    with Player(Network(works(6), page=100)) as player:
        yield player.base


@pytest.fixture(scope="session")
def my_corpus(tmp_path_factory):
    """The corpus that the README builds and other pages go on with."""
    folder = tmp_path_factory.mktemp("pages")
    (folder / "library.csv").write_text(LIBRARY)
    (command,) = (command for command, _ in session(README) if command.startswith("recommender build"))
    run_command(command, folder, {**plain_environment(), "HOME": str(folder)})
    return folder / "my.corpus"


@pytest.mark.extra(*STANDARD)
@of_pages([page for page in PAGES if session(page)], LONG_SESSIONS)
def test_a_session_prints_what_the_page_shows(page, tmp_path, request, services):
    home, calls, folder = tmp_path / "home", tmp_path / "calls", tmp_path / "here"
    home.mkdir()
    folder.mkdir()
    (folder / "library.csv").write_text(LIBRARY)
    commands = [command for command, _ in session(page)]
    of_mine = [command for command in commands if "my.corpus" in command]
    if of_mine and not any("build" in command for command in of_mine):
        shutil.copytree(request.getfixturevalue("my_corpus"), folder / "my.corpus")
    environment = {**plain_environment(), **refusing(calls), "HOME": str(home)}
    environment["RECOMMENDER_FETCH_BASE"] = services
    for command, shown in session(page):
        printed = run_command(command, folder, environment).rstrip("\n")
        assert_shows(without_timing(printed), without_timing(shown), command)
        assert (refused(calls), list(home.iterdir())) == ([], []), command


def assert_drawn(drawn, picture):
    """Of the same width and height, and about as large: letters are those of the machine."""
    drawn, shown = drawn.read_bytes(), picture.read_bytes()
    assert drawn[:24] == shown[:24]
    assert len(drawn) == pytest.approx(len(shown), rel=0.1)


@pytest.mark.slow
@pytest.mark.extra(*STANDARD)
def test_the_map_is_what_the_command_beside_it_draws(tmp_path):
    (command,) = re.findall(r"`(recommender [^`]* --out map.png)`", text_of(ROOT / "docs" / "pictures.md"))
    run_command(command, tmp_path, {**plain_environment(), "HOME": str(tmp_path)})
    assert_drawn(tmp_path / "map.png", ROOT / "docs" / "map.png")


@pytest.mark.slow
@pytest.mark.extra(*STANDARD)
def test_the_pictures_of_the_site_are_what_their_script_draws(tmp_path):
    pytest.importorskip("playwright", reason="a package of the extra dev")
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("there is no Chromium here")
    script = str(ROOT / "scripts" / "site_pictures.py")
    subprocess.run([sys.executable, script, "--browser", browser, "--out", str(tmp_path)], check=True)
    pictures = sorted((ROOT / "docs").glob("site-*.png"))
    assert [path.name for path in pictures] == sorted(path.name for path in tmp_path.glob("*.png"))
    for picture in pictures:
        assert_drawn(tmp_path / picture.name, picture)


@pytest.mark.extra("frames")
@of_pages([page for page in PAGES if blocks(page, "python")])
def test_the_examples_in_python_run(page, tmp_path, monkeypatch, request):
    if "my.corpus" in re.sub("#.*", "", "".join(blocks(page, "python"))):
        shutil.copytree(request.getfixturevalue("my_corpus"), tmp_path / "my.corpus")
    monkeypatch.chdir(tmp_path)
    names = {}
    for code in blocks(page, "python"):
        exec(compile(code, page.name, "exec"), names)
    for file in re.findall(r'\.to_csv\("([\w.]+)"\)', text_of(page)):
        assert len((tmp_path / file).read_text().splitlines()) >= 11


# What is named


def slugs(page):
    """The anchors of a page's headings, as code hosts and Sphinx make them."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    plain = (re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).lower() for heading in headings)
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain}


@of_pages(LINKED)
def test_every_link_leads_somewhere(page):
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_file(), link
        assert target.is_relative_to(ROOT), link
        if anchor:
            assert anchor in slugs(target), link


@of_pages(LINKED)
def test_every_file_that_a_page_names_is_there(page):
    folders = r"docs|scripts|notebooks|recommender|indexes|tests|findings|\.ci"
    for name in re.findall(rf"(?<![\w./])(?:{folders})/[\w/]+\.\w+", text_of(page)):
        assert (ROOT / name).exists(), name
    for name in re.findall(rf"`((?:{folders})/[\w/]*)`", text_of(page)):
        assert (ROOT / name).exists(), name


def commands_of(group):
    """Every command by its words: `plot timeline`."""
    for name, command in group.commands.items():
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {inner}", each) for inner, each in commands_of(command))


COMMANDS = dict(commands_of(cli))


def options_of(command):
    options = (param for param in command.params if isinstance(param, click.Option))
    return {spelling for option in options for spelling in (*option.opts, *option.secondary_opts)}


def invocations(page):
    """What follows `recommender` in code, up to the end of the command."""
    code = re.findall(r"```(?!python)\w*\n(.*?)```|`([^`\n]+)`", text_of(page), re.DOTALL)
    text = "\n".join(block or inline for block, inline in code)
    return re.findall(r"(?<![\w./])recommender ([a-z](?:[^|;&\n]|(?<=\\)\|)*)", text)


@of_pages([page for page in PAGES if page != CONTRIBUTING])
def test_every_command_and_option_that_a_page_names_is_there(page):
    everywhere = set().union(*map(options_of, (cli, *COMMANDS.values())), {"--help"})
    for option in re.findall(r"`(--?[a-z][\w-]*)", prose(page)):
        assert option in everywhere, option
    for line in invocations(page):
        words = line.split("#")[0].split()
        name = " ".join(words[:2]) if " ".join(words[:2]) in COMMANDS else words[0]
        assert name in COMMANDS, line
        for option in re.findall(r"(?<= )--?[a-z][\w-]*", re.sub(r"'[^']*'", "", line)):
            assert option in options_of(COMMANDS[name]) | {"--help"}, line


def test_every_command_and_option_is_on_a_page():
    text = "\n".join(map(text_of, PAGES))
    commands = [name for name in COMMANDS if not re.search(rf"(?:recommender |`){name}\b", text)]
    options = set().union(*map(options_of, COMMANDS.values()))
    unnamed = [option for option in options if not re.search(rf"(?<=[ `]){option}\b", text)]
    assert (commands, sorted(unnamed)) == ([], [])


PACKAGES = runpy.run_path(str(ROOT / "scripts" / "check_docstrings.py"))["PACKAGES"]
"""Those that are public."""


@pytest.mark.extra(*STANDARD)
@of_pages(PAGES)
def test_every_name_in_python_that_a_page_names_is_there(page):
    """`recommender.topics.find_topics(corpus)`, `Corpus.build`."""
    modules = {name: importlib.import_module(name) for name in PACKAGES}
    values = {name: getattr(module, name) for module in modules.values() for name in module.__all__}
    named = re.findall(r"`(?!recommender\.toml)(\w+(?:\.\w+)+)", prose(page))
    for first, *rest in (dotted.split(".") for dotted in named):
        value = modules["recommender"] if first == "recommender" else values.get(first)
        for name in rest if value is not None else ():
            value = getattr(value, name)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_package_has_a_page(package):
    reference = (ROOT / "docs" / "api").glob("*.md")
    (page,) = (page for page in reference if f"automodule:: {package}\n" in text_of(page))
    assert text_of(page).startswith(f"# {package}\n")


@of_pages(PAGES)
def test_every_extra_that_a_page_installs_is_there(page):
    extras = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]["optional-dependencies"]
    for names in re.findall(r"'\.\[([\w,]+)\]'", text_of(page)):
        assert {*names.split(",")} <= {*extras}
    if page.name == "quickstart.md":
        assert all(f"| `{name}` |" in text_of(page) for name in {*extras} - {"bench", "dev", "docs", "test"})


def test_contributing_names_every_target_of_make_and_no_other():
    (phony,) = re.findall(r"^\.PHONY: (.*)$", text_of(ROOT / "Makefile"), re.MULTILINE)
    named = set(re.findall(r"^make (\w+)", text_of(CONTRIBUTING), re.MULTILINE))
    assert named == set(phony.split()) - {"demo", "clean"}
    assert all(word in text_of(CONTRIBUTING) for word in ("pip-audit", "crash_test", ".ci/run"))


# How it reads


def test_the_readme_is_short_and_names_every_page():
    assert len(text_of(README).splitlines()) <= 130
    from_the_root = {"index.md", "contributing.md", "changelog.md"}
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - from_the_root
    assert pages <= set(re.findall(r"\(docs/(\w+\.md)", text_of(README)))


def test_no_paragraph_is_on_two_pages():
    paragraphs = Counter(
        " ".join(part.split()) for page in PAGES for part in {*re.split(r"\n\s*\n|\n- ", prose(page))}
    )
    assert not [text for text, count in paragraphs.items() if count > 1 and len(text) > 80]


# The site


ELSEWHERE = r'<(?:script|img|iframe)[^>]* src="(?:https?:)?//|<link[^>]* href="(?:https?:)?//'
"""What a browser would fetch from another machine."""


needs_sphinx = pytest.mark.skipif(importlib.util.find_spec("sphinx") is None, reason="needs the extra 'docs'")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Built with a network that refuses."""
    folder = tmp_path_factory.mktemp("site")
    environment = {**plain_environment(), **refusing(folder / "calls"), "HOME": str(folder)}
    places = {"READ": str(folder / "read"), "SITE": str(folder / "site")}
    command = "-m sphinx -W --keep-going -q -d READ docs SITE".split()
    done = subprocess.run(
        [sys.executable, *(places.get(word, word) for word in command)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, refused(folder / "calls")) == (0, []), done.stderr
    return folder / "site"


@pytest.mark.slow
@needs_sphinx
def test_the_site_has_every_page_and_no_broken_link(site):
    pages = {path: path.read_text("utf-8") for path in site.rglob("*.html")}
    assert {path.relative_to(site).with_suffix(".md") for path in pages} >= {
        page.relative_to(ROOT / "docs") for page in (ROOT / "docs").rglob("*.md")
    }
    anchors = {path: set(re.findall(r'\bid="([^"]+)"', text)) for path, text in pages.items()}
    for path, text in pages.items():
        for link in map(unescape, re.findall(r'<a [^>]*href="([^"]+)"', text)):
            if link.startswith(("https://", "http://")):
                continue
            name, _, anchor = link.partition("#")
            target = (path.parent / name).resolve() if name else path
            assert target.is_file(), (path.name, link)
            assert not anchor or target not in anchors or anchor in anchors[target], (path.name, link)


@pytest.mark.slow
@needs_sphinx
def test_the_site_fetches_nothing_from_elsewhere(site):
    for path in site.rglob("*.html"):
        assert not re.findall(ELSEWHERE, path.read_text("utf-8")), path.name
    for path in site.rglob("*.css"):
        assert not re.search(r"(?:@import|url\()\s*[\"']?(?:https?:)?//", path.read_text("utf-8")), path.name

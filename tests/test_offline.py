"""Nothing leaves the machine, and nothing is written in the home: every command, every example in Python.

Look-ups and connections are refused and recorded below Python, by a library that `refuse_network.c` makes.
"""

import json
import re
import shlex
import sys
from itertools import pairwise

import click
import pytest
from conftest import make_papers
from offline import needs_refusal, run_offline
from player import Player
from services import Network, works
from test_docs import PAGES, blocks

from recommender.cli import cli

pytestmark = needs_refusal

# What each command of a group runs as, one after the other in one process.
GROUPS = {
    "core": """
        demo
        like 2106.09685 2304.08485 -k 3 --why
        recommend Mei -k 3
        show 2106.09685
        between 2306.05284 --and 2106.09685 -k 1
        beyond Mei -k 1
        rank Mei --among 2106.09685
        why-not 2106.09685 Mei
        build papers.jsonl --corpus s --encoder static
        add more.csv --corpus s
        search "protein folding" --corpus s -k 3
        batch readers.jsonl --corpus s --out jsonl --format jsonl --workers 2
        batch readers.jsonl --corpus s --out csv --format csv --since-last
        duplicates --corpus s
        split twin --corpus s
        remove 2101.00001 --corpus s
        compact --corpus s
        verify --corpus s
        info --corpus s
    """,
    "readers": """
        build papers.jsonl --corpus s --encoder static
        reader add Mei --from me.json --mail mei@example.org --corpus s
        reader add Ann --words "protein folding" --corpus s
        digest --corpus s --out editions --workers 2
        send --dry-run --out editions --from papers@example.org --corpus s
        noted said.csv --as Mei --corpus s
        mark later x1 --as Mei --corpus s
        vote x1 --as Mei --corpus s
        curate today x1 --by Mei --corpus s
        signals counts.csv --corpus s
        submit more.csv --as Mei --corpus s
        submissions --take 1 --corpus s
        undo --as Mei --corpus s
        why --as Mei --corpus s
        history --as Mei --corpus s
        trending --corpus s
        trending --topics --corpus s
        reader list --corpus s
        reader show Mei --corpus s
        reader feed Mei --corpus s
        reader export Mei --corpus s
        reader rename Ann Anna --corpus s
        publish --corpus s --out site --workers 2
        reader forget Anna --yes --corpus s
        status --corpus s
        backup copy --corpus s
    """,
    "sample": """
        like 2106.09685 -k 3 --format bibtex
        recommend Mei -k 3 --format ris
        show 2106.09685 --format bibtex
        search "teaching robots by demonstration" -k 2 --format jsonl
    """,
    "minilm": """
        build papers.jsonl --corpus m --encoder minilm
        add more.csv --corpus m
        search "protein folding" --corpus m -k 3
        remove 2101.00001 --corpus m
        compact --corpus m
        verify --corpus m
        info --corpus m
    """,
    "torch": """
        build papers.jsonl --corpus t --encoder minilm:torch
    """,
    "frames": """
        build papers.jsonl --corpus s --encoder static
        batch readers.jsonl --corpus s --out parquet --workers 2
        evaluate me.json --corpus s
    """,
    "pictures": """
        build papers.jsonl --corpus p --encoder static
        map me.json --corpus p --out map.html
        plot timeline --corpus p --out timeline.png
        plot tradeoff me.json --corpus p --out tradeoff.svg
        plot similarities me.json --corpus p --out similarities.json
        plot interests me.json --corpus p --out interests.png
        plot scores me.json --corpus p --out scores.png
        plot encoders me.json --corpus p --encoder static --encoder static@64 --out encoders.png
    """,
}

# These are there to ask on the network; what they may ask is this machine, see `test_what_fetches_...`.
FETCHING = """
    fetch arxiv --category cs.CL --since 2026-11-01 --out arxiv.jsonl
    fetch biorxiv --since 2026-11-01 --out biorxiv.jsonl
    fetch hf --since 2026-11-01 --until 2026-11-02 --out hf.jsonl
    fetch ids ids.txt --out ids.jsonl
    fetch openalex --search grebe --out openalex.jsonl
    fetch pubmed --search grebe --out pubmed.jsonl
    fetch s2 --search grebe --out s2.jsonl
    build arxiv.jsonl --corpus f --encoder static
    add hf: --since 2026-11-01 --corpus f
"""

SLOW = {"pictures", "torch"}
NEEDS = {
    "sample": ("bibliography", "minilm"),
    "minilm": ("minilm",),
    "torch": ("minilm", "encoders"),
    "frames": ("frames", "evaluation"),
    "pictures": ("plots",),
}
"""The extras of each group; none is the core's."""

# torch makes an empty folder for programs that it would compile.
LEFT = {"torch": r"tmp/torchinductor_\w+"}

RUN = """
import json, os, sys
from recommender.cli import main
record = open(os.environ["REFUSED_CALLS"], "a")
for arguments in json.loads(sys.argv[1]):
    print("$", *arguments, file=record, flush=True)
    status = main(arguments)
    if status:
        sys.exit(f"{arguments} ended with status {status}")
"""


def lines_of(text):
    return [shlex.split(line) for line in text.strip().splitlines()]


def cases(group):
    return lines_of(GROUPS[group])


def leaves(command, path=()):
    """The words of every command that is no group of others."""
    if not isinstance(command, click.Group):
        return {path}
    return {leaf for name, inner in command.commands.items() for leaf in leaves(inner, (*path, name))}


def calls(lines):
    """The lines, those that name a command only where a call follows."""
    return [line for line, after in pairwise([*lines, "$"]) if line[0] != "$" or after[0] != "$"]


@pytest.fixture
def folder(tmp_path):
    papers = make_papers(24)
    (tmp_path / "papers.jsonl").write_text("".join(paper.to_json() + "\n" for paper in papers))
    lines = ["id,title,abstract", "x1,Grebes,They dive", "x2,Loons,They call"]
    lines.append(f"twin,{papers[0].title},{papers[0].abstract}")  # merged with the first, for `split`
    (tmp_path / "more.csv").write_text("\n".join(lines) + "\n")
    readers = [{"user": f"r{n}", "liked": [papers[n].id, papers[n + 4].id]} for n in range(6)]
    (tmp_path / "readers.jsonl").write_text("".join(json.dumps(reader) + "\n" for reader in readers))
    (tmp_path / "said.csv").write_text(f"paper,kind\n{papers[9].id},liked\n")
    (tmp_path / "counts.csv").write_text("id,name,value,day\nx1,citations,3,2024-11-28\n")
    (tmp_path / "me.json").write_text(json.dumps({"liked": [paper.id for paper in papers[:8]]}))
    return tmp_path


def test_every_command_has_a_case():
    words = [*(case for group in GROUPS for case in cases(group)), *lines_of(FETCHING)]
    missing = [leaf for leaf in leaves(cli) if not any(tuple(case[: len(leaf)]) == leaf for case in words)]
    assert missing == [], "add a line to GROUPS for each"


@pytest.mark.parametrize(
    "group",
    [
        pytest.param(
            name,
            marks=[pytest.mark.extra(*NEEDS.get(name, ())), *[pytest.mark.slow] * (name in SLOW)],
        )
        for name in GROUPS
    ],
)
def test_no_command_looks_up_connects_or_leaves_anything_behind(folder, group):
    ended = run_offline([sys.executable, "-c", RUN, json.dumps(cases(group))], folder)
    assert ended.status == 0, ended.err
    assert calls(ended.refused) == []
    assert [path for path in ended.left if not re.fullmatch(LEFT.get(group, ""), path)] == []


@pytest.mark.slow
@pytest.mark.extra("fetch")
def test_what_fetches_asks_where_it_is_told_to_and_nowhere_else(folder):
    (folder / "ids.txt").write_text("arXiv:2611.00001\nPMID: 40000003\n")
    with Player(Network(works(6), page=100)) as player:
        command = [sys.executable, "-c", RUN, json.dumps(lines_of(FETCHING))]
        ended = run_offline(command, folder, RECOMMENDER_FETCH_BASE=player.base)
    assert (ended.status, calls(ended.refused), ended.left) == (0, [], []), ended.err
    assert player.failed == []
    assert all((folder / f"{name}.jsonl").stat().st_size for name in "arxiv biorxiv hf ids".split())


@pytest.mark.extra("fetch")
@pytest.mark.parametrize(
    ("command", "host"),
    [
        ("fetch arxiv --category cs.CL --out n", "export.arxiv.org"),
        ("fetch arxiv --category cs.CL --changed --out n", "oaipmh.arxiv.org"),
        ("fetch openalex --search x --out n", "api.openalex.org"),
        ("fetch s2 --search x --out n", "api.semanticscholar.org"),
        ("fetch hf --since 7d --out n", "huggingface.co"),
        ("fetch pubmed --search x --out n", "eutils.ncbi.nlm.nih.gov"),
        ("fetch biorxiv --since 7d --out n", "api.biorxiv.org"),
    ],
)
def test_a_fetch_calls_its_service_and_nobody_else(folder, command, host):
    code = (
        "import sys, time; time.sleep = lambda seconds: None; from recommender.cli import main; "
        "sys.exit(main(sys.argv[1:]))"
    )
    ended = run_offline([sys.executable, "-c", code, *command.split()], folder)
    assert ended.status == 1
    assert "in 6 attempts: the connection failed" in ended.err
    assert ended.refused
    assert all(f"of {host}" in line for line in ended.refused)


@pytest.mark.ray
@pytest.mark.extra("minilm")
def test_nor_does_a_cluster_that_is_started_for_them(folder):
    lines = """
        build papers.jsonl --corpus r --encoder minilm --engine ray
        batch readers.jsonl --corpus r --out out --executor ray
    """
    arguments = [shlex.split(line) for line in lines.strip().splitlines()]
    ended = run_offline([sys.executable, "-c", RUN, json.dumps(arguments)], folder)
    assert (ended.status, calls(ended.refused), ended.left) == (0, [], []), ended.err


@pytest.mark.extra("frames")
@pytest.mark.parametrize(
    "page", [page for page in PAGES if blocks(page, "python")], ids=lambda page: page.name
)
def test_nor_do_the_examples_in_python(folder, page):
    ended = run_offline([sys.executable, "-c", "\n".join(blocks(page, "python"))], folder)
    assert (ended.status, ended.refused, ended.left) == (0, [], []), ended.err


# That a call would be caught


CALLS = {
    "a look-up": (
        "import socket; socket.getaddrinfo('example.invalid', 443)",
        "getaddrinfo of example.invalid",
    ),
    "an old look-up": ("import socket; socket.gethostbyname_ex('example.invalid')", "of example.invalid"),
    "a look-up by hand": (
        "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'?', ('127.0.0.1', 53))",
        "sendto of 127.0.0.1 port 53",
    ),
    "a connection": ("import socket; socket.create_connection(('192.0.2.1', 443))", "connect of 192.0.2.1"),
    "a connection by IPv6": ("import socket; socket.create_connection(('2001:db8::1', 443))", "2001:db8::1"),
    "a datagram": (
        "import socket; socket.socket(type=socket.SOCK_DGRAM).sendmsg([b'!'], [], 0, ('192.0.2.1', 9))",
        "sendmsg of 192.0.2.1 port 9",
    ),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("where", ["here", "in a child of a child"])
def test_a_call_is_refused_and_recorded(tmp_path, call, where):
    code, recorded = CALLS[call]
    if where != "here":
        for _ in range(2):
            code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {code!r}], check=True)"
    ended = run_offline([sys.executable, "-c", code], tmp_path)
    assert ended.status == 1
    assert recorded in ended.refused[0]


def test_a_program_that_is_not_python_is_refused_too(tmp_path):
    ended = run_offline(["bash", "-c", "echo hello > /dev/tcp/192.0.2.1/80"], tmp_path)
    assert ended.status == 1
    assert "connect of 192.0.2.1 port 80 in bash" in ended.refused[0]


def test_the_command_that_called_is_named():
    lines = ["$ first", "$ second", "connect of 192.0.2.1", "sendto of 192.0.2.1", "$ third"]
    assert calls(lines) == lines[1:4]
    assert calls(["connect of 192.0.2.1"]) == ["connect of 192.0.2.1"]
    assert calls(["$ first"]) == calls([]) == []


def test_the_machine_itself_may_be_called(tmp_path):
    code = (
        "import socket; server = socket.create_server(('127.0.0.1', 0));"
        "a, b = socket.socketpair(); a.sendall(b'x');"
        "socket.create_connection(('localhost', server.getsockname()[1])).sendall(b.recv(1));"
        "print(server.accept()[0].recv(1))"
    )
    ended = run_offline([sys.executable, "-c", code], tmp_path)
    assert (ended.status, ended.out, ended.refused) == (0, "b'x'\n", []), ended.err


def test_what_is_left_in_the_home_and_among_temporary_files_is_named(tmp_path):
    code = "import pathlib, tempfile; (pathlib.Path.home() / 'id').touch(); tempfile.mkdtemp(prefix='a-')"
    ended = run_offline([sys.executable, "-c", code], tmp_path)
    assert [path[:7] for path in ended.left] == ["home/id", "tmp/a-" + ended.left[1][6]]

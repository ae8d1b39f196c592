"""Every command is driven to every exit status, and to 1 by --strict where it reads rows or ids."""

import dataclasses
import functools
import json
import signal
import subprocess
import sys
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import click
import pytest
from conftest import make_papers
from player import Player
from services import Network, works

from recommender import Corpus, batch
from recommender.batch import BatchOptions, pool, workers
from recommender.cli import Terminated, cli, main, stoppable
from recommender.readership import Readership, add_reader, note, submit

PAPERS = make_papers(60)
A, B = PAPERS[0].id, PAPERS[1].id
UNKNOWN = "9999.99999"
NOW = datetime(2026, 11, 30, tzinfo=UTC)
TWIN = dataclasses.replace(PAPERS[50], id="twin")  # another record of that paper


# Of each command: what it does well, with something to name besides, what cannot be done, and wrong usage.
# {c} is a corpus, {d} a folder with the files below. None: there is nothing of the kind.
CASES = {
    "add": (
        "{d}/papers.jsonl --corpus {c}",
        "{d}/mixed.jsonl --corpus {c}",
        "{d}/bad.jsonl --corpus {c}",
        "--limit x",
    ),
    "backup": ("{d}/saved --corpus {c}", None, "{d}/saved --corpus {d}/none", "--corpus {c}"),
    "batch": (
        "{d}/readers.jsonl --corpus {c} --out {d}/out",
        "{d}/mixed_readers.jsonl --corpus {c} --out {d}/odd",
        "{d}/none.jsonl --corpus {c} --out {d}/out",
        "--workers 0",
    ),
    "between": (
        f"{A} --and {B} --corpus {{c}}",
        f"{A} {UNKNOWN} --and {B} --corpus {{c}}",
        f"{A} --and {UNKNOWN} --corpus {{c}}",
        f"{A} --corpus {{c}}",
    ),
    "beyond": (
        "{d}/me.json --corpus {c}",
        "{d}/odd.json --corpus {c}",
        "{d}/stranger.json --corpus {c}",
        "-k 0",
    ),
    "build": (
        "{d}/papers.jsonl --corpus {d}/new --encoder static",
        "{d}/mixed.jsonl --corpus {d}/odd --encoder static",
        "{d}/empty.jsonl --corpus {d}/new --encoder static",
        "--index psychic",
    ),
    "compact": ("--corpus {c}", None, "--corpus {d}/none", "--recall 2 --corpus {c}"),
    "curate": (
        f"today {A} --by Mei --corpus {{c}}",
        f"today {A} {UNKNOWN} --by Ann --corpus {{c}}",
        "yesterday --withdraw --by Mei --corpus {c}",
        f"someday {A} --by Mei --corpus {{c}}",
    ),
    "demo": ("", None, None, "--psychic"),
    "digest": (
        "--corpus {c} --out {d}/editions --workers 1",
        None,
        "--corpus {c} --out {d}/editions --as Nobody",
        "--corpus {c}",
    ),
    "duplicates": ("--corpus {c}", None, "--corpus {d}/none", "--format pdf --corpus {c}"),
    "evaluate": (
        "{d}/me.json --corpus {c} --strategy mean",
        "{d}/odd.json --corpus {c} --strategy mean",
        "{d}/stranger.json --corpus {c}",
        "{d}/me.json --corpus {c} --diversity 7",
    ),
    "fetch arxiv": (
        "--category cs.CL --since 2026-11-01 --out {d}/new.jsonl",
        "--ids {d}/odd.txt --out {d}/new.jsonl",
        "--ids {d}/strange.txt --out {d}/new.jsonl",
        "--out {d}/new.jsonl",
    ),
    "fetch biorxiv": (
        "--since 2026-11-01 --out {d}/new.jsonl",
        "--ids {d}/odd.txt --out {d}/new.jsonl",
        "--category x --out {d}/new.jsonl",
        "--since soon --out {d}/new.jsonl",
    ),
    "fetch hf": (
        "--since 2026-11-01 --until 2026-11-01 --out {d}/new.jsonl",
        "--ids {d}/odd.txt --out {d}/new.jsonl",
        "--ids {d}/strange.txt --out {d}/new.jsonl",
        "--out {d}/new.jsonl",
    ),
    "fetch ids": (
        "{d}/ids.txt --out {d}/new.jsonl",
        "{d}/odd.txt --out {d}/new.jsonl",
        "{d}/strange.txt --out {d}/new.jsonl",
        "{d}/ids.txt --out {d}",
    ),
    "fetch openalex": (
        "--search grebe --out {d}/new.jsonl",
        "--ids {d}/odd.txt --out {d}/new.jsonl",
        "--ids {d}/strange.txt --out {d}/new.jsonl",
        "--since 7d --out {d}/new.jsonl",
    ),
    "fetch pubmed": (
        "--search grebe --out {d}/new.jsonl",
        "--ids {d}/odd.txt --out {d}/new.jsonl",
        "--ids {d}/strange.txt --out {d}/new.jsonl",
        "--limit 0 --search x --out {d}/new.jsonl",
    ),
    "fetch s2": (
        "--search grebe --out {d}/new.jsonl",
        "--ids {d}/odd.txt --out {d}/new.jsonl",
        "--ids {d}/strange.txt --out {d}/new.jsonl",
        "--out {d}/new.jsonl",
    ),
    "info": ("--corpus {c}", None, "--corpus {d}/none", ""),
    "send": (
        "--smtp 127.0.0.1:9 --from papers@example.org --corpus {c}",
        None,
        "--smtp 127.0.0.1:9 --from papers@example.org --readers {d}/none.sqlite",
        "--from papers@example.org --corpus {c}",
    ),
    "show": (
        f"{A} --corpus {{c}}",
        f"{A} {UNKNOWN} --corpus {{c}}",
        f"{UNKNOWN} --corpus {{c}}",
        "--out x.odd",
    ),
    "like": (f"{A} --corpus {{c}}", f"{A} {UNKNOWN} --corpus {{c}}", f"{UNKNOWN} --corpus {{c}}", "-k 0"),
    "map": (
        "{d}/me.json --corpus {c} --out {d}/map.json",
        "{d}/odd.json --corpus {c} --out {d}/map.json",
        "{d}/stranger.json --corpus {c} --out {d}/map.json",
        "--out {d}/map.pdf",
    ),
    "plot encoders": (
        "{d}/me.json --corpus {c} --encoder static --out {d}/p.json",
        "{d}/odd.json --corpus {c} --encoder static --out {d}/p.json",
        "{d}/stranger.json --corpus {c} --encoder static --out {d}/p.json",
        "{d}/me.json --out {d}/p.json",
    ),
    "plot interests": (
        "{d}/me.json --corpus {c} --out {d}/p.json",
        "{d}/odd.json --corpus {c} --out {d}/p.json",
        "{d}/stranger.json --corpus {c} --out {d}/p.json",
        "{d}/me.json",
    ),
    "plot scores": (
        "{d}/me.json --corpus {c} --out {d}/p.json",
        "{d}/odd.json --corpus {c} --out {d}/p.json",
        "{d}/stranger.json --corpus {c} --out {d}/p.json",
        "{d}/me.json --out {d}/p.json --min-confidence 1",
    ),
    "plot similarities": (
        "{d}/me.json --corpus {c} --out {d}/p.json",
        "{d}/odd.json --corpus {c} --out {d}/p.json",
        "{d}/stranger.json --corpus {c} --out {d}/p.json",
        "{d}/me.json --out {d}/p.pdf",
    ),
    "plot timeline": (
        "--corpus {c} --out {d}/p.json",
        None,
        "--corpus {d}/none --out {d}/p.json",
        "--by age",
    ),
    "plot tradeoff": (
        "{d}/me.json --corpus {c} --out {d}/p.json",
        "{d}/odd.json --corpus {c} --out {d}/p.json",
        "{d}/stranger.json --corpus {c} --out {d}/p.json",
        "{d}/me.json --out {d}/p.json -k 0",
    ),
    "history": ("--as Mei --corpus {c}", None, "--as Nobody --corpus {c}", "--corpus {c}"),
    "mark": (
        f"liked {A} --as Mei --corpus {{c}}",
        f"later {A} {UNKNOWN} --as Mei --corpus {{c}}",
        f"liked {A} --as Nobody --corpus {{c}}",
        f"loved {A} --as Mei --corpus {{c}}",
    ),
    "reader add": (
        "Bo --from {d}/me.json --corpus {c}",
        "Bo --from {d}/odd.json --corpus {c}",
        "Bo --from {d}/bad.jsonl --corpus {c}",
        "Bo --mail nobody --corpus {c}",
    ),
    "reader export": ("Mei --corpus {c}", None, "Nobody --corpus {c}", "--corpus {c}"),
    "reader feed": ("Mei --corpus {c}", None, "Nobody --corpus {c}", "--corpus {c}"),
    "reader forget": ("Mei --yes --corpus {c}", None, "Nobody --yes --corpus {c}", "Mei --corpus {c}"),
    "reader list": ("--corpus {c}", None, "--readers {d}/me.json", "--format pdf --corpus {c}"),
    "reader rename": ("Mei Lin --corpus {c}", None, "Nobody Lin --corpus {c}", "Mei --corpus {c}"),
    "reader show": ("Mei --corpus {c}", None, "Nobody --corpus {c}", "--corpus {c}"),
    "undo": ("--as Mei --corpus {c}", None, "--as Nobody --corpus {c}", "--corpus {c}"),
    "why": ("--as Mei --corpus {c}", None, "--as Nobody --corpus {c}", "--as Mei -k 0"),
    "noted": (
        "{d}/opinions.csv --as Mei --corpus {c}",
        "{d}/opinions.csv {d}/odd_opinions.csv --as Mei --corpus {c}",
        "{d}/opinions.csv --as Nobody --corpus {c}",
        "--corpus {c}",
    ),
    "publish": (
        "--corpus {c} --out {d}/site --workers 1",
        None,
        "--corpus {c} --out {d}/site --readers {d}/none",
        "--corpus {c}",
    ),
    "rank": (
        f"{{d}}/me.json --among {B} --corpus {{c}}",
        f"{{d}}/me.json --among {B} --among {UNKNOWN} --corpus {{c}}",
        f"{{d}}/stranger.json --among {B} --corpus {{c}}",
        f"{{d}}/me.json --among {B} --corpus {{c}} -k 0",
    ),
    "recommend": (
        "{d}/me.json --corpus {c}",
        "{d}/odd.json --corpus {c}",
        "{d}/stranger.json --corpus {c}",
        "{d}/me.json --corpus {c} --format pdf",
    ),
    "remove": (
        f"{A} --corpus {{c}}",
        f"{B} {UNKNOWN} --corpus {{c}}",
        f"{UNKNOWN} --corpus {{c}}",
        "--corpus {c}",
    ),
    "search": (
        "robots --corpus {c}",
        f"robots --avoid {UNKNOWN} --corpus {{c}}",
        "robots --corpus {d}/none",
        "robots --since soon --corpus {c}",
    ),
    "split": ("twin --corpus {c}", None, f"{A} --corpus {{c}}", "--corpus {c}"),
    "signals": (
        "{d}/counts.csv --corpus {c}",
        "{d}/counts.csv {d}/odd_counts.csv --corpus {c}",
        "{d}/odd_counts.csv --corpus {c}",
        "--corpus {c}",
    ),
    "status": ("--corpus {c}", None, "--corpus {d}/none", "--corpus {c} --readers"),
    "submissions": (
        "--take 1 --corpus {c}",
        "--take 1 --take 2 --corpus {c}",
        "--take 2 --corpus {c}",
        "--take x --corpus {c}",
    ),
    "submit": (
        f"{A} --as Mei --corpus {{c}}",
        f"{A} {UNKNOWN} --corpus {{c}}",
        f"{A} --as Nobody --corpus {{c}}",
        "--corpus {c}",
    ),
    "trending": ("--corpus {c}", None, "--corpus {d}/none", "--corpus {c} --day soon"),
    "verify": ("--corpus {c}", None, "--corpus {d}/none", "--psychic"),
    "vote": (
        f"{A} --as Mei --corpus {{c}}",
        f"{A} {UNKNOWN} --as Mei --corpus {{c}}",
        f"{A} --as Nobody --corpus {{c}}",
        f"{A} --corpus {{c}}",
    ),
    "why-not": (
        f"{B} {{d}}/me.json --corpus {{c}}",
        f"{B} {{d}}/odd.json --corpus {{c}}",
        f"{B} {{d}}/stranger.json --corpus {{c}}",
        f"{B} --corpus {{c}}",
    ),
}


def commands(group, before=""):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


COMMANDS = dict(commands(cli))


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("exit-status") / "corpus"
    Corpus.build([*PAPERS, TWIN], folder, encoder="static").close()
    return folder


@pytest.fixture(scope="session")
def network():
    """Services on the network as this machine plays them; half a kilobyte of papers each."""
    with Player(Network(works(6), page=100)) as player:
        yield player.base


@pytest.fixture
def place(built, network, tmp_path, monkeypatch):
    """A corpus of its own, the files that the cases name, and what answers in the network's place."""
    monkeypatch.setenv("RECOMMENDER_FETCH_BASE", network)
    folder = tmp_path / "corpus"
    folder.mkdir()
    for file in built.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    liked = [paper.id for paper in PAPERS[:12]]
    rows = [paper.to_json() for paper in make_papers(4, start=100)]
    files = {
        "papers.jsonl": "\n".join(rows),
        "mixed.jsonl": "\n".join([*rows, '{"title": ""}']),
        "bad.jsonl": '{"title": ""}\n',
        "empty.jsonl": "",
        "readers.jsonl": json.dumps({"user": "a", "liked": liked}),
        "mixed_readers.jsonl": json.dumps({"user": "a", "liked": [*liked, UNKNOWN]}),
        "opinions.csv": f"paper,kind\n{A},liked\n",
        "odd_opinions.csv": f"paper,kind\n{A},loved\n",
        "counts.csv": f"id,name,value,day\n{A},citations,3,2024-11-28\n",
        "odd_counts.csv": f"id,name,value,day\n{A},citations,many,2024-11-28\n",
        "me.json": json.dumps({"liked": liked}),
        "odd.json": json.dumps({"liked": [*liked, UNKNOWN]}),
        "stranger.json": json.dumps({"liked": [UNKNOWN]}),
        "ids.txt": "arXiv:2611.00001\ndoi:10.1101/2026.11.00002\n",
        "odd.txt": "arXiv:2611.00001\ndoi:10.1101/2026.11.00002\npmid:40000003\nPMID: 7\n",
        "strange.txt": "doi:10.1234/x\narXiv:2610.00007\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with Readership.open(tmp_path / "readers.sqlite", create=True) as readers:
        mei = add_reader(readers, "Mei", at=NOW)
        note(readers, mei, "liked", liked, source="command", at=NOW)
        submit(readers, [B, UNKNOWN], at=NOW)
    return {"c": folder, "d": tmp_path}


@pytest.fixture
def run(place, capsys):
    def call(command, arguments, *more):
        status = main([*command.split(), *arguments.format(**place).split(), *more])
        return status, capsys.readouterr().err

    return call


def test_every_command_has_its_cases():
    assert set(CASES) == set(COMMANDS)


@pytest.mark.parametrize("command", CASES)
def test_0_when_it_did_its_work(run, command):
    well, odd, _, _ = CASES[command]
    assert run(command, well)[0] == 0
    if odd is not None:
        status, err = run(command, odd)
        assert (status, "recommender: " in err) == (0, True)


@pytest.mark.parametrize("command", [name for name, cases in CASES.items() if cases[1] is not None])
def test_1_when_it_is_strict_and_something_was_left_out(run, command):
    well, odd, _, _ = CASES[command]
    assert run(command, odd, "--strict")[0] == 1
    if command not in ("add", "batch", "build", "remove"):  # whose work is done by then
        assert run(command, well, "--strict")[0] == 0


def test_strict_is_wherever_rows_or_ids_are_read():
    having = {
        name for name, command in COMMANDS.items() if any(p.opts == ["--strict"] for p in command.params)
    }
    # What a server refuses of `send` has a server in its own test, of test_mail_cli.py.
    assert having - {"send"} == {name for name, cases in CASES.items() if cases[1] is not None}


@pytest.mark.parametrize("command", [name for name, cases in CASES.items() if cases[2] is not None])
def test_1_when_nothing_could_be_done(run, command):
    status, err = run(command, CASES[command][2])
    assert (status, "Traceback" in err) == (1, False)
    assert err.splitlines()[-1].startswith("recommender: ")


@pytest.mark.parametrize("command", CASES)
def test_2_when_it_was_used_wrongly(run, command):
    status, err = run(command, CASES[command][3])
    assert (status, len(err.splitlines())) == (2, 1)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("command", CASES)
def test_130_and_143_when_it_was_stopped(run, monkeypatch, command, number, status):
    before = signal.getsignal(signal.SIGTERM)

    def stop(*arguments, **options):
        assert signal.getsignal(number) not in (signal.SIG_DFL, signal.SIG_IGN)
        signal.raise_signal(number)

    for name in ("open", "build", "sample"):
        monkeypatch.setattr(Corpus, name, stop)
    for name in ("open", "job", "read"):
        monkeypatch.setattr(Readership, name, stop)
    monkeypatch.setattr("recommender.corpus.verify", stop)
    monkeypatch.setattr("recommender.fetch.client.Client.ask", stop)
    found, err = run(command, CASES[command][0])
    assert found == status
    (line,) = err.splitlines()
    again = "; what is done is kept; the same command goes on from there" * command.startswith(
        ("batch", "digest", "fetch", "send")
    )
    assert line == f"recommender: stopped{again}"
    assert signal.getsignal(signal.SIGTERM) is before


def test_an_honest_empty_list_is_no_failure(run):
    assert run("like", f"{A} --corpus {{c}} --min-confidence 1 --since 2024-11", "--strict")[0] == 0


def test_the_second_of_two_sigterms_does_not_disturb_the_clean_up():
    with stoppable() as came:
        with pytest.raises(Terminated):
            signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
        with pytest.raises(Terminated):
            signal.raise_signal(signal.SIGTERM)
    assert came == [signal.SIGTERM] * 3


def test_workers_leave_signals_to_their_parent(place):
    begun = (workers._Opening(place["c"], BatchOptions(), "", None),)
    with ProcessPoolExecutor(1, get_context("spawn"), pool._begin, begun) as processes:
        for number in (signal.SIGINT, signal.SIGTERM):
            assert processes.submit(signal.getsignal, number).result() == signal.SIG_IGN


def test_a_worker_that_is_ended_in_the_middle_of_its_result_is_not_waited_for(monkeypatch):
    """It was, for ever, where a Ctrl-C came while a worker told what it had done."""
    begun, ended = threading.Event(), threading.Event()
    receive = Connection._recv

    def waiting(self, size, *arguments):
        if size > 2**20:
            begun.set()
            ended.wait()
        return receive(self, size, *arguments)

    monkeypatch.setattr(Connection, "_recv", waiting)
    processes = ProcessPoolExecutor(1, get_context("spawn"))
    result = processes.submit(bytes, 2**23)  # more than a pipe holds
    begun.wait()
    pool.end_workers(processes)
    ended.set()
    processes.shutdown(wait=True, cancel_futures=True)
    with pytest.raises(BrokenProcessPool):
        result.result()


def test_a_worker_that_starts_hears_no_ctrl_c_which_its_parent_still_does():
    """Until `_begin` runs there Python itself would end it, with a traceback."""
    blocked = "import signal; print(sorted(map(int, signal.pthread_sigmask(signal.SIG_BLOCK, ()))))"
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    found = []

    def start():
        with pool._signals_kept():
            signal.raise_signal(signal.SIGINT)
            command = [sys.executable, "-c", blocked]
            found.extend(json.loads(subprocess.run(command, capture_output=True, check=True).stdout))

    with pytest.raises(KeyboardInterrupt):
        start()
    assert {signal.SIGINT, signal.SIGTERM} <= {*found}
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before


# Signals to real processes: the moment is certain, since the job itself sends them

JOB = """
import functools, os, signal, sys
from multiprocessing import active_children
from recommender import batch
from recommender.batch.folder import OutFolder
from recommender.cli import main

if __name__ == "__main__":
    batch.run_batch = functools.partial(batch.run_batch, block_size=4)
    keep = OutFolder.commit_part

    def keep_and_stop(self, number, served):
        keep(self, number, served)
        print(*[process.pid for process in active_children()], flush=True)
        if sys.argv[1] == "group":
            os.killpg(0, signal.SIGTERM)
        else:
            os.kill(os.getpid(), signal.SIGINT if sys.argv[1] == "ctrl-c" else signal.SIGTERM)

    OutFolder.commit_part = keep_and_stop
    sys.exit(main(sys.argv[2:]))
"""


@pytest.fixture
def small_blocks(monkeypatch):
    """As the job has them that is gone on with."""
    monkeypatch.setattr(batch, "run_batch", functools.partial(batch.run_batch, block_size=4, workers=1))


def stopped_job(place, how, *options):
    """The job whose first block is done when it is stopped: what it printed, and its exit status."""
    script = place["d"] / "job.py"
    script.write_text(JOB)
    readers = place["d"] / "many.jsonl"
    readers.write_text(
        "".join(json.dumps({"user": paper.id, "liked": [paper.id]}) + "\n" for paper in PAPERS)
    )
    command = ["batch", readers, "--corpus", place["c"], "--out", place["d"] / "out", *options]
    arguments = [sys.executable, script, how, *command]
    done = subprocess.run(
        [str(argument) for argument in arguments],
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
        timeout=300,
    )
    return done, [str(argument) for argument in command]


@pytest.mark.slow
@pytest.mark.parametrize(("how", "status"), [("ctrl-c", 130), ("once", 143), ("group", 143)])
def test_a_job_with_workers_leaves_nothing_behind(place, small_blocks, how, status):
    done, command = stopped_job(place, how, "--workers", "2")
    assert done.returncode == status
    assert done.stderr == "recommender: stopped; what is done is kept; the same command goes on from there\n"
    workers = [int(number) for number in done.stdout.split()]
    assert workers
    assert not [number for number in workers if Path(f"/proc/{number}").exists()]
    assert main(command[: command.index("--workers")]) == 0


@pytest.mark.ray
def test_a_job_on_ray_ends_alike(place, small_blocks):
    done, command = stopped_job(place, "group", "--workers", "2", "--engine", "ray")
    assert done.returncode == 143
    assert done.stderr == "recommender: stopped; what is done is kept; the same command goes on from there\n"
    assert main(command[: command.index("--workers")]) == 0

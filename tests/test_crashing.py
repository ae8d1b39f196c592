"""The crash test sees what it is there to see, and finds nothing in the product; the long run is a script."""

import itertools
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from recommender.corpus import ingest, maintenance

SCRIPTS = Path(__file__).parents[1] / "scripts"

needs_compiler = pytest.mark.skipif(
    sys.platform != "linux" or shutil.which("cc") is None, reason="calls are caught on Linux, with a compiler"
)


@pytest.fixture(autouse=True)
def scripts_on_the_path(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))


def crash_test(*arguments):
    """The script's exit status, table and progress."""
    command = [sys.executable, str(SCRIPTS / "crash_test.py"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def in_clean_process(program, *, library=None, folder="."):
    """What a program, which may fork as nothing was computed in it before, prints as JSON."""
    begin = f"import sys; sys.path.insert(0, {str(SCRIPTS)!r}); import json, os, time\n"
    environment = {"LD_PRELOAD": str(library)} if library else {}
    done = subprocess.run(
        [sys.executable, "-c", begin + program],
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(SCRIPTS.parent), **environment},
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


# The whole


@pytest.mark.slow
def test_some_of_all_crashes_lead_to_nothing_bad():
    status, table, progress = crash_test("--short")
    assert status == 0, table
    for family in ("beside", "kills", "damages", "lost log"):
        assert f" {family}: " in table
    assert (" faults: batch --since-last" in table) == ("faults" in progress)


@pytest.mark.slow  # the short form has them too
def test_kills_are_counted_and_end_well():
    status, table, progress = crash_test("--only", "kills", "--kills", "2", "--workers", "1")
    assert status == 0, table
    assert "kills: batch --since-last" in table
    assert progress.startswith("[1/2, ")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--only", "kills,speed"], "'speed' is no family; known: beside, kills, faults"),
        (["--every", "0"], "--every is 0; it must be at least 1"),
    ],
)
def test_a_wrong_option_is_one_clear_line(arguments, told):
    status, _, errors = crash_test(*arguments)
    assert status == 2
    assert told in errors


# The model


@pytest.fixture
def small_batches(monkeypatch):
    from crashing.model import BATCH

    monkeypatch.setattr(ingest, "BATCH", BATCH)
    monkeypatch.setattr(maintenance, "MANY_SEGMENTS", 4)


def test_a_plan_has_every_operation_and_is_the_same_again():
    from crashing.model import plan

    operations = plan(3, 16)
    names = {operation.name for operation in operations}
    kinds = {"build", "add", "remove", "compact", "index hnsw", "index ivf", "index exact", "overwrite"}
    assert names == kinds
    assert operations == plan(3, 16)
    assert operations != plan(6, 16)


def test_the_model_says_what_is_there_after_each_operation(tmp_path, small_batches):
    from crashing.inspection import inspect
    from crashing.model import perform, plan, states

    before = {}
    for operation in plan(3, 9):
        perform(operation, tmp_path / "c")
        before = states(operation, before)[-1]
        assert inspect(tmp_path / "c", [before]) == {"at": 0, "troubles": []}


def test_the_states_of_an_addition_are_its_commits():
    from crashing.model import Operation, states

    built = states(Operation("build", tuple((number, 0, 0) for number in range(40))), {})
    assert [len(state) for state in built] == [0, 16, 32, 40]
    added = states(Operation("add", ((0, 0, 1), (1, 1, 0), (50, 0, 0), (2, 0, 0))), built[-1])
    changed = [{key for key in new if old.get(key) != new[key]} for old, new in itertools.pairwise(added)]
    assert [len(keys) for keys in changed] == [1, 2]  # facts first, then what must be encoded


def test_a_paper_that_is_gone_or_too_many_is_seen(tmp_path, small_batches):
    from crashing.inspection import inspect
    from crashing.model import Operation, perform, states

    build = Operation("build", tuple((number, 0, 0) for number in range(20)))
    whole = states(build, {})[-1]
    perform(build, tmp_path / "c")
    perform(Operation("remove", gone=(4,)), tmp_path / "c")
    seen = inspect(tmp_path / "c", [whole])
    assert seen["at"] is None
    assert [kind for kind, _ in seen["troubles"]] == ["lost"]
    perform(Operation("add", ((4, 0, 0), (30, 0, 0)), again="all"), tmp_path / "c")
    assert [kind for kind, _ in inspect(tmp_path / "c", [whole])["troubles"]] == ["mixed"]


def test_vectors_of_other_papers_are_seen(tmp_path, small_batches, monkeypatch):
    from crashing.inspection import inspect
    from crashing.model import Operation, perform, states
    from crashing.papers import WordEncoder

    build = Operation("build", tuple((number, 0, 0) for number in range(20)))
    right = WordEncoder.encode
    with monkeypatch.context() as patch:
        patch.setattr(WordEncoder, "encode", lambda self, texts: right(self, texts)[::-1].copy())
        perform(build, tmp_path / "c")
    troubles = inspect(tmp_path / "c", states(build, {})[-1:])["troubles"]
    assert troubles == [("mixed", "a paper has another vector than its own")]


# Damages and counts


def test_every_damage_changes_the_file(tmp_path):
    from crashing.damage import DAMAGES

    other = tmp_path / "other"
    other.write_bytes(b"other")
    for name, damage in DAMAGES.items():
        path = tmp_path / "file"
        content = random.Random(1).randbytes(2000)
        path.write_bytes(content)
        assert damage(path, random.Random(2), other), name
        assert not path.exists() or path.read_bytes() != content, name
        path.write_bytes(b"")
        assert damage(path, random.Random(2), None) == (name in ("longer", "emptied", "deleted"))


def test_counts_and_troubles_are_printed_and_survive_json(capsys):
    from crashing.tally import Tally, print_tallies

    tally = Tally("kills", "add")
    tally.count("kill 1", "ended")
    assert print_tallies([tally])
    other = Tally("kills", "add", peak_mb=90)
    other.count("kill 2", "ended", [("mixed", "3 papers"), ("mixed", "a vector")])
    assert not print_tallies(
        [Tally.from_dict(json.loads(json.dumps(one.to_dict()))) for one in (tally, other)]
    )
    out = capsys.readouterr().out
    assert " kills: add      2      1     0      1 " in out
    assert "TROUBLE mixed; kill 2; 3 papers\nTROUBLE mixed; kill 2; a vector\n" in out
    assert "Tried: kills 2. Most memory: 90 MB." in out
    with pytest.raises(ValueError, match="'odd' is no outcome"):
        tally.count("kill 3", "odd")
    with pytest.raises(ValueError, match="'odd' is no kind of trouble"):
        tally.count("kill 3", "ended", [("odd", "")])


def test_of_like_calls_in_a_row_the_first_and_last_are_chosen():
    from crashing.faults import Extent

    calls = ["create a-01", *["pwrite a-01"] * 20, "fsync a-01", "create a-02", "create a-03"]
    chosen = Extent().chosen(calls)
    assert [number for number in chosen if not 4 <= number <= 19] == [1, 2, 3, 20, 21, 22, 23, 24]
    assert len(chosen) == 9
    assert Extent(all_of_a_run=True).chosen(calls) == list(range(1, 25))
    assert {number for seed in range(20) for number in Extent(every=3, seed=seed).chosen(calls)} > {1, 2, 24}


# Children


def test_a_child_answers_raises_dies_hangs_or_wants_too_much_memory():
    program = """
from crashing.children import begun, peak_megabytes, run, start
from recommender.errors import CorpusDamaged
def damaged(): raise CorpusDamaged("a  file")
def greedy(): return len(bytearray(1 << 30))
def wait():
    begun()
    time.sleep(600)
child = start(wait)
began = child.wait_until_begun()
child.kill()
ended = [run(divmod, 7, 3), run(damaged), run(divmod, 7, 0), run(os._exit, 3), run(wait, limit_s=0.2)]
ended += [child.end(), run(greedy, memory_mb=64)]
told = [[one.how, one.value, one.error, one.message, one.status, one.is_ours] for one in ended]
print(json.dumps([began, peak_megabytes() > 5, *told]))
"""
    began, used, *ended = in_clean_process(program)
    assert began
    assert used
    assert ended == [
        ["answered", [2, 1], "", "", 0, False],
        ["raised", None, "recommender.errors.CorpusDamaged", "a file", 0, True],
        ["raised", None, "builtins.ZeroDivisionError", "integer division or modulo by zero", 0, False],
        ["died", None, "", "", 3, False],
        ["hung", None, "", "", -9, False],
        ["died", None, "", "", -9, False],
        ["raised", None, "builtins.MemoryError", "", 0, False],
    ]


# Failing calls


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    sys.path.insert(0, str(SCRIPTS))
    try:
        from crashing.shim import compiled
    finally:
        sys.path.remove(str(SCRIPTS))
    return compiled(tmp_path_factory.mktemp("shim"))


WRITES = """
from pathlib import Path
from crashing.children import run
from crashing.shim import MODES, arm, calls_of, disarm
import numpy as np

def work(folder):
    with (folder / "a").open("wb") as file:
        file.write(b"1234")
        file.flush()
        os.fsync(file.fileno())
    (folder / "a").rename(folder / "b")
    np.arange(8, dtype=np.int8).tofile(folder / "c")
    (folder / "c").unlink()

def disturbed(folder, mode, nth):
    arm(MODES[mode], nth, folder)
    try:
        work(folder)
        error = ""
    except BaseException as caught:
        error = f"{type(caught).__name__} {getattr(caught, 'errno', '')}"
    return error, disarm()[0]

def case(mode, nth):
    folder = Path(f"{mode} {nth}".replace("/", "")).resolve()
    folder.mkdir()
    ended = run(disturbed, folder, mode, nth)
    left = {path.name: len(path.read_bytes()) for path in folder.iterdir()}
    return ended.value or ended.status, left
"""


@needs_compiler
def test_each_call_is_hit_in_each_way(tmp_path, library):
    program = f"""
{WRITES}
folder = Path("listed").resolve()
folder.mkdir()
calls = [call.replace(str(folder), "") for call in run(calls_of, lambda: work(folder), folder).value]
modes = ["disk full once", "ended before", "torn", "ended after", "Ctrl-C"]
print(json.dumps([calls, *([case(mode, nth) for nth in (2, 4)] for mode in modes), case("I/O error", 8)]))
"""
    calls, full, before, torn, after, interrupted, beyond = in_clean_process(
        program, library=library, folder=tmp_path
    )
    assert calls[:4] == ["create /a", "write /a", "fsync /a", "rename /b"]
    assert [call.split()[0] for call in calls[4:]] == ["create", "fwrite", "unlink"]
    assert [ended[0] for ended, _ in full] == ["OSError 28", "OSError 28"]
    assert before == [[77, {"a": 0}], [77, {"a": 4}]]
    assert torn == [[77, {"a": 2}], [77, {"b": 4}]]
    assert after == [[77, {"a": 4}], [77, {"b": 4}]]
    assert [ended[0] for ended, _ in interrupted] == ["KeyboardInterrupt ", "KeyboardInterrupt "]
    assert beyond == [["", 7], {"b": 4}]


CARELESS = """
from pathlib import Path
from crashing.children import run
from crashing.faults import Extent, fail_each_call
from crashing.shim import MODES

class Careless:
    \"\"\"Writes over what is there, and does not go on where a note is left.\"\"\"
    name = "careless"
    def prepare(self, folder):
        (folder / "paper").write_text("old")
        return ["old", "new"]
    def command(self, folder):
        if (folder / "note").exists():
            raise RuntimeError("there is a note")
        (folder / "note").touch()
        (folder / "paper").write_text("new")
        (folder / "note").unlink()
    def look(self, folder, undisturbed, done):
        text = (folder / "paper").read_text()
        return [] if text in undisturbed else [("mixed", text)]
    def go_on(self, folder, undisturbed):
        self.command(folder)
        return []

modes = [MODES["torn"], MODES["I/O error"]]
tally = fail_each_call(Careless(), modes, Path("work").resolve(), extent=Extent())
print(json.dumps([tally.tried, tally.outcomes, [[one.kind, one.case] for one in tally.troubles]]))
"""


@needs_compiler
def test_a_careless_writer_is_caught(tmp_path, library):
    tried, outcomes, troubles = in_clean_process(CARELESS, library=library, folder=tmp_path)
    assert tried == 8
    assert ["mixed", "careless, torn, call 3 (write /paper)"] in troubles
    assert ["dead ends", "careless, torn, call 1 (create /note)"] in troubles
    assert ["raw errors", "careless, I/O error, call 2 (create /paper)"] in troubles
    assert outcomes["ended"] == 1  # only where the last call was the last of all

"""OpenVINO is loaded without its telemetry, and whoever uses either of them otherwise notices nothing."""

import ast
import subprocess
import sys
import types
from pathlib import Path

import pytest

from recommender.encoders.openvino import load_openvino

ROOT = Path(__file__).parents[1]

REAL = """
import sys
from recommender.encoders.openvino import load_openvino

openvino = load_openvino()
assert openvino is load_openvino() is sys.modules["openvino"]
assert openvino.Core and openvino.opset13
print([name for name in sys.modules if name.partition(".")[0] == "openvino_telemetry"])
import openvino_telemetry
print(openvino_telemetry.Telemetry.__name__)
"""

# As OpenVINO does it.
IMPORTER = """
try:
    import openvino_telemetry as telemetry
    from openvino_telemetry.backend import backend_ga4
except ImportError:
    telemetry = None
"""


@pytest.mark.extra("fast")
def test_nothing_of_the_telemetry_is_loaded_with_it_and_it_can_be_imported_afterwards():
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", REAL], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.splitlines()) == (0, ["[]", "Telemetry"]), done.stderr


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """A package `openvino` that asks for telemetry, in the place of the real one."""
    (tmp_path / "openvino.py").write_text(IMPORTER)
    for name in [
        name for name in sys.modules if name.partition(".")[0] in ("openvino", "openvino_telemetry")
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path / "openvino.py"
    sys.modules.pop("openvino", None)


def test_a_telemetry_that_is_loaded_already_is_not_used_and_stays(stand_in, monkeypatch):
    mine, inner = types.ModuleType("openvino_telemetry"), types.ModuleType("openvino_telemetry.backend")
    monkeypatch.setitem(sys.modules, "openvino_telemetry", mine)
    monkeypatch.setitem(sys.modules, "openvino_telemetry.backend", inner)
    assert load_openvino().telemetry is None
    assert sys.modules["openvino_telemetry"] is mine
    assert sys.modules["openvino_telemetry.backend"] is inner


def test_one_that_somebody_else_blocks_stays_blocked(stand_in, monkeypatch):
    monkeypatch.setitem(sys.modules, "openvino_telemetry", None)
    assert load_openvino().telemetry is None
    assert sys.modules["openvino_telemetry"] is None


def test_a_failing_import_leaves_nothing_blocked(stand_in):
    stand_in.write_text("raise ImportError('broken', name='libtbb')")
    with pytest.raises(ImportError, match="broken"):
        load_openvino()
    assert "openvino_telemetry" not in sys.modules


def test_an_openvino_that_was_imported_before_is_left_as_it_is(monkeypatch):
    mine = types.ModuleType("openvino")
    monkeypatch.setitem(sys.modules, "openvino", mine)
    assert load_openvino() is mine
    assert "openvino_telemetry" not in sys.modules or sys.modules["openvino_telemetry"] is not None


def imported(node):
    """The modules that a piece of code imports, in whichever way."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and not node.level:
        return [node.module]
    if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "importorskip")):
        return [word.value for word in node.args[:1] if isinstance(word, ast.Constant)]
    return []


def test_it_is_imported_nowhere_else():
    files = [path for place in ("recommender", "scripts", "tests") for path in (ROOT / place).rglob("*.py")]
    naming = [path for path in files if "openvino" in path.read_text("utf-8")]
    modules = {
        (path.name, module)
        for path in naming
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for module in imported(node)
        if module.partition(".")[0] == "openvino"
    }
    assert len(naming) > 5
    assert modules == {("openvino.py", "openvino")}

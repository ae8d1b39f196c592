"""The script that counts how far an answer goes: it sees what runs in our files, and nothing else."""

import runpy
import sys
from pathlib import Path

import pytest

from recommender.identifiers import canonical

SCRIPT = Path(__file__).parents[1] / "scripts" / "answer_walk.py"


@pytest.fixture(scope="module")
def script():
    return runpy.run_path(str(SCRIPT))


def test_calls_functions_files_and_depth_are_counted(script):
    walked = script["walk"](lambda: [canonical(text) for text in ("2312.00752", "hep-th/9901001")])
    assert walked.files.keys() == {f"recommender/{name}.py" for name in ("identifiers", "arxiv_ids", "dois")}
    assert walked.calls["recommender/identifiers.py", "canonical"] == 2
    assert walked.files.total() == walked.calls.total() >= 4
    assert 3 <= walked.depth <= 5, (
        "canonical, parse_identifier, what it asks; neither lambda nor list is ours"
    )


def test_what_is_not_ours_counts_nothing(script):
    walked = script["walk"](lambda: sorted(range(3), key=lambda number: -number))
    assert (walked.calls.total(), len(walked.files), walked.depth) == (0, 0, 0)


def test_a_profiler_is_put_back_when_the_action_fails(script):
    before = sys.getprofile()
    with pytest.raises(ZeroDivisionError):
        script["walk"](lambda: 1 / 0)
    assert sys.getprofile() is before


def test_the_table_has_a_line_for_the_list_and_one_for_its_frame(script, capsys):
    script["main"](["--files"])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "| | calls | functions | files | depth |"
    listed, framed = ([int(cell.replace(",", "")) for cell in line.split(" | ")[1:4]] for line in lines[2:4])
    assert all(more > few > 0 for more, few in zip(framed, listed, strict=True))
    files = dict(reversed(line.split()) for line in lines[4:])
    assert len(files) == listed[2]
    assert int(files["recommender/engine/pipeline.py"]) > 0
    assert sum(map(int, files.values())) == listed[0]

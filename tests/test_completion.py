"""What a shell completes, and that neither that nor help loads anything heavy."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

import indexes
from recommender import batch, diversity, encoders, option_values, readers, scoring, topics, writers
from recommender.batch import formats
from recommender.cli import cli
from recommender.corpus import database, text_encoding
from recommender.encoders import minilm
from recommender.plots import layout

# What takes a noticeable time to load.
HEAVY = "numpy faiss pandas pyarrow rich torch sklearn scipy sqlite3".split()

PROGRAM = f"""
import sys
from recommender.cli import main
status = main(sys.argv[1:])
print(*[name for name in {HEAVY} if name in sys.modules], file=sys.stderr)
sys.exit(status)
"""

# Options whose values nobody can guess.
FREE = set(
    "ids text and not liked avoid seen since until categories columns address others without encoding "
    "search filter category paper scale query_prompt document_prompt again revised_since ban among "
    "authors venues half_life half_lives id_ "
    "day timezone published_within base_url reader_name smtp sender user "
    "profile_name words mail zone new names curator sentence measured counted_by because by title".split()
)


def process(arguments, folder, **variables):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, **variables},
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.strip() == "", "what was loaded"
    return done.stdout


def completed(folder, line):
    """(type, value) of what bash is given for the last word of the line."""
    words = line.split(" ")
    variables = {"COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    out = process([], folder, _RECOMMENDER_COMPLETE="bash_complete", **variables)
    return [tuple(item.split(",", 1)) for item in out.splitlines() if item]


@pytest.fixture
def place(tmp_path):
    """Two corpora and a folder that is none, and a file of two readers."""
    for name in ("my.corpus", "other/my.big", "mydata"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("my.corpus", "other/my.big"):
        (tmp_path / name / option_values.DATABASE).touch()
    (tmp_path / "team.jsonl").write_text('{"name": "Ann", "liked": ["x"]}\n{"name": "Bob", "liked": ["y"]}\n')
    return tmp_path


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("recommender be", ["between", "beyond"]),
        ("recommender plot t", ["timeline", "tradeoff"]),
        ("recommender like --div", ["--diversity"]),
        ("recommender like --strategy h", ["hybrid"]),
        ("recommender like --rerank m", ["mmr", "msd"]),
        ("recommender like --format b", ["bibtex"]),
        ("recommender build --format hf", ["hf-daily", "hf-page"]),
        ("recommender build --encoder s", ["static"]),
        ("recommender build --encoder minilm:t", ["minilm:torch-bf16", "minilm:torch"]),
        ("recommender build --index h", ["hnsw"]),
        ("recommender build --precision f", ["float32", "float16"]),
        ("recommender evaluate --strategy ne", ["nearest"]),
        (
            "recommender plot encoders --encoder mini",
            ["minilm", "minilm-papers", *(f"minilm:{name}" for name in option_values.BACKENDS)],
        ),
        ("recommender info --corpus m", ["my.corpus"]),
        ("recommender info --corpus other/", ["other/my.big"]),
        ("recommender evaluate --corpus my", ["my.corpus"]),
        ("recommender recommend He", ["Henrik"]),
        ("recommender recommend --corpus my.corpus He", []),
        ("recommender recommend team.jsonl --name ", ["Ann", "Bob"]),
        ("recommender map team.jsonl --name B", ["Bob"]),
    ],
)
def test_what_completes(place, line, values):
    assert [value for kind, value in completed(place, line) if kind == "plain"] == values


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("recommender build pa", "file"),
        ("recommender recommend te", "file"),
        ("recommender batch te", "file"),
        ("recommender batch x --ledger s", "file"),
        ("recommender evaluate --run r", "file"),
        ("recommender plot timeline --out p", "file"),
        ("recommender batch x --out mon", "dir"),
        ("recommender info --corpus som", "dir"),
        ("recommender build --encoder mod", "dir"),
        ("recommender build --model-dir mod", "dir"),
        ("recommender evaluate --benchmark ben", "dir"),
    ],
)
def test_where_the_shell_completes_files_and_folders(place, line, kind):
    assert completed(place, line)[0] == (kind, line.rpartition(" ")[2])


def test_a_file_that_cannot_be_read_completes_nothing(place):
    (place / "bad.jsonl").write_text("nonsense")
    assert completed(place, "recommender recommend bad.jsonl --name ") == []


def every_parameter(group=cli, path=""):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from every_parameter(command, f"{name} ")
        else:
            yield from ((f"{path}{name} {parameter.name}", parameter) for parameter in command.params)


def test_every_value_completes_or_is_free():
    parameters = list(every_parameter())
    assert len(parameters) > 200
    assert [name for name, param in parameters if param.type is click.STRING and param.name not in FREE] == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_shell_is_given_its_script(place, shell):
    script = process([], place, _RECOMMENDER_COMPLETE=f"{shell}_source", PATH=os.environ["PATH"])
    assert f"_RECOMMENDER_COMPLETE={shell}_complete" in script
    page = (Path(__file__).parents[1] / "docs" / "shell.md").read_text(encoding="utf-8")
    assert f"_RECOMMENDER_COMPLETE={shell}_source recommender" in page


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["like", "--help"], ["plot", "timeline", "--help"]]
)
def test_help_loads_nothing_heavy(place, arguments):
    assert process(arguments, place)


def test_a_commands_module_is_imported_when_it_runs():
    program = """
import sys
from recommender.cli import cli, main
def loaded():
    start = "recommender.cli."
    return {name.removeprefix(start) for name in sys.modules if name.startswith(start)}
before = loaded()
assert main(["--version"]) == 0
assert loaded() == before, loaded() - before
assert main(["info", "--corpus", "nowhere"]) == 1
print(*sorted(loaded() - before))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "answers corpora options stored_readers"


# The names are those of the families


def test_the_names_are_those_of_the_families():
    assert list(option_values.READERS) == [reader.name for reader in readers.READERS]
    assert list(option_values.FORMATS) == list(writers.WRITERS)
    assert list(option_values.ENCODERS) == list(encoders.ENCODERS)
    assert list(option_values.BACKENDS) == list(minilm.BACKENDS)
    assert list(option_values.INDEXES) == list(indexes.KINDS)
    assert list(option_values.PRECISIONS) == list(indexes.PRECISIONS)
    assert list(option_values.STRATEGIES) == list(scoring.STRATEGIES)
    assert list(option_values.RERANKS) == list(diversity.RERANKS)
    assert list(option_values.BATCH_FORMATS) == list(formats.FORMATS)
    assert list(option_values.LAYOUTS) == list(layout.LAYOUTS)
    assert list(option_values.PERIODS) == list(topics.PERIODS)
    assert option_values.EXECUTORS == text_encoding.EXECUTORS


def test_the_defaults_are_those_of_the_families():
    assert option_values.DEFAULT_RECALL == indexes.DEFAULT_RECALL
    assert option_values.DEFAULT_PRECISION == indexes.DEFAULT_PRECISION
    assert option_values.DEFAULT_STRATEGY == scoring.DEFAULT_STRATEGY
    assert option_values.DEFAULT_RERANK == diversity.DEFAULT_RERANK
    assert option_values.DEFAULT_DIVERSITY == diversity.DEFAULT_DIVERSITY
    assert option_values.DEFAULT_EXECUTOR == text_encoding.LOCAL
    assert option_values.DEFAULT_BATCH_FORMAT == formats.DEFAULT_FORMAT
    assert (option_values.LEDGER, option_values.DATABASE) == (batch.LEDGER, database.DATABASE)


def test_the_package_has_its_names_when_they_are_wanted():
    import recommender

    assert {*recommender._HOMES, "__version__"} == set(recommender.__all__) <= set(dir(recommender))
    program = (
        "import recommender, sys; assert 'numpy' not in sys.modules; recommender.errors.ParameterError; "
    )
    program += "recommender.batch.recommend_frame; from recommender import *; Corpus.sample"
    subprocess.run([sys.executable, "-c", program], check=True)
    listed = "import recommender, recommender.cli; recommender.Corpus; print(*dir(recommender))"
    done = subprocess.run([sys.executable, "-c", listed], capture_output=True, text=True, check=True)
    assert done.stdout.split() == sorted(recommender.__all__), "what is loaded does not show"
    with pytest.raises(AttributeError, match="no attribute 'psychic'"):
        recommender.psychic  # noqa: B018

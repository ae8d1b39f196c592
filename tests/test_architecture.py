"""The house as its files are written: who imports whom, what is imported when, what is in each room."""

import ast
import graphlib
import importlib
import inspect
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import indexes
from recommender import diversity, encoders, listing, readers, scoring, writers

ROOT = Path(__file__).parents[1]
FILES = sorted([*(ROOT / "recommender").rglob("*.py"), *(ROOT / "indexes").rglob("*.py")])
SCRIPTS = sorted((ROOT / "scripts").rglob("*.py"))

# Top to bottom; a room may import from the floors below its own.
FLOORS = (
    {"cli", "notebook"},
    {"site"},
    {"mail", "plots"},
    {"listing"},
    {"backup", "batch", "evaluation", "status"},
    {"readership"},
    {"engine", "recommendations"},
    {"topics"},
    {"corpus"},
    {"profiles"},
    {"fetch"},
    {"readers", "recipe", "writers", "identity"},
    {"paper_names"},
    {"encoders", "paper", "ray_cluster"},
    {
        *("indexes", "scoring", "diversity", "explain", "identifiers", "processes", "progress", "queries"),
        "sample",
    },
    {
        *("arxiv_ids", "cosine_scale", "display", "dois", "files", "interests", "iso_dates", "languages"),
        *("frames", "lexical", "mail_addresses", "notices", "option_values", "retraction_marks"),
    },
    {"_extras", "closing_lines", "spelling"},
    {"closing_forms"},
    {"errors"},
)
FLOOR_OF = {room: len(FLOORS) - number for number, rooms in enumerate(FLOORS) for room in rooms}

# The engine makes recommendations, which hold on to their reasons: each knows files of the other.
ONE_FLOOR = {"engine", "recommendations"}

# The door: what the world sees of the house. Inside, nobody goes through it.
DOOR = {"recommender", "recommender.__main__"}

# Lines of a file.
LONGEST = 450

# Third-party modules that may be loaded with a file; all others wait inside the function that needs them.
LIGHT = {"numpy", "faiss", "click", "filelock", "markupsafe"}

# Files whose classes are kinds of others' classes, and which wait themselves inside functions.
OF_OTHERS = {"recommender.frames.pairs_column": {"pandas", "pyarrow"}}

FAMILIES = {
    "recommender.scoring": (
        [*scoring.STRATEGIES.values(), scoring.BETWEEN, scoring.BUT_NOT],
        {"name", "queries", "contributions"},
    ),
    "recommender.diversity": (
        [rerank.begin for rerank in diversity.RERANKS.values()],
        {"varies", "add", "best", "take", "drop"},
    ),
    "recommender.readers": (readers.READERS, {"name", "recognises", "read"}),
    "recommender.writers": (writers.WRITERS.values(), {"name", "write"}),
    "recommender.listing": (listing.LISTING_WRITERS.values(), {"name", "ending", "write"}),
    "indexes": (indexes.KINDS.values(), {"kind", "search", "save", "load"}),
}

# Files of a family's folder that hold no kind of it: what kinds share, what lists are cleaned and judged by.
BESIDE_THE_KINDS = {
    *(f"recommender.scoring.{name}" for name in ("dates", "followed", "half_life", "recent")),
    *(f"recommender.diversity.{name}" for name in ("duplicates", "greedy", "report")),
}


def module_name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def short(path):
    return str(path.relative_to(ROOT))


NAMES = {module_name(path): path for path in FILES}
TREES = {path: ast.parse(path.read_text("utf-8")) for path in (*FILES, *SCRIPTS)}


def absolute(path, node):
    """The module that ``from X import ...`` names, with the dots resolved."""
    if not node.level:
        return node.module
    package = path.relative_to(ROOT).parent.parts
    return ".".join([*package[: len(package) - node.level + 1], *([node.module] if node.module else [])])


def imports(path, nodes=None):
    """(line, module) of each import; ``from package import submodule`` names the submodule."""
    for node in nodes if nodes is not None else ast.walk(TREES[path]):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = absolute(path, node)
            for alias in node.names:
                inner = f"{module}.{alias.name}"
                yield node.lineno, inner if inner in NAMES else module


def ours(path):
    return [
        (line, module) for line, module in imports(path) if module.split(".")[0] in ("recommender", "indexes")
    ]


def room(module):
    """The file or package of `recommender` that a module belongs to; `indexes` is one room."""
    parts = module.split(".")
    return parts[0] if parts[0] == "indexes" else ".".join(parts[1:2])


def run_at_import(statements):
    """The statements that run when a file is loaded: not those in functions, nor for type checkers."""
    for node in statements:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            yield from run_at_import(node.orelse)
            continue
        yield node
        yield from run_at_import(child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt))


def test_the_checks_see_the_code():
    assert {"recommender", "recommender.engine", "recommender.cli", "indexes.exact"} <= set(NAMES)
    arrows = [module for path in FILES for _, module in ours(path)]
    assert len(arrows) > 100
    assert set(arrows) <= set(NAMES), "an import was resolved to a module that is not there"
    assert {"recommender.engine", "recommender.corpus", "indexes"} <= set(arrows)


def test_every_room_has_a_floor():
    assert {room(module) for module in NAMES if module not in DOOR} <= set(FLOOR_OF)


# Who imports whom


def goes_down(here, module):
    """Whether a file of this room may import that module."""
    there = room(module)
    together = there == here or {there, here} == ONE_FLOOR
    return module not in DOOR and (together or FLOOR_OF[there] < FLOOR_OF[here])


def test_arrows_only_go_down():
    assert [
        f"{short(path)}:{line} imports {module}"
        for name, path in NAMES.items()
        if name not in DOOR
        for line, module in ours(path)
        if not goes_down(room(name), module)
    ] == []


def test_no_files_import_each_other():
    graph = {module: {to for _, to in ours(path)} - {module} for module, path in NAMES.items()}
    try:
        order = list(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as error:
        pytest.fail(f"files import each other: {' <- '.join(error.args[1])}")
    assert set(order) == set(NAMES)


def test_indexes_know_nothing_but_numpy_and_faiss():
    allowed = sys.stdlib_module_names | {"indexes", "numpy", "faiss"}
    assert [
        f"{short(path)}:{line} {module}"
        for name, path in NAMES.items()
        if room(name) == "indexes"
        for line, module in imports(path)
        if module.split(".")[0] not in allowed
    ] == []


def names_from_other_files(path):
    """(line, module, name) of each name of ours that is imported from another file."""
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.ImportFrom) and (module := absolute(path, node)) in NAMES:
            for alias in node.names:
                if f"{module}.{alias.name}" not in NAMES:
                    yield node.lineno, module, alias.name


def test_what_crosses_files_is_public():
    """No name that begins with an underscore is imported from another file, nor looked up there."""
    assert [
        f"{short(path)}:{line} {name} of {module}"
        for path in (*FILES, *SCRIPTS)
        for line, module, name in (*names_from_other_files(path), *names_looked_up(path))
        if name.startswith("_") and not name.startswith("__") and f"{module}.{name}" not in NAMES
    ] == []


def names_looked_up(path):
    """(line, module, name) of each ``module.name`` where the module is one of ours that was imported."""
    modules = {}
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.ImportFrom):
            source = absolute(path, node)
            inner = ((alias.asname or alias.name, f"{source}.{alias.name}") for alias in node.names)
            modules |= {name: module for name, module in inner if module in NAMES}
    for node in ast.walk(TREES[path]):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            yield node.lineno, modules[node.value.id], node.attr


# What is imported when


def test_heavy_modules_wait_inside_functions():
    light = sys.stdlib_module_names | LIGHT | {"recommender", "indexes"}
    assert [
        f"{short(path)}:{line} {module}"
        for path in FILES
        for line, module in imports(path, run_at_import(TREES[path].body))
        if module.split(".")[0] not in light | OF_OTHERS.get(module_name(path), set())
    ] == []


def test_what_is_made_of_heavy_modules_waits_inside_functions():
    assert [
        f"{short(path)}:{line} {module}"
        for path in FILES
        for line, module in imports(path, run_at_import(TREES[path].body))
        if module in OF_OTHERS
    ] == []


@pytest.mark.parametrize("module", ["recommender", "recommender.cli"])
def test_importing_loads_nothing_heavy(module):
    models = "torch transformers sentence_transformers sklearn scipy ray".split()
    heavy = [*models, *"pandas pyarrow rich altair vl_convert".split()]
    program = f"import sys, {module}; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")


# What is never written


PICKLES = {"pickle", "_pickle", "cPickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}


def dangerous(node):
    """What a piece of code does that would run what is in a file, or None."""
    if isinstance(node, ast.keyword) and node.arg in ("allow_pickle", "trust_remote_code"):
        return None if ast.unparse(node.value) == "False" else node.arg
    if isinstance(node, ast.Call) and ast.unparse(node.func) in ("torch.load", "eval", "exec"):
        return ast.unparse(node.func)
    return None


def test_no_pickle_and_no_remote_code():
    read = [
        f"{short(path)}:{line} {module}"
        for path in TREES
        for line, module in imports(path)
        if module.split(".")[0] in PICKLES
    ]
    run = [
        f"{short(path)}:{node.lineno} {danger}"
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if (danger := dangerous(node))
    ]
    assert read + run == []


REFERENCE = re.compile(r"\bsee `([A-Za-z_][\w.]*)`")


def test_what_a_comment_refers_to_is_there():
    known = {part for module in NAMES for part in module.split(".")} | {path.stem for path in TREES}
    for tree in TREES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                known.add(node.name)
            elif isinstance(node, ast.arg):
                known.add(node.arg)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                known.add(node.id)
    assert [
        f"{short(path)}: {name}"
        for path in TREES
        for name in REFERENCE.findall(path.read_text("utf-8"))
        if not {*name.split(".")} <= known
    ] == []


def test_every_file_says_what_it_is_and_is_short():
    assert [short(path) for path, tree in TREES.items() if not ast.get_docstring(tree)] == []
    lines = {short(path): len(path.read_text("utf-8").splitlines()) for path in TREES}
    assert {name: count for name, count in lines.items() if count > LONGEST} == {}


# Public names


def is_package(module):
    return NAMES[module].name == "__init__.py"


def defined_in(package):
    """The public names that a package's own file defines: functions, classes and constants."""
    for node in TREES[NAMES[package]].body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (target.id for target in targets if isinstance(target, ast.Name))


def wrong_list(package):
    """What is wrong with a package's ``__all__``, if anything."""
    loaded = importlib.import_module(package)
    listed = getattr(loaded, "__all__", None)
    if listed is None:
        return "no __all__"
    unlisted = {name for name in defined_in(package) if not name.startswith("_")} - {*listed}
    twice = {name for name in listed if listed.count(name) > 1}
    return sorted(unlisted | twice | {name for name in listed if not hasattr(loaded, name)})


def test_every_package_lists_its_public_names():
    packages = [module for module in NAMES if is_package(module)]
    assert {package: wrong for package in packages if (wrong := wrong_list(package))} == {}


# What other people's programs import from; not the families, whose own file needs each kind for its list.
PUBLIC = ("batch", "corpus", "engine", "evaluation", "fetch", "plots", "readership", "topics")


def visible(package):
    """The public names of a package but for its modules, as a prompt completes them."""
    loaded = importlib.import_module(package)
    names = {name for name in dir(loaded) if not name.startswith("_")} - {"annotations"}
    return {name for name in names if not inspect.ismodule(getattr(loaded, name))}


def test_what_is_visible_of_a_public_package_is_what_it_lists():
    packages = ["recommender", *(f"recommender.{name}" for name in PUBLIC)]
    listed = {package: {*importlib.import_module(package).__all__} - {"__version__"} for package in packages}
    wrong = {package: visible(package) ^ names for package, names in listed.items()}
    assert {package: names for package, names in wrong.items() if names} == {}


# SQL

# The rooms that keep a database. Each names tables of its own only: what is in a corpus the corpus is asked.
DATABASES = {"corpus", "profiles", "readership"}

STATEMENT = re.compile(
    r"\b(SELECT\b.+\bFROM|INSERT (OR \w+ )?INTO|UPDATE \w+ SET|DELETE FROM|DROP TABLE|ALTER TABLE"
    r"|CREATE (TEMP |UNIQUE )*(TABLE|INDEX)|PRAGMA \w+|ATTACH)\b",
    re.DOTALL,
)
CREATED = re.compile(r"\bCREATE (?:TEMP )?TABLE (?:IF NOT EXISTS )?(\w+)")
NAMED = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE|INDEX \w+ ON) (?!IF\b)(\w+)")
EVERYWHERE = {"sqlite_schema", "json_each"}


def texts(tree):
    """(line, text) of each text that is no docstring; what an f-string puts in is left out."""
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            inside.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            parts = (part.value for part in node.values if isinstance(part, ast.Constant))
            yield node.lineno, "".join(parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            yield node.lineno, node.value


def statements():
    """(room, path, line, text) of each SQL statement of the product."""
    for name, path in NAMES.items():
        for line, text in texts(TREES[path]):
            if STATEMENT.search(text):
                yield room(name), path, line, text


def test_only_the_corpus_asks_its_tables():
    found = list(statements())
    assert len(found) > 50
    tables = {here: {*EVERYWHERE} for here in DATABASES}
    for here, path, line, text in found:
        for table in CREATED.findall(text):
            assert here in DATABASES, f"{short(path)}:{line} creates {table}"
            tables[here].add(table)
    assert [
        f"{short(path)}:{line} {' '.join(text.split())[:60]}"
        for here, path, line, text in found
        if here != "corpus"  # where a table may be made for a moment
        and not (here in DATABASES and {*NAMED.findall(text)} <= tables[here])
    ] == []


# Families


def files_of(family):
    """The modules of a family's folder but for the package itself and the protocol."""
    return {name for name in NAMES if name.startswith(f"{family}.") and name != f"{family}.base"}


def kinds_in(module, traits):
    """The public classes and functions of a file that have what every kind of the family has."""
    for name, thing in vars(importlib.import_module(module)).items():
        if name.startswith("_") or getattr(thing, "__module__", "") != module:
            continue
        if inspect.isfunction(thing) and traits <= set(inspect.signature(thing).parameters):
            yield thing
        if inspect.isclass(thing) and all(hasattr(thing, trait) for trait in traits):
            yield thing


@pytest.mark.parametrize("family", FAMILIES)
def test_the_list_of_a_family_has_every_kind(family):
    listed, traits = FAMILIES[family]
    listed = {kind if inspect.isfunction(kind) or inspect.isclass(kind) else type(kind) for kind in listed}
    written = {kind for module in files_of(family) for kind in kinds_in(module, traits)}
    assert listed
    assert written == listed


@pytest.mark.parametrize("family", [*FAMILIES, "recommender.encoders"])
def test_every_file_of_a_family_is_reached_from_its_list(family):
    reached, waiting = set(), [family]
    while waiting:
        module = waiting.pop()
        reached.add(module)
        waiting += {to for _, to in ours(NAMES[module]) if to.startswith(f"{family}.")} - reached
    assert files_of(family) - reached == set()


@pytest.mark.parametrize("family", ["recommender.scoring", "recommender.diversity", "indexes"])
def test_there_is_one_kind_in_each_file(family):
    listed, traits = FAMILIES[family]
    files = files_of(family) - BESIDE_THE_KINDS
    counts = {module: len(list(kinds_in(module, traits))) for module in files}
    assert max(counts.values()) == 1
    assert sum(counts.values()) == len(listed)
    if family != "indexes":  # where some files are what several kinds are made of
        assert min(counts.values()) == 1


def test_default_kinds_are_listed():
    assert scoring.DEFAULT_STRATEGY in scoring.STRATEGIES
    assert diversity.DEFAULT_RERANK in diversity.RERANKS
    assert encoders.DEFAULT_ENCODER in encoders.ENCODERS
    assert indexes.choose(1000) in indexes.KINDS


# The repository


@pytest.mark.skipif(
    shutil.which("git") is None or not (ROOT / ".git").exists(), reason="no git, or not a checkout of it"
)
def test_the_top_of_the_repository_is_short():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    top = {name.split("/")[0] for name in listed.split("\0") if name}
    files = {
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "LICENSE",
        "Makefile",
        ".gitignore",
        "pyproject.toml",
    }
    folders = {".ci", "docs", "findings", "indexes", "notebooks", "recommender", "scripts", "tests"}
    assert top - files <= folders


def test_every_file_that_is_no_code_goes_into_the_wheel():
    """An editable install would not show that one is missing."""
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    packaged = {
        path for package, globs in patterns.items() for glob in globs for path in (ROOT / package).glob(glob)
    }
    files = {path for package in patterns for path in (ROOT / package).rglob("*") if path.is_file()}
    data = {path for path in files if path.suffix != ".py" and "__pycache__" not in path.parts}
    assert len(data) > 8
    assert data <= packaged

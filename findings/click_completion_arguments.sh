#!/usr/bin/env bash
# While the shell asks for the value of an option, click has not read the arguments that stand before it.
# Guessed: after "mine --like" the argument is "mine", as the option before it has its value too.
# So for our code: a completion that depends on an argument looks in both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q click==8.5.1
venv/bin/python - <<'PY'
import sys
from importlib.metadata import version

import click
from click.shell_completion import ShellComplete

print("click", version("click"))
known = []


def complete(context, parameter, incomplete):
    known.append((dict(context.params), context.args))
    return []


@click.command()
@click.argument("corpus")
@click.option("--top")
@click.option("--like", shell_complete=complete)
def search(corpus, top, like):
    pass


shell = ShellComplete(search, {}, "search", "_SEARCH_COMPLETE")
shell.get_completions(["mine", "--top", "5", "--like"], "")
shell.get_completions(["mine", "--top", "5", "--like", "a", "--like"], "")
whole = search.make_context("search", ["mine", "--top", "5", "--like", "a"], resilient_parsing=True)
known.append((dict(whole.params), whole.args))
for context in known:
    print("parameters, arguments left over:", context)
left = ({"corpus": None, "top": "5", "like": None}, ["mine"])
read = ({"corpus": "mine", "top": "5", "like": "a"}, [])
sys.exit(0 if known[0] == left and known[2] == read else "changed")
PY

# `make demo` and `make test` need nothing but Python 3.11 or later: each makes its own environment.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# Quiet twice: what goes wrong is told, warnings of somebody's settings of pip are not.
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet install -c .ci/constraints.txt

.PHONY: demo test slow ray lint types mutants bare oldest format notebooks docs findings clean

demo: $(VENV)/ready
	@$(BIN)/recommender demo
	@echo "  (first: . $(VENV)/bin/activate)"

test: $(VENV)/ready-dev
	$(BIN)/python -m pytest -n auto --dist worksteal

slow: $(VENV)/ready-dev
	$(BIN)/python -m pytest -m slow -n auto --dist worksteal

# What starts Ray, which takes all processors for itself.
ray: $(VENV)/ready-dev
	$(BIN)/python -m pytest -m ray

lint: $(VENV)/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python scripts/check_docstrings.py

types: $(VENV)/ready-dev
	$(BIN)/mypy

# Guarantees taken out one at a time: a test must notice.
mutants: $(VENV)/ready-dev
	$(BIN)/python scripts/mutants.py

# The wheel in an environment with nothing but the core.
bare: $(VENV)/ready-dev
	.ci/bare $(BIN)/python

# The oldest versions that pyproject.toml allows.
oldest: $(VENV)/ready-dev
	.ci/oldest $(BIN)/python

format: $(VENV)/ready-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Run all notebooks and write them back with what they show.
notebooks: $(VENV)/ready-dev
	$(BIN)/python scripts/run_notebooks.py

# The pages of docs/ as a site; a warning is an error. Nothing is fetched.
docs: $(VENV)/ready-docs
	$(BIN)/python -m sphinx -W --keep-going -q docs build/docs/html
	@echo "build/docs/html/index.html"

# What libraries do that nobody guesses: does it still hold? Needs a package index; no part of CI.
findings:
	$(PYTHON) scripts/run_findings.py $(ONLY)

clean:
	rm -rf $(VENV) .cache build dist *.egg-info

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed; say which with: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/ready: pyproject.toml .ci/constraints.txt | $(VENV)/bin/python
	@echo "Setting up $(VENV), once: some minutes."
	$(PIP) -e '.[standard]'
	@touch $@

$(VENV)/ready-dev: $(VENV)/ready
	$(PIP) -e '.[all,dev,docs]'
	@touch $@

$(VENV)/ready-docs: $(VENV)/ready
	$(PIP) -e '.[docs]'
	@touch $@

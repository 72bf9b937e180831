# Glasshouse's workshop. Needs GNU make, a POSIX shell and a Python from 3.11 to 3.14; everything else is fetched as wheels.
#
#   make run       the environment, then a thousandth of China 2018
#   make test      the everyday tests            make test-all   these and the long ones
#   make check     style, types, generated pages make docs       the documentation, warnings are errors
#   make bench     speed beside NumPy and Mesa   make clean      remove what was made
#
# Another interpreter: make run PYTHON=/path/to/python3.12. A smaller benchmark: make bench BENCH='--residents 20000 --pairs 1'

.POSIX:
.PHONY: help run test test-all check docs reference bench clean

PYTHON = $(shell for p in python3.13 python3.12 python3.11 python3 python3.14 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null && { echo $$p; break; }; done)
VENV = .venv
BIN = $(VENV)/bin
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary=:all:
WORKERS = 2

help:
	@sed -n '1,/^$$/s/^# \{0,1\}//p' Makefile

run: $(VENV)/.made-run
	$(BIN)/glasshouse run china-2018 --sample 1/1000 --seed 7

test: $(VENV)/.made-dev
	$(BIN)/python -m pytest -n $(WORKERS) -m "not thorough"

test-all: $(VENV)/.made-dev
	$(BIN)/python -m pytest -n $(WORKERS)

check: $(VENV)/.made-dev
	$(BIN)/ruff check src tests tools benchmarks
	$(BIN)/mypy --strict src
	$(BIN)/python tools/make_reference.py --check

reference: $(VENV)/.made-run
	$(BIN)/python tools/make_reference.py

docs: $(VENV)/.made-docs
	$(BIN)/python tools/make_reference.py --check
	$(BIN)/sphinx-build -W --keep-going -q -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

bench: $(VENV)/.made-bench
	$(BIN)/python benchmarks/ledger12.py $(BENCH)

# The environment is made once, and again when pyproject.toml changes.

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "no Python from 3.11 to 3.14 found; name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.made-run: pyproject.toml $(BIN)/python
	$(PIP) -e '.[charts]'
	@touch $@

$(VENV)/.made-dev: pyproject.toml $(BIN)/python
	$(PIP) -e '.[dev]'
	@touch $@ $(VENV)/.made-run

$(VENV)/.made-bench: pyproject.toml $(BIN)/python
	$(PIP) -e '.[bench]'
	@touch $@ $(VENV)/.made-run

$(VENV)/.made-docs: pyproject.toml $(BIN)/python
	$(PIP) -e '.[docs]'
	@touch $@ $(VENV)/.made-run

clean:
	rm -rf $(VENV) docs/_build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

# Needs Python >= 3.11 (with venv), git and make. Everything else comes from uv.lock into .venv.

PYTHON ?= python3
ARGS ?=
# How many test processes; -n 0 runs them in this one.
JOBS ?= -n auto

UV_VERSION := 0.13.9
# uv lives beside the packages, not among them: a sync removes what the lock does not name.
UV := .venv/uv/bin/uv
# Always the project's own environment and the Python it was made with, whatever the shell has activated.
UV_RUN := env -u VIRTUAL_ENV UV_PROJECT_ENVIRONMENT=.venv UV_PYTHON=.venv/bin/python UV_PYTHON_DOWNLOADS=never $(UV)
BIN := .venv/bin
PY := $(BIN)/python

.DEFAULT_GOAL := help
.PHONY: help demo test test-browser crash check format bench docs pictures build clean

help: ## show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/.runtime ## run the whole thing on this machine: no account, no internet (ARGS=--no-open)
	$(PY) -m bot demo $(ARGS)

test: .venv/.dev ## run the tests on SQLite and PostgreSQL (ARGS="tests/core -k clock")
	$(PY) -m pytest $(JOBS) $(ARGS)

test-browser: .venv/.dev ## run the browser tests with Debian's Chromium
	$(PY) tools/browser_ready.py
	$(PY) -m pytest -m browser $(ARGS)

crash: .venv/.dev ## kill the program in the middle of everything: nothing may be lost (ARGS="--seed 7 --database sqlite")
	$(PY) -m tests.crash $(ARGS)

check: .venv/.dev ## lint, types, import rules, words, generated docs, lock and licences
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy bot core storage tests tools benchmarks
	$(BIN)/lint-imports
	$(PY) -m tools.check_locales
	$(PY) -m tools.check_lock
	$(PY) -m tools.check_docs
	$(PY) -m tools.check_licences
	$(UV_RUN) lock --quiet --check --offline
	$(UV_RUN) pip check --quiet --python $(PY)

format: .venv/.dev ## put the code into its form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: .venv/.dev ## measure beside yardsticks, on both databases (ARGS="--quick", ARGS="--only ack,intake --database sqlite --rounds 3")
	$(PY) -m benchmarks $(ARGS)

docs: .venv/.dev ## write the generated parts of the documentation again
	$(PY) -m tools.check_docs --write

pictures: .venv/.dev ## take the pictures of the documentation again, with Debian's Chromium
	$(PY) tools/browser_ready.py
	$(PY) -m tools.pictures

build: .venv/.dev ## build the wheel into dist/
	$(UV_RUN) build --wheel --no-build-isolation --out-dir dist

clean: ## remove everything that make made
	rm -rf .venv dist build shots .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/pyvenv.cfg:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Dragoman needs Python 3.11 or newer: make PYTHON=...")'
	$(PYTHON) -m venv --without-pip .venv

$(UV): Makefile | .venv/pyvenv.cfg
	test -x .venv/uv/bin/pip || $(PYTHON) -m venv .venv/uv
	.venv/uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	touch $@

.venv/.runtime: uv.lock pyproject.toml $(UV)
	$(UV_RUN) sync --quiet --frozen --inexact --no-install-project
	touch $@

.venv/.dev: uv.lock pyproject.toml $(UV)
	$(UV_RUN) sync --quiet --frozen --all-groups --no-install-project
	touch $@ .venv/.runtime

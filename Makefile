# run, test, quick, lint, bench, lock, bundle: nothing else to remember. What is installed once is not asked for again.
SHELL := /bin/bash
.DEFAULT_GOAL := run
.PHONY: run test test-on-sqlite test-on-postgres quick lint bench lock bundle

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet --no-input --disable-pip-version-check
UV := $(BIN)/uv pip compile pyproject.toml --quiet --generate-hashes --universal --python-version 3.11 --no-header --no-emit-index-url
WORKERS ?= $(shell nproc)
# The tests make an installation of their own, whatever the shell names; the hundred programs that they start read compiled code.
PYTEST = env -u DJANGO_SETTINGS_MODULE -u PYTHONDONTWRITEBYTECODE $(BIN)/pytest -n $(WORKERS)

run: $(VENV)/.run
	$(BIN)/jiuyuan demo

# Both at once: each often waits for a browser or a program that it started, and at its end for its longest chain.
test: $(VENV)/.all
	.ci/debian tests
	@$(MAKE) --no-print-directory -j2 test-on-sqlite test-on-postgres

# One worker more than cores: of three, one often waits for a browser.
test-on-sqlite:
	$(PYTEST) -n $$(($(WORKERS) + 1))

test-on-postgres:
	JIUYUAN_TEST_DATABASE=postgres $(PYTEST)

# The answer to a change: SQLite alone, without browsers, whole demonstrations and whatever takes half a second (tests/long.txt).
quick: $(VENV)/.all
	$(PYTEST) -m "not slow and not long"

lint: export JIUYUAN_DATA = $(CURDIR)/$(VENV)/lint
lint: export DJANGO_SETTINGS_MODULE = jiuyuan.settings
lint: $(VENV)/.all
	$(BIN)/python -c 'from jiuyuan import config; config.create(config.data_folder(), "test")'
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --quiet --lint src
	$(BIN)/lint-imports
	$(BIN)/django-admin makemigrations --check --dry-run
	$(BIN)/mypy

# Small by default. All of it: make bench BENCH=screen OPTIONS=--full; each script says what else it takes.
BENCH ?= decide screen
bench: $(VENV)/.all
	@set -e; for name in $(BENCH); do printf '\n== %s\n' "$$name"; $(BIN)/python -m bench.$$name $(OPTIONS); done

# The second file is the part of the first that the product itself needs.
lock: $(VENV)/.all
	$(UV) --all-extras --group build --group test --group lint -o requirements.lock
	$(UV) --group build -c requirements.lock -o requirements-run.lock

# One file for an office without a network, in dist/; KEY=… signs it with a key of yours.
bundle: $(VENV)/.run
	$(BIN)/python -m bundle.build $(if $(KEY),--key $(KEY))

$(BIN)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "就援 needs Python 3.11 or newer: make PYTHON=python3.12 …" >&2; exit 1; }
	@.ci/debian venv $(PYTHON)
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements-run.lock pyproject.toml | $(BIN)/pip
	@echo "Installing the product (once) …"
	$(PIP) --require-hashes -r requirements-run.lock
	$(PIP) --no-index --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q -j 0 src
	@touch $@

$(VENV)/.all: requirements.lock $(VENV)/.run
	@echo "Installing what tests and linters need (once) …"
	$(PIP) --require-hashes --no-build-isolation --use-pep517 -r requirements.lock
	@touch $@

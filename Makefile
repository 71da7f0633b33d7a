# The stable commands; each sets up what it needs. `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SHELL := /bin/bash

.PHONY: help setup setup-dev run demo test bench check docs clean

help:
	@echo "make setup   virtual environment and run-time dependencies"
	@echo "make run     set up, make a demonstration commune where there is no data, start the app"
	@echo "make demo    a demonstration commune in an empty data folder"
	@echo "make test    set up everything the tests need and run them"
	@echo "make check   linters, types, import contracts"
	@echo "make bench   benchmarks, each beside a peer or the physical limit"
	@echo "make docs    screenshots and generated tables of docs/"

setup: $(VENV)/.run
setup-dev: $(VENV)/.dev $(VENV)/.judges

$(BIN)/python:
	@bash scripts/system.sh venv
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --requirement requirements.txt
	@touch $@

$(VENV)/.dev: requirements.txt requirements-dev.txt | $(BIN)/python
	$(BIN)/pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	@touch $@ $(VENV)/.run

$(VENV)/.judges: requirements-judges.txt | $(BIN)/python
	$(PYTHON) -m venv $(VENV)/judges
	$(VENV)/judges/bin/pip install --quiet --disable-pip-version-check --requirement requirements-judges.txt
	@touch $@

run: setup
	@$(BIN)/python -m survey welcome --prepare
	@exec $(BIN)/python -m streamlit run survey_app.py

demo: setup
	$(BIN)/python -m survey demo

test: setup-dev
	@bash scripts/system.sh tests
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile $(TESTS)

bench: setup-dev
	@for file in benchmarks/[a-z]*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

check: setup-dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: setup-dev
	@bash scripts/system.sh tests
	$(BIN)/python scripts/tables.py
	SURVEY_SCREENSHOTS=docs/screenshots $(BIN)/python -m pytest tests/browser/test_screens.py

clean:
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

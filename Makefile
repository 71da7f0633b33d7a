# The stable commands; each sets up what it needs. `make` alone lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SHELL := /bin/bash

.PHONY: help setup setup-dev run demo test bench check audit sbom lock docs clean

help:
	@echo "make setup   virtual environment and run-time dependencies"
	@echo "make run     set up, make a demonstration commune where there is no data, start the app"
	@echo "make demo    a demonstration commune in an empty data folder"
	@echo "make test    set up everything the tests need and run them"
	@echo "make check   linters, types, import contracts, code that invites attacks"
	@echo "make audit   known holes in what is locked"
	@echo "make sbom    build/sbom.cdx.json: what is inside (CycloneDX)"
	@echo "make lock    resolve requirements*.txt anew into the locks"
	@echo "make bench   benchmarks, each beside a peer or the physical limit"
	@echo "make docs    screenshots and generated tables of docs/"

setup: $(VENV)/.run
setup-dev: $(VENV)/.dev $(VENV)/.judges

$(BIN)/python:
	@bash scripts/system.sh venv
	$(PYTHON) -m venv $(VENV)

INSTALL := pip install --quiet --disable-pip-version-check --require-hashes --requirement

$(VENV)/.run: requirements.lock | $(BIN)/python
	$(BIN)/$(INSTALL) requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock | $(BIN)/python
	$(BIN)/$(INSTALL) requirements-dev.lock
	@touch $@ $(VENV)/.run

$(VENV)/.judges: requirements-judges.lock | $(BIN)/python
	$(PYTHON) -m venv $(VENV)/judges
	$(VENV)/judges/bin/$(INSTALL) requirements-judges.lock
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
	$(BIN)/bandit --quiet --configfile pyproject.toml --recursive survey survey_app.py scripts pages

audit: setup-dev
	$(BIN)/python scripts/audit.py

sbom: setup-dev
	@mkdir -p build
	$(BIN)/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible --output-file build/sbom.cdx.json

# Whoever locks needs the network; whoever installs takes what is locked, and nothing else.
LOCK := $(BIN)/uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --upgrade
lock: | $(BIN)/uv
	$(LOCK) requirements.txt --output-file requirements.lock
	$(LOCK) requirements-dev.txt --constraint requirements.lock --output-file requirements-dev.lock
	$(LOCK) requirements-judges.txt --output-file requirements-judges.lock

docs: setup-dev
	@bash scripts/system.sh tests
	$(BIN)/python scripts/tables.py
	SURVEY_SCREENSHOTS=docs/screenshots $(BIN)/python -m pytest tests/browser/test_screens.py

clean:
	rm -rf $(VENV) build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

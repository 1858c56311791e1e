# `make run` and `make test` set everything up by themselves; `make help` lists the rest.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
EMULATOR := $(VENV)/emulator
OLDEST := $(VENV)/oldest-chalice
PORT   ?= 4566
EVENT  ?= s3://landing/flights/2013-01-01.csv

.PHONY: help run test ui-test e2e stack chalice check format compile data conformance fuzz load bench wheel clean
.DEFAULT_GOAL := help

help:            ## this list
	@sed -n 's/^\([a-z0-9-]*\): *[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

run: $(VENV)/.run   ## the sample pipeline on real flight data, on this machine (EVENT=s3://landing/flights/2013-01-05.csv is the broken day)
	@$(BIN)/ladle run daily_delays --event $(EVENT)

test: $(VENV)/.test ## the tests
	@$(BIN)/python -m pytest -n 2

e2e: $(VENV)/.test $(EMULATOR)/.ready ## deploy the sample with `chalice deploy` to an emulated AWS, use it, delete it
	@EMULATOR=$(EMULATOR)/bin/python $(BIN)/python -m pytest -x -m e2e tests/e2e

stack: $(VENV)/.test $(EMULATOR)/.ready ## an emulated AWS on this machine, until Ctrl-C (PORT=4566): docs/day-two.md
	@$(EMULATOR)/bin/python tests/e2e/emulator.py $(PORT)

ui-test: $(VENV)/.ui ## the page in a real browser: needs Debian's package chromium, or another Chromium that CHROMIUM names
	@command -v "$${CHROMIUM:-chromium}" >/dev/null || { echo "no Chromium found: apt-get install chromium, or name one: make ui-test CHROMIUM=/path"; exit 1; }
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m ui tests/ui

chalice: $(OLDEST)/.ready ## the tests of the deployment with the oldest Chalice that Ladle supports
	@PYTHONPATH=$(OLDEST) $(BIN)/python -c 'import chalice; print("Chalice", chalice.__version__)'
	@PYTHONPATH=$(OLDEST) $(BIN)/python -m pytest -n 2 tests/deploy

check: $(VENV)/.test ## everything that must hold besides: format, lint, strict types, compiled definitions and pages of workflows up to date
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/pyright --pythonpath $(BIN)/python
	@$(BIN)/ladle check --strict
	@$(BIN)/ladle compile --check
	@$(BIN)/ladle docs --check

format: $(VENV)/.test ## format the code and mend what the linter can
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

compile: $(VENV)/.run ## compile the workflows of statemachines/
	@$(BIN)/ladle compile

data: $(VENV)/.run   ## more flight data into data/: MONTH=1 (default) or YEAR=1
	@$(BIN)/python tools/flights_data.py $(if $(YEAR),--year,--month $(or $(MONTH),1))

conformance: $(VENV)/.test ## agreement with executions recorded on AWS (CONFORMANCE_CASES names their folder)
	@$(BIN)/python -m tests.conformance

fuzz: $(VENV)/.test  ## random workflows against Python and moto's interpreter: CASES=10000 SEED=7, or EXPRESSIONS=40000
	@$(BIN)/python -m tests.fuzz

load: $(VENV)/.test  ## many events, an AWS that fails, killed processes: the figures of docs/load.md
	@EVENTS=10000 ALERTS=300 SLOTS=365 DEPLOYS=5 KILLS=200 $(BIN)/python -m pytest -q --durations=0 --timeout=3000 tests/load

bench: $(VENV)/.test ## all benchmarks: engine, nesting, transitions, compile time, cold start (one alone: .venv/bin/python -m benchmarks nesting)
	@$(BIN)/python -m benchmarks

wheel: $(VENV)/.test ## build the wheel into dist/
	@$(BIN)/python -m build --wheel

clean:           ## remove the environment and everything generated (runs in .ladle/ stay)
	@rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("Ladle needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml | $(VENV)/bin/python
	@echo "setting up $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

$(VENV)/.test: pyproject.toml | $(VENV)/bin/python
	@echo "setting up $(VENV) with the test tools ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,test]'
	@touch $@ $(VENV)/.run

$(VENV)/.ui: pyproject.toml | $(VENV)/.test
	@echo "adding the driver of the browser ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check $$($(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["ui"])')
	@touch $@

# In an environment of its own: it wants another botocore, and its Lambdas must not find Ladle but in their package.
$(EMULATOR)/.ready: pyproject.toml | $(VENV)/bin/python
	@echo "setting up $(EMULATOR) with the emulated AWS ..."
	@$(BIN)/python -m venv $(EMULATOR)
	@$(EMULATOR)/bin/python -m pip install --quiet --disable-pip-version-check $$($(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["e2e"])')
	@touch $@

$(OLDEST)/.ready: pyproject.toml | $(VENV)/.test
	@echo "setting up $(OLDEST) ..."
	@rm -rf $(OLDEST)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target $(OLDEST) "chalice==$$(sed -n 's/.*"chalice>=\([0-9.]*\),.*/\1/p' pyproject.toml)"
	@touch $@

# make demo | test | check | fuzz | bench | docs | release: each installs what it needs on first use.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test check fuzz bench docs release generated clean

demo: .venv/.runtime
	$(BIN)/annotate demo

# Two at a time: much of the time is spent waiting for servers.
test: .venv/.dev
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

check: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python docs/generate.py --check

# Two minutes a target; inputs that led to a finding are kept in fuzz-findings/.
fuzz: .venv/.dev
	$(BIN)/python -m tests.fuzz

# Archives, a CycloneDX bill of materials and requirements with hashes, in dist/.
release: .venv/.dev
	$(BIN)/python -m tools.release

generated: .venv/.dev
	$(BIN)/python docs/generate.py

bench: .venv/.dev .venv/.bench
	$(BIN)/python -m benchmarks

docs: .venv/.dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	@echo "site/index.html"

clean:
	rm -rf .venv site dist

.venv/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	@touch $@

.venv/.runtime: .venv/.python pyproject.toml constraints.txt
	@echo "Installing (a few minutes the first time) …"
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[postgresql]'
	@touch $@

.venv/.dev: .venv/.runtime
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[train,bulk]' --group dev
	@touch $@

.venv/.bench: .venv/.runtime
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --group bench
	@touch $@

# The commands of this project. They work from a fresh clone, without a terminal, in any folder.
# `make` lists them; ARGS= passes arguments on, as in `make test ARGS='-k recount -x'`.

PYTHON ?= python3
# Pinned, because another uv may write the lock files differently.
UV_VERSION := 0.13.9

# -qq: errors only.
PIP := .venv/bin/python -m pip -qq --disable-pip-version-check
LOCK := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

# The rules as the image has them: what `make bench` measures.
COMPILED := build/compiled
SOURCES := $(shell find schemas streams services tallywire elections -type f -not -name '*.pyc')

HAS_JEMALLOC := .venv/bin/python -c 'import sys; from tallywire.embedded.program import find_allocator as found; sys.exit(not found())'

.DEFAULT_GOAL := help
.PHONY: help install demo test check fix build bench oracle storm mutants lock clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

install: .venv/installed ## Make .venv with all that is needed (the other commands do so by themselves)

demo: install ## Run an election night: server, services, declarations and headlines
	@.venv/bin/python -m tallywire demo $(ARGS)

test: install ## Run the tests
	@.venv/bin/python -m pytest $(ARGS)

check: install ## Run the checks: format, lint, types, imports, generated files, deployment files
	@.venv/bin/python scripts/check.py

fix: install ## Format the code and repair what the linter can repair
	@.venv/bin/python -m ruff check --fix-only .
	@.venv/bin/python -m ruff format .

build: install ## Build the wheel into dist/
	@.venv/bin/python -m hatchling build --target wheel

bench: .venv/bench-installed $(COMPILED)/.done ## Measure the pipeline beside other ways (ARGS='pipeline --rounds 5'; docs/speed.md)
	@PYTHONSAFEPATH=1 PYTHONPATH='$(CURDIR)/$(COMPILED):$(CURDIR)' .venv/bin/python -m benchmarks $(ARGS)

oracle: install ## Generate 100,000 elections and compare with the recount (ORACLE_EXAMPLES=n for more or fewer)
	@ORACLE_EXAMPLES=$${ORACLE_EXAMPLES:-100000} .venv/bin/python -m pytest tests/oracle/test_nights.py $(ARGS)

storm: install ## Run 20 storms with fresh seeds, and the other faults at full size (STORM_SEED=n replays one)
	@STORMS=$${STORMS:-20} .venv/bin/python -m pytest tests/storms -v $(ARGS)

mutants: install ## Put each seeded bug into a copy and see its test fail (ARGS='fence token' tries those alone)
	@.venv/bin/python -m tests.mutants $(ARGS)

lock: .venv/bin/python ## Pin the dependencies anew, with hashes (ARGS=--upgrade takes newer versions)
	@echo 'Locking with uv $(UV_VERSION)'
	@$(PIP) install uv==$(UV_VERSION)
	@$(LOCK) $(ARGS) pyproject.toml --output-file requirements.txt
	@$(LOCK) $(ARGS) pyproject.toml --group dev --constraints requirements.txt --output-file requirements-dev.txt
	@$(LOCK) $(ARGS) --group build --constraints requirements-dev.txt --output-file requirements-build.txt
	@$(LOCK) $(ARGS) --group bench --constraints requirements-dev.txt --output-file requirements-bench.txt

clean: ## Remove .venv, caches and what was built
	@rm -rf .venv .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist
	@find . -type d -name __pycache__ -prune -exec rm -rf {} +

.venv/bin/python:
	@echo 'Making .venv with $(PYTHON)'
	@$(PYTHON) -m venv .venv

# The stamp is the last thing written, so an install that was cut short is done again.
.venv/installed: pyproject.toml requirements-dev.txt | .venv/bin/python
	@echo 'Installing what requirements-dev.txt pins'
	@$(PIP) install --require-hashes --requirement requirements-dev.txt
	@echo 'Installing tallywire, editable'
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(COMPILED)/.done: .venv/installed scripts/compile.py $(SOURCES)
	@echo 'Compiling the rules into $(COMPILED), in a minute or two'
	@.venv/bin/python scripts/compile.py $(COMPILED)
	@touch $@

# Beside the rest and not part of it: what is pinned in both is the same version.
.venv/bench-installed: .venv/installed requirements-bench.txt
	@echo 'Installing what requirements-bench.txt pins'
	@$(PIP) install --require-hashes --requirement requirements-bench.txt
	@# The image's server has jemalloc. Where it cannot be had, the tables name what the server took instead.
	@$(HAS_JEMALLOC) || (apt-get update && apt-get install --yes libjemalloc2) >/dev/null 2>&1 \
	  || echo 'jemalloc cannot be installed here: the server takes longer without it (docs/speed.md).'
	@touch $@

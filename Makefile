# The commands of this project. They work from a fresh clone, without a terminal, in any folder.
# `make` lists them; ARGS= passes arguments on, as in `make test ARGS='-k recount -x'`.

PYTHON ?= python3
# Pinned, because another uv may write the lock files differently.
UV_VERSION := 0.13.9

# -qq: errors only.
PIP := .venv/bin/python -m pip -qq --disable-pip-version-check
LOCK := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock'

# The version of PYTHON when it is older than 3.11, "missing" when it cannot be run; empty when it will do.
UNFIT = $(shell $(PYTHON) -c 'import sys; v = sys.version_info; print("" if v >= (3, 11) else "%d.%d.%d" % v[:3])' \
	2>/dev/null || echo missing)
WANTED = Tallywire needs Python 3.11 or newer, and $(PYTHON) is $(UNFIT): name another one, as in \
	`make $(or $(MAKECMDGOALS),install) PYTHON=python3.12`

# A .venv that is half made, or whose interpreter has gone or is another version now, is made anew. It is looked at
# here, because in a rule it would be too late: make has seen the stamps by then.
$(shell [ ! -e .venv ] || .venv/bin/python -c 'import pip' 2>/dev/null || rm -rf .venv)

# Where it is set, as in many images, every process that a test starts would compile our modules anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install demo test check fix build release docs bench drill oracle storm hostile pages mutants lock clean

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

install: .venv/installed ## Make .venv with what it takes to run (the other commands do so by themselves)

demo: install ## Run an election night: server, services, declarations and headlines
	@.venv/bin/python -m tallywire demo $(ARGS)

# The number of workers is in tests/conftest.py. All tests of a file go to the same one: a server that they share is started once.
test: .venv/dev-installed ## Run the tests
	@.venv/bin/python -m pytest -n auto --dist loadfile $(ARGS)

check: .venv/dev-installed ## Run the checks: format, lint, types, imports, generated files, deployment files
	@.venv/bin/python scripts/check.py

fix: .venv/dev-installed ## Format the code and repair what the linter can repair
	@.venv/bin/python -m ruff check --fix-only .
	@.venv/bin/python -m ruff format .

build: .venv/dev-installed ## Build the wheel into dist/
	@.venv/bin/python -m hatchling build --target wheel

release: .venv/dev-installed ## Build a release from the last commit, twice, and try it (ARGS=--preview before its day)
	@.venv/bin/python scripts/release.py $(ARGS)

docs: .venv/dev-installed ## Make a site of the documents in build/docs/
	@.venv/bin/python -m sphinx -q -W --keep-going -c docs -b html -d build/docs-read . build/docs $(ARGS)
	@echo 'build/docs/index.html'

bench: .venv/dev-installed ## Measure it beside other ways of doing the same (ARGS='stage --rounds 5'; docs/speed.md)
	@.venv/bin/python -m benchmarks $(ARGS)

drill: .venv/dev-installed ## Lose a disk, a host and a data centre, and measure what that costs
	@.venv/bin/python -m benchmarks.drill

oracle: .venv/dev-installed ## Generate 100,000 elections and compare with the recount (ORACLE_EXAMPLES=n for more or fewer)
	@ORACLE_EXAMPLES=$${ORACLE_EXAMPLES:-100000} .venv/bin/python -m pytest tests/oracle/test_nights.py tests/oracle/systems $(ARGS)

storm: .venv/dev-installed ## Run 20 storms with fresh seeds, and the other faults at full size (STORM_SEED=n replays one)
	@STORMS=$${STORMS:-20} .venv/bin/python -m pytest tests/storms -v $(ARGS)

hostile: .venv/dev-installed ## Send the posting service 10,000 drawn bodies, as many heads, a flood, and whatever OpenAPI allows
	@HOSTILE_REQUESTS=$${HOSTILE_REQUESTS:-10000} .venv/bin/python -m pytest tests/tallywire/posting/test_hostile.py \
		tests/tallywire/posting/test_document.py -v --timeout 1800 $(ARGS)

pages: .venv/dev-installed ## Look at every page in every state in Chromium, and measure the board there
	@PAGES=all .venv/bin/python -m pytest -n auto --dist loadfile tests/pages $(ARGS)

mutants: .venv/dev-installed ## Put each seeded bug into a copy and see its test fail (ARGS='fence token' tries those alone)
	@.venv/bin/python -m tests.mutants $(ARGS)

lock: .venv/bin/python ## Pin the dependencies anew, with hashes (ARGS=--upgrade takes newer versions)
	@echo 'Locking with uv $(UV_VERSION)'
	@$(PIP) install uv==$(UV_VERSION)
	@$(LOCK) $(ARGS) pyproject.toml --group build --output-file requirements.txt
	@$(LOCK) $(ARGS) pyproject.toml --group dev --constraints requirements.txt --output-file requirements-dev.txt
	@$(LOCK) $(ARGS) pyproject.toml --group build --extra s3 --extra traces --constraints requirements.txt \
		--constraints requirements-dev.txt --output-file requirements-image.txt

clean: ## Remove .venv, caches and what was built
	@rm -rf .venv .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache build dist
	@find . -type d -name __pycache__ -prune -exec rm -rf {} +

.venv/bin/python:
	$(if $(UNFIT),$(error $(WANTED)))
	@echo 'Making .venv with $(PYTHON)'
	@$(PYTHON) -m venv .venv

# A stamp is the last thing written, so an install that was cut short is done again. The files name all that is needed,
# so pip need not look for more; a module is compiled when it is first imported, and most never are.
.venv/installed: pyproject.toml requirements.txt | .venv/bin/python
	@echo 'Installing what requirements.txt pins'
	@$(PIP) install --no-deps --no-compile --require-hashes --requirement requirements.txt
	@echo 'Installing tallywire, editable'
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# On top of it: what is pinned in both is the same version.
.venv/dev-installed: .venv/installed requirements-dev.txt
	@echo 'Installing what requirements-dev.txt pins'
	@$(PIP) install --no-deps --no-compile --require-hashes --requirement requirements-dev.txt
	@touch $@

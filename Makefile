# Two commands matter: `make demo` and `make test`. Both set up what they need.

VENV := .venv
PYTHON ?= python3
BIN := $(VENV)/bin

# What LibreOffice and a browser are called where they can be installed without asking; elsewhere `make test` says how.
DEBIAN := libreoffice-calc-nogui libreoffice-dev libreoffice-script-provider-python python3-uno \
	fonts-crosextra-carlito poppler-utils gnumeric chromium

.PHONY: demo test test-fast setup setup-test lint types pytest libreoffice node bench fuzz attack memory audit docs values lock clean

demo: setup
	$(BIN)/breakeven demo -o demo --force

test: setup-test libreoffice node lint
	$(MAKE) --no-print-directory -j 2 types pytest

# The daily round, under a minute: what needs no LibreOffice, no Node.js and no template calculated anew.
FAST := tests/pycalc tests/workbook/file tests/workbook/formulas tests/workbook/test_door.py tests/test_layers.py \
	tests/hosts/test_contract.py tests/robust/test_robust_functions.py tests/workbook/engines/test_lines.py \
	$(addprefix tests/workbook/tasks/,risk/test_choice.py diff/test_cellstore.py handover/test_by_template.py handover/test_notes.py \
	$(addprefix check/test_,patterns.py prices.py structure.py units.py))
test-fast: PROCESSES := 2
test-fast: setup-test lint
	$(PYTEST) --alone $(FAST)

setup: $(VENV)/.run
setup-test: $(VENV)/.test

$(VENV)/.run: requirements/run.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, this is " + sys.version.split()[0])'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/run.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.test: requirements/test.lock $(VENV)/.run
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/test.lock
	touch $@

lint:
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .

types:
	$(BIN)/mypy

# Processes share the tests by file, so that what a file's tests share is made once; tests/conftest.py orders them. Three
# on two cores: a part of the time one waits for LibreOffice, Node.js or a browser.
PROCESSES := 3
PYTEST = $(BIN)/python -m pytest -q -n $(PROCESSES) --dist loadfile --no-loadscope-reorder
pytest: # commands are started by the hundred: each would compile ours anew where byte code is not kept
	PYTHONDONTWRITEBYTECODE= PATH="$(CURDIR)/tests/node/node_modules/.bin:$$PATH" $(PYTEST)

libreoffice:
	@if command -v soffice >/dev/null && command -v pdftoppm >/dev/null && command -v ssconvert >/dev/null && command -v chromium >/dev/null \
		&& [ -e /usr/lib/libreoffice/sdk/bin/unoidl-write ] && /usr/bin/python3 -c 'import uno' 2>/dev/null; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
		apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(DEBIAN) >/dev/null; \
	else for program in soffice chromium; do command -v $$program >/dev/null \
		|| echo "$$program is missing: the tests that need it are skipped. On Debian: sudo apt-get install $(DEBIAN)"; done; fi

# Not `npm ci`: it wants the validator's binaries for every platform in the lock, and not every registry lists them.
node:
	@if ! command -v npm >/dev/null; then echo "Node.js is missing: the tests that need it are skipped. Install Node.js 20 or newer"; \
	elif [ ! -e tests/node/node_modules/.package-lock.json ] || [ tests/node/package-lock.json -nt tests/node/node_modules/.package-lock.json ]; then \
		npm install --no-save --prefix tests/node --silent --no-audit --no-fund; fi

bench: setup-test
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m bench

# Five minutes a target by default: make fuzz SECONDS=3600. New inputs and crashes stay in build/fuzz.
SECONDS := 300
fuzz: setup-test
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/fuzz.lock
	for target in formula dataset sheet workbook; do \
		mkdir -p build/fuzz/$$target && $(BIN)/python -m fuzz $$target build/fuzz/$$target fuzz/corpus/$$target \
			-max_total_time=$(SECONDS) -artifact_prefix=build/fuzz/ -print_final_stats=1 || exit 1; done

# 200 kills, 10,000 mutated inputs, a listener and a terminal beside every command: fuzz/attack.py says what must hold.
attack: setup-test
	for attack in files listen terminal kills; do $(BIN)/python -m fuzz.attack $$attack || exit 1; done

# Every command with 512 MB on the inputs of docs/robustness.md; half an hour.
memory: setup-test
	$(BIN)/python -m tests.robust.littlememory --full

# Known vulnerabilities of every locked package, as the package index reports them. Needs the network.
audit: setup
	$(BIN)/python -m pip install --quiet pip-audit
	for lock in run test docs; do \
		$(BIN)/pip-audit --requirement requirements/$$lock.lock --require-hashes --disable-pip || exit 1; done

docs: setup
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/docs.lock
	$(BIN)/python tools/reference.py --pages docs/functions
	$(BIN)/sphinx-build --quiet --fail-on-warning --builder html docs site
	@echo "Open site/index.html"

# What `new` writes of the shipped cases without calculating it again; after every change of the template.
values: setup
	$(BIN)/python tools/template_values.py

lock:
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-header --quiet --group pyproject.toml:build -o requirements/run.lock
	$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-header --quiet --group pyproject.toml:build --group pyproject.toml:test -c requirements/run.lock -o requirements/test.lock
	$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-header --quiet --group pyproject.toml:docs -c requirements/test.lock -o requirements/docs.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet --group pyproject.toml:fuzz -o requirements/fuzz.lock

clean:
	rm -rf $(VENV) demo site build *.egg-info tests/node/node_modules

# Two commands: `make demo` starts everything, `make test` checks everything.
# Both need Python 3.11 or 3.12 and nothing else; PYTHON=/path/to/python names one.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo test lint format lock clean browser screenshots bench fuzz soak soak-load restore-load moves chaos inputs kill matrix simulate conformance catalogue rolling

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --retries 10 --timeout 60
# Three for two cores: tests of whole products wait more than they work. In the order of the folders: left to itself the
# plug-in puts the files of few tests last, which are the long ones.
PYTEST_ARGS ?= -n 3 --dist loadfile --no-loadscope-reorder
export PIP_DISABLE_PIP_VERSION_CHECK := 1

# An environment does not survive being moved: its programs hold its path. It then is made anew.
ifneq ($(shell cat $(VENV)/.made-in 2>/dev/null),$(CURDIR))
MOVED := moved
endif

help:
	@echo "make demo    start the whole product here with sample data (Ctrl-C stops it)"
	@echo "make test    all checks and tests"
	@echo "make screenshots  a picture of every page, each role, language and width, in var/screenshots"
	@echo "make bench   what a step, a case and a page cost, against others (minutes)"
	@echo "make fuzz    coverage-guided fuzzing of expressions, diagrams and saved states (FUZZ_RUNS=200000 each)"
	@echo "make chaos   whole cases while parts of the product are killed at random (CASES=10000 KILLS=200, at most CHAOS seconds; SEED=0)"
	@echo "make soak-load  memory and latency under a steady load (SOAK_SECONDS=3600, SOAK_RATE=30 cases a minute)"
	@echo "make restore-load  backups while people work, restored and held against what was acknowledged (RESTORE_SECONDS=60)"
	@echo "make inputs  generated requests, files and texts: no failure, no hang, no leak (INPUTS=1000000, SEED=0; an hour)"
	@echo "make kill    a process killed, cut off or held at every boundary of every kind of write (tens of minutes, KILL_ARGS=-k move)"
	@echo "make soak    random processes, expressions and tables by the thousand (SOAK=3000 of each, counted from SEED=0)"
	@echo "make moves   random versions and random open cases: what is foretold of a move comes about (MOVES=200)"
	@echo "make matrix  who may do what: every door in every phase of a case (make test tries a few phases at those that write)"
	@echo "make simulate  60 days of invented requests in minutes, twice: nothing goes wrong, and both are the same (SEED=0)"
	@echo "make conformance  diagrams of others: OPTIN_CORPUS=/path/to/them"
	@echo "make rolling  a new version is brought in while ROLLING=4 clients work, and no request fails"
	@echo "make lint    the checks alone: ruff, mypy, import-linter"
	@echo "make format  format the Python files"
	@echo "make catalogue  bring the words to translate up to date (workflows/catalogues)"
	@echo "make lock    choose the versions of all libraries anew (needs uv)"
	@echo "make clean   remove what was made here, the demo's data too"

demo: $(VENV)/.demo
	@exec $(BIN)/optin demo

test: $(VENV)/.test browser
	@$(MAKE) --no-print-directory lint
	$(BIN)/python -m pytest $(PYTEST_ARGS)

# The look test keeps what it looks at: FOLDER/ROLE/PAGE.LANGUAGE.WIDTH.png
SCREENSHOTS ?= var/screenshots
screenshots: $(VENV)/.test browser
	SCREENSHOTS="$(SCREENSHOTS)" $(BIN)/python -m pytest -q -n 0 tests/browser/test_look.py
	@echo "The pictures are in $(SCREENSHOTS)"

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

matrix: $(VENV)/.test
	MATRIX=whole $(BIN)/python -m pytest -q -s tests/permissions

conformance: $(VENV)/.test
	@test -d "$(OPTIN_CORPUS)" || { echo "Name the folder of the diagrams: make conformance OPTIN_CORPUS=/path" >&2; exit 1; }
	OPTIN_CORPUS="$(OPTIN_CORPUS)" $(BIN)/python -m pytest -q tests/conformance

# Minutes; BENCH_ARGS=--quick is shorter, a part's name measures that part alone (benchmarks/README.md).
bench: $(VENV)/.test
	$(BIN)/python -m benchmarks $(BENCH_ARGS)

# Minutes. Fails when anything is found that must never be, or when the two results differ in a byte.
simulate: $(VENV)/.test
	@mkdir -p var
	$(BIN)/optin simulate --seed $(SEED) --json > var/simulation.json
	$(BIN)/optin simulate --seed $(SEED) --json > var/simulation.again.json
	cmp var/simulation.json var/simulation.again.json

catalogue: $(VENV)/.test
	$(BIN)/python -m tests.words

FUZZ_RUNS ?= 200000
fuzz: $(VENV)/.test
	@$(BIN)/python -c 'import atheris' 2>/dev/null || $(PIP) install -q atheris || \
	  { echo "atheris could not be installed; the fuzzer cannot run." >&2; exit 1; }
	@for target in tests/fuzz/fuzz_*.py; do \
	  echo "$$target"; $(BIN)/python $$target -atheris_runs=$(FUZZ_RUNS) -max_len=4000 || exit 1; \
	done

# Minutes. The same tests as ever, with as many examples as SOAK says; the seed of a failure is in the name of its test.
SOAK ?= 3000
SEED ?= 0
soak: $(VENV)/.test
	SOAK=$(SOAK) SEED=$(SEED) $(BIN)/python -m pytest -q $(PYTEST_ARGS) $$(grep -l 'from soaking import' tests/unit/engine/test_*.py)

# A whole product whose parts are killed at random, KILLS times at least, while twenty clients bring CASES cases to their
# ends, an hour or so; at most CHAOS seconds, when given. The seed is printed.
CASES ?= 10000
KILLS ?= 200
chaos: $(VENV)/.test
	CHAOS=$(CHAOS) CASES=$(CASES) KILLS=$(KILLS) SEED=$(SEED) $(BIN)/python -m pytest -q -s -n 0 tests/end_to_end/test_storm.py

# A whole product under a steady load, SOAK_RATE cases a minute: what each process needs of memory, each request of time.
SOAK_SECONDS ?= 3600
SOAK_RATE ?= 30
soak-load: $(VENV)/.test
	SOAK_SECONDS=$(SOAK_SECONDS) SOAK_RATE=$(SOAK_RATE) SEED=$(SEED) $(BIN)/python -m pytest -q -s -n 0 tests/end_to_end/test_soak.py

# Backups while clients work, restored and held against what was acknowledged; the sizes and seconds are printed.
RESTORE_SECONDS ?= 60
restore-load: $(VENV)/.test
	RESTORE_SECONDS=$(RESTORE_SECONDS) SEED=$(SEED) $(BIN)/python -m pytest -q -s -n 0 tests/end_to_end/test_restore.py

# About an hour for a million. Counts by kind are printed; the same SEED and number make the same input again.
INPUTS ?= 1000000
inputs: $(VENV)/.test
	INPUTS=$(INPUTS) SEED=$(SEED) $(BIN)/python -m pytest -q -s -n 0 tests/inputs

# Tens of minutes: every boundary of every kind of write, the table of what came of each, and the races.
KILL_ARGS ?= -n 0
kill: $(VENV)/.test
	KILL=1 $(BIN)/python -m pytest -q -s tests/killing $(KILL_ARGS)

# Minutes. The seeds are printed: SEED=17 MOVES=1 is the eighteenth alone.
MOVES ?= 200
moves: $(VENV)/.test
	MOVES=$(MOVES) SEED=$(SEED) $(BIN)/python -m pytest -q -s -n 0 tests/integration/test_publications.py -k random
	SOAK=$(SOAK) SEED=$(SEED) $(BIN)/python -m pytest -q -n 0 tests/unit/engine/test_migration_random.py

# A new version with a migration of its own is brought in, host by host, while ROLLING clients work: no request fails.
ROLLING ?= 4
rolling: $(VENV)/.test
	ROLLING=$(ROLLING) $(BIN)/python -m pytest -q -s -n 0 tests/end_to_end/test_rolling.py

format: $(VENV)/.test
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Each candidate must really run: a shim may exist on the PATH and yet fail.
$(VENV)/.made-in: $(MOVED)
	@chosen=; \
	for candidate in "$(PYTHON)" python3.12 python3.11 python3 python; do \
	  test -n "$$candidate" || continue; \
	  if "$$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' >/dev/null 2>&1; \
	  then chosen=$$candidate; break; fi; \
	done; \
	if test -z "$$chosen"; then \
	  echo "No Python 3.11 or 3.12 was found. Install one, or name it: make demo PYTHON=/path/to/python3.12" >&2; \
	  exit 1; \
	fi; \
	echo "Making $(VENV) with $$("$$chosen" --version)"; \
	rm -rf $(VENV); \
	if ! "$$chosen" -m venv $(VENV) >$(VENV).log 2>&1; then \
	  if test "$$(id -u)" = 0 && command -v apt-get >/dev/null 2>&1; then \
	    version=$$("$$chosen" -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	    echo "This Python lacks its module venv; installing python$$version-venv"; \
	    apt-get update -qq && apt-get install -y -qq "python$$version-venv" >/dev/null; \
	    rm -rf $(VENV); \
	    "$$chosen" -m venv $(VENV) >$(VENV).log 2>&1; \
	  fi || { cat $(VENV).log >&2; rm -f $(VENV).log; rm -rf $(VENV); \
	    echo "The virtual environment could not be made. On Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }; \
	fi; \
	test -x $(BIN)/python || { cat $(VENV).log >&2; rm -f $(VENV).log; \
	  echo "The virtual environment could not be made. On Debian or Ubuntu: apt install python3-venv" >&2; exit 1; }; \
	rm -f $(VENV).log; \
	echo "$(CURDIR)" > $@

.PHONY: moved
moved:

$(VENV)/.demo: $(VENV)/.made-in requirements.txt pyproject.toml
	@echo "Installing the libraries (about a minute, once)"
	@$(PIP) install -q --require-hashes -r requirements.txt
	@$(PIP) install -q --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.made-in requirements-test.txt pyproject.toml
	@echo "Installing the libraries and the tools (about a minute, once)"
	@$(PIP) install -q --require-hashes -r requirements-test.txt
	@$(PIP) install -q --no-deps --no-build-isolation --editable .
	@touch $@ $(VENV)/.demo

# The tests in a real browser need Chromium. Without it they are left out and say so; in CI that is a failure.
browser:
	@if ! $(BIN)/python -m tests.chromium >/dev/null 2>&1 && test "$$(id -u)" = 0 \
	  && command -v apt-get >/dev/null 2>&1; then \
	  echo "Installing Chromium for the tests in a browser"; \
	  { apt-get update -qq; for name in chromium-headless-shell chromium; do \
	    apt-get install -y -qq --no-install-recommends $$name && break; done; } >/dev/null 2>&1 || true; \
	fi; \
	if ! $(BIN)/python -m tests.chromium >/dev/null 2>&1; then \
	  echo "NOTE: no Chromium was found; the tests in a browser will be LEFT OUT. Install it: apt install chromium-headless-shell"; \
	  test -z "$$CI" || { echo "In CI that is a failure." >&2; exit 1; }; \
	fi

lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --upgrade --no-header --no-annotate \
	  --no-emit-index-url --extra demo pyproject.toml -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --extra demo --extra test -c requirements.txt pyproject.toml -o requirements-test.txt

# As root the demo's database may lie outside the project; the link in its place says where.
clean:
	@place=$$(readlink var/demo/postgres 2>/dev/null); \
	case "$$place" in /var/lib/opt-in-desk/data-*) echo "rm -rf $$place"; rm -rf "$$place";; esac
	rm -rf $(VENV) var build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The tasks of users and developers of Scoreboard. `make help` lists them.

PY ?= python3
VENV := .venv
BIN := $(VENV)/bin
T ?= tests
NODE := tests/load/reference/node
OTHERS := tests/clients/thirdparty/node
LINTERS := tests/generators/node

ifeq ($(OS),Windows_NT)
$(error Scoreboard runs on Linux and macOS. On Windows use WSL, and run make in it)
endif

.DEFAULT_GOAL := help
.PHONY: help run replay demo check test coverage hooks smoke faults fuzz pages-matrix pages-screenshots lint audit sbom bench soak generators load lock messages wheel vendor icons clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-18s%s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(VENV)/local ## set up everything and serve the product (PORT, HOST, DATA_DIR)
	@$(BIN)/python -m scoreboard serve

SEASON ?= examples/football/2011-12-en.1.json
SPEED ?= 10
replay: $(VENV)/local ## play a football season on the running server (SEASON, SPEED)
	@$(BIN)/python -m scoreboard replay $(SEASON) --speed $(SPEED) --fresh

PLAYERS ?= 12
demo: $(VENV)/local ## let simulated players play on the running server (PLAYERS)
	@PYTHONPATH=clients/python $(BIN)/python -m scoreboard_client.demo --players $(PLAYERS)

TEST_PROCESSES ?= 3
test: $(VENV)/dev $(OTHERS)/node_modules/.installed ## set up everything and run the tests (T=path for some of them, TEST_PROCESSES, OPTIONS of pytest)
	@tests/setup
	@$(BIN)/python -m pytest -n $(TEST_PROCESSES) $(OPTIONS) $(T)

SINCE ?= main
check: lint ## check style and types, and run fast tests of what was changed (SINCE=branch), in a minute
	@$(BIN)/python -m tests.changed $(SINCE)

coverage: $(VENV)/dev $(OTHERS)/node_modules/.installed ## run the tests and list the lines that no test runs, also in servers that tests start (T, OPTIONS)
	@tests/setup
	@rm -rf tests/output/coverage && mkdir -p tests/output/coverage
	@$(BIN)/python -m coverage run -m pytest -n $(TEST_PROCESSES) $(OPTIONS) $(T); status=$$?; \
	  $(BIN)/python -m coverage combine -q && $(BIN)/python -m coverage html -q && $(BIN)/python -m coverage report; exit $$status

hooks: $(VENV)/dev ## check style before each commit, by pre-commit
	@$(BIN)/python -m pre_commit install

smoke: ## start, take a first score, stream it and run the fast tests, on another Python (PY=python3.13)
	@$(PY) tests/smoke/run.py

faults: $(VENV)/dev ## run all fault tests at full length (half an hour)
	@tests/setup
	@FAULTS=long $(BIN)/python -m pytest -n 2 --durations=40 $(OPTIONS) tests/faults tests/attacks/test_floods.py tests/flows/test_many_scores.py
	@$(MAKE) --no-print-directory test FAST_PATH=off T=tests/flows

FUZZ_SECONDS ?= 780
fuzz: $(VENV)/dev ## search for inputs that break parsers, the API or the scores (FUZZ_SECONDS, 13 minutes by default)
	@FUZZ_SECONDS=$(FUZZ_SECONDS) $(BIN)/python -m tests.fuzz

pages-matrix: $(VENV)/dev ## check the layout of every page in all its states, widths, languages and colour schemes (ten minutes)
	@tests/setup
	@REQUIRE_BROWSER=1 $(BIN)/python -m pytest $(OPTIONS) tests/browser/matrix/check_all.py

pages-screenshots: $(VENV)/dev ## store the screenshots of the pages again, after a change of their looks
	@tests/setup
	@REQUIRE_BROWSER=1 STORE_SCREENSHOTS=1 $(BIN)/python -m pytest -q $(OPTIONS) tests/browser/matrix/test_screenshots.py

lint: $(VENV)/dev ## check style and types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

audit: $(VENV)/dev ## check all packages in the lock files for known vulnerabilities (needs a network; npm too)
	@$(BIN)/python -m supply.audit

sbom: $(VENV)/dev ## list all shipped packages, as CycloneDX JSON (SBOM=sbom.json)
	@$(BIN)/python -W ignore -m supply.sbom $(SBOM)

bench: $(VENV)/dev $(NODE)/node_modules/.installed ## measure speed against references in the same run (BENCH="--only batch", "--write", …)
	@$(BIN)/python -m tests.load.bench $(BENCH)

soak: $(VENV)/dev ## load the product constantly, and fail if memory, delays or bytes grow (MINUTES=30, HOURS, DATABASE, OUTPUT)
	@$(BIN)/python -m tests.load.soak

generators: $(VENV)/dev ## generate clients in six languages, and run Spectral and Redocly on the API description (two minutes)
	@tests/generators/setup
	@$(BIN)/python -m tests.generators

load: $(VENV)/dev ## let 100 and then more users play, on a new server or on yours (URL, USERS, DATABASE, …)
	@PYTHONPATH=clients/python $(BIN)/python -m tests.load.scenario

UPGRADE ?=
lock: ## pin all dependencies in requirements/ (needs uv; UPGRADE=--upgrade takes the newest versions)
	@$(PY) -m supply.lock $(UPGRADE)

messages: $(VENV)/local ## list the missing texts of each language
	@$(BIN)/python -m scoreboard.pages.gaps

wheel: $(VENV)/dev ## build the wheel, into dist/
	@$(BIN)/python -m hatchling build -t wheel

vendor: ## copy the vendored scripts of the pages from npm again (needs npm)
	cd frontend && npm ci --ignore-scripts --no-audit --no-fund --silent && node vendor.js

icons: $(VENV)/dev ## draw the PNG icons again (needs Chromium)
	@$(BIN)/python frontend/draw_icons.py "$${CHROMIUM_PATH:-$$(command -v chromium || command -v google-chrome)}"

clean: ## remove environments, caches and outputs; the data stays
	rm -rf $(VENV) $(NODE)/node_modules $(OTHERS)/node_modules $(LINTERS)/node_modules .pytest_cache .mypy_cache .ruff_cache .hypothesis tests/output

$(VENV)/python:
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Scoreboard needs Python 3.11 or newer; '$(PY)' is $$($(PY) --version 2>&1). Name another with PY=python3.12."; exit 1; }
	@$(PY) -m venv $(VENV) || { echo "Python can't make a virtual environment here: on Debian, apt-get install python3-venv."; exit 1; }
	@touch $@

$(VENV)/local: $(VENV)/python requirements/main.txt requirements/local.txt
	@echo "Installing the packages of Scoreboard (once) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/local.txt
	@$(BIN)/python -m pip uninstall -q -y --disable-pip-version-check setuptools 2>/dev/null  # an old one, of Python 3.11
	@touch $@

$(VENV)/dev: $(VENV)/local requirements/dev.txt
	@echo "Installing the packages of the tests (once) ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

# Without it the bench omits the comparison.
$(NODE)/node_modules/.installed: $(NODE)/package-lock.json
	@echo "Installing the Node reference (once) ..."
	@cd $(NODE) && npm ci --no-audit --no-fund --silent && touch node_modules/.installed || \
	  echo "MISSING: the Node reference needs Node.js 20 or newer. Its comparison is left out." >&2

# Without them the tests of TypeScript and Node clients are skipped.
$(OTHERS)/node_modules/.installed: $(OTHERS)/package-lock.json
	@echo "Installing the npm packages of the tests (once) ..."
	@cd $(OTHERS) && npm ci --ignore-scripts --no-audit --no-fund --silent && touch node_modules/.installed || \
	  { echo "MISSING: npm packages, which need Node.js 20 or newer with npm. The tests of TypeScript clients are skipped." >&2; \
	    mkdir -p node_modules; }

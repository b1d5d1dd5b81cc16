# Wegweiser. `make` alone lists what can be done. Nothing here needs more than make and Python 3.11.

SHELL := /bin/sh
# Servers and commands of the tests are processes of their own: none shall compile all files anew.
unexport PYTHONDONTWRITEBYTECODE
BIN := .venv/bin
STAMP := .venv/.installed
LOCK_OPTIONS := --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url --no-emit-find-links $(if $(UPGRADE),--upgrade)

# Starts and can build environments: a name on the path alone promises neither.
USABLE := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
CANDIDATES := python3.11 python3.12 python3.13 python3.14 python3 python
FIND_PYTHON := for name in $(if $(PYTHON),"$(PYTHON)",$(BIN)/python $(CANDIDATES)); do \
	if "$$name" -c '$(USABLE)' >/dev/null 2>&1; then echo "$$name"; exit; fi; done

.DEFAULT_GOAL := help
.PHONY: help venv demo serve test check bench bench-measure population docs truth engine format lock clean fuzz connections overload looks pages

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile
	@echo "  PYTHON=python3.12 chooses another Python, e.g. make PYTHON=python3.12 test"

venv: ## build or bring up to date .venv from the hashed lock (does nothing if nothing changed)
	@set -eu; \
	case "$$(cat $(STAMP) 2>/dev/null)" in ""|*"| $$PWD |"*) ;; *) rm -rf .venv ;; esac; \
	python=$$($(FIND_PYTHON)); \
	if [ -z "$$python" ]; then \
		echo "No usable Python 3.11 or newer found$(if $(PYTHON), under the name $(PYTHON))." >&2; \
		echo "Install python3.11 with its venv module, or name one: make PYTHON=/path/to/python" >&2; \
		exit 1; \
	fi; \
	version=$$("$$python" -c 'import sys; print(sys.version)' | head -n 1); \
	state="$$version | $$PWD | $$(cat requirements-dev.lock pyproject.toml | cksum)"; \
	if [ "$$state" = "$$(cat $(STAMP) 2>/dev/null)" ]; then exit 0; fi; \
	echo "Preparing .venv with Python $$version"; \
	case "$$(cat $(STAMP) 2>/dev/null)" in \
		"$$version | $$PWD |"*) ;; \
		*) if [ "$$python" != $(BIN)/python ]; then "$$python" -m venv --clear .venv; fi ;; \
	esac; \
	rm -f $(STAMP); \
	if ! { command -v uv >/dev/null && \
		uv pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r requirements-dev.lock; }; then \
		$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock; \
	fi; \
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	echo "$$state" > $(STAMP)

demo: venv ## a B2B company with known truth, in a running server (Ctrl-C ends it)
	@$(BIN)/wegweiser demo --data demo-data

serve: venv ## serve your own data from ./data on port 8000
	@$(BIN)/wegweiser serve --data ./data --port 8000

test: venv ## all tests and every example in code and docs
	@$(BIN)/python -m pytest -q -n 3 --dist loadfile --no-loadscope-reorder --durations 25 --durations-min 5

check: venv ## format, lint, types, floors, house rules, examples in the docs
	@$(BIN)/python -m ruff format --check .
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/python -m pytest -q tests/house docs README.md

bench: venv ## speed as ratios to a reference in the same run (QUICK=1 for a short one)
	@$(BIN)/python -m bench $(if $(QUICK),--quick) $(if $(SMOKE),--smoke)

bench-measure: venv ## heavy questions about 20 million events, beside chDB (EVENTS=, DATA=folder, QUICK=1)
	@set -eu; stamp=.venv-bench/.installed; lock=$$(cksum < requirements-bench.lock); \
	if [ "$$lock" != "$$(cat $$stamp 2>/dev/null)" ]; then \
		if $(BIN)/python -m venv --clear .venv-bench && .venv-bench/bin/python -m pip install -q \
			--disable-pip-version-check --require-hashes -r requirements-bench.lock; \
		then echo "$$lock" > $$stamp; \
		else rm -rf .venv-bench; echo "chDB cannot be installed here: ours alone" >&2; fi; \
	fi; \
	$(BIN)/python -m bench.measure $(if $(QUICK),--quick) $(if $(EVENTS),--events $(EVENTS)) \
		$(if $(DATA),--data $(DATA))

population: venv ## time to ready and memory of a server with many persons (PERSONS=200000)
	@$(BIN)/python -m bench.population --persons $(or $(PERSONS),200000)

bench-value: venv ## customer value of a million customers with ten million orders (about six minutes)
	@$(BIN)/python -m bench.value

docs: venv ## write docs/http-api.md and docs/openapi.json anew from the routes
	@$(BIN)/python -m wegweiser.web.reference > docs/http-api.md.part || { rm -f docs/http-api.md.part; exit 1; }
	@mv docs/http-api.md.part docs/http-api.md
	@$(BIN)/python -m wegweiser.web.reference openapi > docs/openapi.json.part || { rm -f docs/openapi.json.part; exit 1; }
	@mv docs/openapi.json.part docs/openapi.json

truth: venv ## many simulated worlds: do the intervals cover what is true? (minutes)
	@$(BIN)/python -m pytest -q -s tests/truth tests/decisioning -m sweep

engine: venv ## write docs/engine-truth.md and its chart anew (an hour; WORLDS=2 for a look)
	@$(BIN)/python -m tests.truth.engine_page docs $(or $(WORLDS),20)

fuzz: venv ## make up requests for every route of openapi.json (half an hour)
	@$(BIN)/python -m pytest -q tests/road/test_openapi_for_long.py -m sweep

connections: venv ## 10,000 idle and 2,000 slow connections at once; prints what others felt
	@$(BIN)/python -m pytest -q -s tests/road/test_connections.py -m sweep

overload: venv ## three times more events than the server can take; prints what it did
	@$(BIN)/python -m pytest -q -s tests/road/test_overload.py -m sweep

looks: venv ## every page in every view by rules, with pictures (LOOKS=folder; minutes)
	@WEGWEISER_LOOKS=$(or $(LOOKS),looks) $(BIN)/python -m pytest -q -s tests/acceptance -m sweep

pages: venv ## first paint and weight of pages over a million persons (PERSONS=, DATA=folder)
	@$(BIN)/python -m bench.pages --persons $(or $(PERSONS),1000000) $(if $(DATA),--data $(DATA))

format: venv ## put code in its usual form
	@$(BIN)/python -m ruff format .
	@$(BIN)/python -m ruff check --fix .

lock: venv ## pin all dependencies with hashes (UPGRADE=1 takes newer versions)
	@$(BIN)/uv pip compile $(LOCK_OPTIONS) --extra dev pyproject.toml -o requirements-dev.lock >/dev/null
	@$(BIN)/uv pip compile $(LOCK_OPTIONS) -c requirements-dev.lock pyproject.toml -o requirements.lock >/dev/null
	@$(BIN)/uv pip compile $(LOCK_OPTIONS) requirements-bench.in -o requirements-bench.lock >/dev/null

clean: ## remove caches and build products (keeps .venv and ./data)
	@rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +

# Everything goes through these; each makes its environment first, which takes no time when nothing changed.
.DEFAULT_GOAL := help
.PHONY: help up test test-full check bench
PROCESSES ?= 2
export PYTHON

help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: ## Start Milepost: database, web, grading worker. Ctrl-C stops it. (ARGS="--port 9000")
	@scripts/bootstrap.sh
	@.venv/bin/milepost stacks install || true
	@.venv/bin/milepost up $(ARGS)

test: ## Run every test, browser included. (ARGS="tests/embedded -k restart")
	@scripts/bootstrap.sh dev
	@.venv/bin/python scripts/install_mariadb.py >&2
	@.venv/bin/milepost stacks install --all
	@.venv/bin/milepost components install || true
	@chromium=$$(.venv/bin/python scripts/install_chromium.py) && \
		MILEPOST_CHROMIUM="$$chromium" .venv/bin/python -m pytest -n $(PROCESSES) $(ARGS) </dev/null

test-full: ## Run every test and the long storms, which take minutes more.
	@$(MAKE) --no-print-directory test ARGS="-m '' $(ARGS)"

check: ## Check format, lint, types, layers and conventions; under a minute.
	@scripts/bootstrap.sh dev
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/mypy --config-file tests/mypy.ini
	.venv/bin/lint-imports
	.venv/bin/python -m pytest -q tests/architecture </dev/null

bench: ## Measure, beside floors of the same run; print a table, write build/bench.json. (ARGS=--growth)
	@scripts/bootstrap.sh dev
	.venv/bin/python -m benchmarks $(ARGS)

# Every command of the project. Each one brings what it needs into .venv and may be repeated at will.
# Variables go on the line or into the environment: make run PORT=8001, make test ARGS=tests/members

VENV = .venv/bin/python
SETUP = sh scripts/setup.sh
ARGS =

.DEFAULT_GOAL := help
.PHONY: help run test lint format bench lock messages setup clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## the portal with its demo community on http://localhost:8000 (HOST, PORT, DATABASE_URL, DEBUG)
	@$(SETUP) && exec $(VENV) scripts/run.py

test: ## the whole suite on SQLite, on PostgreSQL and in a browser; ARGS="tests/members -x" for a part
	@$(SETUP) dev && CHROMIUM=$$(sh scripts/chromium.sh) && export CHROMIUM && exec $(VENV) scripts/test.py $(ARGS)

lint: ## style, types, templates, migrations and the checks for production
	@$(SETUP) dev && exec $(VENV) scripts/lint.py

format: ## let ruff put the code into shape
	@$(SETUP) dev && $(VENV) -m ruff check --fix . && exec $(VENV) -m ruff format .

bench: ## queries, size and time of the pages beside a minimal Django page
	@$(SETUP) dev && exec $(VENV) -m bench $(ARGS)

lock: ## compile the requirement files from pyproject.toml; ARGS=--upgrade for newer versions
	@$(SETUP) dev && exec sh scripts/lock.sh $(ARGS)

messages: ## collect the words on screen for the translators and compile the catalogues (needs gettext)
	@$(SETUP) dev && exec sh scripts/messages.sh

setup: ## only .venv with everything that developers need
	@$(SETUP) dev

clean: ## remove caches and the local database; .venv stays
	@rm -rf var .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -not -path './.venv/*' -type d -prune -exec rm -rf {} +

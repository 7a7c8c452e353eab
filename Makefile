# Ritm: `make run` and `make test` do all the set-up by themselves.
.PHONY: help setup run test check bench demo clean

PORT ?= 8000
SIZE ?= small

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 20

setup: ## install everything into this folder
	@scripts/setup

run: ## start Ritm with its demo company (PORT=8000)
	@scripts/setup
	@exec .venv/bin/ritm run --port $(PORT)

test: ## the whole suite, browser journeys included
	@scripts/setup test
	.venv/bin/python -m pytest -n $${RITM_TEST_PROCESSES:-2} --dist loadgroup

check: ## format, lint, types, floors, migrations, words
	@scripts/setup test
	.venv/bin/ruff format --check ritm tests tools
	.venv/bin/ruff check ritm tests tools
	.venv/bin/mypy ritm
	.venv/bin/lint-imports
	.venv/bin/ritm makemigrations --check --dry-run
	.venv/bin/ritm words --check

bench: ## measure, as a table (SIZE=small|large)
	@scripts/setup
	.venv/bin/ritm bench --size $(SIZE)

demo: ## load the demo company again
	@scripts/setup
	.venv/bin/ritm demo --reset

clean: ## remove what setup and run made, the database of var/ included
	-.venv/bin/python -m ritm.config.postgres stop
	rm -rf .venv node_modules var

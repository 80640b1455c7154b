# Two commands do everything: `make bench` and `make test`. The first target that needs it builds .venv from requirements.lock.

PYTHON ?= python3
CORPUS ?= .
BASE ?= origin/main
FORMAT ?= text
BIN := .venv/bin

.PHONY: help bench bench-all bench-corpora run score report check-gold review test lint lock clean

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' Makefile
	@echo "  CORPUS=DIR        another corpus, for example: make bench CORPUS=corpora/aeb"

bench: .venv/ready ## run the extractors, score them, write the reports
	$(BIN)/clutterbench bench --corpus $(CORPUS)

bench-all: .venv/ready ## the same with every extractor there is, those of Node too; the report stays beside the run
	$(BIN)/clutterbench bench --corpus $(CORPUS) -x all

bench-corpora: .venv/ready ## bench this corpus and all in corpora/, and compare how they rank: reports/corpora/
	$(BIN)/clutterbench bench-corpora

run: .venv/ready ## only run the extractors
	$(BIN)/clutterbench run --corpus $(CORPUS)

score: .venv/ready ## only score the latest run
	$(BIN)/clutterbench score --corpus $(CORPUS)

report: .venv/ready ## only write the reports of the latest scored run
	$(BIN)/clutterbench report --corpus $(CORPUS)

check-gold: .venv/ready ## check every gold file against its page
	$(BIN)/clutterbench gold check --corpus $(CORPUS) --format $(FORMAT)

review: .venv/ready ## print a review table of the pages that changed since BASE
	@pages=$$(git diff --name-only --diff-filter=d $(BASE) -- raw gold | sed -nE 's#^(raw|gold)/([^/]+/[^/.]+)(\.b)?\.(html|txt)$$#\2#p' | sort -u); \
	if [ -n "$$pages" ]; then $(BIN)/clutterbench gold review $$pages; else echo "No page was changed since $(BASE)."; fi

test: .venv/ready ## run the tests
	$(BIN)/python -m pytest

lint: .venv/ready ## check style, types and formatting of the code
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy

lock: .venv/ready ## pin the newest packages that fit pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes \
		--no-header --no-annotate --no-emit-index-url --upgrade --quiet --output-file requirements.lock

clean: ## forget runs and caches of this folder's corpus, but not reports
	rm -rf .clutterbench

# --no-deps: the lock is complete, and the pip of Python 3.11.7 cannot resolve extras that a package spells in two ways.
.venv/ready: requirements.lock pyproject.toml setup.py harness/kernel/_kernel.c
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

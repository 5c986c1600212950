# The one entry to every check. Each target sets up what it needs; PYTHON=... chooses the interpreter of the environment.
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CORPUS ?= $(or $(HEADERKIT_CORPUS),../shared/corpus)

.DEFAULT_GOAL := help
.PHONY: help demo test lint format types corpus check wheelhouse clean

help:
	@echo "make demo        generate, build, install and run a real binding"
	@echo "make test        the whole test suite (ARGS=... for pytest)"
	@echo "make lint        ruff: rules and format"
	@echo "make types       mypy --strict"
	@echo "make corpus      score the writers over real libraries"
	@echo "make check       lint, types and test"
	@echo "make wheelhouse  fill the folder from which demo and tests build offline"
	@echo "make clean       remove everything that these made"

$(READY): pyproject.toml tools/make-venv.sh
	@test -x $(BIN)/python && $(BIN)/python -m pip --version >/dev/null 2>&1 || tools/make-venv.sh $(VENV)
	@$(BIN)/python -m pip install --quiet --editable ".[dev]"
	@touch $@

demo: $(READY)
	@$(BIN)/python examples/demo.py

test: $(READY)
	$(BIN)/python -m pytest $(ARGS)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(READY)
	$(BIN)/mypy

corpus: $(READY)
	@if [ -d "$(CORPUS)" ]; then $(BIN)/python tools/corpus.py "$(CORPUS)" $(ARGS); \
	else echo "corpus: skipped, there is no $(CORPUS) (HEADERKIT_CORPUS names another folder)"; fi

wheelhouse: $(READY)
	@$(BIN)/python tools/wheelhouse.py wheelhouse

check: lint types test

clean:
	rm -rf $(VENV) wheelhouse .work build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Everything that a fresh clone needs: python 3.11 or newer, make and pip.
#   make demo    sets up, fetches the embedded model once (1.1 GB), and translates and summarises examples/
#   make test    sets up and runs all tests, those on the embedded weights included
#   make check   lint, format, types, import directions, stale documentation

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test check setup weights format clean

setup: $(READY)

$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	@echo "Setting up $(VENV): PyTorch and the other packages, once (about 2 GB of disk)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

weights: $(READY)
	@$(BIN)/vistka models pull embedded > $(VENV)/.weights

demo: weights
	@$(BIN)/python examples/demo.py $(ITEMS)

test: weights
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

check: $(READY)
	@mkdir -p .typing && ln -sfn .. .typing/vistka
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	MYPYPATH=.typing $(BIN)/mypy -p vistka
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/python tools/build_lexicon.py --check
	$(BIN)/python tools/generated_docs.py --check

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/python tools/build_lexicon.py
	$(BIN)/python tools/generated_docs.py

clean:
	rm -rf $(VENV) .typing .mypy_cache .ruff_cache .pytest_cache .hypothesis build *.egg-info

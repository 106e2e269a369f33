# Everything a contributor needs; each target makes .venv itself and is quick when nothing changed.
PYTHON ?= python3
ENGAGEMENT ?= data/halden
BIN := .venv/bin
SPELLED := *.md *.cff docs notebooks auditlab benchmarks data/*.py
# A run and the tests start many Pythons: without bytecode each of them would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: run test check docs pictures lab lock clean

run: .venv/.run
	@$(BIN)/auditlab run $(ENGAGEMENT)

test: .venv/.test
	$(BIN)/python -m pytest -n 2 $(PYTEST_ARGS)

check: .venv/.check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell $(SPELLED)

docs: .venv/.docs
	$(BIN)/python -m sphinx -q -W --keep-going -b html docs docs/_build/html
	@echo docs/_build/html/index.html

# Photographs what the walk-throughs leave; needs chromium, soffice and pdftoppm.
pictures: .venv/.test
	$(BIN)/python docs/make_pictures.py

lab: .venv/.lab
	$(BIN)/python -m jupyterlab --notebook-dir .

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
		{ echo "auditlab needs Python 3.11, 3.12 or 3.13; '$(PYTHON)' is another. Try: make PYTHON=python3.12"; exit 2; }
	$(PYTHON) -m venv .venv

.venv/.run: requirements/run.txt pyproject.toml | .venv/bin/python
	$(PIP) install --quiet --require-hashes --requirement requirements/run.txt
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.test .venv/.check .venv/.docs .venv/.lab: .venv/.%: requirements/%.txt .venv/.run
	$(PIP) install --quiet --require-hashes --requirement requirements/$*.txt
	@touch $@

# For maintainers, after a change of the dependencies in pyproject.toml; needs uv.
lock:
	./requirements/lock

clean:
	rm -rf .venv build dist docs/_build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find reports -mindepth 1 -not -name .gitkeep -delete

PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: demo test check app lock sbom clean

demo: $(VENV)/.base  ## tag the example export and print its relationship profile
	$(BIN)/relationtypes tag examples/reviews.csv --out tagged.csv --force

test: $(VENV)/.dev  ## install what the tests need and run them
	$(BIN)/python -m pytest --numprocesses 2

check: $(VENV)/.dev  ## format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

app: $(VENV)/.app  ## open the explorer
	$(BIN)/python -m relationtypes.explorer.serving run app.py

lock: $(VENV)/.dev  ## resolve anew: requirements.lock and docs/dependencies.md
	$(PIP) install uv '.[learn,hub,spacy,spss]'
	$(BIN)/python .ci/dependencies.py

sbom: $(VENV)/.base  ## sbom.cdx.json, CycloneDX, of what requirements.lock pins
	$(PIP) install cyclonedx-bom
	$(BIN)/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible -o sbom.cdx.json

clean:
	rm -rf $(VENV) tagged.csv

$(VENV)/.base: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.base
	$(PIP) install --editable '.[train,app,report,serve,dev]'
	touch $@

$(VENV)/.app: $(VENV)/.base
	$(PIP) install --editable '.[app]'
	touch $@

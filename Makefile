# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
CODE := study deid privacy tasks strategies client server simulation
RUN ?= runs/three-hospitals

# Nothing is sent or fetched once the packages are installed.
export FLWR_TELEMETRY_ENABLED := 0
export FLWR_DISABLE_UPDATE_CHECK := 1
export HF_HUB_OFFLINE := 1
export RAY_USAGE_STATS_ENABLED := 0

.PHONY: demo test test-heavy lint clean

demo: $(VENV)/.simulation
	$(BIN)/cloister simulate examples/three-hospitals.toml --output $(RUN) --resume

test: lint
	$(BIN)/pytest

test-heavy: $(VENV)/.test
	$(BIN)/pytest -m heavy

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(CODE) tests benchmarks

$(VENV)/.simulation $(VENV)/.test: $(VENV)/.%: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[$*]'
	touch $@

clean:
	rm -rf $(VENV) runs .mypy_cache .pytest_cache .ruff_cache .hypothesis

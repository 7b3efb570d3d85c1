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

# Many images forbid Python to keep what it compiles; then each of the tests' many processes would compile torch anew.
export PYTHONDONTWRITEBYTECODE :=

# Lint has one core, so tests need not wait for it.
MAKEFLAGS += --jobs=2

.PHONY: demo test unit test-heavy test-charts lint clean

demo: $(VENV)/.simulation
	$(BIN)/cloister simulate examples/three-hospitals.toml --output $(RUN) --resume

test: lint unit

unit: $(VENV)/.test
	$(BIN)/pytest

test-heavy: $(VENV)/.test
	$(BIN)/pytest -m heavy

# Also what wants nginx on the PATH and root; without them those tests say so and are left out.
test-charts: $(VENV)/.charts
	$(BIN)/pytest tests/helm tests/docker
	$(BIN)/pytest -m heavy tests/helm tests/docker

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(CODE) tests benchmarks

# A new pip solves in a third of the time that the one of Python 3.11 takes, and compiles on one core, for a minute and
# more. Tests compile what they import; the demonstration finds all compiled, or its processes would do the same twice.
$(VENV)/.simulation $(VENV)/.test $(VENV)/.charts: $(VENV)/.%: pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv --upgrade-deps $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-compile --constraint constraints.txt --editable '.[$*]'
	test $* != simulation || $(BIN)/python -m compileall -qq -j 0 $(VENV)/lib || true  # torch has a file for Python 3.12
	touch $@

clean:
	rm -rf $(VENV) runs .mypy_cache .pytest_cache .ruff_cache .hypothesis

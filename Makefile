# Set-up, the main job and the tests. Needs make and Python 3.11 or newer with venv, nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: run test prove thorough check format lock clean

# Without this every start compiles the suite anew.
unexport PYTHONDONTWRITEBYTECODE

run: $(READY)
	$(BIN)/conformance run

test: check
	$(BIN)/python -m pytest -n 2 --dist worksteal -m "not thorough"
	$(BIN)/conformance selftest --quick

# The kill matrix: each fault against all requirements that it touches.
prove: $(READY)
	$(BIN)/conformance selftest

# What takes an hour: the whole suite against every fault, pairs of faults, many more ways to conform.
thorough: $(READY)
	$(BIN)/python -m pytest -n 2 --dist worksteal -m thorough
	$(BIN)/conformance selftest --full

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "make: $(PYTHON) is older than Python 3.11; install a newer one or name it: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' || { \
	  echo "make: $(PYTHON) has no venv module; install it (Debian, Ubuntu: apt-get install python3-venv)" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

# Renews the pins. uv is installed into a throw-away environment, for this alone.
lock:
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --quiet uv
	$(VENV)-lock/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url --no-emit-find-links \
	  --extra dev --upgrade --output-file requirements.lock pyproject.toml
	rm -rf $(VENV)-lock

clean:
	rm -rf $(VENV) $(VENV)-lock .pytest_cache .mypy_cache .ruff_cache dist

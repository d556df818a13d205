# One word per habit:
#   make demo    an environment of its own in .venv, then the bundled archive through the whole run
#   make test    what CI runs: format, lint, types, layers, tests (make check is the same word)
#   make engines Spark, Flink, Prism and what submits to Dataflow, for tests/engines, in a cache (needs java, mvn and go)
#   make lock    resolve the lock files anew
#   make clean   forget .venv and build leftovers

SHELL := /bin/bash
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --quiet
PYTHONS ?= python3.13 python3.12 python3.11 python3
FITS := import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))

.DEFAULT_GOAL := demo
.DELETE_ON_ERROR:
.PHONY: demo test check engines lock clean

demo: .venv/runtime.stamp
	@$(BIN)/triptych demo

test: .venv/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -q --numprocesses auto --dist loadfile

check: test

engines: .venv/made.stamp
	@$(BIN)/python -m tests.engines.bring

# The first Python of PYTHONS that fits makes the environment; no other tool is needed.
.venv/made.stamp:
	@for python in $(PYTHONS); do \
	  if $$python -c '$(FITS)' 2>/dev/null; then \
	    echo "making .venv with $$($$python --version)" && rm -rf .venv && $$python -m venv .venv && touch $@ && exit 0; \
	  fi; \
	done; \
	[ -e $@ ] || { echo "triptych needs Python 3.11, 3.12 or 3.13 with venv; none of these is one: $(PYTHONS)." \
	  "Install one, or name it: make demo PYTHONS=/path/to/python" >&2; exit 1; }

.venv/runtime.stamp: .venv/made.stamp requirements.lock pyproject.toml
	@echo "installing the locked packages (about a minute)"
	@$(PIP) install --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev.stamp: .venv/runtime.stamp requirements-dev.lock
	@$(PIP) install --requirement requirements-dev.lock
	@touch $@

# Needs uv. Lines for Pythons and systems that are not supported are taken out; wheels only, so no compiler is asked for.
COMPILE = uv pip compile --quiet --universal --python-version 3.11 --no-header --no-annotate --only-binary :all:
PRUNE = sed -e "/python_full_version >= '3.14'/d" -e "/sys_platform == 'win32'/d" -e "s/ ; python_full_version < '3.14'//" \
	-e "s/ ; implementation_name != 'PyPy'//" -e "/sys_platform == 'emscripten'/d" \
	-e "s/ ; sys_platform != 'emscripten'//" -e "s/ ; platform_python_implementation != 'PyPy'//"

lock:
	@set -o pipefail; for extra in "" -dev; do \
	  $(COMPILE) --extra build $${extra:+--extra dev --constraint requirements.lock} pyproject.toml | $(PRUNE) > lock.new && \
	  { echo "# $$([ -z "$$extra" ] && echo "What triptych runs with" || echo "What triptych, its tests and its checks need")," \
	    "exact; wheels only; Python 3.11 to 3.13. Made by: make lock"; echo "--only-binary :all:"; cat lock.new; } \
	    > requirements$$extra.lock && rm lock.new || exit 1; \
	done; \
	printf '%s\n' 'apache-beam[gcp]' gcp-storage-emulator | \
	  $(COMPILE) --no-binary google-apitools --constraint requirements-dev.lock - | $(PRUNE) | \
	  awk 'NR == FNR { known[$$1]; next } !($$1 in known)' requirements-dev.lock - > lock.new && \
	  { echo "# What the tests that submit to Dataflow need beside requirements-dev.lock, exact; google-apitools alone has no wheel." \
	    "Made by: make lock"; echo "--only-binary :all:"; echo "--no-binary google-apitools"; cat lock.new; } \
	    > tests/engines/dataflow.lock && rm lock.new

clean:
	rm -rf .venv build dist *.egg-info

# Builds, tests and shows figurate. `make help` lists the commands.
#
# Everything lives in .venv and build/. A step leaves a stamp in .venv/.stamps and runs again only when a file it was
# made from has changed; the compiler's work is kept in build/ and done again file by file.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/.stamps
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip
JOBS ?= $(shell nproc 2>/dev/null || echo 2)

# The build tools come from the virtual environment, never from the system.
WITH_TOOLS := PATH="$(CURDIR)/$(BIN):$$PATH" CMAKE_BUILD_PARALLEL_LEVEL=$(JOBS)

# The package is made from these; `files` changes when one is added or removed.
SOURCES := $(shell find core bindings src CMakeLists.txt pyproject.toml LICENSE NOTICE -type f \
	-not -name '*.so' -not -name '*.pyc' 2>/dev/null | sort)
CXX_FILES := $(filter %.h %.cc,$(SOURCES)) $(wildcard $(foreach folder,tests/core tests/core/figures benchmarks/kernels/program,$(folder)/*.h $(folder)/*.cc))
HASH_BEFORE := $(shell mkdir -p build && echo '$(SOURCES)' | cmp -s - build/files || echo '$(SOURCES)' > build/files)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo install test test-python test-core test-portable test-sanitize test-cross lint format wheel bench clean

help:  ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | awk -F '\t' '{ printf "  make %-15s %s\n", $$1, $$2 }'

demo: $(STAMPS)/installed  ## set up, build, and train the lesson's network on MNIST
	@$(BIN)/figurate train mnist

install: $(STAMPS)/installed  ## set up and build, nothing more

# ---- setting up ------------------------------------------------------------------------------------------------------

$(STAMPS)/venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "figurate needs Python 3.11 or newer, found $$($(PYTHON) --version). Try: make PYTHON=python3.11"; exit 2; }
	@echo "Setting up $(VENV)/ ..."
	@$(PYTHON) -m venv $(VENV)
	@mkdir -p $(STAMPS) && touch $@

# One stamp a group of requirements, as pyproject.toml names them: core, build, test, dev.
$(STAMPS)/requirements-%: $(STAMPS)/venv pyproject.toml constraints.txt tools/requirements.py
	@$(BIN)/python tools/requirements.py $* > $@.txt
	@echo "Installing what \`$*\` needs ..."
	@$(PIP) install --quiet --constraint constraints.txt --requirement $@.txt
	@touch $@

# The wheel that is tested is the wheel that is installed.
$(STAMPS)/wheel: $(STAMPS)/requirements-build $(SOURCES) build/files
	@rm -rf build/wheel
	@echo "Building the package (the first time about half a minute) ..."
	@$(WITH_TOOLS) $(PIP) wheel --quiet --no-deps --no-build-isolation --wheel-dir build/wheel .
	@touch $@

$(STAMPS)/installed: $(STAMPS)/requirements-core $(STAMPS)/wheel
	@$(PIP) install --quiet --no-deps --no-index --force-reinstall build/wheel/figurate-*.whl
	@touch $@

# ---- testing ---------------------------------------------------------------------------------------------------------

test: test-core test-python  ## set up, build, and run all tests

test-python: $(STAMPS)/installed $(STAMPS)/requirements-test
	$(BIN)/python -m pytest $(PYTEST_ARGS)

test-core: $(STAMPS)/requirements-build
	$(call preset,core)

# What else there is (messages, files, commands, pictures) does not depend on who computes.
ARITHMETIC := tests/test_tiny.py tests/contracts $(addprefix tests/python/,layers models training)

test-portable: $(STAMPS)/installed $(STAMPS)/requirements-test  ## run the tests of what is computed again, on each of the kernels that `make test` didn't use
	@set -e; for kernels in $$($(BIN)/python -c "$$OTHER_KERNELS"); do \
		echo "FIGURATE_KERNELS=$$kernels"; \
		FIGURATE_KERNELS=$$kernels $(BIN)/python -m pytest $(or $(PYTEST_ARGS),$(ARITHMETIC)); \
	done

define OTHER_KERNELS
from figurate._engine import info
print(*[name for name in info()["available"] if name != info()["instruction_set"]])
endef
export OTHER_KERNELS

test-sanitize: $(STAMPS)/requirements-build  ## C++ tests under AddressSanitizer and UBSan, then under ThreadSanitizer
	$(call preset,asan)
	$(call preset,tsan)

CROSS_TOOLS := aarch64-linux-gnu-g++ qemu-aarch64 arm-none-eabi-gcc qemu-system-arm
CROSS_PACKAGES := g++-aarch64-linux-gnu qemu-user gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm

test-cross: $(STAMPS)/installed $(STAMPS)/requirements-test  ## C++ tests for aarch64, exported C for Cortex-M, run by qemu (Debian's packages)
	@for tool in $(CROSS_TOOLS); do command -v $$tool >/dev/null || \
		{ echo "test-cross needs $$tool: apt-get install $(CROSS_PACKAGES)"; exit 2; }; done
	$(call preset,aarch64)
	FIGURATE_TEST_ARM=1 $(BIN)/python -m pytest tests/python/export/c/test_on_arm.py

# Configures, builds and tests one preset of CMakePresets.json.
define preset
	@echo "Building and running the C++ tests ($(1)) ..."
	@$(WITH_TOOLS) cmake --preset $(1) >build/$(1).log || { cat build/$(1).log; exit 1; }
	@$(WITH_TOOLS) cmake --build --preset $(1) --target all -- --quiet
	@$(WITH_TOOLS) ctest --preset $(1)
endef

# ---- keeping house ---------------------------------------------------------------------------------------------------

lint: $(STAMPS)/requirements-dev  ## check style, types, import directions and the house's rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@echo clang-format --dry-run; $(BIN)/clang-format --dry-run -Werror $(CXX_FILES)
	$(BIN)/mypy
	PYTHONPATH=src $(BIN)/lint-imports --no-logo
	$(BIN)/python -m tools.house

format: $(STAMPS)/requirements-dev  ## bring the sources into the house's style
	$(BIN)/ruff check --fix --select I .
	$(BIN)/ruff format .
	$(BIN)/clang-format -i $(CXX_FILES)

wheel: $(STAMPS)/wheel $(STAMPS)/requirements-test  ## build a wheel into dist/, and say where it runs
	@mkdir -p dist && cp build/wheel/figurate-*.whl dist/
	@$(BIN)/auditwheel show dist/figurate-*.whl
	@ls -l dist

bench: $(STAMPS)/wheel  ## time the lesson beside the other frameworks (takes a while; see benchmarks/)
	$(BIN)/python -m benchmarks.environments --figurate-wheel build/wheel/figurate-*.whl
	$(BIN)/python -m benchmarks.run_all

clean:  ## remove everything that was built or set up here
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache

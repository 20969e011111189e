# SPDX-License-Identifier: Apache-2.0
#
#   make demo             set up, build, train the first experiment beside its exact theory, draw the figures
#   make test             set up, build, run every test and the formatter's lint
#   make parity           hold transformer and gated predictors to PyTorch: logits, loss, gradients, ten steps; and exports
#   make test-torch       hold PyTorch modules as architectures to finite differences, and run one
#   make test-plugins     print what becomes of every hostile plugin under list, check, sample and sample --isolate
#   make test-matrix      scaffold, build and check a plugin of every kind in every language
#   make bench            measure training steps per second
#   make bench-peers      the same beside PyTorch and JAX; BENCH_OPTIONS=--quick for a short one
#   make install PREFIX=  install the host, the default plugins, the SDK and the recipes (default /usr/local)
#   make format           format the Swift sources in place
#   make setup            only install what the build needs

SHELL := /bin/sh
PREFIX ?= /usr/local
DESTDIR ?=
RECIPE ?= Experiments/s1/induction.yaml
DEMO_OUTPUT ?= runs/demo-$(shell date -u +%Y%m%d-%H%M%S)
PEERS_PYTHON ?= .build/parity/bin/python
BENCH_OPTIONS ?=
BIN = $(shell swift build -c release --show-bin-path)
LIBRARIES := InductKernels InductKernelsV3 InductKernelsV4 SyntheticSources Transformer Architectures Gates Evaluators
SWIFT_SOURCES := Package.swift Sources Plugins Tests SDK/Swift/Package.swift SDK/Swift/Sources
VERSION = $(shell sed -n 's/.*static let text = "\(.*\)"/\1/p' Sources/induct/Induct.swift)

.PHONY: demo test parity test-torch test-plugins test-matrix bench bench-peers install format lint setup setup-figures setup-python build clean

build: setup
	swift build -c release

demo: build setup-figures
	@output="$(DEMO_OUTPUT)"; \
	"$(BIN)/induct" run $(RECIPE) --output "$$output" && \
	echo && echo "The run: $$output" && echo "Its figures:" && ls -1 "$$output"/figures/* | sed 's/^/  /'

test: setup setup-python
	swift build -c release --build-tests
	$(MAKE) lint
	swift test -c release --disable-testable-imports --disable-xctest

# PyTorch comes in an environment of its own, unless an interpreter that has it is named.
PARITY_PYTHON ?= .build/parity/bin/python
parity: build
	@[ "$(PARITY_PYTHON)" != .build/parity/bin/python ] || Support/setup parity
	"$(PARITY_PYTHON)" Tests/Parity/parity.py "$(BIN)/ParityDump"
	"$(PARITY_PYTHON)" Tests/Parity/predictors.py "$(BIN)/ParityDump"
	"$(PARITY_PYTHON)" Tests/Parity/huggingface.py "$(BIN)/induct"

test-torch: build
	@[ "$(PARITY_PYTHON)" != .build/parity/bin/python ] || Support/setup parity
	INDUCT="$(BIN)/induct" PYTHONPATH=SDK/Python "$(PARITY_PYTHON)" -m unittest discover -s SDK/Python/tests

test-plugins: build
	Support/test-plugins "$(BIN)/induct"

test-matrix: build setup-python
	INDUCT_PYTHON=$(CURDIR)/.build/python/bin/python Support/test-matrix "$(BIN)/induct"

bench: build
	"$(BIN)/induct" bench train --source 'with-bos(dursley-wonka(p=0.4,q=0.25))' \
	    --architecture 'transformer(layers=2,width=64,heads=4)' --length 100 --batch 64 --steps 200

bench-peers: build
	@[ "$(PEERS_PYTHON)" != .build/parity/bin/python ] || Support/setup peers
	python3 Benchmarks/Peers/compare.py --induct "$(BIN)/induct" --peers-python "$(PEERS_PYTHON)" $(BENCH_OPTIONS)

lint:
	swift format lint --strict --recursive $(SWIFT_SOURCES)

format:
	swift format --in-place --recursive $(SWIFT_SOURCES)

# Debian packages, only those that are missing; the pictures' environment only for the demonstration.
setup:
	@Support/setup packages

# What the tests of plugins in Python run with.
setup-python:
	@Support/setup python

setup-figures:
	@Support/setup figures

# The program looks for its libraries beside itself and in ../lib/induct.
install: build
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/lib/induct" "$(DESTDIR)$(PREFIX)/lib/pkgconfig" \
	    "$(DESTDIR)$(PREFIX)/lib/cmake/Induct" "$(DESTDIR)$(PREFIX)/include/induct/cpp" \
	    "$(DESTDIR)$(PREFIX)/share/induct"
	install -m 755 "$(BIN)/induct" "$(DESTDIR)$(PREFIX)/bin/induct"
	for library in $(LIBRARIES); do \
	    install -m 755 "$(BIN)/lib$$library.so" "$(DESTDIR)$(PREFIX)/lib/induct/" || exit 1; done
	install -m 644 SDK/C/include/induct/*.h SDK/Cpp/include/induct/*.hpp "$(DESTDIR)$(PREFIX)/include/induct/"
	install -m 644 SDK/Cpp/include/induct/cpp/*.hpp "$(DESTDIR)$(PREFIX)/include/induct/cpp/"
	install -m 644 SDK/C/plugin.version "$(DESTDIR)$(PREFIX)/share/induct/"
	rm -rf "$(DESTDIR)$(PREFIX)/share/induct/SDK"
	install -d "$(DESTDIR)$(PREFIX)/share/induct/SDK"
	tar -c -C SDK --exclude=.build --exclude=target --exclude=__pycache__ . | tar -x --no-same-owner -C "$(DESTDIR)$(PREFIX)/share/induct/SDK"
	install -d "$(DESTDIR)$(PREFIX)/share/induct/experiments"
	cp -R Experiments/. "$(DESTDIR)$(PREFIX)/share/induct/experiments/"
	install -d "$(DESTDIR)$(PREFIX)/share/induct/configurations"
	install -m 644 Benchmarks/configurations/*.yaml "$(DESTDIR)$(PREFIX)/share/induct/configurations/"
	install -d "$(DESTDIR)$(PREFIX)/share/induct/templates"
	install -m 644 SDK/C/templates/*.c "$(DESTDIR)$(PREFIX)/share/induct/templates/"
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' SDK/induct.pc.in \
	    > "$(DESTDIR)$(PREFIX)/lib/pkgconfig/induct.pc"
	install -m 644 SDK/CMake/InductConfig.cmake "$(DESTDIR)$(PREFIX)/lib/cmake/Induct/"
	sed 's|@VERSION@|$(VERSION)|' SDK/CMake/InductConfigVersion.cmake.in \
	    > "$(DESTDIR)$(PREFIX)/lib/cmake/Induct/InductConfigVersion.cmake"

clean:
	swift package clean

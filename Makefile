SHELL := /bin/bash
.DEFAULT_GOAL := help
SWIFT  ?= swift
PREFIX ?= /usr/local
OUT    ?= out
SUDO   := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
LIBS   := poppler-glib libxml-2.0 libzip sqlite3 openblas
APT    := pkg-config libpoppler-glib-dev libxml2-dev libzip-dev libsqlite3-dev libopenblas-dev
FLAGS  := --explicit-target-dependency-import-check=error
BIN     = $(shell $(SWIFT) build -c release --show-bin-path)

.PHONY: help deps build run test crash fuzz lint format clean install uninstall \
  bench bench-build bench-engine bench-context bench-exactness bench-snapshot bench-m1-shapes bench-ingest bench-reading bench-queue bench-answers bench-report bench-tokenizer bench-write

help: ## What can be made.
	@echo "Docket: directories of documents in, cited JSON out."
	@echo
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /\1\t/' | awk -F'\t' '{printf "  make %-16s %s\n", $$1, $$2}'

deps: ## Install the five C libraries from Debian, if any is missing.
	@if pkg-config --exists $(LIBS) 2>/dev/null; then echo "deps: $(LIBS) are installed"; \
	else echo "deps: installing $(APT)"; $(SUDO) apt-get update -q \
	  && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $(APT); fi

build: deps ## Build the release binary.
	@echo "build: release (some minutes the first time)"
	$(SWIFT) build -c release $(FLAGS) --product docket

run: build ## Run the three sample pipelines on Samples/ and show what came out.
	@Samples/run.sh "$(BIN)/docket" "$(OUT)"

test: deps ## Run all tests.
	@echo "test: debug build, kernels optimised"
	$(SWIFT) build --build-tests $(FLAGS)
	$(SWIFT) test --skip-build --disable-xctest $(ARGS)

crash: deps ## Kill and stop runs, SEEDS=20 times; outputs and ledger must come out the same.
	$(SWIFT) build $(FLAGS)
	@D="$$($(SWIFT) build --show-bin-path)"; "$$D/CrashCampaign" --docket "$$D/docket" \
	  --power-loss "$$D/libPowerLoss.so" --seeds $${SEEDS:-20} $(ARGS)

fuzz: ## Feed random bytes to the checkpoint and tokenizer readers, SECONDS_EACH=30.
	@Tests/Fuzz/fuzz.sh $${SECONDS_EACH:-30}

lint: ## Check the formatting of every Swift file.
	$(SWIFT) format lint --strict --parallel --recursive Package.swift Sources Tests

format: ## Format every Swift file.
	$(SWIFT) format format --in-place --parallel --recursive Package.swift Sources Tests

bench: bench-engine bench-queue ## Measure the engine and the queue on this machine.

bench-build: deps
	$(SWIFT) build -c release $(FLAGS) --product docket-bench

bench-engine: bench-build ## Prefill and decode speed against limits and peers (ARGS="CHECKPOINT …": see docket-bench).
	@"$(BIN)/docket-bench" engine --table $(ARGS)

bench-context: bench-build ## Time and memory of one context from 1k to 1M tokens.
	@"$(BIN)/docket-bench" context $(ARGS)

bench-exactness: bench-build ## Largest differences from the reference implementations, per golden checkpoint.
	@"$(BIN)/docket-bench" exactness $(ARGS)

bench-snapshot: bench-build ## Speed of a session's state to the disk and back, beside the disk's own.
	@"$(BIN)/docket-bench" snapshot $(ARGS)

bench-m1-shapes: bench-build ## Two layers of MiniMax-M1 at true size, 4 bits (ARGS="--in DIR": 10.1 GB of disk).
	@"$(BIN)/docket-bench" m1-shapes $(ARGS)

bench-ingest: bench-build ## Read a measuring set: SET=folder OUT=folder; scores, speed, memory (SCORER=, PEERS=, PEER_SECONDS=900 each).
	@"$(BIN)/docket-bench" ingest --set "$(SET)" --out "$(OUT)" --scorer "$(SCORER)" \
	  --peers "$(PEERS)" --peers-python "$(PEERS_PYTHON)" --peer-seconds "$(PEER_SECONDS)" $(ARGS)

bench-reading: bench-build ## Time and memory of reading FILES="a.pdf b.html" of any length.
	@"$(BIN)/docket-bench" reading $(FILES)

bench-queue: bench-build ## The queue's speed; PEERS="command" runs other queues beside it (docket-bench help).
	@"$(BIN)/docket-bench" queue $(if $(PEERS),--peers "$(PEERS)") $(ARGS)

bench-answers: bench-build ## Score answers: DATA=file in the labelled format, .jsonl or .jsonl.gz.
	@"$(BIN)/docket-bench" answers "$(DATA)" $(ARGS)

bench-report: bench-build ## A report of 100 to 5,000 documents in headless Chromium: load, filter, sort.
	@"$(BIN)/docket-bench" report $(ARGS)

bench-tokenizer: bench-build ## Tokenizer speed: ARGS="--text FILE".
	@"$(BIN)/docket-bench" tokenizer $(ARGS)

bench-write: bench-build ## Cost of constrained and grounded writing: ARGS="CHECKPOINT".
	@env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE "$(BIN)/docket-bench" write $(ARGS)

install: build ## Install docket, its weights and the sample pipelines under PREFIX (/usr/local).
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/docket/Pipelines
	install -m 755 "$(BIN)/docket" $(DESTDIR)$(PREFIX)/bin/docket
	cp -R Sources/DefaultReader/Resources/reader-v0 $(DESTDIR)$(PREFIX)/share/docket/
	install -m 644 Sources/Outputs/Rankers/*.bin $(DESTDIR)$(PREFIX)/share/docket/
	install -m 644 Pipelines/* $(DESTDIR)$(PREFIX)/share/docket/Pipelines/

uninstall: ## Remove what install put there.
	rm -rf $(DESTDIR)$(PREFIX)/bin/docket $(DESTDIR)$(PREFIX)/share/docket

clean: ## Remove build products and sample outputs.
	rm -rf .build $(OUT)

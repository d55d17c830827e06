# Two commands are the whole set-up: `make run` and `make test`. Each installs what it lacks; a second call does no work
# twice. What takes more than a line is in scripts/.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run build tools test test-rust test-e2e soak mutations bench audit fmt lint screenshots clean

help: ## show this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /\1\t/' | expand -t 14

run: build ## build, then serve the demo on http://127.0.0.1:3000
	@exec target/release/dmm serve --demo

build: ## build target/release/dmm with the web app inside
	@scripts/tools.sh build
	@scripts/build.sh

tools: ## install everything that the other targets need
	@scripts/tools.sh test

test: ## all checks and tests; the last line counts them
	@scripts/test.sh

test-rust: ## the Rust tests alone
	@scripts/tools.sh test
	@scripts/test.sh rust

test-e2e: ## the end-to-end tests alone; ARGS="…" goes to Playwright
	@scripts/tools.sh test
	@scripts/test.sh e2e $(ARGS)

soak: ## play SEEDS histories on virtual time [10000], from seed FROM [1] on; stops at the first that breaks a promise
	@DMM_SEEDS=$(or $(SEEDS),10000) DMM_FROM=$(or $(FROM),1) \
		cargo test --release --test integration promises_1_to_7 -- --nocapture

mutations: ## break the engine on purpose and show that a test fails for each way; ARGS="name…" for some
	@scripts/tools.sh test
	@scripts/build-site.sh
	@scripts/mutations.sh $(ARGS)

lint: ## the checks without the tests
	@scripts/tools.sh test
	@scripts/test.sh lint

fmt: ## format the Rust code
	@cargo fmt

bench: build ## measure syncs on both databases, the interface meanwhile and a thousand readers; ENTRIES=1000000 ROUNDS=1 for another size
	@scripts/bench.sh $(if $(ENTRIES),--entries $(ENTRIES)) $(if $(ROUNDS),--rounds $(ROUNDS)) $(ARGS)

audit: build ## Lighthouse over the pages, and long tasks during a sync: ROUNDS=5 loads of each, exits non-zero below the thresholds
	@scripts/tools.sh audit
	@scripts/audit.sh $(ROUNDS)

screenshots: build ## pictures of every state into target/screenshots, and the one of the README
	@scripts/tools.sh test
	@scripts/screenshots.sh $(ARGS)

clean: ## remove what was built; the tools in the cache directory stay
	rm -rf target scripts/site/node_modules scripts/audit/node_modules end2end/node_modules

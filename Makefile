# linnet: build, try, test and install. `make help` lists what there is.

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift

# The tool carries the Swift runtime in itself on Linux: one file to copy, and a faster start.
ifeq ($(shell uname -s),Linux)
RELEASE_FLAGS = -c release --static-swift-stdlib
else
RELEASE_FLAGS = -c release
endif

# All tests of a process share its one event loop: a few at a time keep those that wait on real time punctual.
TEST_WIDTH = $(shell $(SWIFT) test --help-hidden 2>/dev/null | grep -q experimental-maximum-parallelization-width \
    && echo --experimental-maximum-parallelization-width 4)

.PHONY: help deps test-deps build demo test bench derived lint install clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | column -t -s '|'

deps: ## install the system libraries that linnet links (apt or brew)
	@.ci/deps

test-deps: deps ## the same, and what the tests use: jq, linters, a foreign libp2p peer in .venv
	@.ci/deps --test

build: ## build the tool for release
	$(SWIFT) build $(RELEASE_FLAGS) --product linnet

demo: deps build ## two engines exchange messages before your eyes
	@LINNET="$$($(SWIFT) build $(RELEASE_FLAGS) --show-bin-path)/linnet" Examples/two-engines.sh

test: test-deps ## build and run every test
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build $(TEST_WIDTH)

bench: deps ## measure, and print a table
	$(SWIFT) build $(RELEASE_FLAGS) --product linnet
	$(SWIFT) build $(RELEASE_FLAGS) --product linnet-bench
	@"$$($(SWIFT) build $(RELEASE_FLAGS) --show-bin-path)/linnet-bench"

derived: ## write anew what is made from the schema: manual pages, golden lines
	$(SWIFT) build --build-tests
	LINNET_WRITE_DERIVED=1 $(SWIFT) test --skip-build --filter "ManualPageTests|GoldenTests"

lint: test-deps ## formatting, shell scripts, man pages
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests
	shellcheck .ci/run .ci/deps Examples/*.sh
	@for page in man/*.[1-8]; do [ -e "$$page" ] || continue; echo "mandoc -T lint $$page"; mandoc -T lint -W warning "$$page" || exit 1; done

install: build ## install tool, manual and shell completion under PREFIX (default /usr/local)
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/man/man1" "$(DESTDIR)$(PREFIX)/share/man/man5" \
	    "$(DESTDIR)$(PREFIX)/share/man/man7"
	install -m 755 "$$($(SWIFT) build $(RELEASE_FLAGS) --show-bin-path)/linnet" "$(DESTDIR)$(PREFIX)/bin/linnet"
	@for page in man/*.1; do [ -e "$$page" ] || continue; install -m 644 "$$page" "$(DESTDIR)$(PREFIX)/share/man/man1/"; done
	@for page in man/*.5; do [ -e "$$page" ] || continue; install -m 644 "$$page" "$(DESTDIR)$(PREFIX)/share/man/man5/"; done
	@for page in man/*.7; do [ -e "$$page" ] || continue; install -m 644 "$$page" "$(DESTDIR)$(PREFIX)/share/man/man7/"; done
	@share="$(DESTDIR)$(PREFIX)/share"; linnet="$(DESTDIR)$(PREFIX)/bin/linnet"; \
	install -d "$$share/bash-completion/completions" "$$share/zsh/site-functions" "$$share/fish/vendor_completions.d" && \
	"$$linnet" completion bash >"$$share/bash-completion/completions/linnet" && \
	"$$linnet" completion zsh >"$$share/zsh/site-functions/_linnet" && \
	"$$linnet" completion fish >"$$share/fish/vendor_completions.d/linnet.fish"

clean: ## remove what was built
	rm -rf .build

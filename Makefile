# linnet: build, try, test and install. `make help` lists what there is.

PREFIX ?= /usr/local
DESTDIR ?=
SWIFT ?= swift
# What takes the symbols out of the installed file; STRIP=true keeps them.
STRIP ?= strip

# The tool carries the Swift runtime in itself on Linux: one file to copy, and a faster start.
ifeq ($(shell uname -s),Linux)
RELEASE_FLAGS = -c release --static-swift-stdlib
else
RELEASE_FLAGS = -c release
endif

# All tests of a process share its one event loop: a few at a time keep those that wait on real time punctual.
TEST_WIDTH = $(shell $(SWIFT) test --help-hidden 2>/dev/null | grep -q experimental-maximum-parallelization-width \
    && echo --experimental-maximum-parallelization-width 4)

.PHONY: help deps test-deps build demo demo-lan test bench fuzz corpus torture soak derived lint install clean

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

demo-lan: deps build ## three machines on one network find each other (in network namespaces)
	@LINNET="$$($(SWIFT) build $(RELEASE_FLAGS) --show-bin-path)/linnet" Examples/lan-demo.sh || [ $$? = 77 ]

test: test-deps ## build and run every test
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build $(TEST_WIDTH)

bench: deps ## measure, and print a table
	$(SWIFT) build $(RELEASE_FLAGS) --product linnet
	$(SWIFT) build $(RELEASE_FLAGS) --product linnet-bench
	@"$$($(SWIFT) build $(RELEASE_FLAGS) --show-bin-path)/linnet-bench"

# libFuzzer, coverage and all, for SECONDS on each target from SEED; SANITIZE=address looks at memory too. What globals
# hold behind tagged pointers would be taken for leaks.
FUZZ_TARGETS = lines json command session vault mnemonic
FUZZ_PATH = .build/fuzz$(SANITIZE)
FUZZ_BUILD = LINNET_FUZZ=1 $(SWIFT) build -c release --sanitize=fuzzer $(if $(SANITIZE),--sanitize=$(SANITIZE) -Xswiftc -use-ld=lld) \
    --scratch-path $(FUZZ_PATH) --product linnet-fuzz
FUZZ = SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0 LINNET_FUZZ_TARGET=$$target $(FUZZ_PATH)/release/linnet-fuzz -max_len=2048
SECONDS ?= 60
SEED ?= 1

fuzz: deps ## let libFuzzer look for crashes: SECONDS=60 on each target, SEED=1, SANITIZE=address
	$(FUZZ_BUILD)
	@mkdir -p .build/found
	@for target in $(FUZZ_TARGETS); do echo "fuzz: $$target"; mkdir -p .build/corpus/$$target; \
	$(FUZZ) -max_total_time=$(SECONDS) -seed=$(SEED) -print_final_stats=1 -artifact_prefix=.build/found/$$target- \
	    .build/corpus/$$target Tests/Corpus/$$target || exit 1; done

corpus: deps ## keep in Tests/Corpus what make fuzz has found and what covers something new, as few files as do
	$(FUZZ_BUILD)
	@for target in $(FUZZ_TARGETS); do mkdir -p .build/corpus/$$target; rm -rf .build/corpus/kept; mkdir .build/corpus/kept; \
	$(FUZZ) -set_cover_merge=1 -use_counters=0 .build/corpus/kept Tests/Corpus/$$target .build/corpus/$$target && \
	rm -rf Tests/Corpus/$$target && mv .build/corpus/kept Tests/Corpus/$$target || exit 1; done

torture: ## kill an engine at ROUNDS=1000 random points, and look for what its reader lost
	$(SWIFT) build --build-tests
	LINNET_TORTURE=$(or $(ROUNDS),1000) $(SWIFT) test --skip-build --filter ConsumerKillTests

soak: ## let a hundred peers come and go for HOURS=24, and look at memory and descriptors
	$(SWIFT) build --build-tests
	LINNET_SOAK=$$(( $(or $(HOURS),24) * 3600 )) $(SWIFT) test --skip-build --filter SoakTests

derived: ## write anew what is made from the schema: manual pages, golden lines
	$(SWIFT) build --build-tests
	LINNET_WRITE_DERIVED=1 $(SWIFT) test --skip-build --filter "ManualPageTests|GoldenTests"

lint: test-deps ## formatting, shell scripts, man pages
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests
	shellcheck .ci/run .ci/deps Examples/*.sh findings/*.sh
	@for page in man/*.[1-8]; do [ -e "$$page" ] || continue; echo "mandoc -T lint $$page"; mandoc -T lint -W warning "$$page" || exit 1; done

install: build ## install tool, manual, examples and shell completion under PREFIX (default /usr/local)
	install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/share/man/man1" "$(DESTDIR)$(PREFIX)/share/man/man5" \
	    "$(DESTDIR)$(PREFIX)/share/man/man7" "$(DESTDIR)$(PREFIX)/share/doc/linnet/examples"
	install -m 755 "$$($(SWIFT) build $(RELEASE_FLAGS) --show-bin-path)/linnet" "$(DESTDIR)$(PREFIX)/bin/linnet"
	@# Without its symbols the file is less than half as large; a backtrace still names the functions.
	$(STRIP) "$(DESTDIR)$(PREFIX)/bin/linnet"
	@for page in man/*.[157]; do \
	    file="$(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$${page##*/}"; \
	    sed 's,/usr/local,$(PREFIX),g' "$$page" >"$$file" && chmod 644 "$$file" || exit 1; \
	done
	install -m 755 Examples/*.* "$(DESTDIR)$(PREFIX)/share/doc/linnet/examples"
	@share="$(DESTDIR)$(PREFIX)/share"; linnet="$(DESTDIR)$(PREFIX)/bin/linnet"; \
	install -d "$$share/bash-completion/completions" "$$share/zsh/site-functions" "$$share/fish/vendor_completions.d" && \
	"$$linnet" completion bash >"$$share/bash-completion/completions/linnet" && \
	"$$linnet" completion zsh >"$$share/zsh/site-functions/_linnet" && \
	"$$linnet" completion fish >"$$share/fish/vendor_completions.d/linnet.fish"

clean: ## remove what was built
	rm -rf .build

# Few verbs, each the visible command; the same here and in CI.
PYTHON ?= python3
BIN := .venv/bin
DEBIAN := default-jre-headless chromium epubcheck poppler-utils fonts-noto-core fonts-noto-cjk fonts-noto-color-emoji

.PHONY: words help install demo check test cases bench samples docs services fuzz crash watch tamper crowd clean

help:            ## say what there is to make
	@grep -E '^[a-z]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/'

$(BIN)/clew: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	@touch $@

install: $(BIN)/clew   ## make .venv with the clew command in it

demo: $(BIN)/clew      ## unroll the example thread in the terminal
	$(BIN)/clew read examples/thread.txt

check: $(BIN)/clew     ## format, lint, types, layers
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

test: check            ## all checks and all tests
	$(BIN)/python -m pytest -q

cases: $(BIN)/clew     ## rewrite the expectations of all cases; then read git diff
	CLEW_REWRITE=1 $(BIN)/python -m pytest -q tests/test_cases.py tests/publish tests/cli tests/test_readme.py

docs: $(BIN)/clew      ## make the pages that are made from the code
	$(BIN)/python docs/make.py

words: $(BIN)/clew     ## put new words of the pages into their catalogues, and make what is read of them
	mkdir -p build
	printf '[jinja2: templates/**.html]\ntrimmed = true\n[python: said.py]\n' > build/words.cfg
	$(BIN)/pybabel -q extract -F build/words.cfg -o build/words.pot --no-location src/clew/web
	for tag in ru zh; do $(BIN)/pybabel -q update -N -l $$tag -w 120 -D clew -i build/words.pot -d src/clew/web/locale; done
	$(BIN)/pybabel -q compile -D clew -d src/clew/web/locale

samples: $(BIN)/clew   ## count what is read from ../shared/samples into docs/samples.md
	$(BIN)/python -m benchmarks.samples

crash: $(BIN)/clew     ## let archives die a thousand times, and look what is left
	$(BIN)/python -m benchmarks.crash --rounds 1000

watch: $(BIN)/clew     ## watch a thousand authors of a network on this machine for five minutes
	$(BIN)/python -m benchmarks.watch

crowd: $(BIN)/clew     ## let eleven processes read and write one archive for two minutes
	$(BIN)/python -m benchmarks.crowd

tamper: $(BIN)/clew    ## damage and forge archives, packages and WARC files, and see who notices
	$(BIN)/python -m benchmarks.tamper

kill: $(BIN)/clew      ## kill the indexing of posts two hundred times, and look what is left
	$(BIN)/python -m benchmarks.search.kill --rounds 200

bench: $(BIN)/clew     ## all benchmarks, each printing its table
	$(BIN)/python -m benchmarks.startup
	$(BIN)/python -m benchmarks.threadbench
	$(BIN)/python -m benchmarks.speed
	$(BIN)/python -m benchmarks.publish
	$(BIN)/python -m benchmarks.evidence
	$(BIN)/python -m benchmarks.search --millions 1
	$(BIN)/python -m benchmarks.search.judged

fuzz: $(BIN)/clew      ## feed every reader broken input for ten minutes
	$(BIN)/python -m benchmarks.fuzz --minutes 10

services:              ## bring what some tests need: Node packages, servers, a browser, checkers of documents
	cd benchmarks/twitter_text && npm ci --ignore-scripts --no-audit --no-fund
	cd tests/publish/node && npm ci --ignore-scripts --no-audit --no-fund
	$(PYTHON) -m venv .services/spark
	.services/spark/bin/pip install --quiet pysail==0.7.2 'pyspark-client==4.0.*' pandas 'setuptools<81' '.[corpus,compare]'
	$(PYTHON) -m venv .services/jvm
	.services/jvm/bin/pip install --quiet --no-deps 'pyspark==4.0.*'
	$(PYTHON) -m venv .services/s3
	.services/s3/bin/pip install --quiet 'moto[server]==5.2.*'
	if [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq --no-install-recommends $(DEBIAN); fi
	PYTHON=$(PYTHON) sh tests/services/install.sh
	cd benchmarks/web/node && npm ci --ignore-scripts --no-audit --no-fund

clean:                 ## remove what make made
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

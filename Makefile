# Every target sets up what it needs; a second run finds it in place.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
SITE_READY := $(VENV)/site-ready
TEST_READY := $(VENV)/test-ready
NODE_READY := node_modules/.package-lock.json
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# npm of the machine if its Node is one that all packages take (package-lock.json), else of Node's wheel. WSL finds an npm of Windows, without a Node.
NODE_FITS = [ "$$(node -p 'const [a, b] = process.versions.node.split("."); a > 22 || (a == 20 && b > 18) || (a == 22 && b > 11)' 2>/dev/null)" = true ]
NPM = { $(NODE_FITS) && command -v npm >/dev/null || $(PIP) install --require-hashes -r requirements/node.txt; } && PATH="$(CURDIR)/$(BIN):$$PATH" npm
MKDOCS := NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs

.DEFAULT_GOAL := help
.PHONY: help serve build offline test check check-links bench lock clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

serve: $(SITE_READY) $(NODE_READY) ## the site at http://127.0.0.1:8000 with live reload (PORT=8001 for another port)
	$(MKDOCS) serve --dev-addr 127.0.0.1:$(PORT)

build: $(SITE_READY) $(NODE_READY) ## the publishable site in site/; any warning fails and leaves the last one (SHEET_PDF=required: so does a missing Chromium)
	rm -rf site.new && $(MKDOCS) build --strict --site-dir site.new
	rm -rf site && mv site.new site

offline: $(SITE_READY) $(NODE_READY) ## a copy in site.zip that opens from the disk, with search
	rm -rf site.disk && OFFLINE=true $(MKDOCS) build --strict --site-dir site.disk
	$(BIN)/python -m hooks.disk site.disk site.zip && rm -rf site.disk

test: $(TEST_READY) $(NODE_READY) ## every test, a headless Chromium included (ARGS="-k name" for some)
	$(BIN)/python -m pytest $(ARGS)

check: $(TEST_READY) $(NODE_READY) ## of the tests, those of the pages: valid HTML, links, anchors, spelling of terms, sources
	$(BIN)/python -m pytest tests/test_html.py tests/test_site.py tests/test_terms.py tests/test_sources.py $(ARGS)

check-links: $(SITE_READY) ## do the outgoing links answer, live, and are the limits fresh (REPORT=file also writes it)
	$(BIN)/python -m checks.links $(REPORT)

bench: $(TEST_READY) $(NODE_READY) ## every figure the project promises, as a table; also into the README (an hour and a half)
	$(BIN)/python -m benchmarks --readme

lock: $(VENV)/python-ready ## refresh requirements/ and package-lock.json from pyproject.toml and package.json
	$(PIP) install "$$(sed -n 's/^lock = \["\(.*\)"\].*/\1/p' pyproject.toml)"
	$(LOCK) pyproject.toml -o requirements/site.txt
	$(LOCK) pyproject.toml --group test -o requirements/test.txt
	$(LOCK) --group node -o requirements/node.txt
	$(NPM) install --package-lock-only
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade --prerelease disallow

clean: ## remove everything the other targets made in this folder
	rm -rf $(VENV) node_modules site site.new site.disk site.zip .pytest_cache .hypothesis
	find hooks tests checks benchmarks -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/python-ready:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed; $(PYTHON) is older. Try: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "$(PYTHON) cannot make a virtual environment. On Debian: apt-get install python3-venv"; exit 1; }
	@touch $@

$(SITE_READY): requirements/site.txt | $(VENV)/python-ready
	$(PIP) install --require-hashes -r $<
	@touch $@

$(TEST_READY): requirements/test.txt tests/chromium.py | $(SITE_READY)
	$(PIP) install --require-hashes -r $<
	$(BIN)/python -m tests.chromium
	@touch $@

$(NODE_READY): package.json package-lock.json | $(VENV)/python-ready
	$(NPM) ci
	@touch $@

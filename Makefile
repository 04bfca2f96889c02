# `make run` and `make test` need Python, git and a package index; everything else they set up in .venv.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
ARGS ?=
SHARED ?= $(or $(PALINT_SHARED),../shared)

.PHONY: run test test-everywhere slow without-fork fleet packaging quality bench cost keywords ecosystem ecosystem-accept docs
.PHONY: snapshots site editors dist packages fuzz migrate-node mutation clean

# setuptools warns of every editable installation whose folders are named otherwise than its packages (rules/).
$(VENV)/ready: pyproject.toml
	@echo "Installing palint and its development tools into $(VENV): a minute or two"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	@PYTHONWARNINGS='ignore:Editable installation' $(BIN)/python -m pip install --quiet --editable . --group dev
	@touch $@

# palint on PATH given by ARGS; without ARGS on a demonstration repository with one violation of each rule.
run: $(VENV)/ready
	@$(BIN)/python docs/demo.py $(ARGS)

test: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist worksteal --durations 10 -m "not slow"
	$(BIN)/palint --fail-on warning .

# The suite on each interpreter of PYTHONS, in random orders, with another locale, as another user, without the shared
# data: tests/everywhere.py. Eight minutes for each on two idle cores, so it is not part of `make test`.
PYTHONS ?=
test-everywhere:
	@$(PYTHON) tests/everywhere.py $(PYTHONS)

# The tests that take five seconds or more each: hostile inputs, the growth of every pattern, kills at each step.
slow: $(VENV)/ready
	$(BIN)/python -m pytest -n 2 --dist worksteal --durations 10 -m slow

# The tests of the command line, where palint can neither fork nor open a file from its directory's descriptor.
without-fork: $(VENV)/ready
	PALINT_TEST_WITHOUT_FORK=$(abspath $(BIN))/palint $(BIN)/python -m pytest -n 2 -m "not slow" tests/cli tests/config

# What installs from a package index or builds: a rule of another package in a fresh environment and through
# pre-commit, the GitHub action, the container image, the npm package and the pre-commit mirror, two builds of wheel
# and source archive. `make test` has smaller forms of these.
packaging: $(VENV)/ready
	PALINT_TEST_PACKAGING=1 $(BIN)/python -m pytest -n 2 --dist loadfile \
	  tests/test_third_party_rule.py tests/test_action.py tests/test_supply_chain.py tests/test_container.py \
	  tests/test_packages.py

# `palint fleet` with a real Ray cluster of which a worker and a node are killed, and a driver that is killed ten times.
# Installs Ray: 70 MB to download, 240 MB on disk.
fleet: $(VENV)/ready
	$(BIN)/python -m pip install --quiet ray
	$(BIN)/python -m pytest -m slow tests/fleet

# Precision, recall and F1 of hardcoded-secret on labelled lines, out of fold, with detect-secrets beside it.
quality: $(VENV)/ready
	$(BIN)/python -m pip install --quiet --group quality
	$(BIN)/python bench/quality.py $(CLONES)
	$(BIN)/python bench/workflow_labels.py $(SHARED)/data/workflows-dev

# Time and memory beside gitleaks, kingfisher, betterleaks, detect-secrets and cat, as ratios of one run.
bench: $(VENV)/ready
	$(BIN)/python bench/compare.py
	$(BIN)/python bench/hook.py
	$(BIN)/python bench/workflows.py $(SHARED)/data/workflows-dev/head
	$(BIN)/python bench/server.py

# Which findings a change adds, loses and moves in 60 pinned packages, or in TREES=DIR; compared with the stored
# findings, or with the palint of BASE=REV. Ends with 1 if there is any.
ecosystem: $(VENV)/ready
	@$(BIN)/python bench/ecosystem.py $(if $(TREES),--trees '$(TREES)') $(if $(BASE),--base '$(BASE)') $(ARGS)

# The same in the pinned packages, and stores their findings. Read the difference before you commit it.
ecosystem-accept: $(VENV)/ready
	@$(BIN)/python bench/ecosystem.py --accept $(ARGS)

# Instructions beside those of the merge base and the last release; BASE=REV compares with REV. Needs valgrind.
cost: $(VENV)/ready
	$(BIN)/python bench/cost.py $(if $(BASE),--base $(BASE))

# Matches and hits of each keyword in the pinned trees, or in the folder TREE.
keywords: $(VENV)/ready
	@$(BIN)/python bench/keywords.py $(TREE)

# What is made from the code: in docs/ the pages of rules, settings and formats, and the picture.
docs: $(VENV)/ready
	$(BIN)/python docs/make_rules.py
	$(BIN)/python docs/make_formats.py
	$(BIN)/python docs/make_settings.py
	$(BIN)/python docs/make_picture.py
	$(BIN)/python schema/make_schemastore.py
	PALINT_REFRESH_PAGES=1 $(BIN)/python -m pytest -q tests/test_pages.py -k commands_of_a_page

# What rules report, and other texts for people, in tests/*/snapshots and tests/rules/findings. Read the difference
# before you commit it.
snapshots: $(VENV)/ready
	$(BIN)/python -m tests.rules.test_snapshots
	PALINT_REFRESH_SNAPSHOTS=1 $(BIN)/python -m pytest -q tests/rules $$(git grep -lE 'check_snapshot|make_plan\(|^PRINTED' 'tests/*test_*.py')

# The documentation's web site, in site/; a link that leads nowhere ends the build.
site: $(VENV)/ready
	$(BIN)/zensical build --strict

# The VS Code extension: its build, its linter, and its client against the real server. Needs Node.js 20.
editors: $(VENV)/ready
	cd editors/vscode && npm ci --no-audit --no-fund && npm run build && npm run lint
	cd editors/vscode && PALINT=$(abspath $(BIN))/palint npm test

# The wheel, the source archive and the bill of materials, after two builds that must be the same to the byte.
dist: $(VENV)/ready
	$(BIN)/python bench/reproducible.py dist

# What Homebrew, npm and the mirror for pre-commit take, in build/packages: docs/release.md.
packages: dist
	$(BIN)/python packaging/make_packages.py dist build/packages

# The JavaScript loader of `palint migrate` and edited programs with the real AWS SDK; needs Node and npm.
migrate-node: $(VENV)/ready
	PALINT_TEST_NPM=1 $(BIN)/python -m pytest tests/migrate/test_node_loader.py tests/advice/test_edits.py

# 2,000 generated changes; every parser, the settings and the escapers, SECONDS for each.
SECONDS ?= 60
fuzz: $(VENV)/ready
	-$(BIN)/python -m pip install --quiet --only-binary :all: atheris
	PALINT_CHANGES=2000 $(BIN)/python -m pytest -q -n 2 tests/hostile/test_changes.py
	$(BIN)/python fuzz/fuzz.py $(SECONDS)

# Faults put into the code one at a time, which the tests must notice: docs/mutation.md.
mutation: $(VENV)/ready
	$(BIN)/python bench/mutation.py

clean:
	rm -rf $(VENV) build dist site editors/vscode/node_modules editors/vscode/dist src/palint.egg-info

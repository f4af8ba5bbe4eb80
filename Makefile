# The targets are the README's commands. `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
UV := $(or $(wildcard .venv/bin/uv),uv)
ACCESS := . $(dir $(lastword $(MAKEFILE_LIST)))scripts/package_access.sh && { [ -n "$$PRAXI_PIP_ADOPTED" ] || adopt_pip_connection; } && explained lock
LOCK := @$(ACCESS) $(UV) pip compile -q --universal --generate-hashes --no-emit-index-url --python-version 3.11 --custom-compile-command "make lock"
SLOW := server or slow or airflow
PYTEST := PRAXI_REQUIRE_TOOLS=1 .venv/bin/pytest -n 2 --randomly-seed=430398368 --hypothesis-profile=ci

.PHONY: help setup lock images pin check test coverage fuzz docs model bench demo demo-stop dist matrix

help:  ## List the targets.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 14

setup:  ## Build .venv (Airflow, providers, tests) and .venv-tasks (the task image's contents) from their locks.
	@scripts/setup.sh

lock:  ## Resolve the locks again from the *.in files.
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) images/task/requirements.in -c requirements.txt -o images/task/requirements.txt
	$(LOCK) images/serve/requirements.in -c requirements.txt -o images/serve/requirements.txt
	$(LOCK) images/airflow/requirements.in -c requirements.txt -o images/airflow/requirements.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt
	$(LOCK) requirements-mlflow.in -o requirements-mlflow.txt
	$(LOCK) requirements-docs.in -o requirements-docs.txt
	$(LOCK) requirements-fuzz.in -o requirements-fuzz.txt

images:  ## Build the images of tasks, Airflow and the service with podman, buildah or docker.
	@scripts/images.sh

pin: setup  ## Write today's digests beside the tags of the public images that the builds and Compose use.
	@PYTHONPATH=. .venv/bin/python scripts/pin_images.py

dist: setup  ## Build the wheels praxi and praxi-airflow into dist/.
	@scripts/dist.sh

matrix: setup  ## Try the wheels in clean Airflows; AIRFLOW=3.2 PYTHON=3.12 for one cell.
	@AIRFLOW="$(AIRFLOW)" PYTHON="$(PYTHON)" scripts/matrix.sh

check: setup  ## Lint, types, layers, locks.
	.venv/bin/ruff check . && .venv/bin/ruff format --check .
	.venv/bin/mypy
	PYTHONPATH=.:plugins .venv/bin/lint-imports
	scripts/check_locks.sh

# Two processes share the fast tests, and three the slow ones, more than half of whose time is waiting for
# servers. One order and the same made-up inputs, so that a red run can be run again as it was; `pytest` alone
# shuffles, and makes up inputs, anew each time.
test: setup check  ## Install what is needed and run every test.
	@scripts/apt.sh test
	$(PYTEST) -m "not ($(SLOW))"
	$(PYTEST) -n 3 -m "$(SLOW)" --dist loadfile

# Apart from the tests, because tracing costs the fast ones half of their time again.
coverage: setup  ## Run the fast tests and print how much of each part they cover.
	@scripts/apt.sh test
	$(PYTEST) -m "not ($(SLOW))" --cov --cov-report=
	@for part in praxi_tasks plugins dags; do \
		echo "covered by the fast tests: $$part $$(.venv/bin/coverage report --format=total --include="$$part/*")%"; done

fuzz:  ## Fuzz every target, or TARGETS="tar gzip_stream", each for SECONDS=60; finds go to tests/fuzz/corpus.
	@scripts/setup.sh fuzz
	@PYTHONPATH=.:plugins .venv-fuzz/bin/python -m tests.fuzz --seconds $(or $(SECONDS),60) $(TARGETS)

docs:  ## Build the documentation as a site at dist/docs; a link or anchor that leads nowhere fails.
	@scripts/setup.sh docs
	@.venv-docs/bin/sphinx-build --conf-dir docs --fail-on-warning --keep-going --quiet . dist/docs
	@echo "docs: open dist/docs/index.html"

model: setup  ## Build the starter model, packs of Debian's suites and the demonstration's wheels, at .praxi/models/starter.
	@scripts/model.sh

bench: setup  ## Measure discovery; print the tables and write them to benchmarks/results/.
	@PYTHONPATH=. .venv/bin/python -m benchmarks.discovery

demo:  ## Audit real images with a real Airflow, from nothing; IMAGES="REF …" audits those too.
	@echo "demo: everything runs on 127.0.0.1 and lies in .praxi/demo; the first time takes about five minutes"
	@scripts/apt.sh demo
	@scripts/setup.sh
	@PYTHONPATH=.:plugins .venv/bin/python -m demo up

demo-stop:  ## End exactly what `make demo` started.
	@if [ -x .venv/bin/python ]; then PYTHONPATH=.:plugins .venv/bin/python -m demo down; else echo "demo: nothing was started here"; fi

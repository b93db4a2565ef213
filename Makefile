# On a fresh machine: Python 3.11 or newer, make and pip; nothing else is assumed.
# The first target that is called makes .venv from the committed lock.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Some systems ship Python without ensurepip; their pip fills the environment from outside.
PIP := $(PYTHON) -m pip --python $(VENV)
LOCK := requirements/dev.lock
UV ?= .venv-lock/bin/uv
# Two workers: each holds a framework, which takes about 1 GB of memory.
WORKERS ?= 2
# A CPU build is wanted. Where the package index serves CUDA builds under this version, give the
# CPU build's own: `make test-torch TORCH=torch==2.13.0+cpu`, with an index that has it.
TORCH ?= torch==2.13.0

# Nothing here needs an accelerator, and a test's answer must not depend on one.
export TF_CPP_MIN_LOG_LEVEL := 3
export CUDA_VISIBLE_DEVICES := -1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-jax test-torch test-cluster coverage check format rules schema lock sweep faults bench bench-load bench-check bench-pad bench-audit planted scorecard claims lab explain-score raises known matrix readers migrations controls fuzz defects kills kills-writer bench-background bench-bounded bench-checkpoint audits

help:  ## say what there is
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | expand -t 14

setup: $(READY)  ## make .venv from the lock (the other targets do so when they need it)

$(READY): $(LOCK) pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	@echo 'setting up $(VENV) from $(LOCK): some minutes, once'
	$(PYTHON) -m venv $(VENV) || $(PYTHON) -m venv --without-pip $(VENV)
	$(PIP) install --quiet --require-hashes -r $(LOCK)
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	touch $@

demo: $(READY)  ## the main job on real data, in two minutes
	$(BIN)/saveguard demo

test: $(READY)  ## every test on TensorFlow, then those that depend on the backend on JAX
	KERAS_BACKEND=tensorflow $(BIN)/python -m pytest -n $(WORKERS)
	$(MAKE) test-jax

test-jax: $(READY)  ## the tests that depend on the backend, on JAX
	KERAS_BACKEND=jax $(BIN)/python -m pytest -n $(WORKERS) -m backend

test-cluster: $(READY)  ## trainings in several processes, which the other targets leave out
	$(BIN)/python -m pytest -n 0 -m cluster

test-torch: $(READY)  ## the same on torch, which is installed into .venv
	$(PIP) install --quiet '$(TORCH)'
	KERAS_BACKEND=torch $(BIN)/python -m pytest -n $(WORKERS) -m 'backend or torch'

coverage: $(READY)  ## what the tests reach, held to the bound in pyproject.toml
	$(BIN)/coverage erase
	KERAS_BACKEND=tensorflow $(BIN)/coverage run -m pytest -n $(WORKERS)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

check: $(READY)  ## format, lint, types, the arrows between rooms, the rules' pages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/pages.py --check
	$(BIN)/python tools/schema.py --check

format: $(READY)  ## put the source into its form
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

rules: $(READY)  ## write docs/rules from the rules
	$(BIN)/python tools/pages.py
	$(BIN)/python tools/signatures.py

known: $(READY)  ## the tables of every release of Keras, out of the released wheels
	$(BIN)/python tools/known/run.py

# Needs uv for the environments of the old versions; WORK keeps them and their files.
matrix: $(READY)  ## files of real old versions: what loads, and whether the check says so
	$(BIN)/python tools/matrix/run.py $(if $(WORK),--work $(WORK))

# The files are those of `make matrix`, in the same WORK; REAL is a folder of real files and a manifest.
migrations: $(READY)  ## migrate the matrix's files, and compare their answers with the old versions'
	$(BIN)/python tools/migrating/run.py $(if $(WORK),--work $(WORK)) $(if $(REAL),--real $(REAL))

# Needs uv for the environments of the old versions, which WORK keeps.
readers: $(READY)  ## which Keras loads files of Keras and of Saveguard: docs/readers.md
	KERAS_BACKEND=tensorflow $(BIN)/python tools/readers/run.py $(if $(WORK),--work $(WORK))

controls: $(READY)  ## sound files, about which the check has nothing to say
	KERAS_BACKEND=tensorflow $(BIN)/python tools/controls/run.py

schema: $(READY)  ## write docs/report.schema.json from the report's values
	$(BIN)/python tools/schema.py

sweep: $(READY)  ## every built-in layer through save, fresh process and comparison
	$(BIN)/python tools/sweep/run.py

faults: $(READY)  ## kills, full disks and two writers, against plain Keras
	$(BIN)/python benchmarks/faults.py

defects: $(READY)  ## twenty kinds of defect in ten models, each found before training
	KERAS_BACKEND=tensorflow $(BIN)/python -m tools.preflight

kills: $(READY)  ## a training that is killed 50 times, and goes on: docs/resuming.md
	KERAS_BACKEND=tensorflow $(BIN)/python benchmarks/resuming.py

kills-writer: $(READY)  ## 1,000 saves that are killed, in the background too: docs/kills.md
	KERAS_BACKEND=tensorflow $(BIN)/python benchmarks/many_kills.py

bench-background: $(READY)  ## what a save in the background holds up, against a plain copy
	KERAS_BACKEND=tensorflow $(BIN)/python benchmarks/background.py

bench-checkpoint: $(READY)  ## what checkpoints and a preflight cost, against plain Keras
	KERAS_BACKEND=tensorflow $(BIN)/python benchmarks/checkpoint.py

fuzz: $(READY)  ## 20,000 mutated archives: no crash, hang, or file without a verdict; then loaded
	$(BIN)/python tools/fuzz/run.py --workers $(WORKERS)
	KERAS_BACKEND=tensorflow $(BIN)/python tools/fuzz/loading.py

bench: $(READY)  ## what a save costs, against plain Keras
	$(BIN)/python benchmarks/save.py

bench-bounded: $(READY)  ## a model larger than half of the memory it may take; as root
	KERAS_BACKEND=tensorflow $(BIN)/python benchmarks/bounded.py

bench-load: $(READY)  ## what a load costs, against plain Keras
	$(BIN)/python benchmarks/load.py

# With modelscan beside it: `make bench-check MODELSCAN=FOLDER`, an environment or where to make it.
bench-check: $(READY)  ## what a check costs, against loading with Keras and modelscan
	$(BIN)/python benchmarks/check.py $(if $(MODELSCAN),--modelscan $(MODELSCAN))

# LOADERS is an interpreter of an environment with Saveguard's dependencies, torch and grain.
planted: $(READY)  ## defects planted in every form of data, and what the audit finds: docs/audit-planted.md
	$(BIN)/python tools/planted/run.py $(if $(LOADERS),--python $(LOADERS))

# SCANNERS is where the other scanners are, or are installed: outside of the repository.
scorecard: $(READY)  ## attacks on model files, and who notices them: docs/scorecard.md
	$(BIN)/python -m tools.scorecard

# Needs Linux, and uv for the environments of the old versions, which WORK keeps: half an hour for
# each dozen. `make lab ONLY=tf2.10,keras3.9-jax` records some, NEW=1 only what is not there yet.
lab: $(READY)  ## record the errors of every release anew, and count their root causes
	$(BIN)/python tools/record_everywhere.py $(if $(WORK),--work $(WORK)) $(if $(ONLY),--only $(ONLY)) $(if $(NEW),--new)

# WHEELS keeps the wheels of the releases; without it they are fetched anew.
raises: $(READY)  ## every raise of Keras, and the code or the reason that it has: docs/raises.md
	$(BIN)/python tools/raises/run.py $(if $(WHEELS),--wheels $(WHEELS))
	$(BIN)/python tools/raises/run.py --check

explain-score: $(READY)  ## how many recorded tracebacks explain names rightly
	$(BIN)/python tools/explain_score.py
	$(BIN)/python tools/explain_holdout.py
	$(BIN)/python tools/explain_cost.py

bench-pad: $(READY)  ## what padding costs, against Keras and a plain write; needs pyarrow
	$(BIN)/python benchmarks/pad.py

bench-audit: $(READY)  ## what an audit costs, against decoding the data and against others
	$(BIN)/python benchmarks/audit.py $${AUDIT_FOLDER:-build/audit}

audits: $(READY)  ## real data sets that packages ship, audited: docs/audits.md
	KERAS_BACKEND=tensorflow $(BIN)/python -m tools.audits.run

claims: $(READY)  ## which claims about Keras hold in which versions
	$(BIN)/python tools/claims/run.py

# Annotated with who wants what; free of hosts and paths, so that any index or mirror serves it.
lock: $(UV)  ## resolve the dependencies anew into requirements/dev.lock
	$(UV) pip compile pyproject.toml --group dev --extra tensorflow --extra jax --extra demo --extra data --extra images --extra remote --extra ray \
	    --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	    --custom-compile-command 'make lock' --quiet --output-file $(LOCK)

.venv-lock/bin/uv:
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/python -m pip install --quiet uv==0.13.9

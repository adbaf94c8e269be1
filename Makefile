# What a person may ask of this checkout. `make` alone lists it.
PYTHON ?= python3
VENV := .local/venv/bin
PYTEST ?= $(VENV)/pytest -n auto --dist loadgroup
STACK ?= zerotrip
JSON ?=
export JSON
export PYTHONUNBUFFERED := 1

.DEFAULT_GOAL := help
.PHONY: help demo up down journey logs test check peers format faults bench package deploy sandbox-env dev-env

help: ## list what can be asked for
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: sandbox-env ## set everything up, run one citizen's errand, stay up until Ctrl-C
	@exec $(VENV)/python -m sandbox demo

up: sandbox-env ## bring the whole service up on this machine, in the background
	@$(VENV)/python -m sandbox up

down: ## stop what `make up` started; the data is kept
	@if [ -x $(VENV)/python ]; then $(VENV)/python -m sandbox down; fi

journey: sandbox-env ## the errand against what is up; JSON=1 prints one JSON object per step
	@$(VENV)/python -m sandbox journey

logs: sandbox-env ## what the functions have logged on this machine
	@$(VENV)/python -m sandbox logs

test: dev-env ## all tests
	@$(PYTEST)

check: dev-env ## style, types, import contracts, the template
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .
	@$(VENV)/mypy
	@$(VENV)/lint-imports --no-logo
	@$(VENV)/python -m infra.package --thin build/check
	@$(VENV)/cfn-lint -t build/check/sam.json -r us-east-1 cn-north-1 cn-northwest-1

peers: dev-env ## fetch the payment app's official SDKs, which then judge the sandbox in `make test` (440 MB)
	@sh tests/sandbox/peers/install.sh

format: dev-env ## put the code into the one form
	@$(VENV)/ruff check --fix .
	@$(VENV)/ruff format .

faults: dev-env ## every crash point of the errand, and whether it heals
	@$(VENV)/python -m tests.faults

bench: dev-env ## how near to its floor each measured thing is; writes bench/results.json
	@$(VENV)/python -m bench

package: sandbox-env ## the cloud's bundle in build/cloud
	@$(VENV)/python -m infra.package build/cloud

deploy: package ## deploy to the AWS account of your credentials; see docs/operations.md for PARAMETERS
	@$(VENV)/python -m infra.deploy build/cloud $(STACK) $(PARAMETERS)

sandbox-env:
	@$(PYTHON) sandbox/bootstrap.py sandbox

dev-env:
	@$(PYTHON) sandbox/bootstrap.py dev

# Each target is one command of localstack/, which says in its README what starts and what it needs.

.DEFAULT_GOAL := help
.PHONY: help up down reset status logs env test test-browser test-openapi test-parameters chaos bench load test-localstack check capacity measure-capacity lock dist

LOCAL := python3 localstack

help: ## say what there is
	@$(LOCAL) help

up: ## build, deploy and serve everything on this machine
	@$(LOCAL) up

down: ## stop it; its data stays
	@$(LOCAL) down

reset: ## stop it and drop its data
	@$(LOCAL) reset

status: ## say what runs, and where
	@$(LOCAL) status

logs: ## follow the logs of all functions
	@$(LOCAL) logs

env: ## print what a shell needs to work on it: eval "$$(make -s env)"
	@$(LOCAL) env

test: ## run all tests on a stack of their own (BASE_URL=…: the contract's against that address)
	@$(LOCAL) test

test-browser: ## run the tests of the pages in a browser, which `make test` runs too
	@$(LOCAL) test-browser

test-openapi: ## run Schemathesis alone (SCHEMATHESIS_EXAMPLES=200 SCHEMATHESIS_SEED=2)
	@$(LOCAL) test-openapi

test-parameters: ## deploy the template with every combination of its parameters, and delete it again
	@$(LOCAL) test-parameters

chaos: ## run the promises under faults for long (SEEDS=1..200 MINUTES=30)
	@$(LOCAL) chaos

bench: ## measure the functions beside a floor and a plain version (COMPARE=revision)
	@$(LOCAL) bench

load: ## put a mixed load on a stack of its own, then verify it (LOAD_SECONDS=30)
	@$(LOCAL) load

test-localstack: ## run the store's and the queue's tests on LocalStack
	@$(LOCAL) test-localstack

check: ## format, lints, documentation, licences, the template
	@$(LOCAL) check

capacity: ## write docs/capacity.md anew from what was measured and the prices
	@$(LOCAL) capacity

measure-capacity: ## measure what requests and jobs cost, on a stack of its own
	@$(LOCAL) measure-capacity

lock: ## lock the Python tools anew, with the digest of each file that may be installed
	@$(LOCAL) lock

dist: ## build the release: archives for both processors, checksums, licences, bill of materials
	@$(LOCAL) dist

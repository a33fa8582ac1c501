# Any Python that runs will do here; bot/pythons.py finds the right ones.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 \
	"$$HOME"/.pyenv/versions/3.1[1-9]*/bin/python "$$(uv python find 2>/dev/null)"; do \
	"$$python" -c "" >/dev/null 2>&1 && echo "$$python" && break; done)
EXTRAS ?=
LINLI = .venv/bin/linli
RASA = PYTHONPATH=. PYTHONWARNINGS=ignore .venv-rasa/bin/python -m bot.rasa.launcher

.PHONY: run test lint bench storm setup clean python
.NOTPARALLEL:

run: setup
	$(LINLI) setup
	$(LINLI) serve

test: EXTRAS += dev
test: setup
	$(LINLI) setup
	.venv/bin/python -m pytest $(TESTS)

lint: EXTRAS += dev
lint: setup
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(RASA) data validate --config config.yml --domain bot/domain --data bot/flows nlu/data --fail-on-warnings

bench: setup
	$(LINLI) setup
	$(LINLI) bench

# Two processes, one killed now and then, 2,000 WeChat messages: is every answer seen once?
storm: EXTRAS += dev
storm: setup
	$(LINLI) setup
	.venv/bin/python -m tests.storm

setup: python
	$(PYTHON) -m bot.bootstrap $(EXTRAS)

python:
	@test -n "$(PYTHON)" || { echo "linli: no Python runs here: install Python 3.11 or later" >&2; exit 2; }

# The state (var, or LINLI_HOME) stays: it holds residents' tickets.
clean:
	rm -rf .venv .venv-rasa .cache .rasa .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache build results *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# `make run` and `make test` need Python 3.11 or newer, pip and make; the rest they set up in .venv.
# With another Python: `make test PYTHON=python3.13 VENV=.venv-3.13`.

PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
READY = $(VENV)/.ready

.PHONY: run test test-long fuzz audit bounds recipient validate mutation docs notebooks clean

run: $(READY)
	mkdir -p out
	$(BIN)/firelane compare web_agency \
	  --plot out/web_agency.png --html out/web_agency.html
	@echo "The picture is out/web_agency.png, the report to forward out/web_agency.html"
	@echo "Next, in this shell: . .venv/bin/activate   Then: firelane web, or docs/calibrate.md for your own data"

test: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --no-cache
	$(BIN)/firelane warm # once, before several processes would do it side by side
	$(BIN)/pytest

# Minutes of work: the equality of the engines in 2,000 cases, and the like.
test-long: $(READY)
	$(BIN)/pytest -m long

# A million inputs, changed after the lines they reach; half an hour of one core. Then 60,000 more that
# are built from what a file is made of.
fuzz: $(READY)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[test,fuzz]"
	$(BIN)/python -m tests.fuzzing --inputs 1000000
	FIRELANE_FUZZ=60000 $(BIN)/pytest tests/fuzzing/test_fuzz.py

# Vulnerabilities known of what constraints.txt names; asks the advisory database of the Python index.
audit: $(READY)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[test,audit]"
	$(BIN)/pip-audit --strict --requirement constraints.txt --no-deps --disable-pip

# The oldest and the newest of every library that pyproject.toml lets in, on every Python that is here.
bounds: $(READY)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[test,bounds]"
	$(BIN)/python -m validation.bounds --python 3.11 --python 3.12 --python 3.13

# The same digests on another NumPy and another Python, each in a fresh environment.
recipient: $(READY)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[test,bounds]"
	$(BIN)/python -m validation.recipient

# Every kind of proof; writes docs/validation.md. FIRELANE_DATA: the folder with recorded history.
validate: $(READY)
	$(BIN)/python -m validation

# Half an hour: which changed lines no test notices.
mutation: $(READY)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[test,mutation]"
	$(BIN)/mutmut run --max-children 2
	$(BIN)/python -m validation.mutation

# The documents as a site in out/site.
docs: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --constraint constraints.txt --editable ".[docs]"
	$(BIN)/zensical build --strict --config-file mkdocs.yml
	@echo "The site is in out/site; open out/site/index.html"

# Run the notebooks and keep what they print.
notebooks: $(READY)
	$(BIN)/python notebooks/run.py

$(READY): pyproject.toml constraints.txt
	@echo "Setting up in .venv: a minute or two."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --constraint constraints.txt --editable ".[test]"
	touch $(READY)

clean:
	rm -rf .venv .venv-* out mutants .mypy_cache .ruff_cache .pytest_cache .hypothesis

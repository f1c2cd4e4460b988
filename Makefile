# make demo    verify the two shipped truces and name the reports to open
# make desk    the desk with a demonstration (the energy truce), on this machine only
# make test    the whole test-suite          make lint   format, lint, types
# make docs    regenerate the generated pages and pictures, build the site into site/
# make coverage  the whole test-suite, and which lines ran (from Python 3.12 on at little cost)
# make explore  every property and every bit of a record, on far more drawn examples, others each time; the desk on its other database (long)
# make soak    try 100,000 spoiled inputs of every kind, then walk sessions through 10,000 random steps (long); SOAK_ARGS="--n 1000 --kind agreement": python -m tests.soak --help
# make bench   speed and memory, beside what a user would pick instead (hours); AGAINST=DIR: beside another checkout too;
#              BENCH_ARGS="--sizes 5 6 --minutes 18": what can be measured in that time (python bench/run.py --help)
# make soak-desk  a busy mission whose people are killed at work again and again; nothing acknowledged may be lost (14 minutes at most)
# make bench-desk  what a decision costs at 1,000 and 100,000 incidents, a file triaged by keyboard, and pages asked for by 20 people (12 minutes at most)
.PHONY: demo desk test coverage explore lint format docs docs-check bench bench-desk soak soak-desk clean
PY = .venv/bin/python
CASES = energy-truce-2025 easter-truce-2025

demo: .venv/.run
	@for case in $(CASES); do \
	  .venv/bin/servanda verify cases/$$case/agreement.yaml cases/$$case/evidence/* \
	    --coverage cases/$$case/coverage.yaml --out out/$$case || exit $$?; echo; \
	done
	@echo "Open these two files in a browser:"; for case in $(CASES); do echo "  out/$$case/report.html"; done

desk: .venv/.run
	@test -e out/desk/desk.yaml || .venv/bin/servanda desk init out/desk --demo cases/energy-truce-2025 --by-day --name demo.example/energy-truce
	@.venv/bin/servanda desk serve out/desk

test: .venv/.dev
	$(PY) -m pytest --numprocesses auto --dist worksteal --durations 10 $(PYTEST_ARGS)

coverage: .venv/.dev
	COVERAGE_CORE=$$($(PY) -c 'import sys; print("sysmon" if sys.version_info >= (3, 12) else "ctrace")') \
	  $(MAKE) test PYTEST_ARGS="--cov --cov-report=term:skip-covered $(PYTEST_ARGS)"

explore: .venv/.dev
	$(PY) -m pytest --numprocesses auto --dist worksteal -m "hypothesis or longer or by_night" --hypothesis-profile explore $(PYTEST_ARGS)

lint: .venv/.dev
	$(PY) -m ruff format --check src tests scripts bench
	$(PY) -m ruff check src tests scripts bench
	$(PY) -m mypy

format: .venv/.dev
	$(PY) -m ruff format src tests scripts bench
	$(PY) -m ruff check --fix src tests scripts bench

docs: .venv/.dev
	$(PY) scripts/cli_reference.py
	$(PY) scripts/errors_reference.py
	$(PY) scripts/house_diagram.py
	scripts/build_docs.sh

docs-check: .venv/.dev
	@scripts/build_docs.sh

bench: .venv/.dev
	@scripts/setup.sh bench
	$(PY) bench/run.py $(BENCH_ARGS)
	$(if $(AGAINST),$(PY) bench/against.py $(AGAINST))

bench-desk: .venv/.dev
	$(PY) bench/desk.py all 100000 --write

soak: .venv/.dev
	$(PY) -m tests.soak $(SOAK_ARGS)
	$(PY) -m tests.live_soak

soak-desk: .venv/.dev
	$(PY) -m tests.desk_soak $(SOAK_ARGS)

.venv/.run: pyproject.toml requirements/run.txt scripts/setup.sh
	@scripts/setup.sh run

.venv/.dev: pyproject.toml requirements/dev.txt scripts/setup.sh
	@scripts/setup.sh dev

clean:
	rm -rf .venv .venv-docs site out build dist bench-data .hypothesis .mypy_cache .ruff_cache .pytest_cache

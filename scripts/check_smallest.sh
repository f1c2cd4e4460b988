#!/bin/sh
# Runs the tests of the judge with the oldest versions of what Servanda cannot do without, and nothing else.
# usage: scripts/check_smallest.sh [PYTHON]
set -eu
cd "$(dirname "$0")/.."
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"${1:-python3}" -m venv "$scratch"
pip() { "$scratch/bin/python" -m pip --disable-pip-version-check --quiet install "$@"; }
pip --require-hashes --no-deps --requirement requirements/smallest.txt
grep -E '^(hypothesis|pytest|iniconfig|packaging|pluggy|pygments|sortedcontainers)==' requirements/dev.txt \
    | sed 's/ .*//' >"$scratch/tests.txt"
pip --requirement "$scratch/tests.txt"
PYTHONPATH=src "$scratch/bin/python" -m pytest -p no:cacheprovider tests/test_cases.py tests/test_space.py \
    tests/test_manipulation.py tests/test_items.py tests/test_fusion.py

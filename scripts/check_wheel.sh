#!/bin/sh
# Builds the wheel, installs it in an empty environment, and uses it there as a stranger would, away from the source.
# usage: scripts/check_wheel.sh [PYTHON]     needs what setup.sh dev installs
set -eu
cd "$(dirname "$0")/.."
here=$PWD
python=${1:-.venv/bin/python}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
.venv/bin/python -m build --no-isolation --wheel --outdir "$scratch/dist" . >"$scratch/build.log" 2>&1 || { cat "$scratch/build.log"; exit 1; }
"$python" -m venv "$scratch/venv"
"$scratch/venv/bin/python" -m pip --disable-pip-version-check --quiet install --no-compile --require-hashes --no-deps \
    --requirement requirements/run.txt
"$scratch/venv/bin/python" -m pip --disable-pip-version-check --quiet install --no-deps "$scratch"/dist/*.whl
cd "$scratch"
case=$here/cases/energy-truce-2025
venv/bin/python -m servanda --version
venv/bin/servanda verify "$case/agreement.yaml" "$case"/evidence/* --coverage "$case/coverage.yaml" --out out >verified.txt
tail -n 1 verified.txt
test -s out/report.html && test -s out/verdicts.json
venv/bin/python - "$case" <<'PY'
import sys
import servanda
case = sys.argv[1]
print(servanda.verify(f"{case}/agreement.yaml", [f"{case}/evidence/reports.csv"]))
PY
echo "wheel: builds, installs and works away from its source"

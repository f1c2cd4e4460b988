#!/bin/sh
# Builds the documentation into site/ from locked packages, and checks that reading it makes no request.
set -eu
cd "$(dirname "$0")/.."
if [ ! -x .venv-docs/bin/mkdocs ] || [ requirements/docs.txt -nt .venv-docs/.done ]; then
    "${PYTHON:-.venv/bin/python}" -m venv .venv-docs
    .venv-docs/bin/python -m pip --disable-pip-version-check --quiet install --no-compile --require-hashes --no-deps --requirement requirements/docs.txt
    touch .venv-docs/.done
fi
NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --quiet --clean
.venv-docs/bin/python scripts/check_site.py site
echo "docs: built into site/index.html"

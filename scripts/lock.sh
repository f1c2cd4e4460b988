#!/bin/sh
# Locks every package, with hashes, for Python 3.11 to 3.14: requirements/*.txt from pyproject.toml. Needs uv.
# To take newer versions: scripts/lock.sh --upgrade
set -eu
cd "$(dirname "$0")/.."
lock() {
    out=$1; shift
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
        --no-annotate --output-file "requirements/$out.txt" "$@" pyproject.toml
}
lock run --extra desk --extra documents --extra reports --extra meaning "$@"
lock dev --extra dev --extra delta --extra desk --extra documents --extra iceberg --extra reports --extra spark --extra trends --constraint requirements/run.txt "$@"
lock docs --extra docs --constraint requirements/dev.txt "$@"
lock bench --extra bench --extra documents --constraint requirements/dev.txt "$@"
# what builds the package itself, and another project's reader of the C2SP formats (it asks for Python 3.12 but runs on 3.11)
printf 'hatchling\neditables\n' | uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
    --no-emit-index-url --no-annotate --constraint requirements/dev.txt --output-file requirements/build.txt "$@" -
printf 'aics-tlog==0.2.1\n' | uv pip compile --quiet --no-deps --python-version 3.12 --generate-hashes --no-header \
    --no-emit-index-url --no-annotate --output-file requirements/interop.txt -
# the oldest versions of what it cannot do without, for the job that tries them
uv pip compile --quiet --universal --python-version 3.11 --resolution lowest-direct --generate-hashes --no-header \
    --no-emit-index-url --no-annotate --output-file requirements/smallest.txt pyproject.toml

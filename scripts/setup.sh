#!/bin/sh
# Makes .venv and installs Servanda in it; with "dev" also what the tests need. Run by make; safe to run again.
set -eu
cd "$(dirname "$0")/.."
want=${1:-run}

python=
for candidate in "${PYTHON:-}" python3.14 python3.13 python3.12 python3.11 python3; do
    if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 \
        && "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "setup: needs Python 3.11 or newer; on Debian or Ubuntu: apt-get install python3 python3-venv" >&2
    exit 2
fi

make_venv() { "$python" -m venv .venv >/dev/null 2>&1 && [ -x .venv/bin/pip ]; }

if [ ! -x .venv/bin/pip ]; then
    rm -rf .venv
    if ! make_venv; then
        # Debian and Ubuntu keep venv in a package of its own.
        rm -rf .venv
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        if [ "$(id -u)" = 0 ]; then run=; elif command -v sudo >/dev/null 2>&1; then run=sudo; else run=none; fi
        if [ "$run" != none ] && command -v apt-get >/dev/null 2>&1; then
            echo "setup: installing python$version-venv"
            $run apt-get update -qq >/dev/null
            $run apt-get install -y -qq "python$version-venv" >/dev/null 2>&1 || $run apt-get install -y -qq python3-venv >/dev/null
        fi
        if ! make_venv; then
            echo "setup: cannot make a virtual environment; install python$version-venv and try again" >&2
            exit 2
        fi
    fi
fi

# Every package is locked with its hash (requirements/, made by scripts/lock.sh); the project itself is built from here.
# For tests packages are compiled when they are first used, which is half of what installing them takes, and many never are.
compile=--no-compile
[ "$want" = dev ] || compile=--compile
pip() { .venv/bin/python -m pip --disable-pip-version-check --quiet install $compile "$@"; }
# Compiled ahead, as pip does with every package: each process starts a quarter of a second sooner where Python may not write beside the source.
editable() { pip --no-deps --no-build-isolation --editable . && .venv/bin/python -m compileall -q src; }
locked() { pip --require-hashes --no-deps --requirement "requirements/$1.txt"; }

case $want in
run)
    echo "setup: installing Servanda into .venv"
    locked run && locked build && editable
    touch .venv/.run
    ;;
dev)
    echo "setup: installing Servanda and what its tests need into .venv"
    locked dev && locked build && editable
    # somebody else's reader of the C2SP formats, to check ours against; it asks for Python 3.12 but runs on 3.11
    pip --require-hashes --no-deps --ignore-requires-python --requirement requirements/interop.txt
    command -v java >/dev/null 2>&1 ||
        echo "setup: without Java the tests of a cluster are skipped; on Debian or Ubuntu: apt-get install default-jre-headless"
    touch .venv/.dev .venv/.run
    ;;
*)
    locked "$want"
    ;;
esac

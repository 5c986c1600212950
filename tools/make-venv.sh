#!/bin/sh
# Makes the virtual environment that every make target uses: tools/make-venv.sh FOLDER
# The interpreter is $PYTHON, else the first CPython >= 3.10 on PATH that can compile an extension module.
set -eu

folder=$1
say() { printf '%s\n' "$*" >&2; }

usable() { # CPython >= 3.10; prints what it lacks for compiling
    "$1" - 2>/dev/null <<'PY'
import os, sys, sysconfig
if sys.version_info < (3, 10) or sys.implementation.name != "cpython":
    raise SystemExit(1)
print("" if os.path.isfile(os.path.join(sysconfig.get_path("include"), "Python.h")) else "Python.h")
PY
}

python=
without_headers=
for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.10 python3.14 python}; do
    lacks=$(usable "$candidate") || continue
    if [ -z "$lacks" ]; then
        python=$candidate
        break
    fi
    without_headers=${without_headers:-$candidate}
done

if [ -z "$python" ]; then
    if [ -n "$without_headers" ]; then
        say "error: $without_headers lacks Python.h, which compiling an extension module needs"
        say "  try:   apt-get install python3-dev   (or PYTHON=/path/to/another/python make ...)"
    else
        say "error: no CPython >= 3.10 found${PYTHON:+ (PYTHON=$PYTHON)}"
        say "  try:   apt-get install python3 python3-dev python3-venv   (or PYTHON=/path/to/python make ...)"
    fi
    exit 1
fi
if ! command -v "${CC:-cc}" >/dev/null 2>&1 && ! command -v gcc >/dev/null 2>&1; then
    say "error: no C compiler found"
    say "  try:   apt-get install gcc libc6-dev"
    exit 1
fi

# Debian splits ensurepip off into python3-venv: without it, let any pip, virtualenv or uv at hand fill the folder.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if "$python" -m venv --clear "$folder" >"$log" 2>&1; then
    :
elif rm -rf "$folder" && "$python" -m virtualenv --quiet "$folder" >>"$log" 2>&1; then
    :
elif rm -rf "$folder" && command -v uv >/dev/null 2>&1 && uv venv --quiet --seed --python "$python" "$folder" >>"$log" 2>&1; then
    :
elif rm -rf "$folder" && "$python" -m venv --without-pip "$folder" >>"$log" 2>&1 &&
    site=$("$folder/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))') &&
    "$python" -m pip install --quiet --target "$site" pip >>"$log" 2>&1 && # --python needs pip 22.3
    "$folder/bin/python" -m pip install --quiet --force-reinstall pip >>"$log" 2>&1; then # with its command
    :
else
    rm -rf "$folder"
    cat "$log" >&2
    say "error: $python cannot make a virtual environment"
    say "  try:   apt-get install python3-venv"
    exit 1
fi
"$folder/bin/python" -m pip install --quiet --upgrade "pip>=23.1"
say "$folder: $("$folder/bin/python" --version)"

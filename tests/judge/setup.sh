#!/bin/sh
# Makes the judge's virtual environment, build/judge-venv, with what requirements.txt pins.  Run it as often as you like:
# it does nothing when the environment is there and the list has not changed.  Prints the path of its python.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv="$here/../../build/judge-venv"
mark="$venv/requirements.txt"
if ! cmp -s "$here/requirements.txt" "$mark"; then
  rm -rf "$venv"
  mkdir -p "$(dirname "$venv")"
  # Debian's own Python: its version is the one that the pinned wheels are for.
  python=/usr/bin/python3
  [ -x "$python" ] || python=python3
  "$python" -m venv "$venv" >&2
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt" >&2
  cp "$here/requirements.txt" "$mark"
fi
echo "$(cd "$venv" && pwd)/bin/python"

#!/bin/sh
# Installs the Debian packages that packages.txt names and this machine lacks.  Does nothing when all are there.
# Usage: cmake/install_packages.sh [--without-tests]
set -eu
list="$(cd "$(dirname "$0")/.." && pwd)/packages.txt"
wanted=$(if [ "${1:-}" = "--without-tests" ]; then sed '/^# tests/,$d' "$list"; else cat "$list"; fi | sed 's/#.*//' | tr -s ' \n' ' ')
missing=""
for package in $wanted; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
echo "installing:$missing" >&2
root=""
[ "$(id -u)" = 0 ] || root="sudo"
$root apt-get update -qq >&2
# shellcheck disable=SC2086  # a list of words
DEBIAN_FRONTEND=noninteractive $root apt-get install -y -qq --no-install-recommends $missing >&2

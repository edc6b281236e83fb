#!/bin/sh
# Every C++ file as the formatter writes it.  `tests/format.sh --fix` writes it so.
set -eu
cd "$(dirname "$0")/.."
mode="--dry-run -Werror"
[ "${1:-}" != "--fix" ] || mode="-i"
# shellcheck disable=SC2086  # two words
git ls-files '*.cpp' '*.h' '*.c' '*.inc' | xargs clang-format $mode
echo "format: clean"

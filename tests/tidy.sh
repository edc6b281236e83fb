#!/bin/sh
# clang-tidy over the sources (not the tests) with the checks of .clang-tidy; about ten minutes on two cores, so ./test leaves
# it out.  Usage: tests/tidy.sh [files]
set -eu
cd "$(dirname "$0")/.."
mkdir -p build
cmake --preset release -DCMAKE_EXPORT_COMPILE_COMMANDS=ON >build/configure.log
cmake --build --preset release --target mote >/dev/null  # generated sources
[ $# -gt 0 ] || set -- $(git ls-files 'src/*.cpp' 'cli/*.cpp' | grep -v _test.cpp)
printf '%s\n' "$@" | xargs -P 2 -n 4 clang-tidy -p build/release --quiet --extra-arg=-Wno-unknown-warning-option
echo "tidy: clean"

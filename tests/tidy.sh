#!/bin/sh
# clang-tidy over the sources, not the tests, with the checks of .clang-tidy: the preset `tidy`.  It takes about fifteen minutes on
# two cores, so ./test leaves it out.
set -eu
cd "$(dirname "$0")/.."
cmake --preset tidy >/dev/null
cmake --build --preset tidy
echo "tidy: clean"

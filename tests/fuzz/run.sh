#!/bin/sh
# Builds all fuzzers (clang, sanitizers) and runs each on RUNS cases, 1,000,000 unless told otherwise; a fuzzer also ends after
# SECONDS (default 1800).  Starts from small valid files, keeps what it learns in build/fuzz/corpus.  Fails at the first finding,
# which stays in build/fuzz/findings.  Where $MOTE_DATA/models exists, its models are damaged RUNS times as well.
# Usage: tests/fuzz/run.sh [RUNS [SECONDS]]     MOTE_FUZZ_BUILD: another build folder
set -eu
runs=${1:-1000000}
seconds=${2:-1800}
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
build=${MOTE_FUZZ_BUILD:-$root/build/fuzz}
if ! command -v clang++ >/dev/null; then
  echo "fuzzers: SKIPPED, clang++ is not installed (sudo apt-get install clang)"
  exit 0
fi
mkdir -p "$build"
cd "$root"
if ! cmake --preset fuzz -B "$build" >"$build/configure.log" 2>&1; then cat "$build/configure.log"; exit 1; fi
for source in "$here"/*_fuzz.cpp; do
  name=$(basename "$source" .cpp)
  cmake --build "$build" --target "$name" >"$build/$name.build.log" 2>&1 || { tail -40 "$build/$name.build.log"; exit 1; }
  corpus=$build/corpus/$name
  mkdir -p "$corpus" "$build/findings"
  seeds=$here/seeds/$name
  [ -d "$seeds" ] || seeds=
  log=$build/$name.log
  case $name in csv_* | toml_* | reader_strokes_* | reader_edge_* | reader_wfdb_* | reader_camera_* | reader_series_*) longest=512 ;; *) longest=8192 ;; esac  # text: short cases reach as far, and are quicker
  # shellcheck disable=SC2086
  if ! nice -n 10 "$build/bin/$name" -runs="$runs" -max_len=$longest -max_total_time="$seconds" -timeout=30 -rss_limit_mb=2048 \
      -artifact_prefix="$build/findings/$name-" -print_final_stats=1 "$corpus" $seeds >"$log" 2>&1; then
    tail -60 "$log"
    echo "fuzzers: $name found something; the case is in $build/findings"
    exit 1
  fi
  awk -v name="$name" '/number_of_executed_units/ { n = $2 } /average_exec_per_sec/ { r = $2 }
    END { printf "fuzzers: %s: %d cases, %s, no findings\n", name, n, (r > 0 ? r " a second" : "within a second") }' "$log"
done

if [ -d "${MOTE_DATA:-}/models" ]; then
  cmake --build "$build" --target tflite_mutations >"$build/tflite_mutations.build.log" 2>&1 || { tail -40 "$build/tflite_mutations.build.log"; exit 1; }
  log=$build/tflite_mutations.log
  if ! MOTE_FUZZ_CASE=$build/findings/tflite_mutations-last ASAN_OPTIONS=hard_rss_limit_mb=2048:max_allocation_size_mb=1024:malloc_context_size=4:quarantine_size_mb=16 \
      nice -n 10 "$build/bin/tflite_mutations" "$MOTE_DATA/models" "$runs" 1 "$seconds" >"$log" 2>&1; then
    tail -60 "$log"
    echo "fuzzers: tflite_mutations found something; the case is $build/findings/tflite_mutations-last"
    exit 1
  fi
  tail -1 "$log" | sed 's/^/fuzzers: tflite_/'
fi

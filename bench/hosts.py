#!/usr/bin/env python3
"""Inferences a second on this machine beside LiteRT with XNNPACK: writes bench/hosts.md.

Usage: bench/hosts.py [MOTE]        (default: build/release/bin/mote;  models: $MOTE_DATA, default ../shared/data)

LiteRT comes from the judge's virtual environment (tests/judge/setup.sh makes it), XNNPACK is its default delegate.  Rounds
interleave: every round measures each way once; medians are shown.  Two threads are two inferences at once (two contexts of ours, two
interpreters of LiteRT in two processes), and for LiteRT also one inference on two threads.  Whatever is absent is left out, and said.
"""
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODELS = {
    "kws": "kws_ref_model", "vww": "vww_96_int8", "ic": "pretrainedResnet_quant", "ad": "ad01_int8",
    "sww": "str_ww_ref_model",
}
ROUNDS, SECONDS = 9, 0.25

OURS = r"""
#include "model.h"
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <time.h>
#include <vector>
static double now(clockid_t clock) {
  timespec t;
  clock_gettime(clock, &t);
  return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}
struct Figures { double rate, processor; };
static void work(double seconds, Figures* figures) {
  void* arena = 0;
  if (posix_memalign(&arena, 64, MODEL_ARENA_BYTES) != 0) abort();
  model_ctx context;
  if (model_ctx_init(&context, arena, MODEL_ARENA_BYTES) != 0) abort();
  long done = 0;
  double from = 0, processor = 0;
  for (int warm = 1; warm >= 0; --warm) {
    from = now(CLOCK_MONOTONIC);
    processor = now(CLOCK_THREAD_CPUTIME_ID);
    const double end = from + (warm ? 0.1 : 1) * seconds;
    for (done = 0; now(CLOCK_MONOTONIC) < end;) {
      for (int i = 0; i < 16; ++i, ++done) {
        signed char* in = (signed char*)model_ctx_input(&context, 0);
        for (int k = 0; k < MODEL_IN0_BYTES; ++k) in[k] = (signed char)(7 * k + done);
        model_ctx_invoke(&context);
      }
    }
  }
  figures->rate = (double)done / (now(CLOCK_MONOTONIC) - from);
  figures->processor = (now(CLOCK_THREAD_CPUTIME_ID) - processor) / (double)done;
  free(arena);
}
int main(int, char** words) {
  const int threads = atoi(words[1]);
  std::vector<Figures> figures(threads);
  std::vector<std::thread> workers;
  for (int i = 0; i < threads; ++i) workers.emplace_back(work, atof(words[2]), &figures[i]);
  for (std::thread& worker : workers) worker.join();
  double rate = 0;
  for (const Figures& one : figures) rate += one.rate;
  printf("{\"rate\": %.1f, \"processor_us\": %.3f}\n", rate, figures[0].processor * 1e6);
}
"""

THEIRS = r"""
import json, sys, time
import numpy as np
from ai_edge_litert.interpreter import Interpreter
model = Interpreter(sys.argv[1], num_threads=int(sys.argv[2]))
model.allocate_tensors()
detail = model.get_input_details()[0]
model.set_tensor(detail["index"], np.arange(np.prod(detail["shape"])).astype(detail["dtype"]).reshape(detail["shape"]))
print("ready", flush=True)
for line in sys.stdin:
    for seconds in (0.1 * float(line), float(line)):
        begin, processor, done = time.perf_counter(), time.process_time(), 0
        while time.perf_counter() < begin + seconds:
            for _ in range(16):
                model.invoke()
            done += 16
    print(json.dumps({"rate": done / (time.perf_counter() - begin),
                      "processor_us": (time.process_time() - processor) / done * 1e6}), flush=True)
"""


class Ours:
    """A model as mote prints it for this machine."""

    def __init__(self, mote, model, folder):
        folder.mkdir()
        subprocess.run([mote, "compile", str(model), "--target", "host", "-o", str(folder)], check=True,
                       stdout=subprocess.DEVNULL)
        (folder / "main.cpp").write_text(OURS)
        self.program = folder / "speed"
        subprocess.run(["g++", "-O2", "-I.", "main.cpp", "model.cpp", "-pthread", "-o", "speed"], cwd=folder, check=True)

    def measure(self, threads):
        return json.loads(subprocess.check_output([str(self.program), str(threads), str(SECONDS)]))


class Theirs:
    """One interpreter of LiteRT in a process of its own."""

    def __init__(self, python, model, threads):
        self.process = subprocess.Popen([python, "-c", THEIRS, str(model), str(threads)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        if self.process.stdout.readline().strip() != "ready":
            raise OSError("LiteRT does not start")

    def begin(self):
        self.process.stdin.write(f"{SECONDS}\n")
        self.process.stdin.flush()

    def end(self):
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def measure_model(mote, python, model, folder):
    """Medians over the rounds: {way: (inferences a second, microseconds of processor an inference)}."""
    ours = Ours(mote, model, folder)
    one = Theirs(python, model, 1) if python else None
    other = Theirs(python, model, 1) if python else None
    both = Theirs(python, model, 2) if python else None
    seen = {}
    for _ in range(ROUNDS):
        seen.setdefault("mote 1", []).append(ours.measure(1))
        if python:
            one.begin()
            seen.setdefault("litert 1", []).append(one.end())
        seen.setdefault("mote 2", []).append(ours.measure(2))
        if python:
            one.begin(), other.begin()
            first, second = one.end(), other.end()
            first["rate"] += second["rate"]
            seen.setdefault("litert 2", []).append(first)
            both.begin()
            seen.setdefault("litert both", []).append(both.end())
    for theirs in (one, other, both):
        if theirs:
            theirs.close()
    return {way: (statistics.median(r["rate"] for r in rounds), statistics.median(r["processor_us"] for r in rounds))
            for way, rounds in seen.items()}


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            name = line.split(":", 1)[1].strip()
    flags = pathlib.Path("/proc/cpuinfo").read_text()
    vectors = "AVX-512 VNNI" if "avx512_vnni" in flags else "AVX2" if "avx2" in flags else "no vectors of ours"
    return f"{name}, {vectors}, {os.cpu_count()} cores"


def judge():
    python = ROOT / "build/judge-venv/bin/python"
    return str(python) if python.exists() else None


def version_of_litert(python):
    return subprocess.check_output([python, "-c", "from importlib.metadata import version; print(version('ai-edge-litert'))"],
                                   text=True).strip()


def main():
    mote = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "build/release/bin/mote")
    data = pathlib.Path(os.environ.get("MOTE_DATA", ROOT / "../shared/data")) / "models/mlperf-tiny"
    if not data.exists():
        print(f"skipped: {data} is not there", file=sys.stderr)
        return
    python = judge()
    if python is None:
        print("LiteRT is left out: tests/judge/setup.sh makes its environment", file=sys.stderr)
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, file in MODELS.items():
            print(name, file=sys.stderr, flush=True)
            figures[name] = measure_model(mote, python, data / f"{file}.tflite", pathlib.Path(folder) / name)
    peer = f"LiteRT {version_of_litert(python)} with XNNPACK" if python else "LiteRT (not installed: left out)"
    load = os.getloadavg()[0]
    lines = [
        "# This machine beside LiteRT with XNNPACK\n",
        f"{processor()}.  Load while it ran: {load:.1f}.  {peer}; mote's printed sources built by g++ -O2.\n",
        "Made by `bench/hosts.py`: medians of interleaved rounds by the wall clock.  Two at once: two contexts of ours, two processes "
        "of LiteRT; one on two: a single inference that LiteRT spreads over two threads.  Microseconds of processor do not depend on what "
        "else the machine does.\n",
        "| inferences a second | " + " | ".join(MODELS) + " |",
        "|---|" + "---:|" * len(MODELS),
    ]
    rows = [("mote, one thread", "mote 1"), ("LiteRT, one thread", "litert 1"), ("mote, two at once", "mote 2"),
            ("LiteRT, two at once", "litert 2"), ("LiteRT, one on two threads", "litert both")]
    for title, way in rows:
        if way in figures["kws"]:
            lines.append(f"| {title} | " + " | ".join(f"{figures[m][way][0]:,.0f}" for m in MODELS) + " |")
    lines += ["", "| µs of processor an inference, one thread | " + " | ".join(MODELS) + " |",
              "|---|" + "---:|" * len(MODELS)]
    for title, way in [("mote", "mote 1"), ("LiteRT", "litert 1")]:
        if way in figures["kws"]:
            lines.append(f"| {title} | " + " | ".join(f"{figures[m][way][1]:,.2f}" for m in MODELS) + " |")
    (ROOT / "bench/hosts.md").write_text("\n".join(lines) + "\n")


main()

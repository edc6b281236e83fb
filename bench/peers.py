#!/usr/bin/env python3
"""Our figures beside the peer's: writes bench/peers.md.

Usage: bench/peers.py [MOTE]        (default: build/release/bin/mote;  models: $MOTE_DATA, default ../shared/data)

The peer is TensorFlow Lite Micro with CMSIS-NN, its best build of each core, recorded once on the same emulator (QEMU 7.2, -icount),
with the same compiler (arm-none-eabi-gcc 12.2), counted in the same way; our figures are measured by this script.
"""
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODELS = {
    "kws": "kws_ref_model", "vww": "vww_96_int8", "ic": "pretrainedResnet_quant", "ad": "ad01_int8",
    "sww": "str_ww_ref_model",
}
# Instructions of one inference; bytes of arena, other static data and stack together.
PEER = {
    "cortex-m4": {"kws": 7_227_000, "vww": 22_609_000, "ic": 28_506_000, "ad": 573_000, "sww": 2_117_000},
    "cortex-m55": {"kws": 1_786_000, "vww": 6_434_000, "ic": 4_812_000, "ad": 150_000, "sww": 408_000},
    "cortex-m3": {"kws": 10_534_000, "vww": 31_959_000, "ic": 41_848_000, "ad": 956_000, "sww": 4_729_000},
    "cortex-m0": {"kws": 29_001_000, "vww": 86_904_000, "ic": 97_560_000, "ad": 1_763_000, "sww": 9_547_000},
}
PEER_RAM = {"kws": 24_632, "vww": 102_520, "ic": 56_808, "ad": 3_720, "sww": 18_156}
PEER_CODE = {"kws": 46_800, "vww": 46_800, "ic": 44_000, "ad": 23_600, "sww": 44_700}


def bench(mote, model, target, optimize):
    """The `mote bench` document of one model."""
    data = pathlib.Path(os.environ.get("MOTE_DATA", ROOT / "../shared/data"))
    path = data / "models/mlperf-tiny" / f"{MODELS[model]}.tflite"
    print(f"{model} on {target}, {optimize}", file=sys.stderr, flush=True)
    done = subprocess.run([mote, "bench", str(path), "--target", target, "--optimize", optimize, "--json"],
                          capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    document = json.loads(done.stdout)
    return document["runs"][0] if "runs" in document else document


def table(title, rows):
    """Rows of (name, {model: text})."""
    lines = [f"## {title}", "", "| | " + " | ".join(MODELS) + " |", "|---|" + "---:|" * len(MODELS)]
    lines += [f"| {name} | " + " | ".join(cells[m] for m in MODELS) + " |" for name, cells in rows]
    return "\n".join(lines) + "\n"


def main():
    mote = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "build/release/bin/mote")
    parts = [
        "# Beside TensorFlow Lite Micro + CMSIS-NN\n",
        "The int8 models of MLPerf Tiny and a wake word, on emulated cores (QEMU, `-icount shift=0`): exact and repeatable, and "
        "instructions, not cycles.\nMade by `bench/peers.py`; the peer's figures are those of its best build of each core, recorded "
        "once in the same way.\n",
    ]
    m4 = {}
    for target, peer in PEER.items():
        ours = {m: bench(mote, m, target, "speed") for m in MODELS}
        if target == "cortex-m4":
            m4["speed"] = ours
        counted = {m: ours[m]["instructions_per_inference"] for m in MODELS}
        parts.append(table(f"{target}, instructions of one inference", [
            ("TFLM + CMSIS-NN", {m: f"{peer[m]:,}" for m in MODELS}),
            ("mote", {m: f"{counted[m]:,.0f}" for m in MODELS}),
            ("times fewer", {m: f"{peer[m] / counted[m]:.2f}" for m in MODELS}),
        ]))
    for optimize in ("size", "ram"):
        m4[optimize] = {m: bench(mote, m, "cortex-m4", optimize) for m in MODELS}
    code, ram, weights = [], [], []
    for optimize, runs in m4.items():
        code.append((f"mote, {optimize}", {m: f"{r['flash']['code']:,}" for m, r in runs.items()}))
        total = {m: r["ram"]["arena"] + r["ram"]["static"] + r["ram"]["stack"] for m, r in runs.items()}
        ram.append((f"mote, {optimize}", {m: f"{n:,}" for m, n in total.items()}))
        weights.append((f"mote, {optimize}: constants", {m: f"{r['flash']['weights']:,}" for m, r in runs.items()}))
        weights.append((f"mote, {optimize}: instructions", {m: f"{r['instructions_per_inference']:,.0f}" for m, r in runs.items()}))
    parts.append(table("cortex-m4, bytes of code", [
        ("TFLM + CMSIS-NN, smallest", {m: f"{PEER_CODE[m]:,}" for m in MODELS})] + code))
    parts.append(table("cortex-m4, bytes of RAM: arena, static, stack", [
        ("TFLM + CMSIS-NN", {m: f"{PEER_RAM[m]:,}" for m in MODELS})] + ram))
    parts.append(table("cortex-m4, what the three ways to optimize cost", weights))
    (ROOT / "bench/peers.md").write_text("\n".join(parts))


main()

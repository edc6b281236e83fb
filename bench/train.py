#!/usr/bin/env python3
"""Training steps a second beside PyTorch on this machine: writes bench/train.md and bench/train.svg.

Usage: bench/train.py [--program PROGRAM] [--rounds N] [--seconds S]        (default: build/release/bin/train, ninja -C build/release train)

A step is forward, loss, backward and an update by SGD with momentum, on one batch.  Both sides run the same networks; PyTorch in both
layouts, the faster one counts.  Rounds interleave: every round measures each way once for some tenths of a second and keeps its fastest
step; the median over the rounds is shown, and the median of all rounds' median steps beside it.  PyTorch comes from any python3 on this
machine that has it (Debian: apt-get install python3-torch); without one it is left out, and said.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent

THEIRS = r"""
import json, statistics, sys, time
import torch
from torch import nn
name, batch, threads, layout = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
torch.set_num_threads(threads)
torch.manual_seed(1)
layout = torch.channels_last if layout == "channels last" else torch.contiguous_format

def conv(i, o, k, s=1, groups=1):
    return nn.Conv2d(i, o, k, s, padding=[x // 2 for x in k], groups=groups, bias=False)

class Same(nn.Module):  # 49x10 to 25x5 by a kernel of 10x4 and stride 2: TensorFlow's padding
    def forward(self, x):
        return nn.functional.pad(x, (1, 1, 4, 5))

class Block(nn.Module):
    def __init__(self, i, o, s):
        super().__init__()
        self.one, self.norm_one = conv(i, o, (3, 3), s), nn.BatchNorm2d(o)
        self.two, self.norm_two = conv(o, o, (3, 3)), nn.BatchNorm2d(o)
        self.shortcut = conv(i, o, (1, 1), s) if s != 1 else nn.Identity()
    def forward(self, x):
        y = torch.relu_(self.norm_one(self.one(x)))
        return torch.relu_(self.norm_two(self.two(y)) + self.shortcut(x))

if name == "ds-cnn":
    layers = [Same(), nn.Conv2d(1, 64, (10, 4), 2, bias=False), nn.BatchNorm2d(64), nn.ReLU(True)]
    for _ in range(4):
        layers += [conv(64, 64, (3, 3), 1, 64), nn.BatchNorm2d(64), nn.ReLU(True), conv(64, 64, (1, 1)), nn.BatchNorm2d(64), nn.ReLU(True)]
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 12)]
    shape, classes = (1, 49, 10), 12
else:
    layers = [conv(3, 16, (3, 3)), nn.BatchNorm2d(16), nn.ReLU(True), Block(16, 16, 1), Block(16, 32, 2), Block(32, 64, 2),
              nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)]
    shape, classes = (3, 32, 32), 10
model = nn.Sequential(*layers).to(memory_format=layout)
x = torch.randn(batch, *shape).contiguous(memory_format=layout)
y = torch.randint(0, classes, (batch,))
optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
loss = nn.CrossEntropyLoss()

def step():
    optimizer.zero_grad(set_to_none=True)
    loss(model(x), y).backward()
    optimizer.step()

for _ in range(5):
    step()
print("ready", flush=True)
for line in sys.stdin:
    times, processor, begin = [], time.process_time(), time.perf_counter()
    while time.perf_counter() < begin + float(line) or len(times) < 3:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    print(json.dumps({"median": batch / statistics.median(times), "best": batch / min(times),
                      "processor": batch * len(times) / (time.process_time() - processor)}), flush=True)
"""


class Way:
    """A program that measures for as long as it is told, once it is told."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline().strip() != "ready":
            raise OSError(f"{command[0]} does not start")
        self.best, self.median, self.processor = [], [], []

    def measure(self, seconds):
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()
        figures = json.loads(self.process.stdout.readline())
        self.best.append(figures["best"])
        self.median.append(figures["median"])
        self.processor.append(figures["processor"])

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def take_turns(ways, rounds, seconds):
    """{name: (median of the rounds' fastest steps, of their median steps, of processor time)}, in samples a second."""
    for _ in range(rounds):
        for way in ways.values():
            way.measure(seconds)
    for way in ways.values():
        way.close()
    return {name: tuple(map(statistics.median, (way.best, way.median, way.processor))) for name, way in ways.items()}


def python_with_torch():
    for python in (sys.executable, "/usr/bin/python3", shutil.which("python3")):
        if python and subprocess.run([python, "-c", "import torch"], stderr=subprocess.DEVNULL).returncode == 0:
            return python
    return None


def version_of_torch(python):
    return subprocess.check_output([python, "-c", "import torch; print(torch.__version__)"], text=True).strip()


def processor():
    cpu = pathlib.Path("/proc/cpuinfo").read_text()
    name = next(line.split(":", 1)[1].strip() for line in cpu.splitlines() if line.startswith("model name"))
    vectors = "AVX-512" if "avx512dq" in cpu else "AVX2" if "avx2" in cpu else "no vectors of ours"
    return f"{name}, {vectors}, {os.cpu_count()} cores"


def ours(program, network, batch, threads, width=0, vectors=""):
    command = [program, "--network", network, "--batch", str(batch), "--threads", str(threads), "--width", str(width)]
    return Way(command + (["--set", vectors] if vectors else []))


def compare(program, python, args):
    """{(network, batch, threads): {way: figures}}."""
    found = {}
    for network in ("ds-cnn", "resnet8"):
        for batch in (32, 128):
            for threads in (2, 1):
                print(network, batch, threads, file=sys.stderr, flush=True)
                ways = {"mote": ours(program, network, batch, threads)}
                ways["mote, AVX2"] = ours(program, network, batch, threads, 0, "avx2")
                if python:
                    for layout in ("channels last", "channels first"):
                        ways[layout] = Way([python, "-c", THEIRS, network, str(batch), str(threads), layout])
                found[network, batch, threads] = take_turns(ways, args.rounds, args.seconds)
    return found


def grow(program, args):
    """Samples a second: {(panel, axis): {network: [(x, rate)]}}."""
    panels = {
        ("width", "channels of the first layer (batch 32, two threads)"):
            lambda n, x: ours(program, n, 32, 2, x),
        ("batch", "samples a step (two threads)"): lambda n, x: ours(program, n, x, 2),
        ("threads", "threads (batch 32)"): lambda n, x: ours(program, n, 32, x),
    }
    points = {"width": (8, 16, 24, 32, 48, 64, 96, 128), "batch": (1, 2, 4, 8, 16, 32, 64, 128, 256), "threads": (1, 2, 3, 4)}
    found = {}
    for panel, start in panels.items():
        print(panel[0], file=sys.stderr, flush=True)
        found[panel] = {}
        for network in ("ds-cnn", "resnet8"):
            rates = take_turns({x: start(network, x) for x in points[panel[0]]}, args.rounds, args.seconds / 2)
            found[panel][network] = [(x, rate[0]) for x, rate in rates.items()]
    return found


def share(mote, theirs):
    return f"{mote / theirs:.2f}×"


def table(found, threads, cell, figure):
    """Rows of the comparison on so many threads; `figure` picks what is compared."""
    ways = ["mote", "mote, AVX2", "channels last", "channels first"]
    lines = ["| network, batch | mote | mote, AVX2 | PyTorch, channels last | PyTorch, channels first | mote / PyTorch's faster layout |",
             "|---|---:|---:|---:|---:|---:|"]
    for (network, batch, count), seen in found.items():
        if count != threads:
            continue
        theirs = [figure(seen[way]) for way in ways[2:] if way in seen]
        ratio = share(figure(seen["mote"]), max(theirs)) if theirs else "–"
        lines.append(f"| {network}, {batch} | " + " | ".join(cell(seen[way]) if way in seen else "–" for way in ways) + f" | {ratio} |")
    return lines


def page(found, growth, python, load):
    peer = f"PyTorch {version_of_torch(python)}" if python else "PyTorch (not installed: left out)"
    lines = [
        "# Training beside PyTorch\n",
        f"{processor()}.  Load while it ran: {load[0]:.1f} before, {load[1]:.1f} after.  {peer}; mote's release build.\n",
        "Made by `bench/train.py`.  A step is forward, loss, backward and an update by SGD with momentum.  DS-CNN: 49×10×1, 64 channels, "
        "four depthwise-separable blocks.  ResNet-8: 32×32×3, 16, 32, 64 channels.  Samples a second, medians of interleaved rounds.\n",
        "Two threads, by the wall clock: each round's fastest step, in brackets its median step.  Where the machine has other work "
        "(a load above 2) these say how well each side shares it; one thread by processor time is what then can be compared.\n",
        *table(found, 2, lambda f: f"{f[0]:,.0f} ({f[1]:,.0f})", lambda f: f[0]),
        "\nOne thread, samples a second of processor time:\n",
        *table(found, 1, lambda f: f"{f[2]:,.0f}", lambda f: f[2]),
    ]
    lines += ["\n## How the cost grows\n", "![samples a second by width, batch and threads](train.svg)\n"]
    for (panel, axis), networks in growth.items():
        lines += [f"By {panel}: {axis}.\n", "| " + panel + " | " + " | ".join(f"{n}, samples/s" for n in networks) + " |",
                  "|---:|" + "---:|" * len(networks)]
        for i, (x, _) in enumerate(networks["ds-cnn"]):
            lines.append(f"| {x} | " + " | ".join(f"{rates[i][1]:,.0f}" for rates in networks.values()) + " |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def main():
    parser = argparse.ArgumentParser(description="training steps a second beside PyTorch")
    parser.add_argument("--program", default=str(ROOT / "build/release/bin/train"))
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=0.4)
    parser.add_argument("--into", default=str(ROOT / "bench"))
    args = parser.parse_args()
    python = python_with_torch()
    if python is None:
        print("PyTorch is left out: apt-get install python3-torch", file=sys.stderr)
    load = [os.getloadavg()[0]]
    found = compare(args.program, python, args)
    growth = grow(args.program, args)
    load.append(os.getloadavg()[0])
    into = pathlib.Path(args.into)
    (into / "train.md").write_text(page(found, growth, python, load))
    drawn = "".join(f"{panel}|{axis}|{network}|{x}|{rate}\n" for (panel, axis), networks in growth.items()
                    for network, rates in networks.items() for x, rate in rates)
    subprocess.run([args.program, "--picture", str(into / "train.svg")], input=drawn, text=True, check=True)


main()

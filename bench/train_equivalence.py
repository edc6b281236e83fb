#!/usr/bin/env python3
"""The same network trained by mote and by PyTorch, same data, epochs and schedule: writes bench/train_equivalence.md.

Usage: bench/train_equivalence.py [--program PROGRAM] [--seeds N]    (default: build/release/bin/train_accuracy)

Same architecture, family of initial weights (He's normal ones before a ReLU, else Glorot's), AdamW (decay of matrices alone), half a cosine
over the steps, batch 32, batch normalization with the same epsilon and momentum; weights, shuffles and rounding differ, so that seeds are compared by
their means.  Data: $MOTE_DATA, default ../shared/data: mnist (4,000 training pictures), umafall-wrist (windows of 3 s, falls
against daily activities; the set's own split by subjects).
"""
import argparse
import csv
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
DATA = pathlib.Path(os.environ.get("MOTE_DATA", ROOT / "../shared/data"))

THEIRS = r"""
import math, sys
import numpy as np
import torch
from torch import nn
file, seed, epochs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.manual_seed(seed)
torch.set_num_threads(1)
data = {name: np.load(file)[name] for name in ("x", "y", "x_test", "y_test")}
picture = lambda a: torch.tensor(a.transpose(0, 3, 1, 2).copy())
x, y, x_test, y_test = picture(data["x"]), torch.tensor(data["y"]).long(), picture(data["x_test"]), torch.tensor(data["y_test"]).long()

class Conv(nn.Module):  # TensorFlow's "same": what is left over goes to the end
    def __init__(self, i, o, w, stride):
        super().__init__()
        self.kernel, self.stride = (3, w), (stride, stride if w > 1 else 1)
        self.conv = nn.Conv2d(i, o, self.kernel, self.stride, bias=False)
        nn.init.kaiming_normal_(self.conv.weight, nonlinearity="relu")
        self.norm = nn.BatchNorm2d(o, eps=1e-3, momentum=0.1)
    def forward(self, x):
        pad = []
        for size, k, s in reversed(list(zip(x.shape[2:], self.kernel, self.stride))):
            total = max(0, (math.ceil(size / s) - 1) * s + k - size)
            pad += [total // 2, total - total // 2]
        return torch.relu(self.norm(self.conv(nn.functional.pad(x, pad))))

w = 3 if x.shape[3] > 1 else 1
classes = int(max(y.max(), y_test.max())) + 1
dense = nn.Linear(48, classes)
nn.init.xavier_normal_(dense.weight)
nn.init.zeros_(dense.bias)
model = nn.Sequential(Conv(x.shape[1], 16, w, 2), Conv(16, 32, w, 2), Conv(32, 32, w, 1), Conv(32, 48, w, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), dense)
matrices = [p for p in model.parameters() if p.dim() > 1]
vectors = [p for p in model.parameters() if p.dim() <= 1]
optimizer = torch.optim.AdamW([{"params": matrices, "weight_decay": 1e-2}, {"params": vectors, "weight_decay": 0.0}], lr=1e-3)
steps = (len(x) + 31) // 32 * epochs
schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 0.5 * (1 + math.cos(math.pi * step / steps)))
loss = nn.CrossEntropyLoss()
for _ in range(epochs):
    order = torch.randperm(len(x))
    for i in range(0, len(x), 32):
        batch = order[i:i + 32]
        optimizer.zero_grad()
        loss(model(x[batch]), y[batch]).backward()
        optimizer.step()
        schedule.step()
model.eval()
with torch.no_grad():
    print(f"{(model(x_test).argmax(1) == y_test).float().mean().item():.4f}")
"""

def python_with_torch():
    for python in (sys.executable, "/usr/bin/python3"):
        if subprocess.run([python, "-c", "import torch, numpy"], stderr=subprocess.DEVNULL).returncode == 0:
            return python
    return None


def mnist(np):
    def idx(name):
        raw = (DATA / "mnist" / name).read_bytes()
        sizes = [int.from_bytes(raw[4 + 4 * i:8 + 4 * i], "big") for i in range(raw[3])]
        return np.frombuffer(raw, np.uint8, offset=4 + 4 * len(sizes)).reshape(sizes)
    found = {}
    for part, stem in (("", "train"), ("_test", "t10k")):
        found["x" + part] = (idx(f"{stem}-images-idx3-ubyte").astype(np.float32) / 255)[..., None]
        found["y" + part] = idx(f"{stem}-labels-idx1-ubyte").astype(np.int32)
    return found


def umafall(np):
    """Accelerometer windows of 3 s at 20 Hz about a trace's strongest moment, and three quarters of a second to each side: fall or not."""
    folder = DATA / "umafall-wrist"
    found = {"x": [], "y": [], "x_test": [], "y_test": []}
    with open(folder / "split.csv", newline="") as file:
        for row in csv.DictReader(file):
            lines = (folder / row["file"]).read_text(errors="replace").splitlines()
            fields = [line.split(";") for line in lines if line and not line.startswith("%")]
            trace = np.array([[float(v) for v in f[:5]] for f in fields if int(f[5]) == 0])
            time, axes = trace[:, 0] / 1000, trace[:, 2:5]
            strongest = time[np.argmax((axes ** 2).sum(1))]
            for aside in (-0.75, 0, 0.75):
                at = strongest + aside + (np.arange(60) - 30) / 20
                window = np.stack([np.interp(at, time, axes[:, c]) for c in range(3)], 1)
                part = "_test" if row["split"] == "test" else ""
                found["x" + part].append(window[:, None, :].astype(np.float32))
                found["y" + part].append(int(row["type"] == "Fall"))
    return {name: np.array(values) for name, values in found.items()}


def fetch(name):
    """The arrays of a set as .npz, made by this script under the python that has numpy; this file's path is the program."""
    import numpy as np
    np.savez(sys.argv[3], **globals()[name](np))


def main():
    if len(sys.argv) == 4 and sys.argv[1] == "--fetch":
        return fetch(sys.argv[2])
    parser = argparse.ArgumentParser(description="accuracy beside PyTorch's")
    parser.add_argument("--program", default=str(ROOT / "build/release/bin/train_accuracy"))
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--into", default=str(ROOT / "bench"))
    args = parser.parse_args()
    python = python_with_torch()
    if python is None:
        print("skipped: no python3 here has torch and numpy; apt-get install python3-torch", file=sys.stderr)
        return
    lines = ["# The same accuracy as PyTorch\n",
             f"Made by `bench/train_equivalence.py`: test accuracy, means and ranges of {args.seeds} seeds.\n",
             "| set | epochs | mote | PyTorch | difference of the means, points |", "|---|---:|---:|---:|---:|"]
    with tempfile.TemporaryDirectory() as folder:
        for name in SETS:
            if not (DATA / FOLDERS[name]).exists():
                print(f"{name}: left out, {DATA / FOLDERS[name]} is not there", file=sys.stderr)
                continue
            file = f"{folder}/{name}.npz"
            subprocess.run([python, __file__, "--fetch", name, file], check=True)
            ways = {"mote": [], "torch": []}
            for seed in range(1, args.seeds + 1):
                ways["mote"].append(float(subprocess.check_output(
                    [args.program, "--data", file, "--seed", str(seed), "--epochs", str(EPOCHS[name])])))
                ways["torch"].append(float(subprocess.check_output([python, "-c", THEIRS, file, str(seed), str(EPOCHS[name])])))
                print(name, seed, ways["mote"][-1], ways["torch"][-1], file=sys.stderr, flush=True)
            mean = {way: statistics.mean(figures) for way, figures in ways.items()}
            cell = lambda way: f"{100 * mean[way]:.2f} % ({100 * min(ways[way]):.2f} … {100 * max(ways[way]):.2f})"
            lines.append(f"| {name} | {EPOCHS[name]} | {cell('mote')} | {cell('torch')} | {100 * (mean['mote'] - mean['torch']):+.2f} |")
    (pathlib.Path(args.into) / "train_equivalence.md").write_text("\n".join(lines) + "\n")


SETS = ["mnist", "umafall"]
EPOCHS = {"mnist": 10, "umafall": 30}
FOLDERS = {"mnist": "mnist", "umafall": "umafall-wrist"}

main()

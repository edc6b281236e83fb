#!/usr/bin/env python3
"""Runs a .tflite model with LiteRT's interpreter: the judge of what mote writes and computes.

usage: litert_run.py MODEL INPUT.npy... -o OUTPUT.npy...

One INPUT for each input of the model and one OUTPUT for each of its outputs, in order.  The leading axis of a file is the
case; each case is one inference.  Kernels are LiteRT's reference ones, on one thread, so that the bytes are the same on
every machine.
"""

import argparse
import sys

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType


def run(model, cases):
    """The model's outputs for the inputs `cases`, each with the case as its leading axis."""
    interpreter = Interpreter(
        model_path=model, num_threads=1, experimental_op_resolver_type=OpResolverType.BUILTIN_REF
    )
    interpreter.allocate_tensors()
    inputs = interpreter.get_input_details()
    outputs = interpreter.get_output_details()
    if len(cases) != len(inputs):
        raise SystemExit(f"{model} has {len(inputs)} inputs, {len(cases)} files were given")
    counts = {len(case) for case in cases}
    if len(counts) != 1:
        raise SystemExit(f"the inputs have different numbers of cases: {sorted(counts)}")
    for case, detail in zip(cases, inputs):
        if case.dtype != detail["dtype"] or case[0].size != np.prod(detail["shape"]):
            raise SystemExit(
                f"input '{detail['name']}' is {np.dtype(detail['dtype'])} of shape {list(detail['shape'])}, "
                f"the file has {case.dtype} of shape {list(case.shape[1:])}"
            )
    answers = [[] for _ in outputs]
    for i in range(counts.pop()):
        for case, detail in zip(cases, inputs):
            interpreter.set_tensor(detail["index"], case[i].reshape(detail["shape"]))
        interpreter.invoke()
        for answer, detail in zip(answers, outputs):
            answer.append(interpreter.get_tensor(detail["index"]))
    return [np.stack(answer) for answer in answers]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("inputs", nargs="+", metavar="INPUT.npy")
    parser.add_argument("-o", dest="outputs", nargs="+", required=True, metavar="OUTPUT.npy")
    options = parser.parse_args()
    answers = run(options.model, [np.load(path) for path in options.inputs])
    if len(answers) != len(options.outputs):
        raise SystemExit(f"{options.model} has {len(answers)} outputs, {len(options.outputs)} files were given")
    for path, answer in zip(options.outputs, answers):
        np.save(path, answer)


if __name__ == "__main__":
    sys.exit(main())

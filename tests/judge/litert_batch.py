#!/usr/bin/env python3
"""Runs many small .tflite models with LiteRT's interpreter, one after the other in one process.

usage: litert_batch.py PACK OUTPUT [FIRST]

PACK holds models with their inputs, OUTPUT gets the answers from model FIRST on; numbers are little-endian 32-bit:
  PACK    for each model: size, the file; 1 for reference kernels, 0 for plain ones; count of cases; count of inputs; for each case, for each input: size, bytes
  OUTPUT  for each model: 0, count of outputs, for each case, for each output: size, bytes; or 1, size, LiteRT's refusal
What is answered is written at once: after a crash, OUTPUT ends before the model that caused it.  Cases of a model follow
each other without a reset, so that variables keep their values.  On one thread, without delegates.
"""

import struct
import sys

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType


class Pack:
    """The models of a file, read one by one."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def number(self):
        self.at += 4
        return struct.unpack_from("<I", self.data, self.at - 4)[0]

    def block(self):
        size = self.number()
        self.at += size
        return self.data[self.at - size : self.at]

    def model(self):
        content = self.block()
        reference, cases, inputs = self.number(), self.number(), self.number()
        return content, reference, [[self.block() for _ in range(inputs)] for _ in range(cases)]


def answer(content, reference, cases):
    """[case][output] → bytes."""
    plain = OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
    kernels = OpResolverType.BUILTIN_REF if reference else plain
    interpreter = Interpreter(model_content=content, num_threads=1, experimental_op_resolver_type=kernels)
    interpreter.allocate_tensors()
    inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
    answers = []
    for case in cases:
        for one, detail in zip(case, inputs):
            interpreter.set_tensor(
                detail["index"], np.frombuffer(one, detail["dtype"]).reshape(detail["shape"])
            )
        interpreter.invoke()
        answers.append([interpreter.get_tensor(detail["index"]).tobytes() for detail in outputs])
    return answers, len(outputs)


def main():
    with open(sys.argv[1], "rb") as file:
        pack = Pack(file.read())
    first = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    at = 0
    with open(sys.argv[2], "wb") as output:
        while pack.at < len(pack.data):
            content, reference, cases = pack.model()
            at += 1
            if at <= first:
                continue
            try:
                answers, count = answer(content, reference, cases)
                output.write(struct.pack("<II", 0, count))
                for one in (one for case in answers for one in case):
                    output.write(struct.pack("<I", len(one)) + one)
            except (RuntimeError, ValueError) as refusal:
                text = str(refusal).encode()
                output.write(struct.pack("<II", 1, len(text)) + text)
            output.flush()


if __name__ == "__main__":
    sys.exit(main())

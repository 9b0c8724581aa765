"""Writes what LiteRT makes of the models of a wheel, for the tests to compare with.

Usage: make_model_cases.py OUTPUT.cases MODEL.tflite ...
Needs what `one_operator.py` needs. Inputs are uniform noise in -1...1 and smooth gradients, which
move a detector's outputs more. Models of wheels are not copied into the project: the file is for
this machine.
"""

import os
import sys

import numpy as np
from ai_edge_litert import schema_py_generated as schema

import one_operator


def images(shape, random):
    height, width = shape[1:3]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    for _ in range(3):
        yield random.uniform(-1, 1, shape).astype(np.float32)
        waves = [np.sin(x * a + y * b + c) for a, b, c in random.uniform(0.01, 0.2, (shape[3], 3))]
        yield np.stack(waves, -1)[None].astype(np.float32)


def main():
    destination, *paths = sys.argv[1:]
    rows = []
    for path in paths:
        data = open(path, "rb").read()
        graph = schema.ModelT.InitFromPackedBuf(data, 0).subgraphs[0]
        shape = [max(int(extent), 1) for extent in graph.tensors[graph.inputs[0]].shape]
        inputs = [[image] for image in images(shape, np.random.default_rng(5))]
        name = os.path.basename(path)
        results = {}
        for runtime in ("litert-reference", "litert-xnnpack"):
            result = one_operator.run(runtime, [(data, inputs, len(graph.outputs))])[0]
            if isinstance(result, str):
                print(name, runtime, "not run:", result, file=sys.stderr)
            else:
                results[runtime] = result
        rows.append((name, data, inputs, results, 1e-4))
    one_operator.write(destination, rows)


if __name__ == "__main__":
    main()

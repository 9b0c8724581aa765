"""Do other runtimes load what we write, and compute the same?

    check_written_models.py BINARIES MODEL...

`BINARIES` is the folder of QuantizationBenchmark. Each .tflite model is written again, and its
outputs on random inputs are compared with the original's: in LiteRT with all three kinds of
kernels, dense and, for float models, with sparse weights; as ONNX in ONNX Runtime against LiteRT.
Needs numpy, ai-edge-litert and onnxruntime.
"""

import os
import subprocess
import sys
import tempfile

import numpy as np
import onnxruntime
from ai_edge_litert.interpreter import Interpreter, OpResolverType

RESOLVERS = [
    OpResolverType.AUTO, OpResolverType.BUILTIN_REF,
    OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
]


def litert(model, samples, resolver):
    interpreter = Interpreter(model, experimental_op_resolver_type=resolver, num_threads=1)
    interpreter.allocate_tensors()
    inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
    result = []
    for sample in samples:
        for detail, values in zip(inputs, sample):
            interpreter.set_tensor(detail["index"], values)
        interpreter.invoke()
        result.append([interpreter.get_tensor(o["index"]).copy() for o in outputs])
    return result


def random_samples(model, count=8):
    interpreter = Interpreter(model)
    generator = np.random.default_rng(1)

    def values(detail):
        shape, kind = detail["shape"], detail["dtype"]
        if kind == np.float32:
            return generator.normal(size=shape).astype(kind)
        limits = np.iinfo(kind)
        return generator.integers(limits.min, limits.max, shape, kind, endpoint=True)

    details = interpreter.get_input_details()
    return [[values(detail) for detail in details] for _ in range(count)]


def write(binaries, model, path, *options):
    command = [os.path.join(binaries, "QuantizationBenchmark"), model, "-", path, "form=none"]
    return subprocess.run(command + list(options), capture_output=True, text=True)


def largest(left, right):
    pairs = [(a, b) for x, y in zip(left, right) for a, b in zip(x, y)]
    return max(float(np.max(np.abs(a.astype(np.float64) - b.astype(np.float64)))) for a, b in pairs)


def onnx(path, samples, optimized):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    if not optimized:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    names = [value.name for value in session.get_inputs()]
    return [session.run(None, dict(zip(names, sample))) for sample in samples]


def main():
    binaries, models = sys.argv[1], sys.argv[2:]
    failures = 0
    for model in models:
        name = os.path.basename(model)
        samples = random_samples(model)
        with tempfile.TemporaryDirectory() as folder:
            for options in [[], ["sparse=1"]]:
                path = os.path.join(folder, "again.tflite")
                made = write(binaries, model, path, *options)
                if made.returncode != 0:
                    print(name, "not written:", made.stderr.strip())
                    failures += 1
                    continue
                found = [
                    largest(litert(model, samples, r), litert(path, samples, r)) for r in RESOLVERS
                ]
                failures += any(found)
                print(name, *options, os.path.getsize(model), os.path.getsize(path),
                      "largest differences", found)
            path = os.path.join(folder, "again.onnx")
            made = write(binaries, model, path)
            if made.returncode != 0:
                print(name, "as ONNX:", made.stderr.strip())
                continue
            for optimized in [False, True]:
                found = largest(
                    litert(model, samples, OpResolverType.AUTO), onnx(path, samples, optimized))
                print(name, "as ONNX, optimized" if optimized else "as ONNX", "difference", found)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()

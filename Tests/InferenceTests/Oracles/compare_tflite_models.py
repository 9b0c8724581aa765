"""Compares `edgesim infer` with LiteRT on float .tflite models of wheels.

Usage: compare_tflite_models.py EDGESIM MODEL.tflite ...
Needs numpy and ai-edge-litert. Prints a row for each model: outputs that equal LiteRT's reference
kernels to the bit, and the largest difference from reference kernels and from XNNPACK by the
largest output. Inputs are those of make_model_cases.py, or sounds.
"""

import os
import subprocess
import sys
import tempfile

import numpy as np
from ai_edge_litert import interpreter as litert

import make_model_cases


def litert_outputs(path, arrays, resolver):
    interpreter = litert.Interpreter(
        path, experimental_op_resolver_type=getattr(litert.OpResolverType, resolver), num_threads=1)
    details = interpreter.get_input_details()[0]
    interpreter.resize_tensor_input(details["index"], arrays[0].shape)
    interpreter.allocate_tensors()
    results = []
    for array in arrays:
        interpreter.set_tensor(details["index"], array)
        interpreter.invoke()
        results.append(
            {d["name"]: interpreter.get_tensor(d["index"]).copy()
             for d in interpreter.get_output_details()})
    return details["name"], results


def ours(edgesim, path, name, array, outputs, folder):
    np.save(os.path.join(folder, "x.npy"), array)
    files = {output: os.path.join(folder, f"y{i}.npy") for i, output in enumerate(outputs)}
    command = [edgesim, "infer", path, "--input", f"{name}={folder}/x.npy"]
    for output, file in files.items():
        command += ["--output", f"{output}={file}"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return {output: np.load(file) for output, file in files.items()}


def inputs(path):
    details = litert.Interpreter(path).get_input_details()[0]
    shape = [max(int(extent), 1) for extent in details["shape"]]
    if len(shape) == 4:
        return list(make_model_cases.images(shape, np.random.default_rng(5)))
    random = np.random.default_rng(5)
    seconds = np.arange(shape[1]) / 22050
    tones = [sum(np.sin(2 * np.pi * f * seconds) for f in random.uniform(100, 2000, 4)) / 4
             for _ in range(3)]
    noise = [random.uniform(-1, 1, shape[1]) for _ in range(3)]
    return [np.asarray(row, np.float32).reshape(shape) for row in tones + noise]


def main():
    edgesim, *paths = sys.argv[1:]
    print("| model | inputs | equal to the reference | from the reference | from XNNPACK |")
    print("|---|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        for path in paths:
            arrays = inputs(path)
            name, reference = litert_outputs(path, arrays, "BUILTIN_REF")
            _, fast = litert_outputs(path, arrays, "AUTO")
            equal, errors = 0, [0.0, 0.0]
            for array, expected, other in zip(arrays, reference, fast):
                found = ours(edgesim, path, name, array, list(expected), folder)
                equal += all(np.array_equal(found[key], expected[key]) for key in expected)
                for index, wanted in enumerate((expected, other)):
                    for key in expected:
                        scale = max(np.abs(wanted[key]).max(), 1e-30)
                        difference = np.abs(found[key] - wanted[key]).max() / scale
                        errors[index] = max(errors[index], float(difference))
            print(f"| {os.path.basename(path)} | {len(arrays)} | {equal} | {errors[0]:.1e} "
                  f"| {errors[1]:.1e} |")


main()

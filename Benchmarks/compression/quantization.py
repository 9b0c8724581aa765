"""Post-training int8 of the MLPerf Tiny float models: ours, the published one, ai-edge-quantizer's.

    quantization.py BINARIES WORK [--methods]

`BINARIES` is the folder of QuantizationBenchmark and EdgeSimBenchmark. Prints one table of quality
on the test part, and whether our own runtime gives the outputs of tflite-micro and of LiteRT.
"""

import argparse
import os
import subprocess

import numpy as np

from models import cases
from rivals import ai_edge_quantized, litert, micro

METHODS = ["min-max", "moving-average", "percentile", "mse", "entropy", "aciq"]


def quantized(binaries, work, case, label, **options):
    """Our model file."""
    samples = os.path.join(work, "calibration.f32")
    case.calibration.tofile(samples)
    path = os.path.join(work, f"{case.name.split()[0]}-{label}.tflite")
    command = [os.path.join(binaries, "QuantizationBenchmark"), case.float, samples, path]
    subprocess.run(command + [f"{k}={v}" for k, v in options.items()], check=True)
    return path


def own(binaries, work, model, inputs, arithmetic):
    """Outputs of our runtime, bytes of the output tensor."""
    source, target = os.path.join(work, "inputs.bin"), os.path.join(work, "outputs.bin")
    inputs.tofile(source)
    subprocess.run(
        [os.path.join(binaries, "EdgeSimBenchmark"), model, source, arithmetic], check=True,
        input=f"outputs {target}\n", text=True, stdout=subprocess.DEVNULL)
    return np.fromfile(target, np.int8)


def quality(case, outputs):
    """Accuracy in percent, or the mean squared error of reconstruction."""
    if case.labels is None:
        flat = case.values.reshape(len(case.values), -1)
        return float(np.mean((outputs.reshape(flat.shape) - flat) ** 2))
    return 100 * float(np.mean(outputs.reshape(len(case.labels), -1).argmax(1) == case.labels))


def differing(binaries, work, case, model):
    """Samples of all whose outputs differ from the runtime with the same arithmetic."""
    _, stored, inputs = litert(model, case.values, "xnnpack")
    ours = own(binaries, work, model, inputs, "single-rounding")
    single = np.any(ours.reshape(len(inputs), -1) != stored.reshape(len(inputs), -1), axis=1)
    reference = micro(model, inputs)
    ours = own(binaries, work, model, inputs, "double-rounding")
    double = np.any(ours.reshape(len(inputs), -1) != reference.reshape(len(inputs), -1), axis=1)
    return int(double.sum()), int(single.sum())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binaries")
    parser.add_argument("work")
    parser.add_argument("--methods", action="store_true", help="compare ways to calibrate, too")
    arguments = parser.parse_args()
    os.makedirs(arguments.work, exist_ok=True)
    print("| model | samples | float | published int8 | ai-edge-quantizer | ours | "
          "differs from tflite-micro / LiteRT |\n|---|---|---|---|---|---|---|")
    for case in cases():
        ours = quantized(arguments.binaries, arguments.work, case, "int8")
        rival = ai_edge_quantized(case, os.path.join(arguments.work, "rival.tflite"))
        figures = [
            f"{quality(case, litert(model, case.values, 'xnnpack')[0]):.2f}"
            for model in [case.float, case.published, rival, ours]
        ]
        double, single = differing(arguments.binaries, arguments.work, case, ours)
        print(f"| {case.name} | {len(case.values)} | " + " | ".join(figures)
              + f" | {double} / {single} |", flush=True)
        if arguments.methods:
            for method in METHODS:
                path = quantized(arguments.binaries, arguments.work, case, method, method=method)
                outputs = litert(path, case.values, "xnnpack")[0]
                print(f"|   {method} | | | | | {quality(case, outputs):.2f} | |", flush=True)


if __name__ == "__main__":
    main()

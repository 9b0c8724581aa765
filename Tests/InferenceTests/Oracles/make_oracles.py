"""Writes the outputs of tflite-micro that InferenceTests compares with.

Usage: make_oracles.py SHARED_DATA_FOLDER MODELS_FOLDER OUTPUT_CSV [ARRAY_FOLDER]
Needs numpy and tflite_micro==0.dev20261023182759. Each row is a model, the number of inputs, and
the FNV-1a hash of all output bytes, in input order. Arrays go to ARRAY_FOLDER when it is given.
"""

import csv
import os
import sys

import numpy as np
from tflite_micro import runtime

MASK = (1 << 64) - 1


def fnv1a(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return value


def random_int8(count, seed):
    """Top bytes of a 64-bit linear congruential generator, as the tests draw them."""
    result, state = np.empty(count, np.uint8), seed
    for index in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) & MASK
        result[index] = state >> 56
    return result.view(np.int8)


def outputs(path, samples):
    """One interpreter for all samples, so variables go on from one to the next."""
    interpreter = runtime.Interpreter.from_file(path, arena_size=4 << 20)
    results = []
    for sample in samples:
        interpreter.set_input(sample, 0)
        interpreter.invoke()
        results.append(interpreter.get_output(0).copy())
    return np.stack(results)


def main():
    shared, models, destination = sys.argv[1:4]
    tiny = os.path.join(shared, "mlperf_tiny")

    def signed(name):
        images = np.load(os.path.join(tiny, "inputs", name))
        return (images.astype(np.int16) - 128).astype(np.int8)[:, None]

    kws = np.load(os.path.join(tiny, "inputs", "kws01_int8_1000x49x10.npy"))
    cases = [
        ("kws_ref_model", tiny, kws.reshape(1000, 1, 49, 10, 1)),
        ("pretrainedResnet_quant", tiny, signed("ic_cifar10test_uint8_500x32x32x3.npy")),
        ("vww_96_int8", tiny, signed("vww_uint8_250x96x96x3.npy")),
        ("ad01_int8", tiny, random_int8(200 * 640, 1).reshape(200, 1, 640)),
    ]
    # Held for 12 frames and 20 channels: white noise moves no output.
    noise = random_int8(1800 * 40, 7).reshape(1800, 40)
    held = np.repeat(np.repeat(noise[::12, ::20], 12, 0), 20, 1)
    frames = held.reshape(600, 1, 3, 40)
    for name in ["alexa", "hey_jarvis", "hey_mycroft", "okay_nabu"]:
        cases.append((name, None, frames))
    rows = []
    for name, folder, samples in cases:
        folder = models if folder is None else os.path.join(folder, "models")
        try:
            result = outputs(os.path.join(folder, name + ".tflite"), samples)
        except Exception as problem:
            print(name, "not run:", problem, file=sys.stderr)
            continue
        rows.append((name, len(samples), f"{fnv1a(result.tobytes()):016x}"))
        if len(sys.argv) > 4:
            os.makedirs(sys.argv[4], exist_ok=True)
            np.save(os.path.join(sys.argv[4], name + ".npy"), result)
        print(*rows[-1], result.shape, result.dtype, file=sys.stderr)
    with open(destination, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("model", "samples", "fnv1a"), *rows])


if __name__ == "__main__":
    main()

"""Writes what runtimes make of 1000 random inputs of every int8 model, input by input.

Usage: make_exactness.py SHARED_DATA_FOLDER MODELS_FOLDER OUTPUT_CSV [MODEL ...]
Needs what `one_operator.py` needs. Each row is a model, a runtime, the number of inputs, and eight
hexadecimal digits for each input: the FNV-1a hash of all outputs, its upper half xor its lower.
One interpreter takes all inputs, so that variables go on from one to the next.
"""

import csv
import os
import sys

import numpy as np
from ai_edge_litert import schema_py_generated as schema

import one_operator

SAMPLES = 1000
MASK = (1 << 64) - 1
TYPES = {schema.TensorType.INT8: np.int8, schema.TensorType.INT16: np.int16}


def draws(count, seed):
    """Top bytes of SplitMix64 (Steele, Lea and Flood 2014) from draw 1 on."""
    z = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(seed)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((z ^ (z >> np.uint64(31))) >> np.uint64(56)).astype(np.uint8)


def held(values):
    """Each value stays for 12 frames of 40 channels, 20 channels wide: noise moves no wake word."""
    index = np.arange(len(values))
    return values[index // 480 * 480 + index % 40 // 20 * 20]


def fnv(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return (value >> 32) ^ (value & 0xFFFFFFFF)


def job(path, is_stream):
    data = open(path, "rb").read()
    graph = schema.ModelT.InitFromPackedBuf(data, 0).subgraphs[0]
    tensor = graph.tensors[graph.inputs[0]]
    type_, shape = TYPES[tensor.type], list(tensor.shape)
    size = int(np.prod(shape)) * np.dtype(type_).itemsize
    values = draws(SAMPLES * size, 1)
    values = (held(values) if is_stream else values).view(type_).reshape([SAMPLES, *shape])
    return data, [[value] for value in values], len(graph.outputs)


def main():
    shared, models, destination = sys.argv[1:4]
    tiny, micro = os.path.join(shared, "mlperf_tiny", "models"), os.path.join(
        shared, "tflite_micro"
    )
    places = {
        name: tiny
        for name in [
            "kws_ref_model",
            "pretrainedResnet_quant",
            "vww_96_int8",
            "ad01_int8",
            "str_ww_ref_model",
        ]
    }
    places |= {
        name: micro
        for name in [
            "dtln_noise_suppression",
            "hello_world_int8",
            "keyword_scrambled_8bit",
            "micro_speech_quantized",
            "person_detect",
            "trained_lstm_int8",
            "audio_preprocessor_int8",
        ]
    }
    places |= {name: models for name in ["alexa", "hey_jarvis", "hey_mycroft", "okay_nabu"]}
    rows = []
    for name, folder in places.items():
        if sys.argv[4:] and name not in sys.argv[4:]:
            continue
        case = job(os.path.join(folder, name + ".tflite"), folder == models)
        for runtime in ("tflite-micro", "litert-xnnpack"):
            result = one_operator.run(runtime, [case])[0]
            if isinstance(result, str):
                print(name, runtime, "not run:", result, file=sys.stderr)
                continue
            hashes = [fnv(b"".join(array.tobytes() for array in outputs)) for outputs in result]
            print(name, runtime, len(set(hashes)), "different outputs", file=sys.stderr)
            rows.append((name, runtime, SAMPLES, "".join(f"{value:08x}" for value in hashes)))
    with open(destination, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(
            [("model", "runtime", "inputs", "hashes"), *rows]
        )


if __name__ == "__main__":
    main()

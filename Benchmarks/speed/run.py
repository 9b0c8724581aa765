"""Compares this project's executor with other runtimes in one run and prints a Markdown table.

usage: run.py BENCHMARK WORK [--rounds N] [--models FOLDER] [--only NAME,...]

BENCHMARK is the executable EdgeSimBenchmark, WORK a folder for models and inputs. Runtimes are
child processes that take turns (A B C D A B C D ...), so that a slow moment of the machine hits all
of them; figures are medians over rounds, ratios are medians of the rounds' ratios.
"""

import argparse
import os
import statistics
import subprocess
import sys

import numpy as np

import models
import onnx_export

HERE = os.path.dirname(os.path.abspath(__file__))
# Name, file, samples. Inputs are random bytes: no kernel's time depends on values.
MODELS = [
    ("KWS DS-CNN", "kws_ref_model.tflite", 256),
    ("IC ResNet-8", "pretrainedResnet_quant.tflite", 128),
    ("VWW MobileNetV1-0.25", "vww_96_int8.tflite", 96),
    ("AD autoencoder", "ad01_int8.tflite", 1024),
    ("MobileNetV1-1.0-224", None, 8),
    ("KWS DS-CNN float", "kws_float32.tflite", 256),
    ("IC ResNet-8 float", "pretrainedResnet.tflite", 128),
    ("VWW MobileNetV1-0.25 float", "vww_96_float.tflite", 96),
    ("AD autoencoder float", "ad01_fp32.tflite", 1024),
]
RIVALS = ["xnnpack", "builtin", "onnxruntime", "tflite-micro"]
TITLES = {
    "xnnpack": "LiteRT, XNNPACK", "builtin": "LiteRT, no delegate",
    "onnxruntime": "ONNX Runtime", "tflite-micro": "tflite-micro",
}


class Child:
    def __init__(self, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, env={**os.environ, "OMP_NUM_THREADS": "1"})

    def ask(self, *words):
        """The answer, or None once the child is gone."""
        try:
            self.process.stdin.write(" ".join(map(str, words)) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline().strip()
        except BrokenPipeError:
            return None
        return line if line and line != "error" else None

    def close(self):
        self.process.kill()
        self.process.wait()


def children(arguments, path, inputs):
    """Ours in two arithmetics, and those that run the model at all."""
    result = {
        "edgesim": Child([arguments.benchmark, path, inputs, "double-rounding"]),
        "edgesim single-rounding": Child([arguments.benchmark, path, inputs, "single-rounding"]),
    }
    for rival in RIVALS:
        model = path
        if rival == "onnxruntime":
            model = os.path.join(arguments.work, os.path.basename(path) + ".onnx")
            onnx_export.Exporter(path).write(model)
        result[rival] = Child(
            [sys.executable, os.path.join(HERE, "runtimes.py"), rival, model, inputs])
    return result


def outputs(runtimes, work, dtype):
    result = {}
    for name, child in runtimes.items():
        path = os.path.join(work, "outputs")
        if child.ask("outputs", path):
            result[name] = np.fromfile(path, dtype=dtype)
    return result


def agreement(values, left, right, count):
    """Samples whose outputs are equal, byte for byte."""
    if left not in values or right not in values or len(values[left]) != len(values[right]):
        return "-"
    a, b = (values[n].reshape(count, -1) for n in (left, right))
    return f"{int((a == b).all(axis=1).sum())}/{count}"


def measure(runtimes, rounds, milliseconds):
    """Microseconds a sample by (runtime, mode), and peaks, one a round."""
    times, peaks = {}, []
    for _ in range(rounds):
        for mode in ("single", "eval"):
            for name, child in runtimes.items():
                if name == "edgesim single-rounding" or (name, mode) == ("tflite-micro", "eval"):
                    continue
                answer = child.ask(mode, milliseconds)
                if answer:
                    times.setdefault((name, mode), []).append(float(answer))
        peak = runtimes["edgesim"].ask("peak", 20)
        if peak:
            peaks.append([float(v) for v in peak.split()])
    return times, peaks


def ratio(times, rival, mode):
    """How many times as long the rival takes, round by round."""
    theirs = times.get((rival, mode)) or times.get((rival, "single"))
    ours = times[("edgesim", mode)]
    if not theirs or len(theirs) != len(ours):
        return "-"
    return f"{statistics.median(t / o for t, o in zip(theirs, ours)):.2f}"


def figure(times, key):
    values = times.get(key)
    return "-" if not values else f"{statistics.median(values):.4g} ({min(values):.4g})"


def row(name, path, times, peaks, equal):
    macs = models.Graph(path).macs()
    ours = statistics.median(times[("edgesim", "eval")])
    rate = macs / ours / 1e3
    peak = max(statistics.median(p[i] for p in peaks) for i in (0, 1)) if peaks else 0
    is_int8 = "float" not in name
    share = f"{100 * rate / peak:.0f} %" if peak and is_int8 else "-"
    cells = [name, f"{macs / 1e6:.3g}", figure(times, ("edgesim", "single")),
             figure(times, ("edgesim", "eval"))]
    cells += [figure(times, (rival, "single")) for rival in RIVALS]
    cells += [figure(times, (rival, "eval")) for rival in RIVALS[:3]]
    cells += [ratio(times, rival, "single") for rival in RIVALS]
    cells += [ratio(times, rival, "eval") for rival in RIVALS]
    return cells + [f"{rate:.0f}", share] + equal


def run_model(arguments, name, file, count):
    path = os.path.join(arguments.models, file) if file else (
        os.path.join(arguments.work, "mobilenet_v1_1.0_224_int8.tflite"))
    if not file and not os.path.exists(path):
        models.write_mobilenet(path)
    if not os.path.exists(path):
        print(f"skipped {name}: no {path}", file=sys.stderr)
        return None
    graph = models.Graph(path)
    tensor = graph.tensor(graph.subgraph.inputs[0])
    dtype = models.DTYPES[tensor.type]
    random = np.random.default_rng(7)
    shape = [count] + list(tensor.shape[1:])
    values = random.integers(-128, 128, shape) if dtype == np.int8 else random.normal(0, 1, shape)
    inputs = os.path.join(arguments.work, "inputs")
    values.astype(dtype).tofile(inputs)
    runtimes = children(arguments, path, inputs)
    result = outputs(runtimes, arguments.work, dtype)
    equal = [agreement(result, "edgesim", "tflite-micro", count),
             agreement(result, "edgesim single-rounding", "xnnpack", count),
             agreement(result, "edgesim", "onnxruntime", count)]
    milliseconds = arguments.milliseconds * (4 if not file else 1)
    times, peaks = measure(runtimes, arguments.rounds, milliseconds)
    for child in runtimes.values():
        child.close()
    return row(name, path, times, peaks, equal)


def table(header, rows):
    print("| " + " | ".join(header) + " |")
    print("|---|" + "---:|" * (len(header) - 1))
    for cells in rows:
        print("| " + " | ".join(cells) + " |")
    print()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("benchmark")
    parser.add_argument("work")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--milliseconds", type=int, default=60)
    parser.add_argument("--models", default="../shared/data/mlperf_tiny/models")
    parser.add_argument("--only", help="names, separated by commas")
    arguments = parser.parse_args()
    os.makedirs(arguments.work, exist_ok=True)
    chosen = [m for m in MODELS if not arguments.only or m[0] in arguments.only.split(",")]
    rows = []
    for model in chosen:
        cells = run_model(arguments, *model)
        if cells:
            rows.append(cells)
            print(" | ".join(cells), file=sys.stderr, flush=True)
    titles = [TITLES[r] for r in RIVALS]
    print("Microseconds a sample, one thread: median (least) of", arguments.rounds, "rounds.\n")
    table(["single sample", "MMAC", "EdgeSim"] + titles, [r[:3] + r[4:8] for r in rows])
    table(["data set", "EdgeSim"] + titles[:3], [[r[0], r[3]] + r[8:11] for r in rows])
    print("How many times as long others take: medians of the rounds' ratios.\n")
    table(["single sample"] + titles, [[r[0]] + r[11:15] for r in rows])
    table(["data set"] + titles, [[r[0]] + r[15:19] for r in rows])
    print("Share of the core's int8 peak, and samples with equal outputs.\n")
    table(["", "GMAC/s", "of peak", "= tflite-micro (double rounding)",
           "= XNNPACK (single rounding)", "= ONNX Runtime"], [[r[0]] + r[19:24] for r in rows])


main()

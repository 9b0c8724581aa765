"""Cases of 8-bit operators that XNNPACK computes in arithmetic of its own, and of those with scales
that it leaves to LiteRT."""

import numpy as np

from compute_cases import LIMITS, XNNPACK, Case, integers, zero_point
from one_operator import Tensor, model

TYPES = ("int8", "uint8")


def scale(random):
    return np.float32(np.exp(random.uniform(-4, -1)))


def activations(random, type, shape):
    return Tensor(type, shape, scale=scale(random), zero=zero_point(random, type))


def case(random, name, operator, tensors, options=None):
    """The last tensor is the output; those without data are inputs."""
    places = [i for i, tensor in enumerate(tensors[:-1]) if tensor.data is None]
    inputs = [
        integers(random, tensors[i].type, tensors[i].shape).astype(tensors[i].type) for i in places
    ]
    bytes_ = model(operator, tensors, places, [len(tensors) - 1], options)
    return Case(name, bytes_, [inputs], runtimes=(XNNPACK,))


def sums(random):
    shapes = [([1, 97], [1, 97]), ([2, 3, 5], [5]), ([1, 4, 1], [3, 1, 6])]
    for type in TYPES:
        for operator in ("ADD", "SUB", "MUL"):
            for index in range(8):
                left, right = shapes[index % 3]
                tensors = [
                    activations(random, type, left),
                    activations(random, type, right),
                    activations(random, type, np.broadcast_shapes(left, right)),
                ]
                if index >= 6:  # Near the largest and the smallest factor that XNNPACK takes.
                    limits = (4, 6) if index == 6 else (-10, -6)
                    factor = np.exp2(random.uniform(*limits))
                    tensors[2].scale = tensors[0].scale / np.float32(factor)
                if index == 5:
                    tensors[1].data = integers(random, type, right)
                options = {"fusedActivationFunction": index % 4}
                name = f"{operator} {type} {index}"
                yield case(random, name, operator, tensors, (operator.title() + "Options", options))


def rescaled(random):
    """Every value of a type, in quantizations whose factors often end halfway."""
    for type in TYPES:
        low, high = LIMITS[type]
        values = np.arange(low, high + 1).astype(type).reshape(1, 256)
        for operator in ("LEAKY_RELU", "QUANTIZE", "RELU", "RELU6", "ELU", "TANH", "LOGISTIC"):
            if type == "uint8" and operator == "ELU":
                continue
            for index in range(5):
                tensors = [activations(random, type, [1, 256]) for _ in range(2)]
                if index > 2:
                    tensors[0].scale = np.atleast_1d(np.float32(2.0 ** random.integers(-6, 0)))
                    tensors[1].scale = np.atleast_1d(np.float32(2.0 ** random.integers(-5, 1)))
                if operator in ("TANH", "LOGISTIC"):
                    bits = 7 if operator == "TANH" else 8
                    zero = (low + 128 if bits == 7 else low)
                    tensors[1] = Tensor(type, [1, 256], scale=2.0**-bits, zero=zero)
                slope = 0.002 if index == 2 else float(random.uniform(-1, 1.5))
                options = {
                    "LEAKY_RELU": ("LeakyReluOptions", {"alpha": slope}),
                    "QUANTIZE": ("QuantizeOptions", {}),
                }.get(operator)
                made = case(random, f"{operator} {type} {index}", operator, tensors, options)
                made.inputs = [[values]]
                yield made


def images(random):
    for type in TYPES:
        for align, half in ((False, False), (True, False), (False, True)):
            for index in range(4):
                height, width, rows, columns = (int(v) for v in random.integers(1, 9, 4))
                image = activations(random, type, [1, height, width, 3])
                result = Tensor(type, [1, rows, columns, 3], scale=image.scale, zero=image.zero)
                size = Tensor("int32", [2], [rows, columns])
                options = {"alignCorners": align, "halfPixelCenters": half}
                name = f"RESIZE_BILINEAR {type} {align} {half} {index}"
                yield case(
                    random, name, "RESIZE_BILINEAR", [image, size, result],
                    ("ResizeBilinearOptions", options))
        for operator in ("MEAN", "SUM"):
            for axes in ([1, 2], [1], [2]):
                shape = [2, 4, 5, 6]
                result = [1 if axis in axes else extent for axis, extent in enumerate(shape)]
                tensors = [
                    activations(random, type, shape), Tensor("int32", [len(axes)], axes),
                    activations(random, type, result)]
                yield case(
                    random, f"{operator} {type} {axes}", operator, tensors,
                    ("ReducerOptions", {"keepDims": True}))


def products(random):
    for index in range(8):
        depth, rows, columns = (int(v) for v in random.integers(2, 12, 3))
        left = activations(random, "int8", [2, rows, depth])
        right = activations(random, "int8", [2, columns, depth])
        if index % 2:
            right.zero = np.zeros(1, np.int64)
        result = activations(random, "int8", [2, rows, columns])
        result.scale = left.scale * right.scale * np.float32(np.exp(random.uniform(1, 5)))
        yield case(
            random, f"BATCH_MATMUL int8 {index}", "BATCH_MATMUL", [left, right, result],
            ("BatchMatMulOptions", {"adjY": True}))


def xnnpack():
    random = np.random.default_rng(1125)
    return [
        made for family in (sums, rescaled, images, products) for made in family(random)]

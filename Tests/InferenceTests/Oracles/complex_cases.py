"""Cases of spectra, complex numbers, and concatenations that rescale."""

import numpy as np

from compute_cases import REFERENCE, Case, arrays
from one_operator import Tensor, model


def transforms(random):
    # With one column, LiteRT gives other sums than its own definition says.
    for shape, lengths in (
        ([8, 16], (8, 16)),
        ([3, 5, 10], (4, 8)),
        ([2, 3, 6, 7], (8, 16)),
        ([1, 32], (1, 32)),
        ([2, 1, 100], (1, 128)),
        ([1, 2], (2, 2)),
    ):
        tensors = [
            Tensor("float32", shape),
            Tensor("int32", [2], np.array(lengths)),
            Tensor("complex64", [*shape[:-2], lengths[0], lengths[1] // 2 + 1]),
        ]
        data = model("RFFT2D", tensors, [0], [2], ("Rfft2dOptions", {}))
        name = f"RFFT2D {shape} {lengths}"
        yield Case(name, data, arrays(random, tensors, [0], 2), 1, (REFERENCE,), 2e-7)


def parts(random):
    for operator in ("REAL", "IMAG", "COMPLEX_ABS"):
        for shape in ([7], [2, 3, 5], []):
            tensors = [Tensor("complex64", shape), Tensor("float32", shape)]
            data = model(operator, tensors, [0], [1])
            values = random.standard_normal(shape) + 1j * random.standard_normal(shape)
            inputs = [[np.array(values, np.complex64)]]
            yield Case(f"{operator} {shape}", data, inputs, 1, (REFERENCE,))


def concatenations(random):
    scales = [(0.02, 128), (0.05, 3), (0.013, 255), (0.02, 128)]
    for axis in (0, 1, 2, -1):
        for count in (2, 3, 4):
            shape = [2, 3, 4]
            tensors = []
            for index in range(count):
                own = list(shape)
                own[axis] = index + 1
                tensors.append(Tensor("uint8", own, scale=scales[index][0], zero=scales[index][1]))
            whole = list(shape)
            whole[axis] = count * (count + 1) // 2
            scale, zero = ((0.02, 128), (0.03, 100))[count % 2]
            tensors.append(Tensor("uint8", whole, scale=scale, zero=zero))
            places = list(range(count))
            options = ("ConcatenationOptions", {"axis": axis})
            data = model("CONCATENATION", tensors, places, [count], options)
            inputs = arrays(random, tensors, places)
            yield Case(f"CONCATENATION {axis} {count}", data, inputs, 1, (REFERENCE,))


def complex_():
    random = np.random.default_rng(11)
    return [*transforms(random), *parts(random), *concatenations(random)]

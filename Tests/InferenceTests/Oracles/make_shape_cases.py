"""Writes cases of one operator each: elementwise operators, reductions, indexing, rearrangement.

Usage: make_shape_cases.py OUTPUT_FOLDER
Needs what one_operator.py needs. A case keeps the outputs of one runtime: tflite-micro where it has
the operator, else LiteRT's reference kernels.
"""

import os
import sys

import numpy as np
from one_operator import TYPES, Tensor, model, run, write

random = np.random.default_rng(20)
LIMITS = {"int8": (-128, 127), "uint8": (0, 255), "int16": (-32768, 32767)}


def values(type, shape, low=-4, high=4):
    """Random elements; the first ones of quantized tensors are the extremes."""
    count = int(np.prod(shape, dtype=np.int64))
    if type in LIMITS:
        least, most = LIMITS[type]
        data = random.integers(least, most + 1, count)
        data[:2] = [least, most][:count]
    elif type == "bool":
        data = random.integers(0, 2, count)
    elif type.startswith("float"):
        data = random.uniform(low, high, count)
    else:
        data = random.integers(max(low, 0) if type[0] == "u" else low, high + 1, count)
    return data.astype(TYPES[type]).reshape(shape)


class Cases:
    def __init__(self):
        self.list = []

    def add(self, operator, inputs, outputs, options=None, constants=None, tolerance=0.0,
            invocations=2, make=None, low=-4, high=4, label=""):
        """inputs: Tensors, in the operator's order; those without data get values. outputs:
        Tensors, whose shape None is taken from nothing: it must be stated."""
        tensors = list(inputs) + list(outputs)
        fed = [index for index, tensor in enumerate(inputs) if tensor.data is None]
        results = [len(inputs) + index for index in range(len(outputs))]
        if not fed:
            return
        arrays = [[make[index]() if make and index in make
                   else values(inputs[index].type, inputs[index].shape, low, high)
                   for index in fed] for _ in range(invocations)]
        shapes = "x".join(str(tuple(tensor.shape)).replace(" ", "") for tensor in inputs)
        name = f"{operator} {inputs[0].type} {shapes} {label}".strip()
        bytes_ = model(operator, tensors, fed, results, options, list(range(len(inputs))))
        self.list.append((name, bytes_, arrays, len(outputs), tolerance))


def const(type, data, **more):
    data = np.asarray(data, TYPES[type])
    return Tensor(type, data.shape, data, **more)


def i32(*data):
    return const("int32", np.asarray(data[0] if len(data) == 1 and np.ndim(data[0]) else data))


BROADCASTS = [((2, 3), (2, 3)), ((1, 2, 3, 4), (4,)), ((2, 1, 3), (1, 4, 3)), ((5,), ()),
              ((3, 1), (2, 1, 1, 4)), ((1, 7, 1, 2), (1, 1, 5, 2))]
SCALES = {"int8": ((0.05, 3), (0.11, -7), (0.09, 11)),
          "uint8": ((0.05, 131), (0.11, 7), (0.09, 90)),
          "int16": ((0.0005, 0), (0.0013, 0), (0.001, 0))}


def binary(cases):
    floats = ["ADD", "SUB", "MUL", "DIV", "MAXIMUM", "MINIMUM", "SQUARED_DIFFERENCE", "POW",
              "FLOOR_DIV", "FLOOR_MOD"]
    activations = ["NONE", "RELU", "RELU_N1_TO_1", "RELU6"]
    for operator in floats:
        table = {"ADD": "AddOptions", "SUB": "SubOptions", "MUL": "MulOptions",
                 "DIV": "DivOptions"}.get(operator)
        for number, (a, b) in enumerate(BROADCASTS):
            shape = np.broadcast_shapes(a, b)
            activation = number % 4 if table else 0
            options = (table, {"fusedActivationFunction": activation}) if table else None
            label = activations[activation]
            low, high = (0.5, 3) if operator == "POW" else (-4, 4)
            types = ["float32", "int32"] + (["int64"] if operator not in ("DIV", "POW") else [])
            for type in types:
                make = None
                if type != "float32" and operator in ("DIV", "FLOOR_DIV", "FLOOR_MOD"):
                    make = {1: lambda b=b, type=type: values(type, b, 1, 5) * random.choice(
                        [-1, 1], b).astype(TYPES[type])}
                if operator == "POW" and type != "float32":
                    low, high = 0, 5
                cases.add(operator, [Tensor(type, a), Tensor(type, b)], [Tensor(type, shape)],
                          options, low=low, high=high, make=make, label=label,
                          tolerance=4e-7 if operator == "POW" and type == "float32" else 0)
            if operator not in ("ADD", "SUB", "MUL", "DIV", "SQUARED_DIFFERENCE", "MAXIMUM",
                                "MINIMUM"):
                continue
            for type in ("int8", "int16", "uint8"):
                if operator == "DIV" and type == "int16":
                    continue
                first, second, result = SCALES[type]
                if operator in ("MAXIMUM", "MINIMUM"):
                    first = second = result
                make = None
                if operator == "DIV":
                    zero = second[1]
                    # A small dividend makes the references shift by more than 31 bits, which C++
                    # leaves undefined.
                    make = {0: lambda a=a, type=type, zero=first[1]: np.where(
                        abs((data := values(type, a).astype(int)) - zero) < 16, zero + 16, data
                    ).astype(TYPES[type]),
                            1: lambda b=b, type=type, zero=zero: np.where(
                        (data := values(type, b)) == zero, data - 1, data).astype(TYPES[type])}
                cases.add(operator, [Tensor(type, a, scale=first[0], zero=first[1]),
                                     Tensor(type, b, scale=second[0], zero=second[1])],
                          [Tensor(type, shape, scale=result[0], zero=result[1])], options,
                          make=make, label=label)
    for a, b in BROADCASTS[:3]:
        shape = np.broadcast_shapes(a, b)
        for operator in ("LOGICAL_AND", "LOGICAL_OR"):
            cases.add(operator, [Tensor("bool", a), Tensor("bool", b)], [Tensor("bool", shape)])
        for type in ("int8", "int16", "int32", "uint8", "uint32", "bool"):
            cases.add("BITWISE_XOR", [Tensor(type, a), Tensor(type, b)], [Tensor(type, shape)])
        for type in ("int8", "int16", "int32", "uint8", "uint32"):
            cases.add("RIGHT_SHIFT", [Tensor(type, a), Tensor(type, b)], [Tensor(type, shape)],
                      make={1: lambda b=b, type=type: random.integers(0, 9, b).astype(TYPES[type])})
    cases.add("ATAN2", [Tensor("float32", (3, 5))] * 2, [Tensor("float32", (3, 5))], tolerance=4e-7)


def comparisons(cases):
    for operator in ("EQUAL", "NOT_EQUAL", "LESS", "LESS_EQUAL", "GREATER", "GREATER_EQUAL"):
        for a, b in BROADCASTS[:4]:
            shape = np.broadcast_shapes(a, b)
            for type in ("float32", "int32", "int64"):
                cases.add(operator, [Tensor(type, a), Tensor(type, b)], [Tensor("bool", shape)],
                          low=-2, high=2, make={0: lambda a=a, type=type: np.round(
                              values(type, a)).astype(TYPES[type]), 1: lambda b=b, type=type:
                              np.round(values(type, b)).astype(TYPES[type])})
            for type in ("int8", "uint8"):
                cases.add(operator, [Tensor(type, a, scale=0.5, zero=1),
                                     Tensor(type, b, scale=0.25, zero=3)],
                          [Tensor("bool", shape)])
            if operator in ("EQUAL", "NOT_EQUAL"):
                cases.add(operator, [Tensor("bool", a), Tensor("bool", b)],
                          [Tensor("bool", shape)])


def unary(cases):
    for operator, options in {"ABS": None, "CEIL": None, "COS": None, "EXP": None, "FLOOR": None,
                              "LOG": None, "NEG": None, "ROUND": None, "RSQRT": None,
                              "SIGN": None, "SIN": None, "SQRT": None, "SQUARE": None}.items():
        positive = operator in ("LOG", "RSQRT", "SQRT")
        for shape in ((7,), (2, 3, 4), (1, 1, 5, 2), ()):
            data = np.array([-2.5, -1.5, -0.5, 0.0, 0.5, 1.5, 2.5], np.float32)
            make = {0: lambda: data} if shape == (7,) and not positive else None
            cases.add(operator, [Tensor("float32", shape)], [Tensor("float32", shape)], make=make,
                      low=0.01 if positive else -4, high=9 if positive else 4,
                      tolerance=2.5e-7 if operator in ("COS", "SIN", "EXP", "LOG") else 0)
        if operator in ("ABS", "NEG", "SIGN", "SQUARE"):
            for type in ("int32", "int64"):
                cases.add(operator, [Tensor(type, (3, 5))], [Tensor(type, (3, 5))])
    for type, scale, zero in (("int8", 0.1, 5), ("int16", 0.001, 0)):
        for out in (scale, scale * 0.7):
            cases.add("ABS", [Tensor(type, (4, 9), scale=scale, zero=zero)],
                      [Tensor(type, (4, 9), scale=out, zero=zero and -9)])
    for operator, scale in (("EXP", 0.02), ("LOG", 0.05)):
        every = np.arange(-128, 128, dtype=np.int8)
        cases.add(operator, [Tensor("int8", (256,), scale=0.03, zero=-20)],
                  [Tensor("int8", (256,), scale=scale, zero=-30)], make={0: lambda: every})
    cases.add("LOGICAL_NOT", [Tensor("bool", (3, 4))], [Tensor("bool", (3, 4))])


def selections(cases):
    for type in ("float32", "int8", "int16", "int32", "int64", "uint8", "bool"):
        for shape in ((6,), (2, 3, 4)):
            cases.add("SELECT", [Tensor("bool", shape), Tensor(type, shape), Tensor(type, shape)],
                      [Tensor(type, shape)])
            cases.add("SELECT_V2", [Tensor("bool", shape), Tensor(type, shape),
                                    Tensor(type, shape)], [Tensor(type, shape)])
        cases.add("SELECT", [Tensor("bool", (2,)), Tensor(type, (2, 5)), Tensor(type, (2, 5))],
                  [Tensor(type, (2, 5))])
        cases.add("SELECT_V2", [Tensor("bool", (2, 1, 3)), Tensor(type, (4, 1)), Tensor(type, ())],
                  [Tensor(type, (2, 4, 3))])
    numbers = ("float32", "int8", "int16", "int32", "int64", "uint8", "bool")
    for source in numbers:
        for target in numbers:
            cases.add("CAST", [Tensor(source, (3, 5))], [Tensor(target, (3, 5))],
                      ("CastOptions", {}), make={0: lambda source=source: values(
                          source, (3, 5), 0, 100) if source not in ("int8",) else np.arange(
                              0, 15, dtype=np.int8).reshape(3, 5)})
    cases.add("BITCAST", [Tensor("int32", (2, 3))], [Tensor("uint8", (2, 3, 4))])
    cases.add("BITCAST", [Tensor("int16", (3, 2))], [Tensor("int32", (3,))])
    cases.add("BITCAST", [Tensor("float32", (5,))], [Tensor("int32", (5,))])
    for type in ("float32", "int32", "int64", "uint8", "int8"):
        cases.add("ZEROS_LIKE", [Tensor(type, (2, 3))], [Tensor(type, (2, 3))])
    for bits, narrow, low, high in ((8, False, -1, 1), (8, True, -0.7, 2), (4, False, 0.1, 3)):
        cases.add("FAKE_QUANT", [Tensor("float32", (4, 7))], [Tensor("float32", (4, 7))],
                  ("FakeQuantOptions", {"min": low, "max": high, "numBits": bits,
                                        "narrowRange": narrow}), tolerance=1e-6)
    for type in ("float32", "int32", "int64"):
        cases.add("BUCKETIZE", [Tensor(type, (3, 4))], [Tensor("int32", (3, 4))],
                  ("BucketizeOptions", {"boundaries": [-2.0, 0.0, 1.0, 3.5]}))
    for type in ("float32", "int32"):
        cases.add("ADD_N", [Tensor(type, (2, 5))] * 4, [Tensor(type, (2, 5))], ("AddNOptions", {}))
    cases.add("ADD_N", [Tensor("int8", (3, 9), scale=0.1, zero=4)] * 3,
              [Tensor("int8", (3, 9), scale=0.2, zero=-3)], ("AddNOptions", {}))


def reductions(cases):
    axes = [((2, 3, 4), [1]), ((2, 3, 4, 5), [1, 2]), ((2, 3, 4), [0, 2]), ((7,), [0]),
            ((2, 3, 4), [-1]), ((1, 5, 5, 8), [1, 2]), ((2, 3), [0, 1])]

    def reduced(shape, axes, keep):
        axes = {axis % len(shape) for axis in axes}
        return [1 if axis in axes else extent for axis, extent in enumerate(shape)
                if keep or axis not in axes]

    for operator in ("SUM", "MEAN", "REDUCE_PROD", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_ANY",
                     "REDUCE_ALL"):
        for number, (shape, axis) in enumerate(axes):
            keep = number % 2 == 0
            result = reduced(shape, axis, keep)
            options = ("ReducerOptions", {"keepDims": keep})
            if operator in ("REDUCE_ANY", "REDUCE_ALL"):
                cases.add(operator, [Tensor("bool", shape), i32(*axis)], [Tensor("bool", result)],
                          options, label=f"{axis}")
                continue
            for type in ("float32", "int32", "int64"):
                cases.add(operator, [Tensor(type, shape), i32(*axis)], [Tensor(type, result)],
                          options, label=f"{axis}")
            for type in ("int8", "int16", "uint8"):
                scale, zero = SCALES[type][0]
                out = (scale, zero) if "M" in operator[7:8] else SCALES[type][2]
                if operator == "SUM":
                    out = (out[0] * 5, out[1])
                if operator == "REDUCE_PROD":
                    if type == "uint8":
                        continue
                    scale, out = 0.02 if type == "int8" else 0.0001, (0.03, out[1])
                # The two kernels of LiteRT disagree on SUM of uint8, and tflite-micro has none.
                if (operator, type) != ("SUM", "uint8"):
                    cases.add(operator, [Tensor(type, shape, scale=scale, zero=zero), i32(*axis)],
                              [Tensor(type, result, scale=out[0], zero=out[1])], options,
                              label=f"{axis}")
    for operator, table in (("ARG_MAX", "ArgMaxOptions"), ("ARG_MIN", "ArgMinOptions")):
        for shape, axis in (((7,), 0), ((2, 3, 4), 1), ((2, 3, 4), -1), ((1, 5, 2, 3), 0)):
            result = [extent for place, extent in enumerate(shape) if place != axis % len(shape)]
            for type in ("float32", "int8", "uint8", "int32", "bool"):
                for target, code in (("int32", 2), ("int64", 4)):
                    cases.add(operator, [Tensor(type, shape), i32(axis)],
                              [Tensor(target, result)], (table, {"outputType": code}),
                              label=f"{axis} {target}")
    for shape, count in (((9,), 3), ((2, 6), 6), ((2, 2, 5), 1)):
        for type in ("float32", "int8", "uint8", "int32", "int64", "int16"):
            result = shape[:-1] + (count,)
            cases.add("TOPK_V2", [Tensor(type, shape), const("int32", count)],
                      [Tensor(type, result), Tensor("int32", result)], ("TopKV2Options", {}))
    for shape, axis in (((6,), 0), ((2, 3, 4), 1), ((2, 3, 4), -1)):
        for exclusive in (False, True):
            for reverse in (False, True):
                for type in ("float32", "int32", "int64"):
                    cases.add("CUMSUM", [Tensor(type, shape), const("int32", axis)],
                              [Tensor(type, shape)],
                              ("CumsumOptions", {"exclusive": exclusive, "reverse": reverse}),
                              label=f"{axis} {exclusive} {reverse}", invocations=1)
                cases.add("CUMSUM", [Tensor("int8", shape, scale=0.05, zero=3),
                                     const("int32", axis)],
                          [Tensor("int8", shape, scale=0.2, zero=-4)],
                          ("CumsumOptions", {"exclusive": exclusive, "reverse": reverse}),
                          label=f"{axis} {exclusive} {reverse}", invocations=1)
    for type in ("float32", "int32"):
        cases.add("SEGMENT_SUM", [Tensor(type, (5, 3)), i32(0, 0, 1, 1, 2)],
                  [Tensor(type, (3, 3))], ("SegmentSumOptions", {}))
        for kind in ("PROD", "MAX", "SUM", "MIN"):
            name = "UnsortedSegment" + kind.title() + "Options"
            cases.add("UNSORTED_SEGMENT_" + kind,
                      [Tensor(type, (5, 2)), i32(2, 0, -1, 2, 0), const("int32", 4)],
                      [Tensor(type, (4, 2))], (name, {}))


def indexing(cases):
    every = ("float32", "int8", "uint8", "int16", "int32", "int64", "bool")
    pick = lambda high, *shape: (lambda: random.integers(0, high, shape).astype(np.int32))
    for type in every:
        for shape, axis, batch, indices in (((5, 3), 0, 0, (4,)), ((2, 5, 3), 1, 0, (2, 2)),
                                            ((2, 5, 3), -1, 0, (3,)), ((2, 6, 3), 1, 1, (2, 4)),
                                            ((7,), 0, 0, ())):
            place = axis % len(shape)
            result = shape[:place] + indices[batch:] + shape[place + 1:]
            cases.add("GATHER", [Tensor(type, shape), Tensor("int32", indices)],
                      [Tensor(type, result)], ("GatherOptions", {"axis": axis, "batchDims": batch}),
                      make={1: pick(shape[place], *indices)}, label=f"{axis} {batch}")
        for shape, indices in (((4, 3), (5, 1)), ((4, 3, 2), (2, 3, 2)), ((3, 3), (4, 2))):
            depth = indices[-1]
            result = indices[:-1] + shape[depth:]
            cases.add("GATHER_ND", [Tensor(type, shape), Tensor("int32", indices)],
                      [Tensor(type, result)], ("GatherNdOptions", {}),
                      make={1: pick(3, *indices)})
        if type in ("float32", "int8", "uint8", "int32", "int64", "bool"):
            for result, indices in (((8,), (4, 1)), ((4, 3), (2, 1)), ((3, 4, 2), (3, 2))):
                updates = indices[:-1] + result[indices[-1]:]
                cases.add("SCATTER_ND", [Tensor("int32", indices), Tensor(type, updates),
                                         i32(*result)], [Tensor(type, result)],
                          ("ScatterNdOptions", {}), make={0: pick(3, *indices)})
        for indices, axis in (((4,), -1), ((2, 3), 1), ((2, 3), 0)):
            place = len(indices) if axis == -1 else axis
            result = indices[:place] + (5,) + indices[place:]
            cases.add("ONE_HOT", [Tensor("int32", indices), const("int32", 5),
                                  const(type, 1), const(type, 0)],
                      [Tensor(type, result)], ("OneHotOptions", {"axis": axis}),
                      make={0: lambda indices=indices: random.integers(-1, 6, indices).astype(
                          np.int32)}, label=f"{axis}")
        if type in ("float32", "int8", "uint8", "int32", "int64"):
            cases.add("SPARSE_TO_DENSE", [const("int32", [[0, 1], [1, 3], [2, 0]]), i32(3, 4),
                                          Tensor(type, (3,)), const(type, 7)],
                      [Tensor(type, (3, 4))], ("SparseToDenseOptions", {"validateIndices": False}))
        for shape, update in (((5,), (2,)), ((4, 6), (2, 3)), ((2, 3, 4), (1, 3, 2))):
            cases.add("DYNAMIC_UPDATE_SLICE", [Tensor(type, shape), Tensor(type, update),
                                               Tensor("int32", (len(shape),))],
                      [Tensor(type, shape)], ("DynamicUpdateSliceOptions", {}),
                      make={2: lambda shape=shape: random.integers(-1, 5, len(shape)).astype(
                          np.int32)})
    cases.add("EMBEDDING_LOOKUP", [Tensor("int32", (3,)), Tensor("float32", (5, 4))],
              [Tensor("float32", (3, 4))], make={0: pick(5, 3)})
    table = random.integers(-127, 128, (6, 8)).astype(np.int8)
    cases.add("EMBEDDING_LOOKUP", [Tensor("int32", (4,)), const("int8", table, scale=0.03)],
              [Tensor("float32", (4, 8))], make={0: pick(6, 4)}, label="hybrid")
    boxes = lambda: np.sort(random.uniform(0, 4, (12, 2, 2)), 1).reshape(12, 4).astype(np.float32)
    scores = lambda: random.permutation(np.arange(12) / 12 + 0.01).astype(np.float32)
    for count in (3, 12):
        thresholds = [const("float32", 0.3), const("float32", 0.2)]
        cases.add("NON_MAX_SUPPRESSION_V4",
                  [Tensor("float32", (12, 4)), Tensor("float32", (12,)), const("int32", count)]
                  + thresholds, [Tensor("int32", (count,)), Tensor("int32", ())],
                  ("NonMaxSuppressionV4Options", {}), make={0: boxes, 1: scores}, invocations=4)
        for sigma in (0.0, 0.5):
            cases.add("NON_MAX_SUPPRESSION_V5",
                      [Tensor("float32", (12, 4)), Tensor("float32", (12,)), const("int32", count)]
                      + thresholds + [const("float32", sigma)],
                      [Tensor("int32", (count,)), Tensor("float32", (count,)),
                       Tensor("int32", ())], ("NonMaxSuppressionV5Options", {}),
                      make={0: boxes, 1: scores}, tolerance=1e-6, invocations=4,
                      label=f"sigma {sigma}")


def rearrangements(cases):
    every = ("float32", "int8", "uint8", "int16", "int32", "int64", "bool")
    for type in every:
        quantized = dict(scale=0.1, zero=0 if type == "int16" else 5) if type in LIMITS else {}

        def one(operator, shape, result, extra=(), options=None, label=""):
            cases.add(operator, [Tensor(type, shape, **quantized), *extra],
                      [Tensor(type, result, **quantized)], options, label=label, invocations=1)

        for shape, paddings in (((3,), [[1, 2]]), ((2, 3), [[0, 1], [2, 0]]),
                                ((1, 2, 3, 2), [[0, 0], [1, 1], [2, 1], [0, 0]])):
            result = [extent + sum(pair) for extent, pair in zip(shape, paddings)]
            one("PAD", shape, result, [i32(paddings)], ("PadOptions", {}))
            one("PADV2", shape, result, [i32(paddings), const(type, 1, **quantized)],
                ("PadV2Options", {}))
        for mode in (0, 1):
            for shape, paddings in (((4,), [[2, 3]]), ((3, 4), [[1, 2], [3, 0]])):
                result = [extent + sum(pair) for extent, pair in zip(shape, paddings)]
                one("MIRROR_PAD", shape, result, [i32(paddings)], ("MirrorPadOptions",
                                                                   {"mode": mode}), f"mode {mode}")
        for shape, order in (((2, 3), [1, 0]), ((2, 3, 4), [2, 0, 1]), ((2, 3, 4, 5), [0, 3, 1, 2]),
                             ((1, 2, 3, 2, 2), [4, 2, 0, 1, 3])):
            one("TRANSPOSE", shape, [shape[axis] for axis in order], [i32(*order)],
                ("TransposeOptions", {}), f"{order}")
        for shape, counts in (((3,), [2]), ((2, 3), [2, 2]), ((1, 2, 2), [3, 1, 2])):
            one("TILE", shape, [a * b for a, b in zip(shape, counts)], [i32(*counts)],
                ("TileOptions", {}))
        for shape, result in (((3,), (2, 3)), ((2, 1, 3), (2, 4, 3)), ((), (2, 2))):
            one("BROADCAST_TO", shape, result, [i32(*result)], ("BroadcastToOptions", {}))
        one("SLICE", (5, 4), (2, 3), [i32(1, 1), i32(2, -1)], ("SliceOptions", {}))
        one("SLICE", (2, 3, 4), (1, 3, 2), [i32(1, 0, 2), i32(1, 3, 2)], ("SliceOptions", {}))
        for begin, end, strides, masks, shape, result in (
                ([1, 0], [4, 3], [1, 1], {}, (5, 4), (3, 3)),
                ([-1, 3], [-6, 0], [-2, -1], {}, (5, 4), (3, 3)),
                ([1, 1], [3, 9], [1, 2], {"beginMask": 2}, (5, 4), (2, 2)),
                ([0, 1], [9, 2], [2, 1], {"endMask": 1}, (5, 4), (3, 1)),
                ([2, 0], [0, 3], [1, 1], {"shrinkAxisMask": 1}, (5, 4), (3,)),
                ([0, 1], [0, 3], [1, 1], {"ellipsisMask": 1}, (2, 3, 4), (2, 3, 2)),
                ([0, 1, 0], [0, 3, 2], [1, 1, 1], {"newAxisMask": 1}, (5, 4), (1, 2, 2)),
                ([1, 1], [2, 2], [1, 1], {"offset": True}, (5, 4), (2, 2))):
            one("STRIDED_SLICE", shape, result, [i32(*begin), i32(*end), i32(*strides)],
                ("StridedSliceOptions", masks), f"{begin} {end} {strides} {masks}")
        one("REVERSE_V2", (2, 3, 4), (2, 3, 4), [i32(1)], ("ReverseV2Options", {}))
        one("REVERSE_V2", (2, 3, 4), (2, 3, 4), [i32(0, 2)], ("ReverseV2Options", {}), "2")
        one("REVERSE_SEQUENCE", (3, 4, 2), (3, 4, 2), [i32(1, 4, 3)],
            ("ReverseSequenceOptions", {"seqDim": 1, "batchDim": 0}))
        one("DEPTH_TO_SPACE", (1, 2, 3, 8), (1, 4, 6, 2), [], ("DepthToSpaceOptions",
                                                               {"blockSize": 2}))
        one("SPACE_TO_DEPTH", (2, 4, 6, 3), (2, 2, 3, 12), [], ("SpaceToDepthOptions",
                                                                {"blockSize": 2}))
        one("SPACE_TO_BATCH_ND", (1, 4, 5, 2), (6, 2, 2, 2), [i32(2, 3), i32([[0, 0], [1, 0]])],
            ("SpaceToBatchNDOptions", {}))
        one("SPACE_TO_BATCH_ND", (2, 5, 3), (4, 3, 3), [i32(2), i32([[1, 0]])],
            ("SpaceToBatchNDOptions", {}))
        one("BATCH_TO_SPACE_ND", (6, 2, 2, 2), (1, 4, 5, 2), [i32(2, 3), i32([[0, 0], [1, 0]])],
            ("BatchToSpaceNDOptions", {}))
        if type != "bool":
            one("MATRIX_DIAG", (2, 3), (2, 3, 3), [], ("MatrixDiagOptions", {}))
        if type != "bool":
            one("MATRIX_SET_DIAG", (2, 3, 4), (2, 3, 4), [const(type, values(type, (2, 3)))],
                ("MatrixSetDiagOptions", {}))
        for align, half in ((False, False), (True, False), (False, True)):
            for shape, size in (((1, 2, 3, 2), (5, 4)), ((2, 4, 4, 1), (3, 7))):
                options = {"alignCorners": align, "halfPixelCenters": half}
                result = (shape[0], *size, shape[3])
                one("RESIZE_NEAREST_NEIGHBOR", shape, result, [i32(*size)],
                    ("ResizeNearestNeighborOptions", options), f"{align} {half}")
                cases.add("RESIZE_BILINEAR", [Tensor(type, shape, **quantized), i32(*size)],
                          [Tensor(type, result, **quantized)], ("ResizeBilinearOptions", options),
                          label=f"{align} {half}", tolerance=1e-6 if type == "float32" else 0)
        one("RESHAPE", (2, 6), (3, 4), [i32(3, -1)], ("ReshapeOptions", {"newShape": [3, -1]}))
        one("SQUEEZE", (1, 3, 1, 2), (3, 2), [], ("SqueezeOptions", {"squeezeDims": []}))
        one("SQUEEZE", (1, 3, 1, 2), (3, 1, 2), [], ("SqueezeOptions", {"squeezeDims": [0]}), "0")
        one("EXPAND_DIMS", (2, 3), (2, 1, 3), [i32(1)], ("ExpandDimsOptions", {}))
        one("EXPAND_DIMS", (2, 3), (2, 3, 1), [const("int32", -1)], ("ExpandDimsOptions", {}), "-1")
        cases.add("PACK", [Tensor(type, (2, 3), **quantized)] * 3,
                  [Tensor(type, (2, 3, 3), **quantized)],
                  ("PackOptions", {"valuesCount": 3, "axis": 1}), invocations=1)
        cases.add("UNPACK", [Tensor(type, (2, 3, 2), **quantized)],
                  [Tensor(type, (2, 2), **quantized)] * 3,
                  ("UnpackOptions", {"num": 3, "axis": 1}), invocations=1)
        cases.add("CONCATENATION", [Tensor(type, (2, 1, 3), **quantized),
                                    Tensor(type, (2, 4, 3), **quantized)],
                  [Tensor(type, (2, 5, 3), **quantized)], ("ConcatenationOptions", {"axis": 1}),
                  invocations=1)
        cases.add("SPLIT", [const("int32", 1), Tensor(type, (2, 6), **quantized)],
                  [Tensor(type, (2, 2), **quantized)] * 3, ("SplitOptions", {"numSplits": 3}),
                  invocations=1, label=type)
        cases.add("SPLIT_V", [Tensor(type, (2, 6), **quantized), i32(1, -1, 2),
                              const("int32", -1)],
                  [Tensor(type, (2, size), **quantized) for size in (1, 3, 2)],
                  ("SplitVOptions", {"numSplits": 3}), invocations=1)
        cases.add("FILL", [i32(2, 3), Tensor(type, ())], [Tensor(type, (2, 3))],
                  ("FillOptions", {}), invocations=1, label=type)
        cases.add("SHAPE", [Tensor(type, (2, 3, 4))], [Tensor("int32", (3,))],
                  ("ShapeOptions", {"outType": 2}), invocations=1)
        cases.add("RANK", [Tensor(type, (2, 3, 4))], [Tensor("int32", ())], ("RankOptions", {}),
                  invocations=1)
    for type in ("int32", "int64"):
        cases.add("BROADCAST_ARGS", [Tensor(type, (2,)), Tensor(type, (3,))], [Tensor(type, (3,))],
                  make={0: lambda type=type: np.array([1, 4], TYPES[type]),
                        1: lambda type=type: np.array([2, 3, 1], TYPES[type])}, invocations=1)


# What tflite-micro does otherwise than LiteRT: it leaves out the activation of ADD on int32, and
# leaves the padding of SPACE_TO_BATCH_ND to chance.
NOT_MICRO = ("ADD int32", "SPACE_TO_BATCH_ND")


def main():
    for group in (binary, comparisons, unary, selections, reductions, indexing, rearrangements):
        cases = Cases()
        group(cases)
        jobs = [(bytes_, arrays, count) for _, bytes_, arrays, count, _ in cases.list]
        results = {name: run(name, jobs)
                   for name in ("tflite-micro", "litert-reference")}
        kept = []
        for index, (name, bytes_, arrays, _, tolerance) in enumerate(cases.list):
            order = list(results)
            if name.startswith(NOT_MICRO):
                del order[0]
            runs = [runtime for runtime in order if not isinstance(results[runtime][index], str)]
            if runs:
                kept.append((name, bytes_, arrays, {runs[0]: results[runs[0]][index]}, tolerance))
            else:
                print("not run:", name, [results[runtime][index] for runtime in order],
                      file=sys.stderr)
        path = os.path.join(sys.argv[1], f"{group.__name__}.cases")
        write(path, kept)
        by = {runtime: sum(runtime in case[3] for case in kept) for runtime in results}
        print(group.__name__, len(kept), "of", len(cases.list), "cases", by,
              os.path.getsize(path), "bytes")


if __name__ == "__main__":
    main()

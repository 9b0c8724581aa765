"""Writes cases of the quantized ONNX operators with the outputs of ONNX Runtime.

Usage: make_onnx_quantized.py OUTPUT_FILE
Needs numpy, ml_dtypes, onnx and onnxruntime==1.32.0 (graph optimization off, in a child process).

Each case is, little-endian: the length of its name and the name; the largest permitted difference
as float32 (0: bits are equal); the model; the number of inputs and each; the number of outputs and
each. Models and tensors (protobuf) have their length in front. Lengths and numbers are uint32.

ONNX Runtime's product of uint8 by int8 saturates pairs of products in 16 bits on x86 without VNNI.
Cases whose weights go beyond 64 therefore take their outputs from a twin, all of whose int8 tensors
are uint8 and 128 higher: that kernel is exact. How many elements the plain model gets wrong by it
is printed.
"""

import concurrent.futures
import struct
import sys

import ml_dtypes
import numpy as np
from onnx import TensorProto, helper, numpy_helper

random = np.random.default_rng(20261125)
CASES = []


def session_outputs(model, feeds):
    """Runs in a child process."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return session.run(None, feeds)


class Case:
    """One operator, or a chain of them, on inputs that are fed or constant."""

    def __init__(self, name, opset=17, difference=0.0, twin=False):
        self.name, self.opset, self.difference, self.twin = name, opset, difference, twin
        self.feeds, self.constants, self.nodes, self.outputs = {}, {}, [], []
        CASES.append(self)

    def feed(self, array):
        return self.add(self.feeds, array)

    def constant(self, array):
        return self.add(self.constants, array)

    def add(self, target, array):
        name = f"t{len(self.feeds) + len(self.constants)}"
        target[name] = np.asarray(array)
        return name

    def node(self, operator, inputs, outputs=1, domain="", **attributes):
        names = [f"n{len(self.nodes)}_{index}" for index in range(outputs)]
        self.nodes.append(helper.make_node(operator, inputs, names, domain=domain, **attributes))
        return names[0] if outputs == 1 else names

    def output(self, *names):
        self.outputs += names
        return self

    def model(self, shift=False):
        def shifted(array):
            if shift and array.dtype == np.int8:
                return (array.astype(np.int16) + 128).astype(np.uint8)
            return array

        feeds = {name: shifted(array) for name, array in self.feeds.items()}
        inputs = [
            helper.make_tensor_value_info(
                name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)
            for name, array in feeds.items()
        ]
        constants = [
            numpy_helper.from_array(shifted(array), name)
            for name, array in self.constants.items()
        ]
        outputs = [helper.make_empty_tensor_value_info(name) for name in self.outputs]
        graph = helper.make_graph(self.nodes, "case", inputs, outputs, constants)
        sets = [helper.make_opsetid("", self.opset), helper.make_opsetid("com.microsoft", 1)]
        model = helper.make_model(graph, opset_imports=sets, ir_version=10)
        return model.SerializeToString(), feeds


def integers(dtype, shape, limit=None):
    info = ml_dtypes.iinfo(dtype)
    low, high = info.min, int(info.max)
    if limit is not None:
        low, high = max(low, -limit), min(high, limit)
    return random.integers(low, high + 1, shape).astype(dtype)


def floats(shape, spread=4.0):
    return (random.standard_normal(shape) * spread).astype(np.float32)


def scale(shape=(), low=0.004, high=0.1):
    return random.uniform(low, high, shape).astype(np.float32)


def zero_point(dtype, place="random", shape=()):
    info = ml_dtypes.iinfo(dtype)
    values = {"low": info.min, "high": info.max, "zero": 0}
    if place in values:
        return np.full(shape, values[place], dtype)
    return integers(dtype, shape)


PLACES = ["random", "low", "high", "zero"]
BYTES = [np.uint8, np.int8]


def quantize_cases():
    wide = [np.uint8, np.int8, np.uint16, np.int16]
    for opset in [10, 13, 19, 21, 25]:
        for dtype in wide if opset >= 21 else BYTES:
            for place in PLACES if opset == 13 else ["random"]:
                case = Case(f"quantize opset {opset} {np.dtype(dtype)} zero point {place}", opset)
                values = np.concatenate([
                    floats((61,), 8), [0, -0.0, 1e30, -1e30, np.inf, -np.inf, 0.25, 0.75, -0.25]])
                x = case.feed(values.astype(np.float32))
                s = case.constant(np.float32(0.5 if place == "zero" else scale()))
                case.output(case.node("QuantizeLinear", [
                    x, s, case.constant(zero_point(dtype, place))]))
    case = Case("quantize without zero point")
    case.output(case.node("QuantizeLinear", [
        case.feed(floats((3, 5))), case.constant(np.float32(0.03))]))
    for axis in [0, 1, 2, -1]:
        for dtype in BYTES:
            case = Case(f"quantize per axis {axis} {np.dtype(dtype)}")
            channels = (3, 4, 5)[axis]
            case.output(case.node("QuantizeLinear", [
                case.feed(floats((3, 4, 5))), case.constant(scale((channels,))),
                case.constant(zero_point(dtype, shape=(channels,)))], axis=axis))
    for axis, block in [(0, 2), (1, 3), (2, 4), (2, 6)]:
        for dtype in [np.int8, np.uint16, ml_dtypes.int4, ml_dtypes.uint4]:
            shape = [4, 7, 12]
            blocks = list(shape)
            blocks[axis] = -(-shape[axis] // block)
            case = Case(f"quantize blocks {block} of axis {axis} {np.dtype(dtype).name}", 21)
            zero = case.constant(zero_point(dtype, shape=blocks))
            steps = case.constant(scale(blocks, 0.1, 0.5))
            q = case.node("QuantizeLinear", [case.feed(floats(shape, 2)), steps, zero],
                          axis=axis, block_size=block)
            if np.dtype(dtype).itemsize == 1 and "4" in np.dtype(dtype).name:
                q = case.node("DequantizeLinear", [q, steps, zero], axis=axis, block_size=block)
            case.output(q)
    case = Case("quantize output_dtype int16", 21)
    case.output(case.node("QuantizeLinear", [
        case.feed(floats((40,))), case.constant(np.float32(0.001))], output_dtype=5))
    case = Case("quantize float16", 21)
    case.output(case.node("QuantizeLinear", [
        case.feed(floats((40,)).astype(np.float16)), case.constant(np.float16(0.03)),
        case.constant(np.uint8(100))]))
    for dtype in BYTES:
        case = Case(f"com.microsoft quantize {np.dtype(dtype)}")
        case.output(case.node("QuantizeLinear", [
            case.feed(floats((4, 6))), case.constant(scale((6,))),
            case.constant(zero_point(dtype, shape=(6,)))], domain="com.microsoft", axis=1))


def dequantize_cases():
    types = [np.uint8, np.int8, np.uint16, np.int16, np.int32, ml_dtypes.int4, ml_dtypes.uint4]
    for dtype in types:
        name = np.dtype(dtype).name
        opset = 13 if name in ["uint8", "int8", "int32"] else 21
        places = PLACES if name in ["uint8", "int8"] else ["zero" if name == "int32" else "random"]
        for place in places:
            case = Case(f"dequantize {name} zero point {place}", opset)
            data = integers(dtype, (4, 33))
            x = case.constant(data) if "int4" in name else case.feed(data)
            case.output(case.node("DequantizeLinear", [
                x, case.constant(scale()), case.constant(zero_point(dtype, place))]))
        for axis in [0, 1, -1] if name != "int32" else [1]:
            case = Case(f"dequantize {name} per axis {axis}", opset)
            data = integers(dtype, (3, 4, 6))
            x = case.constant(data) if "int4" in name else case.feed(data)
            channels = data.shape[axis]
            inputs = [x, case.constant(scale((channels,)))]
            if name != "int32":
                inputs.append(case.constant(zero_point(dtype, shape=(channels,))))
            case.output(case.node("DequantizeLinear", inputs, axis=axis))
        for axis, block in [(0, 2), (1, 3), (2, 4)] if name != "int32" else []:
            case = Case(f"dequantize {name} blocks {block} of axis {axis}", 21)
            blocks = [4, 7, 8]
            data = integers(dtype, blocks)
            blocks[axis] = -(-blocks[axis] // block)
            x = case.constant(data) if "int4" in name else case.feed(data)
            case.output(case.node("DequantizeLinear", [
                x, case.constant(scale(blocks)), case.constant(zero_point(dtype, shape=blocks))],
                axis=axis, block_size=block))
    case = Case("dequantize to float16", 19)
    case.output(case.node("DequantizeLinear", [
        case.feed(integers(np.int8, (40,))), case.constant(np.float16(0.03))]))
    case = Case("com.microsoft dequantize int32")
    case.output(case.node("DequantizeLinear", [
        case.feed(integers(np.int32, (4, 5), 100000)), case.constant(scale((5,)))],
        domain="com.microsoft", axis=1))


def dynamic_cases():
    samples = {
        "mixed": floats((7, 9)), "positive": np.abs(floats((30,))), "zeros": np.zeros(5),
        "negative": -np.abs(floats((2, 3, 4))), "small": floats((17,), 1e-6),
        "large": floats((17,), 1e20), "one": np.array([3.0]),
    }
    for name, values in samples.items():
        case = Case(f"dynamic quantize {name}")
        case.output(*case.node(
            "DynamicQuantizeLinear", [case.feed(values.astype(np.float32))], outputs=3))


SHAPES = [
    ((4, 7), (7, 5)), ((1, 64), (64, 33)), ((17, 128), (128, 9)), ((2, 3, 5, 8), (8, 6)),
    ((2, 4, 6), (2, 6, 3)), ((3, 1, 2, 9), (4, 9, 5)),
]


def matmul_integer_cases():
    for a_type in BYTES:
        for b_type in BYTES:
            for index, (a, b) in enumerate(SHAPES):
                full = index % 2 == 0
                case = Case(f"MatMulInteger {np.dtype(a_type)} {np.dtype(b_type)} {a} {b}",
                            twin=full)
                weights = integers(b_type, b, None if full or b_type == np.uint8 else 64)
                inputs = [case.feed(integers(a_type, a)),
                          case.constant(weights) if index < 3 else case.feed(weights)]
                per_column = index in [1, 2]
                inputs += [case.constant(zero_point(a_type, PLACES[index % 4])),
                           case.constant(zero_point(b_type, shape=b[-1:] if per_column else ()))]
                case.output(case.node("MatMulInteger", inputs))
    case = Case("MatMulInteger without zero points")
    case.output(case.node("MatMulInteger", [
        case.feed(integers(np.uint8, (5, 40))), case.feed(integers(np.uint8, (40, 3)))]))
    case = Case("MatMulInteger wraps around")
    case.output(case.node("MatMulInteger", [
        case.feed(np.full((1, 34000), 255, np.uint8)),
        case.feed(np.full((34000, 1), 255, np.uint8))]))


def qlinear_matmul_cases():
    for dtype in BYTES:
        for b_type in BYTES if dtype == np.uint8 else [np.int8]:
            for index, (a, b) in enumerate(SHAPES):
                case = Case(f"QLinearMatMul {np.dtype(dtype)} {np.dtype(b_type)} {a} {b}",
                            twin=True)
                columns = b[-1:] if index in [1, 2] else ()
                case.output(case.node("QLinearMatMul", [
                    case.feed(integers(dtype, a)), case.constant(scale()),
                    case.constant(zero_point(dtype, PLACES[index % 4])),
                    case.constant(integers(b_type, b)), case.constant(scale(columns)),
                    case.constant(zero_point(b_type, shape=columns)),
                    case.constant(scale((), 0.1, 3)),
                    case.constant(zero_point(dtype, PLACES[(index + 1) % 4]))]))


def qgemm_cases():
    for dtype in BYTES:
        for b_type in BYTES if dtype == np.uint8 else [np.int8]:
            for index in range(6):
                trans_a, trans_b = index % 2, index // 2 % 2
                rows, depth, columns = [(5, 16, 9), (1, 40, 17), (8, 3, 4)][index % 3]
                case = Case(
                    f"QGemm {np.dtype(dtype)} {np.dtype(b_type)} {index}", twin=True)
                per_column = (columns,) if index % 2 else ()
                bias = [(columns,), (rows, 1), (rows, columns), (1,), (1, columns)][index % 5]
                inputs = [
                    case.feed(integers(dtype, (depth, rows) if trans_a else (rows, depth))),
                    case.constant(scale()), case.constant(zero_point(dtype)),
                    case.constant(integers(
                        b_type, (columns, depth) if trans_b else (depth, columns))),
                    case.constant(scale(per_column)),
                    case.constant(zero_point(b_type, shape=per_column)),
                    case.constant(integers(np.int32, bias, 5000)) if index != 4 else ""]
                if index != 5:
                    inputs += [case.constant(scale((), 0.1, 1)), case.constant(zero_point(dtype))]
                case.output(case.node(
                    "QGemm", inputs, domain="com.microsoft", transA=trans_a, transB=trans_b,
                    alpha=0.7 if index == 3 else 1.0))


def float_product_cases():
    for b_type in BYTES:
        for index, (a, b) in enumerate(SHAPES[:4]):
            columns = b[-1:] if index == 1 else ()
            case = Case(f"MatMulIntegerToFloat {np.dtype(b_type)} {a} {b}", twin=True)
            bias = floats(b[-1:]) if index % 2 == 0 else None
            inputs = [
                case.feed(integers(np.uint8, a)), case.constant(integers(b_type, b)),
                case.constant(scale()), case.constant(scale(columns)),
                case.constant(zero_point(np.uint8)),
                case.constant(zero_point(b_type, shape=columns))]
            if bias is not None:
                inputs.append(case.constant(bias))
            case.output(case.node("MatMulIntegerToFloat", inputs, domain="com.microsoft"))
            case = Case(f"DynamicQuantizeMatMul {np.dtype(b_type)} {a} {b}", twin=True)
            inputs = [
                case.feed(floats(a)), case.constant(integers(b_type, b)),
                case.constant(scale(columns)), case.constant(zero_point(b_type, shape=columns))]
            if bias is not None:
                inputs.append(case.constant(bias))
            case.output(case.node("DynamicQuantizeMatMul", inputs, domain="com.microsoft"))


CONVOLUTIONS = [
    # input, weights, attributes
    ((1, 3, 8, 7), (4, 3, 3, 3), {}),
    ((2, 4, 9, 9), (6, 4, 3, 3), dict(pads=[1, 1, 1, 1], strides=[2, 2])),
    ((1, 6, 7, 7), (6, 1, 3, 3), dict(group=6, pads=[1, 1, 1, 1])),
    ((1, 4, 8, 8), (6, 2, 3, 2), dict(group=2, dilations=[2, 1], pads=[2, 0, 1, 1])),
    ((1, 5, 20), (3, 5, 4), dict(strides=[3], pads=[2, 1])),
    ((1, 2, 4, 5, 6), (3, 2, 2, 3, 2), dict(pads=[0, 1, 1, 1, 0, 1])),
    ((1, 3, 7, 7), (4, 3, 3, 3), dict(auto_pad="SAME_UPPER", strides=[2, 2])),
    ((1, 3, 6, 6), (4, 3, 2, 2), dict(auto_pad="SAME_LOWER")),
    ((2, 16, 5, 5), (24, 16, 1, 1), {}),
]


def convolution_cases():
    for index, (x, w, attributes) in enumerate(CONVOLUTIONS):
        for x_type, w_type in [(np.uint8, np.uint8), (np.uint8, np.int8), (np.int8, np.int8)]:
            label = f"{np.dtype(x_type)} {np.dtype(w_type)} {index}"
            for channels in [(), w[:1]]:
                case = Case(f"QLinearConv {label} {'per channel' if channels else ''}", twin=True)
                zero = zero_point(w_type, "zero" if w_type == np.int8 else "random")
                inputs = [
                    case.feed(integers(x_type, x)), case.constant(scale()),
                    case.constant(zero_point(x_type, PLACES[index % 4])),
                    case.constant(integers(w_type, w)), case.constant(scale(channels)),
                    case.constant(np.full(channels, zero, w_type)),
                    case.constant(scale((), 0.1, 1)),
                    case.constant(zero_point(x_type, PLACES[(index + 2) % 4]))]
                if index % 2 == 0:
                    inputs.append(case.constant(integers(np.int32, w[:1], 20000)))
                case.output(case.node("QLinearConv", inputs, **attributes))
        case = Case(f"ConvInteger {index}", twin=True)
        case.output(case.node("ConvInteger", [
            case.feed(integers(np.uint8, x)), case.constant(integers(np.uint8, w)),
            case.constant(zero_point(np.uint8)), case.constant(zero_point(np.uint8))],
            **attributes))
    case = Case("QLinearConv channels last", twin=True)
    case.output(case.node("QLinearConv", [
        case.feed(integers(np.uint8, (2, 6, 5, 3))), case.constant(scale()),
        case.constant(zero_point(np.uint8)), case.constant(integers(np.int8, (4, 3, 3, 3))),
        case.constant(scale((4,))), case.constant(np.zeros(4, np.int8)),
        case.constant(scale((), 0.1, 1)), case.constant(zero_point(np.uint8))],
        domain="com.microsoft", channels_last=1, pads=[1, 1, 1, 1]))


PAIRS = [((3, 40), (3, 40)), ((2, 3, 5), (5,)), ((4, 1, 7), (6, 1)), ((33,), ()), ((), (9,)),
         ((1, 4, 5, 5), (1, 4, 1, 1))]


def elementwise_cases():
    for operator in ["QLinearAdd", "QLinearMul"]:
        for dtype in BYTES:
            for index, (a, b) in enumerate(PAIRS):
                for place in PLACES:
                    case = Case(f"{operator} {np.dtype(dtype)} {a} {b} zero points {place}")
                    high = 0.01 if operator == "QLinearMul" else 0.1
                    case.output(case.node(operator, [
                        case.feed(integers(dtype, a)), case.constant(scale()),
                        case.constant(zero_point(dtype, place)),
                        case.feed(integers(dtype, b)), case.constant(scale(high=high)),
                        case.constant(zero_point(dtype, PLACES[index % 4])),
                        case.constant(scale()), case.constant(zero_point(dtype))],
                        domain="com.microsoft"))
    every = {np.uint8: np.arange(256).astype(np.uint8), np.int8: np.arange(256).astype(np.int8)}
    for dtype in BYTES:
        for operator in ["QLinearSigmoid", "QLinearLeakyRelu"]:
            for index in range(4):
                case = Case(f"{operator} {np.dtype(dtype)} {index}")
                out = np.float32(1 / 256) if operator == "QLinearSigmoid" else scale()
                attributes = dict(alpha=0.3) if operator == "QLinearLeakyRelu" else {}
                case.output(case.node(operator, [
                    case.feed(every[dtype]), case.constant(scale()),
                    case.constant(zero_point(dtype)), case.constant(out),
                    case.constant(zero_point(dtype, "low"))], domain="com.microsoft",
                    **attributes))
        for index, (shape, axis, opset) in enumerate([
                ((4, 10), -1, 13), ((2, 3, 7), 1, 13), ((2, 3, 7), 1, 12), ((1, 200), -1, 13),
                ((3, 1), -1, 13)]):
            case = Case(f"QLinearSoftmax {np.dtype(dtype)} {index}")
            case.output(case.node("QLinearSoftmax", [
                case.feed(integers(dtype, shape)), case.constant(scale((), 0.02, 0.2)),
                case.constant(zero_point(dtype)),
                case.constant(np.float32(0.003 if index == 3 else 1 / 256)),
                case.constant(zero_point(dtype, "low"))], domain="com.microsoft", axis=axis,
                opset=opset))
        for axis in [0, 1, -1]:
            case = Case(f"QLinearConcat {np.dtype(dtype)} axis {axis}")
            y = scale()
            inputs = [case.constant(y), case.constant(zero_point(dtype, "zero"))]
            for part in range(3):
                shape = [2, 3, 4]
                shape[axis] += part
                same = part == 1
                inputs += [case.feed(integers(dtype, shape)),
                           case.constant(y if same else scale()),
                           case.constant(zero_point(dtype, "zero" if same else "random"))]
            case.output(case.node("QLinearConcat", inputs, domain="com.microsoft", axis=axis))
        case = Case(f"QLinearWhere {np.dtype(dtype)}")
        inputs = [case.feed(integers(np.uint8, (3, 1, 5)) > 128)]
        for shape in [(3, 4, 5), (4, 5)]:
            inputs += [case.feed(integers(dtype, shape)), case.constant(scale()),
                       case.constant(zero_point(dtype))]
        inputs += [case.constant(scale()), case.constant(zero_point(dtype))]
        case.output(case.node("QLinearWhere", inputs, domain="com.microsoft"))


POOLS = [
    ((1, 3, 8, 8), dict(kernel_shape=[2, 2], strides=[2, 2])),
    ((2, 2, 7, 9), dict(kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])),
    ((1, 2, 7, 7), dict(kernel_shape=[3, 2], strides=[1, 1], pads=[1, 0, 2, 1],
                        count_include_pad=1)),
    ((1, 2, 20), dict(kernel_shape=[5], strides=[3])),
    ((1, 2, 5, 6, 4), dict(kernel_shape=[2, 3, 2], strides=[1, 2, 2])),
    ((1, 2, 8, 8), dict(kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)),
    ((1, 6, 5, 3), dict(kernel_shape=[2, 2], channels_last=1)),
    ((1, 2, 7, 7), dict(kernel_shape=[2, 2], strides=[2, 2], auto_pad="SAME_UPPER")),
]


def pool_cases():
    for dtype in BYTES:
        for index, (shape, attributes) in enumerate(POOLS):
            case = Case(f"QLinearAveragePool {np.dtype(dtype)} {index}")
            case.output(case.node("QLinearAveragePool", [
                case.feed(integers(dtype, shape)), case.constant(scale()),
                case.constant(zero_point(dtype, PLACES[index % 4])), case.constant(scale()),
                case.constant(zero_point(dtype))], domain="com.microsoft", **attributes))
        for index, (shape, last) in enumerate([
                ((1, 5, 7, 7), 0), ((2, 3, 4), 0), ((2, 6, 6, 9), 1), ((1, 2, 3, 4, 5), 0),
                ((1, 1, 33, 33), 0)]):
            case = Case(f"QLinearGlobalAveragePool {np.dtype(dtype)} {index}")
            case.output(case.node("QLinearGlobalAveragePool", [
                case.feed(integers(dtype, shape)), case.constant(scale()),
                case.constant(zero_point(dtype, PLACES[index % 4])), case.constant(scale()),
                case.constant(zero_point(dtype))], domain="com.microsoft", channels_last=last))


def optimizer_cases():
    """Float operators of the transformer optimizer and the graph fusions."""
    ms = dict(domain="com.microsoft")
    for operator in ["Gelu", "BiasGelu", "FastGelu", "QuickGelu"]:
        case = Case(operator, difference=2e-6)
        inputs = [case.feed(floats((3, 5, 16)))]
        if operator in ["BiasGelu", "FastGelu"]:
            inputs.append(case.constant(floats((16,))))
        case.output(case.node(operator, inputs, **ms))
    for index, has in enumerate([(0, 0), (1, 0), (1, 1)]):
        case = Case(f"SkipLayerNormalization {index}", difference=4e-6)
        inputs = [case.feed(floats((2, 5, 24))), case.feed(floats((2, 5, 24))),
                  case.constant(floats((24,), 1)),
                  case.constant(floats((24,), 1)) if has[0] else "",
                  case.constant(floats((24,), 1)) if has[1] else ""]
        outputs = case.node("SkipLayerNormalization", inputs, 4, **ms)
        case.output(outputs[0], outputs[3])
    case = Case("SkipSimplifiedLayerNormalization", difference=4e-6)
    case.output(case.node("SkipSimplifiedLayerNormalization", [
        case.feed(floats((2, 5, 24))), case.feed(floats((2, 5, 24))),
        case.constant(floats((24,), 1))], epsilon=1e-5, **ms))
    for segments in [False, True]:
        case = Case(f"EmbedLayerNormalization segments {segments}", difference=4e-6)
        inputs = [
            case.feed(random.integers(0, 30, (2, 6)).astype(np.int32)),
            case.feed(random.integers(0, 2, (2, 6)).astype(np.int32)) if segments else "",
            case.constant(floats((30, 16), 1)), case.constant(floats((8, 16), 1)),
            case.constant(floats((2, 16), 1)) if segments else "",
            case.constant(floats((16,), 1)), case.constant(floats((16,), 1)),
            case.feed(np.array([[1] * 6, [1] * 4 + [0] * 2], np.int32))]
        case.output(*case.node("EmbedLayerNormalization", inputs, 2, **ms))
    masks = {
        "none": None, "ends": np.array([5, 3], np.int32),
        "ends and starts": np.array([5, 4, 0, 1], np.int32),
        "raw": np.array([[1, 1, 1, 1, 0], [1, 1, 1, 0, 0]], np.int32),
        "square": random.integers(0, 2, (2, 5, 5)).astype(np.int32),
    }
    for name, mask in masks.items():
        for causal in [0, 1] if name in ["none", "raw"] else [0]:
            case = Case(f"Attention mask {name} causal {causal}", difference=4e-6)
            inputs = [case.feed(floats((2, 5, 12), 1)), case.constant(floats((12, 24), 0.5)),
                      case.constant(floats((24,), 0.5)),
                      "" if mask is None else case.feed(mask)]
            case.output(case.node("Attention", inputs, num_heads=2, unidirectional=causal, **ms))
    case = Case("Attention past", difference=4e-6)
    case.output(*case.node("Attention", [
        case.feed(floats((2, 3, 12), 1)), case.constant(floats((12, 24), 0.5)),
        case.constant(floats((24,), 0.5)), "", case.feed(floats((2, 2, 2, 4, 4), 1))], 2,
        num_heads=2, unidirectional=1, **ms))
    for name in ["plain", "bias", "mask", "added", "past", "cross"]:
        case = Case(f"MultiHeadAttention {name}", difference=4e-6)
        length = 7 if name == "cross" else 5
        inputs = [case.feed(floats((2, 5, 12), 1)), case.feed(floats((2, length, 12), 1)),
                  case.feed(floats((2, length, 12), 1)),
                  case.constant(floats((36,), 0.5)) if name in ["bias", "past"] else "",
                  case.feed(np.array([[1] * 5, [1, 1, 1, 0, 0]], np.int32))
                  if name == "mask" else "",
                  case.feed(floats((1, 3, 5, 5), 1)) if name == "added" else ""]
        if name == "past":
            inputs += [case.feed(floats((2, 3, 2, 4), 1)), case.feed(floats((2, 3, 2, 4), 1))]
        outputs = case.node("MultiHeadAttention", inputs, 3 if name == "past" else 1,
                            num_heads=3, **ms)
        case.output(*([outputs] if isinstance(outputs, str) else outputs))
    for columns in [(), (24,)]:
        case = Case(f"QAttention {columns}", difference=4e-6)
        case.output(case.node("QAttention", [
            case.feed(integers(np.uint8, (2, 5, 12))),
            case.constant(integers(np.int8, (12, 24), 64)),
            case.constant(floats((24,), 0.5)), case.constant(scale()),
            case.constant(scale(columns, 0.001, 0.01)),
            case.feed(np.array([5, 3], np.int32)), case.constant(zero_point(np.uint8)),
            case.constant(np.zeros(columns, np.int8))], num_heads=2, **ms))
    for bits in [4, 8, 2]:
        for block in [16, 32, 128]:
            for zeros in [False, True]:
                depth, columns = 72, 9
                blocks = -(-depth // block)
                case = Case(f"MatMulNBits {bits} bits, blocks {block}, zero points {zeros}",
                            difference=5e-5)
                inputs = [
                    case.feed(floats((2, 3, depth), 1)),
                    case.constant(integers(np.uint8, (columns, blocks, block * bits // 8))),
                    case.constant(scale((columns * blocks,), 0.001, 0.02))]
                if zeros:
                    inputs.append(case.constant(
                        integers(np.uint8, (columns * -(-blocks * bits // 8),))))
                case.output(case.node("MatMulNBits", inputs, K=depth, N=columns, bits=bits,
                                      block_size=block, **ms))
    for index, (a, b, attributes) in enumerate([
            ((3, 8), (8, 5), dict(alpha=0.25)), ((2, 8, 3), (2, 8, 5), dict(transA=1)),
            ((2, 4, 3, 8), (2, 4, 5, 8), dict(transB=1, alpha=0.125))]):
        case = Case(f"FusedMatMul {index}", difference=4e-6)
        case.output(case.node("FusedMatMul", [
            case.feed(floats(a, 1)), case.feed(floats(b, 1))], **attributes, **ms))
    for activation, parameters in [("Relu", {}), ("LeakyRelu", dict(activation_alpha=0.2)),
                                   ("Sigmoid", {}), ("Tanh", {})]:
        case = Case(f"FusedGemm {activation}", difference=4e-6)
        case.output(case.node("FusedGemm", [
            case.feed(floats((3, 8), 1)), case.constant(floats((5, 8), 1)),
            case.constant(floats((5,), 1))], activation=activation, transB=1, **parameters, **ms))
    for activation, parameters in [("Relu", None), ("LeakyRelu", [0.2]), ("Clip", [-1.0, 1.0]),
                                   ("HardSigmoid", [0.3, 0.4]), ("Sigmoid", None)]:
        case = Case(f"FusedConv {activation}", difference=4e-6)
        inputs = [case.feed(floats((1, 3, 7, 6), 1)), case.constant(floats((4, 3, 3, 3), 0.5)),
                  case.constant(floats((4,), 1))]
        if activation == "Relu":
            inputs.append(case.feed(floats((1, 4, 7, 6), 1)))
        extra = {} if parameters is None else dict(activation_params=parameters)
        case.output(case.node("FusedConv", inputs, activation=activation, pads=[1, 1, 1, 1],
                              **extra, **ms))


def chain_cases():
    """Networks of quantized operators and of float operators between QuantizeLinear pairs."""
    def pair(case, x, dtype):
        s, z = case.constant(scale((), 0.02, 0.05)), case.constant(zero_point(dtype, "zero"))
        return case.node("DequantizeLinear", [case.node("QuantizeLinear", [x, s, z]), s, z])

    def weight(case, shape, axis=0):
        s = case.constant(scale((shape[axis],), 0.005, 0.02))
        z = case.constant(np.zeros(shape[axis], np.int8))
        return case.node("DequantizeLinear",
                         [case.constant(integers(np.int8, shape)), s, z], axis=axis)

    for dtype in BYTES:
        case = Case(f"QDQ convolutions {np.dtype(dtype)}", difference=1e-5)
        x = pair(case, case.feed(floats((1, 3, 9, 9), 1)), dtype)
        y = case.node("Relu", [case.node("Conv", [x, weight(case, (6, 3, 3, 3))],
                                         strides=[2, 2], pads=[1, 1, 1, 1])])
        y = pair(case, y, dtype)
        z = pair(case, case.node("Conv", [y, weight(case, (6, 1, 3, 3))], group=6,
                                 pads=[1, 1, 1, 1]), dtype)
        y = pair(case, case.node("Add", [y, z]), dtype)
        y = pair(case, case.node("GlobalAveragePool", [y]), dtype)
        y = case.node("Flatten", [y])
        y = pair(case, case.node("MatMul", [y, weight(case, (6, 4), 1)]), dtype)
        case.output(case.node("Softmax", [y], axis=-1))


def write(path, results):
    def chunk(data):
        return struct.pack("<I", len(data)) + data

    with open(path, "wb") as file:
        for case, feeds, outputs in results:
            file.write(chunk(case.name.encode()))
            file.write(struct.pack("<f", case.difference))
            file.write(chunk(case.model()[0]))
            for tensors in [feeds, outputs]:
                file.write(struct.pack("<I", len(tensors)))
                for tensor in tensors:
                    file.write(chunk(numpy_helper.from_array(tensor).SerializeToString()))


def outputs_of(pool, case, shift=False):
    outputs = pool.submit(session_outputs, *case.model(shift)).result()
    # The twin's bytes are int8 where the case's are.
    plain = {np.dtype(np.int8)} & {array.dtype for array in case.feeds.values()}
    return [
        (array.astype(np.int16) - 128).astype(np.int8)
        if shift and plain and array.dtype == np.uint8 else array
        for array in outputs
    ]


def main():
    for make in [quantize_cases, dequantize_cases, dynamic_cases, matmul_integer_cases,
                 qlinear_matmul_cases, qgemm_cases, float_product_cases, convolution_cases,
                 elementwise_cases, pool_cases, optimizer_cases, chain_cases]:
        make()
    results, saturated = [], 0
    pool = concurrent.futures.ProcessPoolExecutor(1)
    for case in CASES:
        try:
            outputs = outputs_of(pool, case, shift=case.twin)
            if case.twin:
                plain = outputs_of(pool, case)
                saturated += sum(int((a != b).sum()) for a, b in zip(outputs, plain))
            results.append((case, list(case.feeds.values()), outputs))
        except concurrent.futures.process.BrokenProcessPool:
            print(case.name, "ends ONNX Runtime's process", file=sys.stderr)
            pool = concurrent.futures.ProcessPoolExecutor(1)
        except Exception as problem:
            print(case.name, "not run:", str(problem)[:200], file=sys.stderr)
    write(sys.argv[1], results)
    print(len(results), "cases;", saturated, "elements that the plain kernels saturate")


if __name__ == "__main__":
    main()

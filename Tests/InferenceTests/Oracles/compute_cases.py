"""Cases of products, pools, activations and steps between element types."""

import numpy as np

from one_operator import Tensor, model

MICRO, REFERENCE, XNNPACK = "tflite-micro", "litert-reference", "litert-xnnpack"
LIMITS = {
    "int8": (-128, 127),
    "uint8": (0, 255),
    "int16": (-32768, 32767),
    "int4": (-7, 7),
    "int32": (-(1 << 31), (1 << 31) - 1),
}
NONE, RELU, RELU_N1_TO_1, RELU6 = 0, 1, 2, 3
SAME, VALID = 0, 1


class Case:
    def __init__(self, name, bytes_, inputs, outputs=1, runtimes=(MICRO,), tolerance=0.0):
        self.name, self.bytes, self.inputs = name, bytes_, inputs
        self.outputs, self.runtimes, self.tolerance = outputs, runtimes, tolerance


def integers(random, type, shape):
    low, high = LIMITS[type]
    values = random.integers(low, high, shape, np.int64, True)
    edge = random.random(shape)
    return np.where(edge < 0.05, low, np.where(edge > 0.95, high, values))


def arrays(random, tensors, places, invocations=1, spread=3.0):
    """Values for inputs: extremes among integers, normal floats."""
    result = []
    for _ in range(invocations):
        row = []
        for place in places:
            tensor = tensors[place]
            if tensor.type == "float32":
                row.append((random.standard_normal(tensor.shape) * spread).astype(np.float32))
            else:
                row.append(integers(random, tensor.type, tensor.shape).astype(tensor.type))
        result.append(row)
    return result


def zero_point(random, type):
    """Often at a limit; 16-bit activations have none."""
    if type == "int16":
        return 0
    low, high = LIMITS[type]
    return int(random.choice([low, high, 0 if low < 0 else 128, random.integers(low, high)]))


# Activation type, weight type, bias type, runtimes that define it.
PRODUCT_TYPES = [
    ("int8", "int8", "int32", (MICRO, XNNPACK)),
    ("uint8", "uint8", "int32", (REFERENCE,)),
    ("int16", "int8", "int64", (MICRO,)),
    ("int16", "int8", "int32", (MICRO,)),
    ("int8", "int4", "int32", (MICRO,)),
    ("float32", "float32", "float32", (MICRO, REFERENCE)),
    ("float32", "int8", "float32", (REFERENCE, XNNPACK)),
]


def weight(random, type, shape, axis, channels, per_channel):
    if type == "float32":
        return Tensor(type, shape, random.standard_normal(shape))
    scale = random.uniform(0.002, 0.03, channels) if per_channel else random.uniform(0.002, 0.03)
    zero = zero_point(random, "uint8") if type == "uint8" else 0
    values = integers(random, type, shape)
    if type == "int8":
        values = np.maximum(values, -127)
    return Tensor(type, shape, values, scale, zero, axis)


def bias(random, type, count, input_scale, weights):
    if type == "float32":
        return Tensor(type, [count], random.standard_normal(count))
    return Tensor(type, [count], random.integers(-3000, 3000, count), input_scale * weights.scale)


def quantized(random, type, shape, scale):
    if type == "float32":
        return Tensor(type, shape)
    return Tensor(type, shape, scale=scale, zero=zero_point(random, type))


def tolerance(value_type, weight_type):
    return 0.0 if value_type != "float32" else 2e-5 if weight_type == "float32" else 2e-3


def windowed(extent, filter, stride, dilation, padding):
    reach = (filter - 1) * dilation + 1
    return -(-extent // stride) if padding == SAME else (extent - reach) // stride + 1


def convolutions(random, depthwise):
    operator = "DEPTHWISE_CONV_2D" if depthwise else "CONV_2D"
    for value, weights_type, bias_type, runtimes in PRODUCT_TYPES:
        if depthwise and (value, bias_type) == ("int16", "int32"):
            continue
        for index in range(14 if value == "int8" and weights_type == "int8" else 7):
            batch, height, width = (int(v) for v in random.integers(1, [3, 8, 8]))
            depth = int(random.integers(1, 6))
            multiplier = int(random.integers(1, 4))
            channels = depth * multiplier if depthwise else int(random.integers(1, 10))
            filters = [int(v) for v in random.integers(1, 4, 2)]
            dilation = [int(v) for v in random.choice([1, 1, 2], 2)]
            stride = [1, 1] if dilation != [1, 1] else [int(v) for v in random.integers(1, 4, 2)]
            height, width = height + filters[0] * dilation[0], width + filters[1] * dilation[1]
            padding = int(random.integers(0, 2))
            activation = int(random.integers(0, 4))
            per_channel = index % 4 != 0 and value != "uint8" or value == "float32" and depthwise
            # The product of the scales over the output's: small, around 1, and above it.
            input_scale = random.uniform(0.01, 0.05)
            out = [
                batch,
                *(
                    windowed(*axis, padding)
                    for axis in zip((height, width), filters, stride, dilation)
                ),
                channels,
            ]
            groups = 2 if not depthwise and value in ("int8", "float32") and index == 3 else 1
            shape = [1, *filters, channels] if depthwise else [channels, *filters, depth]
            if groups == 2:
                channels = channels * 2
                out[3], shape = channels, [channels, *filters, depth]
            weights = weight(
                random, weights_type, shape, 3 if depthwise else 0, channels, per_channel
            )
            factor = random.choice([0.002, 0.02, 0.3, 1.7]) if index % 3 == 0 else 0.005
            output_scale = input_scale * 0.015 / factor
            tensors = [
                quantized(random, value, [batch, height, width, depth * groups], input_scale),
                weights,
            ]
            if index % 5 != 4:
                tensors.append(bias(random, bias_type, channels, input_scale, weights))
            tensors.append(quantized(random, value, out, output_scale))
            options = {
                "padding": padding,
                "strideH": stride[0],
                "strideW": stride[1],
                "dilationHFactor": dilation[0],
                "dilationWFactor": dilation[1],
                "fusedActivationFunction": activation,
            }
            if depthwise:
                options["depthMultiplier"] = multiplier
            table = "DepthwiseConv2DOptions" if depthwise else "Conv2DOptions"
            data = model(operator, tensors, [0], [len(tensors) - 1], (table, options))
            name = f"{operator} {value} {weights_type} {bias_type} {index}"
            if value == "float32" and groups == 2:
                runtimes = (REFERENCE,)
            yield Case(
                name,
                data,
                arrays(random, tensors, [0]),
                runtimes=runtimes,
                tolerance=tolerance(value, weights_type),
            )


def fully_connected(random):
    for value, weights_type, bias_type, runtimes in PRODUCT_TYPES:
        for index in range(8):
            rows, depth, units = (int(v) for v in random.integers(1, [4, 40, 12]))
            depth += depth % 2 if weights_type == "int4" else 0
            input_scale = random.uniform(0.01, 0.05)
            per_channel = index % 2 == 1 and value != "uint8" and weights_type != "int4"
            weights = weight(random, weights_type, [units, depth], 0, units, per_channel)
            if weights_type == "int8" and index == 2 and value == "int8":
                weights.zero = np.broadcast_to(7, weights.scale.shape)
            factor = random.choice([0.002, 0.02, 0.3, 1.7])
            tensors = [quantized(random, value, [rows, depth], input_scale), weights]
            if index % 4 != 3:
                tensors.append(bias(random, bias_type, units, input_scale, weights))
            tensors.append(quantized(random, value, [rows, units], input_scale * 0.015 / factor))
            options = {
                "fusedActivationFunction": int(random.integers(0, 4)),
                "asymmetricQuantizeInputs": bool(index % 2),
            }
            data = model(
                "FULLY_CONNECTED",
                tensors,
                [0],
                [len(tensors) - 1],
                ("FullyConnectedOptions", options),
            )
            chosen = runtimes
            if (
                len(weights.zero) == 1 and weights.zero[0] != 0
                if weights.zero is not None
                else False
            ):
                chosen = tuple(r for r in runtimes if r != XNNPACK)
            yield Case(
                f"FULLY_CONNECTED {value} {weights_type} {bias_type} {index}",
                data,
                arrays(random, tensors, [0]),
                runtimes=chosen,
                tolerance=tolerance(value, weights_type),
            )


def transposed(random):
    for value, weights_type, bias_type, runtimes in PRODUCT_TYPES:
        if (
            weights_type == "int4"
            or (value, weights_type) == ("float32", "int8")
            or (value, bias_type) == ("int16", "int32")
        ):
            continue
        for index in range(7):
            batch, height, width, depth, channels = (
                int(v) for v in random.integers(1, [3, 5, 5, 5, 6])
            )
            filters = [int(v) for v in random.integers(1, 5, 2)]
            stride = [int(v) for v in random.integers(1, 4, 2)]
            padding = int(random.integers(0, 2))
            if padding == SAME:
                out = [height * stride[0], width * stride[1]]
            else:
                out = [(height - 1) * stride[0] + filters[0], (width - 1) * stride[1] + filters[1]]
            input_scale = random.uniform(0.01, 0.05)
            weights = weight(
                random,
                weights_type,
                [channels, *filters, depth],
                0,
                channels,
                index % 3 != 0 and value != "uint8",
            )
            shape = Tensor("int32", [4], [batch, *out, channels])
            tensors = [
                shape,
                weights,
                quantized(random, value, [batch, height, width, depth], input_scale),
            ]
            if index % 2:
                tensors.append(bias(random, bias_type, channels, input_scale, weights))
            factor = random.choice([0.002, 0.02, 0.3, 1.7])
            tensors.append(
                quantized(random, value, [batch, *out, channels], input_scale * 0.015 / factor)
            )
            options = {"padding": padding, "strideH": stride[0], "strideW": stride[1]}
            data = model(
                "TRANSPOSE_CONV",
                tensors,
                [2],
                [len(tensors) - 1],
                ("TransposeConvOptions", options),
            )
            if value == "int8" and index % 2 == 0:
                runtimes = (MICRO, XNNPACK)
            yield Case(
                f"TRANSPOSE_CONV {value} {bias_type} {index}",
                data,
                arrays(random, tensors, [2]),
                runtimes=runtimes,
                tolerance=tolerance(value, weights_type),
            )


def volumes(random):
    for index in range(10):
        padding = index % 2
        stride = [int(v) for v in random.integers(1, 3, 3)]
        dilation = [1, 1, 1] if index % 3 else [2, 1, 2]
        if dilation != [1, 1, 1]:
            stride = [1, 1, 1]
        filters = [int(v) for v in random.integers(1, 4, 3)]
        extents = [
            int(v) + (f - 1) * d for v, f, d in zip(random.integers(1, 4, 3), filters, dilation)
        ]
        batch, depth, channels = (int(v) for v in random.integers(1, 4, 3))
        forward = [windowed(*axis, padding) for axis in zip(extents, filters, stride, dilation)]
        options = {
            "padding": padding,
            "strideD": stride[0],
            "strideH": stride[1],
            "strideW": stride[2],
            "dilationDFactor": dilation[0],
            "dilationHFactor": dilation[1],
            "dilationWFactor": dilation[2],
            "fusedActivationFunction": int(random.integers(0, 4)),
        }
        bias_ = Tensor("float32", [channels], random.standard_normal(channels))
        shape = [*filters, depth, channels]
        tensors = [
            Tensor("float32", [batch, *extents, depth]),
            Tensor("float32", shape, random.standard_normal(shape)),
            bias_,
            Tensor("float32", [batch, *forward, channels]),
        ]
        yield Case(
            f"CONV_3D float32 {index}",
            model("CONV_3D", tensors, [0], [3], ("Conv3DOptions", options)),
            arrays(random, tensors, [0]),
            runtimes=(REFERENCE,),
            tolerance=2e-5,
        )
        shape = [*filters, channels, depth]
        tensors = [
            Tensor("int32", [5], [batch, *extents, channels]),
            Tensor("float32", shape, random.standard_normal(shape)),
            Tensor("float32", [batch, *forward, depth]),
            bias_,
            Tensor("float32", [batch, *extents, channels]),
        ]
        yield Case(
            f"CONV_3D_TRANSPOSE float32 {index}",
            model("CONV_3D_TRANSPOSE", tensors, [2], [4], ("Conv3DOptions", options)),
            arrays(random, tensors, [2]),
            runtimes=(REFERENCE,),
            tolerance=2e-5,
        )


def matrices(random):
    for type, runtimes in (
        ("int8", (MICRO,)),
        ("int16", (MICRO,)),
        ("float32", (MICRO, REFERENCE)),
    ):
        for index in range(8):
            left_batch, right_batch = [([], []), ([2], [2]), ([2, 3], [3]), ([3], [2, 1])][
                index % 4
            ]
            rows, depth, columns = (int(v) for v in random.integers(1, 7, 3))
            flip_left, flip_right = bool(index & 1), bool(index & 2)
            left = left_batch + ([depth, rows] if flip_left else [rows, depth])
            right = right_batch + ([columns, depth] if flip_right else [depth, columns])
            scales = random.uniform(0.01, 0.05, 2)
            out = list(np.broadcast_shapes(left_batch, right_batch)) + [rows, columns]
            tensors = [
                quantized(random, type, left, scales[0]),
                quantized(random, type, right, scales[1]),
                quantized(
                    random, type, out, scales[0] * scales[1] / random.choice([0.003, 0.1, 2])
                ),
            ]
            yield Case(
                f"BATCH_MATMUL {type} {index}",
                model(
                    "BATCH_MATMUL",
                    tensors,
                    [0, 1],
                    [2],
                    ("BatchMatMulOptions", {"adjX": flip_left, "adjY": flip_right}),
                ),
                arrays(random, tensors, [0, 1]),
                runtimes=runtimes,
                tolerance=2e-5 if type == "float32" else 0,
            )


def pools(random):
    types = [
        ("int8", (MICRO, XNNPACK)),
        ("uint8", (REFERENCE,)),
        ("int16", (MICRO,)),
        ("float32", (MICRO, REFERENCE)),
    ]
    for operator in ("AVERAGE_POOL_2D", "MAX_POOL_2D", "L2_POOL_2D"):
        for type, runtimes in types:
            if operator == "L2_POOL_2D" and type != "float32":
                continue
            for index in range(5):
                filters = [int(v) for v in random.integers(1, 4, 2)]
                stride = [int(v) for v in random.integers(1, 4, 2)]
                extents = [int(v) + f for v, f in zip(random.integers(0, 5, 2), filters)]
                batch, depth = (int(v) for v in random.integers(1, 5, 2))
                padding = index % 2
                out = [windowed(*axis, 1, padding) for axis in zip(extents, filters, stride)]
                source = quantized(random, type, [batch, *extents, depth], 0.03)
                result = Tensor(
                    type,
                    [batch, *out, depth],
                    scale=source.scale,
                    zero=0 if source.zero is None else source.zero,
                )
                options = {
                    "padding": padding,
                    "strideH": stride[0],
                    "strideW": stride[1],
                    "filterHeight": filters[0],
                    "filterWidth": filters[1],
                    "fusedActivationFunction": int(random.integers(0, 4)),
                }
                yield Case(
                    f"{operator} {type} {index}",
                    model(operator, [source, result], [0], [1], ("Pool2DOptions", options)),
                    arrays(random, [source, result], [0]),
                    runtimes=runtimes,
                    tolerance=2e-6 if type == "float32" else 0,
                )


def products():
    random = np.random.default_rng(1)
    return [
        *convolutions(random, False),
        *convolutions(random, True),
        *fully_connected(random),
        *transposed(random),
        *volumes(random),
        *matrices(random),
        *pools(random),
    ]


ALL_BYTES = np.arange(256).astype(np.uint8)


def every_value(random, type):
    if type in ("int8", "uint8"):
        return ALL_BYTES.view(type).reshape(1, 256)
    if type == "int16":
        return np.append(np.arange(-32768, 32767, 257), 32767).astype(np.int16).reshape(1, -1)
    return (random.standard_normal((1, 256)) * 4).astype(np.float32)


def unary(
    random,
    operator,
    type,
    runtimes,
    output,
    options=None,
    name="",
    tolerance=3e-6,
    scale=None,
    source_zero=None,
):
    values = every_value(random, type)
    shape = list(values.shape)
    source = quantized(random, type, shape, scale or random.uniform(0.01, 0.09))
    if source_zero is not None:
        source.zero = np.broadcast_to(source_zero, (1,))
    result = output(source) if callable(output) else output
    tensors = [source, Tensor(result[0], shape, scale=result[1], zero=result[2])]
    return Case(
        f"{operator} {type} {name}".strip(),
        model(operator, tensors, [0], [1], options),
        [[values]],
        runtimes=runtimes,
        tolerance=tolerance if type == "float32" else 0,
    )


def activations():
    random = np.random.default_rng(2)
    cases = []
    float_ = ("float32", None, 0)
    both = (MICRO, REFERENCE)

    def add(*arguments, **options):
        cases.append(unary(random, *arguments, **options))

    def free(type, factor=1.0):
        def output(source):
            if type == "float32":
                return float_
            return type, float(source.scale[0]) * factor, zero_point(random, type)

        return output

    def kept(source):
        return source.type, source.scale, 0 if source.zero is None else source.zero

    def leaky(alpha):
        return ("LeakyReluOptions", {"alpha": alpha})

    def gelu(approximate):
        return ("GeluOptions", {"approximate": approximate})

    def beta(value):
        return ("SoftmaxOptions", {"beta": value})

    for factor in (1.0, 0.37, 2.4):
        name = str(factor)
        for type in ("int8", "int16"):
            output = free(type, factor)
            add("RELU", type, (MICRO,), output, name=name)
            add("LEAKY_RELU", type, (MICRO,), output, leaky(0.3 * factor), name)
            add("LEAKY_RELU", type, (MICRO,), output, leaky(1.7), f"steep {factor}")
        add("RELU", "uint8", (REFERENCE,), free("uint8", factor), name=name)
        add("ELU", "int8", both, free("int8", factor), name=name)
        add("HARD_SWISH", "int8", both, free("int8", factor), name=name)
        add("HARD_SWISH", "uint8", (REFERENCE,), free("uint8", factor), name=name)
        for approximate in (False, True):
            for type in ("int8", "uint8"):
                options = gelu(approximate)
                title = f"{approximate} {factor}"
                add("GELU", type, (REFERENCE,), free(type, factor), options, title)
    for type, runtimes in (("int8", (MICRO,)), ("int16", (MICRO,)), ("uint8", (REFERENCE,))):
        add("RELU6", type, runtimes, kept)
        if type != "int16":
            add("RELU_N1_TO_1", type, (REFERENCE,), kept)
            add("RELU_0_TO_1", type, (REFERENCE,), kept)
    for operator in (
        "RELU RELU6 RELU_N1_TO_1 RELU_0_TO_1 ELU TANH LOGISTIC HARD_SWISH LOG_SOFTMAX "
        "L2_NORMALIZATION"
    ).split():
        add(operator, "float32", both, float_, tolerance=1e-5)
    for approximate in (False, True):
        options = gelu(approximate)
        add("GELU", "float32", (REFERENCE,), float_, options, str(approximate), 1e-5)
    add("LEAKY_RELU", "float32", both, float_, leaky(0.2))
    options = {"radius": 3, "bias": 0.5, "alpha": 0.2, "beta": 0.7}
    add(
        "LOCAL_RESPONSE_NORMALIZATION",
        "float32",
        ("litert-builtin",),
        float_,
        ("LocalResponseNormalizationOptions", options),
        tolerance=1e-4,
    )
    fast = (MICRO, XNNPACK)
    l2 = ("L2NormOptions", {})
    # Operator, type, runtimes, output, options, what the name begins with, part of the scale.
    rows = (
        ("LOGISTIC", "int8", fast, ("int8", 1 / 256, -128), None, "", 1),
        ("LOGISTIC", "uint8", (REFERENCE,), ("uint8", 1 / 256, 0), None, "", 1),
        ("TANH", "int8", fast, ("int8", 1 / 128, 0), None, "", 1),
        ("TANH", "uint8", (REFERENCE,), ("uint8", 1 / 128, 128), None, "", 1),
        ("LOGISTIC", "int16", (MICRO,), ("int16", 1 / 32768, 0), None, "", 100),
        ("TANH", "int16", (MICRO,), ("int16", 1 / 32768, 0), None, "", 100),
        ("SOFTMAX", "int8", fast, ("int8", 1 / 256, -128), beta(1.0), "", 1),
        ("SOFTMAX", "int8", (MICRO,), ("int16", 1 / 65536, -32768), beta(1.0), "int16 ", 1),
        ("SOFTMAX", "int16", (MICRO,), ("int16", 1 / 32768, 0), beta(1.5), "", 50),
        ("SOFTMAX", "uint8", (REFERENCE,), ("uint8", 1 / 256, 0), beta(0.5), "", 1),
        ("LOG_SOFTMAX", "int8", both, ("int8", 16 / 256, 127), None, "", 1),
        ("LOG_SOFTMAX", "uint8", (REFERENCE,), ("uint8", 16 / 256, 255), None, "", 1),
        ("L2_NORMALIZATION", "int8", both, ("int8", 1 / 128, 0), l2, "", 1),
        ("L2_NORMALIZATION", "uint8", (REFERENCE,), ("uint8", 1 / 128, 128), l2, "", 1),
    )
    for scale in (0.003, 0.05, 0.4):
        for operator, type, runtimes, output, options, prefix, part in rows:
            add(operator, type, runtimes, output, options, f"{prefix}{scale}", scale=scale / part)
    stored = ("int16", 1 / 32768, 0)
    add("LOGISTIC", "int16", (MICRO,), stored, name="exact", scale=1 / 4096)
    add("TANH", "int16", (MICRO,), stored, name="exact", scale=1 / 2048)
    add("SOFTMAX", "float32", both, float_, beta(0.7), tolerance=1e-5)
    for type, slopes in (
        ("int8", "int8"),
        ("uint8", "uint8"),
        ("int16", "int8"),
        ("float32", "float32"),
    ):
        source = quantized(random, type, [2, 4, 5, 3], 0.03)
        slope = quantized(random, slopes, [1, 1, 3], 0.008)
        slope.data = (
            random.standard_normal([1, 1, 3])
            if slopes == "float32"
            else integers(random, slopes, [1, 1, 3])
        )
        if type == "int16":
            slope.zero = np.broadcast_to(0, (1,))
        result = quantized(random, type, source.shape, 0.025)
        tensors = [source, slope, result]
        cases.append(
            Case(
                f"PRELU {type}",
                model("PRELU", tensors, [0], [2]),
                arrays(random, tensors, [0]),
                runtimes=(REFERENCE,) if type == "uint8" else (MICRO,),
                tolerance=1e-6,
            )
        )
    return cases + list(conversions(random))


def conversions(random):
    micro = {
        ("float32", "int8"),
        ("float32", "int16"),
        ("int16", "int8"),
        ("int8", "int8"),
        ("int8", "uint8"),
        ("uint8", "int8"),
        ("int8", "int16"),
        ("int8", "int32"),
        ("int16", "int16"),
        ("int16", "int32"),
        ("int32", "int8"),
        ("int32", "int16"),
    }
    for source_type in ("float32", "int8", "uint8", "int16", "int32"):
        for result_type in ("int8", "uint8", "int16", "int32"):
            if (source_type, result_type) == ("int32", "int32"):
                continue
            for factor in (1.0, 0.2, 3.1):
                shape = [2, 37]
                source = quantized(random, source_type, shape, 0.04)
                zero = zero_point(random, result_type)
                if "int32" in (source_type, result_type):
                    zero = 0
                if source_type == "int32":
                    source.zero = np.broadcast_to(0, (1,))
                result = Tensor(result_type, shape, scale=0.04 * factor, zero=zero)
                inputs = arrays(random, [source], [0])
                if source_type == "int32":
                    inputs = [[random.integers(-70000, 70000, shape).astype(np.int32)]]
                known = (source_type, result_type) in micro
                yield Case(
                    f"QUANTIZE {source_type} {result_type} {factor}",
                    model("QUANTIZE", [source, result], [0], [1]),
                    inputs,
                    runtimes=(MICRO,) if known else (REFERENCE,),
                )
    for type in ("int8", "uint8", "int16", "float16"):
        shape = [3, 5, 4]
        if type == "float16":
            data = (random.standard_normal(shape) * 100).astype(np.float16)
            data.ravel()[:6] = [0, -0.0, 6e-8, 65504, 5.9e-5, -2]
            # The weights are a constant; adding it to an input keeps the model dynamic.
            continue
        for channels in (False, True):
            source = quantized(random, type, shape, 0.04)
            runtimes = (MICRO,)
            if channels:
                if type == "int16":
                    continue
                source.scale = random.uniform(0.01, 0.1, 4).astype(np.float32)
                source.zero = np.array([zero_point(random, type) for _ in range(4)])
                source.axis, runtimes = 2, (REFERENCE,)
                continue
            yield Case(
                f"DEQUANTIZE {type}",
                model("DEQUANTIZE", [source, Tensor("float32", shape)], [0], [1]),
                arrays(random, [source], [0]),
                runtimes=runtimes,
                tolerance=1e-7,
            )

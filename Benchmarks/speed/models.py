"""Writes an int8 MobileNetV1 1.0 of 224 x 224 with random weights, and reads models as graphs.

The network is that of Howard et al. 2017; weights are drawn as He et al. 2015 initialize them and
quantized by channel, activations have the range of ReLU6.
"""

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

BUILTIN = {v: k for k, v in vars(schema.BuiltinOperator).items() if isinstance(v, int)}
DTYPES = {
    schema.TensorType.INT8: np.int8, schema.TensorType.INT32: np.int32,
    schema.TensorType.FLOAT32: np.float32,
}

# Of the operators, where int8 began.
VERSIONS = {
    schema.BuiltinOperator.CONV_2D: 3, schema.BuiltinOperator.DEPTHWISE_CONV_2D: 3,
    schema.BuiltinOperator.AVERAGE_POOL_2D: 2, schema.BuiltinOperator.FULLY_CONNECTED: 4,
}


class Graph:
    """The first subgraph of a `.tflite` file."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.model = schema.ModelT.InitFromObj(schema.Model.GetRootAs(file.read()))
        self.subgraph = self.model.subgraphs[0]

    def tensor(self, index):
        return self.subgraph.tensors[index]

    def name(self, operator):
        code = self.model.operatorCodes[operator.opcodeIndex]
        return BUILTIN[max(code.builtinCode, code.deprecatedBuiltinCode)]

    def constant(self, index):
        """None for what is computed."""
        if index < 0:
            return None
        tensor = self.tensor(index)
        data = self.model.buffers[tensor.buffer].data
        if data is None or len(data) == 0:
            return None
        values = np.frombuffer(np.asarray(data, np.uint8).tobytes(), DTYPES[tensor.type])
        return values.reshape(tensor.shape)

    def macs(self):
        """Multiply-accumulates of convolutions and matrix products."""
        total = 0
        for operator in self.subgraph.operators:
            if self.name(operator) not in ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED"):
                continue
            weights = self.tensor(operator.inputs[1]).shape
            output = self.tensor(operator.outputs[0]).shape
            taps = np.prod(weights[1:3]) if self.name(operator) == "DEPTHWISE_CONV_2D" else (
                np.prod(weights[1:]))
            total += int(np.prod(output) * taps)
        return total


class Writer:
    """Appends layers to a model."""

    def __init__(self, shape, seed):
        self.random = np.random.default_rng(seed)
        self.model = schema.ModelT()
        self.model.version = 3
        self.model.description = b"MobileNetV1 with random weights"
        self.model.buffers = [schema.BufferT()]
        self.model.operatorCodes = []
        self.subgraph = schema.SubGraphT()
        self.subgraph.tensors, self.subgraph.operators = [], []
        self.model.subgraphs = [self.subgraph]
        self.last = self.tensor("input", shape, schema.TensorType.INT8, [1 / 127.5], [0])
        self.subgraph.inputs = [self.last]

    def tensor(self, name, shape, kind, scales, zero_points, values=None, axis=0):
        tensor = schema.TensorT()
        tensor.name, tensor.shape, tensor.type = name.encode(), list(shape), kind
        tensor.quantization = schema.QuantizationParametersT()
        tensor.quantization.scale = list(scales)
        tensor.quantization.zeroPoint = list(zero_points)
        tensor.quantization.quantizedDimension = axis
        tensor.buffer = 0
        if values is not None:
            buffer = schema.BufferT()
            buffer.data = np.frombuffer(values.tobytes(), np.uint8)
            self.model.buffers.append(buffer)
            tensor.buffer = len(self.model.buffers) - 1
        self.subgraph.tensors.append(tensor)
        return len(self.subgraph.tensors) - 1

    def operator(self, code, options_type, options, inputs, output):
        known = [c.builtinCode for c in self.model.operatorCodes]
        if code not in known:
            entry = schema.OperatorCodeT()
            entry.builtinCode = entry.deprecatedBuiltinCode = code
            entry.version = VERSIONS.get(code, 1)
            self.model.operatorCodes.append(entry)
            known.append(code)
        operator = schema.OperatorT()
        operator.opcodeIndex = known.index(code)
        operator.inputs, operator.outputs = inputs, [output]
        operator.builtinOptionsType, operator.builtinOptions = options_type, options
        self.subgraph.operators.append(operator)
        self.last = output

    def layer(self, code, options_type, options, shape, axis, output_shape, output_scale, zero):
        """A layer with weights [shape] and a bias; output channels lie along `axis`."""
        fan_in = np.prod(shape) // shape[axis]
        real = self.random.normal(0, np.sqrt(2 / fan_in), shape)
        others = tuple(i for i in range(len(shape)) if i != axis)
        scales = np.abs(real).max(axis=others) / 127
        scale_shape = [-1 if i == axis else 1 for i in range(len(shape))]
        stored = np.round(real / scales.reshape(scale_shape)).astype(np.int8)
        count = shape[axis]
        weights = self.tensor(
            "weights", shape, schema.TensorType.INT8, scales, [0] * count, stored, axis)
        input_scale = self.subgraph.tensors[self.last].quantization.scale[0]
        bias = self.tensor(
            "bias", [count], schema.TensorType.INT32, scales * input_scale, [0] * count,
            self.random.integers(-100, 100, count).astype(np.int32))
        output = self.tensor(
            "activations", output_shape, schema.TensorType.INT8, [output_scale], [zero])
        self.operator(code, options_type, options, [self.last, weights, bias], output)

    def convolution(self, height, channels, filter_size, stride):
        depth = self.subgraph.tensors[self.last].shape[3]
        options = schema.Conv2DOptionsT()
        self.window(options, stride)
        self.layer(
            schema.BuiltinOperator.CONV_2D, schema.BuiltinOptions.Conv2DOptions, options,
            [channels, filter_size, filter_size, depth], 0, [1, height, height, channels],
            6 / 255, -128)

    def depthwise(self, height, stride):
        channels = self.subgraph.tensors[self.last].shape[3]
        options = schema.DepthwiseConv2DOptionsT()
        self.window(options, stride)
        options.depthMultiplier = 1
        self.layer(
            schema.BuiltinOperator.DEPTHWISE_CONV_2D,
            schema.BuiltinOptions.DepthwiseConv2DOptions, options, [1, 3, 3, channels], 3,
            [1, height, height, channels], 6 / 255, -128)

    @staticmethod
    def window(options, stride):
        options.padding = schema.Padding.SAME
        options.strideH = options.strideW = stride
        options.dilationHFactor = options.dilationWFactor = 1
        options.fusedActivationFunction = schema.ActivationFunctionType.RELU6

    def pool_and_classify(self, height, classes):
        channels = self.subgraph.tensors[self.last].shape[3]
        options = schema.Pool2DOptionsT()
        options.padding = schema.Padding.VALID
        options.strideH = options.strideW = options.filterHeight = options.filterWidth = height
        output = self.tensor(
            "pooled", [1, 1, 1, channels], schema.TensorType.INT8, [6 / 255], [-128])
        self.operator(
            schema.BuiltinOperator.AVERAGE_POOL_2D, schema.BuiltinOptions.Pool2DOptions, options,
            [self.last], output)
        shape = self.tensor("shape", [2], schema.TensorType.INT32, [], [],
                            np.array([-1, channels], np.int32))
        reshape = schema.ReshapeOptionsT()
        reshape.newShape = [-1, channels]
        flat = self.tensor("flat", [1, channels], schema.TensorType.INT8, [6 / 255], [-128])
        self.operator(
            schema.BuiltinOperator.RESHAPE, schema.BuiltinOptions.ReshapeOptions, reshape,
            [self.last, shape], flat)
        self.layer(
            schema.BuiltinOperator.FULLY_CONNECTED, schema.BuiltinOptions.FullyConnectedOptions,
            schema.FullyConnectedOptionsT(), [classes, channels], 0, [1, classes], 0.05, 0)

    def write(self, path):
        self.subgraph.outputs = [self.last]
        builder = flatbuffers.Builder(1 << 20)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        with open(path, "wb") as file:
            file.write(builder.Output())


def write_mobilenet(path, resolution=224):
    writer = Writer([1, resolution, resolution, 3], seed=1)
    height = resolution // 2
    writer.convolution(height, 32, 3, 2)
    strides = [1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1]
    channels = [64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024]
    for stride, count in zip(strides, channels):
        height //= stride
        writer.depthwise(height, stride)
        writer.convolution(height, count, 1, 1)
    writer.pool_and_classify(height, 1000)
    writer.write(path)

"""Converts an int8 or float `.tflite` graph to ONNX for ONNX Runtime's fastest operators.

Activations become uint8 (stored values and zero points plus 128), which ONNX Runtime multiplies
fastest; convolutions become QLinearConv, and the rest what its own quantizer emits. Only the input
is transposed from NHWC.
"""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import models

MICROSOFT = "com.microsoft"


class Exporter:
    def __init__(self, path):
        self.graph = models.Graph(path)
        self.nodes, self.initializers, self.names = [], [], {}
        self.is_quantized = self.graph.tensor(self.graph.subgraph.inputs[0]).type == (
            models.schema.TensorType.INT8)

    def constant(self, values):
        name = f"constant_{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def quantization(self, index):
        """Names of scale and zero point: int8 for weights, uint8 for activations."""
        q = self.graph.tensor(index).quantization
        scale = np.array(q.scale, np.float32)
        scale = scale if len(scale) > 1 else scale[0]
        if self.graph.constant(index) is None:
            zero = np.uint8(q.zeroPoint[0] + 128)
        else:
            zero = np.zeros(len(q.scale), np.int8) if len(q.scale) > 1 else np.int8(0)
        return [self.constant(np.asarray(scale)), self.constant(np.asarray(zero))]

    def add(self, kind, inputs, output, domain="", **attributes):
        name = f"value_{output}" if isinstance(output, (int, np.integer)) else output
        self.nodes.append(helper.make_node(kind, inputs, [name], domain=domain, **attributes))
        if isinstance(output, (int, np.integer)):
            self.names[output] = name
        return name

    def pads(self, options, height, width, weights):
        """SAME as explicit numbers: top, left, bottom, right."""
        if options.padding == models.schema.Padding.VALID:
            return [0, 0, 0, 0]
        before, after = [], []
        for size, stride, window in zip(
                (height, width), (options.strideH, options.strideW), weights):
            total = max((-(-size // stride) - 1) * stride + window - size, 0)
            before.append(total // 2)
            after.append(total - total // 2)
        return before + after

    def convolution(self, operator, is_depthwise):
        source, weights, bias = operator.inputs
        options, output = operator.builtinOptions, operator.outputs[0]
        values = self.graph.constant(weights)
        order = (3, 0, 1, 2) if is_depthwise else (0, 3, 1, 2)
        shape = self.graph.tensor(source).shape
        attributes = dict(
            strides=[options.strideH, options.strideW], kernel_shape=list(values.shape[1:3]),
            pads=self.pads(options, shape[1], shape[2], values.shape[1:3]),
            group=int(shape[3]) if is_depthwise else 1)
        kernel = self.constant(values.transpose(order))
        offset = self.constant(self.graph.constant(bias))
        if self.is_quantized:
            self.add(
                "QLinearConv",
                [self.names[source], *self.quantization(source), kernel,
                 *self.quantization(weights), *self.quantization(output), offset],
                output, **attributes)
        else:
            self.add("Conv", [self.names[source], kernel, offset], output, **attributes)
            self.activate(options.fusedActivationFunction, output)

    def activate(self, function, output):
        """In float; stored int8 values are clamped by their range."""
        if function == 1:
            self.add("Relu", [self.names[output]], f"relu_{output}")
        elif function == 3:
            limits = [self.constant(np.float32(v)) for v in (0, 6)]
            self.add("Clip", [self.names[output], *limits], f"relu_{output}")
        else:
            return
        self.names[output] = f"relu_{output}"

    def matrix(self, operator):
        source, weights, bias = operator.inputs
        output = operator.outputs[0]
        values = self.constant(self.graph.constant(weights).T)
        offset = self.constant(self.graph.constant(bias))
        if self.is_quantized:
            self.add(
                "QGemm",
                [self.names[source], *self.quantization(source), values,
                 *self.quantization(weights), offset, *self.quantization(output)],
                output, MICROSOFT)
        else:
            self.add("Gemm", [self.names[source], values, offset], output)
            self.activate(operator.builtinOptions.fusedActivationFunction, output)

    def sum(self, operator):
        left, right = operator.inputs
        output = operator.outputs[0]
        if self.is_quantized:
            self.add(
                "QLinearAdd",
                [self.names[left], *self.quantization(left), self.names[right],
                 *self.quantization(right), *self.quantization(output)], output, MICROSOFT)
        else:
            self.add("Add", [self.names[left], self.names[right]], output)
            self.activate(operator.builtinOptions.fusedActivationFunction, output)

    def pool(self, operator):
        """Average pools of these models are global, or nearly: their windows divide the input."""
        source, output = operator.inputs[0], operator.outputs[0]
        options = operator.builtinOptions
        if self.is_quantized:
            self.add(
                "QLinearGlobalAveragePool",
                [self.names[source], *self.quantization(source), *self.quantization(output)],
                output, MICROSOFT)
        else:
            self.add(
                "AveragePool", [self.names[source]], output,
                kernel_shape=[options.filterHeight, options.filterWidth],
                strides=[options.strideH, options.strideW])

    def reshape(self, operator):
        source, output = operator.inputs[0], operator.outputs[0]
        self.add("Flatten", [self.names[source]], output)

    def softmax(self, operator):
        source, output = operator.inputs[0], operator.outputs[0]
        if not self.is_quantized:
            self.add("Softmax", [self.names[source]], output)
            return
        real = self.add(
            "DequantizeLinear", [self.names[source], *self.quantization(source)], f"real_{source}")
        self.add("Softmax", [real], f"softmax_{output}")
        self.add("QuantizeLinear", [f"softmax_{output}", *self.quantization(output)], output)

    def write(self, path):
        inputs, outputs = self.graph.subgraph.inputs, self.graph.subgraph.outputs
        kind = TensorProto.UINT8 if self.is_quantized else TensorProto.FLOAT
        source = self.graph.tensor(inputs[0])
        self.names[inputs[0]] = "input"
        if len(source.shape) == 4:
            self.add("Transpose", ["input"], inputs[0], perm=[0, 3, 1, 2])
        for operator in self.graph.subgraph.operators:
            name = self.graph.name(operator)
            {
                "CONV_2D": lambda o: self.convolution(o, False),
                "DEPTHWISE_CONV_2D": lambda o: self.convolution(o, True),
                "FULLY_CONNECTED": self.matrix, "ADD": self.sum, "AVERAGE_POOL_2D": self.pool,
                "RESHAPE": self.reshape, "SOFTMAX": self.softmax,
            }[name](operator)
        shape = ["batch"] + [int(n) for n in source.shape[1:]]
        last = self.names[outputs[0]]
        graph = helper.make_graph(
            self.nodes, "exported", [helper.make_tensor_value_info("input", kind, shape)],
            [helper.make_tensor_value_info(last, kind, None)], self.initializers)
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(MICROSOFT, 1)],
            ir_version=8)
        onnx.save(model, path)

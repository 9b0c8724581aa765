"""Models of one operator, and what each runtime makes of them.

Needs numpy, ai-edge-litert, tflite_micro and flatbuffers. Each runtime works in a child process,
since LiteRT crashes on some models; a crash counts as "not run".
"""

import multiprocessing
import struct

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

TYPES = {
    "float32": np.float32,
    "float16": np.float16,
    "int32": np.int32,
    "uint8": np.uint8,
    "int64": np.int64,
    "bool": np.bool_,
    "int16": np.int16,
    "int8": np.int8,
    "float64": np.float64,
    "uint64": np.uint64,
    "uint32": np.uint32,
    "uint16": np.uint16,
    "int4": np.int8,
    "complex64": np.complex64,
}
MASK = (1 << 64) - 1


class Tensor:
    """`data` makes a constant; int4 data is one element in a byte here and packed in the file."""

    def __init__(
        self, type, shape, data=None, scale=None, zero=0, axis=0, variable=False, sparsity=None
    ):
        self.type, self.shape, self.data = type, list(shape), data
        self.scale = None if scale is None else np.atleast_1d(np.float32(scale))
        self.zero = None if scale is None else np.broadcast_to(zero, self.scale.shape)
        self.axis, self.variable, self.sparsity = axis, variable, sparsity

    def packed(self):
        if self.type != "int4":
            return np.ascontiguousarray(self.data, TYPES[self.type]).tobytes()
        flat = np.asarray(self.data, np.int8).ravel() & 15
        if len(flat) % 2:
            flat = np.append(flat, np.int8(0))
        return (flat[::2] | flat[1::2] << 4).astype(np.uint8).tobytes()


def model(
    operator,
    tensors,
    inputs,
    outputs,
    options=None,
    operands=None,
    custom=None,
    intermediates=None,
):
    """Bytes of a .tflite file. `inputs` and `outputs` index `tensors`; so do `operands`, which are
    the operator's inputs where they are not all tensors but the outputs (-1 is an absent one).
    `options` is (name of the options table, {attribute: value})."""
    file = schema.ModelT()
    file.version = 3
    code = schema.OperatorCodeT()
    number = getattr(schema.BuiltinOperator, operator if custom is None else "CUSTOM")
    code.builtinCode, code.deprecatedBuiltinCode, code.version = number, min(number, 127), 1
    if custom is not None:
        code.customCode = operator
    file.operatorCodes = [code]
    empty = schema.BufferT()
    file.buffers = [empty]
    graph = schema.SubGraphT()
    graph.tensors = [_tensor(file, tensor) for tensor in tensors]
    step = schema.OperatorT()
    step.opcodeIndex = 0
    step.inputs = (
        operands if operands is not None else [i for i in range(len(tensors)) if i not in outputs]
    )
    step.outputs = list(outputs)
    step.intermediates = intermediates
    if custom is not None:
        step.customOptions = list(custom)
        step.customOptionsFormat = 0
    elif options is not None:
        table = getattr(schema, options[0] + "T")()
        for name, value in options[1].items():
            assert hasattr(table, name), name
            setattr(table, name, value)
        union = (
            schema.BuiltinOptions2
            if hasattr(schema.BuiltinOptions2, options[0])
            else schema.BuiltinOptions
        )
        if union is schema.BuiltinOptions2:
            step.builtinOptions2Type, step.builtinOptions2 = getattr(union, options[0]), table
        else:
            step.builtinOptionsType, step.builtinOptions = getattr(union, options[0]), table
    graph.operators = [step]
    graph.inputs, graph.outputs = list(inputs), list(outputs)
    file.subgraphs = [graph]
    builder = flatbuffers.Builder(1024)
    builder.Finish(file.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _tensor(file, source):
    tensor = schema.TensorT()
    tensor.type = getattr(schema.TensorType, source.type.upper())
    tensor.shape, tensor.isVariable = source.shape, source.variable
    tensor.buffer, tensor.hasRank = 0, True
    if source.data is not None:
        buffer = schema.BufferT()
        buffer.data = np.frombuffer(source.packed(), np.uint8)
        file.buffers.append(buffer)
        tensor.buffer = len(file.buffers) - 1
    if source.scale is not None:
        quantization = schema.QuantizationParametersT()
        quantization.scale = [float(value) for value in source.scale]
        quantization.zeroPoint = [int(value) for value in source.zero]
        quantization.quantizedDimension = source.axis
        tensor.quantization = quantization
    tensor.sparsity = source.sparsity
    return tensor


# Runtimes, by the name that a case file gives them.


def _micro(bytes_, inputs, count):
    from tflite_micro import runtime

    interpreter = runtime.Interpreter.from_bytes(bytes_, arena_size=1 << 20)
    results = []
    for arrays in inputs:
        for index, array in enumerate(arrays):
            interpreter.set_input(array, index)
        interpreter.invoke()
        results.append([interpreter.get_output(index).copy() for index in range(count)])
    return results


def _litert(bytes_, inputs, count, resolver):
    from ai_edge_litert import interpreter as litert

    kind = getattr(litert.OpResolverType, resolver)
    interpreter = litert.Interpreter(
        model_content=bytes_, experimental_op_resolver_type=kind, num_threads=1
    )
    interpreter.allocate_tensors()
    places = [detail["index"] for detail in interpreter.get_input_details()]
    outputs = [detail["index"] for detail in interpreter.get_output_details()]
    results = []
    for arrays in inputs:
        for place, array in zip(places, arrays):
            interpreter.set_tensor(place, array)
        interpreter.invoke()
        results.append([interpreter.get_tensor(outputs[index]).copy() for index in range(count)])
    return results


RUNTIMES = {
    "tflite-micro": _micro,
    "litert-reference": lambda *job: _litert(*job, "BUILTIN_REF"),
    "litert-builtin": lambda *job: _litert(*job, "BUILTIN_WITHOUT_DEFAULT_DELEGATES"),
    "litert-xnnpack": lambda *job: _litert(*job, "AUTO"),
}


def _work(runtime, jobs, start, pipe):
    for index in range(start, len(jobs)):
        pipe.send(("begin", index))
        try:
            pipe.send((index, RUNTIMES[runtime](*jobs[index])))
        except Exception as problem:
            pipe.send((index, str(problem).strip().splitlines()[-1:] or ["failed"]))
    pipe.send(("end", None))


def run(runtime, jobs):
    """For each (model bytes, [invocation][input] arrays, number of outputs) the outputs of each
    invocation, or a string that says why there are none."""
    results, start = [None] * len(jobs), 0
    while start < len(jobs):
        here, there = multiprocessing.Pipe(False)
        child = multiprocessing.Process(target=_work, args=(runtime, jobs, start, there))
        child.start()
        there.close()
        current, done = start, False
        try:
            while True:
                index, value = here.recv()
                if index == "end":
                    done = True
                    break
                if index == "begin":
                    current = value
                else:
                    results[index] = value if not isinstance(value[0], str) else value[0]
        except EOFError:
            pass
        child.join()
        if not done:
            results[current] = "it crashed"
        start = len(jobs) if done else current + 1
    return results


def write(path, cases):
    """A case file: what `CaseFile.swift` reads. Little-endian; lengths are 32 bits.

    cases: (name, model bytes, [invocation][input] arrays,
            {runtime: [invocation][output] arrays}, tolerance)"""
    with open(path, "wb") as file:

        def put(data):
            file.write(struct.pack("<I", len(data)) + data)

        file.write(b"ESOP" + struct.pack("<I", len(cases)))
        for name, bytes_, inputs, outputs, tolerance in cases:
            put(name.encode())
            put(bytes_)
            file.write(struct.pack("<fII", tolerance, len(inputs), len(inputs[0])))
            for arrays in inputs:
                for array in arrays:
                    put(np.ascontiguousarray(array).tobytes())
            file.write(struct.pack("<I", len(outputs)))
            for runtime, invocations in outputs.items():
                put(runtime.encode())
                file.write(struct.pack("<I", len(invocations[0])))
                for arrays in invocations:
                    for array in arrays:
                        put(np.ascontiguousarray(array).tobytes())

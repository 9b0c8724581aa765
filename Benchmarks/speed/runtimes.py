"""One runtime as a child process: a command a line on standard input, an answer a line on output.

usage: runtimes.py KIND MODEL INPUTS

KIND is xnnpack, builtin, onnxruntime or tflite-micro; INPUTS are bytes of the input tensor, sample
after sample. Commands are those of Sources/EdgeSimBenchmark: `single MS`, `eval MS` and
`outputs FILE`. Every runtime is held to one thread.
"""

import os
import sys
import time

import numpy as np


class LiteRT:
    """LiteRT: data sets run in the batch size that is fastest of 1, 8 and 32."""

    def __init__(self, model, kind):
        from ai_edge_litert.interpreter import Interpreter, OpResolverType

        resolver = {
            "xnnpack": OpResolverType.AUTO,
            "builtin": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        }[kind]
        self.make = lambda: Interpreter(
            model, num_threads=1, experimental_op_resolver_type=resolver)
        self.interpreters = {}
        self.detail = self.make().get_input_details()[0]

    def interpreter(self, batch):
        if batch not in self.interpreters:
            interpreter = self.make()
            if batch > 1:
                shape = [batch] + list(self.detail["shape"][1:])
                interpreter.resize_tensor_input(self.detail["index"], shape)
            interpreter.allocate_tensors()
            self.interpreters[batch] = interpreter
        return self.interpreters[batch]

    batches = (1, 8, 32)

    def input_type(self):
        return self.detail["shape"], self.detail["dtype"]

    def run(self, values):
        interpreter = self.interpreter(len(values))
        interpreter.set_tensor(self.detail["index"], values)
        interpreter.invoke()
        return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


class OnnxRuntime:
    """ONNX Runtime on a model that `onnx_export.py` converted; it has a free batch axis."""

    batches = (1, 8, 32)

    def __init__(self, model, kind):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(
            model, options, providers=["CPUExecutionProvider"])
        self.detail = self.session.get_inputs()[0]

    def input_type(self):
        dtype = {"tensor(uint8)": np.uint8, "tensor(float)": np.float32}[self.detail.type]
        return [1] + list(self.detail.shape[1:]), dtype

    def run(self, values):
        return self.session.run(None, {self.detail.name: values})[0]


class TFLiteMicro:
    batches = (1,)

    def __init__(self, model, kind):
        from tflite_micro.python.tflite_micro import runtime

        self.interpreter = runtime.Interpreter.from_file(model, arena_size=16 << 20)
        self.detail = self.interpreter.get_input_details(0)

    def input_type(self):
        return self.detail["shape"], self.detail["dtype"]

    def run(self, values):
        self.interpreter.set_input(values, 0)
        self.interpreter.invoke()
        return self.interpreter.get_output(0)


KINDS = {
    "xnnpack": LiteRT, "builtin": LiteRT, "onnxruntime": OnnxRuntime, "tflite-micro": TFLiteMicro,
}


def microseconds(runtime, samples, batch, milliseconds):
    """Of a sample, over so many milliseconds at least."""
    batches = [samples[i:i + batch] for i in range(0, len(samples) - batch + 1, batch)][:32]
    runtime.run(batches[0])
    count, start = 0, time.perf_counter()
    while True:
        for values in batches:
            runtime.run(values)
            count += batch
            elapsed = time.perf_counter() - start
            if elapsed * 1000 >= milliseconds:
                return elapsed * 1e6 / count


def answer(runtime, samples, command, argument):
    if command == "single":
        return microseconds(runtime, samples, 1, float(argument))
    if command == "eval":
        parts = [b for b in runtime.batches if b <= len(samples)]
        return min(
            microseconds(runtime, samples, b, float(argument) / len(parts)) for b in parts)
    if command == "outputs":
        with open(argument, "wb") as file:
            for i in range(len(samples)):
                output = np.ascontiguousarray(runtime.run(samples[i:i + 1]))
                # As stored in int8.
                output = output ^ 0x80 if output.dtype == np.uint8 else output
                file.write(output.tobytes())
        return "done"
    return "error"


def main():
    kind, model, inputs = sys.argv[1:]
    # What runtimes print must not mix with answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    runtime = KINDS[kind](model, kind)
    shape, dtype = runtime.input_type()
    samples = np.fromfile(inputs, dtype=dtype).reshape([-1] + [int(n) for n in shape[1:]])
    if dtype == np.uint8:
        samples = samples ^ 0x80
    for line in sys.stdin:
        print(answer(runtime, samples, *line.split()), file=answers, flush=True)


main()

"""Other quantizers and runtimes."""

import contextlib
import io
import multiprocessing
import os

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType


def _with_signature(model):
    """A copy of a model file as ai-edge-quantizer wants it: with a signature, and with the newer
    field of operator codes, which older files lack and without which it takes all for ADD."""
    with open(model, "rb") as file:
        parsed = schema.ModelT.InitFromObj(schema.Model.GetRootAs(file.read()))
    graph = parsed.subgraphs[0]
    for code in parsed.operatorCodes:
        code.builtinCode = max(code.builtinCode, code.deprecatedBuiltinCode)

    def named(indices):
        result = []
        for index in indices:
            entry = schema.TensorMapT()
            entry.name, entry.tensorIndex = graph.tensors[index].name, int(index)
            result.append(entry)
        return result

    signature = schema.SignatureDefT()
    signature.inputs, signature.outputs = named(graph.inputs), named(graph.outputs)
    signature.signatureKey, signature.subgraphIndex = "serving_default", 0
    parsed.signatureDefs = [signature]
    builder = flatbuffers.Builder(1024)
    builder.Finish(parsed.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def ai_edge_quantized(case, path):
    """The file that ai-edge-quantizer makes, with its recipe for static int8."""
    from ai_edge_quantizer import quantizer, recipe

    with open(path + ".float", "wb") as file:
        file.write(_with_signature(case.float))
    signature = Interpreter(path + ".float").get_signature_list()["serving_default"]
    tool = quantizer.Quantizer(path + ".float", recipe.static_wi8_ai8())
    samples = [{signature["inputs"][0]: sample[None]} for sample in case.calibration]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        ranges = tool.calibrate({"serving_default": samples})
        model = tool.quantize(ranges).quantized_model
    with open(path, "wb") as file:
        file.write(model)
    return path


def _quantize(values, detail):
    scale, zero = detail["quantization"]
    if detail["dtype"] == np.float32:
        return values
    # Half away from zero, as TensorFlow Lite rounds.
    codes = np.trunc(values / np.float32(scale) + np.copysign(np.float32(0.5), values)) + zero
    limits = np.iinfo(detail["dtype"])
    return np.clip(codes, limits.min, limits.max).astype(detail["dtype"])


def litert(model, values, kernels):
    """Real outputs, stored outputs and stored inputs of LiteRT, sample by sample."""
    resolver = {
        "xnnpack": OpResolverType.AUTO,
        "reference": OpResolverType.BUILTIN_REF,
        "builtin": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    }[kernels]
    interpreter = Interpreter(
        model, experimental_op_resolver_type=resolver, num_threads=1)
    interpreter.allocate_tensors()
    source, target = interpreter.get_input_details()[0], interpreter.get_output_details()[0]
    inputs = _quantize(values, source)
    stored = []
    for sample in inputs:
        interpreter.set_tensor(source["index"], sample.reshape(source["shape"]))
        interpreter.invoke()
        stored.append(interpreter.get_tensor(target["index"]).copy())
    stored = np.stack(stored)
    scale, zero = target["quantization"]
    real = stored if scale == 0 else (stored.astype(np.float32) - zero) * np.float32(scale)
    return real, stored, inputs


def _micro(model, inputs, path):
    from tflite_micro.python.tflite_micro import runtime

    with open(model, "rb") as file:
        interpreter = runtime.Interpreter.from_bytes(file.read(), arena_size=2_000_000)
    shape = interpreter.get_input_details(0)["shape"]
    outputs = []
    for sample in inputs:
        interpreter.set_input(sample.reshape(shape), 0)
        interpreter.invoke()
        outputs.append(interpreter.get_output(0).copy())
    np.save(path, np.stack(outputs))


def micro(model, inputs):
    """Stored outputs of TensorFlow Lite Micro, which may abort: in a process of its own."""
    path = model + ".outputs.npy"
    process = multiprocessing.get_context("fork").Process(target=_micro, args=(model, inputs, path))
    process.start()
    process.join()
    if process.exitcode != 0:
        raise RuntimeError(f"tflite-micro cannot run {model}")
    outputs = np.load(path)
    os.remove(path)
    return outputs

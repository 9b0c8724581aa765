"""Runs ONNX Runtime on ONNX's node tests (Debian's libonnx-testdata), each in a child process.

    .cache/oracles/bin/python Tests/InferenceTests/Oracles/run_onnx_node_tests.py

CPU provider, graph optimizations off, ONNX's own tolerances (relative 1e-3, absolute 1e-7).
Writes onnx_node_tests.csv beside this script: test, whether it is one of the edge tests, and
ONNX Runtime's result.

A test is an edge test when all inputs and outputs of its graph are tensors of float32, int8,
uint8, int32, int64 or bool, and it is no training operator, no loss, no training mode, and no
expansion of another test's operator into its function body.
"""
import os
import pathlib

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, numpy_helper

ROOT = pathlib.Path("/usr/share/libonnx-testdata/data/node")
EDGE_TYPES = {
    TensorProto.FLOAT, TensorProto.INT8, TensorProto.UINT8, TensorProto.INT32,
    TensorProto.INT64, TensorProto.BOOL,
}


def is_edge(name, model):
    values = list(model.graph.input) + list(model.graph.output)
    if any(value.type.WhichOneof("value") != "tensor_type" for value in values):
        return False
    if any(value.type.tensor_type.elem_type not in EDGE_TYPES for value in values):
        return False
    nodes = model.graph.node
    is_training = "training" in name or any("training" in node.domain for node in nodes)
    is_loss = name.startswith(("test_nllloss", "test_sce"))
    return not is_training and not is_loss and "_expanded" not in name


def read(path, kind):
    data = path.read_bytes()
    if kind == "sequence_type":
        proto = onnx.SequenceProto()
        proto.ParseFromString(data)
        return numpy_helper.to_list(proto)
    if kind == "optional_type":
        proto = onnx.OptionalProto()
        proto.ParseFromString(data)
        return numpy_helper.to_optional(proto)
    return numpy_helper.to_array(onnx.TensorProto.FromString(data))


def compare(found, expected):
    if isinstance(expected, list):
        assert len(found) == len(expected)
        for a, b in zip(found, expected):
            compare(a, b)
    elif expected is None:
        assert found is None
    elif getattr(expected, "dtype", None) == object:
        assert found.tolist() == [
            item.decode() if isinstance(item, bytes) else item for item in expected.tolist()]
    else:
        found, expected = numpy.asarray(found), numpy.asarray(expected)
        assert found.dtype == expected.dtype and found.shape == expected.shape
        numpy.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-7)


def run(name, model):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(
        str(ROOT / name / "model.onnx"), options, providers=["CPUExecutionProvider"])
    for data in sorted((ROOT / name).glob("test_data_set_*")):
        feeds = {
            value.name: read(data / f"input_{index}.pb", value.type.WhichOneof("value"))
            for index, value in enumerate(model.graph.input)}
        outputs = session.run(None, feeds)
        for index, value in enumerate(model.graph.output):
            expected = read(data / f"output_{index}.pb", value.type.WhichOneof("value"))
            compare(outputs[index], expected)


def result(name, model):
    child = os.fork()
    if child == 0:
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, 2)
        try:
            run(name, model)
        except AssertionError:
            os._exit(1)
        except BaseException:
            os._exit(2)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        return "crashed"
    return {0: "passed", 1: "other output"}.get(os.WEXITSTATUS(status), "refused")


def main():
    lines = ["test,edge,onnxruntime"]
    for folder in sorted(ROOT.iterdir()):
        model = onnx.load(str(folder / "model.onnx"))
        edge = "yes" if is_edge(folder.name, model) else "no"
        lines.append(f"{folder.name},{edge},{result(folder.name, model)}")
    target = pathlib.Path(__file__).with_name("onnx_node_tests.csv")
    target.write_text("\n".join(lines) + "\n")
    print("onnxruntime", onnxruntime.__version__)
    for label, keep in [("all", lambda line: True), ("edge", lambda line: ",yes," in line)]:
        kept = [line for line in lines[1:] if keep(line)]
        passed = sum(line.endswith(",passed") for line in kept)
        print(f"{label}: {passed} of {len(kept)} pass")


if __name__ == "__main__":
    main()

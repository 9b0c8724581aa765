"""Cases of operators with a state; each runs several times, so that the state counts."""

import numpy as np

from compute_cases import MICRO, REFERENCE, XNNPACK, Case, arrays, integers
from one_operator import Tensor, model


def matrix(random, type, rows, columns, scale=0.01):
    shape = [rows, columns]
    if type == "float32":
        return Tensor(type, shape, random.standard_normal(shape) * 0.5)
    return Tensor(type, shape, np.maximum(integers(random, type, shape), -127), scale)


def vector(random, type, count, scale=0.01):
    if type == "float32":
        return Tensor(type, [count], random.standard_normal(count) * 0.5)
    return Tensor(type, [count], random.integers(-2000, 2000, count), scale)


class Graph:
    """Tensors in the order of an operator's inputs; absent ones are -1."""

    def __init__(self):
        self.tensors, self.operands = [], []

    def add(self, tensor):
        if tensor is None:
            self.operands.append(-1)
        else:
            self.operands.append(len(self.tensors))
            self.tensors.append(tensor)

    def case(
        self,
        random,
        name,
        operator,
        outputs,
        options,
        runtimes,
        tolerance,
        inputs=(0,),
        intermediates=(),
    ):
        count = len(self.tensors)
        tensors = self.tensors + outputs + list(intermediates)
        last = count + len(outputs)
        data = model(
            operator,
            tensors,
            [self.operands[i] for i in inputs],
            list(range(count, count + len(outputs))),
            options,
            self.operands,
            intermediates=list(range(last, len(tensors))) or None,
        )
        values = arrays(random, tensors, [self.operands[i] for i in inputs], 3, 1.0)
        return Case(name, data, values, len(outputs), runtimes, tolerance)


def state(type, shape, scale=None, zero=0):
    return Tensor(type, shape, variable=True, scale=scale, zero=zero)


def lstm_direction(random, graph, type, depth, cells, outputs, coupled, peephole, project):
    for group in (depth, outputs):
        for gate in range(4):
            graph.add(None if coupled and gate == 0 else matrix(random, type, cells, group))
    for gate in range(3):
        present = peephole and not (coupled and gate == 0)
        tensor = matrix(random, type, 1, cells) if present else None
        if tensor:
            tensor.shape, tensor.data = [cells], tensor.data.reshape(cells)
        graph.add(tensor)
    for gate in range(4):
        graph.add(None if coupled and gate == 0 else vector(random, "float32", cells))
    graph.add(matrix(random, type, outputs, cells) if project else None)
    graph.add(vector(random, "float32", outputs) if project else None)


def float_lstms(random):
    for type in ("float32", "int8"):
        for index in range(8):
            coupled, peephole = index % 4 == 1, index % 4 in (2, 3)
            project, norm = index in (3, 6), index in (5, 7)
            if type == "int8" and norm:
                continue
            time, batch, depth, cells = 3, 2, 5, 6
            outputs = 4 if project else cells
            major = bool(index % 2)
            graph = Graph()
            graph.add(Tensor("float32", [time, batch, depth] if major else [batch, time, depth]))
            lstm_direction(random, graph, type, depth, cells, outputs, coupled, peephole, project)
            graph.add(state("float32", [batch, outputs]))
            graph.add(state("float32", [batch, cells]))
            for gate in range(4):
                absent = not norm or coupled and gate == 0
                graph.add(None if absent else vector(random, "float32", cells))
            options = {
                "fusedActivationFunction": 4,
                "cellClip": 0.8 if index == 4 else 0.0,
                "projClip": 0.5 if index == 6 else 0.0,
                "timeMajor": major,
                "asymmetricQuantizeInputs": index % 2 == 0,
            }
            result = [Tensor("float32", ([time, batch] if major else [batch, time]) + [outputs])]
            plain = type == "float32" and not (coupled or peephole or project or norm)
            yield graph.case(
                random,
                f"UNIDIRECTIONAL_SEQUENCE_LSTM {type} {index}",
                "UNIDIRECTIONAL_SEQUENCE_LSTM",
                result,
                ("UnidirectionalSequenceLSTMOptions", options),
                (MICRO, REFERENCE) if plain else (REFERENCE,),
                1e-5 if type == "float32" else 1e-2,
            )
            if index in (0, 1, 3) and type == "float32":
                graph = Graph()
                graph.add(Tensor("float32", [batch, depth]))
                lstm_direction(
                    random, graph, type, depth, cells, outputs, coupled, peephole, project
                )
                graph.add(state("float32", [batch, outputs]))
                graph.add(state("float32", [batch, cells]))
                yield graph.case(
                    random,
                    f"LSTM {type} {index}",
                    "LSTM",
                    [Tensor("float32", [batch, outputs])],
                    ("LSTMOptions", {"fusedActivationFunction": 4}),
                    (REFERENCE,),
                    1e-5,
                )


def basic_lstm(random):
    batch, depth, cells = 2, 3, 4
    graph = Graph()
    graph.add(Tensor("float32", [batch, depth]))
    graph.add(Tensor("float32", [batch, cells]))
    graph.add(matrix(random, "float32", 4 * cells, depth + cells))
    graph.add(vector(random, "float32", 4 * cells))
    graph.add(Tensor("float32", [batch, cells]))
    results = [
        Tensor("float32", [batch, cells]),
        Tensor("float32", [batch, cells]),
        Tensor("float32", [batch, depth + cells]),
        Tensor("float32", [batch, 4 * cells]),
    ]
    case = graph.case(
        random,
        "LSTM basic",
        "LSTM",
        results,
        ("LSTMOptions", {"fusedActivationFunction": 4, "kernelType": 1}),
        (REFERENCE,),
        1e-5,
        inputs=(0, 1, 4),
    )
    # The last two outputs hold what a kernel leaves in them.
    case.outputs = 2
    yield case


def bidirectional_lstms(random):
    for type in ("float32", "int8"):
        for index in range(4):
            time, batch, depth, cells = 3, 2, 4, 5
            # Batch-major with merged outputs, LiteRT steps over other states than it was given.
            major, merges, second = bool(index % 2) or index == 2, index >= 2, index == 3
            graph = Graph()
            lead = [time, batch] if major else [batch, time]
            graph.add(Tensor("float32", lead + [depth]))
            for _ in range(2):
                lstm_direction(random, graph, type, depth, cells, cells, False, index == 1, False)
            for _ in range(2):
                graph.add(state("float32", [batch, cells]))
                graph.add(state("float32", [batch, cells]))
            graph.add(Tensor("float32", lead + [3]) if second else None)
            for _ in range(8):
                graph.add(matrix(random, type, cells, 3) if second else None)
            results = [Tensor("float32", lead + [2 * cells if merges else cells])]
            if not merges:
                results.append(Tensor("float32", lead + [cells]))
            options = {"fusedActivationFunction": 4, "timeMajor": major, "mergeOutputs": merges}
            yield graph.case(
                random,
                f"BIDIRECTIONAL_SEQUENCE_LSTM {type} {index}",
                "BIDIRECTIONAL_SEQUENCE_LSTM",
                results,
                ("BidirectionalSequenceLSTMOptions", options),
                (REFERENCE,),
                1e-5 if type == "float32" else 1e-2,
                inputs=(0, 39) if second else (0,),
            )


def integer_lstms(random):
    for value, bias_type in (("int8", "int32"), ("int16", "int64")):
        for index in range(4):
            time, batch, depth, cells = 4, 2, 6, 5
            major = bool(index % 2)
            graph = Graph()
            zero = int(random.integers(-128, 128)) if value == "int8" else 0
            hidden_zero = int(random.integers(-20, 20)) if value == "int8" else 0
            scale = 0.02 if value == "int8" else 0.0001
            graph.add(
                Tensor(
                    value,
                    [time, batch, depth] if major else [batch, time, depth],
                    scale=scale,
                    zero=zero,
                )
            )
            for group in (depth, cells):
                for _ in range(4):
                    graph.add(matrix(random, "int8", cells, group, random.uniform(0.003, 0.02)))
            for _ in range(3):
                graph.add(None)
            for _ in range(4):
                graph.add(vector(random, bias_type, cells, 0.0002))
            graph.add(None)
            graph.add(None)
            hidden = 0.008 if value == "int8" else 1 / 32768
            graph.add(state(value, [batch, cells], hidden, hidden_zero))
            graph.add(state("int16", [batch, cells], 2.0 ** -random.integers(10, 14), 0))
            for _ in range(4):
                graph.add(None)
            result = Tensor(
                value,
                ([time, batch] if major else [batch, time]) + [cells],
                scale=hidden,
                zero=hidden_zero,
            )
            options = {
                "fusedActivationFunction": 4,
                "cellClip": 1.5 if index == 3 else 0.0,
                "timeMajor": major,
            }
            yield graph.case(
                random,
                f"UNIDIRECTIONAL_SEQUENCE_LSTM {value} integer {index}",
                "UNIDIRECTIONAL_SEQUENCE_LSTM",
                [result],
                ("UnidirectionalSequenceLSTMOptions", options),
                (MICRO,),
                0,
            )


def rnns(random):
    for type in ("float32", "int8"):
        for index, activation in enumerate((4, 1, 3, 0)):
            batch, time, depth, units = 2, 3, 5, 4
            major = bool(index % 2)
            lead = [time, batch] if major else [batch, time]
            limit = 1e-5 if type == "float32" else 1e-2

            def direction(graph):
                graph.add(matrix(random, type, units, depth, 0.005))
                graph.add(matrix(random, type, units, units, 0.003))
                graph.add(vector(random, "float32", units))
                graph.add(state("float32", [batch, units]))

            graph = Graph()
            graph.add(Tensor("float32", [batch, depth]))
            direction(graph)
            asymmetric = {"asymmetricQuantizeInputs": index % 2 == 0}
            yield graph.case(
                random,
                f"RNN {type} {index}",
                "RNN",
                [Tensor("float32", [batch, units])],
                ("RNNOptions", {"fusedActivationFunction": activation, **asymmetric}),
                (REFERENCE,),
                limit,
            )
            graph = Graph()
            graph.add(Tensor("float32", lead + [depth]))
            direction(graph)
            options = {"fusedActivationFunction": activation, "timeMajor": major, **asymmetric}
            yield graph.case(
                random,
                f"UNIDIRECTIONAL_SEQUENCE_RNN {type} {index}",
                "UNIDIRECTIONAL_SEQUENCE_RNN",
                [Tensor("float32", lead + [units])],
                ("SequenceRNNOptions", options),
                (REFERENCE,),
                limit,
            )
            # Time-major, LiteRT's hybrid kernel goes over the sequence once for every step.
            if type == "int8":
                lead, options["timeMajor"] = [batch, time], False
            graph = Graph()
            graph.add(Tensor("float32", lead + [depth]))
            direction(graph)
            direction(graph)
            for _ in range(3):
                graph.add(None)
            merges = index >= 2
            results = [Tensor("float32", lead + [2 * units if merges else units])]
            if not merges:
                results.append(Tensor("float32", lead + [units]))
            yield graph.case(
                random,
                f"BIDIRECTIONAL_SEQUENCE_RNN {type} {index}",
                "BIDIRECTIONAL_SEQUENCE_RNN",
                results,
                ("BidirectionalSequenceRNNOptions", {**options, "mergeOutputs": merges}),
                (REFERENCE,),
                limit,
            )


def svdfs(random):
    for type in ("float32", "hybrid", "int8", "int8 int8"):
        for index in range(4):
            batch, depth, units, rank, memory = 2, 6, 3, 1 + index % 3, 4
            filters = units * rank
            graph = Graph()
            if type in ("float32", "hybrid"):
                weights = "float32" if type == "float32" else "int8"
                graph.add(Tensor("float32", [batch, depth]))
                graph.add(matrix(random, weights, filters, depth))
                graph.add(matrix(random, weights, filters, memory))
                graph.add(
                    None if index == 1 and type == "hybrid" else vector(random, "float32", units)
                )
                graph.add(state("float32", [batch, memory * filters]))
                result = Tensor("float32", [batch, units])
                runtimes = (MICRO, REFERENCE) if type == "float32" else (REFERENCE,)
                limit = 1e-5 if type == "float32" else 2e-2
            else:
                time_type = "int16" if type == "int8" else "int8"
                state_zero = 0 if time_type == "int16" else int(random.integers(-10, 10))
                scales = [0.03, 0.008, 0.0006 if time_type == "int16" else 0.07, 0.004]
                if time_type == "int16":
                    scales[3] = 2e-5
                graph.add(
                    Tensor(
                        "int8",
                        [batch, depth],
                        scale=scales[0],
                        zero=int(random.integers(-128, 128)),
                    )
                )
                graph.add(matrix(random, "int8", filters, depth, scales[1]))
                graph.add(matrix(random, time_type, filters, memory, scales[3]))
                graph.add(
                    vector(random, "int32", units, np.float32(scales[2]) * np.float32(scales[3]))
                )
                graph.add(state(time_type, [batch, memory * filters], scales[2], state_zero))
                result = Tensor(
                    "int8", [batch, units], scale=0.01, zero=int(random.integers(-128, 128))
                )
                runtimes, limit = (MICRO,), 0
            options = {
                "rank": rank,
                "fusedActivationFunction": 1 if limit == 0 else index % 2,
                "asymmetricQuantizeInputs": index % 2 == 1,
            }
            yield graph.case(
                random,
                f"SVDF {type} {index}",
                "SVDF",
                [result],
                ("SVDFOptions", options),
                runtimes,
                limit,
            )


def full_integer_lstms(random):
    forms = ("", "norm", "peephole", "projection", "coupled", "norm peephole", "norm coupled")
    forms += ("peephole projection", "norm projection", "norm coupled peephole projection")
    for index, form in enumerate(forms):
        for operator in ("UNIDIRECTIONAL_SEQUENCE_LSTM", "LSTM"):
            time, batch, depth, cells = 4, 2, 6, 8
            outputs = 5 if "projection" in form else cells
            major = bool(index % 2) or operator == "LSTM"
            lead = [batch] if operator == "LSTM" else [time, batch] if major else [batch, time]
            coupled = "coupled" in form
            graph = Graph()
            graph.add(Tensor("int8", lead + [depth], scale=0.0213, zero=7 - index))
            for group in (depth, outputs):
                for gate in range(4):
                    weights = matrix(random, "int8", cells, group, random.uniform(0.003, 0.02))
                    graph.add(None if coupled and gate == 0 else weights)
            for gate in range(3):
                absent = "peephole" not in form or coupled and gate == 0
                values = random.integers(-20000, 20000, cells)
                weights = Tensor("int16", [cells], values, random.uniform(3e-5, 9e-5))
                graph.add(None if absent else weights)
            for gate in range(4):
                bias = Tensor("int32", [cells], random.integers(-2000, 2000, cells), 0.0002)
                graph.add(None if coupled and gate == 0 else bias)
            hidden = Tensor("int8", [cells], scale=0.0078, zero=-3 if "projection" in form else 0)
            if "projection" in form:
                graph.add(matrix(random, "int8", outputs, cells, 0.0117))
                bias = Tensor("int32", [outputs], random.integers(-900, 900, outputs), 0.0001)
                graph.add(bias if index % 2 else None)
                scale, zero = 0.0191, 11
            else:
                graph.add(None)
                graph.add(None)
                scale, zero = 0.0078, 0
            graph.add(state("int8", [batch, outputs], scale, zero))
            graph.add(state("int16", [batch, cells], 2.0 ** -(11 + index % 4), 0))
            for gate in range(4):
                absent = "norm" not in form or coupled and gate == 0
                values = random.integers(-30000, 30000, cells)
                weights = Tensor("int16", [cells], values, random.uniform(2e-5, 6e-5))
                graph.add(None if absent else weights)
            inner = [
                Tensor("int16", [1], scale=random.uniform(2e-4, 6e-4), zero=0) for _ in range(4)
            ]
            options = {
                "fusedActivationFunction": 4,
                "cellClip": 1.2 if index % 3 == 2 else 0.0,
                "projClip": 0.9 if index == 8 else 0.0,
            }
            table = "LSTMOptions"
            if operator != "LSTM":
                options["timeMajor"] = major
                table = "UnidirectionalSequenceLSTMOptions"
            yield graph.case(
                random,
                f"{operator} full {form}",
                operator,
                [Tensor("int8", lead + [outputs], scale=scale, zero=zero)],
                (table, options),
                (XNNPACK,),
                0,
                intermediates=inner + [hidden],
            )


def recurrent():
    random = np.random.default_rng(3)
    return [
        *float_lstms(random),
        *basic_lstm(random),
        *bidirectional_lstms(random),
        *integer_lstms(random),
        *rnns(random),
        *svdfs(random),
        *full_integer_lstms(random),
    ]

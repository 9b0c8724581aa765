import Inference
import NeuralNetworks

/// What `edgesim inspect` shows of an ONNX model.
enum ONNXInspection {
  static func of(
    _ model: ONNXModel, _ stage: InspectCommand.Stage, path: String, _ arguments: ParsedArguments
  ) throws(InputError) -> Inspection {
    switch stage {
    case .network: return network(model)
    case .workload: return try workload(model, path: path, arguments)
    case .plan, .profile:
      throw ParsedArguments.problem(
        found: "--stage \(stage.rawValue) of an ONNX model, which is evaluated node by node",
        expected: "network or workload")
    }
  }

  /// Nodes, inputs, outputs and constants of every graph.
  private static func network(_ model: ONNXModel) -> Inspection {
    let sets = model.operatorSets.map {
      "\($0.domain.isEmpty ? "ai.onnx" : $0.domain) \($0.version)"
    }
    return Inspection(
      stage: "network",
      facts: [
        ("model", .text(model.name)), ("file bytes", .int(model.fileByteCount)),
        ("operator sets", .text(sets.joined(separator: ", "))),
      ], tables: tables(model.graph, name: "graph"))
  }

  private static func tables(_ graph: ONNXGraph, name: String) -> [Inspection.Table] {
    let nodes = Inspection.Table(
      name: "\(name): nodes", columns: ["node", "operation", "inputs", "outputs", "name"],
      numeric: ["node"],
      rows: graph.nodes.enumerated().map { index, node in
        [
          .int(index), .text(node.qualifiedOperator), .text(node.inputs.joined(separator: ", ")),
          .text(node.outputs.joined(separator: ", ")), .text(node.name),
        ]
      })
    let values = Inspection.Table(
      name: "\(name): values", columns: ["value", "kind", "type", "shape"], numeric: [],
      rows: graph.requiredInputs.map { row($0, "input") }
        + graph.outputs.map { row($0, "output") }
        + graph.initializers.map {
          [
            .text($0.name), .text("constant"), .text($0.elementType.rawValue),
            .text($0.shape.description),
          ]
        })
    var inner: [Inspection.Table] = []
    for (index, node) in graph.nodes.enumerated() {
      for attribute in node.attributes {
        guard case .graph(let graph) = attribute.value else { continue }
        inner += tables(graph, name: "\(name), node \(index) \(attribute.name)")
      }
    }
    return [nodes, values] + inner
  }

  private static func row(_ info: ONNXValueInfo, _ kind: String) -> [Inspection.Cell] {
    let (type, shape) =
      switch info.type {
      case .tensor(let type, let dimensions):
        (type.rawValue, dimensions.map(ONNXValueInfo.text) ?? "?")
      case .sequence: ("sequence", "")
      case .optional: ("optional", "")
      case .other(let name): (name, "")
      case .unknown: ("?", "?")
      }
    return [.text(info.name), .text(kind), .text(type), .text(shape)]
  }

  /// Counts of a run: on the inputs given, or on zeros.
  static func workload(
    _ model: ONNXModel, path: String, _ arguments: ParsedArguments
  ) throws(InputError) -> Inspection {
    let evaluator = try ModelLoader.evaluator(model, path: path)
    let arrays = try arrays(evaluator, arguments)
    do throws(ModelError) {
      let values = try values(evaluator, arrays)
      return Inspection(try evaluator.workload(values), name: model.name)
    } catch { throw InputError(error, file: path) }
  }

  /// Operators are held against the operands that they get in a run, so that one is tried.
  static func coverage(
    _ model: ONNXModel, _ arguments: ParsedArguments
  ) throws(InputError) -> Inspection {
    var coverage = OperatorCoverage(model)
    let evaluator: ONNXEvaluator
    do { evaluator = ONNXEvaluator(try ONNXProgram(model)) } catch {
      return CoverageInspection.of(coverage, problem: CoverageInspection.text(error))
    }
    let arrays = try arrays(evaluator, arguments)
    let missing = evaluator.inputs.map(\.name).filter { arrays[$0] == nil }
    var trial = "the inputs given"
    if !missing.isEmpty {
      trial = "zeros for \(missing.joined(separator: ", ")), unknown extents being 1"
    }
    do throws(ModelError) {
      try coverage.trial(evaluator, values(evaluator, arrays))
      return CoverageInspection.of(coverage, problem: nil, trial: trial)
    } catch {
      return CoverageInspection.of(
        coverage, problem: CoverageInspection.text(error), trial: trial)
    }
  }

  private static func arrays(
    _ evaluator: ONNXEvaluator, _ arguments: ParsedArguments
  ) throws(InputError) -> [String: NPYFile] {
    let names = evaluator.inputs.map(\.name)
    let paths = try NamedFiles(arguments, option: "--input", names: names).paths
    var arrays: [String: NPYFile] = [:]
    for name in names {
      if let path = paths[name] { arrays[name] = try NPYFile.read(path: path) }
    }
    return arrays
  }

  /// Zeros where no array is given.
  private static func values(
    _ evaluator: ONNXEvaluator, _ arrays: [String: NPYFile]
  ) throws(ModelError) -> [ONNXValue] {
    var values: [ONNXValue] = []
    for info in evaluator.inputs {
      if let array = arrays[info.name] {
        values.append(.tensor(try TensorValue(array)))
      } else {
        values.append(try ONNXEvaluator.zeros(info))
      }
    }
    return values
  }
}

import Inference
import NeuralNetworks

/// `edgesim inspect --stage plan`: kernels and the arena of the entry subgraph.
enum PlanInspection {
  /// - Parameter width: characters of a line of the drawing.
  static func of(_ plan: ExecutionPlan, width: Int) -> Inspection {
    let drawing = ArenaDrawing(plan, width: width)
    return Inspection(
      stage: "plan", facts: facts(plan), tables: [kernels(plan), arena(plan)],
      drawing: { style in
        [style.bold("arena over time, blocks labelled with their tensors")]
          + drawing.lines(style: style)
      })
  }

  private static func facts(_ plan: ExecutionPlan) -> [(name: String, cell: Inspection.Cell)] {
    [
      ("model", .text(plan.network.name)), ("arithmetic", .text(plan.arithmetic.rawValue)),
      ("arena bytes", .int(plan.arena.peakBytes)),
      ("arena lower bound bytes", .int(plan.arena.sharedLowerBoundBytes)),
      ("arena lower bound bytes, nothing in place", .int(plan.arena.lowerBoundBytes)),
      ("arena bytes on a device", .int(DeviceArena(plan.network).peakBytes)),
      ("variable bytes", .int(plan.variableBytes)),
      ("packed weight bytes", .int(plan.packedWeightBytes)),
      ("copied constant bytes", .int(plan.copiedConstantBytes)),
    ]
  }

  private static func kernels(_ plan: ExecutionPlan) -> Inspection.Table {
    Inspection.Table(
      name: "kernels", columns: ["step", "operator", "operation", "kernel"],
      numeric: ["step", "operator"],
      rows: plan.order.enumerated().map { step, index in
        [
          .int(step), .int(index), .text(plan.network.main.operators[index].operation.name),
          .text(plan.kernelNames[index]),
        ]
      })
  }

  private static func arena(_ plan: ExecutionPlan) -> Inspection.Table {
    Inspection.Table(
      name: "arena", columns: ["offset", "bytes", "first", "last", "tensor", "place of", "name"],
      numeric: ["offset", "bytes", "first", "last", "tensor", "place of"],
      rows: plan.arena.buffers.sorted { ($0.offset, $0.tensor) < ($1.offset, $1.tensor) }.map {
        [
          .int($0.offset), .int($0.byteCount), .int($0.lifetime.lowerBound),
          .int($0.lifetime.upperBound), .int($0.tensor), .int($0.owner),
          .text(plan.network.main.tensors[$0.tensor].name),
        ]
      })
  }
}

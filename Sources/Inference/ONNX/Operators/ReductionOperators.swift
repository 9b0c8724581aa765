import Glibc
import NeuralNetworks

/// How elements are taken together.
protocol Reducer: Sendable {
  func start<Element: NumericElement>(_ type: Element.Type) -> Element
  func add<Element: NumericElement>(_ sum: Element, _ x: Element) -> Element
  func finish<Element: NumericElement>(_ sum: Element, count: Int) -> Element
}

extension Reducer {
  func start<Element: NumericElement>(_ type: Element.Type) -> Element { .zero }
  func finish<Element: NumericElement>(_ sum: Element, count: Int) -> Element { sum }
}

/// Operators that reduce some axes to one element.
enum ReductionOperators {
  struct Sum: Reducer {
    @inline(__always) func add<E: NumericElement>(_ sum: E, _ x: E) -> E { E.adding(sum, x) }
  }
  struct Mean: Reducer {
    @inline(__always) func add<E: NumericElement>(_ sum: E, _ x: E) -> E { E.adding(sum, x) }
    func finish<E: NumericElement>(_ sum: E, count: Int) -> E {
      E(saturating: sum.double / Double(count))
    }
  }
  struct Product: Reducer {
    func start<E: NumericElement>(_ type: E.Type) -> E { .one }
    @inline(__always) func add<E: NumericElement>(_ sum: E, _ x: E) -> E { E.multiplying(sum, x) }
  }
  struct Maximum: Reducer {
    func start<E: NumericElement>(_ type: E.Type) -> E { .lowest }
    @inline(__always) func add<E: NumericElement>(_ sum: E, _ x: E) -> E {
      x > sum || x.isNotANumber ? x : sum
    }
  }
  struct Minimum: Reducer {
    func start<E: NumericElement>(_ type: E.Type) -> E { .highest }
    @inline(__always) func add<E: NumericElement>(_ sum: E, _ x: E) -> E {
      x < sum || x.isNotANumber ? x : sum
    }
  }
  struct SumOfSquares: Reducer {
    @inline(__always) func add<E: NumericElement>(_ sum: E, _ x: E) -> E {
      E.adding(sum, E.multiplying(x, x))
    }
  }
  struct SumOfMagnitudes: Reducer {
    @inline(__always) func add<E: NumericElement>(_ sum: E, _ x: E) -> E {
      x < E.zero ? E.subtracting(sum, x) : E.adding(sum, x)
    }
  }
  struct Length: Reducer {
    @inline(__always) func add<E: NumericElement>(_ sum: E, _ x: E) -> E {
      E.adding(sum, E.multiplying(x, x))
    }
    func finish<E: NumericElement>(_ sum: E, count: Int) -> E {
      E(saturating: sum.double.squareRoot())
    }
  }
  struct LogOfSum: Reducer {
    @inline(__always) func add<E: NumericElement>(_ sum: E, _ x: E) -> E { E.adding(sum, x) }
    func finish<E: NumericElement>(_ sum: E, count: Int) -> E { E(saturating: log(sum.double)) }
  }

  static func reduce<Kind: Reducer>(_ reducer: Kind) -> OperatorBody {
    one { call throws(ModelError) in
      let input = try call.input(0)
      let plan = try ReductionPlan(call, input.shape)
      return plan.isNothing ? input : try reduce(input, plan, reducer)
    }
  }

  static func reduce<Kind: Reducer>(
    _ input: TensorValue, _ plan: ReductionPlan, _ reducer: Kind
  ) throws(ModelError) -> TensorValue {
    try input.elementType.numericOrBool(Body(reducer: reducer, plan: plan, input: input))
  }

  /// ln of the sum of e^x, the largest x taken out, so that nothing overflows.
  static func logSumExp(_ call: OperatorCall) throws(ModelError) -> TensorValue {
    let input = try call.input(0)
    let plan = try ReductionPlan(call, input.shape)
    if plan.isNothing { return input }
    let values = try input.doubles()
    let result = try NewTensor<Double>(plan.output)
    for (index, start) in plan.kept.enumerated() {
      let largest = plan.reduced.reduce(-Double.infinity) { max($0, values[start + $1]) }
      let shift = largest.isFinite ? largest : 0
      let sum = plan.reduced.reduce(0) { $0 + exp(values[start + $1] - shift) }
      result[index] = log(sum) + shift
    }
    return try result.value.converted(to: input.elementType)
  }

  private struct Body<Kind: Reducer>: NumericBody {
    let reducer: Kind
    let plan: ReductionPlan
    let input: TensorValue

    func run<Element: NumericElement>(_ type: Element.Type) throws(ModelError) -> TensorValue {
      let result = try NewTensor<Element>(input.elementType, plan.output)
      let elements = input.elements(as: type)
      for (index, start) in plan.kept.enumerated() {
        var sum = reducer.start(type)
        for offset in plan.reduced { sum = reducer.add(sum, elements[start + offset]) }
        result[index] = reducer.finish(sum, count: plan.reduced.count)
      }
      return result.value
    }
  }
}

/// Where the elements of a reduction lie: one sum for each of `kept`, over `reduced` offsets.
struct ReductionPlan {
  let output: Shape
  let kept: [Int]
  let reduced: [Int]
  /// No axes were given, and the node says that this means none.
  let isNothing: Bool

  /// Axes are an attribute, or an input in newer versions; without any all axes are reduced.
  init(_ call: OperatorCall, _ shape: Shape) throws(ModelError) {
    let axes = try call.integers(1, or: "axes") ?? []
    let isNoop = try call.flag("noop_with_empty_axes")
    try self.init(
      shape, axes: axes.isEmpty ? Array(0..<shape.rank) : axes,
      keepsAxes: call.flag("keepdims", default: true), isNothing: axes.isEmpty && isNoop)
  }

  init(
    _ shape: Shape, axes: [Int], keepsAxes: Bool, isNothing: Bool = false
  ) throws(ModelError) {
    var isReduced = [Bool](repeating: false, count: shape.rank)
    for axis in axes {
      isReduced[try normalized(axis, rank: shape.rank, place: "axes")] = true
    }
    let strides = shape.strides
    func offsets(_ wanted: Bool) -> [Int] {
      var result = [0]
      for axis in 0..<shape.rank where isReduced[axis] == wanted {
        result = result.flatMap { start in (0..<shape[axis]).map { start + $0 * strides[axis] } }
      }
      return result
    }
    var dimensions: [Int] = []
    for axis in 0..<shape.rank {
      if !isReduced[axis] {
        dimensions.append(shape[axis])
      } else if keepsAxes {
        dimensions.append(1)
      }
    }
    output = Shape(dimensions)
    kept = offsets(false)
    reduced = offsets(true)
    self.isNothing = isNothing
  }
}

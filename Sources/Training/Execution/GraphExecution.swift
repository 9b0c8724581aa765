/// Room for a minibatch to go through a graph, forward and backward.
///
/// Invariant: kernels point into memory that the object owns.
final class GraphExecution: @unchecked Sendable {
  let graph: TrainableNetwork
  /// The most samples.
  let capacity: Int
  /// As kernels read them: rounded where the network will be quantized.
  let parameters: [FloatMemory]
  /// Of what is trained.
  let parameterGradients: [FloatMemory?]
  let kernels: [any NodeKernel]
  private let values: [FloatMemory]
  private let gradients: [FloatMemory?]
  private let spare: FloatMemory
  private let plan: GradientPlan

  /// - Parameters:
  ///   - heads: values whose gradients a loss sets; none for inference.
  ///   - kept: further values that are read after a pass.
  init(_ graph: TrainableNetwork, capacity: Int, heads: [Int], kept: [Int] = []) {
    self.graph = graph
    self.capacity = capacity
    let plan = GradientPlan(graph, heads: heads, kept: kept)
    self.plan = plan
    let parameters = graph.parameters.map { parameter in
      let memory = FloatMemory(parameter.values.count)
      memory.set(parameter.values)
      return memory
    }
    let parameterGradients = graph.parameters.map {
      heads.isEmpty || !$0.isTrained ? nil : FloatMemory($0.values.count)
    }
    let owned = graph.values.indices.map {
      FloatMemory(plan.roots[$0] == $0 ? graph.values[$0].count * capacity : 0)
    }
    let values = plan.roots.map { owned[$0] }
    let slopes = graph.values.indices.map {
      plan.roots[$0] == $0 && plan.hasGradient[$0]
        ? FloatMemory(graph.values[$0].count * capacity) : nil
    }
    let gradients = plan.roots.map { slopes[$0] }
    let spare = FloatMemory(plan.spareCount * capacity)
    (self.parameters, self.parameterGradients) = (parameters, parameterGradients)
    (self.values, self.gradients, self.spare) = (values, gradients, spare)
    kernels = graph.nodes.enumerated().map { index, node in
      func operand(_ value: Int, accumulates: Bool) -> NodeMemory.Operand {
        NodeMemory.Operand(
          value: values[value].base, gradient: gradients[value]?.base,
          spare: accumulates ? spare.base : nil, count: graph.values[value].count)
      }
      let memory = NodeMemory(
        inputs: node.inputs.enumerated().map { place, value in
          operand(value, accumulates: plan.accumulates[index][place])
        },
        output: operand(node.output, accumulates: false),
        parameters: node.parameters.map { parameters[$0] },
        parameterGradients: node.parameters.map { parameterGradients[$0] })
      return node.kernel(memory, index: index, capacity: capacity)
    }
    prepare()
  }

  /// Of all samples, one after the other.
  func value(_ index: Int) -> UnsafeMutablePointer<Float> { values[index].base }

  /// Nil for what no gradient reaches.
  func gradient(_ index: Int) -> UnsafeMutablePointer<Float>? { gradients[index]?.base }

  /// Called when parameters have changed.
  func prepare() { for kernel in kernels { kernel.prepare() } }

  /// - Precondition: the input's value is set.
  func forward(_ batch: Minibatch) {
    precondition(batch.count <= capacity)
    for kernel in kernels { kernel.forward(batch) }
  }

  /// - Precondition: the gradients of all heads are set.
  func backward(_ batch: Minibatch) {
    for gradient in parameterGradients { gradient?.clear() }
    for index in kernels.indices.reversed() where plan.isActive[index] {
      kernels[index].backward(batch)
    }
  }
}

extension Node {
  fileprivate func kernel(_ memory: NodeMemory, index: Int, capacity: Int) -> any NodeKernel {
    switch kind {
    case .convolution(let window, let outputs):
      ConvolutionKernel(window, outputs: outputs, memory)
    case .depthwise(let window): DepthwiseKernel(window, memory)
    case .dense(let rows, let inputs, let outputs):
      ConvolutionKernel(PatchGeometry(rows: rows, channels: inputs), outputs: outputs, memory)
    case .transposedConvolution(let window, let inputs):
      TransposedConvolutionKernel(window, inputs: inputs, memory)
    case .lstm(let layer): LSTMKernel(layer, memory, capacity: capacity)
    case .recurrent(let geometry, let activation):
      RecurrentKernel(geometry, activation, memory, capacity: capacity)
    case .view(let view): ViewKernel(view, memory)
    case .constant: ConstantKernel(memory)
    case .batchNorm(let channels, let epsilon):
      BatchNormKernel(channels: channels, epsilon: epsilon, memory)
    case .activation(let function): ActivationKernel(function, memory)
    case .parametricReLU: ParametricReLUKernel(memory)
    case .maxPool(let window): MaxPoolKernel(window, memory, capacity: capacity)
    case .averagePool(let window): AveragePoolKernel(window, memory)
    case .mean(let outer, let count, let inner):
      MeanKernel(outer: outer, count: count, inner: inner, memory)
    case .binary(let operation): CombinationKernel(operation, memory)
    case .concatenate(let rows, let widths):
      ConcatenationKernel(rows: rows, widths: widths, memory)
    case .pad(let image): PadKernel(image, memory)
    case .reshape: ReshapeKernel()
    case .repeatChannels(let count): RepetitionKernel(count, memory)
    case .softmax(let beta, let width): SoftmaxKernel(beta: beta, width: width, memory)
    case .dropout(let rate):
      DropoutKernel(rate: rate, index: index, memory, capacity: capacity)
    case .fakeQuantize: RoundingKernel(memory)
    }
  }
}

import NeuralNetworks

extension TrainableNetwork {
  /// Outputs of samples, one after the other. Results do not depend on `jobs`.
  ///
  /// - Precondition: samples of the input's extent.
  public func outputs(of samples: SampleSet, jobs: Int = 1) -> [Float] {
    results(of: samples.values, count: samples.count, at: [output], jobs: jobs)[0]
  }

  /// The share of samples whose largest output is that of their label; 0 without samples.
  public func accuracy(on samples: SampleSet, jobs: Int = 1) -> Double {
    let outputs = outputs(of: samples, jobs: jobs)
    let width = outputCount
    let right = samples.labels.enumerated().count { sample, label in
      let row = sample * width
      return (0..<width).reduce(0) { outputs[row + $1] > outputs[row + $0] ? $1 : $0 } == label
    }
    return samples.count == 0 ? 0 : Double(right) / Double(samples.count)
  }

  /// Samples that are computed at a time.
  static let inferenceBatch = 32

  /// Some values of all samples.
  func results(of samples: [Float], count: Int, at places: [Int], jobs: Int) -> [[Float]] {
    let execution = GraphExecution(
      self, capacity: min(Self.inferenceBatch, max(count, 1)), heads: [], kept: places)
    return execution.results(of: samples, count: count, at: places, jobs: jobs)
  }

  /// The value of this name: a tensor's, or a layer's.
  func value(named name: String) -> Int? { values.lastIndex { $0.name == name } }
}

extension GraphExecution {
  /// Values at inference, of all samples.
  ///
  /// - Precondition: samples of the input's extent.
  func results(of samples: [Float], count: Int, at places: [Int], jobs: Int) -> [[Float]] {
    let size = graph.values[graph.input].count
    precondition(samples.count == count * size, "samples of another extent")
    var results = places.map { _ in [Float]() }
    for first in stride(from: 0, to: count, by: capacity) {
      let batch = Minibatch(count: min(capacity, count - first), jobs: jobs)
      samples.withUnsafeBufferPointer {
        guard let base = $0.baseAddress else { return }
        value(graph.input).update(from: base + first * size, count: batch.count * size)
      }
      forward(batch)
      for (index, place) in places.enumerated() {
        results[index] += UnsafeBufferPointer(
          start: value(place), count: batch.count * graph.values[place].count)
      }
    }
    return results
  }
}

extension TrainableNetwork: Teacher {
  public var inputCount: Int { values[input].count }

  public func outputs(
    of values: [Float], count: Int, features: [String]
  ) throws(TrainingError) -> [[Float]] {
    let places = [logits] + (try places(of: features))
    return results(of: values, count: count, at: places, jobs: 1)
  }

  public func channelCount(ofFeature name: String) throws(ModelError) -> Int {
    do { return values[try places(of: [name])[0]].shape.last ?? 1 } catch {
      throw ModelError(place: error.place, found: error.found, expected: error.expected)
    }
  }

  func places(of features: [String]) throws(TrainingError) -> [Int] {
    var places: [Int] = []
    for feature in features {
      guard let place = value(named: feature) else {
        throw TrainingError(
          place: "distillation", found: "the feature \(feature)",
          expected: "one of \(featureNames.joined(separator: ", "))")
      }
      places.append(place)
    }
    return places
  }
}

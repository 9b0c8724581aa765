import Glibc
import Inference
import NeuralNetworks

extension InputError {
  /// A model's error with the file it is in.
  init(_ error: ModelError, file: String) {
    let errors = [error] + error.others
    var problems = errors.prefix(Self.mostModelProblems).map {
      InputProblem(file: file, place: $0.place, found: $0.found, expected: $0.expected)
    }
    if errors.count > problems.count {
      problems.append(
        InputProblem(
          file: file, found: "\(errors.count - problems.count) more problems",
          expected: "none (`edgesim inspect --coverage` lists every operator)"))
    }
    self.init(problems)
  }

  private static var mostModelProblems: Int { 20 }
}

/// Reads and plans models, naming the file in every error.
enum ModelLoader {
  static func network(path: String) throws(InputError) -> Network {
    do { return try ModelFormat.read(path: path) } catch { throw try problem(error, path) }
  }

  static func survey(path: String) throws(InputError) -> ModelFormat.Survey {
    do { return try ModelFormat.survey(path: path) } catch { throw try problem(error, path) }
  }

  static func model(path: String) throws(InputError) -> Model {
    do { return try ModelFormat.model(path: path) } catch { throw try problem(error, path) }
  }

  /// Names every operator that is not supported.
  static func evaluator(_ model: ONNXModel, path: String) throws(InputError) -> ONNXEvaluator {
    do { return ONNXEvaluator(try ONNXProgram(model)) } catch {
      throw InputError(error, file: path)
    }
  }

  private static func problem(
    _ error: ModelError, _ path: String
  ) throws(InputError) -> InputError {
    if !FileSystem.exists(path) { _ = try TextFile.read(path: path, limit: .max) }
    return InputError(error, file: path)
  }

  static func plan(
    _ network: Network, arithmetic: Arithmetic, path: String, reorder: Bool = false
  ) throws(InputError) -> ExecutionPlan {
    let kernels = try kernels()
    do {
      return try ExecutionPlan(
        network, arithmetic: arithmetic, kernels: kernels, reorder: reorder)
    } catch {
      throw InputError(error, file: path)
    }
  }

  /// The kernels that the environment variable `EDGESIM_KERNELS` names, or the fastest.
  private static func kernels() throws(InputError) -> KernelSelection {
    guard let name = getenv("EDGESIM_KERNELS").map({ String(cString: $0) }), !name.isEmpty else {
      return .best
    }
    guard let kernels = KernelSelection(named: name) else {
      throw ParsedArguments.problem(
        found: "EDGESIM_KERNELS=\(name)",
        expected: "one that this machine runs of \(KernelSelection.names.joined(separator: ", "))",
        nearest: NearestName.of(name, among: KernelSelection.names))
    }
    return kernels
  }
}

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

  static func survey(path: String) throws(InputError) -> ModelSurvey {
    do { return try ModelFormat.survey(path: path) } catch { throw try problem(error, path) }
  }

  /// A missing file is told with its nearest neighbor.
  private static func problem(_ error: ModelError, _ path: String) throws(InputError) -> InputError
  {
    if !FileSystem.exists(path) { _ = try TextFile.read(path: path, limit: .max) }
    return InputError(error, file: path)
  }

  static func plan(
    _ network: Network, arithmetic: Arithmetic, path: String, reorder: Bool = false
  ) throws(InputError) -> ExecutionPlan {
    do {
      return try ExecutionPlan(network, arithmetic: arithmetic, reorder: reorder)
    } catch {
      throw InputError(error, file: path)
    }
  }
}

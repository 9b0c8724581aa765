import NeuralNetworks

/// Gives what a network learns from, next to the labels.
public protocol Teacher: Sendable {
  /// Elements of one input, and of what it says of it.
  var inputCount: Int { get }
  var outputCount: Int { get }

  /// What it says of samples, before its softmax, then each of the features that are asked for: the
  /// values of all samples, one after the other.
  ///
  /// - Parameters:
  ///   - values: `count` inputs, one after the other.
  ///   - features: names of values inside.
  /// - Throws: `TrainingError` for a name that it does not know.
  func outputs(
    of values: [Float], count: Int, features: [String]
  ) throws(TrainingError) -> [[Float]]

  /// Elements of a feature's last axis.
  ///
  /// - Throws: `ModelError` for a name that it does not know.
  func channelCount(ofFeature name: String) throws(ModelError) -> Int
}

/// `(1 - alpha) CE(y, p) + alpha T^2 KL(teacher's p_T, p_T)` (Hinton et al. 2015), and the mean
/// squared differences of values inside (Romero et al. 2015).
public struct Distillation: Sendable {
  public var teacher: any Teacher
  public var alpha: Float
  public var temperature: Float
  public var features: [FeaturePair]

  /// A value of the student that should become like one of the teacher.
  public struct FeaturePair: Sendable, Equatable {
    public var student, teacher: String
    /// Of the teacher's value. Where the student's has another number of channels, a linear map is
    /// learned beside the student.
    public var teacherChannels: Int
    /// Of the mean squared difference, in the loss.
    public var weight: Float

    public init(student: String, teacher: String, teacherChannels: Int, weight: Float = 1) {
      self.student = student
      self.teacher = teacher
      self.teacherChannels = teacherChannels
      self.weight = weight
    }
  }

  public init(
    teacher: any Teacher, alpha: Float = 0.7, temperature: Float = 4, features: [FeaturePair] = []
  ) {
    self.teacher = teacher
    self.alpha = alpha
    self.temperature = temperature
    self.features = features
  }
}

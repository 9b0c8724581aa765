/// Another shape for the same elements, which share their memory.
final class ReshapeKernel: NodeKernel {
  func forward(_ batch: Minibatch) {}
  func backward(_ batch: Minibatch) {}
}

/// Functions of elements, applied along a loop; the result lies in the loop's own order.
extension StridedLoop {
  /// - Precondition: the loop has two operands, and the pointers cover them.
  @inline(__always)
  func map<Left, Right, Result>(
    _ left: UnsafePointer<Left>, _ right: UnsafePointer<Right>,
    into result: UnsafeMutablePointer<Result>, _ function: (Left, Right) -> Result
  ) {
    let count = rowCount
    let (leftStep, rightStep) = (rowStrides[0], rowStrides[1])
    var output = result
    forEachRow { offsets in
      let (a, b) = (left + offsets[0], right + offsets[1])
      if leftStep == 1 && rightStep == 1 {
        for index in 0..<count { output[index] = function(a[index], b[index]) }
      } else {
        for index in 0..<count {
          output[index] = function(a[index &* leftStep], b[index &* rightStep])
        }
      }
      output += count
    }
  }

  /// - Precondition: the loop has three operands, and the pointers cover them.
  @inline(__always)
  func map<First, Second, Third, Result>(
    _ first: UnsafePointer<First>, _ second: UnsafePointer<Second>, _ third: UnsafePointer<Third>,
    into result: UnsafeMutablePointer<Result>, _ function: (First, Second, Third) -> Result
  ) {
    let count = rowCount
    let steps = (rowStrides[0], rowStrides[1], rowStrides[2])
    var output = result
    forEachRow { offsets in
      let (a, b, c) = (first + offsets[0], second + offsets[1], third + offsets[2])
      for index in 0..<count {
        output[index] = function(
          a[index &* steps.0], b[index &* steps.1], c[index &* steps.2])
      }
      output += count
    }
  }
}

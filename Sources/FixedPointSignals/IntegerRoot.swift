/// Square roots in integers.
public enum IntegerRoot {
  /// The root of a 64-bit number rounded to nearest, as the micro front end takes it: a root of a
  /// number below 2^32 saturates at 65535 instead of rounding up to 65536, and one of a larger
  /// number at 2^32 - 1. Complexity: one step for every two bits.
  public static func rounded(_ number: UInt64) -> UInt32 {
    guard number > 0 else { return 0 }
    let largest: UInt64 = number >> 32 == 0 ? 0xFFFF : 0xFFFF_FFFF
    var remainder = number
    var root: UInt64 = 0
    var digit = UInt64(1) &<< UInt64(truncatingIfNeeded: (63 - number.leadingZeroBitCount) & ~1)
    while digit != 0 {
      if remainder >= root &+ digit {
        remainder &-= root &+ digit
        root = (root &>> 1) &+ digit
      } else {
        root &>>= 1
      }
      digit &>>= 2
    }
    // The remainder exceeds the root exactly when the number is above (root + 1/2) squared.
    return UInt32(truncatingIfNeeded: remainder > root && root != largest ? root &+ 1 : root)
  }
}

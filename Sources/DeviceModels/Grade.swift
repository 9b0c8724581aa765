/// How well a figure is known, best first.
public enum Grade: String, Sendable, CaseIterable {
  /// Measured on the device, by a public source that says how.
  case measured
  /// Stated by the maker: data sheet, manual, product page.
  case vendor
  /// Computed from measured or vendor figures; the citation says how.
  case derived
  /// Needed by the model and not known; the citation says why this value.
  case assumed
}

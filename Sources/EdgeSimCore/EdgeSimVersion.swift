/// The product's version (semver.org); reports carry it.
public enum EdgeSimVersion {
  public static let current = "0.1.0"
}

@main
struct EdgeSim {
  static func main() {}
}

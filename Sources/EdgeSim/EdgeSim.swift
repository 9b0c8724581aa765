import EdgeSimCore
import Glibc

/// The command: arguments in, exit code out. Everything else is in `EdgeSimCore`.
@main
enum EdgeSim {
  static func main() {
    exit(CommandLineTool.run(Array(CommandLine.arguments.dropFirst())))
  }
}

internal import Foundation

/// Finds a file of weights that ships beside the program: in `share/docket` of an installation, else in
/// the build's resource bundle.
enum ShippedWeights {
  /// A file that is missing or damaged is a broken installation, and ends the program saying so.
  static func read<Weights>(_ name: String, as parse: ([UInt8]) -> Weights?) -> Weights {
    let binary = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    let installed = binary.deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("share/docket/\(name)")
    let bundled = Bundle.module.bundleURL.appendingPathComponent("Rankers/\(name)")
    for place in [installed, bundled] {
      guard let data = try? Data(contentsOf: place) else { continue }
      if let weights = parse([UInt8](data)) { return weights }
      preconditionFailure("\(place.path) is damaged or of another version: install Docket again")
    }
    preconditionFailure(
      "\(name) is neither at \(installed.path) nor at \(bundled.path): install Docket again")
  }
}

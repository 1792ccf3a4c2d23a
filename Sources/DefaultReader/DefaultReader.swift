package import Foundation

/// The weights that ship with Docket: a small tagging checkpoint, as a folder the engine can load.
package enum DefaultReader {
  /// The folder's name, which outputs state as the model's name.
  package static let name = "reader-v0"

  /// The checkpoint folder: `share/docket` of an installation, else the build's resource bundle.
  package static var folder: URL {
    let binary = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let installed = binary.deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("share/docket/\(name)")
    if FileManager.default.fileExists(atPath: installed.appendingPathComponent("config.json").path)
    {
      return installed
    }
    return Bundle.module.bundleURL.appendingPathComponent(name)
  }
}

import Digests
import Foundation
import Jobs

/// Remembers what the last `report.html` of an output folder shows, so that a run which brought nothing new does
/// not read every document once more to write the same page.
///
/// Only a memory: where it is lost, or the page is another one than was kept, the page is made anew.
struct PageMemory {
  private let file: URL
  private let output: URL
  private let key: String

  /// - Parameter shows: all that the page depends on; this program's own file is added to it.
  init(of output: URL, in workspace: Workspace, shows: [String]) {
    self.output = output
    file = workspace.folder.appendingPathComponent("pages")
      .appendingPathComponent(String(SHA256.hash(of: output.path).prefix(32)))
    key = SHA256.hash(of: (shows + [Self.programFile]).joined(separator: "\n\0"))
  }

  /// The page, where it is there and shows all this already.
  var page: [UInt8]? {
    guard let kept = FileManager.default.contents(atPath: file.path),
      let bytes = ResultFile.bytes(RunReport.name, in: output),
      String(decoding: kept, as: UTF8.self) == line(bytes)
    else { return nil }
    return bytes
  }

  /// To be called once the page is on the disk. What cannot be kept costs the next run time, no more.
  func keep(_ page: [UInt8]) {
    try? DurableFile.makeFolder(file.deletingLastPathComponent())
    try? DurableFile.write(line(page), to: file)
  }

  private func line(_ page: [UInt8]) -> String { "\(key) \(SHA256.hash(of: page))\n" }

  /// Another build may draw another page under the same version.
  private static let programFile: String = {
    let path = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().path
    let facts = try? FileManager.default.attributesOfItem(atPath: path)
    let changed = (facts?[.modificationDate] as? Date)?.timeIntervalSince1970 ?? 0
    return "\(facts?[.size] as? Int ?? 0) \(changed)"
  }()
}

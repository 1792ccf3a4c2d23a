import Foundation
import JSON
import Kernels

/// What packing did to one tensor.
package struct PackingLoss: Hashable, Sendable {
  package var name: String
  package var format: WeightFormat
  /// sqrt(Σ(w − ŵ)² / Σw²).
  package var relativeError: Double
}

/// The file `packing.json` of a packed checkpoint: of what it was made, and with what loss. While packing goes on
/// it says which files are done, so that a run that was killed goes on with the next.
struct PackingJournal {
  static let name = "packing.json"

  /// Sizes and times of the source's files: they change when it does.
  let source: String
  let format: PackedFormat
  /// In the order they were finished.
  var files: [(name: String, losses: [PackingLoss])] = []

  init(source: String, format: PackedFormat) {
    self.source = source
    self.format = format
  }

  /// The journal in `folder`; nil where none can be read.
  init?(folder: URL) {
    guard let json = try? TensorStore.json(folder.appendingPathComponent(Self.name)),
      let source = json["source"]?.string,
      let format = json["format"]?.string.flatMap(PackedFormat.init(rawValue:)),
      let files = json["files"]?.array
    else { return nil }
    self.init(source: source, format: format)
    for file in files {
      guard let name = file["name"]?.string, let tensors = file["tensors"]?.array else {
        return nil
      }
      var losses: [PackingLoss] = []
      for tensor in tensors {
        guard let name = tensor["name"]?.string,
          let format = tensor["format"]?.string.flatMap(WeightFormat.init(rawValue:)),
          let error = tensor["relativeError"]?.double
        else { return nil }
        losses.append(PackingLoss(name: name, format: format, relativeError: error))
      }
      self.files.append((name, losses))
    }
  }

  func save(in folder: URL) throws(InferenceError) {
    let done = files.map { file -> JSONValue in
      let tensors = file.losses.map { loss -> JSONValue in
        .object([
          "name": .string(loss.name), "format": .string(loss.format.rawValue),
          "relativeError": .number(loss.relativeError),
        ])
      }
      return .object(["name": .string(file.name), "tensors": .array(tensors)])
    }
    let json: JSONValue = .object([
      "format": .string(format.rawValue), "source": .string(source), "files": .array(done),
    ])
    let file = try NewFile(folder.appendingPathComponent(Self.name))
    try file.append(json.text(indent: 1) + "\n")
    try file.finish()
  }
}

import JSON

/// The declarations that `docket init` writes: those of the folder `Pipelines/`, which are compiled
/// into the program, with the caller's folders in place of the samples'.
package enum DeclarationTemplate: String, CaseIterable, Sendable {
  case contracts, minutes, summaries

  package struct File: Hashable, Sendable {
    /// Without a folder; all files go into one.
    package var name: String
    package var text: String
  }

  /// The files to be written side by side: the declaration first, then the schemas it names. As they
  /// stand they are read without a problem.
  ///
  /// - Parameters:
  ///   - input: The folder of the documents, relative to where the files go, or absolute.
  ///   - output: The folder of the results, likewise.
  package func files(input: String = "documents", output: String = "out") -> [File] {
    var lines: [String] = []
    for line in shipped.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      switch line.drop(while: { $0 == " " }) {
      case let text where text.hasPrefix("dir: \"../Samples\""):
        lines.append(line.replacing("\"../Samples\"", with: JSONValue.string(input).text()))
      case let text where text.hasPrefix("dir: \"../out/"):
        lines.append(
          line.replacing("\"../out/\(rawValue)\"", with: JSONValue.string(output).text()))
      // Only the samples' folder mixes all kinds of documents.
      case let text where text.hasPrefix("exclude: "): continue
      case let text where text.hasPrefix("//   docket "):
        // What each command does stands in one column.
        var command = line.replacing("Pipelines/", with: "")
          .replacing(".json5 Samples", with: ".json5        ")
        while command.last == " " { command.removeLast() }
        lines.append(command)
      default: lines.append(line)
      }
    }
    var files = [File(name: "\(rawValue).json5", text: lines.joined(separator: "\n"))]
    if self == .contracts {
      files.append(File(name: "contract.schema.json", bytes: PackageResources.contract_schema_json))
    }
    files.append(
      File(name: "declaration.schema.json", bytes: PackageResources.declaration_schema_json))
    return files
  }

  private var shipped: String {
    let bytes =
      switch self {
      case .contracts: PackageResources.contracts_json5
      case .minutes: PackageResources.minutes_json5
      case .summaries: PackageResources.summaries_json5
      }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension DeclarationTemplate.File {
  init(name: String, bytes: [UInt8]) {
    self.init(name: name, text: String(decoding: bytes, as: UTF8.self))
  }
}

import Foundation
import Testing

@testable import JSON

/// The official JSON-Schema-Test-Suite for draft 2020-12.
@Suite struct `The official schema suite` {
  static let fixtures = Bundle.module.bundleURL.appendingPathComponent("Fixtures")
  static let suite = fixtures.appendingPathComponent("JSON-Schema-Test-Suite")

  static func files(_ folder: String) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: suite.appendingPathComponent(folder).path)
    return (names ?? []).filter { $0.hasSuffix(".json") }.sorted().map { "\(folder)/\($0)" }
  }

  static func json(_ url: URL) throws -> JSONValue {
    try JSONValue.parse([UInt8](Data(contentsOf: url)))
  }

  /// What references in the suite lead to: its own remotes and the draft's meta-schema.
  static let documents: [String: JSONValue] = {
    var documents: [String: JSONValue] = [:]
    let folders = [
      ("JSON-Schema-Test-Suite/remotes", "http://localhost:1234"),
      ("draft2020-12-metaschema", "https://json-schema.org/draft/2020-12"),
    ]
    for (folder, base) in folders {
      let root = fixtures.appendingPathComponent(folder)
      for case let path as String in FileManager.default.enumerator(atPath: root.path)
        ?? FileManager.DirectoryEnumerator()
      {
        documents["\(base)/\(path)"] = try? json(root.appendingPathComponent(path))
      }
    }
    return documents
  }()

  /// Runs a file's tests; returns how many there were.
  private func run(
    _ file: String, formats: Bool = false, leavingOut: Set<String> = []
  ) throws -> Int {
    var count = 0
    for group in try #require(try Self.json(Self.suite.appendingPathComponent(file)).array) {
      let title = group["description"]?.string ?? ""
      let schema = try JSONSchema(
        try #require(group["schema"] as JSONValue?), documents: Self.documents,
        options: .init(assertsFormats: formats, ignoresUnknownKeywords: true))
      for test in try #require(group["tests"]?.array) {
        let name = "\(title): \(test["description"]?.string ?? "")"
        if leavingOut.contains(name) { continue }
        let violations = schema.validate(try #require(test["data"] as JSONValue?))
        #expect(
          violations.isEmpty == test["valid"]?.bool, "\(file): \(name): \(violations)")
        count += 1
      }
    }
    return count
  }

  @Test(arguments: files("draft2020-12")) func `required keywords`(file: String) throws {
    #expect(try run(file) > 0)
  }

  @Test func `none of the required files is missing`() throws {
    let files = Self.files("draft2020-12")
    #expect(files.count == 45)
    #expect(Self.documents.count > 20)
    let count = try files.reduce(0) { $0 + (try run($1)) }
    #expect(count == 1252)
  }

  @Test(arguments: files("optional")) func `optional behaviour`(file: String) throws {
    #expect(try run(file) > 0)
  }

  @Test(arguments: files("optional/format")) func `formats as assertions`(file: String) throws {
    #expect(try run(file, formats: true) > 0)
  }
}

import Foundation
import JSON
import TestSupport
import Testing

@testable import Pipelines

@Suite struct DeclarationMutationTests {
  private let folder: DeclarationFolder
  init() throws { folder = try DeclarationFolder() }

  private let seed = """
    { format: 1, name: "contracts", input: { dir: "in", match: ["**/*.{pdf,html}"], maxTokens: 1000 },
      model: { weights: "default", temperature: 0.5, seed: 7 }, // weights
      steps: [
        { id: "fields", kind: "extract", schema: "terms.schema.json", evidence: "required" },
        { id: "summary", kind: "summarize", words: 300, where: "fields.venue.status == 'found'" },
        { id: "sort", kind: "classify", labels: { a: "x", b: "y" }, from: ["fields"] },
        { id: "digest", kind: "reduce", from: ["summary"], groupBy: "fields.governingLaw.value", words: 50 } ],
      output: { dir: "out", csv: ["fields"] },
      schedule: { cron: "@daily", timeZone: "UTC", window: "22:00-06:00" } }
    """

  /// Reads, and holds what must be true of any text: a value, or problems that stand in the text.
  private func read(_ bytes: [UInt8]) -> Bool {
    do {
      _ = try DeclarationReader.read(bytes, from: folder.file)
      return true
    } catch {
      let end = JSONPosition(of: .max, in: bytes)
      #expect(!error.problems.isEmpty)
      for problem in error.problems where problem.file == folder.file {
        let position = problem.position ?? JSONPosition(line: 0, column: 0)
        #expect(position.line >= 1 && position.column >= 1 && position.line <= end.line)
      }
      return false
    }
  }

  @Test func `random changes of bytes never crash the reader`() throws {
    let seed = Array(seed.utf8)
    #expect(read(seed))
    let interesting = Array("{}[]:,\"'\\/*.#0-9eE+ \n\u{1}~é@".utf8) + [0x00, 0x80, 0xFF]
    var generator = SeededGenerator(seed: 7)
    var accepted = 0
    for _ in 0..<4000 {
      var bytes = seed
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[place] = interesting.randomElement(using: &generator) ?? 0
        case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 2: bytes.remove(at: place)
        default:
          let end = min(bytes.count, place + Int.random(in: 1...40, using: &generator))
          bytes.insert(
            contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &generator))
        }
      }
      if read(bytes) { accepted += 1 }
    }
    // Changes in comments, names and numbers still make declarations.
    #expect(accepted > 100)
  }

  @Test func `any value in any place is a problem or is read, never a crash`() throws {
    let root = try JSONValue.parse(seed, .json5)
    let strange: [JSONValue] = [
      nil, true, 0, -1, 1.5, 1e300, "", "x", "\u{0}", [], [nil], [[]], [:], ["id": 3], ["": ""],
      .string(String(repeating: "ü", count: 5000)), .number(.infinity),
    ]
    var count = 0
    for path in Self.paths(root) {
      for value in strange {
        let changed = Self.replacing(path[...], in: root, with: value)
        let text = Self.json5(changed)
        _ = read(Array(text.utf8))
        count += 1
      }
    }
    #expect(count > 500)
  }

  private enum Key { case name(String), index(Int) }

  private static func paths(_ value: JSONValue) -> [[Key]] {
    var paths: [[Key]] = [[]]
    switch value {
    case .object(let object):
      for (key, member) in object.members {
        paths += Self.paths(member).map { [.name(key)] + $0 }
      }
    case .array(let array):
      for (index, element) in array.enumerated() {
        paths += Self.paths(element).map { [.index(index)] + $0 }
      }
    default: break
    }
    return paths
  }

  private static func replacing(
    _ path: ArraySlice<Key>, in value: JSONValue, with new: JSONValue
  ) -> JSONValue {
    guard let first = path.first else { return new }
    switch (first, value) {
    case (.name(let name), .object(var object)):
      object[name] = replacing(path.dropFirst(), in: object[name] ?? nil, with: new)
      return .object(object)
    case (.index(let index), .array(var array)):
      array[index] = replacing(path.dropFirst(), in: array[index], with: new)
      return .array(array)
    default: return value
    }
  }

  /// As text, also where a value is infinite, which only JSON5 can say.
  private static func json5(_ value: JSONValue) -> String {
    switch value {
    case .number(.infinity): "Infinity"
    case .array(let array): "[" + array.map(json5).joined(separator: ",") + "]"
    case .object(let object):
      "{"
        + object.members.map { "\(JSONValue.string($0).text()):\(json5($1))" }
        .joined(separator: ",") + "}"
    default: value.text()
    }
  }
}

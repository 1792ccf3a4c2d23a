import Foundation
import JSON

/// A fault in how the program was called; printed with the verb's usage line, exit status 2.
struct UsageError: Error {
  let message: String
  init(_ message: String) { self.message = message }
}

/// What a verb was called with, checked against the options it declares.
struct Arguments: Sendable {
  let operands: [String]
  private var values: [String: [String]] = [:]
  private var flags: Set<String> = []

  /// - Throws: ``UsageError`` for an unknown option, a missing value, or too many operands.
  init(_ words: [String], for verb: Verb) throws {
    var operands: [String] = []
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        operands += rest
        break
      }
      guard word.hasPrefix("--"), word.count > 2 else {
        if word.hasPrefix("-"), word.count > 1 {
          throw UsageError("unknown option “\(word)”; options begin with two dashes")
        }
        operands.append(word)
        continue
      }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      if name == "--help" {
        flags.insert(name)
        continue
      }
      guard let option = verb.options.first(where: { $0.name == name }) else {
        let near = Spelling.nearest(to: name, among: verb.options.map(\.name) + ["--help"])
        throw UsageError(
          "unknown option “\(name)”" + (near.map { ", did you mean “\($0)”?" } ?? ""))
      }
      if let value = option.value {
        guard let text = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
          throw UsageError("option “\(name)” needs a value: \(name) \(value)")
        }
        if values[name] != nil, !option.repeats {
          throw UsageError("option “\(name)” is given twice")
        }
        values[name, default: []].append(text)
      } else {
        guard parts.count == 1 else { throw UsageError("option “\(name)” takes no value") }
        flags.insert(name)
      }
    }
    self.operands = operands
    if !flags.contains("--help"), !verb.operandCount.contains(operands.count) {
      throw UsageError(
        operands.count < verb.operandCount.lowerBound
          ? "something is missing: \(verb.usage)"
          : "too many operands (\(operands.count)): \(verb.usage)")
    }
  }

  func has(_ flag: String) -> Bool { flags.contains(flag) }
  var json: Bool { has("--json") }

  subscript(option: String) -> String? { values[option]?.last }
  func all(_ option: String) -> [String] { values[option] ?? [] }

  /// The option as a whole number within `range`.
  func integer(_ option: String, in range: ClosedRange<Int>) throws -> Int? {
    guard let text = self[option] else { return nil }
    guard let value = Int(text), range.contains(value) else {
      throw UsageError(
        "option “\(option)” needs a whole number from \(range.lowerBound) to "
          + "\(range.upperBound), not “\(text)”")
    }
    return value
  }

  /// Operand `index` as a file URL, relative to the current folder.
  func url(_ index: Int) -> URL? {
    operands.indices.contains(index) ? URL(fileURLWithPath: operands[index]) : nil
  }
}

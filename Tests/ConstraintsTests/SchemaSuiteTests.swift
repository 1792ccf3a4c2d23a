import Constraints
import Foundation
import JSON
import Testing

/// Schemas of the official suite, written by instead of validated with.
@Suite struct `The official schema suite, written by` {
  /// A schema of the suite that some value fits.
  struct Case {
    var name: String
    var schema: JSONValue
  }

  static func cases(_ folder: String) throws -> [Case] {
    let root = Fixture.suite.appendingPathComponent(folder)
    let files = try FileManager.default.contentsOfDirectory(atPath: root.path)
    return try files.filter { $0.hasSuffix(".json") }.sorted().flatMap { file in
      let groups = try Fixture.json(root.appendingPathComponent(file)).array ?? []
      return groups.compactMap { group -> Case? in
        guard let schema = group["schema"] as JSONValue?, let tests = group["tests"]?.array,
          tests.contains(where: { $0["valid"] == true })
        else { return nil }
        return Case(
          name: "\(file): \(group["description"]?.string ?? "")", schema: schema)
      }
    }
  }

  @Test func `all but a few schemas can be written by, and what is written fits them`() throws {
    let trie = try Fixture.small.get()
    let cases = try Self.cases("draft2020-12")
    var supported = 0
    var refused: [String] = []
    for (index, one) in cases.enumerated() {
      let constraint: SchemaConstraint
      do throws(ConstraintError) {
        constraint = try SchemaConstraint(
          one.schema, options: .init(ignoresUnknownKeywords: true), documents: Fixture.documents)
      } catch {
        refused.append("\(one.name): \(error)")
        #expect(!error.problems.isEmpty)
        continue
      }
      supported += 1
      for seed in 0..<3 {
        var monkey = Monkey(UInt64(index * 10 + seed))
        let text = try monkey.write(
          Matcher(constraint, trie: trie), budget: max(40, constraint.leastBytes + 5))
        let value = try JSONValue.parse(text)
        let violations = try JSONSchema(
          one.schema, documents: Fixture.documents, options: .init(ignoresUnknownKeywords: true)
        ).validate(value)
        #expect(violations.isEmpty, "\(one.name): \(text): \(violations)")
      }
    }
    // The two: a $dynamicRef that leads to several places, and the opposite of unevaluatedProperties.
    #expect(cases.count == 344)
    #expect(supported == 342, "\(supported) of \(cases.count): \(refused)")
  }
}

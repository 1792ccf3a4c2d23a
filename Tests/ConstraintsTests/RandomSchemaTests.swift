import Constraints
import Foundation
import JSON
import TestSupport
import Testing

@Suite struct RandomSchemaTests {
  /// Of 25 schemas each; `SCHEMAS=5000 make test ARGS="--filter RandomSchemaTests"` tries so many.
  static let rounds =
    max(1, (ProcessInfo.processInfo.environment["SCHEMAS"].flatMap { Int($0) } ?? 250) / 25)

  /// Each schema with several budgets, the least that can be among them.
  @Test(arguments: 0..<rounds) func `whatever is drawn, an answer fits its schema and its budget`(
    round: Int
  ) throws {
    let trie = try Fixture.small.get()
    var schemas = RandomSchemas(seed: UInt64(round))
    var written = 0
    for number in 0..<25 {
      let schema = schemas.next()
      let constraint: SchemaConstraint
      do throws(ConstraintError) {
        constraint = try SchemaConstraint(schema)
      } catch {
        // Conditions may contradict each other; then that is what it says.
        #expect(!error.problems.isEmpty, "\(schema.text())")
        continue
      }
      let least = try Matcher(constraint, trie: trie).leastTokens
      for budget in [least, least + 1, least + 7, 60 + least, 300] where budget >= least {
        var monkey = Monkey(UInt64(round * 1000 + number))
        let matcher = try Matcher(constraint, trie: trie)
        let text: String
        do {
          text = try monkey.write(matcher, budget: budget)
        } catch {
          Issue.record("\(error) for \(schema.text())")
          continue
        }
        let violations = constraint.validator.validate(try JSONValue.parse(text))
        #expect(violations.isEmpty, "\(schema.text()): \(text): \(violations)")
        written += 1
      }
    }
    #expect(written > 80)
  }

  @Test(arguments: 0..<rounds / 2) func `whatever is drawn, quotes are found in the source`(
    round: Int
  ) throws {
    let trie = try Fixture.small.get()
    var schemas = RandomSchemas(seed: UInt64(1000 + round))
    for number in 0..<20 {
      let text = SpanIndexTests.text(UInt64(round * 100 + number))
      let schema = schemas.next(evidence: true)
      guard let constraint = try? SchemaConstraint(schema),
        let matcher = try? Matcher(constraint, trie: trie, source: SpanIndex(text))
      else { continue }
      var monkey = Monkey(UInt64(number))
      let answer = try monkey.write(matcher, budget: matcher.leastTokens + number * 5)
      let value = try JSONValue.parse(answer)
      #expect(
        constraint.validator.validate(value).isEmpty, "\(schema.text()): \(answer)")
      for span in matcher.groundedSpans() {
        #expect(Array(text.utf8)[span.bytes].elementsEqual(span.text.utf8))
      }
    }
  }
}

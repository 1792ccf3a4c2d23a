import Foundation
import JSON
import Pipelines

/// Instances checked by a schema, and what came of it as lines.
struct InstanceReport {
  let schema: String
  let instances: [String]
  let others: [String]
  let assertsFormats: Bool
  let refusesUnknown: Bool
  let json: Bool

  func print() -> ExitStatus {
    let check: InstanceCheck
    do {
      check = try InstanceCheck(
        schema: URL(fileURLWithPath: schema), others: others.map { URL(fileURLWithPath: $0) },
        assertsFormats: assertsFormats, refusesUnknown: refusesUnknown)
    } catch {
      return cannotBeUsed(error)
    }
    for keyword in check.ignored { printIgnored(keyword) }
    var status = ExitStatus.complete
    for instance in instances {
      do {
        let findings = try check.findings(in: URL(fileURLWithPath: instance))
        for finding in findings { printFinding(finding, in: instance) }
        if json {
          Console.json([
            "instance": .string(instance), "schema": .string(schema),
            "valid": .bool(findings.isEmpty), "violations": .integer(findings.count),
          ])
        } else if findings.isEmpty {
          Console.out("\(instance): valid by \(schema)")
        } else {
          let most = findings.count >= JSONSchema.mostViolations ? "the first " : ""
          Console.note(
            "\(instance): not valid, \(most)\(findings.count) "
              + "violation\(findings.count == 1 ? "" : "s")")
        }
        if !findings.isEmpty, status == .complete { status = .incomplete }
      } catch {
        status = cannotBeUsed(error)
      }
    }
    return status
  }

  private func printFinding(_ finding: InstanceCheck.Finding, in instance: String) {
    let violation = finding.violation
    if json {
      Console.json([
        "instance": .string(instance), "pointer": .string(violation.instancePath),
        "schema": .string(violation.schemaPath), "keyword": .string(violation.keyword),
        "message": .string(violation.message), "line": .integer(finding.position.line),
        "column": .integer(finding.position.column),
      ])
    } else {
      Console.out("\(instance):\(finding.position): \(violation)")
    }
  }

  private func printIgnored(_ ignored: JSONSchema.IgnoredKeyword) {
    let message =
      "is no keyword of the draft and checks nothing"
      + (ignored.nearest.map { "; did you mean “\($0)”?" } ?? "")
    if json {
      Console.json([
        "warning": .string(message), "schema": .string(ignored.schemaPath),
        "keyword": .string(ignored.keyword),
      ])
    } else {
      Console.note("\(schema): \(ignored.schemaPath) \(message)")
    }
  }

  private func cannotBeUsed(_ error: DeclarationError) -> ExitStatus {
    for problem in error.problems {
      json ? Console.json(problem.json) : Console.out("\(problem)")
    }
    return .usage
  }
}

import Foundation
import JSON
import Outputs

/// What a checkpoint can do.
package struct ModelCapabilities: Hashable, Sendable {
  /// The labels it marks spans with; empty when it has no tagging head.
  package var tags: Set<String>
  /// Whether it has a language-model head.
  package var writes: Bool
  /// Whether it is behind a server.
  package var isRemote = false

  /// Whatever a server's model can do, it writes.
  static var remote: ModelCapabilities {
    var capabilities = ModelCapabilities(tags: [], writes: true)
    capabilities.isRemote = true
    return capabilities
  }

  package init(tags: Set<String>, writes: Bool) {
    self.tags = tags
    self.writes = writes
  }
}

extension Declaration {
  /// The labels a tagging checkpoint needs for minutes, and for summaries.
  static let minutesTags = [
    "meeting_action", "meeting_decision", "meeting_problem", "meeting_salient",
    "meeting_topic_start",
  ]
  static let summaryTags = ["salient"]

  /// The steps and fields that a checkpoint cannot do, each with what would do it; empty when it can
  /// do all.
  package func problems(for model: ModelCapabilities) -> [DeclarationError.Problem] {
    ModelCheck(file: file, places: places, model: self.model, maxTokens: input.maxTokens).problems(
      of: steps.enumerated().map { .init(index: $0, id: $1.id, action: $1.action) }, for: model)
  }
}

extension Step.SchemaFile {
  /// What is wrong with the fields, at their places in the schema file.
  func problems(_ invalid: FieldSchema.Invalid, step: String) -> [DeclarationError.Problem] {
    let places = try? DeclarationPlaces(bytes, dialect)
    return invalid.problems.map { problem in
      .init(
        file: shown, position: places?.value(problem.pointer),
        message: "step “\(step)”\(Self.field(problem.pointer)): \(problem.message)")
    }
  }

  /// `, field “parties”` for a pointer into that field.
  private static func field(_ pointer: String) -> String {
    let tokens = pointer.split(separator: "/")
    guard tokens.count >= 2, tokens[0] == "properties" else { return "" }
    let name = tokens[1].split(separator: "~1", omittingEmptySubsequences: false)
      .joined(separator: "/").split(separator: "~0", omittingEmptySubsequences: false)
      .joined(separator: "~")
    let keyword = tokens.count > 2 ? ", \(tokens[2])" : ""
    return ", field \(quoted(name))\(keyword)"
  }
}

import Foundation
import JSON
import Jobs

/// What expressions see of a document whose steps are done, read from its results' files.
struct ResultScope {
  private(set) var scope = JSONObject()

  init(_ declaration: Declaration, _ path: String, _ outputs: [String: JobOutput]) {
    var document: JSONValue = ["path": .string(path)]
    for step in declaration.steps {
      guard let output = outputs[step.id],
        let envelope = ResultFile.read(output.path, in: declaration.output.directory)
      else { continue }
      scope[step.id] = step.scopeMember(envelope["data"] ?? nil)
      document = [
        "path": .string(path), "mediaType": envelope["source"]?["mediaType"] ?? .null,
        "pages": envelope["source"]?["pages"] ?? .null,
        "tokens": envelope["coverage"]?["tokensTotal"] ?? .null,
        "notices": .array(
          (envelope["coverage"]?["skipped"]?.array ?? []).compactMap { $0["reason"] }),
      ]
    }
    scope[Expression.documentRoot] = document
  }
}

package import Documents
import JSON

/// Labels of a document that follow from words in it: what a tagging checkpoint marks, or what a pattern
/// finds. Those words are the evidence; without any there is no label.
package struct LabelRules: Sendable {
  package struct Rule: Hashable, Sendable {
    package var name: String
    /// A label of the checkpoint.
    package var tag: String?
    /// A regular expression over sentences (ICU syntax).
    package var pattern: String?

    package init(name: String, tag: String?, pattern: String?) {
      self.name = name
      self.tag = tag
      self.pattern = pattern
    }
  }

  /// What is wrong with rules, in words.
  package struct Invalid: Error {
    package var problems: [FieldSchema.Problem]
  }

  private let rules: [Rule]
  private let multiple: Bool
  private let extractor: FieldExtractor

  /// - Parameters:
  ///   - multiple: whether a document may have several of the labels.
  ///   - labels: the checkpoint's; with them a rule that names none of them is a problem.
  package init(_ rules: [Rule], multiple: Bool, labels: [String]? = nil) throws(Invalid) {
    self.rules = rules
    self.multiple = multiple
    let bare = rules.filter { $0.tag == nil && $0.pattern == nil }
    guard bare.isEmpty else {
      throw Invalid(
        problems: bare.map {
          .init(
            pointer: "",
            message:
              "the label “\($0.name)” needs an \"x-pattern\" (a regular expression) or an \"x-tag\" to be chosen without a model that writes; give it one, or name such a model in model.weights or model.endpoint"
          )
        })
    }
    // Each label is a question: does the document say such a thing?
    var properties = JSONObject()
    for (number, rule) in rules.enumerated() {
      var property: JSONObject = ["type": "boolean"]
      if let tag = rule.tag { property["x-tag"] = .string(tag) }
      if let pattern = rule.pattern { property["x-pattern"] = .string(pattern) }
      properties[Self.key(number)] = .object(property)
    }
    do throws(FieldSchema.Invalid) {
      extractor = FieldExtractor(
        schema: try FieldSchema(
          ["type": "object", "properties": .object(properties)], named: "labels", labels: labels))
    } catch {
      throw Invalid(
        problems: error.problems.map { problem in
          let number = rules.indices.first {
            problem.pointer.hasPrefix("/properties/\(Self.key($0))/")
          }
          let name = number.map { "the label “\(rules[$0].name)”: " } ?? ""
          let keyword = problem.pointer.split(separator: "/").last.map { "\($0) " } ?? ""
          let isWhole = problem.message.hasPrefix("the checkpoint")
          return .init(
            pointer: "", message: name + (isWhole ? "" : keyword) + problem.message)
        })
    }
  }

  private static func key(_ number: Int) -> String { "label\(number)" }

  /// One answer: `label`, or `labels` where there may be several.
  ///
  /// Of several that the document has words for, the one with the highest confidence is the label, the
  /// first declared of equal ones; the others are its alternatives.
  package func answers(text: ExtractedText, scores: TagScores, readWhole: Bool) -> [FieldAnswer] {
    let all = zip(rules, extractor.answers(text: text, scores: scores, readWhole: readWhole))
    let found = all.filter { $1.status == .found }.sorted { $0.1.confidence > $1.1.confidence }
    let name = multiple ? "labels" : "label"
    guard let (rule, best) = found.first else {
      return [
        FieldAnswer(
          name: name, status: readWhole ? .absent : .notRead, value: .null, raw: nil, evidence: [],
          alternatives: [], confidence: all.map { $1.confidence }.min() ?? 0, candidates: [])
      ]
    }
    guard !multiple else {
      let declared = all.filter { $1.status == .found }
      return [
        FieldAnswer(
          name: name, status: .found, value: .array(declared.map { .string($0.0.name) }),
          raw: nil, evidence: declared.flatMap { $1.evidence }, alternatives: [],
          confidence: found.map { $1.confidence }.min() ?? 0, candidates: [])
      ]
    }
    return [
      FieldAnswer(
        name: name, status: .found, value: .string(rule.name), raw: best.raw,
        evidence: best.evidence,
        alternatives: found.dropFirst().map { rule, answer in
          .init(
            value: .string(rule.name), raw: answer.raw, evidence: answer.evidence,
            confidence: answer.confidence)
        }, confidence: best.confidence, candidates: [])
    ]
  }
}

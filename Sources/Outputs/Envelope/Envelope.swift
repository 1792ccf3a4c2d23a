package import Documents
package import JSON

/// One document's output of one step, as it stands in a file.
///
/// The first five parts are the same for every kind, so that a consumer learns what was read and
/// what was not before looking at any answer. Nothing in it comes from a clock or a host.
package struct Envelope: Sendable {
  /// Raw values are part of the output format and never change.
  package enum Kind: String, Hashable, Sendable, CaseIterable { case summary, fields, minutes }

  package enum Status: String, Hashable, Sendable { case complete, partial, failed }

  package var kind: Kind
  package var source: Source
  package var produced: Produced
  package var coverage: Coverage
  package var content: OutputContent

  package init(
    kind: Kind, source: Source, produced: Produced, coverage: Coverage, content: OutputContent
  ) {
    self.kind = kind
    self.source = source
    self.produced = produced
    self.coverage = coverage
    self.content = content
  }

  package var status: Status { coverage.isComplete ? .complete : .partial }

  package var json: JSONValue {
    [
      "format": 1,
      "kind": .string(kind.rawValue),
      "status": .string(status.rawValue),
      "source": source.json,
      "produced": produced.json,
      "coverage": coverage.json,
      "warnings": .array((coverage.warnings + content.warnings).map(\.json)),
      "evidence": content.evidence.json,
      "data": content.data,
    ]
  }

  /// The file's bytes: keys sorted, one space a level, LF, one newline at the end.
  package var fileBytes: [UInt8] { Self.fileBytes(of: json) }

  package static func fileBytes(of json: JSONValue) -> [UInt8] {
    Array(json.text(indent: 1).utf8) + [UInt8(ascii: "\n")]
  }

  /// The envelope's line in `KIND.jsonl`, with its newline.
  package var line: [UInt8] { Array(json.text().utf8) + [UInt8(ascii: "\n")] }
}

/// What a step found in one document: the answers, their proof, and what a reader should know.
package struct OutputContent: Sendable {
  package var data: JSONValue
  package var evidence: EvidenceTable
  package var warnings: [Warning]

  package init(data: JSONValue, evidence: EvidenceTable, warnings: [Warning]) {
    self.data = data
    self.evidence = evidence
    self.warnings = warnings
  }
}

/// A sentence for people with a code for programs, and the JSON Pointer it is about.
package struct Warning: Hashable, Sendable {
  package var code: String
  package var message: String
  package var pointer: String?

  package init(_ code: String, _ message: String, at pointer: String? = nil) {
    self.code = code
    self.message = message
    self.pointer = pointer
  }

  package var json: JSONValue {
    var object: JSONObject = ["code": .string(code), "message": .string(message)]
    if let pointer { object["at"] = .string(pointer) }
    return .object(object)
  }
}

/// The document an output is about.
package struct Source: Hashable, Sendable {
  /// Relative to the input folder, with `/`.
  package var path: String
  /// SHA-256 of the file's bytes and of the extracted text, in hexadecimal.
  package var sha256: String
  package var textSha256: String
  package var mediaType: String
  package var scalarCount: Int
  /// Nil for formats without pages.
  package var pages: Int?
  package var title: String?

  package init(
    path: String, sha256: String, textSha256: String, mediaType: String, scalarCount: Int,
    pages: Int? = nil, title: String? = nil
  ) {
    self.path = path
    self.sha256 = sha256
    self.textSha256 = textSha256
    self.mediaType = mediaType
    self.scalarCount = scalarCount
    self.pages = pages
    self.title = title
  }

  var json: JSONValue {
    var object: JSONObject = [
      "path": .string(path), "sha256": .string(sha256), "textSha256": .string(textSha256),
      "mediaType": .string(mediaType), "codepoints": .integer(scalarCount),
    ]
    if let pages, pages > 0 { object["pages"] = .integer(pages) }
    if let title { object["title"] = .string(title) }
    return .object(object)
  }
}

/// What made an output. `key` is the identity of the result: equal keys mean equal files.
package struct Produced: Hashable, Sendable {
  package var key: String
  package var pipeline: String
  package var pipelineSha256: String
  package var step: String
  package var modelName: String
  package var modelSha256: String
  package var promptSha256: String
  package var temperature: Double
  package var seed: Int
  package var usage: Usage?

  package struct Usage: Hashable, Sendable {
    package var promptTokens: Int
    package var outputTokens: Int

    package init(promptTokens: Int, outputTokens: Int) {
      self.promptTokens = promptTokens
      self.outputTokens = outputTokens
    }
  }

  package init(
    key: String, pipeline: String, pipelineSha256: String, step: String, modelName: String,
    modelSha256: String, promptSha256: String, temperature: Double = 0, seed: Int = 0,
    usage: Usage? = nil
  ) {
    self.key = key
    self.pipeline = pipeline
    self.pipelineSha256 = pipelineSha256
    self.step = step
    self.modelName = modelName
    self.modelSha256 = modelSha256
    self.promptSha256 = promptSha256
    self.temperature = temperature
    self.seed = seed
    self.usage = usage
  }

  var json: JSONValue {
    var object: JSONObject = [
      "key": .string(key), "pipeline": .string(pipeline),
      "pipelineSha256": .string(pipelineSha256), "step": .string(step),
      "model": ["name": .string(modelName), "sha256": .string(modelSha256)],
      "promptSha256": .string(promptSha256),
    ]
    object["sampling"] = [
      "temperature": Int(exactly: temperature).map { .integer($0) } ?? .number(temperature),
      "seed": .integer(seed),
    ]
    if let usage {
      object["usage"] = [
        "promptTokens": .integer(usage.promptTokens), "outputTokens": .integer(usage.outputTokens),
      ]
    }
    return .object(object)
  }
}

/// How much of the document was read, and what was not.
package struct Coverage: Hashable, Sendable {
  package var tokensTotal: Int
  package var tokensRead: Int
  package var notices: [Notice]

  package init(tokensTotal: Int, tokensRead: Int, notices: [Notice]) {
    self.tokensTotal = tokensTotal
    self.tokensRead = tokensRead
    self.notices = notices
  }

  /// Whether every part of the document that the answers could depend on was read.
  package var isWhole: Bool {
    tokensRead == tokensTotal && !notices.contains { $0.reason.isLoss }
  }

  /// A document with any notice is not a clean success, also where nothing is missing from it.
  package var isComplete: Bool { tokensRead == tokensTotal && notices.isEmpty }

  private var skipped: [Notice] {
    var skipped = notices.filter { $0.reason.isLoss }
    if tokensRead < tokensTotal, !skipped.contains(where: { $0.reason == .overContext }) {
      skipped.append(
        Notice(
          .overContext,
          detail: "\(tokensTotal - tokensRead) of \(tokensTotal) tokens were not read."
        ))
    }
    return skipped
  }

  /// Every notice as a warning; those about something missing point to their entry in `skipped`.
  var warnings: [Warning] {
    var position = 0
    return (skipped + notices.filter { !$0.reason.isLoss }).map { notice in
      guard notice.reason.isLoss else { return Warning(notice.reason.rawValue, notice.detail) }
      defer { position += 1 }
      return Warning(
        notice.reason.rawValue, notice.detail, at: "/coverage/skipped/\(position)")
    }
  }

  var json: JSONValue {
    let skipped = skipped.map { notice -> JSONValue in
      var object: JSONObject = ["reason": .string(notice.reason.rawValue)]
      if let page = notice.page { object["page"] = .integer(page) }
      return .object(object)
    }
    return [
      "tokensTotal": .integer(tokensTotal), "tokensRead": .integer(tokensRead),
      "skipped": .array(skipped),
    ]
  }
}

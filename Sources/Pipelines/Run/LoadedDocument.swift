import Contexts
import Digests
import Documents
import Foundation
import Inference
import Ingest
import Jobs
import Outputs

/// A document that a worker has read, kept for all its steps: the tree, its text, and what the
/// model said about it.
final class LoadedDocument {
  let documentID: DocumentID
  let path: String
  let sha256: String
  let document: Document
  let text: ExtractedText
  var isTranscript: Bool { document.isTranscript }
  /// SHA-256 of the extracted text, in hexadecimal.
  let textSHA256: String
  let grounding: Grounding
  let pipeline: PipelineRun
  /// Who answers questions about it; nil where the model tags.
  let writer: (any AnswerWriter)?
  /// What a model that writes has read of it; nil as long as nothing was asked.
  var spoken: Conversations?
  /// Whether the questions of its later steps were asked along with an earlier one's.
  var hasLookedAhead = false
  /// Snapshots that stay when the document is read, for as long as questions may be asked.
  private var lasting: [SnapshotPlan] = []
  /// Nil where the model is behind a server.
  let memory: MemoryBudget?
  /// Told the tokens of the text as soon as they are known.
  let counted: (Int) -> Void
  /// One reading a prompt: steps with the same prompt share it.
  private var readings: [Prompt: Reading] = [:]

  /// What the model said about the document under one prompt.
  struct Reading {
    var scores: TagScores
    /// Tokens of the text, without the tokens around it.
    var tokensTotal: Int
    var tokensRead: Int
    /// How often the document was split.
    var parts: Int
  }

  /// - Throws: ``JobFault`` when the file cannot be read or is not the one that was planned.
  init(_ job: Job, work: WorkOfRun, counted: @escaping (Int) -> Void = { _ in }) throws {
    self.counted = counted
    memory = work.memory
    documentID = job.document
    path = job.documentPath
    sha256 = job.documentSHA256
    pipeline = work.pipeline
    writer = work.writer
    guard let planned = work.documents[path] else {
      throw JobFault(
        .input, "\(path) is not in the folder any more. Put it back, or cancel the job.")
    }
    do {
      let file = try planned.file.open()
      guard SHA256.hash(of: try file.contents(named: path)) == sha256 else {
        throw ReadError(
          .unreadable, file: path, what: "the file was changed while the run was going on",
          advice: "Run the same command again.")
      }
      do throws(ReadError) {
        document = try DocumentOpener(
          passwords: pipeline.declaration.input.passwords, pdfProgram: pipeline.pdfProgram,
          shouldStop: { [stop = pipeline.stop] in stop.isSet }
        ).read(file, named: path)
      } catch {
        if error.kind == .stopped { throw Interruption() }
        throw JobFault(
          error.kind == .overLimit ? .limit : .input, error.withoutFile,
          notices: [JobNotice(reason: error.reason.rawValue, detail: error.withoutFile)])
      }
    } catch let error as ReadError {
      throw JobFault(.input, error.withoutFile)
    }
    text = ExtractedText(document)
    textSHA256 = SHA256.hash(of: text.text)
    grounding = Grounding(text)
  }

  /// What the model says under `prompt`: read once, then remembered.
  ///
  /// - Throws: ``JobFault`` for a document over the context limit, ``Interruption`` at a safe point.
  func reading(_ prompt: Prompt, lease: Lease) throws -> Reading {
    if let known = readings[prompt] { return known }
    let model = pipeline.model
    let input = pipeline.declaration.input
    let packing = ContextPacker(
      tokenizer: model.tokenizer,
      budget: TokenBudget(
        limit: input.maxTokens, overLimit: input.overLimit == .split ? .split : .fail)
    ).pack(text, as: prompt.documentType)
    if let notice = packing.notices.first(where: { $0.reason == .overContext }) {
      throw JobFault(
        .overContext, notice.detail,
        notices: [JobNotice(reason: notice.reason.rawValue, detail: notice.detail)])
    }
    let parts = packing.contexts
    counted(packing.textTokenCount)
    let total = parts.reduce(0) { $0 + $1.tokens.count }
    if let longest = parts.map(\.tokens.count).max(), let memory {
      let kept = memory.keptBytes(
        tokens: total - longest + readings.values.reduce(0) { $0 + $1.tokensTotal })
      if let why = memory.refusal(tokens: longest, kept: kept) { throw JobFault(.limit, why) }
    }
    var ranges: [Range<Int>] = []
    var logits: [Float] = []
    var done = 0
    for (number, part) in parts.enumerated() {
      var all: [Float]
      do throws(InferenceError) {
        all = try model.engine.tag(
          part.tokens,
          snapshots: snapshots(tokens: part.tokens.count, prompt: prompt.sha256, part: number),
          progress: { count in
            lease.advance(to: done + count)
            self.pipeline.faults.reach(.midRead)
            self.pipeline.report(
              .advanced(document: self.path, tokens: done + count, of: total))
          },
          saved: { self.snapshotWasSaved($0) },
          shouldStop: { self.pipeline.stop.isSet || lease.status != .held })
      } catch {
        if error.code == .stopped { throw Interruption() }
        throw JobFault(.engine, "\(error)")
      }
      let width = model.engine.labels.count
      // Cut in place: for a long text this is the largest thing in memory.
      all.removeSubrange(part.textTokens.upperBound * width..<all.count)
      all.removeSubrange(0..<part.textTokens.lowerBound * width)
      if parts.count == 1 { logits = all } else { logits += all }
      for token in part.textTokens { ranges.append(part.range(ofToken: token) ?? 0..<0) }
      done += part.tokens.count
    }
    let reading = Reading(
      scores: TagScores(labels: model.engine.labels, tokenRanges: ranges, logits: logits),
      tokensTotal: ranges.count, tokensRead: ranges.count, parts: parts.count)
    readings[prompt] = reading
    return reading
  }

  /// A text of a few pieces is read again sooner than a snapshot is written.
  func snapshots(tokens: Int, prompt sha256: String, part: Int) -> SnapshotPlan? {
    guard tokens > 2 * min(Session.piece, pipeline.limits.snapshotInterval) else { return nil }
    return pipeline.workspace.snapshots.plan(
      document: self.sha256, prompt: sha256, part: part,
      interval: pipeline.limits.snapshotInterval)
  }

  /// Snapshots that stay until `forget`.
  func lastingSnapshots(tokens: Int, prompt sha256: String, part: Int) -> SnapshotPlan? {
    guard let plan = snapshots(tokens: tokens, prompt: sha256, part: part) else { return nil }
    lasting.append(plan)
    return plan
  }

  /// No question is left: what was read is not needed any more.
  func forget() { for plan in lasting { plan.remove() } }

  var hasLastingSnapshots: Bool { !lasting.isEmpty }

  func snapshotWasSaved(_ error: InferenceError?) {
    if let error {
      pipeline.report(.warning(document: path, "\(error)"))
    } else {
      pipeline.faults.reach(.afterSnapshot)
    }
  }
}

extension ReadError {
  /// For places that name the file already.
  fileprivate var withoutFile: String { "\(what). \(advice)" }
}

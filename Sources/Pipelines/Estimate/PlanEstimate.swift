import Contexts
import Documents
package import Foundation
import Inference
import Ingest

/// What the work of a plan will take on this machine: tokens counted, memory from the model's shape, time from a
/// short measurement of the model and from reading the documents. Reads every document that has something left to do, and writes nothing.
package struct PlanEstimate: Sendable {
  package struct DocumentEstimate: Hashable, Sendable {
    /// Of the text; nil where it cannot be read or nothing is left to do.
    package var tokens: Int?
    /// Why it will fail, as far as can be known beforehand.
    package var problem: String?
    /// How often the text passes through the model: once for all steps with one prompt.
    package var readings: Int
    /// On a machine that has nothing else to do.
    package var seconds: Double
    /// Most memory one worker holds for it, beside the model.
    package var bytes: Int
  }

  /// By path; documents with nothing left to do are left out.
  package private(set) var documents: [String: DocumentEstimate] = [:]
  /// Bytes of program and model, which are there once.
  package let fixedBytes: Int

  package var tokens: Int { documents.values.reduce(0) { $0 + ($1.tokens ?? 0) * $1.readings } }
  package var seconds: Double { documents.values.reduce(0) { $0 + $1.seconds } }
  /// Most memory of a run with one worker.
  package var bytes: Int { fixedBytes + (documents.values.map(\.bytes).max() ?? 0) }

  /// - Parameters:
  ///   - memory: what one worker may use.
  ///   - progress: told each document before it is read.
  package init(
    of plan: RunPlan, _ declaration: Declaration, model: LoadedModel, memory: MemoryBudget,
    pdfProgram: URL?, progress: (String) -> Void = { _ in }
  ) throws(PipelineError) {
    fixedBytes = memory.fixed
    let opener = DocumentOpener(passwords: declaration.input.passwords, pdfProgram: pdfProgram)
    var speed: ReadingSpeed?
    for document in plan.documents {
      let steps = document.jobs.filter { !$0.standing.isUpToDate }
        .compactMap { declaration.step($0.step) }
        .filter { if case .filter = $0.action { false } else { true } }
      guard !steps.isEmpty else { continue }
      progress(document.path)
      var estimate = DocumentEstimate(
        tokens: nil, problem: nil, readings: 0, seconds: 0, bytes: 0)
      do throws(ReadError) {
        let begin = Resources.now().wall
        let source = try opener.read(document.path, in: declaration.input.directory)
        // As long as it just took: a run reads each document for its steps, and once more for the report.
        let opening = (Resources.now().wall - begin) * (declaration.output.html ? 2 : 1)
        let text = ExtractedText(source)
        let prompts = Set(
          steps.map { declaration.prompt(of: $0, isTranscript: source.isTranscript) })
        estimate.readings = prompts.count
        let packer = ContextPacker(
          tokenizer: model.tokenizer,
          budget: TokenBudget(
            limit: declaration.input.maxTokens,
            overLimit: declaration.input.overLimit == .split ? .split : .fail))
        let packing = packer.pack(text, as: prompts.first!.documentType)
        estimate.tokens = packing.textTokenCount
        let contexts = packing.contexts.map(\.tokens.count)
        if let longest = contexts.max() {
          let kept = memory.keptBytes(
            tokens: contexts.reduce(0, +) * prompts.count - longest)
          estimate.bytes = memory.bytes(tokens: longest) + kept
          estimate.problem = memory.refusal(tokens: longest, kept: kept)
        } else {
          estimate.problem = packing.notices.first?.detail
        }
        if estimate.problem == nil {
          if speed == nil { speed = try? ReadingSpeed(model) }
          estimate.seconds = contexts.reduce(opening) {
            $0 + Double(prompts.count) * (speed?.seconds(tokens: $1) ?? 0)
          }
        }
      } catch {
        estimate.problem = "\(error.what). \(error.advice)"
      }
      if estimate.problem != nil { estimate.readings = 0 }
      documents[document.path] = estimate
    }
  }
}

import Contexts
import Digests
import Documents
import Foundation
import Inference
import Outputs
import Tokenization

extension AnswersBenchmark {
  /// A tagging checkpoint with its tokenizer.
  struct Tagger {
    private let engine: Engine
    private let packer: ContextPacker
    private let kept: URL?
    private let model: String

    /// - Parameter kept: a folder in which what the model says of a text is written and looked up.
    init(_ folder: URL, keeping kept: URL? = nil) throws {
      engine = try Engine(folder: folder, threads: 2)
      packer = ContextPacker(
        tokenizer: try Tokenizer(folder: folder), budget: TokenBudget(limit: 4_000_000))
      self.kept = kept
      model = folder.lastPathComponent
      if let kept {
        try FileManager.default.createDirectory(at: kept, withIntermediateDirectories: true)
      }
    }

    func scores(_ text: ExtractedText, as type: DocumentType) throws -> TagScores? {
      guard let context = packer.pack(text, as: type).contexts.first else { return nil }
      let ranges = context.tokens.indices.map { index in
        context.range(ofToken: index)
          ?? (index < context.textTokens.lowerBound
            ? 0..<0 : text.text.utf8.count..<text.text.utf8.count)
      }
      return TagScores(
        labels: engine.labels, tokenRanges: ranges, logits: try logits(of: context.tokens))
    }

    private func logits(of tokens: [Int32]) throws -> [Float] {
      guard let kept else { return try engine.tag(tokens) }
      let key = SHA256.hash(of: model + ":" + tokens.map { String($0) }.joined(separator: " "))
      let file = kept.appendingPathComponent(key + ".f32")
      let count = tokens.count * engine.labels.count
      if let data = try? Data(contentsOf: file), data.count == 4 * count {
        var logits = [Float](repeating: 0, count: count)
        _ = unsafe logits.withUnsafeMutableBytes { unsafe data.copyBytes(to: $0) }
        return logits
      }
      let logits = try engine.tag(tokens)
      try unsafe logits.withUnsafeBytes { unsafe Data($0) }.write(to: file, options: .atomic)
      return logits
    }
  }
}

import Digests
import Foundation
import Inference

/// The identity of a checkpoint as results depend on it: its weights, configuration and tokenizer.
enum ModelDigest {
  static func of(_ engine: Engine, folder: URL) throws -> String {
    var hash = SHA256()
    hash.update(try engine.weightsDigest())
    for name in ["tokenizer.json", "merges.txt", "labels.json"] {
      let file = folder.appendingPathComponent(name)
      if let digest = FileDigest.sha256(of: file) { hash.update("\n\(name) \(digest)") }
    }
    return hash.hexDigest()
  }
}

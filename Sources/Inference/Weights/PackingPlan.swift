import Foundation
import Kernels

/// What becomes of each tensor of a checkpoint when it is packed.
///
/// Matrices become `NAME.int8` (or `.int4`, `.bf16`), U8 tensors in the layout the kernels read: a packed
/// checkpoint is mapped and used as it lies. Norms, routers, embedding and the tagging head's last product keep
/// their numbers; the head over the vocabulary never gets fewer than 8 bits.
struct PackingPlan {
  /// One tensor of the packed file.
  struct Part: Sendable {
    let name: String
    let source: Tensor
    /// nil: as it is.
    let format: PackedFormat?

    var entry: SafeTensorsWriter.Entry {
      guard let format else { return .init(name, source.type, source.shape) }
      let bytes = PackedMatrix.byteCount(
        outputs: source.shape[0], inputs: source.shape[1], as: format)
      return .init(name, .u8, [bytes])
    }
  }

  static let metadata = ["format": "docket", "layout": "panels of 16, quads of bytes"]

  let configuration: Configuration
  let format: PackedFormat

  /// The parts of one file of the checkpoint, in the order its tensors stand there.
  func parts(of tensors: [Tensor]) -> [Part] { tensors.flatMap(parts(of:)) }

  private func parts(of tensor: Tensor) -> [Part] {
    let name = tensor.name
    let fine = format == .int4 ? PackedFormat.int8 : format
    // The stacked form of the experts: one by one.
    if let range = name.range(of: ".mlp.experts."), tensor.shape.count == 3 {
      return stacked(tensor, prefix: "\(name[..<range.lowerBound]).block_sparse_moe.experts")
    }
    // Decay tables that some programs save are made anew.
    let last = name.split(separator: ".").last ?? ""
    if ["slope_rate", "query_decay", "key_decay", "diagonal_decay"].contains(last) { return [] }
    let keeps =
      tensor.shape.count != 2 || !name.hasSuffix(".weight")
      || name.hasSuffix("gate.weight") && !name.hasSuffix("output_gate.weight")
      || name.hasSuffix("coefficient.weight") || name == "tag_head.out.weight"
    if name == "model.embed_tokens.weight" {
      // Rows are looked up in it; where it is the head too, a packed copy serves for that.
      let asIs = Part(name: name, source: tensor, format: nil)
      guard configuration.tiedEmbeddings, configuration.head == .languageModel else {
        return [asIs]
      }
      return [asIs, Part(name: "\(name).\(fine.rawValue)", source: tensor, format: fine)]
    }
    if keeps { return [Part(name: name, source: tensor, format: nil)] }
    let own = name == "lm_head.weight" || name == "tag_head.dense.weight" ? fine : format
    return [Part(name: "\(name).\(own.rawValue)", source: tensor, format: own)]
  }

  private func stacked(_ tensor: Tensor, prefix: String) -> [Part] {
    let (rows, columns) = (tensor.shape[1], tensor.shape[2])
    return (0..<tensor.shape[0]).flatMap { index -> [Part] in
      let one = tensor.slice(index..<index + 1).reshaped([rows, columns])
      let base = "\(prefix).\(index)"
      guard tensor.name.hasSuffix("gate_up_proj") else {
        return [Part(name: "\(base).w2.weight.\(format.rawValue)", source: one, format: format)]
      }
      let (gate, up) = (one.slice(0..<rows / 2), one.slice(rows / 2..<rows))
      return [
        Part(name: "\(base).w1.weight.\(format.rawValue)", source: gate, format: format),
        Part(name: "\(base).w3.weight.\(format.rawValue)", source: up, format: format),
      ]
    }
  }
}

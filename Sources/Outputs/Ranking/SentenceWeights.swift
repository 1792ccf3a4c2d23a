/// The numbers by which sentences are ranked, for minutes or for summaries: a ``Lexicon``, trees and a
/// threshold by name.
///
/// As a file, little-endian: the magic `DKTSRK01`; u32 lexicons, each a name (u16 length, UTF-8), f32
/// bias, f32 scale and i8 weights; u32 sets of trees, each a name and a ``GradientTrees``; u32
/// thresholds, each a name and an f32.
package struct SentenceWeights: Hashable, Sendable {
  package var lexicons: [String: Lexicon]
  package var trees: [String: GradientTrees]
  /// Logits from which a sentence is taken.
  package var thresholds: [String: Float] = [:]

  package init(lexicons: [String: Lexicon], trees: [String: GradientTrees]) {
    self.lexicons = lexicons
    self.trees = trees
  }

  static let minutes = ShippedWeights.read("minutes-ranker-1.bin") { SentenceWeights($0) }
  static let summaries = ShippedWeights.read("summary-ranker-1.bin") { SentenceWeights($0) }

  private static let magic = Array("DKTSRK01".utf8)

  package init?(_ bytes: [UInt8]) {
    var reader = ByteReader(bytes: bytes)
    guard reader.take(8) == Self.magic, let lexiconCount = reader.count() else { return nil }
    lexicons = [:]
    trees = [:]
    for _ in 0..<lexiconCount {
      guard let name = reader.name(), let numbers = reader.floats(2),
        let weights = reader.take(Lexicon.buckets)
      else { return nil }
      lexicons[name] = Lexicon(
        bias: numbers[0], scale: numbers[1], weights: weights.map { Int8(bitPattern: $0) })
    }
    guard let setCount = reader.count() else { return nil }
    for _ in 0..<setCount {
      guard let name = reader.name(), let set = GradientTrees(&reader) else { return nil }
      trees[name] = set
    }
    guard let thresholdCount = reader.count() else { return nil }
    for _ in 0..<thresholdCount {
      guard let name = reader.name(), let number = reader.floats(1) else { return nil }
      thresholds[name] = number[0]
    }
    guard reader.position == bytes.count else { return nil }
  }

  package var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.append(Self.magic)
    writer.append(UInt32(lexicons.count))
    for (name, lexicon) in lexicons.sorted(by: { $0.key < $1.key }) {
      writer.append(name: name)
      writer.append([lexicon.bias, lexicon.scale])
      writer.append(lexicon.weights.map { UInt8(bitPattern: $0) })
    }
    writer.append(UInt32(trees.count))
    for (name, set) in trees.sorted(by: { $0.key < $1.key }) {
      writer.append(name: name)
      set.write(to: &writer)
    }
    writer.append(UInt32(thresholds.count))
    for (name, threshold) in thresholds.sorted(by: { $0.key < $1.key }) {
      writer.append(name: name)
      writer.append([threshold])
    }
    return writer.bytes
  }
}

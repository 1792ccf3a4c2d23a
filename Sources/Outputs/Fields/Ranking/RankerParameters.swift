/// The numbers of the span ranker, read once from the file that ships beside the program.
///
/// Little-endian: the magic `DKTFRK01`; counts of n-grams V, width H, labels L and tree sets S (u32
/// each); per label its name (u16 length, UTF-8) and three f32 (log of answers a contract, log of the
/// median answer's length in scalars, log of the share of contracts that have one); V sorted u64
/// hashes; V f32 row scales; V×H i8 rows; L×H f32 output weights; L f32 output biases; then per tree
/// set its name, u32 trees, u32 nodes, u32 leaves, an i32 root a tree, and of the nodes u16 features,
/// f32 thresholds, i32 left and i32 right children (a negative child -1 - n is leaf n); f32 leaves.
package struct RankerParameters: Sendable {
  package struct Label: Sendable {
    package var name: String
    package var logAnswersPerContract: Double
    package var logMedianLength: Double
    package var logContractShare: Double

    package init(
      name: String, logAnswersPerContract: Double, logMedianLength: Double, logContractShare: Double
    ) {
      self.name = name
      self.logAnswersPerContract = logAnswersPerContract
      self.logMedianLength = logMedianLength
      self.logContractShare = logContractShare
    }
  }

  package let labels: [Label]
  package let columns: [String: Int]
  package let network: ClauseNetwork
  package let trees: [String: GradientTrees]

  static let shipped = ShippedWeights.read("field-ranker-1.bin") { RankerParameters($0) }

  private static let magic = Array("DKTFRK01".utf8)

  package init(labels: [Label], network: ClauseNetwork, trees: [String: GradientTrees]) {
    self.labels = labels
    columns = Dictionary(
      uniqueKeysWithValues: labels.enumerated().map { ($0.element.name, $0.offset) })
    self.network = network
    self.trees = trees
  }

  package init?(_ bytes: [UInt8]) {
    var reader = ByteReader(bytes: bytes)
    guard reader.take(8) == Self.magic, let gramCount = reader.count(),
      let width = reader.count(), let labelCount = reader.count(), let setCount = reader.count()
    else { return nil }
    var labels: [Label] = []
    for _ in 0..<labelCount {
      guard let name = reader.name(), let numbers = reader.floats(3) else { return nil }
      labels.append(
        Label(
          name: name, logAnswersPerContract: Double(numbers[0]),
          logMedianLength: Double(numbers[1]), logContractShare: Double(numbers[2])))
    }
    guard let hashes = reader.integers(gramCount, as: UInt64.self),
      let scales = reader.floats(gramCount),
      let rows = reader.take(gramCount * width)?.map({ Int8(bitPattern: $0) }),
      let weights = reader.floats(labelCount * width), let biases = reader.floats(labelCount)
    else { return nil }
    var trees: [String: GradientTrees] = [:]
    for _ in 0..<setCount {
      guard let name = reader.name(), let set = GradientTrees(&reader) else { return nil }
      trees[name] = set
    }
    self.init(
      labels: labels,
      network: ClauseNetwork(
        hashes: hashes, scales: scales, rows: rows, weights: weights, biases: biases, width: width),
      trees: trees)
  }

  package var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.append(Self.magic)
    for count in [network.hashes.count, network.width, labels.count, trees.count] {
      writer.append(UInt32(count))
    }
    for label in labels {
      writer.append(name: label.name)
      writer.append(
        [label.logAnswersPerContract, label.logMedianLength, label.logContractShare]
          .map { Float($0) })
    }
    writer.append(network.hashes)
    writer.append(network.scales)
    writer.append(network.rows.map { UInt8(bitPattern: $0) })
    writer.append(network.weights)
    writer.append(network.biases)
    for (name, set) in trees.sorted(by: { $0.key < $1.key }) {
      writer.append(name: name)
      set.write(to: &writer)
    }
    return writer.bytes
  }
}

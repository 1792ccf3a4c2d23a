internal import Foundation

/// The numbers of the span ranker, read once from the file that ships beside the program.
///
/// Little-endian: the magic `DKTFRK01`; counts of n-grams V, width H, labels L and tree sets S (u32
/// each); per label its name (u16 length, UTF-8) and three f32 (log of answers a contract, log of the
/// median answer's length in scalars, log of the share of contracts that have one); V sorted u64
/// hashes; V f32 row scales; V×H i8 rows; L×H f32 output weights; L f32 output biases; then per tree
/// set its name, u32 trees, u32 nodes, u32 leaves, an i32 root a tree, and of the nodes u16 features,
/// f32 thresholds, i32 left and i32 right children (a negative child -1 - n is leaf n); f32 leaves.
struct RankerParameters: Sendable {
  struct Label: Sendable {
    var name: String
    var logAnswersPerContract: Double
    var logMedianLength: Double
    var logContractShare: Double
  }

  let labels: [Label]
  let columns: [String: Int]
  let network: ClauseNetwork
  let trees: [String: GradientTrees]

  /// Nil where the shipped file is missing or damaged: that is a broken installation.
  static let shipped: RankerParameters = {
    let name = "field-ranker-1.bin"
    let binary = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    let installed = binary.deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("share/docket/\(name)")
    let bundled = Bundle.module.bundleURL.appendingPathComponent("FieldRanker/\(name)")
    for place in [installed, bundled] {
      guard let data = try? Data(contentsOf: place) else { continue }
      if let parameters = RankerParameters([UInt8](data)) { return parameters }
      preconditionFailure("\(place.path) is not a field ranker of version 1: install Docket again")
    }
    preconditionFailure(
      "\(name) is neither at \(installed.path) nor at \(bundled.path): install Docket again")
  }()

  init?(_ bytes: [UInt8]) {
    var reader = ByteReader(bytes: bytes)
    guard reader.take(8) == Array("DKTFRK01".utf8), let gramCount = reader.count(),
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
      guard let name = reader.name(), let treeCount = reader.count(),
        let nodeCount = reader.count(), let leafCount = reader.count(),
        let roots = reader.integers(treeCount, as: Int32.self),
        let features = reader.integers(nodeCount, as: UInt16.self),
        let thresholds = reader.floats(nodeCount),
        let left = reader.integers(nodeCount, as: Int32.self),
        let right = reader.integers(nodeCount, as: Int32.self),
        let leaves = reader.floats(leafCount)
      else { return nil }
      trees[name] = GradientTrees(
        roots: roots, features: features, thresholds: thresholds, left: left, right: right,
        leaves: leaves)
    }
    self.labels = labels
    columns = Dictionary(
      uniqueKeysWithValues: labels.enumerated().map { ($0.element.name, $0.offset) })
    network = ClauseNetwork(
      hashes: hashes, scales: scales, rows: rows, weights: weights, biases: biases, width: width)
    self.trees = trees
  }

  private struct ByteReader {
    let bytes: [UInt8]
    var position = 0

    mutating func take(_ count: Int) -> [UInt8]? {
      guard count >= 0, bytes.count - position >= count else { return nil }
      defer { position += count }
      return Array(bytes[position..<position + count])
    }

    mutating func integers<Number: FixedWidthInteger>(_ count: Int, as: Number.Type) -> [Number]? {
      let size = Number.bitWidth / 8
      guard count >= 0, (bytes.count - position) / size >= count else { return nil }
      var numbers: [Number] = []
      numbers.reserveCapacity(count)
      for _ in 0..<count {
        var number: Number = 0
        for byte in 0..<size {
          number |= Number(truncatingIfNeeded: bytes[position + byte]) << Number(8 * byte)
        }
        numbers.append(number)
        position += size
      }
      return numbers
    }

    mutating func count() -> Int? { integers(1, as: UInt32.self).map { Int($0[0]) } }

    mutating func floats(_ count: Int) -> [Float]? {
      integers(count, as: UInt32.self)?.map(Float.init(bitPattern:))
    }

    mutating func name() -> String? {
      guard let length = integers(1, as: UInt16.self) else { return nil }
      return take(Int(length[0])).map { String(decoding: $0, as: UTF8.self) }
    }
  }
}

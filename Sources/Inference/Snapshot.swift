import Digests
package import Foundation
import Kernels

// A snapshot is a reading's whole state in one file:
//
//   8 bytes   "docksnap"
//   8 bytes   version
//   64 bytes  SHA-256, in hexadecimal, of the model's identity (weights, their format, state layout)
//   fields    numbers as 8 bytes, arrays as their count and their little-endian elements
//   64 bytes  SHA-256, in hexadecimal, of all before
//
// While it is written the older one stays: at any moment there is one whole snapshot under the name, or none.

/// Writes a snapshot's fields to a file that gets its name only when it is whole.
struct SnapshotWriter {
  static let magic: [UInt8] = Array("docksnap".utf8)
  static let version = 1

  private let file: NewFile
  private var hash = SHA256()

  init(_ target: URL, identity: [UInt8]) throws(InferenceError) {
    file = try NewFile(target)
    try write(Self.magic)
    try write(Self.version)
    try write(identity)
  }

  mutating func write(_ bytes: UnsafeRawBufferPointer) throws(InferenceError) {
    unsafe hash.update(bytes)
    unsafe try file.append(bytes)
  }

  mutating func write(_ bytes: [UInt8]) throws(InferenceError) {
    try write(elements: bytes)
  }

  mutating func write(_ number: Int) throws(InferenceError) {
    let bits = UInt64(bitPattern: Int64(number))
    try write((0..<8).map { UInt8(truncatingIfNeeded: bits >> UInt64(8 * $0)) })
  }

  mutating func write<Number: BitwiseCopyable>(array: [Number]) throws(InferenceError) {
    try write(array.count)
    try write(elements: array)
  }

  private mutating func write<Number: BitwiseCopyable>(elements: [Number]) throws(InferenceError) {
    unsafe try elements.lendBytes { bytes throws(InferenceError) in unsafe try write(bytes) }
  }

  mutating func write(_ plane: Plane) throws(InferenceError) {
    try write(plane.byteCount)
    let result = unsafe plane.withBytes { bytes -> Result<Void, InferenceError> in
      do throws(InferenceError) {
        unsafe try write(bytes)
        return .success(())
      } catch { return .failure(error) }
    }
    try result.get()
  }

  /// Ends the file and gives it its name.
  func finish() throws(InferenceError) {
    try file.append(hash.hexDigest())
    try file.finish()
  }
}

/// Reads a snapshot that has been checked as a whole.
@safe struct SnapshotReader {
  private let file: MappedFile
  private var at: Int
  private let end: Int

  init(_ url: URL, identity: [UInt8]) throws(InferenceError) {
    file = try MappedFile(url)
    let name = url.lastPathComponent
    let count = unsafe file.bytes.count
    guard count >= 144 else {
      throw InferenceError(.snapshot, "\(name) is no whole snapshot: it has \(count) bytes.")
    }
    guard unsafe file.bytes.prefix(8).elementsEqual(SnapshotWriter.magic) else {
      throw InferenceError(.snapshot, "\(name) is no snapshot.")
    }
    at = 8
    end = count - 64
    let version = try integer()
    guard version == SnapshotWriter.version else {
      throw InferenceError(
        .snapshot,
        "\(name) has version \(version), and this program reads \(SnapshotWriter.version). Read the document again."
      )
    }
    var hash = SHA256()
    unsafe hash.update(UnsafeRawBufferPointer(rebasing: file.bytes[0..<end]))
    let digest = Array(hash.hexDigest().utf8)
    guard unsafe file.bytes.suffix(64).elementsEqual(digest) else {
      throw InferenceError(
        .snapshot, "\(name) is damaged: its checksum does not hold. Read the document again.")
    }
    guard try bytes(64).elementsEqual(identity) else {
      throw InferenceError(
        .snapshot,
        "\(name) was taken with other weights or another weight format. Read the document again.")
    }
  }

  private func short() -> InferenceError {
    InferenceError(.snapshot, "\(file.url.lastPathComponent) ends before its fields do.")
  }

  private mutating func take(_ count: Int) throws(InferenceError) -> UnsafeRawBufferPointer {
    guard count >= 0, count <= end - at else { throw short() }
    defer { at += count }
    return unsafe UnsafeRawBufferPointer(rebasing: file.bytes[at..<at + count])
  }

  mutating func bytes(_ count: Int) throws(InferenceError) -> [UInt8] {
    unsafe Array(try take(count))
  }

  mutating func integer() throws(InferenceError) -> Int {
    let bits = unsafe try take(8).loadUnaligned(as: UInt64.self)
    return Int(Int64(bitPattern: UInt64(littleEndian: bits)))
  }

  mutating func array<Number: BitwiseCopyable>(of: Number.Type) throws(InferenceError) -> [Number] {
    let count = try integer()
    guard count >= 0, count <= end - at else { throw short() }
    let source = unsafe try take(count * MemoryLayout<Number>.stride)
    return unsafe [Number](unsafeUninitializedCapacity: count) { buffer, filled in
      unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(from: source)
      filled = count
    }
  }

  mutating func fill(_ plane: Plane) throws(InferenceError) {
    guard try integer() == plane.byteCount else {
      throw InferenceError(
        .snapshot, "\(file.url.lastPathComponent) has a layer of another size than this model.")
    }
    let source = unsafe try take(plane.byteCount)
    unsafe plane.withMutableBytes { unsafe $0.copyMemory(from: source) }
  }

  var isAtEnd: Bool { at == end }
}

extension Session: ResumableReading {
  mutating func readPiece(of tokens: [Int32]) throws(InferenceError) {
    let end = min(tokens.count, (position / Self.piece + 1) * Self.piece)
    try advance(by: tokens[position..<end])
  }

  /// Writes all that is needed to go on from here, beside an older snapshot and then in its place.
  package func save(to url: URL) throws(InferenceError) {
    var writer = try SnapshotWriter(url, identity: engine.identity())
    try write(&writer)
    try writer.finish()
  }

  /// Reads what of `prompt` follows the tokens read already, with snapshots on the way.
  ///
  /// Goes on from the snapshot of `plan`, if that is one of a start of this very prompt and further on; one that
  /// is damaged or of another text costs the time saved, not the result. A snapshot is left every
  /// `plan.interval` tokens, when the caller asks to stop (`.stopped` is thrown then), and at the end: the file
  /// stays, so that a document read once can be asked again.
  ///
  /// - Parameters:
  ///   - progress: called after each piece with the tokens of the prompt read so far.
  ///   - saved: called when a snapshot was written, or with the error when it could not be.
  package mutating func advance(
    to prompt: [Int32], snapshots plan: SnapshotPlan, progress: (Int) -> Void = { _ in },
    saved: (InferenceError?) -> Void = { _ in }, shouldStop: () -> Bool = { false }
  ) throws(InferenceError) {
    if !prompt.starts(with: tokens) { reset() }
    if FileManager.default.fileExists(atPath: plan.file.path) {
      do throws(InferenceError) {
        let restored = try engine.session(restoring: plan.file)
        if restored.position > position, prompt.starts(with: restored.tokens) { self = restored }
      } catch {}
    }
    guard position < prompt.count else { return }
    try read(
      prompt, snapshots: plan, progress: progress, saved: saved, shouldStop: shouldStop)
    saved(trySaving(to: plan.file))
  }

  func write(_ writer: inout SnapshotWriter) throws(InferenceError) {
    try writer.write(array: tokens)
    try writer.write(array: logits)
    for layer in memory.layers {
      switch layer {
      case .lightning(let state): try writer.write(state.numbers)
      case .softmax(let cache):
        try writer.write(cache.segments.count)
        for segment in cache.segments { try writer.write(segment) }
      }
    }
  }

  mutating func restore(_ reader: inout SnapshotReader) throws(InferenceError) {
    reset()
    let tokens = try reader.array(of: Int32.self)
    let logits = try reader.array(of: Float.self)
    for layer in memory.layers {
      switch layer {
      case .lightning(let state): try reader.fill(state.numbers)
      case .softmax(let cache):
        let needed = (tokens.count + KeyValueCache.segmentKeys - 1) / KeyValueCache.segmentKeys
        guard try reader.integer() == needed else {
          throw InferenceError(
            .snapshot, "The snapshot's cache does not fit its \(tokens.count) tokens.")
        }
        cache.reserve(tokens.count)
        for segment in cache.segments { try reader.fill(segment) }
      }
    }
    goOn(after: tokens, logits: logits)
  }
}

extension Engine {
  /// A reading that goes on where the snapshot was taken.
  ///
  /// - Throws: `.snapshot` when the file is damaged, of another version, or of another model.
  package func session(restoring url: URL) throws(InferenceError) -> Session {
    var reader = try SnapshotReader(url, identity: identity())
    var session = session()
    try session.restore(&reader)
    guard reader.isAtEnd else {
      throw InferenceError(.snapshot, "\(url.lastPathComponent) holds more than a session.")
    }
    return session
  }

  /// What a snapshot's numbers depend on; the arithmetic's number counts up when a change of it moves results.
  func identity() throws(InferenceError) -> [UInt8] {
    var hash = SHA256()
    hash.update(
      "\(try weightsDigest())\n\(weights.rawValue)\ncache \(model.kernels.roundsToBF16 ? "bf16" : "f32") block \(KernelSet.block) tile \(KernelSet.keyTile) segment \(KeyValueCache.segmentKeys)\narithmetic 2\n"
    )
    return Array(hash.hexDigest().utf8)
  }
}

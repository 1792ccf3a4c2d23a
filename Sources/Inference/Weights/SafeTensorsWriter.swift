package import Foundation
import JSON

/// Writes one safetensors file whose tensors are known beforehand, in any order and from several threads.
package final class SafeTensorsWriter: Sendable {
  /// A tensor to be written.
  package struct Entry: Hashable, Sendable {
    package var name: String
    package var type: TensorType
    package var shape: [Int]

    package init(_ name: String, _ type: TensorType, _ shape: [Int]) {
      self.name = name
      self.type = type
      self.shape = shape
    }

    package var byteCount: Int { shape.reduce(type.byteCount, *) }
  }

  package let entries: [Entry]
  /// Of each entry's first byte in the file.
  private let places: [Int]
  private let file: NewFile

  /// - Throws: when the file cannot be made or the disk has no room for it.
  package init(_ url: URL, _ entries: [Entry], metadata: [String: String] = [:])
    throws(InferenceError)
  {
    let (header, places, size) = Self.header(entries, metadata)
    self.entries = entries
    self.places = places
    file = try NewFile(url)
    try file.reserve(size)
    unsafe try header.lendBytes { bytes throws(InferenceError) in
      unsafe try file.write(bytes, at: 0)
    }
  }

  /// Bytes of a file with these entries.
  package static func byteCount(_ entries: [Entry], metadata: [String: String] = [:]) -> Int {
    header(entries, metadata).size
  }

  private static func header(_ entries: [Entry], _ metadata: [String: String])
    -> (bytes: [UInt8], places: [Int], size: Int)
  {
    var header = JSONObject()
    if !metadata.isEmpty {
      var object = JSONObject()
      for key in metadata.keys.sorted() { object[key] = .string(metadata[key]!) }
      header["__metadata__"] = .object(object)
    }
    var places: [Int] = []
    var at = 0
    for entry in entries {
      places.append(at)
      header[entry.name] = .object([
        "dtype": .string(entry.type.rawValue), "shape": .array(entry.shape.map { .integer($0) }),
        "data_offsets": .array([.integer(at), .integer(at + entry.byteCount)]),
      ])
      at += entry.byteCount
    }
    var text = Array(JSONValue.object(header).text().utf8)
    // The numbers start on a 64-byte border.
    while (8 + text.count) % 64 != 0 { text.append(32) }
    let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
    let start = 8 + text.count
    return (length + text, places.map { start + $0 }, start + at)
  }

  /// Writes bytes of entry `index`, from `offset` in it.
  package func write(_ bytes: UnsafeRawBufferPointer, of index: Int, at offset: Int = 0)
    throws(InferenceError)
  {
    precondition(
      offset >= 0 && offset + bytes.count <= entries[index].byteCount,
      "bytes \(offset)..<\(offset + bytes.count) of \(entries[index].name)")
    unsafe try file.write(bytes, at: places[index] + offset)
  }

  /// Writes numbers of entry `index`, little-endian.
  package func write<Number: BitwiseCopyable>(
    _ numbers: [Number], of index: Int, at offset: Int = 0
  ) throws(InferenceError) {
    unsafe try numbers.lendBytes { bytes throws(InferenceError) in
      unsafe try write(bytes, of: index, at: offset)
    }
  }

  /// Puts the file on the disk and gives it its name.
  package func finish() throws(InferenceError) { try file.finish() }
}

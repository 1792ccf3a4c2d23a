import Foundation
import JSON

/// Number types a safetensors file may hold that the engine can read.
package enum TensorType: String, Sendable, CaseIterable {
  case f32 = "F32"
  case bf16 = "BF16"
  case f16 = "F16"
  case i32 = "I32"
  case i64 = "I64"
  case u8 = "U8"
  case i8 = "I8"

  package var byteCount: Int {
    switch self {
    case .f32, .i32: 4
    case .bf16, .f16: 2
    case .i64: 8
    case .u8, .i8: 1
    }
  }
}

/// A tensor in a mapped file.
@safe package struct Tensor: Sendable {
  package let name: String
  package let type: TensorType
  package let shape: [Int]
  /// Keeps the mapping alive.
  let file: MappedFile
  /// Place in the file.
  let range: Range<Int>

  package var count: Int { shape.reduce(1, *) }

  /// The raw numbers, little-endian, row-major; perhaps not aligned.
  var bytes: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(rebasing: file.bytes[range])
  }

  /// One entry of the first dimension, or `rows` of them.
  package func slice(_ rows: Range<Int>) -> Tensor {
    precondition(!shape.isEmpty && rows.lowerBound >= 0 && rows.upperBound <= shape[0])
    let row = range.count / max(shape[0], 1)
    return Tensor(
      name: "\(name)[\(rows.lowerBound)..<\(rows.upperBound)]", type: type,
      shape: [rows.count] + shape.dropFirst(), file: file,
      range: range.lowerBound + rows.lowerBound * row..<range.lowerBound + rows.upperBound * row)
  }

  /// The same numbers under another shape.
  package func reshaped(_ shape: [Int]) -> Tensor {
    precondition(shape.reduce(1, *) == count)
    return Tensor(name: name, type: type, shape: shape, file: file, range: range)
  }
}

/// The tensors of one safetensors file: eight bytes of header length, a JSON header, the numbers.
package struct SafeTensors: Sendable {
  package let tensors: [String: Tensor]
  /// What the writer said of the file: names and texts.
  package let metadata: [String: String]

  /// - Throws: what in the header does not hold. Nothing outside the file is ever looked at.
  package init(_ file: MappedFile) throws(InferenceError) {
    let name = file.url.lastPathComponent
    func damaged(_ what: String) -> InferenceError {
      InferenceError(.damaged, "\(name) is not a whole safetensors file: \(what).")
    }
    let size = unsafe file.bytes.count
    guard size >= 8 else { throw damaged("it has \(size) bytes") }
    let length = unsafe UInt64(
      littleEndian: file.bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
    guard length <= UInt64(min(size - 8, 100 << 20)) else {
      throw damaged("its header claims \(length) bytes and the file has \(size)")
    }
    let start = 8 + Int(length)
    let header: JSONValue
    do {
      header = try unsafe JSONValue.parse(Array(file.bytes[8..<start]))
    } catch {
      throw damaged("its header is not JSON (\(error))")
    }
    guard let entries = header.object else { throw damaged("its header is not an object") }

    var tensors: [String: Tensor] = [:]
    var ranges: [(range: Range<Int>, name: String)] = []
    for (key, entry) in entries.members where key != "__metadata__" {
      guard let typeName = entry["dtype"]?.string, let dimensions = entry["shape"]?.array,
        let offsets = entry["data_offsets"]?.array, offsets.count == 2,
        let begin = offsets[0].integer, let end = offsets[1].integer
      else { throw damaged("tensor '\(key)' lacks dtype, shape or data_offsets") }
      guard let type = TensorType(rawValue: typeName) else {
        throw InferenceError(
          .unsupported,
          "\(name): tensor '\(key)' has dtype \(typeName); this engine reads \(TensorType.allCases.map(\.rawValue).joined(separator: ", "))."
        )
      }
      var shape: [Int] = []
      var bytes = type.byteCount
      for dimension in dimensions {
        guard let count = dimension.integer, count >= 0 else {
          throw damaged("tensor '\(key)' has a shape that is not of whole numbers")
        }
        let (product, overflow) = bytes.multipliedReportingOverflow(by: count)
        guard !overflow else { throw damaged("tensor '\(key)' is larger than any file") }
        bytes = product
        shape.append(count)
      }
      guard begin >= 0, end >= begin, end <= size - start else {
        throw damaged(
          "tensor '\(key)' claims bytes \(begin)..<\(end), and \(size - start) are there")
      }
      guard end - begin == bytes else {
        throw damaged(
          "tensor '\(key)' \(typeName)\(shape) needs \(bytes) bytes and has \(end - begin)")
      }
      let range = start + begin..<start + end
      tensors[key] = Tensor(name: key, type: type, shape: shape, file: file, range: range)
      if !range.isEmpty { ranges.append((range, key)) }
    }
    ranges.sort { $0.range.lowerBound < $1.range.lowerBound }
    for (first, second) in zip(ranges, ranges.dropFirst())
    where second.range.lowerBound < first.range.upperBound {
      throw damaged("tensors '\(first.name)' and '\(second.name)' overlap")
    }
    self.tensors = tensors
    var metadata: [String: String] = [:]
    if let said = entries["__metadata__"]?.object {
      for (key, value) in said.members { metadata[key] = value.string }
    }
    self.metadata = metadata
  }
}

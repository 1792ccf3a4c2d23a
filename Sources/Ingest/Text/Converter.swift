import Foundation

/// The C library's character set converter, one call a character.
@safe final class Converter {
  private let handle: iconv_t

  init?(from source: String, to target: String = "UTF-32LE") {
    guard let handle = unsafe iconv_open(target, source), unsafe handle != Self.failure else {
      return nil
    }
    unsafe self.handle = unsafe handle
  }

  deinit { _ = unsafe iconv_close(handle) }

  private static var failure: iconv_t? { unsafe iconv_t(bitPattern: -1) }

  /// The scalars of one character's bytes (to UTF-32LE); empty where they are not valid.
  func scalars(of input: ArraySlice<UInt8>) -> [UInt32] {
    let output = bytes(of: input)
    return stride(from: 0, to: output.count & ~3, by: 4).map { index in
      UInt32(output[index]) | UInt32(output[index + 1]) << 8 | UInt32(output[index + 2]) << 16
        | UInt32(output[index + 3]) << 24
    }
  }

  /// One character in the target encoding; empty where it is not valid.
  func bytes(of input: ArraySlice<UInt8>) -> [UInt8] {
    var input = input.map { CChar(bitPattern: $0) }
    var output = [CChar](repeating: 0, count: 32)
    _ = unsafe iconv(handle, nil, nil, nil, nil)
    var written = 0
    let isGood = unsafe input.withUnsafeMutableBufferPointer { input in
      unsafe output.withUnsafeMutableBufferPointer { output in
        var from = input.baseAddress
        var fromLeft = input.count
        var to = output.baseAddress
        var toLeft = output.count
        guard unsafe iconv(handle, &from, &fromLeft, &to, &toLeft) != .max, fromLeft == 0,
          unsafe iconv(handle, nil, nil, &to, &toLeft) != .max
        else { return false }
        written = output.count - toLeft
        return true
      }
    }
    return isGood ? output[..<written].map { UInt8(bitPattern: $0) } : []
  }
}

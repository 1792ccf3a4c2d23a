import Foundation

/// Any bytes as a `tokenizer.json`: they are refused with an error, or give a tokenizer whose tokens tile every text.
/// Compiled together with the tokenizer's own sources (see fuzz.sh).
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  do throws(TokenizerError) {
    let tokenizer = try TokenizerFile(bytes, path: "tokenizer.json").tokenizer()
    // Texts that meet its merges and added tokens: the file's own bytes among them.
    for text in [
      "hello hello<eos> Zürich\r\n 12345", String(decoding: bytes.prefix(512), as: UTF8.self),
    ] {
      let encoding = tokenizer.encode(text)
      var at = 0
      for index in encoding.ids.indices {
        let range = encoding.range(of: index)
        precondition(range.lowerBound == at, "tokens tile the text")
        at = range.upperBound
      }
      precondition(at == text.utf8.count, "tokens tile the text")
      _ = tokenizer.decode(encoding.ids)
      _ = tokenizer.decode(encoding.ids, skippingSpecial: true)
    }
    for id in [Int32.min, -1, 0, Int32(clamping: tokenizer.idLimit), .max] {
      _ = tokenizer.decode([id])
      _ = tokenizer.bytes(of: id)
    }
  } catch {
    precondition(!"\(error)".isEmpty)
  }
  return 0
}

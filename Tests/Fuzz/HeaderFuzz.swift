import Foundation

/// Any bytes as a safetensors file: they are refused with an error, or give tensors that lie wholly inside them.
/// Compiled together with the reader's own sources (see fuzz.sh).
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  // In memory, where a system has a place for that.
  let path = "/dev/shm/docket-header-\(getpid())"
  let file = unsafe open(path, O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC, 0o600)
  precondition(file >= 0)
  defer { close(file) }
  if let start { precondition(unsafe write(file, start, count) == count) }
  do throws(InferenceError) {
    let mapped = try MappedFile(URL(fileURLWithPath: path))
    var bytes = 0
    for (name, tensor) in try SafeTensors(mapped).tensors {
      let numbers = unsafe tensor.bytes
      precondition(tensor.name == name)
      precondition(numbers.count == tensor.count * tensor.type.byteCount)
      for place in [0, numbers.count - 1] where !numbers.isEmpty {
        bytes &+= Int(unsafe numbers[place])
      }
      if let rows = tensor.shape.first, rows > 0 {
        let slice = tensor.slice(rows - 1..<rows)
        for byte in unsafe slice.bytes.suffix(1) { bytes &+= Int(byte) }
      }
    }
    precondition(bytes >= 0)
  } catch {
    precondition(!error.message.isEmpty)
  }
  return 0
}

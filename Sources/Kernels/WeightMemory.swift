import CKernels
import Synchronization

/// A stretch of memory in huge pages, out of which packed matrices take their places one after another; it
/// lives as long as the last of them.
@safe final class WeightMemory: @unchecked Sendable {
  private let start: UnsafeMutableRawPointer
  private let size: Int

  /// A stretch holds many matrices: those of a small model are smaller than a huge page.
  private static let stretch = 32 << 20
  private static let page = 2 << 20

  private struct Current {
    weak var memory: WeightMemory?
    var used = 0
  }
  private static let current = Mutex(Current())

  private init(size: Int) {
    guard let start = unsafe ck_map_memory(size) else {
      preconditionFailure("the system has no \(size) bytes for weights")
    }
    unsafe self.start = start
    self.size = size
  }

  deinit { unsafe ck_unmap_memory(start, size) }

  /// Zeroed memory on a 64-byte border, and whom to keep as long as it is used.
  static func allocate(_ bytes: Int) -> (start: UnsafeMutableRawPointer, owner: WeightMemory) {
    let bytes = max((bytes + 63) / 64 * 64, 64)
    return unsafe current.withLock { current in
      if let memory = current.memory, current.used + bytes <= memory.size {
        let at = current.used
        current.used += bytes
        return unsafe (memory.start + at, memory)
      }
      let memory = WeightMemory(size: max((bytes + page - 1) / page * page, stretch))
      // A matrix as large as a stretch leaves the one at hand to the smaller ones.
      if bytes < stretch || current.memory == nil {
        current.memory = memory
        current.used = bytes
      }
      return unsafe (memory.start, memory)
    }
  }
}

import CSQLite
import Foundation

/// How a connection waits for the write lock.
///
/// SQLite's own handler soon sleeps 50 and 100 ms at a time, so with eight writers some wait for a lock that
/// was free long ago. This one never sleeps longer than 4 ms, and not always the same time, so that waiters
/// do not come back in step.
enum BusyWait {
  static func install(on database: OpaquePointer, timeout milliseconds: Int) {
    // The limit travels as the context pointer's value: no memory to own.
    let limit = unsafe UnsafeMutableRawPointer(bitPattern: max(1, milliseconds))
    unsafe sqlite3_busy_handler(
      database,
      { context, tries in
        let limit = Int(bitPattern: context)
        let upper = min(4_000, 250 << min(tries, 4))
        // Mean sleep is 3/4 of the upper end, which is what the count of tries is converted by.
        let waited = tries < 4 ? Int(tries) : 4 + Int(tries - 4) * 3
        guard waited <= limit else { return 0 }
        usleep(UInt32.random(in: UInt32(upper / 2)...UInt32(upper)))
        return 1
      }, limit)
  }
}

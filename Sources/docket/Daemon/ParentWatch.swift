import Foundation
import Pipelines

/// A scheduled run whose daemon is gone stops at a safe point, so that the next daemon does not start a second
/// process beside it.
enum ParentWatch {
  static func start(_ stop: StopSignal) {
    let parent = getppid()
    let thread = Thread {
      while getppid() == parent { Thread.sleep(forTimeInterval: 0.5) }
      stop.stop(.terminated)
    }
    thread.name = "docket.parent"
    thread.start()
  }
}

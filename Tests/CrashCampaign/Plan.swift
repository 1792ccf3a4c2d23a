import Glibc
import Jobs
import TestSupport

/// What is done to one run.
struct Plan: CustomStringConvertible {
  enum Disturbance: CustomStringConvertible {
    case fault(FaultPoint, pass: Int)
    /// SIGKILL after so many milliseconds.
    case kill(after: Int)
    /// SIGTERM or SIGINT: a stop at a safe point.
    case tell(Int32, after: Int)
    /// SIGSTOP, and SIGCONT so much later; meanwhile another process works at the same queue.
    case stop(after: Int, milliseconds: Int)
    /// Two processes at one queue from the start; one is killed.
    case pair(killAfter: Int)

    var description: String {
      switch self {
      case .fault(let point, let pass): "\(point.rawValue):\(pass)"
      case .kill(let after): "kill at \(after) ms"
      case .tell(let signal, let after):
        "\(signal == SIGINT ? "interrupt" : "terminate") at \(after) ms"
      case .pair(let after): "two, one killed at \(after) ms"
      case .stop(let after, let milliseconds): "stop at \(after) ms for \(milliseconds) ms"
      }
    }
  }
  var disturbances: [Disturbance]
  var workers: Int
  var losesPower: Bool

  /// - Parameter duration: milliseconds of an undisturbed run.
  init(seed: Int, powerLoss: Bool, duration: Int, _ random: inout SeededGenerator) {
    let moments = 20...max(100, duration * 5 / 4)
    losesPower = powerLoss && seed % 4 == 0
    // The library undoes what one process wrote; several workers are threads of it.
    workers = 1 + seed % 4
    var disturbances: [Disturbance] = []
    // Each seed has its turn of the named points, so that few seeds pass all of them.
    let points = FaultPoint.allCases
    disturbances.append(
      .fault(points[seed % points.count], pass: Int.random(in: 1...3, using: &random)))
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let moment = Int.random(in: moments, using: &random)
      switch losesPower ? 0 : Int.random(in: 0...6, using: &random) {
      case 0:
        disturbances.append(
          .fault(points.randomElement(using: &random)!, pass: Int.random(in: 1...4, using: &random))
        )
      case 1:
        // Half of them for longer than the lease.
        disturbances.append(
          .stop(
            after: moment,
            milliseconds: Int.random(in: 1...2, using: &random) == 1
              ? Trial.lease * 1000 * 2 : Int.random(in: 100...Trial.lease * 1000, using: &random)))
      case 2:
        disturbances.append(.tell(Bool.random(using: &random) ? SIGTERM : SIGINT, after: moment))
      case 3: disturbances.append(.pair(killAfter: moment))
      default: disturbances.append(.kill(after: moment))
      }
    }
    self.disturbances = disturbances
  }

  var description: String {
    "\(workers) worker\(workers == 1 ? "" : "s")\(losesPower ? ", power loss" : ""): "
      + disturbances.map(\.description).joined(separator: ", ")
  }
}

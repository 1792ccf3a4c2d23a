import Foundation
package import Jobs
import Schedules

extension Declaration.Schedule {
  /// As the queue keeps it.
  package func stored(named name: String, declaration path: String, directory: String?)
    -> NewSchedule
  {
    NewSchedule(
      name: name, declarationPath: path, directory: directory, cron: cron,
      timeZone: timeZone.identifier, missed: missed.rawValue,
      overlap: StoredSchedule.Overlap(rawValue: overlap.rawValue) ?? .skip, window: window?.text)
  }
}

extension NewSchedule {
  func saysTheSame(as stored: StoredSchedule) -> Bool {
    declarationPath == stored.declarationPath && directory == stored.directory
      && cron == stored.cron && timeZone == stored.timeZone && missed == stored.missed
      && missedCap == stored.missedCap && overlap == stored.overlap && window == stored.window
  }
}

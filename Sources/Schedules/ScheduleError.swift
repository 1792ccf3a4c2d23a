/// Why an expression, a zone or a window is refused. Names the field, what was found and what is allowed.
package struct ScheduleError: Error, Hashable, Sendable, CustomStringConvertible {
  package var description: String

  init(_ description: String) { self.description = description }
}

/// One of the five fields: its name, its range, and the names its values may have.
enum CronField: CaseIterable {
  case minute, hour, dayOfMonth, month, dayOfWeek

  var name: String {
    switch self {
    case .minute: "minute"
    case .hour: "hour"
    case .dayOfMonth: "day-of-month"
    case .month: "month"
    case .dayOfWeek: "day-of-week"
    }
  }

  var range: ClosedRange<Int> {
    switch self {
    case .minute: 0...59
    case .hour: 0...23
    case .dayOfMonth: 1...31
    case .month: 1...12
    case .dayOfWeek: 0...7
    }
  }

  /// Upper case, for the values from `range.lowerBound` on.
  var names: [String] {
    switch self {
    case .month:
      ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
    case .dayOfWeek: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
    case .minute, .hour, .dayOfMonth: []
    }
  }

  /// What people may write, for messages.
  var allowed: String {
    let numbers = "\(range.lowerBound)-\(range.upperBound)"
    switch self {
    case .minute, .hour: return numbers
    case .dayOfMonth: return "\(numbers), L (last day) or LW (last Monday-Friday)"
    case .month: return "\(numbers) or JAN-DEC"
    case .dayOfWeek:
      return
        "\(numbers) (0 and 7 are Sunday) or SUN-SAT, D#n (n-th D of the month, n 1-5), DL (last D)"
    }
  }
}

/// What the five fields allow, as bits.
struct CronFields: Hashable, Sendable {
  var minutes: UInt64 = 0
  var hours: UInt64 = 0
  var daysOfMonth: UInt64 = 0
  var months: UInt64 = 0
  /// Bit 0 Sunday … bit 6 Saturday.
  var daysOfWeek: UInt64 = 0
  /// L: the last day of the month. LW: its last Monday to Friday.
  var lastDay = false
  var lastWorkday = false
  /// Bit 7·(n−1) + weekday, for the n-th such day of the month.
  var nthDaysOfWeek: UInt64 = 0
  /// DL: bit D, the last such day of the month.
  var lastDaysOfWeek: UInt64 = 0

  /// Whether the field's text begins with a star: such a field restricts nothing that could be an
  /// alternative, and makes a job one of the wildcard kind.
  var minuteStar = false
  var hourStar = false
  var dayOfMonthStar = false
  var dayOfWeekStar = false

  /// A job at fixed times, as against one that follows a pattern through every hour.
  var isFixedTime: Bool { !minuteStar && !hourStar }

  func matches(_ date: CivilDate, number: Int) -> Bool {
    guard months & (1 << UInt64(date.month)) != 0 else { return false }
    let weekday = CivilDate.weekday(ofNumber: number)
    let last = date.daysInMonth
    var byMonth = daysOfMonth & (1 << UInt64(date.day)) != 0
    if lastDay, date.day == last { byMonth = true }
    if lastWorkday, !byMonth { byMonth = date.day == workday(before: last, date, number) }
    var byWeek = daysOfWeek & (1 << UInt64(weekday)) != 0
    if nthDaysOfWeek & (1 << UInt64((date.day - 1) / 7 * 7 + weekday)) != 0 { byWeek = true }
    if lastDaysOfWeek & (1 << UInt64(weekday)) != 0, date.day + 7 > last { byWeek = true }
    return dayOfMonthStar || dayOfWeekStar ? byMonth && byWeek : byMonth || byWeek
  }

  /// The last day of the month, or the Friday before it when that is a Saturday or Sunday.
  private func workday(before last: Int, _ date: CivilDate, _ number: Int) -> Int {
    switch CivilDate.weekday(ofNumber: number + last - date.day) {
    case 6: last - 1
    case 0: last - 2
    default: last
    }
  }
}

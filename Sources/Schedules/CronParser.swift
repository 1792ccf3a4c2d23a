/// Reads one field. Text is upper case already.
struct CronParser {
  let field: CronField
  let text: String

  func parse(into fields: inout CronFields) throws(ScheduleError) {
    let star = text.hasPrefix("*")
    switch field {
    case .minute: fields.minuteStar = star
    case .hour: fields.hourStar = star
    case .dayOfMonth: fields.dayOfMonthStar = star
    case .month: break
    case .dayOfWeek: fields.dayOfWeekStar = star
    }
    for item in text.split(separator: ",", omittingEmptySubsequences: false) {
      if try !parseSpecial(String(item), into: &fields) {
        let bits = try values(String(item))
        switch field {
        case .minute: fields.minutes |= bits
        case .hour: fields.hours |= bits
        case .dayOfMonth: fields.daysOfMonth |= bits
        case .month: fields.months |= bits
        case .dayOfWeek: fields.daysOfWeek |= bits & 0x7f | bits >> 7 & 1
        }
      }
    }
  }

  /// L, LW, D#n and DL. False when the item is none of these.
  private func parseSpecial(
    _ item: String, into fields: inout CronFields
  ) throws(ScheduleError) -> Bool {
    switch field {
    case .dayOfMonth where item == "L": fields.lastDay = true
    case .dayOfMonth where item == "LW": fields.lastWorkday = true
    case .dayOfWeek where item.contains("#"):
      let halves = item.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
      let day = try value(String(halves[0]), of: item) % 7
      guard let n = Self.number(halves[1]), (1...5).contains(n) else {
        throw refusal(item, "the count after # should be 1-5")
      }
      fields.nthDaysOfWeek |= 1 << UInt64((n - 1) * 7 + day)
    case .dayOfWeek where item.count > 1 && item.hasSuffix("L"):
      let day = try value(String(item.dropLast()), of: item) % 7
      fields.lastDaysOfWeek |= 1 << UInt64(day)
    default: return false
    }
    return true
  }

  /// `*`, `a`, `a-b`, each with `/n` or without, as bits.
  private func values(_ item: String) throws(ScheduleError) -> UInt64 {
    let halves = item.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let base = String(halves[0])
    var step = 1
    if halves.count == 2 {
      guard let number = Self.number(halves[1]), number >= 1 else {
        throw refusal(item, "the step after / should be a number of 1 or more")
      }
      step = number
    }
    var bounds = field.range
    if base != "*" {
      let ends = base.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
      let low = try value(String(ends[0]), of: item)
      if ends.count == 2 {
        var high = try value(String(ends[1]), of: item)
        // A week that ends on Sunday: FRI-SUN is 5-7.
        if field == .dayOfWeek, ends[1] == "SUN", low > 0 { high = 7 }
        guard low <= high else { throw refusal(item, "the range runs backwards") }
        bounds = low...high
      } else {
        bounds = low...(halves.count == 2 ? field.range.upperBound : low)
      }
    }
    var bits: UInt64 = 0
    var next = bounds.lowerBound
    while next <= bounds.upperBound {
      bits |= 1 << UInt64(next)
      // A step beyond every range; added as it is, it might overflow.
      next += min(step, 64)
    }
    return bits
  }

  private func value(_ text: String, of item: String) throws(ScheduleError) -> Int {
    if let index = field.names.firstIndex(of: text) { return field.range.lowerBound + index }
    guard let number = Self.number(text) else {
      throw refusal(
        item, text.isEmpty ? "a value is missing" : "'\(text)' is not a value of this field")
    }
    guard field.range.contains(number) else { throw refusal(item, "\(number) is out of range") }
    return number
  }

  private func refusal(_ item: String, _ why: String) -> ScheduleError {
    ScheduleError(
      "The \(field.name) field '\(text)' is not valid: \(item == text ? "" : "in '\(item)', ")\(why). "
        + "Allowed are \(field.allowed), with lists (a,b), ranges (a-b) and steps (/n).")
  }

  /// Digits only: no sign, no other script's digits.
  private static func number(_ text: some StringProtocol) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int(text)
  }
}

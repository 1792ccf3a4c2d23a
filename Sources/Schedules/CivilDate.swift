/// A day of the Gregorian calendar, carried on into past and future, without a time zone.
struct CivilDate: Hashable {
  var year: Int
  /// 1 … 12
  var month: Int
  /// 1 … 31
  var day: Int

  /// The number of the day, 0 for 1970-01-01.
  ///
  /// Counts in years that begin in March, so that the leap day is the last of its year: day of the year
  /// (153·m + 2) / 5 for month m from March, 146 097 days in 400 years.
  var number: Int {
    let shifted = month > 2 ? (year, month - 3) : (year - 1, month + 9)
    let era = floorDivide(shifted.0, 400)
    let yearOfEra = shifted.0 - era * 400
    let dayOfYear = (153 * shifted.1 + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  init(number: Int) {
    let shifted = number + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let march = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * march + 2) / 5 + 1
    month = march < 10 ? march + 3 : march - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// 0 for Sunday … 6 for Saturday; 1970-01-01 was a Thursday.
  static func weekday(ofNumber number: Int) -> Int { floorRemainder(number + 4, 7) }

  var isLeapYear: Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  var daysInMonth: Int {
    switch month {
    case 2: isLeapYear ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  var firstOfNextMonth: CivilDate {
    month == 12
      ? CivilDate(year: year + 1, month: 1, day: 1)
      : CivilDate(year: year, month: month + 1, day: 1)
  }
}

/// Rounds towards minus infinity.
func floorDivide(_ a: Int, _ b: Int) -> Int {
  let quotient = a / b
  return a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient
}

/// In 0 ..< b, for positive b.
func floorRemainder(_ a: Int, _ b: Int) -> Int { a - floorDivide(a, b) * b }

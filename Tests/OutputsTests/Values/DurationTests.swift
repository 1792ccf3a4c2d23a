import Outputs
import Testing

@Suite struct `Durations` {
  @Test(arguments: [
    ("one (1) year", "P1Y"),
    ("successive one (1) year periods", "P1Y"),
    ("thirty (30) days", "P30D"),
    ("thirty (30) days' prior notice", "P30D"),
    ("a 180-day period", "P180D"),
    ("twelve (12) full calendar months", "P1Y"),
    ("eighteen months", "P18M"),
    ("six months", "P6M"),
    ("two and a half years", "P30M"),
    ("one year and six months", "P18M"),
    ("twenty-four (24) months", "P2Y"),
    ("one hundred and eighty days", "P180D"),
    ("one hundred twenty (120) days", "P120D"),
    ("ninety (90) days", "P90D"),
    ("a year", "P1Y"),
    ("two weeks", "P2W"),
    ("forty-eight (48) hours", "PT48H"),
    ("ten (10) business days", "P10D"),
    ("three (3) consecutive quarters", "P9M"),
    ("5 (five) years", "P5Y"),
    ("sixty (60 days)", "P60D"),
    ("1.5 years", "P18M"),
    ("one (I) year", "P1Y"),
    ("successive 3~year periods", "P3Y"),
    ("two-year terms", "P2Y"),
    ("THREE (3) YEARS", "P3Y"),
  ])
  func `are read as people write them`(words: String, iso: String) {
    #expect(DurationParser.durations(in: words).map(\.duration.iso) == [iso])
  }

  @Test(arguments: [
    ("on a year-to-year basis", "P1Y"), ("month to month", "P1M"), ("renews annually", "P1Y"),
  ])
  func `that are adverbs are read on request only`(words: String, iso: String) {
    #expect(DurationParser.durations(in: words).isEmpty)
    #expect(
      DurationParser.durations(in: words, includesAdverbs: true).map(\.duration.iso) == [iso])
  }

  @Test(arguments: [
    ("the third anniversary of the date hereof", "P3Y"), ("the second (2nd) anniversary", "P2Y"),
    ("its four-year anniversary", "P4Y"), ("the eighteen-month anniversary", "P18M"),
    ("on the 5th anniversary", "P5Y"), ("each anniversary of the date", nil),
  ])
  func `are counted by anniversaries too`(words: String, iso: String?) {
    #expect(DurationParser.anniversaries(in: words).map(\.duration.iso) == (iso.map { [$0] } ?? []))
  }

  @Test(arguments: ["Section 3 days off", "the day after", "Exhibit A"])
  func `need a number before the unit`(words: String) {
    let found = DurationParser.durations(in: words).map(\.duration.iso)
    #expect(found == (words.hasPrefix("Section") ? ["P3D"] : []))
  }
}

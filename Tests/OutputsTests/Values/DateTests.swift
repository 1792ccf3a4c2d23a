import Outputs
import Testing

@Suite struct `Dates` {
  @Test(arguments: [
    ("March 5, 2019", "2019-03-05"),
    ("March 5th, 2019", "2019-03-05"),
    ("Mar. 5, 2019", "2019-03-05"),
    ("July 11 , 2006", "2006-07-11"),
    ("MAY 19 2010", "2010-05-19"),
    ("5 March 2019", "2019-03-05"),
    ("the 5th of March 2019", "2019-03-05"),
    ("22nd day of August 2005", "2005-08-22"),
    ("the 14th day of December, 1997", "1997-12-14"),
    ("19  DAY OF MAY , 2010", "2010-05-19"),
    ("this first day of March, 2019", "2019-03-01"),
    ("twenty-second (22nd) day of July, 1999", "1999-07-22"),
    ("5-Mar-2019", "2019-03-05"),
    ("05-Mar-19", "2019-03-05"),
    ("2019-03-05", "2019-03-05"),
    ("2019/3/5", "2019-03-05"),
    ("3/5/2019", "2019-03-05"),
    ("1/19/07", "2007-01-19"),
    ("3/5/98", "1998-03-05"),
    ("25/12/2018", "2018-12-25"),
    ("05.03.2019", "2019-03-05"),
    ("March 2019", "2019-03"),
    ("March, 2019", "2019-03"),
    ("June , 2010", "2010-06"),
    ("March __, 2019", "2019-03"),
    ("____ day of March, 2019", "2019-03"),
    ("[\u{25CF}] day of January 2020", "2020-01"),
    ("February 29, 2020", "2020-02-29"),
    ("first day of May, two thousand nineteen", "2019-05-01"),
  ])
  func `are read in all common written forms`(words: String, iso: String) {
    #expect(DateParser.dates(in: words).map(\.date.iso) == [iso])
  }

  @Test(arguments: [
    "Section 3.1.2 applies", "February 30, 2019", "10.2.3.1", "you may 2 or 3 times",
    "telephone 555-12-1234", "version 1.2.19", "in the 12 months", "13/13/2019",
  ])
  func `are not seen where there are none`(words: String) {
    #expect(DateParser.dates(in: words).isEmpty)
  }

  @Test func `keep the words they were read from`() {
    let words = "made as of March 5, 2019 (the “Effective Date”) until 4/6/2020."
    let text = ScalarText(words)
    let found = DateParser.dates(in: words).map { text.string($0.range) }
    #expect(found == ["March 5, 2019", "4/6/2020"])
  }

  @Test(arguments: [
    ("2019-03-05", 12, 0, "2020-03-05"),
    ("2020-02-29", 12, 0, "2021-02-28"),
    ("2019-01-31", 1, 0, "2019-02-28"),
    ("2019-12-15", 0, 30, "2020-01-14"),
    ("2020-02-28", 0, 2, "2020-03-01"),
    ("2019-03", 24, 0, "2021-03"),
    ("2019", 12, 0, "2020"),
  ])
  func `move by calendar months and days`(start: String, months: Int, days: Int, end: String) {
    let parts = start.split(separator: "-").compactMap { Int($0) }
    let date = CalendarDate(
      year: parts[0], month: parts.count > 1 ? parts[1] : nil, day: parts.count > 2 ? parts[2] : nil
    )
    #expect(date?.adding(CalendarDuration(months: months, days: days))?.iso == end)
  }

  @Test func `count days there and back over four hundred years`() throws {
    let start = try #require(CalendarDate(year: 1800, month: 1, day: 1))
    for days in stride(from: 0, to: 150_000, by: 37) {
      let there = try #require(start.adding(days: days))
      #expect(there.adding(days: -days) == start)
    }
    #expect(start.adding(days: 36_524)?.iso == "1900-01-01")
  }

  @Test func `that are not exact enough for a duration give none`() {
    #expect(CalendarDate(year: 2019, month: 3)?.adding(CalendarDuration(days: 30)) == nil)
    #expect(CalendarDate(year: 2019)?.adding(CalendarDuration(months: 5)) == nil)
  }
}

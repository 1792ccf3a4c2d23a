/// Numbers written out: `thirty`, `twenty-five`, `one hundred and eighty`, and ordinals.
enum NumberWords {
  static let units: [String: Int] = [
    "zero": 0, "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13,
    "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
  ]
  static let ordinals: [String: Int] = [
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13,
    "fourteenth": 14, "fifteenth": 15, "sixteenth": 16, "seventeenth": 17, "eighteenth": 18,
    "nineteenth": 19, "twentieth": 20, "thirtieth": 30, "fortieth": 40, "fiftieth": 50,
  ]
  private static let multiples: [String: Int] = [
    "hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000,
  ]

  /// The cardinal that starts at `index`, and the index after it. `a` alone counts as one.
  static func cardinal(_ list: LexemeList, at index: Int) -> (value: Int, end: Int)? {
    var total = 0
    var current = 0
    var position = index
    var seen = false
    while true {
      let word = list.text(position)
      if let unit = units[word] {
        if seen, word == "a" || word == "an" { break }
        // `twenty` takes `five`, `five` takes nothing but a multiple.
        if seen, current % 100 != 0, !(current % 10 == 0 && current % 100 >= 20 && unit < 10) {
          break
        }
        current += unit
        seen = true
        position += 1
      } else if let multiple = multiples[word], seen {
        if multiple == 100 {
          current = max(1, current) * 100
        } else {
          total += max(1, current) * multiple
          current = 0
        }
        position += 1
      } else if seen, word == "-", units[list.text(position + 1)] != nil, current % 10 == 0,
        current > 0
      {
        position += 1
      } else if seen, word == "and", current % 100 == 0,
        let next = units[list.text(position + 1)], next > 0, list.text(position + 1) != "a",
        list.text(position + 1) != "an", multiples[list.text(position - 1)] != nil
      {
        position += 1
      } else {
        break
      }
    }
    return seen ? (total + current, position) : nil
  }

  /// An ordinal that starts at `index`: `fifth`, `twenty-second`, `22nd`.
  static func ordinal(_ list: LexemeList, at index: Int) -> (value: Int, end: Int)? {
    if let value = ordinals[list.text(index)] { return (value, index + 1) }
    if let number = list.number(index), list.touches(index),
      ["st", "nd", "rd", "th"].contains(list.text(index + 1))
    {
      return (number, index + 2)
    }
    if let tens = units[list.text(index)], tens >= 20, tens % 10 == 0 {
      let next = list.text(index + 1) == "-" ? index + 2 : index + 1
      if let unit = ordinals[list.text(next)], unit < 10 { return (tens + unit, next + 1) }
    }
    return nil
  }
}

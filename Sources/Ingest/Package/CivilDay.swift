/// The day at the head of a time as XML writes it.
enum CivilDay {
  static func prefix(of text: String) -> String? {
    let day = text.prefix(10)
    let digits = day.split(separator: "-", omittingEmptySubsequences: false)
    guard day.utf8.count == 10, digits.map(\.utf8.count) == [4, 2, 2],
      digits.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } })
    else { return nil }
    return String(day)
  }
}

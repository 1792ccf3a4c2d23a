/// Sets of strings, and strings under way, by number: what must not be written twice.
struct StringSets {
  private var sets: Numbering<[[UInt8]]> = Numbering()
  private var strings: Numbering<[UInt8]> = Numbering()

  /// A set to which nothing can be added: for looking ahead within one token, where what was added is not
  /// kept apart.
  static let sealed: Int32 = -2

  init() {
    _ = sets.number([])
    _ = strings.number([])
  }

  func strings(of set: Int32) -> [[UInt8]] { set < 0 ? [] : sets[set] }
  func count(of set: Int32) -> Int { set < 0 ? 0 : sets[set].count }
  func bytes(of string: Int32) -> [UInt8] { strings[string] }

  mutating func set(_ strings: [[UInt8]]) -> Int32 {
    sets.number(strings.sorted { $0.lexicographicallyPrecedes($1) })
  }

  mutating func adding(_ string: Int32, to set: Int32) -> Int32 {
    set < 0 ? set : self.set(sets[set] + [strings[string]])
  }

  mutating func appending(_ byte: UInt8, to string: Int32) -> Int32 {
    strings.number(strings[string] + [byte])
  }

  func contains(_ string: Int32, in set: Int32) -> Bool {
    set >= 0 && sets[set].contains(strings[string])
  }

  /// Members of a set that go on where a string is.
  func continuations(of string: Int32, in set: Int32) -> [ArraySlice<UInt8>] {
    let written = strings[string]
    return strings(of: set).filter { $0.count >= written.count && $0.starts(with: written) }.map {
      $0[written.count...]
    }
  }
}

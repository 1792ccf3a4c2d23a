/// What a thread of a parse is in the midst of: a part that nests nothing.
enum Leaf: Hashable {
  /// The value is closed.
  case done
  case automaton(Int32, state: Int32)
  /// A string whose length counts: state of ``FreeString``, and scalars begun so far.
  case counted(least: Int32, most: Int32, state: Int32, count: Int32)
  /// A string unlike those of a set: state of ``PlainString``, and what was written so far.
  case distinct(state: Int32, set: Int32, written: Int32)
  /// It has ended; the set is the one before with this string added.
  case added(set: Int32)
  case span(SpanPlace)
}

/// What follows when the part before it has ended. The number of a set is that of strings used before.
enum Frame: Hashable {
  case end
  case arrayOpened(Int32)
  case item(Int32, count: Int32, used: UInt64)
  case itemDone(Int32, count: Int32, used: UInt64)
  case objectOpened(Int32)
  case member(Int32, next: Int32, count: Int32, used: UInt32, set: Int32)
  case memberDone(Int32, next: Int32, count: Int32, used: UInt32, set: Int32)
  /// Behind a name that is not declared, which the set has by now.
  case named(Int32, extra: Int32, count: Int32, used: UInt32, set: Int32)
  case value(Goal)
}

/// Things numbered in the order they came up.
struct Numbering<Element: Hashable> {
  private(set) var elements: [Element] = []
  private var numbers: [Element: Int32] = [:]

  mutating func number(_ element: Element) -> Int32 {
    if let known = numbers[element] { return known }
    let number = Int32(elements.count)
    numbers[element] = number
    elements.append(element)
    return number
  }

  subscript(_ number: Int32) -> Element { elements[Int(number)] }
}

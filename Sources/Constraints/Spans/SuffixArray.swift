/// Sorts the suffixes of a text in linear time, by induced sorting (Nong, Zhang, Chan: Two Efficient
/// Algorithms for Linear Time Suffix Array Construction, 2011).
enum SuffixArray {
  /// Starts of the suffixes in the order of their bytes.
  static func sorted(_ text: [UInt8]) -> [Int32] {
    precondition(text.count < Int(Int32.max) / 2, "a text of less than 1 GiB")
    return sort(text, largest: 255)
  }

  private static func sort<Symbol: FixedWidthInteger>(_ text: [Symbol], largest: Int) -> [Int32] {
    let count = text.count
    guard count > 1 else { return count == 0 ? [] : [0] }
    // A suffix is small when it sorts before the next one, else large; the end sorts before all.
    var isSmall = [Bool](repeating: false, count: count)
    for index in stride(from: count - 2, through: 0, by: -1) {
      isSmall[index] =
        text[index] == text[index + 1] ? isSmall[index + 1] : text[index] < text[index + 1]
    }
    // Suffixes by their first symbol: within one symbol the large ones stand before the small ones.
    var largeStart = [Int32](repeating: 0, count: largest + 2)
    var smallStart = [Int32](repeating: 0, count: largest + 2)
    for index in 0..<count {
      if isSmall[index] {
        largeStart[Int(text[index]) + 1] += 1
      } else {
        smallStart[Int(text[index])] += 1
      }
    }
    for symbol in 0...largest {
      smallStart[symbol] += largeStart[symbol]
      largeStart[symbol + 1] += smallStart[symbol]
    }
    // A small suffix after a large one begins a piece of the text; sorted pieces sort everything.
    func isLeftmost(_ index: Int) -> Bool { index > 0 && isSmall[index] && !isSmall[index - 1] }
    var pieces: [Int32] = []
    for index in 0..<count where isLeftmost(index) { pieces.append(Int32(index)) }

    var order = [Int32](repeating: -1, count: count)
    func induce(_ pieces: [Int32]) {
      for index in order.indices { order[index] = -1 }
      var places = smallStart
      for piece in pieces where Int(piece) < count {
        let symbol = Int(text[Int(piece)])
        order[Int(places[symbol])] = piece
        places[symbol] += 1
      }
      places = largeStart
      let last = Int(text[count - 1])
      order[Int(places[last])] = Int32(count - 1)
      places[last] += 1
      for index in 0..<count {
        let suffix = order[index]
        guard suffix >= 1, !isSmall[Int(suffix) - 1] else { continue }
        let symbol = Int(text[Int(suffix) - 1])
        order[Int(places[symbol])] = suffix - 1
        places[symbol] += 1
      }
      places = largeStart
      for index in stride(from: count - 1, through: 0, by: -1) {
        let suffix = order[index]
        guard suffix >= 1, isSmall[Int(suffix) - 1] else { continue }
        let symbol = Int(text[Int(suffix) - 1])
        places[symbol + 1] -= 1
        order[Int(places[symbol + 1])] = suffix - 1
      }
    }
    induce(pieces)
    guard pieces.count > 1 else { return order }

    // Equal pieces get equal names; a text of names is sorted in the same way.
    var sortedPieces = order.filter { isLeftmost(Int($0)) }
    var number = [Int32](repeating: -1, count: count)
    for (index, piece) in pieces.enumerated() { number[Int(piece)] = Int32(index) }
    func end(_ piece: Int32) -> Int {
      let index = Int(number[Int(piece)])
      return index + 1 < pieces.count ? Int(pieces[index + 1]) : count
    }
    var names = [Int32](repeating: 0, count: pieces.count)
    var name: Int32 = 0
    for index in 1..<sortedPieces.count {
      var left = Int(sortedPieces[index - 1])
      var right = Int(sortedPieces[index])
      let leftEnd = end(sortedPieces[index - 1])
      let rightEnd = end(sortedPieces[index])
      var areEqual = leftEnd - left == rightEnd - right
      if areEqual {
        while left < leftEnd, text[left] == text[right] {
          left += 1
          right += 1
        }
        areEqual = left < count && right < count && left == leftEnd && text[left] == text[right]
      }
      if !areEqual { name += 1 }
      names[Int(number[Int(sortedPieces[index])])] = name
    }
    if Int(name) + 1 < pieces.count {
      let sortedNames = sort(names, largest: Int(name))
      for (index, place) in sortedNames.enumerated() { sortedPieces[index] = pieces[Int(place)] }
      induce(sortedPieces)
    } else {
      induce(sortedPieces)
    }
    return order
  }
}

import JSON
import Synchronization
import Tokenization

/// One answer under way: which tokens may come next, so that it fits its schema, quotes only what is in its
/// source, and ends within its budget.
package final class Matcher {
  package let constraint: SchemaConstraint
  private let trie: TokenTrie
  private let source: SpanIndex?
  private let parse: Parse
  private var configuration: Int32
  /// All bytes so far.
  package private(set) var bytes: [UInt8] = []
  private var spans: [(start: Int, place: SpanPlace)] = []
  private var spanStart = 0
  private var masks: [Int32: Masked] = [:]
  private var spanTokens: [SpanPlace: LeafTokens] = [:]
  /// Tokens that end the answer from where it is; kept while they are followed.
  private var plan: [Int32] = []
  private var closingSteps: [Int32: (byte: UInt8, next: Int32)] = [:]

  private struct Masked {
    var mask: TokenMask
    /// The most bytes left to the end after one of its tokens.
    var mostCost: Int
  }

  /// Masks take 25 KiB each at 200 000 tokens.
  private static let mostMasks = 256

  /// - Throws: when some string must be a span of a source and there is none, or it has no words.
  package init(_ constraint: SchemaConstraint, trie: TokenTrie, source: SpanIndex? = nil)
    throws(ConstraintError)
  {
    self.constraint = constraint
    self.trie = trie
    self.source = source
    parse = Parse(constraint, source: source)
    configuration = parse.start
    guard configuration >= 0, parse.cost(of: configuration) < CostTable.none else {
      throw ConstraintError(problems: [
        .init(
          pointer: "", keyword: "x-evidence",
          message: source == nil
            ? "a string must be a span of the source, and no source was given"
            : "no span of the source is long enough to be quoted")
      ])
    }
  }

  /// Whether the value is closed and nothing may follow.
  package var isComplete: Bool { parse.mustEnd(configuration) }
  /// Whether the value may end here.
  package var canEnd: Bool { parse.canEnd(configuration) }
  /// The fewest bytes to an end.
  package var leastBytes: Int { parse.cost(of: configuration) }
  /// The fewest tokens to an end, of those ways that have the fewest bytes.
  package var leastTokens: Int { closing().count }

  /// The tokens that may come next.
  ///
  /// - Parameter remaining: how many may still be written, this one included; after any of those allowed,
  ///   the rest is enough to reach an end. None are allowed when nothing but an end can follow.
  package func allowed(remaining: Int) -> TokenMask {
    if isComplete { return TokenMask(size: trie.size) }
    let masked = masked(configuration)
    // One byte is one token at worst.
    if masked.mostCost <= remaining - 1 { return masked.mask }
    return tight(remaining)
  }

  /// Takes a token that was allowed.
  package func accept(_ token: Int32) {
    plan = plan.first == token ? Array(plan.dropFirst()) : []
    for byte in trie.tokenizer.bytes(of: token) { accept(byte) }
  }

  private func accept(_ byte: UInt8) {
    let next = parse.step(configuration, byte)
    precondition(next >= 0, "a token that was not allowed")
    if constraint.isGrounded { noteSpan(byte, next) }
    bytes.append(byte)
    configuration = next
  }

  // MARK: Masks

  private func masked(_ configuration: Int32) -> Masked {
    if let known = masks[configuration] { return known }
    let made = mask(configuration, most: CostTable.none)
    if masks.count >= Self.mostMasks { masks = [:] }
    masks[configuration] = made
    return made
  }

  /// - Parameter most: only tokens after which the end is at most so many bytes away.
  private func mask(_ configuration: Int32, most: Int) -> Masked {
    var masked = Masked(mask: TokenMask(size: trie.size), mostCost: 0)
    for thread in parse.threads(of: configuration) {
      let leaf = parse.leaf(of: thread)
      guard leaf != .done, let tokens = tokens(of: leaf) else { continue }
      let above = parse.cellCost(of: thread)
      let cost = min(Int(tokens.mostCost) + above, CostTable.none)
      if cost <= most {
        masked.mask.formUnion(tokens.inner)
        masked.mostCost = max(masked.mostCost, cost)
      } else if tokens.innerCount <= 2048 {
        tokens.inner.forEach { token in
          if let cost = costAfter(token, configuration), cost <= most {
            masked.mask.insert(token)
            masked.mostCost = max(masked.mostCost, cost)
          }
        }
      }
      guard !tokens.exits.isEmpty else { continue }
      let set: Int32 = if case .distinct = leaf { StringSets.sealed } else { 0 }
      let behind = parse.configuration(endingOn: thread.cell, set: set)
      guard behind >= 0 else { continue }
      for node in tokens.exits { walk(node, behind, most, &masked) }
    }
    return masked
  }

  /// What a leaf alone allows; nil for one of which nothing is known.
  private func tokens(of leaf: Leaf) -> LeafTokens? {
    switch leaf {
    case .done, .added: return nil
    case .automaton(let number, let state): return tokens(number, state)
    case .counted(let least, let most, let state, let count):
      return counted(leaf, least, most, state, count)
    case .distinct(let state, let set, let written): return distinct(leaf, state, set, written)
    case .span(let place):
      if let known = spanTokens[place] { return known }
      let made = source?.tokens(place, trie)
      if spanTokens.count >= Self.mostMasks { spanTokens = [:] }
      spanTokens[place] = made
      return made
    }
  }

  private func tokens(_ number: Int32, _ state: Int32) -> LeafTokens {
    let place = SchemaConstraint.LeafPlace(
      trie: ObjectIdentifier(trie), automaton: number, state: state)
    func make() -> LeafTokens {
      LeafTokens(constraint.automata[Int(number)], from: state, trie)
    }
    // Free and plain strings are the same in all schemas.
    if number < 2 { return trie.shared.leaf(place, make) }
    if let known = constraint.leaves.withLock({ $0[place] }) { return known }
    let made = make()
    constraint.leaves.withLock { $0[place] = made }
    return made
  }

  private func counted(_ leaf: Leaf, _ least: Int32, _ most: Int32, _ state: Int32, _ count: Int32)
    -> LeafTokens
  {
    guard state == FreeString.contentState else { return walk(leaf) }
    let strings = trie.shared.strings(trie)
    var tokens = strings.whole
    if most < .max { tokens.inner = strings.inner(atMost: Int(most - count)) }
    tokens.exits = []
    for (node, scalars) in zip(strings.whole.exits, strings.exitScalars)
    where count + scalars <= most && count + scalars >= least {
      tokens.exits.append(node)
    }
    if count < least {
      // Tokens that close the string too early.
      for (token, scalars) in strings.closing where count + scalars < least {
        tokens.inner.remove(token)
      }
      tokens.mostCost += least - count
    }
    return tokens
  }

  private func distinct(_ leaf: Leaf, _ state: Int32, _ set: Int32, _ written: Int32) -> LeafTokens
  {
    var tokens = self.tokens(1, state)
    tokens.mostCost += Int32(CostTable.digits(parse.sets.count(of: set)))
    if state == FreeString.contentState {
      // Those that close the string as one that was written before.
      for rest in parse.sets.continuations(of: written, in: set) {
        var node: Int32 = 0
        for byte in Array(rest) + [0x22] where node >= 0 { node = trie.child(of: node, by: byte) }
        guard node >= 0 else { continue }
        for token in trie.tokens(at: node) { tokens.inner.remove(token) }
        tokens.exits.removeAll { $0 == node }
      }
      return tokens
    }
    return walk(leaf)
  }

  /// Byte by byte, for states in which few tokens can follow.
  private func walk(_ leaf: Leaf) -> LeafTokens {
    var inner = TokenMask(size: trie.size)
    var exits: [Int32] = []
    var most: Int32 = 0
    var pending: [(node: Int32, leaf: Leaf)] = [(0, leaf)]
    while let (node, leaf) = pending.popLast() {
      for child in trie.children(of: node) {
        guard let next = parse.step(leaf, trie.byte[Int(child)]) else { continue }
        for token in trie.tokens(at: child) { inner.insert(token) }
        most = max(most, Int32(clamping: parse.leafCost(next)))
        if parse.accepts(next) {
          if !trie.children(of: child).isEmpty { exits.append(child) }
        } else {
          pending.append((child, next))
        }
      }
    }
    return LeafTokens(inner: inner, exits: exits, mostCost: most)
  }

  /// Tokens that end behind `node`, to which `configuration` belongs.
  private func walk(_ node: Int32, _ configuration: Int32, _ most: Int, _ masked: inout Masked) {
    for child in trie.children(of: node) {
      let next = parse.step(configuration, trie.byte[Int(child)])
      guard next >= 0 else { continue }
      let tokens = trie.tokens(at: child)
      if !tokens.isEmpty {
        let cost = parse.cost(of: next)
        if cost <= most {
          for token in tokens { masked.mask.insert(token) }
          masked.mostCost = max(masked.mostCost, cost)
        }
      }
      walk(child, next, most, &masked)
    }
  }

  private func costAfter(_ token: Int32, _ configuration: Int32) -> Int? {
    var place = configuration
    for byte in trie.tokenizer.bytes(of: token) {
      place = parse.step(place, byte)
      guard place >= 0 else { return nil }
    }
    return parse.cost(of: place)
  }

  // MARK: Near the end of the budget

  /// Only tokens after which the end is surely within reach, and the next one of a way to it.
  private func tight(_ remaining: Int) -> TokenMask {
    if plan.isEmpty || plan.count > remaining { plan = closing() }
    var mask = mask(configuration, most: remaining - 1).mask
    if let next = plan.first, plan.count <= remaining { mask.insert(next) }
    return mask
  }

  /// Tokens that end the answer with the fewest bytes.
  private func closing() -> [Int32] {
    var text: [UInt8] = []
    var place = configuration
    while parse.cost(of: place) > 0 {
      let step = closingStep(place)
      text.append(step.byte)
      place = step.next
      precondition(text.count < 1 << 24, "a way to the end gets shorter with each byte")
    }
    return trie.fewestTokens(for: text)
  }

  private func closingStep(_ place: Int32) -> (byte: UInt8, next: Int32) {
    if let known = closingSteps[place] { return known }
    var best: (byte: UInt8, next: Int32, cost: Int)?
    for byte in UInt8.min...UInt8.max {
      let next = parse.step(place, byte)
      guard next >= 0 else { continue }
      let cost = parse.cost(of: next)
      if cost < best?.cost ?? .max { best = (byte, next, cost) }
      if cost < parse.cost(of: place) { break }
    }
    guard let best else { preconditionFailure("from every place an end can be reached") }
    closingSteps[place] = (best.byte, best.next)
    return (best.byte, best.next)
  }

  // MARK: Quotes

  /// Where a quote begins, and that it ends; noted only where nothing else can be meant.
  private func noteSpan(_ byte: UInt8, _ next: Int32) {
    guard byte == 0x22 else { return }
    func places(_ configuration: Int32) -> [SpanPlace]? {
      var places: [SpanPlace] = []
      for thread in parse.threads(of: configuration) {
        guard case .span(let place) = parse.leaf(of: thread) else { return nil }
        places.append(place)
      }
      return places
    }
    if let opened = places(next),
      opened.allSatisfy({ $0.isOpen && $0.depth == 0 && $0.escape.isEmpty })
    {
      spanStart = bytes.count
    } else if let open = places(configuration), let source {
      guard let closed = open.lazy.compactMap({ source.step($0, byte) }).first(where: \.isClosed)
      else { return }
      spans.append((spanStart, closed))
    }
  }

  /// The quotes of an answer that has ended, in the order they stand in it.
  package func groundedSpans() -> [GroundedSpan] {
    guard let source, !spans.isEmpty, let json = try? PositionedJSON(bytes, .json) else {
      return []
    }
    var pointers: [Int: String] = [:]
    func visit(_ value: JSONValue, _ pointer: String) {
      switch value {
      case .string: if let offset = json.offset(of: pointer) { pointers[offset] = pointer }
      case .array(let array):
        for (index, element) in array.enumerated() { visit(element, "\(pointer)/\(index)") }
      case .object(let object):
        for (key, value) in object.members { visit(value, "\(pointer)/\(jsonPointerToken(key))") }
      default: break
      }
    }
    visit(json.value, "")
    return spans.map { start, place in
      let found = source.found(place)
      return GroundedSpan(
        pointer: pointers[start] ?? "",
        text: String(decoding: source.text[found.bytes], as: UTF8.self), bytes: found.bytes,
        occurrences: found.occurrences)
    }
  }
}

/// A string of an answer that is quoted from its source.
package struct GroundedSpan: Hashable, Sendable {
  /// Of the string in the answer: a JSON Pointer.
  package var pointer: String
  package var text: String
  /// Where it stands first: UTF-8 bytes of the source's text.
  package var bytes: Range<Int>
  /// All places where it begins, ascending.
  package var occurrences: [Int]
}

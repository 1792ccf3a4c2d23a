import Constraints
import Inference
import Tokenization

/// One text under way: what is asked for, what was written, and what comes next. Knows no session, so
/// that many can take turns on one batch.
struct Decoding {
  private enum Phase { case opening, thinking, closing, answering }

  let request: GenerationRequest
  private let trie: TokenTrie
  private var tokenizer: Tokenizer { trie.tokenizer }
  /// Tokens that stand for something.
  private let usable: TokenMask
  /// What the answer is held to.
  private let matcher: Matcher?
  private var phase: Phase
  /// Tokens that come next whatever the model says, last first.
  private var forced: [Int32] = []
  private var sampler: Sampler
  private var loop: LoopCount
  private var reasoning: WrittenText
  private var answer: WrittenText
  private(set) var tokens: [Int32] = []
  private var reasoningTokens = 0
  private var answerTokens = 0
  private var probabilities: [TokenLogProbability] = []
  private var finish: FinishReason?
  /// What may come next, where that has been found out.
  private var allowed: TokenMask?

  /// What closes the thinking: white space, the mark, and what follows it.
  private let close: [UInt8]
  private let mark: [UInt8]
  private let afterMark: [UInt8]

  init(
    _ request: GenerationRequest, trie: TokenTrie, usable: TokenMask, matcher: Matcher? = nil
  ) {
    self.request = request
    self.trie = trie
    self.usable = usable
    self.matcher = matcher
    sampler = Sampler(request.sampling, prompt: request.prompt)
    loop = LoopCount(request.loopGuard)
    answer = WrittenText(endingBefore: request.stop.map { Array($0.utf8) })
    let thinking = request.thinking
    close = Array((thinking?.close ?? "").utf8)
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    let start = close.firstIndex { !isSpace($0) } ?? close.endIndex
    let end = (close.lastIndex { !isSpace($0) } ?? start - 1) + 1
    mark = Array(close[start..<end])
    afterMark = Array(close[end...])
    reasoning = WrittenText(endingBefore: [mark])
    phase = thinking == nil ? .answering : .opening
    if let thinking { force(Array(thinking.open.utf8)) }
  }

  /// What the tokenizer makes of a text; where the model has no rows for that, its bytes.
  private mutating func force(_ text: [UInt8]) {
    var ids = trie.tokenizer.encode(String(decoding: text, as: UTF8.self)).ids
    if !ids.allSatisfy(usable.contains) { ids = trie.fewestTokens(for: text) }
    forced = ids.reversed()
  }

  /// The next token, which the model is to read; nil when the text has ended.
  mutating func next(after logits: Span<Float>, events: (GenerationEvent) -> Void) -> Int32? {
    while finish == nil {
      switch phase {
      case .opening:
        if let token = forced.popLast() { return take(token, logits) }
        phase = .thinking
      case .thinking:
        guard reasoningTokens < (request.thinking?.maxTokens ?? 0) else {
          closeThinking(events, with: close)
          continue
        }
        if let token = think(logits, events) { return take(token, logits) }
      case .closing:
        if let token = forced.popLast() { return take(token, logits) }
        phase = .answering
      case .answering:
        if let matcher { return write(logits, matcher, events) }
        guard answerTokens < request.maxTokens else {
          end(.length, events)
          return nil
        }
        return write(logits, events)
      }
    }
    return nil
  }

  /// What of the logits after the last token the next choice needs. Finds out on the way what may come next, so that
  /// this is known before the model has read the token.
  mutating func wanted() -> WantedLogits {
    guard request.logProbabilities == nil else { return .all }
    switch phase {
    case .opening: return forced.isEmpty ? .all : .none
    case .thinking: return .all
    case .closing where !forced.isEmpty: return .none
    case .closing, .answering:
      guard let matcher, finish == nil else { return .all }
      let mask = allowed(by: matcher)
      allowed = mask
      return mask.map { WantedLogits(mask: $0.words) } ?? .none
    }
  }

  private mutating func take(_ token: Int32, _ logits: Span<Float>) -> Int32 {
    tokens.append(token)
    sampler.note(token)
    if let alternatives = request.logProbabilities {
      probabilities.append(
        TokenLogProbability(token, in: logits, among: usable, alternatives: alternatives))
    }
    return token
  }

  // MARK: Thinking

  /// A token of free text; nil when the thinking has just been closed.
  private mutating func think(_ logits: Span<Float>, _ events: (GenerationEvent) -> Void) -> Int32?
  {
    let token = sampler.choose(logits, among: usable)
    if request.endOfText.contains(token) || loop.isStuck(after: token, logits, among: usable) {
      closeThinking(events, with: close)
      return nil
    }
    let bytes = Array(tokenizer.bytes(of: token))
    if let (place, _) = reasoning.append(bytes) {
      // What follows the mark in the same token must be how it is closed; else the mark is written by
      // itself, and the answer begins where it should.
      let tail = reasoning.bytes[(place + mark.count)...]
      let before = reasoning.bytes.count - bytes.count
      let fits = afterMark.starts(with: tail)
      let missing =
        fits ? Array(afterMark.dropFirst(tail.count)) : mark.dropFirst(before - place) + afterMark
      reasoning.cut(at: place)
      closeThinking(events, with: missing)
      if fits {
        reasoningTokens += 1
        return token
      }
      return nil
    }
    reasoningTokens += 1
    let text = reasoning.settled()
    if !text.isEmpty { events(.reasoning(text)) }
    return token
  }

  private mutating func closeThinking(_ events: (GenerationEvent) -> Void, with text: [UInt8]) {
    let rest = reasoning.rest()
    if !rest.isEmpty { events(.reasoning(rest)) }
    loop = LoopCount(request.loopGuard)
    force(text)
    phase = .closing
  }

  // MARK: Answer

  private mutating func write(_ logits: Span<Float>, _ events: (GenerationEvent) -> Void) -> Int32?
  {
    let token = sampler.choose(logits, among: usable)
    if request.endOfText.contains(token) {
      _ = take(token, logits)
      end(.endOfText, events)
      return nil
    }
    let isStuck = loop.isStuck(after: token, logits, among: usable)
    _ = take(token, logits)
    answerTokens += 1
    if let (place, mark) = answer.append(tokenizer.bytes(of: token)) {
      answer.cut(at: place)
      end(.stopSequence(request.stop[mark]), events)
      return nil
    }
    if isStuck {
      end(.loop, events)
      return nil
    }
    let text = answer.settled()
    if !text.isEmpty { events(.answer(text)) }
    return token
  }

  /// What the constraint and the budget let come next; nil where the text ends here.
  private func allowed(by matcher: Matcher) -> TokenMask? {
    let remaining = request.maxTokens - answerTokens
    guard !matcher.isComplete, remaining > 0 else { return nil }
    var allowed = matcher.allowed(remaining: remaining).resized(to: usable.size)
    if matcher.canEnd {
      for token in request.endOfText where usable.contains(token) { allowed.insert(token) }
    }
    return allowed
  }

  /// A token that the constraint allows. It ends with the value; or where the value may end, when the model
  /// says so or the budget does.
  private mutating func write(
    _ logits: Span<Float>, _ matcher: Matcher, _ events: (GenerationEvent) -> Void
  ) -> Int32? {
    guard let allowed = allowed ?? allowed(by: matcher) else {
      end(matcher.canEnd ? .complete : .length, events)
      return nil
    }
    self.allowed = nil
    guard !allowed.isEmpty else {
      // Nothing fits into what is left but the end.
      end(matcher.canEnd ? .complete : .length, events)
      return nil
    }
    let token = sampler.choose(logits, among: allowed)
    _ = take(token, logits)
    if request.endOfText.contains(token) {
      end(.complete, events)
      return nil
    }
    matcher.accept(token)
    answerTokens += 1
    _ = answer.append(tokenizer.bytes(of: token))
    let isStuck = loop.isStuck(after: token, logits, among: allowed)
    if matcher.isComplete || isStuck {
      end(matcher.isComplete ? .complete : .loop, events)
      return nil
    }
    let text = answer.settled()
    if !text.isEmpty { events(.answer(text)) }
    return token
  }

  private mutating func end(_ reason: FinishReason, _ events: (GenerationEvent) -> Void) {
    finish = reason
    let text = answer.rest()
    if !text.isEmpty { events(.answer(text)) }
  }

  /// Ends the text where it is.
  mutating func cancel(events: (GenerationEvent) -> Void) {
    if finish == nil { end(.cancelled, events) }
  }

  func generated() -> Generated {
    Generated(
      answer: String(decoding: answer.bytes, as: UTF8.self),
      reasoning: request.thinking.map { _ in String(decoding: reasoning.bytes, as: UTF8.self) },
      finish: finish ?? .cancelled, tokens: tokens, promptTokens: request.prompt.count,
      reasoningTokens: reasoningTokens, answerTokens: answerTokens,
      spans: matcher?.groundedSpans() ?? [], logProbabilities: probabilities)
  }
}

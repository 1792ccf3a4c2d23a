import Constraints
import Tokenization

/// One text under way: what is asked for, what was written, and what comes next. Knows no session, so
/// that many can take turns on one batch.
struct Decoding {
  private enum Phase { case opening, thinking, closing, answering }

  let request: GenerationRequest
  private let tokenizer: Tokenizer
  /// Tokens that stand for something.
  private let usable: TokenMask
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

  /// What closes the thinking: white space, the mark, and what follows it.
  private let close: [UInt8]
  private let mark: [UInt8]
  private let afterMark: [UInt8]

  init(_ request: GenerationRequest, tokenizer: Tokenizer, usable: TokenMask) {
    self.request = request
    self.tokenizer = tokenizer
    self.usable = usable
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

  private mutating func force(_ text: some Collection<UInt8>) {
    forced = tokenizer.encode(String(decoding: text, as: UTF8.self)).ids.reversed()
  }

  /// The next token, which the model is to read; nil when the text has ended.
  mutating func next(after logits: [Float], events: (GenerationEvent) -> Void) -> Int32? {
    while true {
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
        guard finish == nil else { return nil }
        guard answerTokens < request.maxTokens else {
          end(.length, events)
          return nil
        }
        return write(logits, events)
      }
    }
  }

  private mutating func take(_ token: Int32, _ logits: [Float]) -> Int32 {
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
  private mutating func think(_ logits: [Float], _ events: (GenerationEvent) -> Void) -> Int32? {
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

  private mutating func write(_ logits: [Float], _ events: (GenerationEvent) -> Void) -> Int32? {
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
      logProbabilities: probabilities)
  }
}

import Constraints
import Inference
import Tokenization

/// Some answers that are written together: so many at a time, and whenever one has ended the next takes
/// its place.
struct AnswerBatch<Source: LogitSource> {
  private let requests: [GenerationRequest]
  /// Most answers under way at a time.
  private let atOnce: Int
  /// What an answer is written on; asked for when its turn comes.
  private let source: (Int) -> Source
  private let usable: TokenMask
  private let trie: TokenTrie
  /// Most tokens of a context.
  private let longest: Int

  init(
    _ requests: [GenerationRequest], atOnce: Int, on source: @escaping (Int) -> Source,
    usable: TokenMask, trie: TokenTrie, longest: Int
  ) {
    precondition(atOnce > 0, "at least one answer is under way")
    self.requests = requests
    self.atOnce = atOnce
    self.source = source
    self.usable = usable
    self.trie = trie
    self.longest = longest
  }

  typealias Outcome = Result<Generated, GenerationError>

  /// One answer under way.
  ///
  /// Unchecked: it takes its turns on one thread at a time, and what it draws from, its source and what holds
  /// it to its constraint, is its own.
  private final class Text: @unchecked Sendable {
    let index: Int
    let source: Source
    var decoding: Decoding
    /// What its last turn gave: the token to read, what comes of it, and what is to be told.
    private(set) var token: Int32?
    private(set) var wanted = WantedLogits.all
    var events: [GenerationEvent] = []

    init(index: Int, source: Source, decoding: Decoding) {
      self.index = index
      self.source = source
      self.decoding = decoding
    }

    /// Draws the next token, and finds out what may follow it: nothing of that needs the model.
    func takeTurn() {
      var events: [GenerationEvent] = []
      token = source.withLogits { decoding.next(after: $0) { events.append($0) } }
      if token != nil { wanted = decoding.wanted() }
      self.events = events
    }
  }

  /// - Parameters:
  ///   - concurrently: calls a function for each of so many numbers, on several threads if there are; texts
  ///     take their turns in it.
  ///   - begun: gets each source that has read its prompt.
  ///   - step: has each source read one token, of whose logits it wants some.
  ///   - ended: gets each source that `begun` got, when nothing more is written on it.
  func run(
    events: (Int, GenerationEvent) -> Void, shouldStop: () -> Bool,
    concurrently: (Int, @Sendable (Int) -> Void) -> Void = { count, body in
      for number in 0..<count { body(number) }
    },
    begun: (Source) -> Void = { _ in },
    step: ([Source], [Int32], [WantedLogits]) throws(InferenceError) -> Void,
    ended: (Source) -> Void = { _ in }
  ) -> [Outcome] {
    var outcomes = [Outcome?](repeating: nil, count: requests.count)
    var waiting = requests.indices
    var texts: [Text] = []
    while true {
      while texts.count < atOnce, let index = waiting.popFirst() {
        do throws(GenerationError) {
          texts.append(try begin(index, events, shouldStop))
          begun(texts[texts.count - 1].source)
        } catch {
          outcomes[index] = .failure(error)
        }
      }
      if shouldStop() {
        for text in texts { text.decoding.cancel { events(text.index, $0) } }
      }
      let turns = texts
      concurrently(turns.count) { turns[$0].takeTurn() }
      texts = []
      for text in turns {
        for event in text.events { events(text.index, event) }
        if text.token == nil {
          outcomes[text.index] = .success(text.decoding.generated())
          ended(text.source)
        } else {
          texts.append(text)
        }
      }
      if texts.isEmpty {
        if waiting.isEmpty { break }
        continue
      }
      do throws(InferenceError) {
        try step(texts.map(\.source), texts.compactMap(\.token), texts.map(\.wanted))
      } catch {
        for text in texts {
          outcomes[text.index] = .failure(.engine(error))
          ended(text.source)
        }
        texts = []
      }
    }
    return outcomes.map { $0! }
  }

  /// Checks a request and reads its prompt.
  private func begin(
    _ index: Int, _ events: (Int, GenerationEvent) -> Void, _ shouldStop: () -> Bool
  ) throws(GenerationError) -> Text {
    let request = requests[index]
    if let problem = request.sampling.problem { throw .request(problem) }
    guard !request.prompt.isEmpty else { throw .request("The prompt is empty.") }
    guard request.maxTokens > 0 else {
      throw .request("An answer of at most \(request.maxTokens) tokens cannot be written.")
    }
    let most = request.prompt.count + (request.thinking?.maxTokens ?? 0) + request.maxTokens
    guard most <= longest else {
      throw .request(
        "Prompt, thinking and answer may take \(most) tokens, and this model reads at most \(longest)."
      )
    }
    let matcher = try matcher(request)
    let source = source(index)
    let known = min(source.position, request.prompt.count)
    do throws(InferenceError) {
      try source.advance(
        to: request.prompt,
        progress: { events(index, .reading(done: $0, of: request.prompt.count - known)) },
        shouldStop: shouldStop)
    } catch {
      throw .engine(error)
    }
    let decoding = Decoding(request, trie: trie, usable: usable, matcher: matcher)
    return Text(index: index, source: source, decoding: decoding)
  }

  /// What holds the answer to its constraint; refused where the budget cannot be enough.
  private func matcher(_ request: GenerationRequest) throws(GenerationError) -> Matcher? {
    guard let constraint = request.constraint else { return nil }
    guard request.stop.isEmpty else {
      throw .request(
        "An answer with a schema ends where its value does; it takes no stop sequences.")
    }
    let matcher: Matcher
    do throws(ConstraintError) {
      matcher = try Matcher(constraint, trie: trie, source: request.source)
    } catch {
      throw .request("\(error)")
    }
    let least = matcher.leastBytes <= request.maxTokens ? 0 : matcher.leastTokens
    guard least <= request.maxTokens else {
      throw .request(
        "The shortest answer that fits the schema has \(least) tokens, and at most \(request.maxTokens) are allowed."
      )
    }
    return matcher
  }
}

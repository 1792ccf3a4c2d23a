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

  private struct Text {
    let index: Int
    let source: Source
    var decoding: Decoding
  }

  /// - Parameters:
  ///   - begun: gets each source that has read its prompt.
  ///   - step: has each source read one token.
  ///   - ended: gets each source that `begun` got, when nothing more is written on it.
  func run(
    events: (Int, GenerationEvent) -> Void, shouldStop: () -> Bool,
    begun: (Source) -> Void = { _ in },
    step: ([Source], [Int32]) throws(InferenceError) -> Void,
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
      let isStopped = shouldStop()
      var live: [Text] = []
      var next: [Int32] = []
      for var text in texts {
        let index = text.index
        if isStopped { text.decoding.cancel { events(index, $0) } }
        if let token = text.decoding.next(
          after: text.source.logits, events: { events(index, $0) })
        {
          live.append(text)
          next.append(token)
        } else {
          outcomes[index] = .success(text.decoding.generated())
          ended(text.source)
        }
      }
      texts = live
      if texts.isEmpty {
        if waiting.isEmpty { break }
        continue
      }
      do throws(InferenceError) {
        try step(texts.map(\.source), next)
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

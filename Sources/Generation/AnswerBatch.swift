import Constraints
import Inference
import Tokenization

/// Some answers that are written together: whoever has not ended takes part in the next step.
struct AnswerBatch<Source: LogitSource> {
  private let requests: [GenerationRequest]
  private let sources: [Source]
  private let usable: TokenMask
  private let trie: TokenTrie
  /// Most tokens of a context.
  private let longest: Int

  init(
    _ requests: [GenerationRequest], on sources: [Source], usable: TokenMask, trie: TokenTrie,
    longest: Int
  ) {
    self.requests = requests
    self.sources = sources
    self.usable = usable
    self.trie = trie
    self.longest = longest
  }

  typealias Outcome = Result<Generated, GenerationError>

  /// - Parameters:
  ///   - ready: gets the sources that have read their prompts.
  ///   - step: has each source read one token.
  func run(
    events: (Int, GenerationEvent) -> Void, shouldStop: () -> Bool,
    ready: ([Source]) throws(InferenceError) -> Void = { _ in },
    step: ([Source], [Int32]) throws(InferenceError) -> Void
  ) -> [Outcome] {
    var outcomes = [Outcome?](repeating: nil, count: requests.count)
    var decodings: [Decoding?] = []
    for (index, request) in requests.enumerated() {
      do throws(GenerationError) {
        decodings.append(try begin(index, request, events, shouldStop))
      } catch {
        outcomes[index] = .failure(error)
        decodings.append(nil)
      }
    }
    let begun = requests.indices.filter { outcomes[$0] == nil }
    do throws(InferenceError) {
      try ready(begun.map { sources[$0] })
    } catch {
      for index in begun { outcomes[index] = .failure(.engine(error)) }
    }
    while true {
      let isStopped = shouldStop()
      var live: [Int] = []
      var next: [Int32] = []
      for index in requests.indices where outcomes[index] == nil {
        if isStopped { decodings[index]?.cancel { events(index, $0) } }
        if let token = decodings[index]?.next(
          after: sources[index].logits, events: { events(index, $0) })
        {
          live.append(index)
          next.append(token)
        } else if let decoding = decodings[index] {
          outcomes[index] = .success(decoding.generated())
        }
      }
      guard !live.isEmpty else { break }
      do throws(InferenceError) {
        try step(live.map { sources[$0] }, next)
      } catch {
        for index in live { outcomes[index] = .failure(.engine(error)) }
      }
    }
    return outcomes.map { $0! }
  }

  /// Checks a request and reads its prompt.
  private func begin(
    _ index: Int, _ request: GenerationRequest, _ events: (Int, GenerationEvent) -> Void,
    _ shouldStop: () -> Bool
  ) throws(GenerationError) -> Decoding {
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
    let source = sources[index]
    let known = min(source.position, request.prompt.count)
    do throws(InferenceError) {
      try source.advance(
        to: request.prompt,
        progress: { events(index, .reading(done: $0, of: request.prompt.count - known)) },
        shouldStop: shouldStop)
    } catch {
      throw .engine(error)
    }
    return Decoding(
      request, trie: trie, usable: usable, matcher: matcher)
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

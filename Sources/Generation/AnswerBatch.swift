import Constraints
import Inference
import Tokenization

/// Some answers that are written together: whoever has not ended takes part in the next step.
struct AnswerBatch<Source: LogitSource> {
  private let requests: [GenerationRequest]
  private let sources: [Source]
  private let usable: TokenMask
  private let tokenizer: Tokenizer
  /// Most tokens of a context.
  private let longest: Int

  init(
    _ requests: [GenerationRequest], on sources: [Source], usable: TokenMask, tokenizer: Tokenizer,
    longest: Int
  ) {
    self.requests = requests
    self.sources = sources
    self.usable = usable
    self.tokenizer = tokenizer
    self.longest = longest
  }

  typealias Outcome = Result<Generated, GenerationError>

  /// - Parameter step: has each source read one token.
  func run(
    events: (Int, GenerationEvent) -> Void, shouldStop: () -> Bool,
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
    return Decoding(request, tokenizer: tokenizer, usable: usable)
  }
}

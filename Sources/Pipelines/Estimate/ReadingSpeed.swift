import Inference

/// How quickly a model reads on this machine: two short texts read for real, and for longer ones the growth of the
/// arithmetic. Products grow with the text, softmax attention with its square, at rates of their own:
///
///     seconds(n) = a · (operations of n tokens without attention) + b · (operations of attention)
struct ReadingSpeed {
  private let cost: Cost
  /// Seconds an operation.
  private let products: Double
  private let attention: Double

  /// Seconds that one piece may take for a longer text to be tried as well.
  private static let patience = 2.0

  init(_ model: LoadedModel) throws(InferenceError) {
    let engine = model.engine
    cost = Cost(engine.configuration)
    let short = min(Session.piece, engine.configuration.maximumPositions)
    let long = min(4 * short, engine.configuration.maximumPositions)
    let first = try Self.least(short, engine)
    let (p, a) = Self.operations(short, cost)
    var rates = (products: first / (p + a), attention: first / (p + a))
    if first < Self.patience, long > short {
      let second = try Self.least(long, engine)
      let (p2, a2) = Self.operations(long, cost)
      let determinant = p * a2 - p2 * a
      if determinant > 0 {
        let solved = (
          products: (first * a2 - second * a) / determinant,
          attention: (p * second - p2 * first) / determinant
        )
        // On a machine that is busy the two may contradict each other.
        rates =
          solved.products > 0 && solved.attention > 0
          ? solved : (second / (p2 + a2), second / (p2 + a2))
      }
    }
    (products, attention) = rates
  }

  func seconds(tokens: Int) -> Double {
    let (p, a) = Self.operations(tokens, cost)
    return products * p + attention * a
  }

  private static func operations(
    _ tokens: Int, _ cost: Cost
  ) -> (products: Double, attention: Double) {
    let attention = cost.attentionOperations(0..<tokens)
    return (cost.operations(context: tokens, generated: 0) - attention, attention)
  }

  /// The least of three: what else the machine does in between only ever adds.
  private static func least(_ count: Int, _ engine: Engine) throws(InferenceError) -> Double {
    var seconds = try read(count, engine)
    for _ in 0..<2 { seconds = min(seconds, try read(count, engine)) }
    return seconds
  }

  /// Seconds of the wall.
  private static func read(_ count: Int, _ engine: Engine) throws(InferenceError) -> Double {
    // Different tokens meet different experts.
    let vocabulary = UInt64(engine.configuration.vocabularySize)
    let tokens = (0..<count).map { Int32(UInt64($0) &* 2_654_435_761 % vocabulary) }
    let start = Resources.now().wall
    if engine.tags {
      _ = try engine.tag(tokens)
    } else {
      var session = engine.session()
      try session.advance(by: tokens)
    }
    return Resources.now().wall - start
  }
}

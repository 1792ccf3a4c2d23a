import Foundation

/// Scores of ranked spans against annotated answers, after the scoring of CUAD (Hendrycks et al. 2021).
///
/// A prediction fits an answer of the same document and field when the sets of their words have a
/// Jaccard index of at least ½; words are lower case, split at white space and `/`, without `. , ; :`.
/// At a threshold, true positives are the answers that some prediction with at least that score fits,
/// false positives the predictions that fit no answer; so two predictions of one answer cost nothing.
/// The area under precision and recall is by trapezoids from (0, 1) to the last recall reached, each
/// precision raised to the best at any higher recall; nothing is added beyond the last recall.
struct SpanScores {
  struct Span {
    var field: String
    /// Scalars.
    var range: Range<Int>
    var words: Set<String>
    var score: Double = 0

    static func words(of text: String) -> Set<String> {
      let kept = text.unicodeScalars.filter { !".,;:".unicodeScalars.contains($0) }
      return Set(
        String(String.UnicodeScalarView(kept)).lowercased()
          .split { $0.isWhitespace || $0 == "/" }.map(String.init))
    }
  }

  enum Fit { case words, characters }

  private struct Pair: Hashable {
    var document: Int
    var field: String
  }

  let fit: Fit
  private(set) var answerCount = 0
  /// Of each answer that was found, the best score that found it.
  private var hits: [(score: Double, field: String)] = []
  private var misses: [(score: Double, field: String)] = []
  private var presences: [(score: Double, isPresent: Bool)] = []
  private var answersByField: [String: Int] = [:]
  /// Every prediction's score and whether it fits.
  private(set) var outcomes: [(score: Double, isRight: Bool)] = []

  init(fit: Fit = .words) { self.fit = fit }

  mutating func add(predictions: [Span], answers: [Span], fields: [String]) {
    for field in fields {
      let predicted = predictions.filter { $0.field == field }
      let wanted = answers.filter { $0.field == field }
      answerCount += wanted.count
      answersByField[field, default: 0] += wanted.count
      var fits = [Bool](repeating: false, count: predicted.count)
      for answer in wanted {
        var best: Double?
        for (index, prediction) in predicted.enumerated() where isFit(prediction, answer) {
          fits[index] = true
          best = max(best ?? prediction.score, prediction.score)
        }
        if let best { hits.append((best, field)) }
      }
      for (prediction, fits) in zip(predicted, fits) {
        if !fits { misses.append((prediction.score, field)) }
        outcomes.append((prediction.score, fits))
      }
      presences.append((predicted.map(\.score).max() ?? 0, !wanted.isEmpty))
    }
  }

  private func isFit(_ prediction: Span, _ answer: Span) -> Bool {
    switch fit {
    case .words:
      let common = prediction.words.intersection(answer.words).count
      let all = prediction.words.count + answer.words.count - common
      return all > 0 && 2 * common >= all
    case .characters:
      let common = prediction.range.clamped(to: answer.range).count
      let all = prediction.range.count + answer.range.count - common
      return all > 0 && 2 * common >= all
    }
  }

  struct Summary {
    var area = 0.0
    var bestF1 = 0.0
    var precisionAtBest = 0.0
    var recallAtBest = 0.0
    var thresholdAtBest = 0.0
    var precisionAt80 = 0.0
    var ceiling = 0.0
    var answers = 0
  }

  var fields: [String] { answersByField.keys.sorted() }

  /// All fields pooled, or one.
  func summary(field: String? = nil) -> Summary {
    let hits = hits.filter { field == nil || $0.field == field }.map { ($0.score, true) }
    let misses = misses.filter { field == nil || $0.field == field }.map { ($0.score, false) }
    let answers = field.map { answersByField[$0] ?? 0 } ?? answerCount
    var summary = Summary()
    summary.answers = answers
    guard answers > 0 else { return summary }
    var points: [(precision: Double, recall: Double)] = []
    var right = 0
    var wrong = 0
    let events = (hits + misses).sorted { $0.0 > $1.0 }
    for (index, event) in events.enumerated() {
      if event.1 { right += 1 } else { wrong += 1 }
      if index + 1 < events.count, events[index + 1].0 == event.0 { continue }
      let precision = Double(right) / Double(right + wrong)
      let recall = Double(right) / Double(answers)
      points.append((precision, recall))
      let f1 = right == 0 ? 0 : 2 * precision * recall / (precision + recall)
      if f1 > summary.bestF1 {
        summary.bestF1 = f1
        summary.precisionAtBest = precision
        summary.recallAtBest = recall
        summary.thresholdAtBest = event.0
      }
    }
    for index in points.indices.reversed().dropFirst() {
      points[index].precision = max(points[index].precision, points[index + 1].precision)
    }
    var last = (precision: 1.0, recall: 0.0)
    for point in points {
      summary.area += (point.recall - last.recall) * (point.precision + last.precision) / 2
      last = point
    }
    summary.precisionAt80 = points.first { $0.recall >= 0.8 }?.precision ?? 0
    summary.ceiling = points.last?.recall ?? 0
    return summary
  }

  /// Whether a field is answered at all, over documents and fields: the best F1 and its threshold.
  func presence() -> (f1: Double, threshold: Double) {
    let wanted = presences.count { $0.isPresent }
    var right = 0
    var best = (f1: 0.0, threshold: 1.0)
    let events = presences.sorted { $0.score > $1.score }
    for (index, event) in events.enumerated() {
      if event.isPresent { right += 1 }
      if index + 1 < events.count, events[index + 1].score == event.score { continue }
      let f1 = 2 * Double(right) / Double(max(1, index + 1 + wanted))
      if f1 > best.f1 { best = (f1, event.score) }
    }
    return best
  }
}

/// How often what was given a probability is right, by tenths of the probability.
struct Reliability {
  private var counts = [Int](repeating: 0, count: 10)
  private var rights = [Int](repeating: 0, count: 10)
  private var sums = [Double](repeating: 0, count: 10)

  mutating func add(_ probability: Double, isRight: Bool) {
    let bin = min(9, max(0, Int(probability * 10)))
    counts[bin] += 1
    rights[bin] += isRight ? 1 : 0
    sums[bin] += probability
  }

  var lines: [String] {
    counts.indices.filter { counts[$0] > 0 }.map { bin in
      let mean = sums[bin] / Double(counts[bin])
      let share = Double(rights[bin]) / Double(counts[bin])
      return String(
        format: "  0.%d  %6d  said %.2f  right %.2f", bin, counts[bin], mean, share)
    }
  }
}

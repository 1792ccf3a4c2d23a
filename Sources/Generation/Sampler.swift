import Constraints
import Foundation

/// Draws the tokens of one text.
struct Sampler {
  private let sampling: Sampling
  /// How often each token was written.
  private var written: [Int32: Int] = [:]
  /// Tokens of the prompt, for the repetition penalty alone.
  private let read: Set<Int32>
  private var draws: UInt64 = 0
  private var candidates: [Candidate] = []

  struct Candidate {
    var token: Int32
    /// Relative to the likeliest token's, which has 1.
    var weight: Float
    /// ln of the weight: below it, buckets are cut.
    var exponent: Float
  }

  /// Tokens less likely than the likeliest by this factor's logarithm are never drawn: e⁻³⁰ ≈ 1e-13.
  private static let reach: Float = 30

  init(_ sampling: Sampling, prompt: [Int32]) {
    self.sampling = sampling
    read = sampling.repetitionPenalty == 1 ? [] : Set(prompt)
  }

  mutating func note(_ token: Int32) {
    if sampling.hasPenalties { written[token, default: 0] += 1 }
  }

  /// - Parameters:
  ///   - logits: [vocabulary]; only those of `allowed` are looked at.
  ///   - allowed: the tokens to choose from: one at least.
  mutating func choose(_ logits: Span<Float>, among allowed: TokenMask) -> Int32 {
    guard sampling.hasPenalties else { return chosen(logits, allowed) }
    var penalised: [Float] = []
    penalised.reserveCapacity(logits.count)
    for index in 0..<logits.count { penalised.append(logits[index]) }
    penalise(&penalised)
    return chosen(penalised.span, allowed)
  }

  private mutating func chosen(_ logits: Span<Float>, _ allowed: TokenMask) -> Int32 {
    let best = Self.best(logits, among: allowed)
    guard sampling.temperature > 0 else { return best }
    let top = logits[Int(best)]
    let scale = Float(1 / sampling.temperature)
    candidates.removeAll(keepingCapacity: true)
    for (index, word) in allowed.words.enumerated() {
      var word = word
      while word != 0 {
        let id = index << 6 + word.trailingZeroBitCount
        word &= word - 1
        let exponent = (logits[id] - top) * scale
        if exponent > -Self.reach {
          candidates.append(
            Candidate(
              token: Int32(truncatingIfNeeded: id), weight: exp(exponent), exponent: exponent))
        }
      }
    }
    if let topK = sampling.topK, topK < candidates.count { cut { count, _ in count >= topK } }
    if sampling.topP < 1 {
      let wanted = sampling.topP * total
      cut { _, mass in mass >= wanted }
    }
    if sampling.minP > 0 { candidates.removeAll { $0.weight < Float(sampling.minP) } }
    return draw()
  }

  /// The token with the largest logit; of equals the one with the smallest id.
  static func best(_ logits: Span<Float>, among allowed: TokenMask) -> Int32 {
    var best: Int32 = -1
    var top = -Float.infinity
    for (index, word) in allowed.words.enumerated() where word != 0 {
      let first = index << 6
      if word == .max {
        for id in first..<first + 64 where logits[id] > top {
          top = logits[id]
          best = Int32(truncatingIfNeeded: id)
        }
      } else {
        var word = word
        while word != 0 {
          let id = first + word.trailingZeroBitCount
          if logits[id] > top || best < 0 {
            top = logits[id]
            best = Int32(truncatingIfNeeded: id)
          }
          word &= word - 1
        }
      }
    }
    precondition(best >= 0, "there is a token to choose")
    return best
  }

  private func penalise(_ logits: inout [Float]) {
    for (token, count) in written {
      logits[Int(token)] -= Float(
        sampling.presencePenalty + sampling.frequencyPenalty * Double(count))
    }
    guard sampling.repetitionPenalty != 1 else { return }
    let factor = Float(sampling.repetitionPenalty)
    for token in read.union(written.keys) where logits.indices.contains(Int(token)) {
      let logit = logits[Int(token)]
      logits[Int(token)] = logit > 0 ? logit / factor : logit * factor
    }
  }

  private var total: Double { candidates.reduce(0) { $0 + Double($1.weight) } }

  /// Keeps the likeliest candidates, up to the first with which `isEnough` of their count and weight
  /// holds. Sorts only those near the border, by buckets of the exponent.
  private mutating func cut(where isEnough: (_ count: Int, _ mass: Double) -> Bool) {
    let buckets = 512
    func bucket(_ candidate: Candidate) -> Int {
      min(Int(-candidate.exponent * Float(buckets) / Self.reach), buckets - 1)
    }
    var counts = [Int](repeating: 0, count: buckets)
    var masses = [Double](repeating: 0, count: buckets)
    for candidate in candidates {
      let place = bucket(candidate)
      counts[place] += 1
      masses[place] += Double(candidate.weight)
    }
    var count = 0
    var mass = 0.0
    var border = 0
    while border < buckets, !isEnough(count + counts[border], mass + masses[border]) {
      count += counts[border]
      mass += masses[border]
      border += 1
    }
    // Rounding may leave the sum below what is wanted of it: then all stay.
    guard border < buckets else { return }
    var near = candidates.filter { bucket($0) == border }
    near.sort { ($1.weight, $0.token) < ($0.weight, $1.token) }
    candidates.removeAll { bucket($0) >= border }
    for candidate in near {
      count += 1
      mass += Double(candidate.weight)
      candidates.append(candidate)
      if isEnough(count, mass) { break }
    }
  }

  private mutating func draw() -> Int32 {
    let target = uniform() * total
    var sum = 0.0
    for candidate in candidates {
      sum += Double(candidate.weight)
      if sum > target { return candidate.token }
    }
    return candidates[candidates.count - 1].token
  }

  /// The next number in 0..<1: SplitMix64 of the seed and how many were drawn, so that a text
  /// depends on nothing else.
  private mutating func uniform() -> Double {
    draws += 1
    var z = sampling.seed &+ draws &* 0x9E37_79B9_7F4A_7C15
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return Double((z ^ z >> 31) >> 11) * 0x1p-53
  }
}

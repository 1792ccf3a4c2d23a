import Constraints
import Foundation
import Testing

@testable import Generation

@Suite struct SamplerTests {
  /// Probabilities 0.5, 0.25, 0.125, … of tokens 0, 1, 2, …
  static let logits: [Float] = (0..<12).map { -Float($0) * Float(log(2.0)) }

  static func all(_ count: Int) -> TokenMask {
    var mask = TokenMask(size: count)
    for id in 0..<Int32(count) { mask.insert(id) }
    return mask
  }

  /// How often each token is drawn, of 4000 times.
  static func shares(_ sampling: Sampling, among mask: TokenMask = all(12)) -> [Double] {
    var sampler = Sampler(sampling, prompt: [])
    var counts = [Double](repeating: 0, count: 12)
    for _ in 0..<4000 { counts[Int(sampler.choose(logits.span, among: mask))] += 1 }
    return counts.map { $0 / 4000 }
  }

  @Test func `tokens are drawn as often as they are likely`() {
    let shares = Self.shares(Sampling(topP: 1, seed: 3))
    for token in 0..<6 { #expect(abs(shares[token] - pow(0.5, Double(token + 1))) < 0.03) }
    let hot = Self.shares(Sampling(temperature: 2, topP: 1, seed: 3))
    #expect(hot[0] < 0.36 && hot[5] > shares[5])
  }

  @Test func `top-k, top-p and min-p leave the likeliest and no others`() {
    #expect(Self.shares(Sampling(topP: 1, topK: 3)).lastIndex { $0 > 0 } == 2)
    // 0.5 and 0.25 are not 0.8 yet.
    #expect(Self.shares(Sampling(topP: 0.8)).lastIndex { $0 > 0 } == 2)
    #expect(Self.shares(Sampling(topP: 0.01)).lastIndex { $0 > 0 } == 0)
    #expect(Self.shares(Sampling(topP: 1, minP: 0.2)).lastIndex { $0 > 0 } == 2)
    #expect(Self.shares(.greedy) == [1] + Array(repeating: 0, count: 11))
  }

  @Test func `what is not allowed is never drawn, and the rest keeps its shares`() {
    var mask = Self.all(12)
    mask.remove(0)
    let shares = Self.shares(Sampling(topP: 1, seed: 9), among: mask)
    #expect(shares[0] == 0)
    #expect(abs(shares[1] - 0.5) < 0.03)
    var one = TokenMask(size: 12)
    one.insert(11)
    #expect(Self.shares(.recommended, among: one)[11] == 1)
  }

  @Test func `penalties make what was written less likely`() {
    var sampling = Sampling.greedy
    sampling.presencePenalty = 0.5
    sampling.frequencyPenalty = 0.3
    var sampler = Sampler(sampling, prompt: [])
    #expect(sampler.choose(Self.logits.span, among: Self.all(12)) == 0)
    sampler.note(0)
    // ln 2 ≈ 0.69 less than 0.8.
    #expect(sampler.choose(Self.logits.span, among: Self.all(12)) == 1)
    var repeating = Sampling.greedy
    repeating.repetitionPenalty = 1.5
    var other = Sampler(repeating, prompt: [1])
    #expect(other.choose(([1, 1.2, 0.5] as [Float]).span, among: Self.all(3)) == 0)
    #expect(other.choose(([-1, -0.9, -2] as [Float]).span, among: Self.all(3)) == 0)
  }

  @Test func `numbers that make no sense are named`() {
    #expect(Sampling.recommended.problem == nil)
    #expect(Sampling(temperature: -1).problem?.contains("temperature") == true)
    #expect(Sampling(topP: 0).problem?.contains("top-p") == true)
    #expect(Sampling(topK: 0).problem?.contains("top-k") == true)
    #expect(Sampling(minP: 2).problem?.contains("min-p") == true)
  }
}

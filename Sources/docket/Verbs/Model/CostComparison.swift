import Foundation
import Inference
import JSON

/// Operations of two models for the same tokens, written from the first on.
struct CostComparison {
  let first: (name: String, model: ArchitectureCost)
  let second: (name: String, model: ArchitectureCost)

  init(_ first: (String, ArchitectureCost), _ second: (String, ArchitectureCost)) {
    self.first = first
    self.second = second
  }

  static let lengths = [
    1024, 8192, 16384, 32768, 65536, 100_000, 131_072, 262_144, 524_288, 1_048_576,
  ]

  /// Operations for all of `length` tokens.
  func all(_ length: Int) -> (first: Double, second: Double) {
    (first.model.operations(0..<length), second.model.operations(0..<length))
  }

  /// Share of the second's operations the first needs: of the token written after `length`, and of all up to it.
  func share(_ length: Int, _ form: LatentAttentionCost.Form = .plain) -> (
    token: Double, all: Double
  ) {
    let (token, all) = (length..<length + 1, 0..<length)
    return (
      first.model.operations(token, form) / second.model.operations(token, form),
      first.model.operations(all, form) / second.model.operations(all, form)
    )
  }

  /// Whether the second could run its attention with less memory and more arithmetic.
  var hasLatentForm: Bool {
    if case .latent = second.model { true } else { false }
  }

  var json: JSONValue {
    let rows = Self.lengths.map { length -> JSONValue in
      let (all, share) = (all(length), share(length))
      var row: JSONObject = [
        "tokens": .integer(length), "operations": .number(all.first),
        "operationsAgainst": .number(all.second), "shareOfToken": .number(share.token),
        "shareOfAll": .number(share.all),
      ]
      if hasLatentForm {
        row["shareOfTokenLatent"] = .number(self.share(length, .latent).token)
        row["shareOfAllLatent"] = .number(self.share(length, .latent).all)
      }
      return .object(row)
    }
    return .object(["against": .string(second.name), "lengths": .array(rows)])
  }

  var lines: [String] {
    func percent(_ share: Double) -> String { String(format: "%.1f %%", share * 100) }
    var rows = [["tokens", first.name, second.name, "of the token", "of all so far"]]
    if hasLatentForm { rows[0] += ["of the token, latent", "of all, latent"] }
    for length in Self.lengths {
      let (all, share) = (all(length), share(length))
      var row = [
        TextLayout.grouped(length), ModelCost.scaled(all.first),
        ModelCost.scaled(all.second), percent(share.token), percent(share.all),
      ]
      if hasLatentForm {
        let latent = self.share(length, .latent)
        row += [percent(latent.token), percent(latent.all)]
      }
      rows.append(row)
    }
    return [
      "", "Operations of tokens written one after another, and the share \(first.name) needs:", "",
    ] + TextLayout.table(rows)
      + (hasLatentForm
        ? [
          "",
          "Keys and values of every head, or, where it says latent, with the projections absorbed as",
          "decoders run it to save memory. A published share is met only by the same way of counting.",
        ] : [])
  }
}

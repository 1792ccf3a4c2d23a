import Foundation
package import JSON

/// Configurations of released models that costs are compared with, by name.
package enum PublishedModel: String, CaseIterable, Sendable {
  case minimaxM1 = "minimax-m1"
  case deepSeekR1 = "deepseek-r1"

  package var json: JSONValue {
    let bytes: [UInt8] =
      switch self {
      case .minimaxM1: PackageResources.minimax_m1_json
      case .deepSeekR1: PackageResources.deepseek_r1_json
      }
    do {
      return try JSONValue.parse(bytes)
    } catch { preconditionFailure("the shipped \(rawValue).json: \(error)") }
  }
}

/// What any of the known kinds of model costs to run.
package enum ArchitectureCost: Sendable {
  case lightning(Cost)
  case latent(LatentAttentionCost)

  package init(_ json: JSONValue) throws(InferenceError) {
    self =
      try LatentAttentionCost.describes(json)
      ? .latent(LatentAttentionCost(json)) : .lightning(Cost(Configuration(json)))
  }

  package var parameters: Int {
    switch self {
    case .lightning(let cost): cost.parameters
    case .latent(let cost): cost.parameters
    }
  }

  /// Without embedding and head.
  package var activeParameters: Int {
    switch self {
    case .lightning(let cost): cost.activeParameters
    case .latent(let cost): cost.activeParameters
    }
  }

  /// Operations of the tokens at positions `range`, without the head.
  package func operations(_ range: Range<Int>, _ form: LatentAttentionCost.Form = .plain) -> Double
  {
    switch self {
    case .lightning(let cost):
      Double(range.count) * cost.operationsPerToken + cost.attentionOperations(range)
    case .latent(let cost): cost.operations(range, form)
    }
  }
}

package import Inference

/// Why a text cannot be begun, or not be ended.
package enum GenerationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is asked for does not fit the model, or contradicts itself.
  case request(String)
  /// The model could not go on.
  case engine(InferenceError)

  package var description: String {
    switch self {
    case .request(let message): message
    case .engine(let error): error.description
    }
  }
}

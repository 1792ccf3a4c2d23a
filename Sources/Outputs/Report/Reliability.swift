import JSON

/// What confidences turned out to be worth where the right answers are known.
///
/// The figures are data, measured once for the ranker that ships and kept beside this file with the
/// command that gives them again.
enum Reliability {
  /// The measurement for the weights a run used; nil where there is none for them.
  static func measured(modelSHA256: String?) -> JSONValue? {
    guard let modelSHA256, let shipped, shipped["modelSha256"]?.string == modelSHA256 else {
      return nil
    }
    return shipped
  }

  static let shipped = try? JSONValue.parse(PackageResources.reliability_json)
}

import Digests

/// The seed of one question: the declaration's, told apart by what is asked, so that equal runs choose
/// alike whatever else was asked before.
enum SamplingSeed {
  static func of(_ seed: Int, job key: String, question: String, attempt: Int) -> UInt64 {
    let digest = SHA256.hash(of: "\(seed)\n\(key)\n\(question)\n\(attempt)")
    return UInt64(digest.prefix(16), radix: 16) ?? 0
  }

  /// An answer that was not valid is asked for with some freedom: the likeliest words would be the
  /// same again.
  static func temperature(_ declared: Double, attempt: Int) -> Double {
    attempt == 0 ? declared : max(declared, 0.6)
  }
}

package import JSON

/// All outputs of one kind as JSON Lines, sorted by the documents' paths.
package enum OutputLines {
  package static func bytes(of envelopes: [JSONValue]) -> [UInt8] {
    sorted(envelopes).flatMap { Array($0.text().utf8) + [UInt8(ascii: "\n")] }
  }

  /// By path, code point by code point, then by step and kind: the same everywhere.
  package static func sorted(_ envelopes: [JSONValue]) -> [JSONValue] {
    func key(_ envelope: JSONValue) -> [UInt8] {
      Array((envelope["source"]?["path"]?.string ?? "").utf8) + [0]
        + Array((envelope["produced"]?["step"]?.string ?? "").utf8) + [0]
        + Array((envelope["kind"]?.string ?? "").utf8)
    }
    return envelopes.map { (key($0), $0) }
      .sorted { $0.0.lexicographicallyPrecedes($1.0) }.map(\.1)
  }
}

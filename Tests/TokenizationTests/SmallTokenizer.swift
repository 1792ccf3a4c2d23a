import JSON

@testable import Tokenization

/// A `tokenizer.json` of all bytes, a few merges and a special token, to be changed by tests.
enum SmallTokenizer {
  static let merges = [("h", "e"), ("l", "l"), ("he", "ll"), ("hell", "o"), ("Ġ", "hello")]

  static var json: JSONValue {
    var vocab = JSONObject()
    for byte in UInt8.min...UInt8.max {
      vocab[ByteAlphabet.spelling(of: [byte])] = .integer(Int(byte))
    }
    for (rank, merge) in merges.enumerated() {
      vocab[merge.0 + merge.1] = .integer(256 + rank)
    }
    return [
      "version": "1.0",
      "added_tokens": [
        ["id": 261, "content": "<eos>", "special": true, "normalized": false],
        ["id": 263, "content": "<think>", "special": false],
      ],
      "normalizer": nil,
      "pre_tokenizer": [
        "type": "Sequence",
        "pretokenizers": [
          [
            "type": "Split", "pattern": ["Regex": .string(PreTokenizer.o200k.pattern)],
            "behavior": "Isolated", "invert": false,
          ],
          ["type": "ByteLevel", "add_prefix_space": false, "use_regex": false],
        ],
      ],
      "decoder": ["type": "ByteLevel"],
      "model": [
        "type": "BPE",
        "vocab": .object(vocab),
        "merges": .array(merges.map { [.string($0.0), .string($0.1)] }),
      ],
    ]
  }

  static func load(_ json: JSONValue) throws(TokenizerError) -> Tokenizer {
    try TokenizerFile(Array(json.text().utf8), path: "tokenizer.json").tokenizer()
  }
}

extension JSONValue {
  /// The value with the one at `path` replaced, or removed.
  func replacing(_ path: [String], with value: JSONValue?) -> JSONValue {
    guard let first = path.first else { return value ?? .null }
    let rest = Array(path.dropFirst())
    switch self {
    case .object(var object):
      object[first] =
        rest.isEmpty ? value : (object[first] ?? [:]).replacing(rest, with: value)
      return .object(object)
    case .array(var array):
      guard let index = Int(first) else { return self }
      if index >= array.count {
        if let value { array.append(value) }
      } else if rest.isEmpty, value == nil {
        array.remove(at: index)
      } else {
        array[index] = array[index].replacing(rest, with: value)
      }
      return .array(array)
    default: return self
    }
  }

  /// The paths of all values in it, its own among them.
  var paths: [[String]] {
    switch self {
    case .object(let object):
      [[]] + object.members.flatMap { key, value in value.paths.map { [key] + $0 } }
    case .array(let array):
      [[]] + array.enumerated().flatMap { index, value in value.paths.map { ["\(index)"] + $0 } }
    default: [[]]
    }
  }
}

import JSON

/// A Hugging Face `tokenizer.json`, taken apart and checked. Whatever would change the tokens and
/// is not done here is refused by its name.
///
/// `truncation` and `padding` are ignored, since nothing is cut or filled up here; so are the
/// post-processor's offsets, since tokens tile the text.
struct TokenizerFile {
  private let root: JSONValue
  private let path: String

  init(_ bytes: [UInt8], path: String) throws(TokenizerError) {
    self.path = path
    do {
      root = try JSONValue.parse(bytes)
    } catch {
      throw TokenizerError(.malformed, file: path, "no JSON, \(error)")
    }
    guard root.object != nil else { throw malformed("the top level is no object") }
  }

  private func malformed(_ detail: String) -> TokenizerError {
    TokenizerError(.malformed, file: path, detail)
  }

  private func unsupported(_ detail: String) -> TokenizerError {
    TokenizerError(.unsupported, file: path, detail)
  }

  func tokenizer() throws(TokenizerError) -> Tokenizer {
    let preTokenizer = try preTokenizer()
    if let normalizer = root["normalizer"], !normalizer.isNull {
      throw unsupported("normalizer \(name(of: normalizer))")
    }
    if let processor = root["post_processor"], !processor.isNull, name(of: processor) != "ByteLevel"
    {
      throw unsupported("post-processor \(name(of: processor))")
    }
    if let decoder = root["decoder"], name(of: decoder) != "ByteLevel" {
      throw unsupported("decoder \(name(of: decoder))")
    }
    guard let model = root["model"], model.object != nil else {
      throw malformed("“model” is missing or no object")
    }
    try checkModel(model)
    let added = try addedTokens()
    let vocabulary = try vocabulary(model, added)
    var byteIDs: [UInt32] = []
    for byte in UInt8.min...UInt8.max {
      guard let id = vocabulary.id(of: [byte].span) else {
        throw unsupported("a vocabulary without a token for byte \(byte), so texts could lose it")
      }
      byteIDs.append(UInt32(id))
    }
    return Tokenizer(
      preTokenizer: preTokenizer, vocabulary: vocabulary, merges: try merges(model, vocabulary),
      byteIDs: byteIDs, addedTokens: AddedTokens(added),
      ignoresMerges: try flag("ignore_merges", of: model, in: "model"))
  }

  /// The `type` of a component, for messages.
  private func name(of component: JSONValue) -> String {
    component["type"]?.string ?? component.typeName
  }

  private func flag(_ key: String, of value: JSONValue, in place: String) throws(TokenizerError)
    -> Bool
  {
    guard let flag = value[key], !flag.isNull else { return false }
    guard let flag = flag.bool else {
      throw malformed("“\(key)” of \(place) is \(flag.typeName), not boolean")
    }
    return flag
  }

  private func checkModel(_ model: JSONValue) throws(TokenizerError) {
    if let type = model["type"], type.string != "BPE" {
      throw unsupported("model \(name(of: model))")
    }
    for key in ["dropout", "continuing_subword_prefix", "end_of_word_suffix"] {
      guard let value = model[key], !value.isNull, value != "", value.double != 0 else { continue }
      throw unsupported("the model's “\(key)”")
    }
  }

  // MARK: Pre-tokenizer

  private func preTokenizer() throws(TokenizerError) -> PreTokenizer {
    guard let top = root["pre_tokenizer"], !top.isNull else {
      throw unsupported("no pre-tokenizer")
    }
    guard top["type"] == "Sequence", let parts = top["pretokenizers"]?.array else {
      throw unsupported("pre-tokenizer \(name(of: top)) where Sequence is known")
    }
    let names = parts.map(name(of:))
    guard names == ["Split", "ByteLevel"] else {
      throw unsupported(
        "pre-tokenizers \(names.joined(separator: ", ")) where Split, ByteLevel are known")
    }
    guard let pattern = parts[0]["pattern"]?["Regex"]?.string else {
      throw unsupported("a Split without a regular expression")
    }
    guard let known = PreTokenizer(pattern: pattern) else {
      throw unsupported(
        "the pre-tokenizer pattern \(pattern) where those of GPT-4o (o200k) and Llama 3 are known")
    }
    let behavior = parts[0]["behavior"]?.string ?? "none"
    guard behavior == "Isolated", try !flag("invert", of: parts[0], in: "Split") else {
      throw unsupported("a Split with behavior \(behavior) or “invert”, where Isolated is known")
    }
    guard try !flag("add_prefix_space", of: parts[1], in: "ByteLevel") else {
      throw unsupported("a ByteLevel that adds a space before the text")
    }
    // Absent, it means true.
    guard parts[1]["use_regex"] == false else {
      throw unsupported("a ByteLevel with its own pattern after Split")
    }
    return known
  }

  // MARK: Tokens

  private func addedTokens() throws(TokenizerError) -> [AddedTokens.Token] {
    guard let list = root["added_tokens"], !list.isNull else { return [] }
    guard let entries = list.array else {
      throw malformed("“added_tokens” is \(list.typeName), not array")
    }
    var tokens: [AddedTokens.Token] = []
    var ids: Set<Int32> = []
    var contents: Set<[UInt8]> = []
    for (index, entry) in entries.enumerated() {
      let place = "added token \(index)"
      let id = try identifier(entry["id"], place)
      guard let content = entry["content"]?.string, !content.isEmpty else {
        throw malformed("\(place) has no content")
      }
      let token = AddedTokens.Token(
        id: id, content: Array(content.utf8),
        isSpecial: try flag("special", of: entry, in: place),
        stripsLeft: try flag("lstrip", of: entry, in: place),
        stripsRight: try flag("rstrip", of: entry, in: place),
        isSingleWord: try flag("single_word", of: entry, in: place),
        isNormalized: try flag("normalized", of: entry, in: place))
      guard contents.insert(token.content).inserted else {
        throw malformed("\(place) has the content of another added token")
      }
      guard ids.insert(id).inserted else {
        throw malformed("\(place) has id \(id), and so has another added token")
      }
      tokens.append(token)
    }
    return tokens
  }

  private func identifier(_ value: JSONValue?, _ place: String) throws(TokenizerError) -> Int32 {
    guard let id = value?.integer else { throw malformed("the id of \(place) is no whole number") }
    guard id >= 0, id <= Vocabulary.largestID else {
      throw malformed("\(place) has id \(id), outside 0...\(Vocabulary.largestID)")
    }
    return Int32(id)
  }

  /// Vocabulary and added tokens by id. An added token may repeat an entry of the vocabulary.
  private func vocabulary(_ model: JSONValue, _ added: [AddedTokens.Token]) throws(TokenizerError)
    -> Vocabulary
  {
    guard let entries = model["vocab"]?.object else {
      throw malformed("the model's “vocab” is missing or no object")
    }
    var addedIDs: [[UInt8]: Int32] = [:]
    for token in added { addedIDs[token.content] = token.id }
    var bytes: [UInt8] = []
    /// What ids stand for: parts of `bytes`, and whether merges may build them.
    var tokens: [(id: Int32, range: Range<Int>, isSpelled: Bool)] = []
    tokens.reserveCapacity(entries.count + added.count)
    for (spelling, value) in entries.members {
      let id = try identifier(value, "an entry of the vocabulary")
      let start = bytes.count
      let utf8 = spelling.utf8.span
      var spelled = ByteAlphabet.append(utf8, to: &bytes)
      if !spelled { bytes.append(contentsOf: spelling.utf8) }
      if !added.isEmpty, let addedID = addedIDs[Array(spelling.utf8)] {
        guard addedID == id else {
          throw malformed(
            "an added token has id \(addedID), and the vocabulary gives its content id \(id)")
        }
        // Found as it is in the text, an added token stands for its own bytes.
        if !bytes[start...].elementsEqual(spelling.utf8) {
          bytes.replaceSubrange(start..., with: spelling.utf8)
          spelled = false
        }
        addedIDs[Array(spelling.utf8)] = nil
      }
      tokens.append((id, start..<bytes.count, spelled))
    }
    for token in added where addedIDs[token.content] != nil {
      let start = bytes.count
      bytes.append(contentsOf: token.content)
      tokens.append((token.id, start..<bytes.count, false))
    }
    if tokens.indices.dropFirst().contains(where: { tokens[$0].id < tokens[$0 - 1].id }) {
      tokens.sort { $0.id < $1.id }
    }
    var vocabulary = Vocabulary(tokens: tokens.count, bytes: bytes.count)
    for (id, range, isSpelled) in tokens {
      guard id >= vocabulary.idLimit else {
        throw malformed("id \(id) stands for two tokens")
      }
      while vocabulary.idLimit < id { vocabulary.appendGap() }
      guard vocabulary.append(bytes.span.extracting(range), isSpelled: isSpelled) else {
        throw malformed("token \(id) stands for the same bytes as another token")
      }
    }
    return vocabulary
  }

  // MARK: Merges

  private func merges(_ model: JSONValue, _ vocabulary: Vocabulary) throws(TokenizerError)
    -> MergeTable
  {
    guard let list = model["merges"]?.array else {
      throw malformed("the model's “merges” are missing or no array")
    }
    var table = MergeTable(merges: list.count)
    var builder = MergeBuilder(path: path)
    for (rank, entry) in list.enumerated() {
      switch entry {
      case .array(let pair):
        guard pair.count == 2, let left = pair[0].string, let right = pair[1].string else {
          throw malformed("merge \(rank) is no pair of strings")
        }
        try builder.setParts(left.utf8.span, right.utf8.span, rank: rank)
      case .string(let text):
        let utf8 = text.utf8.span
        let spaces = utf8.indices.filter { utf8[$0] == 0x20 }
        guard spaces.count == 1 else {
          throw malformed("merge \(rank) is not two tokens with a space between")
        }
        try builder.setParts(
          utf8.extracting(0..<spaces[0]), utf8.extracting((spaces[0] + 1)...), rank: rank)
      default:
        throw malformed("merge \(rank) is neither a pair nor a string")
      }
      let (left, right) = try builder.ids(in: vocabulary, rank: rank)
      guard let merged = vocabulary.id(of: builder.whole.span) else {
        throw malformed("merge \(rank) makes a token that the vocabulary lacks")
      }
      table.set(left, right, rank: rank, into: merged)
    }
    return table
  }
}

/// Reads the two sides of merges, and finds their tokens.
struct MergeBuilder {
  /// The bytes of both sides.
  private(set) var whole: [UInt8] = []
  private var leftCount = 0
  private let path: String

  init(path: String) { self.path = path }

  mutating func setParts(_ left: Span<UInt8>, _ right: Span<UInt8>, rank: Int)
    throws(TokenizerError)
  {
    whole.removeAll(keepingCapacity: true)
    guard left.count > 0, right.count > 0, ByteAlphabet.append(left, to: &whole) else {
      throw bad(rank)
    }
    leftCount = whole.count
    guard ByteAlphabet.append(right, to: &whole) else { throw bad(rank) }
  }

  private func bad(_ rank: Int) -> TokenizerError {
    TokenizerError(
      .malformed, file: path, "merge \(rank) has a side that is empty or outside the byte alphabet")
  }

  func ids(in vocabulary: Vocabulary, rank: Int) throws(TokenizerError) -> (Int32, Int32) {
    let bytes = whole.span
    guard let left = vocabulary.id(of: bytes.extracting(0..<leftCount)),
      let right = vocabulary.id(of: bytes.extracting(leftCount...))
    else {
      throw TokenizerError(
        .malformed, file: path, "merge \(rank) takes a token that there is not (yet)")
    }
    return (left, right)
  }
}

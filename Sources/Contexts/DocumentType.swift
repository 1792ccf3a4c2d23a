package import Tokenization

/// What kind of document a model is told it reads, by the context's first token.
package enum DocumentType: String, Hashable, Sendable, CaseIterable {
  case contract
  case meeting
  case report
  /// Anything else.
  case text

  /// The mark's token, for models that were trained with one.
  package func mark(in tokenizer: Tokenizer) -> Int32? { tokenizer.id(ofAdded: "<\(rawValue)>") }

  /// The mark at the text's end, for models that were trained with one.
  package static func endMark(in tokenizer: Tokenizer) -> Int32? { tokenizer.id(ofAdded: "<eos>") }
}

/// The declarations that `docket init` writes.
package enum DeclarationTemplate: String, CaseIterable, Sendable {
  case contracts, minutes, summaries

  /// A commented declaration that reads without a problem as it stands.
  package var text: String { "" }
}

/// Why a run cannot go on as a whole. What concerns one document never becomes one of these.
package struct PipelineError: Error, Sendable, CustomStringConvertible {
  /// What, where, which numbers, what next; never text of a document.
  package let message: String
  /// Whether the declaration or the command line must change (exit status 2).
  package let isDeclarationFault: Bool

  package init(_ message: String, isDeclarationFault: Bool = false) {
    self.message = message
    self.isDeclarationFault = isDeclarationFault
  }

  package var description: String { message }
}

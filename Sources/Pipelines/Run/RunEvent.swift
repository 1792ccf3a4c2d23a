/// What happens in a run, for whoever shows it. Names and numbers only, never text of a document.
package enum RunEvent: Sendable {
  /// Scanned and planned: how many documents and jobs there are, and how many are done already.
  case planned(documents: Int, jobs: Int, cached: Int, leftOut: Int)
  case loadingModel(String)
  case reading(document: String)
  /// Tokens of the document read by the engine so far.
  case advanced(document: String, tokens: Int, of: Int)
  case finished(document: String, step: String, outcome: String, detail: String?)
  case retrying(document: String, step: String, attempt: Int, error: String)
  /// Something went wrong that no result depends on.
  case warning(document: String, String)
  case writingResults
  case stopping(StopSignal.Reason)
}

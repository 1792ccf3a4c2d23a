/// One invocation of a pipeline on a directory.
package struct Run: Hashable, Sendable {
  package var id: RunID
  package var pipeline: String
  /// Absolute paths.
  package var directory: String
  package var output: String
  package var declaration: DeclarationID
  /// What started it: `manual`, or `schedule:` and a name.
  package var trigger: String
  package var state: RunState
  package var startedAt: Timestamp
  package var finishedAt: Timestamp?
  /// The program's version that started it.
  package var program: String
}

/// Where a run stands. Stored by raw value.
package enum RunState: String, Hashable, Sendable, CaseIterable {
  /// Its jobs may be claimed. In: started, resumed. Out: finished, pause, cancel. A run whose process died
  /// or stopped at a safe point stays open, and the same command goes on with it.
  case open
  /// Its jobs are left alone until resumed; running ones stop at a safe point.
  case paused
  /// All its jobs are final.
  case finished
  /// Given up by a person, with all jobs that were not final.
  case cancelled
}

/// The text of a declaration, kept once however many jobs were enqueued with it.
package struct Declaration: Hashable, Sendable {
  package var sha256: String
  package var text: String

  package init(sha256: String, text: String) {
    self.sha256 = sha256
    self.text = text
  }
}

package struct NewRun: Hashable, Sendable {
  package var pipeline: String
  package var directory: String
  package var output: String
  package var declaration: Declaration
  package var trigger: String
  package var program: String

  package init(
    pipeline: String, directory: String, output: String, declaration: Declaration,
    trigger: String = "manual", program: String
  ) {
    self.pipeline = pipeline
    self.directory = directory
    self.output = output
    self.declaration = declaration
    self.trigger = trigger
    self.program = program
  }
}

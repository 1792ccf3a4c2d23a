package import Foundation
package import Schedules

/// What a pipeline file says, checked and complete: every default is filled in, every path absolute.
///
/// A declaration is data, never code. It is made by ``DeclarationReader`` and names no result, no
/// machine and no time, so the same file means the same work everywhere.
package struct Declaration: Sendable {
  /// The pipeline file; paths inside it are relative to its folder.
  package var file: URL
  /// The file's bytes as they were read.
  package var source: [UInt8]
  /// SHA-256 of ``source``, 64 hexadecimal digits.
  package var sha256: String
  package var name: String
  package var input: Input
  package var model: Model
  /// What models that write are told, from ``Prompts``' own files or those that take their place.
  package var prompts: Prompts
  /// In the order they are written, at least one; a step refers only to steps before it.
  package var steps: [Step]
  package var output: Output
  package var schedule: Schedule?
  /// Where things stand in the file, for problems that are found after reading.
  var places: DeclarationPlaces

  package func step(_ id: String) -> Step? { steps.first { $0.id == id } }

  /// What a scan of the input folder leaves out: `exclude`, and the pipeline's own outputs where
  /// their folder lies inside, so that no run reads what another wrote.
  package var exclusions: [String] {
    let folder = input.directory.standardized.pathComponents
    let output = output.directory.standardized.pathComponents
    guard output.count > folder.count, output.starts(with: folder) else { return input.exclude }
    let inside = output.dropFirst(folder.count).joined(separator: "/")
    return input.exclude + [PatternRules.folder(inside)]
  }
}

extension Declaration {
  package struct Input: Hashable, Sendable {
    package var directory: URL
    /// A file is read when any of these matches its path relative to ``directory`` …
    package var match: [String]
    /// … and none of these does; ``Declaration/exclusions`` has one more.
    package var exclude: [String]
    /// The longest document one context may hold, in tokens.
    package var maxTokens: Int
    package var overLimit: OverLimit
    /// Tried in order on encrypted files.
    package var passwords: [String]

    /// What happens to a document of more than ``maxTokens`` tokens; it is never cut.
    package enum OverLimit: String, CaseIterable, Hashable, Sendable {
      /// The document is recorded as over-context, and its steps are not run.
      case fail
      /// It is read in parts of at most ``maxTokens`` tokens each.
      case split
    }
  }

  package struct Model: Hashable, Sendable {
    package var weights: Weights
    /// 0 always takes the likeliest token.
    package var temperature: Double = 0
    package var seed: Int = 0
    /// What concerns only models that write.
    package var writing = Writing()

    package enum Weights: Hashable, Sendable {
      /// The checkpoint that ships with Docket.
      case `default`
      /// A checkpoint in the Hugging Face layout.
      case folder(URL)
      /// A model behind a server: documents are sent there.
      case endpoint(RemoteModel)
    }
  }

  package struct Output: Hashable, Sendable {
    package var directory: URL
    /// One `STEP.jsonl` a step, beside the files of the documents.
    package var jsonl: Bool
    /// The steps that are also written as `STEP.csv`: one row a document.
    package var csv: [String]
    /// A `report.html` for the run.
    package var html: Bool
    /// Minutes and summaries as Markdown too.
    package var markdown: Bool
  }

  package struct Schedule: Hashable, Sendable {
    /// As written: five fields, or an alias such as `@daily`.
    package var cron: String
    package var times: CronExpression
    package var timeZone: TimeZone
    package var missed: MissedRuns
    package var overlap: Overlap
    /// The time of day in which the run may work; nil when it may work at any time.
    package var window: DailyWindow?

    /// What happens when a run is due while the previous one is still at work.
    package enum Overlap: String, CaseIterable, Hashable, Sendable { case skip, queue }
  }
}

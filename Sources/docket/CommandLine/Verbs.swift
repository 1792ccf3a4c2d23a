/// Every verb there is, in the order of the overview.
enum Verbs {
  static let all: [Verb] = [
    InitVerb.verb, CheckVerb.verb, PlanVerb.verb, RunVerb.verb, StatusVerb.verb, WatchVerb.verb,
    ExplainVerb.verb, VerifyVerb.verb, ReportVerb.verb, JobVerbs.jobs, JobVerbs.retry,
    JobVerbs.cancel, JobVerbs.pause, JobVerbs.resume, JobVerbs.release, ScheduleVerb.verb,
    DaemonVerb.verb, IngestVerb.verb, ModelVerb.verb, CollectVerb.verb, DoctorVerb.verb,
  ]

  /// Every page of help: the verbs, and the words of those that have some.
  static var pages: [Verb] { all.flatMap { [$0] + $0.words } }

  static func named(_ name: String) -> Verb? { all.first { $0.name == name } }

  static var overview: String {
    let width = (all.map(\.name.count).max() ?? 0) + 2
    let lines = all.map { "  " + TextLayout.pad($0.name, to: width) + $0.summary }
    return """
      Docket turns directories of documents into cited JSON.

      Usage: docket VERB [options] …

      Verbs:
      \(lines.joined(separator: "\n"))

      docket VERB --help explains one. Exit status: 0 all complete, 1 finished but some documents
      failed or are partial, 2 the command or the declaration is at fault, 75 stopped at a safe
      point (run again), 130 interrupted.
      """
  }
}

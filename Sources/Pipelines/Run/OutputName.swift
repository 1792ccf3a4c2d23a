import Outputs

/// Where results stand in the output folder: `REL/PATH/NAME.EXT.KIND.json` for a document,
/// `KIND.jsonl` and `KIND.csv` for a run. `KIND` is `fields`, `summary` or `minutes`; where several
/// steps of a declaration have one kind, their ids stand in its place.
struct OutputName {
  let declaration: Declaration

  func name(of step: Step) -> String {
    guard let kind = step.outputKind?.rawValue, step.isNamedByKind else { return step.id }
    let rivals = declaration.steps.count { $0.outputKind?.rawValue == kind && $0.isNamedByKind }
    return rivals > 1 ? step.id : kind
  }

  func path(of step: Step, document: String) -> String {
    "\(document).\(name(of: step)).json"
  }

  /// Where what a model thought before it answered stands, beside the result.
  static func reasoning(besides result: String) -> String {
    result.dropLast(".json".count) + ".reasoning.md"
  }
}

extension Step {
  /// Whether its results are named after their kind where they are the only ones of it.
  fileprivate var isNamedByKind: Bool {
    switch action {
    case .classify, .reduce: false
    default: true
    }
  }
}

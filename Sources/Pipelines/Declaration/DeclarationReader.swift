import Digests
package import Foundation
import JSON
import Schedules

/// Turns a pipeline file into a ``Declaration``.
package enum DeclarationReader {
  /// The version of the format this reads: `format: 1`.
  package static let format = 1
  /// Larger files are refused, in bytes.
  static let largest = 1 << 20

  /// Tells what a model can do, without loading it.
  package typealias Capabilities = (Declaration.Model.Weights) throws(PipelineError) ->
    ModelCapabilities

  /// Reads and checks a declaration and the schemas it names. Every problem is found in one go; only
  /// a file that is not JSON5 at all stops at its first.
  ///
  /// - Parameter capabilities: With it the steps that the declaration's model cannot do are problems as
  ///   well, also those of a declaration that has others.
  package static func read(_ file: URL, for capabilities: Capabilities? = nil)
    throws(DeclarationError) -> Declaration
  {
    let bytes: [UInt8]
    switch NamedFile.read(file, largest: largest) {
    case .success(let read): bytes = read
    case .failure(let reason):
      throw DeclarationError(problems: [.init(file: file, position: nil, message: reason.message)])
    }
    return try read(bytes, from: file, for: capabilities)
  }

  /// Reads and checks a declaration's text. Paths in it are relative to the folder of `file`, which
  /// itself is not opened.
  package static func read(
    _ bytes: [UInt8], from file: URL, for capabilities: Capabilities? = nil
  ) throws(DeclarationError) -> Declaration {
    let places: DeclarationPlaces
    do {
      places = try DeclarationPlaces(bytes, .json5, collectsDuplicates: true)
    } catch {
      throw DeclarationError(problems: [
        .init(file: file, position: error.position, message: error.message)
      ])
    }
    let log = ProblemLog(file: file, places: places)
    for duplicate in places.json.duplicates { log.add(duplicate.message, at: duplicate.position) }
    let reading = DeclarationReading(log: log, capabilities: capabilities)
    let declaration = reading.declaration(
      DeclarationItem(value: places.json.value, pointer: "", log: log), bytes: bytes)
    let problems = log.sorted
    guard problems.isEmpty, let declaration else {
      precondition(!problems.isEmpty, "a declaration is refused for a reason")
      throw DeclarationError(problems: problems)
    }
    return declaration
  }
}

/// One reading of one declaration: its parts in the order of the file.
struct DeclarationReading {
  let log: ProblemLog
  let capabilities: DeclarationReader.Capabilities?

  func declaration(_ root: DeclarationItem, bytes: [UInt8]) -> Declaration? {
    guard root.isObject(with: DeclarationKeys.root, called: "a declaration") else { return nil }
    _ = root["$schema"]?.string()
    readFormat(root)
    // Every part is read before any is missed, so that all problems are found.
    let name = root.required("name", in: "a declaration", as: "name: \"contracts\"")
      .flatMap(readName)
    let input = root.required("input", in: "a declaration", as: "input: { dir: \"contracts\" }")
      .flatMap(readInput)
    let model = root.member("model", or: Declaration.Model(weights: .default)) {
      ModelReading(reading: self).model($0)
    }
    let prompts = root.member("prompts", or: Prompts.shipped, readPrompts)
    let able = model.flatMap { capabilities(of: $0, in: root) }
    let reading = root.required(
      "steps", in: "a declaration", as: "steps: [{ id: \"minutes\", kind: \"minutes\" }]"
    ).map { StepReading(reading: self, model: able).steps($0) }
    let steps = reading?.steps
    if let model, let able, let placed = reading?.placed {
      let check = ModelCheck(
        file: log.file, places: log.places, model: model, maxTokens: input?.maxTokens)
      for problem in check.problems(of: placed, for: able) { log.add(problem) }
    }
    let output = root.required("output", in: "a declaration", as: "output: { dir: \"out\" }")
      .flatMap { readOutput($0, steps: reading) }
    let schedule = root.member("schedule", readSchedule)
    if let input, let output, input.directory == output.directory, let dir = root["output"]?["dir"]
    {
      dir.problem("the output folder is the input folder; give the output one of its own")
    }
    guard let name, let input, let model, let prompts, let steps, let output, let schedule else {
      return nil
    }
    return Declaration(
      file: log.file, source: bytes, sha256: SHA256.hash(of: bytes), name: name, input: input,
      model: model, prompts: prompts, steps: steps, output: output, schedule: schedule,
      places: log.places)
  }

  /// What the model can do, where that is asked.
  private func capabilities(of model: Declaration.Model, in root: DeclarationItem)
    -> ModelCapabilities?
  {
    guard let capabilities else { return nil }
    do throws(PipelineError) {
      return try capabilities(model.weights)
    } catch {
      (root["model"]?["weights"] ?? root["model"] ?? root).problem(error.message)
      return nil
    }
  }

  private func readFormat(_ root: DeclarationItem) {
    guard let item = root.required("format", in: "a declaration", as: "format: 1") else { return }
    guard let format = item.value.integer else {
      item.problem("“format” is \(item.value.shortName); it should be 1")
      return
    }
    if format != DeclarationReader.format {
      item.problem(
        format > DeclarationReader.format
          ? "format \(format) is newer than this docket, which reads format \(DeclarationReader.format)"
          : "there is no format \(format); this docket reads format \(DeclarationReader.format)")
    }
  }

  private func readName(_ item: DeclarationItem) -> String? {
    guard let name = item.string(1...100) else { return nil }
    let isAllowed = name.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || $0.properties.numericType != nil
        || " ._-".unicodeScalars.contains($0)
    }
    guard isAllowed, let first = name.first, first.isLetter || first.isNumber else {
      item.problem(
        "“name” is \(quoted(name)); it is a letter or digit, then letters, digits, spaces, “.”, “_” and “-”"
      )
      return nil
    }
    return name
  }

  // MARK: Input

  private func readInput(_ item: DeclarationItem) -> Declaration.Input? {
    guard item.isObject(with: DeclarationKeys.input, called: "“input”") else { return nil }
    let directory = item.required("dir", in: "“input”", as: "dir: \"contracts\"").flatMap(readPath)
    let match = item.member("match", or: Self.readable, readPatterns)
    if let match, match.isEmpty { item["match"]?.problem("“match” is empty, so no file is read") }
    let exclude = item.member("exclude", or: [], readPatterns)
    let maxTokens = item.member("maxTokens", or: 1_000_000) { $0.integer(1...10_000_000) }
    let overLimit = item.member("overLimit", or: .fail) {
      $0.choice(Declaration.Input.OverLimit.self)
    }
    let passwords = item.member("passwords", or: []) { passwords in
      passwords.elements(of: "texts")?.compactMap { $0.string(1...1024) }
    }
    guard let directory, let match, let exclude, let maxTokens, let overLimit, let passwords else {
      return nil
    }
    return .init(
      directory: directory, match: match, exclude: exclude, maxTokens: maxTokens,
      overLimit: overLimit, passwords: passwords)
  }

  /// What `match` is when it is not given: every format Docket has a reader for.
  static let readable = ["**/*.pdf", "**/*.{html,htm}", "**/*.{txt,vtt,srt}"]

  private func readPatterns(_ item: DeclarationItem) -> [String]? {
    item.elements(of: "patterns")?.compactMap { element in
      guard let pattern = element.string() else { return nil }
      if let problem = PatternRules.problem(with: pattern) {
        element.problem("the pattern \(quoted(pattern)) \(problem)")
      }
      return pattern
    }
  }

  /// A path, made absolute by the declaration's folder.
  func readPath(_ item: DeclarationItem) -> URL? {
    guard let path = item.string() else { return nil }
    if let scheme = path.firstRange(of: "://") {
      item.problem(
        "\(item.name) is an address (“\(path[..<scheme.upperBound])…”); it should be a path, relative to this file or absolute"
      )
      return nil
    }
    return NamedFile.url(path, besides: log.file)
  }

  // MARK: Prompts

  /// The shipped prompts, with the files of a folder in place of those that have their names.
  private func readPrompts(_ item: DeclarationItem) -> Prompts? {
    guard let folder = readPath(item) else { return nil }
    var prompts = Prompts.shipped
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let files = names.filter { $0.hasSuffix(".md") }.sorted()
    guard !files.isEmpty else {
      item.problem(
        "\(quoted(folder.path)) is no folder with prompts: it has no file such as \(Prompts.Name.extract.fileName)"
      )
      return nil
    }
    for file in files {
      guard let name = Prompts.Name(rawValue: String(file.dropLast(3))) else {
        let known = Prompts.Name.allCases.map(\.fileName)
        item.problem(
          "\(quoted(file)) is the prompt of no step"
            + DeclarationItem.suggestion(for: file, among: known)
            .replacingOccurrences(of: "; it may have", with: "; there are"))
        continue
      }
      switch NamedFile.read(folder.appendingPathComponent(file), largest: Prompts.largest) {
      case .success(let bytes):
        do throws(Prompts.Problem) {
          try prompts.replace(name, with: bytes)
        } catch {
          item.problem("the prompt \(quoted(file)): \(error.message)")
        }
      case .failure(let reason): item.problem("the prompt \(quoted(file)): \(reason.message)")
      }
    }
    return prompts
  }

  // MARK: Output

  /// - Parameter steps: Nil where they could not be read, and then not checked against.
  private func readOutput(_ item: DeclarationItem, steps: StepReading.Read?) -> Declaration.Output?
  {
    guard item.isObject(with: DeclarationKeys.output, called: "“output”") else { return nil }
    let directory = item.required("dir", in: "“output”", as: "dir: \"out\"").flatMap(readPath)
    let csv = item.member("csv", or: []) { readCSV($0, steps: steps) }
    func flag(_ key: String) -> Bool? { item.member(key, or: true) { $0.bool() } }
    let jsonl = flag("jsonl")
    let html = flag("html")
    let markdown = flag("markdown")
    guard let directory, let csv, let jsonl, let html, let markdown else { return nil }
    return .init(directory: directory, jsonl: jsonl, csv: csv, html: html, markdown: markdown)
  }

  private func readCSV(_ item: DeclarationItem, steps: StepReading.Read?) -> [String]? {
    guard let elements = item.elements(of: "step ids") else { return nil }
    var ids: [String] = []
    for element in elements {
      guard let id = element.string() else { continue }
      guard !ids.contains(id) else {
        element.problem("“csv” names the step \(quoted(id)) twice")
        continue
      }
      ids.append(id)
      guard let steps else { continue }
      guard let step = steps.steps.first(where: { $0.id == id }) else {
        // One that is there and could not be read has its own problems.
        if !steps.ids.contains(id) {
          element.problem(
            "there is no step \(quoted(id))" + Suggestion.ending(for: id, among: steps.ids))
        }
        continue
      }
      switch step.action {
      case .extract, .ask, .classify: break
      default:
        element.problem(
          "the step “\(id)” is of kind \(step.kind), which makes no table; extract, ask and classify do"
        )
      }
    }
    return ids
  }

  // MARK: Schedule

  private func readSchedule(_ item: DeclarationItem) -> Declaration.Schedule? {
    guard item.isObject(with: DeclarationKeys.schedule, called: "“schedule”") else { return nil }
    let cron = item.required("cron", in: "“schedule”", as: "cron: \"0 22 * * 1-5\"").flatMap(
      readCron)
    let zone = item.required("timeZone", in: "“schedule”", as: "timeZone: \"Europe/Berlin\"")
      .flatMap(readTimeZone)
    let missed = item.member("missed", or: .once) { $0.choice(MissedRuns.self) }
    let overlap = item.member("overlap", or: .skip) {
      $0.choice(Declaration.Schedule.Overlap.self)
    }
    let window = item.member("window") { item in
      item.string(1...64).flatMap { text in
        item.scheduled { () throws(ScheduleError) in try DailyWindow(parsing: text) }
      }
    }
    guard let cron, let zone, let missed, let overlap, let window else { return nil }
    return .init(
      cron: cron.text, times: cron.times, timeZone: zone, missed: missed, overlap: overlap,
      window: window)
  }

  private func readCron(_ item: DeclarationItem) -> (text: String, times: CronExpression)? {
    guard let text = item.string(1...256) else { return nil }
    return item.scheduled { () throws(ScheduleError) in
      (text, try CronExpression(parsing: text))
    }
  }

  private func readTimeZone(_ item: DeclarationItem) -> TimeZone? {
    guard let name = item.string(1...64) else { return nil }
    if let zone = try? ScheduleZone.named(name) { return zone }
    let near = Suggestion.ending(for: name, among: TimeZone.knownTimeZoneIdentifiers)
    item.problem(
      "\(quoted(name)) is no IANA time zone"
        + (near.isEmpty ? "; write one such as Europe/Berlin or UTC" : near))
    return nil
  }
}

extension DeclarationItem {
  /// What a part of a schedule says; nil where it is refused, and that has been said.
  fileprivate func scheduled<Part>(_ parse: () throws(ScheduleError) -> Part) -> Part? {
    do throws(ScheduleError) {
      return try parse()
    } catch {
      problem(error.description)
      return nil
    }
  }
}

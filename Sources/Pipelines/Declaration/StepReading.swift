import Digests
import Foundation
import JSON
import Outputs

/// Reads the steps of a declaration.
struct StepReading {
  let reading: DeclarationReading
  /// Nil where nobody asks what it can do.
  let model: ModelCapabilities?
  private var log: ProblemLog { reading.log }

  init(reading: DeclarationReading, model: ModelCapabilities?) {
    self.reading = reading
    self.model = model
  }

  private static let most = 64
  /// In bytes.
  private static let largestSchema = 4 << 20

  /// What could be read of the steps; what is wrong with the others is in the log.
  struct Read {
    var steps: [Step] = []
    /// All whose work could be read, by their place.
    var placed: [ModelCheck.Placed] = []
    /// Of all steps that have one.
    var ids: [String] = []
  }

  func steps(_ item: DeclarationItem) -> Read {
    guard let elements = item.elements(of: "steps") else { return Read() }
    if elements.isEmpty { item.problem("“steps” is empty, so there is nothing to do") }
    if elements.count > Self.most {
      item.problem("“steps” has \(elements.count) steps; at most \(Self.most) are allowed")
      return Read()
    }
    // The ids first: whether a step that is not before this one stands later or nowhere, and whether
    // it is there but could not be read, makes a difference to the message.
    var ids = Ids(all: elements.map { $0["id"]?.value.string }, readable: [:])
    var placed: [ModelCheck.Placed] = []
    for (index, element) in elements.enumerated() {
      let (step, action) = step(element, at: index, ids: ids)
      if let step { ids.readable[index] = step }
      if let action {
        placed.append(.init(index: index, id: ids.all[index] ?? "?", action: action))
      }
    }
    return Read(
      steps: ids.readable.sorted { $0.key < $1.key }.map(\.value), placed: placed,
      ids: ids.all.compactMap(\.self))
  }

  /// What is known of the steps while one is read.
  struct Ids {
    /// By the order of the file; nil where a step has none.
    var all: [String?]
    /// Those before the one that is read, by their index.
    var readable: [Int: Step]

    func step(_ id: String) -> Step? { readable.values.first { $0.id == id } }
  }

  /// The step where all of it could be read, and what it does where that could.
  private func step(_ item: DeclarationItem, at index: Int, ids: Ids) -> (Step?, Step.Action?) {
    let kindItem = item["kind"]
    let kind = kindItem?.value.string
    let isKnown = kind.map(DeclarationKeys.kinds.contains) ?? false
    guard case .object(let object) = item.value else {
      return (item.mistyped("an object, such as { id: \"minutes\", kind: \"minutes\" }"), nil)
    }
    if isKnown, let kind {
      checkKeys(of: object, in: item, kind: kind)
    } else if let kindItem {
      if let kind {
        kindItem.problem(
          "there is no kind \(quoted(kind))"
            + DeclarationItem.suggestion(for: kind, among: DeclarationKeys.kinds)
            .replacingOccurrences(of: "; it may have", with: "; there are"))
      } else {
        let _: String? = kindItem.mistyped(
          "one of \(DeclarationKeys.kinds.joined(separator: ", "))")
      }
    } else {
      item.problem("a step needs “kind”: one of \(DeclarationKeys.kinds.joined(separator: ", "))")
    }
    let id = readID(item, at: index, ids: ids)
    let from = item["from"].map { readFrom($0, kind: kind, at: index, ids: ids) } ?? []
    let condition = item.member("where") {
      readExpression($0, at: index, ids: ids, isCondition: true)
    }
    let attempts = item.member("attempts", or: 3) { $0.integer(1...20) }
    guard isKnown, let kind else { return (nil, nil) }
    let action = readAction(kind, item, at: index, ids: ids, condition: condition ?? nil)
    if kind == "reduce", from.isEmpty, item["from"] == nil {
      item.problem("a step of kind reduce needs “from”: the steps whose results it joins")
    }
    guard let id, let action, let attempts, let condition else { return (nil, action) }
    var step = Step(
      id: id, action: action, from: from, condition: condition, attempts: attempts)
    if case .filter = action {
      step.condition = nil
      step.attempts = 1
    }
    return (step, action)
  }

  private func checkKeys(of object: JSONObject, in item: DeclarationItem, kind: String) {
    let known = DeclarationKeys.step(kind)
    for key in object.keys where !known.contains(key) {
      let place = log.places.key("\(item.pointer)/\(jsonPointerToken(key))")
      let others = DeclarationKeys.kinds.filter { DeclarationKeys.step($0).contains(key) }
      if others.isEmpty {
        log.add(
          "unknown key \(quoted(key)) in a step of kind \(kind)"
            + DeclarationItem.suggestion(for: key, among: known), at: place)
      } else {
        let list = others.joined(separator: ", ")
        log.add(
          "a step of kind \(kind) has no “\(key)”; those of kind \(list) have", at: place)
      }
    }
  }

  // MARK: Parts of all steps

  private func readID(_ item: DeclarationItem, at index: Int, ids: Ids) -> String? {
    guard
      let idItem = item.required("id", in: "a step", as: "id: \"fields\""),
      let id = idItem.string(1...64)
    else { return nil }
    let isAllowed = id.utf8.allSatisfy {
      switch $0 {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    guard isAllowed, let first = id.first, first.isLetter else {
      idItem.problem(
        "the id \(quoted(id)) is not a letter (a-z), then letters, digits, “_” and “-”")
      return nil
    }
    guard id != Expression.documentRoot, !ExpressionParser.reserved.contains(id) else {
      idItem.problem("the id “\(id)” has a meaning of its own in expressions; choose another")
      return nil
    }
    if let first = ids.all.firstIndex(of: id), first < index {
      let place = log.places.value("/steps/\(first)/id")
      idItem.problem("the id “\(id)” is already used at \(place)")
      return nil
    }
    return id
  }

  private func readFrom(_ item: DeclarationItem, kind: String?, at index: Int, ids: Ids) -> [String]
  {
    guard let elements = item.elements(of: "step ids") else { return [] }
    var from: [String] = []
    for element in elements {
      guard let id = element.string() else { continue }
      guard !from.contains(id) else {
        element.problem("“from” names the step \(quoted(id)) twice")
        continue
      }
      from.append(id)
      guard isEarlier(id, at: index, ids: ids, say: element.problem), let step = ids.step(id) else {
        continue
      }
      switch (kind, step.action) {
      case (_, .filter), ("reduce", _): break
      case (_, .reduce):
        element.problem(
          "“\(id)” is about all documents together; only a step of kind reduce can take its result")
      case ("extract", _), ("summarize", _), ("minutes", _), ("filter", _):
        element.problem(
          "a step of kind \(kind ?? "") reads the document alone, so its “from” may only name filters, not “\(id)” of kind \(step.kind)"
        )
      default: break
      }
    }
    return from
  }

  /// Whether a step of this id stands before the one at `index`.
  private func isEarlier(_ id: String, at index: Int, ids: Ids, say: (String) -> Void) -> Bool {
    let earlier = ids.all[..<index].compactMap(\.self)
    if earlier.contains(id) { return true }
    if ids.all[index] == id {
      say("the step “\(id)” cannot refer to itself")
    } else if ids.all.contains(id) {
      say("the step \(quoted(id)) stands after this one; steps refer only to steps before them")
    } else if earlier.isEmpty {
      say("there is no step \(quoted(id)) before this one; it is the first")
    } else {
      say(
        "there is no step \(quoted(id))"
          + DeclarationItem.suggestion(for: id, among: earlier)
          .replacingOccurrences(of: "; it may have", with: "; before this one stand"))
    }
    return false
  }

  // MARK: Expressions

  /// - Parameter isCondition: Whether it decides something, and so has to give true or false.
  private func readExpression(
    _ item: DeclarationItem, at index: Int, ids: Ids, isCondition: Bool
  ) -> Expression? {
    guard let text = item.string(0...Expression.longest) else { return nil }
    func say(_ message: String, _ offset: Int) {
      log.add("\(item.name): \(message)", at: log.places.character(offset, of: item.pointer))
    }
    let expression: Expression
    do {
      expression = try Expression(text)
    } catch {
      say(error.message, error.offset)
      return nil
    }
    if isCondition, let type = expression.node.typeThatIsNoCondition {
      say("this gives \(type), which is never true; compare it with something", 0)
    }
    for path in expression.paths {
      guard path.root != Expression.documentRoot else {
        check(path, isAnyOf: Expression.documentMembers, say: say)
        continue
      }
      let isThere = isEarlier(path.root, at: index, ids: ids) { say($0, path.offset) }
      guard isThere, let step = ids.step(path.root) else { continue }
      check(path, of: step, say: say)
    }
    for (path, status) in expression.node.statusesComparedWith {
      guard let step = ids.step(path.root), step.givesFields,
        !Expression.statuses.contains(status)
      else { continue }
      say(
        "a status is never \(quoted(status)); it is "
          + Expression.statuses.map { "'\($0)'" }.joined(separator: ", "), path.offset)
    }
    return expression
  }

  private func check(_ path: Expression.Path, of step: Step, say: (String, Int) -> Void) {
    switch step.action {
    case .extract(let extract): check(path, fieldsOf: extract.schema, say: say)
    case .ask(let ask): check(path, fieldsOf: ask.schema, say: say)
    case .classify: check(path, isAnyOf: ["label", "labels"], say: say)
    case .filter: check(path, isAnyOf: ["passed"], say: say)
    case .summarize, .minutes: break
    case .reduce:
      say(
        "“\(step.id)” is about all documents together, so no expression about one can use it",
        path.offset)
    }
  }

  private func check(
    _ path: Expression.Path, fieldsOf schema: Step.SchemaFile, say: (String, Int) -> Void
  ) {
    let fields = schema.value["properties"]?.object?.keys ?? []
    check(path, isAnyOf: fields, of: "the schema's fields", say: say)
    if path.segments.count > 1 {
      check(path, isAnyOf: Expression.fieldMembers, at: 1, of: "a field's members", say: say)
    }
  }

  private func check(
    _ path: Expression.Path, isAnyOf known: [String], at depth: Int = 0,
    of whole: String? = nil, say: (String, Int) -> Void
  ) {
    guard path.segments.count > depth else { return }
    let segment = path.segments[depth]
    let those = whole ?? "the members of “\(path.root)”"
    guard case .name(let name) = segment.key else {
      say("\(those) have names, not numbers", segment.offset)
      return
    }
    guard !known.contains(name) else { return }
    let ending = Suggestion.ending(for: name, among: known)
    let list = known.count <= 8 ? "; there are \(known.joined(separator: ", "))" : ""
    say("\(quoted(name)) is not among \(those)\(ending.isEmpty ? list : ending)", segment.offset)
  }

  // MARK: Actions

  private func readAction(
    _ kind: String, _ item: DeclarationItem, at index: Int, ids: Ids, condition: Expression?
  ) -> Step.Action? {
    switch kind {
    case "extract":
      let schema = readSchema(item, kind: kind)
      let evidence = readEvidence(item)
      guard let schema, let evidence else { return nil }
      return .extract(.init(schema: schema, evidence: evidence))
    case "ask":
      let schema = readSchema(item, kind: kind)
      let evidence = readEvidence(item)
      let instructions = readInstructions(item)
      guard let schema, let evidence, let instructions else { return nil }
      return .ask(.init(schema: schema, evidence: evidence, instructions: instructions))
    case "summarize": return readLength(item, kind: kind).map { .summarize($0) }
    case "minutes": return .minutes
    case "classify":
      let labels = item.required(
        "labels", in: "a step of kind classify", as: "labels: [\"lease\", \"licence\"]"
      ).flatMap(readLabels)
      let multiple = item.member("multiple", or: false) { $0.bool() }
      let instructions = readInstructions(item)
      guard let labels, let multiple, let instructions else { return nil }
      return .classify(
        .init(labels: labels, multiple: multiple, instructions: instructions))
    case "filter":
      guard item["where"] != nil else {
        item.problem(
          "a step of kind filter needs “where”, such as `where: \"document.pages <= 100\"`")
        return nil
      }
      return condition.map { .filter($0) }
    case "reduce":
      let groupBy = item.member("groupBy") {
        readExpression($0, at: index, ids: ids, isCondition: false)
      }
      let length = readLength(item, kind: kind)
      let instructions = readInstructions(item)
      guard let groupBy, let length, let instructions else { return nil }
      return .reduce(.init(groupBy: groupBy, length: length, instructions: instructions))
    default: preconditionFailure("unknown kind \(kind)")
    }
  }

  private func readEvidence(_ item: DeclarationItem) -> Step.EvidenceRule? {
    item.member("evidence", or: .required) { $0.choice(Step.EvidenceRule.self) }
  }

  private func readInstructions(_ item: DeclarationItem) -> String?? {
    item.member("instructions") { $0.string(1...20_000) }
  }

  private func readLength(_ item: DeclarationItem, kind: String) -> Step.Length? {
    let given = DeclarationKeys.step(kind).filter { Self.lengths.contains($0) }
    let written = item.value.object?.keys.filter(given.contains) ?? []
    guard let key = written.first else {
      let list = given.map { "“\($0)”" }.joined(separator: " or ")
      item.problem("a step of kind \(kind) needs a length: \(list), such as `words: 300`")
      return nil
    }
    for other in written.dropFirst() {
      item[other]?.problemAtKey("“\(key)” and “\(other)” contradict each other; keep one")
    }
    guard let length = item[key] else { return nil }
    switch key {
    case "words": return length.integer(10...100_000).map { .words($0) }
    case "sentences": return length.integer(1...10_000).map { .sentences($0) }
    default:
      guard let share = length.number(0...1) else { return nil }
      guard share > 0, share < 1 else {
        length.problem("“share” is \(share.shortText); it is above 0 and below 1, as in 0.1")
        return nil
      }
      return .share(share)
    }
  }

  private static let lengths: Set<String> = ["words", "sentences", "share"]

  private func readLabels(_ item: DeclarationItem) -> [Step.Classify.Label]? {
    var labels: [Step.Classify.Label] = []
    switch item.value {
    case .array:
      for element in item.elements(of: "labels") ?? [] {
        guard let name = element.string(1...100) else { continue }
        if labels.contains(where: { $0.name == name }) {
          element.problem("the label \(quoted(name)) is given twice")
        }
        labels.append(.init(name: name, description: nil))
      }
      guard labels.count == item.value.array?.count else { return nil }
    case .object(let object):
      for name in object.keys {
        guard let member = item[name] else { continue }
        guard let label = readLabel(name, member) else { continue }
        guard (1...100).contains(name.unicodeScalars.count) else {
          member.problemAtKey("a label has 1 to 100 characters")
          continue
        }
        labels.append(label)
      }
      guard labels.count == object.count else { return nil }
    default:
      return item.mistyped("a list of labels, or an object of labels and what they stand for")
    }
    guard (2...1000).contains(labels.count) else {
      item.problem("“labels” has \(labels.count); there are 2 to 1000")
      return nil
    }
    return labels
  }

  /// What a label stands for: in words, or an object with the rules that choose it as well.
  private func readLabel(_ name: String, _ item: DeclarationItem) -> Step.Classify.Label? {
    guard item.value.object != nil else {
      return item.string(1...2000).map { .init(name: name, description: $0) }
    }
    guard item.isObject(with: DeclarationKeys.label, called: "a label") else { return nil }
    let description = item.member("description") { $0.string(1...2000) }
    let tag = item.member("x-tag") { $0.string(1...200) }
    let pattern = item.member("x-pattern") { $0.string(1...4000) }
    guard let description, let tag, let pattern else { return nil }
    return .init(name: name, description: description, tag: tag, pattern: pattern)
  }

  // MARK: Schemas

  private func readSchema(_ step: DeclarationItem, kind: String) -> Step.SchemaFile? {
    guard
      let item = step.required(
        "schema", in: "a step of kind \(kind)", as: "schema: \"contract.schema.json\""),
      let url = reading.readPath(item), let path = item.value.string
    else { return nil }
    let id = step["id"]?.value.string
    let bytes: [UInt8]
    switch NamedFile.read(url, largest: Self.largestSchema) {
    case .success(let read): bytes = read
    case .failure(let reason):
      item.problem("the schema \(quoted(path)): \(reason.message)\(neighbour(of: url))")
      return nil
    }
    let shown = NamedFile.shownURL(path, besides: log.file)
    let places: DeclarationPlaces
    do {
      places = try DeclarationPlaces(
        bytes, Step.SchemaFile.dialect(of: url), collectsDuplicates: true)
    } catch {
      log.add(.init(file: shown, position: error.position, message: error.message))
      return nil
    }
    for duplicate in places.json.duplicates {
      log.add(.init(file: shown, position: duplicate.position, message: duplicate.message))
    }
    let schema = Step.SchemaFile(
      file: url, bytes: bytes, value: places.json.value, sha256: SHA256.hash(of: bytes),
      shown: shown)
    do throws(FieldSchema.Invalid) {
      _ = try FieldSchema(schema.value, named: url.lastPathComponent)
    } catch {
      // What the model cannot answer is said in the same go.
      var invalid = error
      if kind == "extract", let model, !model.writes {
        do throws(FieldSchema.Invalid) {
          _ = try FieldSchema(
            schema.value, named: url.lastPathComponent, labels: model.tags.sorted())
        } catch {
          invalid = error
        }
      }
      for problem in schema.problems(invalid, step: id ?? "?") { log.add(problem) }
      return nil
    }
    return schema
  }

  /// A file in the same folder whose name is almost this.
  private func neighbour(of url: URL) -> String {
    let folder = url.deletingLastPathComponent().path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let schemas = names.filter { $0.hasSuffix(".json") || $0.hasSuffix(".json5") }.sorted()
    return Suggestion.ending(for: url.lastPathComponent, among: schemas.prefix(1000))
  }
}

extension Step {
  /// Whether its result is fields with a status each.
  var givesFields: Bool {
    switch action {
    case .extract, .ask: true
    default: false
    }
  }
}

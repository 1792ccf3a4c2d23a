/// Finds every schema of the documents, then turns each into a node.
struct SchemaCompiler {
  private(set) var nodes: [SchemaNode] = []
  private(set) var dynamicAnchors: [SchemaAnchor: Int] = [:]
  private(set) var tracksEvaluation = false
  private(set) var ignored: [JSONSchema.IgnoredKeyword] = []

  private let options: JSONSchema.Options
  private var problems: [SchemaError.Problem] = []
  /// What was found, one a node.
  private var sources: [Source] = []
  private var nodeAt: [Place: Int] = [:]
  private var documents: [JSONValue] = []
  /// By URI; looked at when a reference leads there.
  private var others: [String: JSONValue] = [:]
  /// Base URIs of resources by number, and their roots.
  private var bases: [SchemaURI] = []
  private var resourceRoots: [Place] = []
  private var resources: [String: Int] = [:]
  private var anchors: [SchemaAnchor: Int] = [:]

  /// Where a schema stands: document and JSON Pointer.
  private struct Place: Hashable {
    var document: Int
    var path: String
  }

  private struct Source {
    var value: JSONValue
    var place: Place
    var resource: Int
  }

  init(options: JSONSchema.Options) { self.options = options }

  mutating func compile(_ schema: JSONValue, uri: String, documents others: [String: JSONValue])
    throws(SchemaError) -> Int
  {
    self.others = others
    addDocument(schema, uri: uri)
    // References may find further schemas behind, under keys that are no keywords.
    var index = 0
    while index < sources.count {
      nodes.append(node(sources[index]))
      index += 1
    }
    guard problems.isEmpty else { throw SchemaError(problems: problems) }
    return 0
  }

  private mutating func problem(_ path: String, _ message: String) {
    problems.append(SchemaError.Problem(path: path, message: message))
  }

  // MARK: Finding

  private mutating func addDocument(_ value: JSONValue, uri: String) {
    let number = documents.count
    documents.append(value)
    let place = Place(document: number, path: "")
    var base = SchemaURI(uri)
    base.fragment = nil
    let resource = addResource(base, place)
    _ = find(value, place, resource)
  }

  private mutating func addResource(_ base: SchemaURI, _ root: Place) -> Int {
    // A document's own $id is often the address that it was found under.
    if let known = resources[base.withoutFragment], resourceRoots[known] == root { return known }
    let number = bases.count
    bases.append(base)
    resourceRoots.append(root)
    if resources[base.withoutFragment] == nil { resources[base.withoutFragment] = number }
    return number
  }

  /// Notes the schema at a place and all below it; returns its node.
  private mutating func find(_ value: JSONValue, _ place: Place, _ outer: Int) -> Int {
    if let known = nodeAt[place] { return known }
    var resource = outer
    if let id = value["$id"] {
      if let id = id.string {
        var base = SchemaURI(id).resolved(against: bases[outer])
        if base.fragment ?? "" != "" {
          problem(place.path + "/$id", "$id has a fragment")
        }
        base.fragment = nil
        resource = addResource(base, place)
      } else {
        problem(place.path + "/$id", "$id is no string")
      }
    }
    let number = sources.count
    sources.append(Source(value: value, place: place, resource: resource))
    nodeAt[place] = number
    guard let object = value.object else {
      if value.bool == nil { problem(place.path, "a schema is an object, true or false") }
      return number
    }
    for (key, isDynamic) in [("$anchor", false), ("$dynamicAnchor", true)] {
      guard let anchor = object[key] else { continue }
      guard let name = anchor.string, !name.isEmpty else {
        problem("\(place.path)/\(key)", "\(key) is no name")
        continue
      }
      let key = SchemaAnchor(resource: resource, name: name)
      anchors[key] = number
      if isDynamic { dynamicAnchors[key] = number }
    }
    for (key, member) in object.members {
      let path = "\(place.path)/\(jsonPointerToken(key))"
      switch Keywords.schemas[key] {
      case .one: _ = find(member, Place(document: place.document, path: path), resource)
      case .list:
        guard let array = member.array, !array.isEmpty else {
          problem(path, "\(key) is no array of schemas")
          continue
        }
        for (index, element) in array.enumerated() {
          _ = find(element, Place(document: place.document, path: "\(path)/\(index)"), resource)
        }
      case .map:
        guard let members = member.object else {
          problem(path, "\(key) is no object of schemas")
          continue
        }
        for (name, element) in members.members {
          _ = find(
            element,
            Place(document: place.document, path: "\(path)/\(jsonPointerToken(name))"), resource)
        }
      case nil: break
      }
    }
    return number
  }

  // MARK: References

  /// The node a reference leads to, and the anchor's name when it went by one.
  private mutating func target(of reference: String, from source: Source, at path: String)
    -> (node: Int, anchor: String?)?
  {
    let uri = SchemaURI(reference).resolved(against: bases[source.resource])
    if resources[uri.withoutFragment] == nil, let document = others[uri.withoutFragment] {
      addDocument(document, uri: uri.withoutFragment)
    }
    guard let resource = resources[uri.withoutFragment] else {
      problem(path, "“\(reference)” leads to no schema at hand")
      return nil
    }
    let fragment = uri.decodedFragment ?? ""
    if fragment.isEmpty || fragment.hasPrefix("/") {
      guard let node = node(at: fragment, of: resource) else {
        problem(path, "“\(reference)” leads to nothing")
        return nil
      }
      return (node, nil)
    }
    let anchor = SchemaAnchor(resource: resource, name: fragment)
    guard let node = anchors[anchor] else {
      problem(path, "“\(reference)” names an anchor that there is not")
      return nil
    }
    return (node, fragment)
  }

  /// The schema at a JSON Pointer below a resource's root, noted when it was not yet.
  private mutating func node(at pointer: String, of resource: Int) -> Int? {
    var place = resourceRoots[resource]
    var resource = resource
    // A resource's root may lie inside its document.
    guard var value = Self.value(at: place.path, in: documents[place.document]) else { return nil }
    for token in pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
      let key = Self.unescaped(token)
      guard let next = Self.member(key, of: value) else { return nil }
      value = next
      place.path += "/\(jsonPointerToken(key))"
      if let known = nodeAt[place] { resource = sources[known].resource }
    }
    return find(value, place, resource)
  }

  private static func unescaped(_ token: Substring) -> String {
    String(token.replacing("~1", with: "/").replacing("~0", with: "~"))
  }

  private static func member(_ key: String, of value: JSONValue) -> JSONValue? {
    value.object?[key] ?? Int(key).flatMap { value[$0] }
  }

  private static func value(at path: String, in document: JSONValue) -> JSONValue? {
    var value = document
    for token in path.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
      guard let next = member(unescaped(token), of: value) else { return nil }
      value = next
    }
    return value
  }

  // MARK: Nodes

  private mutating func node(_ source: Source) -> SchemaNode {
    var node = SchemaNode(path: source.place.path, resource: source.resource)
    guard let object = source.value.object else {
      node.allows = source.value.bool ?? true
      return node
    }
    var reader = Reader(object: object, source: source)
    for (key, value) in object.members where key.hasPrefix("x-") { node.extensions[key] = value }
    for key in object.keys where !Keywords.known.contains(key) && !key.hasPrefix("x-") {
      let nearest = Keywords.nearest(to: key)
      if options.ignoresUnknownKeywords {
        ignored.append(
          .init(schemaPath: "#" + reader.path(key), keyword: key, nearest: nearest))
      } else {
        problem(
          reader.path(key),
          "keyword \(key) is not supported" + (nearest.map { "; did you mean \($0)?" } ?? ""))
      }
    }
    if let schema = object["$schema"], schema != .string(Keywords.draft),
      schema != .string(Keywords.draft + "#"), !options.ignoresUnknownKeywords
    {
      problem(reader.path("$schema"), "only \(Keywords.draft) is supported")
    }
    assertions(&reader, &node.keywords)
    applicators(&reader, &node.keywords)
    for (path, message) in reader.problems { problem(path, message) }
    return node
  }

  private func child(_ source: Source, _ path: String) -> Int {
    // Found before: every keyword with schemas was followed.
    nodeAt[Place(document: source.place.document, path: path)] ?? 0
  }

  private mutating func assertions(_ reader: inout Reader, _ keywords: inout [SchemaKeyword]) {
    if let value = reader.object["type"] {
      let names = value.array.map { $0.map { $0.string ?? "" } } ?? [value.string ?? ""]
      let known = ["null", "boolean", "integer", "number", "string", "array", "object"]
      if names.isEmpty || !names.allSatisfy(known.contains) {
        reader.fail("type", "type is none of \(known.joined(separator: ", "))")
      } else {
        keywords.append(.type(names))
      }
    }
    if let value = reader.object["const"] { keywords.append(.const(value)) }
    if let value = reader.object["enum"] {
      if let values = value.array {
        keywords.append(.enum(values))
      } else {
        reader.fail("enum", "enum is no array")
      }
    }
    if let value = reader.number("multipleOf") {
      if SchemaNumber.compare(value, .integer(0)) == .ascending {
        reader.fail("multipleOf", "multipleOf is not above 0")
      } else if SchemaNumber.compare(value, .integer(0)) == .same {
        reader.fail("multipleOf", "multipleOf is not above 0")
      } else {
        keywords.append(.multipleOf(value))
      }
    }
    for bound in [
      SchemaBound.minimum, .maximum, .exclusiveMinimum, .exclusiveMaximum,
    ] {
      if let value = reader.number(bound.rawValue) { keywords.append(.bound(bound, value)) }
    }
    for size in [
      SchemaSize.minLength, .maxLength, .minItems, .maxItems, .minProperties, .maxProperties,
    ] {
      if let count = reader.count(size.rawValue) { keywords.append(.size(size, count)) }
    }
    if let text = reader.string("pattern"), let pattern = reader.pattern(text, "pattern") {
      keywords.append(.pattern(pattern))
    }
    if let format = reader.string("format"), options.assertsFormats {
      if SchemaFormat(rawValue: format) == nil, !options.ignoresUnknownKeywords,
        !options.keepsUnknownFormats
      {
        reader.fail("format", "format \(format) is not supported")
      }
      keywords.append(.format(format))
    }
    if reader.flag("uniqueItems") { keywords.append(.uniqueItems) }
    if let names = reader.strings("required") { keywords.append(.required(names)) }
    if let value = reader.object["dependentRequired"] {
      var entries: [(key: String, required: [String])] = []
      for (key, names) in (value.object ?? JSONObject()).members {
        let strings = (names.array ?? []).compactMap(\.string)
        if strings.count != names.array?.count {
          reader.fail("dependentRequired", "dependentRequired holds no arrays of names")
        }
        entries.append((key, strings))
      }
      if value.object == nil { reader.fail("dependentRequired", "dependentRequired is no object") }
      keywords.append(.dependentRequired(entries))
    }
  }

  private mutating func applicators(_ reader: inout Reader, _ keywords: inout [SchemaKeyword]) {
    let object = reader.object
    let source = reader.source
    func one(_ key: String) -> Int? {
      object[key] == nil ? nil : child(source, reader.path(key))
    }
    func list(_ key: String) -> [Int]? {
      object[key]?.array.map { $0.indices.map { child(source, "\(reader.path(key))/\($0)") } }
    }
    func map(_ key: String) -> [(key: String, schema: Int)]? {
      object[key]?.object.map { members in
        members.keys.map { ($0, child(source, "\(reader.path(key))/\(jsonPointerToken($0))")) }
      }
    }
    if let reference = reader.string("$ref"),
      let (node, _) = target(of: reference, from: source, at: reader.path("$ref"))
    {
      keywords.append(.ref(node))
    }
    if let reference = reader.string("$dynamicRef"),
      let (node, anchor) = target(of: reference, from: source, at: reader.path("$dynamicRef"))
    {
      // Dynamic only when it leads to a dynamic anchor to begin with.
      let isDynamic = anchor.map { name in
        dynamicAnchors[SchemaAnchor(resource: sources[node].resource, name: name)] == node
      }
      keywords.append(.dynamicRef(node, anchor: isDynamic == true ? anchor : nil))
    }
    if let schemas = list("allOf") { keywords.append(.allOf(schemas)) }
    if let schemas = list("anyOf") { keywords.append(.anyOf(schemas)) }
    if let schemas = list("oneOf") { keywords.append(.oneOf(schemas)) }
    if let schema = one("not") { keywords.append(.not(schema)) }
    if let condition = one("if") {
      keywords.append(.condition(if: condition, then: one("then"), else: one("else")))
    }
    if let entries = map("dependentSchemas") { keywords.append(.dependentSchemas(entries)) }
    if object["properties"] != nil || object["patternProperties"] != nil
      || object["additionalProperties"] != nil
    {
      var patterns: [(RegularExpression, schema: Int)] = []
      for (key, schema) in map("patternProperties") ?? [] {
        if let pattern = reader.pattern(key, "patternProperties") {
          patterns.append((pattern, schema))
        }
      }
      let properties = Dictionary(uniqueKeysWithValues: map("properties") ?? [])
      keywords.append(
        .properties(properties, patterns: patterns, additional: one("additionalProperties")))
    }
    if let schema = one("propertyNames") { keywords.append(.propertyNames(schema)) }
    if object["prefixItems"] != nil || object["items"] != nil {
      keywords.append(.items(prefix: list("prefixItems") ?? [], rest: one("items")))
    }
    if let schema = one("contains") {
      keywords.append(
        .contains(
          schema, least: reader.count("minContains") ?? 1, most: reader.count("maxContains")))
    } else {
      _ = reader.count("minContains")
      _ = reader.count("maxContains")
    }
    // Last, since they ask what the others have looked at.
    if let schema = one("unevaluatedItems") { keywords.append(.unevaluatedItems(schema)) }
    if let schema = one("unevaluatedProperties") {
      keywords.append(.unevaluatedProperties(schema))
    }
    if object["unevaluatedItems"] != nil || object["unevaluatedProperties"] != nil {
      tracksEvaluation = true
    }
  }

  /// Reads the plain values of one schema object.
  private struct Reader {
    let object: JSONObject
    let source: Source
    var problems: [(String, String)] = []

    init(object: JSONObject, source: Source) {
      self.object = object
      self.source = source
    }

    func path(_ key: String) -> String { "\(source.place.path)/\(jsonPointerToken(key))" }

    mutating func fail(_ key: String, _ message: String) { problems.append((path(key), message)) }

    mutating func number(_ key: String) -> JSONValue? {
      guard let value = object[key] else { return nil }
      if let number = value.double, number.isFinite { return value }
      fail(key, "\(key) is no number")
      return nil
    }

    mutating func count(_ key: String) -> Int? {
      guard let value = object[key] else { return nil }
      if let count = value.integer, count >= 0 { return count }
      fail(key, "\(key) is no whole number from 0")
      return nil
    }

    mutating func string(_ key: String) -> String? {
      guard let value = object[key] else { return nil }
      if let string = value.string { return string }
      fail(key, "\(key) is no string")
      return nil
    }

    mutating func flag(_ key: String) -> Bool {
      guard let value = object[key] else { return false }
      if let flag = value.bool { return flag }
      fail(key, "\(key) is neither true nor false")
      return false
    }

    mutating func strings(_ key: String) -> [String]? {
      guard let value = object[key] else { return nil }
      if let array = value.array, array.allSatisfy({ $0.string != nil }) {
        return array.compactMap(\.string)
      }
      fail(key, "\(key) is no array of strings")
      return nil
    }

    mutating func pattern(_ text: String, _ key: String) -> RegularExpression? {
      do {
        return try RegularExpression(text)
      } catch {
        fail(key, "pattern “\(text)”: \(error)")
        return nil
      }
    }
  }

  private enum Keywords {
    static let draft = "https://json-schema.org/draft/2020-12/schema"

    enum Shape { case one, list, map }

    /// Keywords with schemas below them.
    static let schemas: [String: Shape] = [
      "$defs": .map, "additionalProperties": .one, "allOf": .list, "anyOf": .list,
      "contains": .one, "contentSchema": .one, "dependentSchemas": .map, "else": .one, "if": .one,
      "items": .one, "not": .one, "oneOf": .list, "patternProperties": .map, "prefixItems": .list,
      "properties": .map, "propertyNames": .one, "then": .one, "unevaluatedItems": .one,
      "unevaluatedProperties": .one,
    ]

    static let known = Set(schemas.keys).union([
      "$anchor", "$comment", "$dynamicAnchor", "$dynamicRef", "$id", "$ref", "$schema",
      "$vocabulary", "const", "contentEncoding", "contentMediaType", "default",
      "dependentRequired", "deprecated", "description", "enum", "examples", "exclusiveMaximum",
      "exclusiveMinimum", "format", "maxContains", "maxItems", "maxLength", "maxProperties",
      "maximum", "minContains", "minItems", "minLength", "minProperties", "minimum", "multipleOf",
      "pattern", "readOnly", "required", "title", "type", "uniqueItems", "writeOnly",
    ])

    /// The known keyword that differs by one letter, or by two where it is long.
    static func nearest(to key: String) -> String? {
      let near = known.sorted().map { ($0, distance(Array(key.utf8), Array($0.utf8))) }
        .min { $0.1 < $1.1 }
      guard let (word, edits) = near, edits <= max(1, min(2, key.utf8.count / 4)) else {
        return nil
      }
      return word
    }

    /// Insertions, deletions, replacements and swaps of neighbours.
    private static func distance(_ first: [UInt8], _ second: [UInt8]) -> Int {
      var older: [Int] = []
      var row = Array(0...second.count)
      for (i, byte) in first.enumerated() {
        var next = [i + 1]
        for (j, other) in second.enumerated() {
          var best = Swift.min(row[j + 1] + 1, next[j] + 1, row[j] + (byte == other ? 0 : 1))
          if i > 0, j > 0, byte == second[j - 1], first[i - 1] == other {
            best = Swift.min(best, older[j - 1] + 1)
          }
          next.append(best)
        }
        older = row
        row = next
      }
      return row[second.count]
    }
  }
}

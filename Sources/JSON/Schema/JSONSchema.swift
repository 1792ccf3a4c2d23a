/// A JSON Schema, draft 2020-12, ready to validate.
///
/// Every keyword of the draft's core, applicator, validation and unevaluated vocabularies is
/// enforced. `format` and `content…` are annotations, as the draft has it; ``Options/assertsFormats``
/// makes the known formats assertions. A number is an integer when it has no fraction, lengths of
/// strings count Unicode scalars. Nothing is fetched: a reference leads into the schema itself or
/// into `documents`.
package struct JSONSchema: Sendable {
  package struct Options: Sendable {
    /// Whether `date`, `date-time`, `time`, `email`, `uri` and `uuid` must be kept, and other
    /// formats are refused.
    package var assertsFormats = false
    /// Whether keywords that the draft does not know are passed over, as the draft has it. Else
    /// they are errors, but for `x-…`: a misspelt keyword would promise what nobody checks.
    package var ignoresUnknownKeywords = false

    /// Whether formats that cannot be asserted stay annotations where the others are asserted.
    package var keepsUnknownFormats = false

    package init(
      assertsFormats: Bool = false, ignoresUnknownKeywords: Bool = false,
      keepsUnknownFormats: Bool = false
    ) {
      self.assertsFormats = assertsFormats
      self.ignoresUnknownKeywords = ignoresUnknownKeywords
      self.keepsUnknownFormats = keepsUnknownFormats
    }
  }

  /// Every schema of the document, and of those it refers to, by number.
  package let nodes: [SchemaNode]
  package let root: Int
  /// Resource and anchor → node, for `$dynamicRef`.
  package let dynamicAnchors: [SchemaAnchor: Int]
  let options: Options
  /// Whether any keyword asks what others have looked at.
  let tracksEvaluation: Bool
  /// The keywords that nothing checks because the draft does not know them, in the order they were
  /// met; `x-…` is not among them. Empty unless ``Options/ignoresUnknownKeywords`` is set.
  package let ignored: [IgnoredKeyword]

  /// A keyword that promises what nobody checks.
  package struct IgnoredKeyword: Hashable, Sendable {
    /// JSON Pointer in the schema document, as a URI fragment.
    package var schemaPath: String
    package var keyword: String
    /// The keyword of the draft that was probably meant.
    package var nearest: String?
  }

  /// - Parameters:
  ///   - uri: Where the schema comes from: the base of its relative references.
  ///   - documents: Other schemas that references may lead to, by their URIs.
  package init(
    _ schema: JSONValue, uri: String = "", documents: [String: JSONValue] = [:],
    options: Options = Options()
  ) throws(SchemaError) {
    var compiler = SchemaCompiler(options: options)
    root = try compiler.compile(schema, uri: uri, documents: documents)
    nodes = compiler.nodes
    dynamicAnchors = compiler.dynamicAnchors
    tracksEvaluation = compiler.tracksEvaluation
    ignored = compiler.ignored
    self.options = options
  }

  /// What is wrong with an instance, in the order it was found; empty when it is valid. At most
  /// ``mostViolations``.
  package func validate(_ instance: JSONValue) -> [Violation] {
    var validation = SchemaValidation(self)
    return validation.run(instance)
  }

  /// Whether an instance fits schema `node` of ``nodes``.
  package func accepts(_ instance: JSONValue, at node: Int) -> Bool {
    var validation = SchemaValidation(self)
    return validation.run(instance, at: node).isEmpty
  }

  package static let mostViolations = 200

  /// One keyword that an instance does not keep.
  package struct Violation: Hashable, Sendable, CustomStringConvertible {
    /// JSON Pointer in the instance.
    package var instancePath: String
    /// JSON Pointer in the schema document, as a URI fragment, of the keyword.
    package var schemaPath: String
    /// Numbers and names of the schema; never a value of the instance.
    package var message: String
    /// The keyword: the last of ``schemaPath``'s parts; empty for a schema that is `false`.
    package var keyword: String

    package var description: String {
      "\(instancePath.isEmpty ? "the value" : instancePath) \(message) (\(schemaPath))"
    }
  }
}

/// Why a schema cannot be used: all that is wrong with it.
package struct SchemaError: Error, Hashable, Sendable, CustomStringConvertible {
  package struct Problem: Hashable, Sendable, CustomStringConvertible {
    /// JSON Pointer in the schema document.
    package var path: String
    package var message: String

    package var description: String {
      "\(path.isEmpty ? "the schema" : path): \(message)"
    }
  }

  package var problems: [Problem]

  package var description: String { problems.map(\.description).joined(separator: "; ") }
}

package struct SchemaAnchor: Hashable, Sendable {
  /// Number of the schema resource.
  package var resource: Int
  package var name: String

  package init(resource: Int, name: String) {
    self.resource = resource
    self.name = name
  }
}

/// One schema of a document, with references as indices of other nodes.
package struct SchemaNode: Sendable {
  /// JSON Pointer in its document.
  package var path: String
  /// Number of the schema resource it belongs to: what `$id` sets apart.
  package var resource: Int
  /// False for the schema `false`, which nothing fits.
  package var allows = true
  package var keywords: [SchemaKeyword] = []
  /// What the draft does not know and leaves to others: `x-…`.
  package var extensions = JSONObject()

  init(path: String, resource: Int) {
    self.path = path
    self.resource = resource
  }
}

/// A keyword or a few that work together.
package enum SchemaKeyword: Sendable {
  case type([String])
  case const(JSONValue)
  case `enum`([JSONValue])
  case multipleOf(JSONValue)
  case bound(SchemaBound, JSONValue)
  case size(SchemaSize, Int)
  case pattern(RegularExpression)
  case format(String)
  case uniqueItems
  case required([String])
  case dependentRequired([(key: String, required: [String])])
  case dependentSchemas([(key: String, schema: Int)])
  case properties(
    [String: Int], patterns: [(RegularExpression, schema: Int)], additional: Int?)
  case propertyNames(Int)
  case items(prefix: [Int], rest: Int?)
  case contains(Int, least: Int, most: Int?)
  case allOf([Int])
  case anyOf([Int])
  case oneOf([Int])
  case not(Int)
  case condition(if: Int, then: Int?, else: Int?)
  case ref(Int)
  /// `anchor` is nil when the reference is an ordinary one after all.
  case dynamicRef(Int, anchor: String?)
  case unevaluatedItems(Int)
  case unevaluatedProperties(Int)
}

package enum SchemaBound: String, Sendable {
  case minimum, maximum, exclusiveMinimum, exclusiveMaximum
}

package enum SchemaSize: String, Sendable {
  case minLength, maxLength, minItems, maxItems, minProperties, maxProperties
}

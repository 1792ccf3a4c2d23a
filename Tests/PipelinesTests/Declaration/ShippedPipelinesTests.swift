import DefaultReader
import Foundation
import JSON
import Schedules
import TestSupport
import Testing

@testable import Pipelines

@Suite struct ShippedPipelinesTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  private static let folder = root.appendingPathComponent("Pipelines")

  /// The labels of the weights that ship, as their own configuration has them.
  private static func defaultTags() throws -> Set<String> {
    let config = try Data(
      contentsOf: DefaultReader.folder.appendingPathComponent("config.json"))
    let labels = try JSONValue.parse(Array(config))["tag_labels"]?.array ?? []
    return Set(labels.compactMap(\.string))
  }

  @Test(arguments: ["contracts", "minutes", "summaries"])
  func `the shipped pipelines are read without a problem, and the shipped weights can do them`(
    name: String
  ) throws {
    let declaration = try DeclarationReader.read(
      Self.folder.appendingPathComponent("\(name).json5"))
    #expect(declaration.name == name)
    #expect(
      declaration.input.directory.path == Self.root.appendingPathComponent("Samples").path)
    #expect(
      declaration.output.directory.path == Self.root.appendingPathComponent("out/\(name)").path)
    let tags = try Self.defaultTags()
    #expect(tags.count > 40)
    #expect(declaration.problems(for: .init(tags: tags, writes: false)) == [])
    #expect(declaration.problems(for: .init(tags: [], writes: true)) == [])
  }

  @Test(arguments: DeclarationTemplate.allCases)
  func `what init writes is read without a problem, in a folder of its own`(
    template: DeclarationTemplate
  ) throws {
    let folder = try TemporaryFolder()
    let files = template.files(input: "my \"documents\"", output: "results")
    #expect(files[0].name == "\(template.rawValue).json5")
    for file in files {
      try Data(file.text.utf8).write(to: folder.url.appendingPathComponent(file.name))
    }
    let declaration = try DeclarationReader.read(
      folder.url.appendingPathComponent(files[0].name))
    #expect(declaration.input.directory.lastPathComponent == "my \"documents\"")
    #expect(declaration.output.directory.lastPathComponent == "results")
    #expect(declaration.input.exclude.isEmpty)
    for word in ["Samples", "../", "Pipelines/"] { #expect(!files[0].text.contains(word)) }
    // Short enough to be read before it is changed, and explained.
    #expect(files[0].text.split(separator: "\n").count < 60)
    #expect(files[0].text.contains("//"))
  }

  @Test func `the program holds the files of the folder, byte for byte`() throws {
    func shipped(_ name: String) throws -> [UInt8] {
      try Array(Data(contentsOf: Self.folder.appendingPathComponent(name)))
    }
    #expect(try PackageResources.contracts_json5 == shipped("contracts.json5"))
    #expect(try PackageResources.minutes_json5 == shipped("minutes.json5"))
    #expect(try PackageResources.summaries_json5 == shipped("summaries.json5"))
    #expect(try PackageResources.contract_schema_json == shipped("contract.schema.json"))
    #expect(try PackageResources.declaration_schema_json == shipped("declaration.schema.json"))
  }

  // MARK: The schema of declarations

  private static func schema() throws -> JSONValue {
    try JSONValue.parse(PackageResources.declaration_schema_json)
  }

  private static func keys(_ schema: JSONValue?) -> Set<String> {
    Set(schema?["properties"]?.object?.keys ?? [])
  }

  @Test func `the schema for editors has the keys that are read, no more and no fewer`() throws {
    let schema = try Self.schema()
    let properties = schema["properties"]
    #expect(Self.keys(schema) == Set(DeclarationKeys.root))
    #expect(Self.keys(properties?["input"]) == Set(DeclarationKeys.input))
    #expect(Self.keys(properties?["model"]) == Set(DeclarationKeys.model))
    #expect(Self.keys(properties?["output"]) == Set(DeclarationKeys.output))
    #expect(Self.keys(properties?["schedule"]) == Set(DeclarationKeys.schedule))
    for kind in DeclarationKeys.kinds {
      let step = schema["$defs"]?[kind]
      #expect(Self.keys(step) == Set(DeclarationKeys.step(kind)), "\(kind)")
      #expect(step?["properties"]?["kind"]?["const"] == .string(kind))
      #expect(step?["additionalProperties"] == false)
    }
    let kinds = properties?["steps"]?["items"]?["oneOf"]?.array?.compactMap { $0["$ref"]?.string }
    #expect(kinds == DeclarationKeys.kinds.map { "#/$defs/\($0)" })
  }

  @Test func `the schema for editors states the defaults and choices of the reader`() throws {
    let schema = try Self.schema()
    let input = schema["properties"]?["input"]?["properties"]
    let output = schema["properties"]?["output"]?["properties"]
    let folder = try DeclarationFolder()
    let read = try folder.read(declaration(steps: #"{ id: "m", kind: "minutes" }"#))
    #expect(input?["match"]?["default"]?.array?.compactMap(\.string) == read.input.match)
    #expect(input?["maxTokens"]?["default"]?.integer == read.input.maxTokens)
    #expect(input?["overLimit"]?["default"]?.string == read.input.overLimit.rawValue)
    #expect(output?["jsonl"]?["default"]?.bool == read.output.jsonl)
    #expect(output?["html"]?["default"]?.bool == read.output.html)
    #expect(output?["markdown"]?["default"]?.bool == read.output.markdown)
    #expect(schema["$defs"]?["attempts"]?["default"]?.integer == read.steps[0].attempts)
    func choices(_ schema: JSONValue?) -> [String]? { schema?["enum"]?.array?.compactMap(\.string) }
    #expect(
      choices(input?["overLimit"]) == Declaration.Input.OverLimit.allCases.map(\.rawValue))
    #expect(
      choices(schema["$defs"]?["evidence"]) == Step.EvidenceRule.allCases.map(\.rawValue))
    let schedule = schema["properties"]?["schedule"]?["properties"]
    #expect(
      choices(schedule?["missed"]) == MissedRuns.allCases.map(\.rawValue))
    #expect(
      choices(schedule?["overlap"]) == Declaration.Schedule.Overlap.allCases.map(\.rawValue))
  }
}

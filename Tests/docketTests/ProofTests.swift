import Foundation
import JSON
import TestSupport
import Testing

/// What a run wrote, proven from outside: `verify`, `explain`, and the same bytes again.
@Suite struct ProofTests {
  private let run: SampleRun

  init() throws { run = try SampleRun.copy() }

  private func verify() throws -> DocketProgram.Ending {
    try run.docket.run(["verify", run.out.path])
  }

  @Test func `four workers write the bytes of one, in every file of the folder`() throws {
    let four = try SampleRun(workers: 4)
    let first = try run.outputs()
    let second = try four.outputs()
    #expect(Set(first.keys) == Set(second.keys))
    #expect(first.keys.contains("report.html") && first.keys.contains("fields.csv"))
    #expect(first.keys.contains { $0.hasSuffix(".minutes.md") })
    #expect(first.keys.contains { $0.hasSuffix(".summary.md") })
    for (path, bytes) in first { #expect(second[path] == bytes, "\(path)") }
  }

  @Test func `verify accepts what was written, and refuses any one changed character of it`() throws
  {
    let whole = try verify()
    #expect(whole.status == 0, "\(whole.output)")
    var generator = SystemRandomNumberGenerator()
    for (number, (path, bytes)) in try run.outputs().sorted(by: { $0.key < $1.key }).enumerated() {
      let file = run.out.appendingPathComponent(path)
      var changed = bytes
      let place = Int.random(in: 0..<changed.count, using: &generator)
      changed[place] = changed[place] == 0x61 ? 0x62 : 0x61
      try changed.write(to: file)
      #expect(try verify().status == 1, "\(path) with another byte at \(place)")
      if number % 4 == 0 {
        try bytes.dropLast().write(to: file)
        #expect(try verify().status == 1, "\(path) without its last byte")
        try FileManager.default.removeItem(at: file)
        #expect(try verify().status == 1, "\(path) is gone")
      }
      try bytes.write(to: file)
    }
    #expect(try verify().status == 0)
  }

  @Test
  func `verify refuses a changed quote, place or value's words though all digests agree again`()
    throws
  {
    let names = try run.outputs().keys.sorted()
    var changes = 0
    for name in names where name.hasSuffix(".json") && name != "run.json" {
      let file = run.out.appendingPathComponent(name)
      let bytes = try Data(contentsOf: file)
      let result = try JSONValue.parse(String(decoding: bytes, as: UTF8.self))
      for (id, evidence) in result["evidence"]?.object?.members ?? JSONObject().members {
        for (index, selector) in (evidence["selector"]?.array ?? []).enumerated() {
          for (key, part) in selector.object?.members ?? JSONObject().members where key != "type" {
            let changed: JSONValue
            switch part {
            case .string(let text): changed = .string(Self.withAnotherLetter(text))
            case .integer(let number): changed = .integer(number + 1)
            default: continue
            }
            // One of a handful: each check reads the documents again.
            changes += 1
            guard changes % 16 == 1 else { continue }
            let place = "/evidence/\(id)/selector/\(index)/\(key)"
            try Data((result.replacing(place, with: changed).text(indent: 1) + "\n").utf8)
              .write(to: file)
            try run.writeDigests()
            #expect(try verify().status == 1, "\(name): \(place)")
          }
        }
      }
      try bytes.write(to: file)
    }
    #expect(changes > 100)
    try run.writeDigests()
    #expect(try verify().status == 0)
  }

  /// The text with its middle letter or digit replaced.
  private static func withAnotherLetter(_ text: String) -> String {
    var scalars = Array(text.unicodeScalars)
    let letters = scalars.indices.filter { scalars[$0].properties.isAlphabetic }
    guard let place = letters.isEmpty ? scalars.indices.last : letters[letters.count / 2] else {
      return "x"
    }
    scalars[place] = scalars[place] == "x" ? "y" : "x"
    return String(String.UnicodeScalarView(scalars))
  }

  @Test func `verify refuses a file that the run did not write, and a document that changed`()
    throws
  {
    let added = run.out.appendingPathComponent("more/added.fields.json")
    try FileManager.default.createDirectory(
      at: added.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data("{}".utf8).write(to: added)
    let ending = try verify()
    #expect(ending.status == 1)
    #expect(ending.output.contains("more/added.fields.json: was not written by the run"))
    try FileManager.default.removeItem(at: added)
    #expect(try verify().status == 0)

    let document = run.folder.url.appendingPathComponent(
      "documents/transcript-mercury-atlas-8.srt")
    let bytes = try Data(contentsOf: document)
    try (bytes + Data("\n".utf8)).write(to: document)
    let changed = try verify()
    #expect(changed.status == 1)
    #expect(changed.output.contains("the document has changed since"))
  }

  @Test func `a report written anew belongs to the run, with its pictures or without`() throws {
    let first = try run.outputs()
    #expect(try run.docket.run(["report", run.out.path]).status == 0)
    #expect(try run.outputs() == first)
    #expect(try run.docket.run(["report", run.out.path, "--pictures", "0"]).status == 0)
    let second = try run.outputs()
    #expect(second["report.html"]?.count ?? 0 < first["report.html"]?.count ?? 0)
    #expect(try verify().status == 0)
  }

  @Test func `explain leads from a value to its words, place, model and attempts`() throws {
    let file = run.out.appendingPathComponent("transcript-mercury-atlas-8.srt.fields.json").path
    let listed = try run.docket.run(["explain", file])
    #expect(listed.status == 0, "\(listed.errors)")
    #expect(listed.output.contains("/data/fields/astronaut"))
    let told = try run.docket.run(["explain", file, "astronaut"])
    #expect(told.status == 0, "\(told.output)\(told.errors)")
    let words = told.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    for part in [
      "value Wally", "【", "turn", "bytes ", "every quote of the file stands at its place",
      "reader-v0, sha256", "attempt 1: completed", " key ",
    ] {
      #expect(words.contains(part), "\(part)\n\(told.output)")
    }
    let json = try JSONValue.parse(
      try run.docket.run(["explain", file, "astronaut", "--json"]).output)
    #expect(json["entry"]?["value"] == "Wally")
    #expect(json["now"]?["verified"] == true)
    #expect(json["attempts"]?[0]?["end"] == "completed")
    #expect(json["produced"]?["key"]?.string?.count == 64)
    // Without the ledger it says so, and the rest stands.
    let other = try run.docket.run([
      "explain", file, "astronaut", "--workspace", run.folder.url.appendingPathComponent("no").path,
    ])
    #expect(other.status == 0)
    // Lines are broken where the path's length has it.
    let rest = other.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(rest.contains("no ledger at "))
    let wrong = try run.docket.run(["explain", file, "astronout"])
    #expect(wrong.status == 2)
    #expect(wrong.errors.contains("did you mean “astronaut”?"))
    let list = try run.docket.run(["explain", run.out.appendingPathComponent("run.json").path])
    #expect(list.status == 2)
    #expect(list.errors.contains("is not the result of a document, but the list of a run's"))
  }
}

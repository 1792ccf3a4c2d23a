import DefaultReader
import Foundation
import JSON
import TestSupport
import Testing

@testable import docket

/// `docket model`: the words that look at a checkpoint and pack it.
@Suite struct ModelTests {
  let folder: TemporaryFolder
  let docket: DocketProgram

  init() throws {
    folder = try TemporaryFolder()
    docket = DocketProgram(workspace: folder.url.appendingPathComponent("workspace"))
  }

  private func object(_ words: [String]) throws -> JSONValue {
    let ending = try docket.run(words)
    #expect(ending.status == 0, "\(ending.errors)")
    return try JSONValue.parse(String(#require(ending.output.split(separator: "\n").last)))
  }

  @Test func `the shipped model is described, in words and as JSON`() throws {
    let text = try docket.run(["model", "info"]).output
    #expect(text.contains("8 (1 softmax, 7 lightning)") && text.contains("tag 51 labels"))
    let json = try object(["model", "info", "--json", "--digest"])
    #expect(json["sha256"]?.string?.count == 64)
    #expect(json["labels"]?.array?.count == 51)
    #expect(json["packed"]?.isNull == true)
  }

  @Test func `packing prints each tensor's loss and the divergence on a text`() throws {
    let text = folder.url.appendingPathComponent("a.txt")
    try String(repeating: "The parties agree that this Agreement is governed by law. ", count: 40)
      .write(to: text, atomically: true, encoding: .utf8)
    let source = DefaultReader.folder.path
    let target = folder.url.appendingPathComponent("packed").path
    let words = ["model", "quantize", source, target, "--weights", "int8"]
    let ending = try docket.run(words + ["--text", text.path, "--tokens", "300", "--json"])
    #expect(ending.status == 0, "\(ending.errors)")
    let lines = try ending.output.split(separator: "\n").map {
      try JSONValue.parse(String($0))
    }
    #expect(lines.count > 80)
    for line in lines.dropLast() {
      #expect(line["tensor"]?.string != nil)
      #expect((0...0.02).contains(line["relativeError"]?.double ?? 1))
    }
    let facts = try #require(lines.last)
    #expect(facts["tensors"]?.integer == lines.count - 1)
    #expect(facts["divergenceTokens"]?.integer == 300)
    #expect((0...0.02).contains(facts["meanDivergence"]?.double ?? 1))
    let again = try docket.run(words)
    #expect(again.status == 1 && again.errors.contains("exists already"))
    #expect(try object(["model", "info", target, "--json"])["packed"]?.string == "int8")
    let cost = try object(["model", "cost", target, "--context", "1000", "--json"])
    #expect(cost["weights"]?.string == "int8")
    let wrong = try docket.run(["model", "quantize", source, target, "--weights", "f32"])
    #expect(wrong.status == 2 && wrong.errors.contains("bf16, int8 or int4"))
  }

  @Test func `cost gives the published comparison, a plot and what this machine lacks`() throws {
    let plot = folder.url.appendingPathComponent("a.svg")
    let json = try object([
      "model", "cost", "minimax-m1", "--context", "0", "--generate", "100000", "--weights", "int4",
      "--against", "deepseek-r1", "--plot", plot.path, "--json",
    ])
    #expect(json["parameters"]?.integer == 456_089_655_296)
    let row = try #require(
      json["comparison"]?["lengths"]?.array?.first { $0["tokens"]?.integer == 100_000 })
    #expect((0.20...0.25).contains(row["shareOfToken"]?.double ?? 0))
    #expect((0.25...0.36).contains(row["shareOfAll"]?.double ?? 0))
    #expect((json["peakBytes"]?.integer ?? 0) > 250_000_000_000)
    #expect((json["secondsWriting"]?.double ?? 0) > 0)
    let svg = try String(contentsOf: plot, encoding: .utf8)
    #expect(svg.hasPrefix("<svg") && svg.contains("at 100K") && svg.hasSuffix("</svg>\n"))

    let own = try docket.run(["model", "cost", "--context", "1048576"])
    #expect(own.status == 0 && own.output.contains("memory"))
    #expect(try docket.run(["model", "cost", "--generate", "5"]).status == 2)
    let unknown = try docket.run(["model", "cost", "minimax-m2"])
    #expect(unknown.status == 2 && unknown.errors.contains("did you mean “minimax-m1”?"))
    #expect(try docket.run(["model", "cost", "minimax-m1", "--plot", "x.svg"]).status == 2)
  }
}

import Foundation
import Pipelines
import TestSupport
import Testing

@testable import docket

@Suite struct CommandLineTests {
  let folder: TemporaryFolder
  let docket: DocketProgram

  init() throws {
    folder = try TemporaryFolder()
    docket = DocketProgram(workspace: folder.url.appendingPathComponent("workspace"))
  }

  @Test(arguments: Verbs.pages.map(\.name))
  func `every verb explains itself, its options with a unit and its defaults`(name: String) throws {
    let verb = try #require(Verbs.pages.first { $0.name == name })
    let words = name.split(separator: " ").map(String.init)
    let ending = try docket.run(words + ["--help"])
    #expect(try docket.run(["help"] + words).output == ending.output)
    for word in verb.words { #expect(ending.output.contains("\(word.name) ")) }
    #expect(ending.status == 0)
    #expect(ending.output.hasPrefix("Usage: docket \(name)"))
    for option in verb.options {
      #expect(ending.output.contains(option.name))
      #expect(
        option.help.hasSuffix(".") || option.help.contains(". (default: "),
        "\(option.name) is explained by a sentence")
      if option.value != nil, option.name != "--fault" {
        #expect(option.help.contains("(default: "), "\(option.name) states its default")
      }
    }
  }

  @Test func `a mistyped verb or option is named with the nearest one`() throws {
    let verb = try docket.run(["rnu"])
    #expect(verb.status == 2)
    #expect(verb.errors.contains("unknown verb “rnu”, did you mean “run”?"))
    let option = try docket.run(["run", "x.json5", "--worker", "2"])
    #expect(option.status == 2)
    #expect(option.errors.contains("unknown option “--worker”, did you mean “--workers”?"))
    let word = try docket.run(["model", "inof"])
    #expect(word.status == 2)
    #expect(word.errors.contains("unknown word “inof”, did you mean “info”?"))
    #expect(try docket.run(["model"]).status == 2)
    #expect(try docket.run([]).status == 2)
    #expect(try docket.run(["run"]).status == 2)
    #expect(try docket.run(["run", "x.json5", "--workers", "many"]).status == 2)
  }

  @Test func `a declaration with a typo is refused with its place, and nothing is run`() throws {
    let file = folder.url.appendingPathComponent("p.json5")
    try """
    { format: 1, name: "p", input: { dir: "." },
      stpes: [ { id: "s", kind: "summarize", words: 10 } ],
      output: { dir: "out" } }
    """.write(to: file, atomically: true, encoding: .utf8)
    for verb in ["check", "run"] {
      let ending = try docket.run([verb, file.path])
      #expect(ending.status == 2)
      let said = ending.output + ending.errors
      #expect(said.contains("p.json5:2:3: "))
      #expect(said.contains("“steps”"))
    }
    #expect(
      !FileManager.default.fileExists(atPath: folder.url.appendingPathComponent("out").path))
  }

  @Test(.timeLimit(.minutes(5)))
  func `a signal that comes before anybody listens is heard all the same`() async throws {
    // In a process of its own, as signals are the whole process's.
    await #expect(processExitsWith: .exitCode(75)) {
      StopSignals.expect()
      kill(getpid(), SIGTERM)
      let stop = StopSignal()
      let signals = StopSignals(stop) { _ in }
      for _ in 0..<500 where !stop.isSet { try await Task.sleep(for: .milliseconds(10)) }
      signals.end()
      exit(stop.reason == .terminated ? 75 : 1)
    }
  }
}

import Foundation
import JSON
import TestSupport
import Testing

/// A message of e-mail from the folder to the report.
struct MailRunTests {
  @Test func `a value found in a message is verified, explained and shown in the report`() throws {
    let folder = try TemporaryFolder()
    let docket = DocketProgram(workspace: folder.url.appendingPathComponent("workspace"))
    let input = folder.url.appendingPathComponent("mail")
    try FileManager.default.createDirectory(at: input, withIntermediateDirectories: true)
    try """
    From: Ann <ann@example.org>
    Subject: Rent
    Message-ID: <1@example.org>
    Content-Type: text/plain; charset=utf-8
    Content-Transfer-Encoding: quoted-printable

    The rent of =E2=82=AC 1,200 is due on =
    March 5, as agreed.
    """.write(to: input.appendingPathComponent("a.eml"), atomically: true, encoding: .utf8)
    try
      #"{ "type": "object", "properties": { "rent": { "type": "string", "x-pattern": "rent of (?<value>.{7})" } } }"#
      .write(
        to: folder.url.appendingPathComponent("rent.schema.json"), atomically: true, encoding: .utf8
      )
    let file = folder.url.appendingPathComponent("pipeline.json5")
    try """
    { format: 1, name: "mail", input: { dir: "mail", match: ["**/*.eml"] },
      steps: [ { id: "fields", kind: "extract", schema: "rent.schema.json" } ],
      output: { dir: "out", html: true } }
    """.write(to: file, atomically: true, encoding: .utf8)
    let ending = try docket.run(["run", file.path])
    #expect(ending.status == 0, "\(ending.output) \(ending.errors)")
    let out = folder.url.appendingPathComponent("out")
    let verified = try docket.run(["verify", out.path])
    #expect(verified.status == 0, "\(verified.output)")
    let explained = try docket.run([
      "explain", out.appendingPathComponent("a.eml.fields.json").path, "/data/fields/rent",
    ])
    #expect(explained.status == 0 && explained.output.contains("€ 1,200"), "\(explained.output)")
    let report = try String(
      contentsOf: out.appendingPathComponent("report.html"), encoding: .utf8)
    #expect(report.contains("€ 1,200"))
  }
}

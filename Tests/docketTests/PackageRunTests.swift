import Foundation
import JSON
import TestSupport
import Testing

/// A document of Word from the folder to the report.
struct PackageRunTests {
  private static let types = "application/vnd.openxmlformats-officedocument.wordprocessingml"

  private func package(_ document: String) -> PackageBuilder {
    var package = PackageBuilder()
    package.add(
      "[Content_Types].xml",
      #"<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="\#(Self.types).document.main+xml"/></Types>"#
    )
    package.add("word/document.xml", document)
    return package
  }

  @Test func `a value found in a document of Word is verified, explained and shown in the report`()
    throws
  {
    let folder = try TemporaryFolder()
    let docket = DocketProgram(workspace: folder.url.appendingPathComponent("workspace"))
    let input = folder.url.appendingPathComponent("contracts")
    try FileManager.default.createDirectory(at: input, withIntermediateDirectories: true)
    let document = """
      <?xml version="1.0" encoding="UTF-8"?>
      <w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>
      <w:p><w:r><w:t xml:space="preserve">An agreement of Birch &amp; </w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>Rowan Ltd</w:t></w:r></w:p>
      <w:p><w:r><w:t>The buyer pays € 1,200 a month.</w:t></w:r></w:p></w:body></w:document>
      """
    let whole = package(document).bytes
    try Data(whole).write(to: input.appendingPathComponent("a.docx"))
    try Data(whole.prefix(whole.count - 40)).write(to: input.appendingPathComponent("cut.docx"))
    try
      #"{ "type": "object", "properties": { "price": { "type": "string", "x-pattern": "pays (?<value>. 1,200)" }, "supplier": { "type": "string", "x-pattern": "of (?<value>Birch . Rowan Ltd)" } } }"#
      .write(
        to: folder.url.appendingPathComponent("price.schema.json"), atomically: true,
        encoding: .utf8)
    let file = folder.url.appendingPathComponent("pipeline.json5")
    try """
    { format: 1, name: "word", input: { dir: "contracts", match: ["**/*.docx"] },
      steps: [ { id: "fields", kind: "extract", schema: "price.schema.json" } ],
      output: { dir: "out", html: true } }
    """.write(to: file, atomically: true, encoding: .utf8)
    let ending = try docket.run(["run", file.path])
    #expect(ending.status == 1, "\(ending.output) \(ending.errors)")
    #expect(ending.output.contains("directory cannot be read"), "\(ending.output)")
    #expect(
      ending.output.contains("2 documents: 1 complete, 0 partial, 1 failed"), "\(ending.output)")
    let out = folder.url.appendingPathComponent("out")
    let result = out.appendingPathComponent("a.docx.fields.json")
    let envelope = try JSONValue.parse(try String(contentsOf: result, encoding: .utf8))
    #expect(envelope["data"]?["fields"]?["supplier"]?["value"]?.string == "Birch & Rowan Ltd")
    let part = Array(document.utf8)
    // Each fragment leads to the words in the unpacked part.
    let evidence = envelope["evidence"]?.object?.members.map { $0.1 } ?? []
    #expect(evidence.count == 2)
    for one in evidence {
      let quote = one["selector"]?[0]?["exact"]?.string ?? ""
      let fragment = one["selector"]?[2]?["value"]?.string ?? ""
      let prefix = "part=word/document.xml&bytes="
      try #require(fragment.hasPrefix(prefix), "\(fragment)")
      let words = fragment.dropFirst(prefix.count).split(separator: ",").map { range in
        let ends = range.split(separator: "-").compactMap { Int($0) }
        return String(decoding: part[ends[0]...ends[1]], as: UTF8.self)
      }.joined()
      #expect(words.replacing("&amp;", with: "&") == quote)
    }
    let verified = try docket.run(["verify", out.path])
    #expect(verified.status == 0, "\(verified.output)")
    let explained = try docket.run(["explain", result.path, "/data/fields/price"])
    #expect(
      explained.status == 0 && explained.output.contains("of word/document.xml in the file"),
      "\(explained.output)")
    let report = try String(
      contentsOf: out.appendingPathComponent("report.html"), encoding: .utf8)
    #expect(report.contains("€ 1,200"))
    let ingested = try docket.run([
      "ingest", "--json", input.appendingPathComponent("a.docx").path,
    ])
    let blocks = try JSONValue.parse(ingested.output)["blocks"]?.array ?? []
    #expect(blocks.map { $0["part"]?.string } == ["word/document.xml", "word/document.xml"])
    let bytes = (blocks.last?["bytes"]?.array ?? []).compactMap(\.integer)
    try #require(bytes.count == 2 && bytes[1] <= part.count)
    #expect(
      String(decoding: part[bytes[0]..<bytes[1]], as: UTF8.self)
        == "The buyer pays € 1,200 a month.")
  }
}

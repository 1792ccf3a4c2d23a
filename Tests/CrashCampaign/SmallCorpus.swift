import Foundation

/// A pipeline whose whole run takes a second or two, and yet passes every named point: several documents of several
/// kinds, two steps with readings of their own, a condition, one reading of several pieces, a file that cannot be read.
enum SmallCorpus {
  /// Writes it, and gives the declaration's path.
  static func write(to work: URL) throws -> String {
    let folder = work.appendingPathComponent("corpus")
    let documents = folder.appendingPathComponent("documents")
    try FileManager.default.createDirectory(at: documents, withIntermediateDirectories: true)
    func put(_ text: String, _ name: String) throws {
      try text.write(
        to: documents.appendingPathComponent(name), atomically: true, encoding: .utf8)
    }
    for number in 1...3 {
      try put(agreement(year: 2010 + number), "agreement-\(number).txt")
    }
    try put(
      "<html><head><title>Licence</title></head><body><h1>Licence</h1>"
        + agreement(year: 2020).split(separator: "\n").map { "<p>\($0)</p>" }.joined()
        + "</body></html>", "licence.html")
    try put((0..<22).map { agreement(year: 1990 + $0) }.joined(separator: "\n\n"), "long.txt")
    try put("%PDF-1.7\nnothing of a PDF follows", "damaged.pdf")
    try """
    { "type": "object", "properties": {
        "governingLaw": { "type": "string", "x-tag": "governing_law" },
        "agreementDate": { "type": "string", "x-tag": "agreement_date", "x-normalize": "date" } } }
    """.write(
      to: folder.appendingPathComponent("fields.schema.json"), atomically: true, encoding: .utf8)
    let declaration = folder.appendingPathComponent("agreements.json5")
    try """
    { format: 1, name: "agreements", input: { dir: "documents", match: ["**/*"] },
      steps: [
        { id: "fields", kind: "extract", schema: "fields.schema.json" },
        { id: "summary", kind: "summarize", sentences: 2,
          where: "fields.governingLaw.status == 'found'" } ],
      output: { dir: "out", jsonl: true, csv: ["fields"], html: true } }
    """.write(to: declaration, atomically: true, encoding: .utf8)
    return declaration.path
  }

  private static func agreement(year: Int) -> String {
    """
    SERVICES AGREEMENT

    This Services Agreement is entered into as of March 5, \(year) by and between Acme Hosting, Inc. \
    (“Provider”) and Beta Retail LLC (“Customer”).

    1. Term. This Agreement begins on March 5, \(year) and continues for one (1) year. It renews for \
    successive one (1) year periods unless either party gives thirty (30) days' written notice.

    2. Governing Law. This Agreement is governed by the laws of the State of New York, without regard \
    to its conflict of laws rules.

    3. Assignment. Neither party may assign this Agreement without the prior written consent of the \
    other party.
    """
  }
}

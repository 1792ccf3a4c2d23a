import Documents
import Foundation
import JSON
import Outputs
import Testing

@Suite struct `Field answers` {
  /// A text with its spans marked `⟦…⟧`, and the field of each in their order.
  private func answers(
    _ marked: String, _ fields: [String], schema: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> [String: FieldAnswer] {
    var plain = ""
    var spans: [String: [Range<Int>]] = [:]
    var starts: [Int] = []
    var next = 0
    for scalar in marked.unicodeScalars {
      switch scalar {
      case "⟦": starts.append(plain.utf8.count)
      case "⟧":
        let open = starts.popLast()
        let start = try #require(open, sourceLocation: sourceLocation)
        spans[fields[next], default: []].append(start..<plain.utf8.count)
        next += 1
      default: plain.unicodeScalars.append(scalar)
      }
    }
    let extractor = FieldExtractor(
      schema: try FieldSchema(JSONValue.parse(schema), named: "test"))
    let found = extractor.answers(text: text(plain), spans: spans)
    for answer in found {
      for range in answer.evidence { #expect(range.upperBound <= plain.utf8.count) }
      if let raw = answer.raw, answer.status == .found, answer.evidence.count == 1 {
        #expect(plain.contains(raw), sourceLocation: sourceLocation)
      }
    }
    return Dictionary(uniqueKeysWithValues: found.map { ($0.name, $0) })
  }

  private func text(_ plain: String) -> ExtractedText {
    ExtractedText(
      Document(
        mediaType: "text/plain", blocks: [Block(.preformatted(AnchoredText(unanchored: plain)))]))
  }

  private let contract = """
    {"properties": {
      "agreed": {"x-tag": "agreement_date", "x-normalize": "date"},
      "starts": {"x-tag": "effective_date", "x-normalize": "date", "x-relativeTo": "agreed"},
      "ends": {"x-tag": "expiration_date", "x-normalize": "endDate", "x-relativeTo": "starts"},
      "term": {"x-tag": "expiration_date", "x-normalize": "term"},
      "renewal": {"x-tag": "renewal_term", "x-normalize": "duration"},
      "notice": {"x-tag": "notice_period_to_terminate_renewal", "x-normalize": "noticePeriod"},
      "law": {"x-tag": "governing_law", "x-normalize": "jurisdiction"},
      "cap": {"x-tag": "cap_on_liability", "type": "boolean"}}}
    """

  @Test(arguments: [
    ("for three (3) years from the Effective Date", "2022-03-05"),
    ("until December 31, 2025, upon sixty (60) days notice", "2025-12-31"),
    ("expires on the fifth anniversary of the Effective Date", "2024-03-05"),
    ("shall begin on April 1, 2019 and last for eighteen months", "2020-10-01"),
    ("shall continue until terminated by either party", "perpetual"),
    ("upon thirty (30) days prior written notice, but no sooner than one year", "2020-03-05"),
    ("until the earlier of (i) December 31, 2022 and (ii) a sale of the Company", "2022-12-31"),
    ("and shall conclude on October 31, 2020, unless renewed", "2020-10-31"),
    ("until the four-year anniversary of the Effective Date", "2023-03-05"),
    ("until the second (2nd) anniversary of the Effective Date", "2021-03-05"),
    ("until the end of 2026 and is then looked at again", "2026-12-31"),
    ("unless and until either party gives notice to the other", "perpetual"),
    ("and continues until cancelled by the Client", "perpetual"),
    ("and will end when terminated by either party", "perpetual"),
  ])
  func `count ends from the date that words refer to`(words: String, end: String) throws {
    let found = try answers(
      "dated ⟦March 5, 2019⟧. ⟦Effective on the date first written above.⟧ ⟦It lasts \(words).⟧",
      ["agreed", "starts", "ends"], schema: contract)
    #expect(found["agreed"]?.value == "2019-03-05")
    #expect(found["starts"]?.value == "2019-03-05")
    #expect(found["ends"]?.value == .string(end))
  }

  @Test(arguments: [
    "It shall automatically extend for successive 12-month periods until one party terminates it",
    "The duties of the parties shall survive for three years",
    "Its duties end two years after the termination of this Agreement",
  ])
  func `take no end from what is said of renewals, nor of what outlives it`(words: String) throws {
    let found = try answers(
      "dated ⟦March 5, 2019⟧. ⟦\(words).⟧", ["agreed", "ends"], schema: contract)
    #expect(found["ends"]?.status == .unsupported)
    #expect(found["ends"]?.gap == nil)
  }

  @Test(arguments: [
    ("continues for four (4) years from its signing", "P4Y"),
    ("ends on the fifth anniversary of its signing", "P5Y"),
    ("lasts eighteen months and renews for additional one year terms", "P18M"),
    ("continues until terminated by either party", "perpetual"),
  ])
  func `say how long a first term is, also where no date is known to count from`(
    words: String, length: String
  ) throws {
    let schema = contract
    let found = try answers(
      "⟦⟦This Agreement \(words).⟧⟧", ["term", "ends"], schema: schema)
    #expect(found["term"]?.value == .string(length))
    if length != "perpetual" {
      #expect(found["ends"]?.status == .unsupported)
      #expect(found["ends"]?.gap == .noDateToCountFrom)
    }
  }

  @Test func `say no length where words only name the day, and that it is open where it is blank`()
    throws
  {
    let day = try answers("⟦It ends on May 1, 2026.⟧", ["term"], schema: contract)
    #expect(day["term"]?.status == .absent)
    let blank = try answers(
      "⟦It lasts for an initial term of **** from today.⟧", ["term"], schema: contract)
    #expect(blank["term"]?.status == .unsupported)
  }

  @Test(arguments: [
    "“Governing Law” means the laws of the State of New York.", "Governing Law: New York",
    "1. Governing Law\tNew York", "\"Governing Law\" shall mean the laws of New York.",
  ])
  func `follow a term to where it is defined`(definition: String) throws {
    let clause = "The Governing Law will govern all disputes, wherever they arise."
    let found = try answers("\(definition)\n\n⟦\(clause)⟧", ["law"], schema: contract)
    let law = try #require(found["law"])
    #expect(law.value == "New York, USA")
    #expect(law.raw == "New York")
    // The clause, and the words that define its term.
    #expect(law.evidence.count == 2)
  }

  @Test(arguments: [
    (
      "“Governing Law” means the laws of the state of ____________.",
      FieldAnswer.Gap?.some(.blankTerm), 2
    ),
    ("Governing Law: [  ]", .blankTerm, 2), ("Nothing is said of it.", nil, 1),
    ("Section 8. Governing Law and the laws of Texas.", nil, 1),
  ])
  func `say that a term is left blank where it is`(
    definition: String, gap: FieldAnswer.Gap?, quotes: Int
  ) throws {
    let found = try answers(
      "\(definition)\n\n⟦It is governed by the Governing Law.⟧", ["law"], schema: contract)
    #expect(found["law"]?.status == .unsupported)
    #expect(found["law"]?.gap == gap)
    #expect(found["law"]?.evidence.count == quotes)
  }

  @Test(arguments: [
    ("MAINTENANCE AGREEMENT   MAINTENANCE AGREEMENT", "MAINTENANCE AGREEMENT"),
    ("This Supply Agreement", "Supply Agreement"),
    ("LICENSE AGREEMENT This License Agreement", "LICENSE AGREEMENT"),
    ("Supply and Supply Services", "Supply and Supply Services"),
  ])
  func `have a title once`(words: String, title: String) throws {
    let schema = """
      {"properties": {"title": {"x-tag": "document_name", "x-normalize": "text"}}}
      """
    let found = try answers("⟦\(words)⟧ (the rest)", ["title"], schema: schema)
    #expect(found["title"]?.value == .string(title))
  }

  @Test(arguments: [
    "as of the date first written above", "on the date hereof",
    "as of the day and year first above written",
    "upon execution of this Agreement", "on the date of last signature",
    "on the date of its execution",
    "from the date set forth above", "as of the Execution Date",
  ])
  func `take an effective date from the date that it refers to`(words: String) throws {
    let found = try answers(
      "dated ⟦March 5, 2019⟧. It is ⟦effective \(words)⟧.", ["agreed", "starts"], schema: contract)
    #expect(found["starts"]?.value == "2019-03-05")
    #expect(found["starts"]?.raw.map { words.contains($0) } == true)
  }

  @Test(arguments: [
    ("renewed for successive two-year terms thereafter unless written notice is given", "P2Y"),
    ("renewed for additional one (1) year periods, unless written notice is received", "P1Y"),
    ("options for four additional ten (10) year terms, upon written notice to us", "P10Y"),
    ("extended for an additional two year period with the written consent of both", "P2Y"),
    ("extended for ten (10) years by notice in writing", "P10Y"),
    ("for thirty (30) years and shall automatically renew from year-to-year", "P1Y"),
    ("renewed from year to year", "P1Y"), ("extended on a month-to-month basis", "P1M"),
  ])
  func `take a renewal's length and not a notice's`(words: String, length: String) throws {
    let found = try answers("⟦It may be \(words).⟧", ["renewal"], schema: contract)
    #expect(found["renewal"]?.value == .string(length))
  }

  @Test(arguments: [
    ("this 19th day of ⟦December, 2018⟧ by the parties", "2018-12-19"),
    ("this ⟦day of ________, 2015⟧ by the parties", "2015"),
    ("in ⟦May 2017⟧ by the parties", "2017-05"),
  ])
  func `take a date's day from beside its words, and no more than is filled in`(
    words: String, iso: String
  ) throws {
    let found = try answers("Made \(words).", ["agreed"], schema: contract)
    #expect(found["agreed"]?.value == .string(iso))
  }

  @Test func `say how far liability goes only where words set a limit`() throws {
    let schema = """
      {"properties": {"limit": {"x-tag": "cap_on_liability", "x-normalize": "cap", "type": "object"}}}
      """
    let none = try answers(
      "⟦Neither party is liable for lost profits or fees.⟧", ["limit"], schema: schema)
    #expect(none["limit"]?.status == .absent)
    let some = try answers(
      "⟦Neither party is liable for lost profits. Liability shall not exceed twice the fees paid.⟧",
      ["limit"], schema: schema)
    #expect(some["limit"]?.status == .found)
    #expect(some["limit"]?.value["limits"]?.array?.first?["multiple"] == "2")
  }

  @Test(arguments: [
    ("on ten (10) business days' prior notice", "P10D", true),
    ("upon ninety (90) days written notice", "P90D", false),
    ("immediately upon written notice", "P0D", false),
  ])
  func `say how long notice is, and when it counts business days`(
    words: String, period: String, isBusiness: Bool
  ) throws {
    let found = try answers("⟦Either party may end it \(words).⟧", ["notice"], schema: contract)
    #expect(found["notice"]?.value == .string(period))
    #expect(found["notice"]?.countsBusinessDays == isBusiness)
    let silent = try answers(
      "⟦It is renewed for successive 1-year terms.⟧", ["notice"], schema: contract)
    #expect(silent["notice"]?.status == .absent)
  }

  @Test(arguments: [
    "A party may end it for a material breach upon thirty (30) days' written notice",
    "It ends if a breach is not cured within ten (10) days after notice of the breach",
  ])
  func `take no notice period from the time to mend a breach`(words: String) throws {
    let found = try answers("⟦\(words).⟧", ["notice"], schema: contract)
    #expect(found["notice"]?.status == .absent)
  }

  @Test func `take the notice that needs no breach beside one that does`() throws {
    let found = try answers(
      "⟦A party may end it upon a breach after ten days' notice; or for convenience upon ninety days' notice.⟧",
      ["notice"], schema: contract)
    #expect(found["notice"]?.value == "P90D")
  }

  @Test func `tell a renewal from the notice against it`() throws {
    let clause =
      "⟦⟦After five (5) years it renews for successive one (1) year terms unless a party gives ninety (90) days’ prior notice.⟧⟧"
    let found = try answers(clause, ["renewal", "notice"], schema: contract)
    #expect(found["renewal"]?.value == "P1Y")
    #expect(found["renewal"]?.raw == "one (1) year")
    #expect(found["notice"]?.value == "P90D")
  }

  @Test func `name the law and not the court`() throws {
    let found = try answers(
      "⟦The courts of Texas shall apply the laws of the State of New York.⟧", ["law"],
      schema: contract)
    #expect(found["law"]?.value == "New York, USA")
    #expect(found["law"]?.raw == "New York")
  }

  @Test func `are absent only where all was read, and false then for yes or no`() throws {
    let extractor = FieldExtractor(
      schema: try FieldSchema(JSONValue.parse(contract), named: "test"))
    let none = TagScores(labels: [], tokenRanges: [], logits: [])
    let whole = extractor.answers(text: text("Nothing."), scores: none, readWhole: true)
    #expect(whole.allSatisfy { $0.status == .absent && $0.evidence.isEmpty })
    #expect(whole.last?.value == false)
    #expect(whole.first?.value == .null)
    let part = extractor.answers(text: text("Nothing."), scores: none, readWhole: false)
    #expect(part.allSatisfy { $0.status == .notRead && $0.value == .null })
  }

  @Test func `are unsupported where words were found but no value in them`() throws {
    let found = try answers(
      "⟦governed by the laws of [***]⟧", ["law"], schema: contract)
    #expect(found["law"]?.status == .unsupported)
    #expect(found["law"]?.value == .null)
    #expect(found["law"]?.raw == "governed by the laws of [***]")
    #expect(found["law"]?.evidence.count == 1)
  }

  @Test func `follow a user's pattern, and its group is the value`() throws {
    let schema = """
      {"properties": {"rent": {"x-pattern": "monthly rent of (?<value>[^.]+)", "x-normalize": "money"},
        "pets": {"type": "boolean", "x-pattern": "(?i)\\\\bpets\\\\b"}}}
      """
    let extractor = FieldExtractor(schema: try FieldSchema(JSONValue.parse(schema), named: "test"))
    let text = text("Ärger. Tenant pays a deposit of $50 and a monthly rent of $1,200. No more.")
    let found = extractor.answers(
      text: text, scores: TagScores(labels: [], tokenRanges: [], logits: []), readWhole: true)
    #expect(found[0].value == ["amount": "1200.00", "currency": "USD"])
    #expect(found[0].raw == "$1,200")
    #expect(
      found[0].evidence.map { String(text[$0]) } == [
        "Tenant pays a deposit of $50 and a monthly rent of $1,200."
      ])
    #expect(found[1].status == .absent)
    #expect(found[1].value == false)
  }
}

import JSON
import TestSupport
import Testing

@testable import Pipelines

@Suite struct ExpressionTests {
  /// What two steps gave for one document.
  private let scope: JSONObject = [
    "document": Expression.document(
      path: "a/nda.pdf", mediaType: "application/pdf", pages: 12, tokens: nil, notices: []),
    "fields": [
      "governingLaw": ["status": "found", "value": "New York, USA"],
      "capOnLiability": ["status": "unsupported", "value": nil],
      "expirationDate": ["status": "found", "value": "2027-01-31"],
      "renewalTerm": ["status": "found", "value": "P1Y"],
      "noticePeriod": ["status": "found", "value": "P60D"],
      "fee": ["status": "found", "value": ["amount": "1200.50", "currency": "USD"]],
      "odd name": ["value": "Ærø"],
    ],
    "minutes": [
      "actions": [
        ["owner": "Ann", "due": "2027-02-01"], ["owner": nil, "due": nil], ["due": "2027-03-01"],
      ]
    ],
  ]

  @Test(arguments: [
    "fields.capOnLiability.status != 'found' and fields.governingLaw.value == 'New York, USA'",
    "fields.governingLaw.value == \"New York, USA\"",
    "not (fields.governingLaw.status == 'absent')",
    "not fields.governingLaw.status == 'absent'",
    "false or true and true",
    "true or false and false",
    "not false and true",
    "document.pages >= 12 and document.pages <= 12 and document.pages > 11.5 and document.pages < 13",
    "document.pages == 12.0",
    "-1 < 0 and -1.5 > -2",
    "fields.expirationDate.value < '2027-02-01'",
    "fields.expirationDate.value >= '2027-01'",
    "'2027-03' < '2027-03-01'",
    "'Zebra' < 'apple'",
    "fields.governingLaw.value in ['Delaware, USA', 'New York, USA']",
    "fields.governingLaw.value not in ['Delaware, USA']",
    "'York' in fields.governingLaw.value",
    "contains(lower(fields.governingLaw.value), 'york')",
    "startsWith(document.path, 'a/') and endsWith(document.path, '.pdf')",
    "exists(fields.expirationDate.value) and not exists(fields.capOnLiability.value)",
    "not exists(fields.nothing.of.this['is there'][3])",
    "fields.nothing == null and document.tokens == null",
    "fields['odd name'].value == 'Ærø'",
    "minutes.actions.owner == ['Ann', null, null]",
    "null in minutes.actions.owner and 'Ann' in minutes.actions.owner",
    "minutes.actions[0].owner == 'Ann' and minutes.actions[-1].due == '2027-03-01'",
    "minutes.actions[7] == null and minutes.actions[-4] == null",
    "count(minutes.actions) == 3 and count(document.notices) == 0 and count('Ærø') == 3",
    "number(fields.fee.value.amount) > 1200 and fields.fee.value.currency == 'USD'",
    "fields.fee.value == fields['fee'].value",
    "days(fields.noticePeriod.value) == 60 and months('P1Y6M') == 18 and days('P2W') == 14",
    "days('PT48H') == 2 and days('P1DT12H') == 1.5 and months('P1Y') == months('P12M')",
    "days(fields.renewalTerm.value) > 365 and days(fields.renewalTerm.value) < 366",
    "'it\\'s' == \"it's\" and 'a\\\\b\\n\\t' != 'ab'",
    "((((((true))))))",
    "[] == [] and [1, [2]] == [1, [2]]",
    "lower(7) == null and number('1,200') == null and number('P1Y') == null and number(3) == 3",
    "days('1Y') == null and days('P') == null and days('PT') == null and days(null) == null",
    "days('P1Y1') == null and days('PY') == null and days('P1X') == null and days('P1.2.3D') == null",
  ])
  func `what holds`(source: String) throws {
    #expect(try Expression(source).holds(in: scope), "\(source)")
  }

  @Test(arguments: [
    "null < 3", "null > 3", "null <= null", "'3' == 3", "'3' < 4", "[1] < [2]", "true < false",
    "'x' in 3", "3 in '3'", "contains(null, 'x')", "startsWith(3, '3')", "fields", "'true'", "1",
    "not true", "true and 'yes'", "document.notices", "'found' in fields.capOnLiability.status",
    "'A' in 'a'", "fields.governingLaw.value.more.members", "document.path[0] == 'a'",
  ])
  func `what does not hold`(source: String) throws {
    #expect(try !Expression(source).holds(in: scope), "\(source)")
  }

  @Test(arguments: [
    ("fields.governingLaw.value", "\"New York, USA\""), ("document.tokens", "null"),
    ("count(minutes.actions)", "3"), ("days('P1M')", "30.436875"),
    ("[document.pages, 1.5]", "[12,1.5]"),
    ("minutes.actions.due", "[\"2027-02-01\",null,\"2027-03-01\"]"),
  ])
  func `an expression gives any value`(source: String, value: String) throws {
    #expect(try Expression(source).value(in: scope).text() == value)
  }

  @Test(arguments: [
    ("▸", "the expression is empty"),
    ("  ▸", "the expression is empty"),
    ("fields.a ▸= 3", "write “==” to compare"),
    ("fields.a ▸&& b", "write “and” for “&&”"),
    ("fields.a ▸|| b", "write “or” for “||”"),
    ("▸!fields.a", "write “not” for “!”"),
    ("a ▸<> b", "write “!=” for “<>”"),
    ("a == ▸", "expected a value here, not the end"),
    ("a == ▸and b", "expected a value here, not “and”"),
    ("a ▸b", "unexpected “b”; expected “and”, “or” or the end"),
    ("a == 1 ▸== 1", "comparisons do not chain; join them with “and”"),
    ("1 < a ▸< 3", "comparisons do not chain; join them with “and”"),
    ("(a == 1▸", "expected “)” here, not the end"),
    ("a in [1, 2▸", "expected “,” or “]” here, not the end"),
    ("a not ▸== 1", "expected “in” after “not” here, not “==”"),
    ("a == ▸'open", "the text is not closed"),
    ("a == '▸\\q'", #"unknown escape; there are \\, \', \", \n and \t"#),
    ("a.▸'b'", "expected a name after “.”, not a text; write others as ['…'] or [0]"),
    ("a[▸b]", "expected a text or a whole number, not “b”"),
    ("a[▸1.5]", "expected a whole number"),
    ("▸contians(a, b)", "unknown function “contians”; did you mean “contains”?"),
    ("▸matches(a, b)", "unknown function “matches”"),
    ("▸exists(a, b)", "exists takes one value, not 2"),
    ("▸contains(a)", "contains takes two values, not 1"),
    (
      "a == ▸2027-01-31", "a number goes straight into a name; a date is a text, as in '2027-01-31'"
    ),
    ("a ▸+ 1", "“+”: there is no arithmetic"),
    ("a ▸- 1 == 2", "“-” only stands before a number; there is no arithmetic"),
    ("a == ▸#", "unexpected character U+23"),
    ("Ærø == '€' ▸'x'", "unexpected a text; expected “and”, “or” or the end"),
  ])
  func `what is no expression is refused at its place`(marked: String, message: String) throws {
    let offset = try #require(marked.unicodeScalars.firstIndex(of: "▸"))
    let source = marked.replacing("▸", with: "")
    let error = #expect(throws: ExpressionError.self) { try Expression(source) }
    #expect(error?.message == message)
    let place = marked.unicodeScalars.distance(from: marked.unicodeScalars.startIndex, to: offset)
    #expect(error?.offset == place)
  }

  @Test func `deep and long expressions are refused, not a stack overflow`() throws {
    for source in [
      String(repeating: "(", count: 2000) + "a" + String(repeating: ")", count: 2000),
      String(repeating: "not ", count: 1000) + "a",
      String(repeating: "[", count: 4000), String(repeating: "exists(", count: 500),
    ] {
      let error = #expect(throws: ExpressionError.self) { try Expression(source) }
      #expect(error?.message == "nested deeper than 32 levels")
    }
    let long = #expect(throws: ExpressionError.self) {
      try Expression(String(repeating: "a", count: 4097))
    }
    #expect(long?.message == "the expression has 4097 characters; at most 4096 are read")
    // Joined by words, a long expression is not a deep one.
    let many = Array(repeating: "true", count: 400).joined(separator: " and ")
    #expect(try Expression(many).holds(in: [:]))
  }

  @Test func `roots are the first names of paths, each once`() throws {
    let expression = try Expression("a.b == 1 or lower(c-d) in [a.c, document.path] or e")
    #expect(expression.roots == ["a", "c-d", "document", "e"])
  }

  @Test func `no text of random tokens traps, neither read nor evaluated`() {
    let pieces = [
      "and", "or", "not", "in", "null", "true", "a", "fields", "document", ".", ".", "[", "]", "(",
      ")", ",", "==", "!=", "<", ">=", "'x'", "0", "-1", "99999999999999999999", "exists", "count",
      "days", "contains", "=", "\\", "'", "é", "\u{0}", "- ",
    ]
    var generator = SeededGenerator(seed: 1)
    var read = 0
    for _ in 0..<20_000 {
      let count = Int.random(in: 1...9, using: &generator)
      let source = (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }
        .joined(separator: Bool.random(using: &generator) ? " " : "")
      guard let expression = try? Expression(source) else { continue }
      read += 1
      _ = expression.value(in: scope)
    }
    // Enough of them are expressions for the test to mean something.
    #expect(read > 200)
  }
}

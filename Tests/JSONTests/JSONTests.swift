import JSON
import Testing

@Suite struct JSONTests {
  @Test func `a text of every kind of value reads back equal`() throws {
    let text =
      #"{"a":[1,-2,3.5,1e3,true,false,null],"b":{"c":"q\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"}}"#
    let value = try JSONValue.parse(text)
    #expect(value["a"]?[3]?.integer == 1000)
    #expect(value["b"]?["c"]?.string == "q\"\\/\u{8}\u{c}\n\r\té😀")
    #expect(try JSONValue.parse(value.text()) == value)
    #expect(try JSONValue.parse(value.text(indent: 2)) == value)
  }

  @Test func `keys are written sorted, whatever their order was`() throws {
    #expect(
      try JSONValue.parse(#"{"b":1,"a":{"d":2,"c":3}}"#).text() == #"{"a":{"c":3,"d":2},"b":1}"#)
  }

  @Test(arguments: [
    ("{\"a\":1,}", "1:8"), ("[1 2]", "1:4"), ("{\"a\":1,\n \"a\":2}", "2:2"), ("01", "1:1"),
    ("\"\u{1}\"", "1:2"), ("nul", "1:1"), ("[", "1:2"), ("1 x", "1:3"), ("\"abc", "1:1"),
    ("[1.]", "1:4"), ("+1", "1:1"), ("'a'", "1:1"), ("// x\n1", "1:1"), ("\"\\x41\"", "1:2"),
  ])
  func `what JSON does not allow is refused at its place`(text: String, position: String) {
    let error = #expect(throws: JSONError.self) { try JSONValue.parse(text) }
    #expect(error?.position.description == position)
  }

  @Test func `JSON5 allows comments, bare keys, single quotes, trailing commas, more numbers`()
    throws
  {
    let text = """
      // a line
      { bare: 'it''s'.length, }
      """
    #expect(throws: JSONError.self) { try JSONValue.parse(text, .json5) }
    let good = try JSONValue.parse(
      "/* x */ { bare: 'it\\'s', $n: [0x1F, +1, .5, 5., -Infinity,], \"q\": \"a\\\nb\", }", .json5)
    #expect(good["bare"]?.string == "it's")
    #expect(good["$n"] == .array([31, 1, 0.5, 5, .number(-.infinity)]))
    #expect(good["q"]?.string == "ab")
  }

  @Test func `values and keys know their line and column`() throws {
    let text = "{\n  a: 1,\n  ü: [ {\n    c: 2 } ] }"
    let parsed = try PositionedJSON(Array(text.utf8), .json5)
    #expect(parsed.position(of: "/a")?.description == "2:6")
    #expect(parsed.keyPosition(of: "/ü/0/c")?.description == "4:5")
    #expect(parsed.position(of: "/ü/0")?.description == "3:8")
    #expect(parsed.position(of: "/nothing") == nil)
    let odd = try PositionedJSON(Array(#"{"a/b": {"~1": [7]}, "": 8}"#.utf8), .json)
    #expect(odd.position(of: "/a~1b/~01/0")?.column == 17)
    #expect(odd.position(of: "/")?.column == 26 && odd.position(of: "")?.column == 1)
    #expect(odd.position(of: "/a~1b/~01/1") == nil && odd.position(of: "a") == nil)
  }

  @Test func `places take memory by the text's length, not by keys times values`() throws {
    // As a table of pointers this would be 20 GB.
    let key = String(repeating: "k", count: 200_000)
    let text = "{\"\(key)\": [" + String(repeating: "0,", count: 99_999) + "0]}"
    let parsed = try PositionedJSON(Array(text.utf8), .json)
    #expect(parsed.offset(of: "/\(key)/99999") == text.utf8.count - 3)
  }

  @Test func `nesting beyond 512 levels is an error, not a crash`() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: JSONError.self) { try JSONValue.parse(deep) }
    let fine = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
    #expect(throws: Never.self) { try JSONValue.parse(fine) }
  }

  @Test func `numbers beyond a double's range are refused, not turned into infinity`() {
    #expect(throws: JSONError.self) { try JSONValue.parse("[1e400]") }
  }

  @Test func `names are compared code point by code point`() throws {
    let value = try JSONValue.parse(#"{"\u00e9":1,"e\u0301":2}"#)
    #expect(value["\u{e9}"] == 1)
    #expect(value["e\u{301}"] == 2)
  }

  @Test func `bytes that are not UTF-8 are refused`() {
    #expect(throws: JSONError.self) { try JSONValue.parse([0x22, 0xFF, 0x22]) }
  }

  @Test func `removing members keeps the others reachable`() {
    var object = JSONObject()
    for index in 0..<40 { object["k\(index)"] = .integer(index) }
    for index in stride(from: 0, to: 40, by: 2) { object["k\(index)"] = nil }
    #expect(object.count == 20)
    for index in 0..<40 { #expect(object["k\(index)"] == (index % 2 == 1 ? .integer(index) : nil)) }
  }
}

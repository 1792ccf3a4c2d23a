import Documents
package import JSON

extension Evidence {
  /// The evidence in the shape of the output format: W3C Web Annotation selectors and our own keys.
  ///
  /// - Quote and position always; `page=N` (RFC 3778), one for each page, where there are pages;
  ///   `bytes=FIRST-LAST,…` (byte ranges of RFC 9110 §14.1.2, both ends included) in the source file
  ///   where it is text.
  /// - `boxes` are rounded to hundredths of a point.
  package var json: JSONValue {
    var quoteSelector: JSONObject = ["type": "TextQuoteSelector", "exact": .string(quote)]
    var object: JSONObject = [
      "match": .string(match.rawValue), "occurrences": .integer(occurrences),
    ]
    quoteSelector["prefix"] = .string(prefix)
    quoteSelector["suffix"] = .string(suffix)
    var selectors: [JSONValue] = [.object(quoteSelector)]
    if let scalars {
      selectors.append([
        "type": "TextPositionSelector", "start": .integer(scalars.lowerBound),
        "end": .integer(scalars.upperBound),
      ])
    }
    for page in pages {
      selectors.append([
        "type": "FragmentSelector", "conformsTo": "http://tools.ietf.org/rfc/rfc3778",
        "value": .string("page=\(page)"),
      ])
    }
    if !bytes.isEmpty {
      let ranges = bytes.map { "\($0.lowerBound)-\($0.upperBound - 1)" }
      selectors.append([
        "type": "FragmentSelector",
        "conformsTo": "https://www.rfc-editor.org/rfc/rfc9110#section-14.1.2",
        "value": .string("bytes=" + ranges.joined(separator: ",")),
      ])
    }
    object["selector"] = .array(selectors)
    if let page = pages.first { object["page"] = .integer(page) }
    if !boxes.isEmpty {
      object["boxes"] = .array(
        boxes.map { box in
          .array([
            .integer(box.page), .hundredths(box.box.x0), .hundredths(box.box.y0),
            .hundredths(box.box.x1), .hundredths(box.box.y1),
          ])
        })
    }
    if let turns {
      object["turns"] = .array([.integer(turns.lowerBound), .integer(turns.upperBound)])
    }
    return .object(object)
  }
}

extension JSONValue {
  /// A number rounded to hundredths, whole where it is whole.
  static func hundredths(_ number: Double) -> JSONValue {
    let rounded = (number * 100).rounded() / 100
    return Int(exactly: rounded).map { .integer($0) } ?? .number(rounded)
  }

  /// The string, or null.
  static func optional(_ string: String?) -> JSONValue { string.map { .string($0) } ?? .null }
}

import Documents
package import JSON

extension Evidence {
  /// The evidence in the shape of the output format: W3C Web Annotation selectors and our own keys.
  ///
  /// - Quote and position always; `page=N` (RFC 3778), one for each page, where there are pages;
  ///   `bytes=FIRST-LAST,…` (byte ranges of RFC 9110 §14.1.2, both ends included) in the source file
  ///   where it is text; `part=NAME&bytes=FIRST-LAST,…` in a part of it, unpacked, where it is a
  ///   package (NAME percent-encoded, no standard names such fragments), one for each part.
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
    if !bytes.isEmpty, parts.isEmpty {
      selectors.append([
        "type": "FragmentSelector",
        "conformsTo": "https://www.rfc-editor.org/rfc/rfc9110#section-14.1.2",
        "value": .string(Self.fragment(bytes)),
      ])
    }
    for (part, ranges) in bytesByPart {
      selectors.append([
        "type": "FragmentSelector",
        "value": .string(
          PartFragment(part: part.name, bytes: Self.fragment(ranges.map(part.own))).text),
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

  private static func fragment(_ ranges: [Range<Int>]) -> String {
    "bytes=" + ranges.map { "\($0.lowerBound)-\($0.upperBound - 1)" }.joined(separator: ",")
  }

  /// ``bytes`` by the part they stand in; nothing where there are no parts.
  private var bytesByPart: [(part: SourcePart, ranges: [Range<Int>])] {
    var groups: [(part: SourcePart, ranges: [Range<Int>])] = []
    for range in bytes {
      // Parts follow each other without a gap, so that joined ranges may reach into the next.
      var rest = range
      while !rest.isEmpty, let part = parts.part(at: rest.lowerBound) {
        let own = rest.clamped(to: part.bytes)
        if groups.last?.part == part {
          groups[groups.count - 1].ranges.append(own)
        } else {
          groups.append((part, [own]))
        }
        rest = own.upperBound..<rest.upperBound
      }
    }
    return groups
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

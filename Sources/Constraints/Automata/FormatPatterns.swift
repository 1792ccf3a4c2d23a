/// Formats as patterns. Each is a part of what its format allows that every reader of the format takes.
enum FormatPatterns {
  static func pattern(_ format: String) -> String? { patterns[format].map { "^(?:\($0))$" } }

  private static let fullDate =
    "[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    + "|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29"
  private static let fullTime =
    "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,9})?(?:Z|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
  private static let label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?"
  private static let octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
  private static let email = "[A-Za-z0-9_+-]+(?:\\.[A-Za-z0-9_+-]+)*@\(label)(?:\\.\(label))*"
  private static let uri =
    "[a-z][a-z0-9+.-]{0,20}://\(label)(?:\\.\(label))*(?:/[A-Za-z0-9._~-]*)*"
  private static let path = "(?:[A-Za-z0-9._~-]+(?:/[A-Za-z0-9._~-]*)*)?"
  private static let pointer = "(?:/[A-Za-z0-9_-]*)*"

  private static let patterns: [String: String] = [
    "date": fullDate, "time": fullTime, "date-time": "(?:\(fullDate))T\(fullTime)",
    "duration":
      "P(?:[0-9]{1,9}W|(?:[0-9]{1,9}Y(?:[0-9]{1,9}M(?:[0-9]{1,9}D)?)?|[0-9]{1,9}M(?:[0-9]{1,9}D)?|[0-9]{1,9}D)(?:T(?:[0-9]{1,9}H(?:[0-9]{1,9}M(?:[0-9]{1,9}S)?)?|[0-9]{1,9}M(?:[0-9]{1,9}S)?|[0-9]{1,9}S))?|T(?:[0-9]{1,9}H(?:[0-9]{1,9}M(?:[0-9]{1,9}S)?)?|[0-9]{1,9}M(?:[0-9]{1,9}S)?|[0-9]{1,9}S))",
    "uuid": "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "email": email, "idn-email": email, "hostname": "\(label)(?:\\.\(label))*",
    "idn-hostname": "\(label)(?:\\.\(label))*", "ipv4": "\(octet)(?:\\.\(octet)){3}",
    "ipv6": "[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){7}", "uri": uri, "iri": uri, "uri-reference": path,
    "iri-reference": path, "uri-template": path, "json-pointer": pointer,
    "relative-json-pointer": "(?:0|[1-9][0-9]{0,5})\(pointer)", "regex": "[A-Za-z0-9 ]*",
  ]
}

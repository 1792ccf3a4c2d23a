import JSON

/// A model behind a scripted server that answers every schema in the plainest way: the words it is given
/// for quotes, the first of every choice.
package struct ObedientModel: Sendable {
  /// What it quotes, whatever is asked.
  package var quote: String

  package init(quote: String) { self.quote = quote }

  /// What it says to one request.
  package func answer(_ request: ScriptedServer.Request) -> ScriptedServer.Answer {
    guard let body = try? JSONValue.parse(request.body),
      let schema = body["response_format"]?["json_schema"]?["schema"]
    else { return .writes("I have been asked for no JSON.") }
    return .writes(value(schema, named: "").text())
  }

  private func value(_ schema: JSONValue, named name: String) -> JSONValue {
    if let choices = schema["anyOf"]?.array {
      return value(choices.first { $0["type"]?.string != "null" } ?? choices[0], named: name)
    }
    if let choices = schema["enum"]?.array { return choices[0] }
    switch schema["type"]?.string {
    case "object":
      var object = JSONObject()
      for (name, schema) in schema["properties"]?.object?.members.map({ ($0, $1) }) ?? [] {
        object[name] = value(schema, named: name)
      }
      return .object(object)
    case "array": return [value(schema["items"] ?? [:], named: name)]
    case "integer", "number": return schema["minimum"] ?? 1
    case "boolean": return true
    case "null": return nil
    default: return .string(name == "quotes" ? quote : "It is so.")
    }
  }
}

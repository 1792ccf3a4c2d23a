package import JSON

/// One turn of a conversation with a model that writes.
package struct ChatMessage: Hashable, Sendable {
  package var content: Content

  package enum Content: Hashable, Sendable {
    /// What the model is told before anything else. Several are joined into one, without separator.
    case system(String)
    case user(String)
    /// What the model wrote, reasoning and calls included: the parts are joined.
    case assistant([String])
    /// What tools answered, in the order they were called.
    case toolResults([ToolResult])
  }

  package init(_ content: Content) { self.content = content }

  package static func system(_ text: String) -> ChatMessage { ChatMessage(.system(text)) }
  package static func user(_ text: String) -> ChatMessage { ChatMessage(.user(text)) }
  package static func assistant(_ text: String) -> ChatMessage { ChatMessage(.assistant([text])) }
}

/// A function that the model may call.
package struct ChatTool: Hashable, Sendable {
  package var name: String
  package var description: String?
  /// A JSON Schema of the arguments, an object.
  package var parameters: JSONValue

  package init(name: String, description: String? = nil, parameters: JSONValue) {
    self.name = name
    self.description = description
    self.parameters = parameters
  }

  /// The declaration as it is shown to the model, members in this order.
  package var json: JSONValue {
    var object: JSONObject = ["name": .string(name)]
    if let description { object["description"] = .string(description) }
    object["parameters"] = parameters
    return .object(object)
  }
}

/// What a tool gave back.
package struct ToolResult: Hashable, Sendable {
  package var name: String
  package var text: String

  package init(name: String, text: String) {
    self.name = name
    self.text = text
  }
}

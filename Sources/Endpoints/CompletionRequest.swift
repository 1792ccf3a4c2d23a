package import Chat
package import JSON

/// One question to a server.
package struct CompletionRequest: Hashable, Sendable {
  package var messages: [ChatMessage]
  package var tools: [ChatTool] = []
  /// The shape of the answer.
  package var schema: JSONValue?
  /// Of answer and reasoning together.
  package var maxTokens: Int
  /// The most tokens of reasoning, as far as they can be counted; then the request is broken off, and
  /// the completion says `.reasoningLimit`.
  package var reasoningLimit: Int?
  /// Whether the last message is the beginning of the model's own, which it goes on with.
  package var continuesLastMessage = false
  package var temperature: Double
  package var topP: Double?
  package var seed: Int

  package init(
    messages: [ChatMessage], maxTokens: Int, temperature: Double = 0, seed: Int = 0
  ) {
    self.messages = messages
    self.maxTokens = maxTokens
    self.temperature = temperature
    self.seed = seed
  }

  /// The request's body.
  ///
  /// - Parameter withSchema: whether the schema is sent for the server to enforce.
  func body(model: String, withSchema: Bool) -> JSONValue {
    var body: JSONObject = [
      "model": .string(model), "messages": .array(messages.flatMap(Self.json)), "stream": true,
      "stream_options": ["include_usage": true], "max_tokens": .integer(maxTokens),
      "temperature": Int(exactly: temperature).map { .integer($0) } ?? .number(temperature),
      "seed": .integer(seed),
    ]
    if let topP { body["top_p"] = .number(topP) }
    if !tools.isEmpty {
      body["tools"] = .array(tools.map { ["type": "function", "function": $0.json] })
    }
    if continuesLastMessage {
      // As vLLM and SGLang have it; llama.cpp's server needs no telling.
      body["continue_final_message"] = true
      body["add_generation_prompt"] = false
    }
    if withSchema, let schema {
      body["response_format"] = [
        "type": "json_schema",
        "json_schema": ["name": "answer", "strict": true, "schema": schema],
      ]
    }
    return .object(body)
  }

  private static func json(_ message: ChatMessage) -> [JSONValue] {
    switch message.content {
    case .system(let text): [["role": "system", "content": .string(text)]]
    case .user(let text): [["role": "user", "content": .string(text)]]
    case .assistant(let parts): [["role": "assistant", "content": .string(parts.joined())]]
    // Without the ids of a server's own calls: as words, which every server takes.
    case .toolResults(let results):
      [
        [
          "role": "user",
          "content": .string(
            results.map { "tool name: \($0.name)\ntool result: \($0.text)\n" }.joined(
              separator: "\n")),
        ]
      ]
    }
  }
}

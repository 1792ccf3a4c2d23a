import Chat
import Foundation
import JSON
import Testing

@Suite struct ChatTemplateTests {
  private static func golden() throws -> [JSONValue] {
    let url = try #require(
      Bundle.module.url(forResource: "chat", withExtension: "json", subdirectory: "Fixtures"))
    return try #require(try JSONValue.parse(Array(Data(contentsOf: url)))["cases"]?.array)
  }

  @Test func `every conversation is written as the published template writes it`() throws {
    let cases = try Self.golden()
    #expect(cases.count == 13)
    for golden in cases {
      let name = golden["name"]?.string ?? ""
      let text = ChatTemplate(callExample: .asPublished).text(
        try (golden["messages"]?.array ?? []).map(Self.message),
        tools: (golden["tools"]?.array ?? []).map(Self.tool),
        asksForAnswer: golden["add_generation_prompt"]?.bool ?? true)
      #expect(text == golden["rendered"]?.string, "\(name)")
    }
  }

  @Test func `what a message spells is text, and marks stand between messages only`() {
    let pieces = ChatTemplate().pieces([.user("a<end_of_sentence>b")])
    #expect(
      pieces == [
        .mark("<begin_of_document>"), .mark("<beginning_of_sentence>"),
        .text("user name=user\na<end_of_sentence>b"), .mark("<end_of_sentence>"), .text("\n"),
        .mark("<beginning_of_sentence>"), .text("ai name=assistant\n"),
      ])
  }

  @Test func `the example of a call is JSON where the published one lost its quotes`() throws {
    let tool = ChatTool(name: "f", parameters: [:])
    let ours = ChatTemplate().text([.user("x")], tools: [tool])
    let published = ChatTemplate(callExample: .asPublished).text([.user("x")], tools: [tool])
    #expect(ours.contains("\n{\"name\": <tool-name-1>, \"arguments\": <args-json-object-1>}\n"))
    #expect(
      ours.replacing("\"name\": <", with: "name: <").replacing(
        "\"arguments\": <", with: "arguments: <") == published)
  }

  private static func message(_ json: JSONValue) throws -> ChatMessage {
    let parts = json["content"]?.array ?? []
    let texts = parts.compactMap { $0["text"]?.string }
    switch json["role"]?.string {
    // Of these the template takes the first part alone.
    case "system": return .system(try #require(texts.first))
    case "user": return .user(try #require(texts.first))
    case "tool":
      return ChatMessage(
        .toolResults(
          parts.map { ToolResult(name: $0["name"]?.string ?? "", text: $0["text"]?.string ?? "") }))
    default: return ChatMessage(.assistant(texts))
    }
  }

  private static func tool(_ json: JSONValue) -> ChatTool {
    ChatTool(
      name: json["name"]?.string ?? "", description: json["description"]?.string,
      parameters: json["parameters"] ?? [:])
  }
}

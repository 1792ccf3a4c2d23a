import Chat
import JSON
import Testing

@Suite struct ReplyTests {
  @Test func `reasoning is kept apart from the answer`() {
    let reply = Reply("<think>\nIt is easy.\n</think>\n\n{\"a\": 1}\n")
    #expect(reply.reasoning == "It is easy.")
    #expect(reply.isReasoningClosed)
    #expect(reply.text == "{\"a\": 1}")
    #expect(reply.calls.isEmpty)
  }

  @Test func `reasoning that the prompt opened ends where it is closed`() {
    let reply = Reply("so it is\n</think>yes")
    #expect(reply.reasoning == "so it is")
    #expect(reply.text == "yes")
  }

  @Test func `reasoning that never ends leaves no answer`() {
    let reply = Reply("<think>\non and on, <tool_calls>\n{}\n</tool_calls>")
    #expect(reply.reasoning?.hasPrefix("on and on") == true)
    #expect(!reply.isReasoningClosed)
    #expect(reply.text.isEmpty && reply.calls.isEmpty && reply.linesPassedOver == 0)
  }

  @Test func `an empty reply is empty`() {
    for written in ["", " \n"] {
      let reply = Reply(written)
      #expect(reply.reasoning == nil && reply.text.isEmpty && reply.calls.isEmpty)
    }
  }

  @Test func `each good line of a block is a call, and bad lines are passed over and counted`() {
    let reply = Reply(
      """
      Let me look.
      <tool_calls>
      {"name": "weather", "arguments": {"city": "Zürich", "days": 3}}
      {"name": "weather", "arguments": {"city": }}
      {"name": "weather"}
      {"arguments": {}}
      [1]

        {"name": "clock", "arguments": {}}
      </tool_calls>
      """)
    #expect(
      reply.calls == [
        .init(name: "weather", arguments: ["city": "Zürich", "days": 3]),
        .init(name: "clock", arguments: [:]),
      ])
    #expect(reply.linesPassedOver == 4)
    #expect(reply.text == "Let me look.")
  }

  @Test func `calls that reasoning only thinks about are not made`() {
    let reply = Reply(
      "<think>perhaps <tool_calls>\n{\"name\":\"a\",\"arguments\":{}}\n</tool_calls></think>no")
    #expect(reply.calls.isEmpty)
    #expect(reply.text == "no")
  }

  @Test func `a block without an end has its whole lines, and several blocks are one list`() {
    let reply = Reply(
      """
      <tool_calls>
      {"name": "a", "arguments": {}}
      </tool_calls> and <tool_calls>
      {"name": "b", "arguments": {}}
      {"name": "c", "argu
      """)
    #expect(reply.calls.map(\.name) == ["a", "b"])
    #expect(reply.linesPassedOver == 1)
    #expect(reply.text == "and")
  }
}

import Chat
import JSON

/// The tools of a declaration, and what they answer when a model calls them.
struct ToolBox: Sendable {
  let tools: [LocalTool]

  /// How often in a row a model may call tools before it has to answer.
  static let mostRounds = 8
  /// The most calls of one turn that are made.
  static let mostCalls = 16

  var declared: [ChatTool] { tools.map(\.chatTool) }

  /// A result for each call, in order, and the names of the tools that failed. The model is told of
  /// a failure: it may do without.
  func answer(_ calls: [Reply.Call], watch: Watch) throws
    -> (results: [ToolResult], failed: [String])
  {
    var results: [ToolResult] = []
    var failed: [String] = []
    for call in calls.prefix(Self.mostCalls) {
      if watch.shouldStop() { throw Interruption() }
      let value: JSONValue
      if let tool = tools.first(where: { $0.name == call.name }) {
        do throws(LocalTool.Failure) {
          value = try tool.call(call.arguments, shouldStop: watch.shouldStop)
        } catch {
          if watch.shouldStop() { throw Interruption() }
          value = ["error": .string(error.message)]
          failed.append(call.name)
        }
      } else {
        value = ["error": "there is no such tool"]
        failed.append("a tool that is not declared")
      }
      results.append(ToolResult(name: call.name, text: value.text()))
    }
    return (results, failed)
  }
}

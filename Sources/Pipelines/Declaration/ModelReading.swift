import Digests
import Endpoints
import Foundation
import JSON

/// Reads what a declaration says about its model.
struct ModelReading {
  let reading: DeclarationReading

  func model(_ item: DeclarationItem) -> Declaration.Model? {
    guard item.isObject(with: DeclarationKeys.model, called: "“model”") else { return nil }
    let weights = item["endpoint"] == nil ? localWeights(item) : remote(item).map { .endpoint($0) }
    let temperature = item.member("temperature", or: 0) { $0.number(0...2) }
    let seed = item.member("seed", or: 0) { $0.integer(0...Int(UInt32.max)) }
    let writing = writing(item)
    guard let weights, let temperature, let seed, let writing else { return nil }
    return .init(weights: weights, temperature: temperature, seed: seed, writing: writing)
  }

  private func localWeights(_ item: DeclarationItem) -> Declaration.Model.Weights? {
    for key in DeclarationKeys.remote {
      item[key]?.problemAtKey("“\(key)” is about a server; it needs “endpoint” beside it")
    }
    return item.member("weights", or: .default) { item in
      if item.value == .string("default") { return .default }
      guard let folder = reading.readPath(item) else { return nil }
      let config = folder.appendingPathComponent("config.json")
      if !FileManager.default.fileExists(atPath: config.path) {
        item.problem(
          "\(quoted(folder.path)) is not a checkpoint folder: it has no config.json; write \"default\" for the weights that ship with docket"
        )
        return nil
      }
      return .folder(folder)
    }
  }

  // MARK: A server

  private func remote(_ item: DeclarationItem) -> RemoteModel? {
    item["weights"]?.problemAtKey("“endpoint” and “weights” contradict each other; keep one")
    let endpoint = item["endpoint"].flatMap(address)
    let name = item.required("name", in: "a model with “endpoint”", as: "name: \"MiniMax-M1-80k\"")
      .flatMap { $0.string(1...300) }
    let key = item.member("key") { keyVariable($0) }
    let schemaMode = item.member("jsonSchema", or: .detect) { $0.choice(Endpoint.SchemaMode.self) }
    let pace = item.member("requestsPerMinute") { $0.integer(1...1_000_000) }
    let timeout = item.member("timeoutSeconds", or: 600) { $0.integer(1...86_400) }
    let concurrency = item.member("concurrency", or: 2) { $0.integer(1...256) }
    guard item["weights"] == nil, let endpoint, let name, let key, let schemaMode, let pace,
      let timeout, let concurrency
    else { return nil }
    return RemoteModel(
      endpoint: endpoint, name: name, keyVariable: key, schemaMode: schemaMode,
      requestsPerMinute: pace, concurrency: concurrency, timeoutSeconds: timeout)
  }

  private func address(_ item: DeclarationItem) -> URL? {
    guard let text = item.string() else { return nil }
    guard var parts = URLComponents(string: text), let host = parts.host, !host.isEmpty,
      parts.scheme == "http" || parts.scheme == "https", parts.query == nil, parts.fragment == nil
    else {
      item.problem(
        "\(item.name) is \(quoted(text)); it is an address such as http://127.0.0.1:8000/v1")
      return nil
    }
    guard parts.user == nil, parts.password == nil else {
      item.problem(
        "\(item.name) holds a password; put it into an environment variable and name that in “key”")
      return nil
    }
    for ending in ["/", "/chat/completions", "/"] where parts.path.hasSuffix(ending) {
      parts.path = String(parts.path.dropLast(ending.count))
    }
    if parts.path.isEmpty { parts.path = "/v1" }
    return parts.url
  }

  /// A declaration may come from a stranger: it can name no other secret of the environment.
  private func keyVariable(_ item: DeclarationItem) -> String? {
    guard let name = item.string(1...200) else { return nil }
    let isAllowed = name.utf8.allSatisfy {
      ($0 >= 0x41 && $0 <= 0x5A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x5F
    }
    guard isAllowed, name.hasPrefix("DOCKET_"), name.utf8.count > 7 else {
      item.problem(
        "“key” is \(quoted(name)); it is the name of an environment variable that begins with DOCKET_, never the key itself"
      )
      return nil
    }
    return name
  }

  // MARK: Writing

  /// Whether reasoning is kept.
  private enum Reasoning: String, CaseIterable { case drop, keep }

  private func writing(_ item: DeclarationItem) -> Declaration.Model.Writing? {
    var writing = Declaration.Model.Writing()
    let topP = item.member("topP", or: writing.topP) { item -> Double? in
      guard let topP = item.number(0...1) else { return nil }
      if topP > 0 { return topP }
      item.problem("“topP” is 0; it is above 0 and at most 1, as in 0.95")
      return nil
    }
    let thinking = item.member("thinking", or: writing.thinking, budget)
    let reasoning = item.member("reasoning", or: Reasoning.drop) { $0.choice(Reasoning.self) }
    let answer = item.member("answerTokens", or: writing.answerTokens) {
      $0.integer(16...1_000_000)
    }
    let tools = item.member("tools", or: [], tools)
    guard let topP, let thinking, let reasoning, let answer, let tools else { return nil }
    writing.topP = topP
    writing.thinking = thinking
    writing.keepsReasoning = reasoning == .keep
    writing.answerTokens = answer
    writing.tools = tools
    return writing
  }

  /// Tokens, or one of the budgets that MiniMax-M1 was trained with.
  private func budget(_ item: DeclarationItem) -> Int? {
    switch item.value {
    case .string("40k"): return 40_000
    case .string("80k"): return 80_000
    case .string(let text):
      item.problem("\(item.name) is \(quoted(text)); it is a number of tokens, \"40k\" or \"80k\"")
      return nil
    default: return item.integer(0...1_000_000)
    }
  }

  private func tools(_ item: DeclarationItem) -> [LocalTool]? {
    guard let elements = item.elements(of: "tools") else { return nil }
    var tools: [LocalTool] = []
    for element in elements {
      guard let tool = tool(element) else { continue }
      if tools.contains(where: { $0.name == tool.name }) {
        element.problem("the tool \(quoted(tool.name)) is given twice")
      }
      tools.append(tool)
    }
    return tools.count == elements.count ? tools : nil
  }

  private func tool(_ item: DeclarationItem) -> LocalTool? {
    guard item.isObject(with: DeclarationKeys.tool, called: "a tool") else { return nil }
    let name = item.required("name", in: "a tool", as: "name: \"lookup\"").flatMap {
      item -> String? in
      guard let name = item.string(1...64) else { return nil }
      let isAllowed = name.utf8.allSatisfy {
        ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x5F
          || $0 == 0x2D
      }
      if isAllowed { return name }
      item.problem("the tool's name \(quoted(name)) is not letters, digits, “_” and “-”")
      return nil
    }
    let description = item.member("description") { $0.string(1...4000) }
    let parameters = item.member("parameters", or: ["type": "object"] as JSONValue) {
      item -> JSONValue? in
      do {
        _ = try JSONSchema(item.value)
        return item.value.object == nil ? item.mistyped("a JSON Schema") : item.value
      } catch {
        item.problem("the tool's parameters are no JSON Schema: \(error)")
        return nil
      }
    }
    let command = item.required("command", in: "a tool", as: "command: [\"./lookup\"]").flatMap(
      command)
    let timeout = item.member("timeoutSeconds", or: 10) { $0.integer(1...3600) }
    let limit = item.member("outputLimit", or: 65_536) { $0.integer(1...16_777_216) }
    guard let name, let description, let parameters, let command, let timeout, let limit else {
      return nil
    }
    return LocalTool(
      name: name, description: description, parameters: parameters, program: command.program,
      arguments: command.arguments, timeoutSeconds: timeout, outputLimit: limit,
      programSHA256: FileDigest.sha256(of: command.program) ?? "")
  }

  /// A program, by its path, and its arguments: no shell looks at them.
  private func command(_ item: DeclarationItem) -> (program: URL, arguments: [String])? {
    guard let words = item.elements(of: "a program's path and arguments"), let first = words.first
    else {
      if item.value.array?.isEmpty == true { item.problem("“command” is empty") }
      return nil
    }
    guard let program = reading.readPath(first) else { return nil }
    let arguments = words.dropFirst().compactMap { $0.string(0...4096) }
    guard arguments.count == words.count - 1 else { return nil }
    guard FileManager.default.isExecutableFile(atPath: program.path) else {
      first.problem("\(quoted(program.path)) is no program that this user may run")
      return nil
    }
    return (program, arguments)
  }
}

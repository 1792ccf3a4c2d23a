import Foundation
import Inference
import JSON
import TestSupport
import Testing

/// Checkpoints that are not what they claim: each gives an error that names what is wrong, and none a crash.
@Suite struct CheckpointTests {
  /// A copy of a fixture that a test may damage.
  struct Copy {
    let folder: TemporaryFolder
    var weights: URL { folder.url.appendingPathComponent("model.safetensors") }
    var config: URL { folder.url.appendingPathComponent("config.json") }

    init(_ fixture: String = "tiny-m1-odd") throws {
      folder = try TemporaryFolder()
      for name in try FileManager.default.contentsOfDirectory(atPath: Fixture.folder(fixture).path)
      where !name.hasPrefix("golden") {
        try FileManager.default.copyItem(
          at: Fixture.folder(fixture).appendingPathComponent(name),
          to: folder.url.appendingPathComponent(name))
      }
    }

    func failure() -> InferenceError? {
      do throws(InferenceError) {
        _ = try Engine(folder: folder.url, threads: 1)
        return nil
      } catch { return error }
    }

    func changeConfig(_ key: String, _ value: JSONValue?) throws {
      var object = try JSONValue.parse(String(contentsOf: config, encoding: .utf8)).object!
      object[key] = value
      try Data(JSONValue.object(object).text().utf8).write(to: config)
    }

    /// Rewrites the header of the weights with its length kept true.
    func changeHeader(_ change: (inout JSONObject) -> Void) throws {
      let bytes = [UInt8](try Data(contentsOf: weights))
      let length = (0..<8).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
      var header = try JSONValue.parse(Array(bytes[8..<8 + length])).object!
      change(&header)
      let text = Array(JSONValue.object(header).text().utf8)
      var result = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
      result += text
      result += bytes[(8 + length)...]
      try Data(result).write(to: weights)
    }
  }

  @Test func `a whole copy loads`() throws {
    #expect(try Copy().failure() == nil)
    #expect(try Copy("tiny-m1-bf16-sharded").failure() == nil)
  }

  @Test(arguments: [0, 4, 8, 100, 5000, 1_000_000])
  func `a truncated file is refused`(_ length: Int) throws {
    let copy = try Copy()
    try Data(contentsOf: copy.weights).prefix(length).write(to: copy.weights)
    let error = try #require(copy.failure())
    #expect(error.code == .damaged)
    #expect(error.message.contains("model.safetensors"))
  }

  @Test func `a truncated or missing shard is refused`() throws {
    let copy = try Copy("tiny-m1-bf16-sharded")
    let shard = copy.folder.url.appendingPathComponent("model-00001-of-00003.safetensors")
    try Data(contentsOf: shard).dropLast(10).write(to: shard)
    #expect(copy.failure()?.code == .damaged)
    try FileManager.default.removeItem(at: shard)
    #expect(copy.failure()?.code == .unreadable)
  }

  @Test func `an index that names another folder's files is refused`() throws {
    for name in ["../model.safetensors", "/etc/passwd", "..", ""] {
      let copy = try Copy()
      let index = "{\"weight_map\": {\"model.norm.weight\": \"\(name)\"}}"
      try Data(index.utf8).write(
        to: copy.folder.url.appendingPathComponent("model.safetensors.index.json"))
      #expect(copy.failure()?.code == .damaged, "\(name)")
    }
  }

  @Test(arguments: [UInt64.max, 1 << 63, 1 << 40, 1_000_000_000])
  func `a header longer than the file is refused`(_ length: UInt64) throws {
    let copy = try Copy()
    var bytes = try Data(contentsOf: copy.weights)
    for place in 0..<8 { bytes[place] = UInt8(truncatingIfNeeded: length >> UInt64(8 * place)) }
    try bytes.write(to: copy.weights)
    #expect(copy.failure()?.code == .damaged)
  }

  @Test(arguments: [
    JSONValue.array([0, 1_000_000_000]), .array([-4, 4]), .array([8, 4]), .array([0]),
    .string("all"), .array([.number(0.5), 8]), .array([0, 12]), .null,
  ])
  func `a header that lies about a tensor's place is refused`(_ offsets: JSONValue) throws {
    let copy = try Copy()
    try copy.changeHeader { header in
      var entry = header["model.norm.weight"]!.object!
      entry["data_offsets"] = offsets
      header["model.norm.weight"] = .object(entry)
    }
    #expect(copy.failure()?.code == .damaged)
  }

  @Test func `tensors that overlap are refused`() throws {
    let copy = try Copy()
    try copy.changeHeader { header in
      header["model.norm.weight"] = header["model.layers.0.input_layernorm.weight"]
    }
    #expect(try #require(copy.failure()).message.contains("overlap"))
  }

  @Test func `a shape beyond all numbers is refused`() throws {
    for shape: [JSONValue] in [
      [1_099_511_627_776, 1_099_511_627_776], [-1, 48], [.number(1.5)], ["a"],
    ] {
      let copy = try Copy()
      try copy.changeHeader { header in
        var entry = header["model.norm.weight"]!.object!
        entry["shape"] = .array(shape)
        header["model.norm.weight"] = .object(entry)
      }
      #expect(copy.failure()?.code == .damaged)
    }
  }

  @Test func `a wrong shape is named with both shapes`() throws {
    let copy = try Copy()
    try copy.changeHeader { header in
      var entry = header["model.norm.weight"]!.object!
      entry["shape"] = [2, 24]
      header["model.norm.weight"] = .object(entry)
    }
    let error = try #require(copy.failure())
    #expect(error.code == .tensor)
    #expect(
      error.message
        == "Tensor 'model.norm.weight' should have shape [48], but the file has [2, 24].")
  }

  @Test(arguments: ["F64", "F8_E4M3", "COMPLEX", ""])
  func `an unknown dtype is named`(_ type: String) throws {
    let copy = try Copy()
    try copy.changeHeader { header in
      var entry = header["model.norm.weight"]!.object!
      entry["dtype"] = .string(type)
      header["model.norm.weight"] = .object(entry)
    }
    let error = try #require(copy.failure())
    #expect(error.code == .unsupported)
    #expect(error.message.contains("'model.norm.weight'"))
  }

  @Test(arguments: [
    "model.norm.weight", "model.embed_tokens.weight", "model.layers.1.self_attn.q_proj.weight",
    "model.layers.4.block_sparse_moe.experts.4.w2.weight", "lm_head.weight",
  ])
  func `a missing tensor is named`(_ name: String) throws {
    let copy = try Copy()
    try copy.changeHeader { $0[name] = nil }
    #expect(try #require(copy.failure()).message.contains("'\(name)'"))
  }

  @Test(arguments: [Float.nan, .infinity])
  func `numbers that are none are refused, with the tensor`(_ number: Float) throws {
    let copy = try Copy()
    var bytes = [UInt8](try Data(contentsOf: copy.weights))
    let length = (0..<8).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
    let header = try JSONValue.parse(Array(bytes[8..<8 + length]))
    for name in ["model.norm.weight", "model.layers.2.self_attn.qkv_proj.weight"] {
      let place = 8 + length + header[name]!["data_offsets"]![0]!.integer!
      for index in 0..<4 {
        bytes[place + index] = UInt8(truncatingIfNeeded: number.bitPattern >> UInt32(8 * index))
      }
    }
    try Data(bytes).write(to: copy.weights)
    let error = try #require(copy.failure())
    #expect(error.code == .tensor)
    #expect(error.message.contains("model.layers.2.self_attn.qkv_proj.weight"))
  }

  @Test(arguments: [
    ("hidden_size", JSONValue.number(1e15)), ("hidden_size", 0), ("hidden_size", "big"),
    ("num_hidden_layers", 1_000_000), ("num_hidden_layers", 6), ("num_attention_heads", 7),
    ("num_attention_heads", -6), ("head_dim", 1_073_741_824), ("rotary_dim", 33),
    ("rotary_dim", 31),
    ("num_local_experts", 1_099_511_627_776), ("num_experts_per_tok", 6), ("intermediate_size", 41),
    ("vocab_size", 385), ("rms_norm_eps", 0), ("rope_theta", "x"), ("model_type", "llama"),
    ("architectures", .array(["LlamaForCausalLM"])), ("hidden_act", "gelu"),
    ("sliding_window", 4096),
    ("attn_type_list", .array([0, 1, 0, 0, 2])), ("attn_type_list", nil), ("hidden_size", nil),
    ("max_position_embeddings", -1), ("shared_intermediate_size", 32),
  ])
  func `an absurd configuration is refused`(_ key: String, _ value: JSONValue?) throws {
    let copy = try Copy()
    try copy.changeConfig(key, value)
    let error = try #require(copy.failure())
    #expect(error.code == .unsupported || error.code == .tensor)
  }

  @Test func `a configuration that is no JSON is refused`() throws {
    for text in ["", "{", "[]", "null", "\u{0}\u{1}"] {
      let copy = try Copy()
      try Data(text.utf8).write(to: copy.config)
      #expect(copy.failure()?.code == .damaged)
    }
  }

  @Test func `links in a circle, folders and missing files are refused`() throws {
    let copy = try Copy()
    let files = FileManager.default
    try files.removeItem(at: copy.weights)
    #expect(copy.failure()?.code == .unreadable)
    try files.createSymbolicLink(
      atPath: copy.weights.path, withDestinationPath: "model.safetensors")
    #expect(copy.failure()?.code == .unreadable)
    try files.removeItem(at: copy.weights)
    try files.createDirectory(at: copy.weights, withIntermediateDirectories: false)
    #expect(copy.failure()?.code == .unreadable)
    #expect(throws: InferenceError.self) {
      try Engine(folder: copy.folder.url.appendingPathComponent("none"), threads: 1)
    }
  }

  @Test func `an index that names files or places that are not there is refused`() throws {
    let copy = try Copy("tiny-m1-bf16-sharded")
    let index = copy.folder.url.appendingPathComponent("model.safetensors.index.json")
    let whole = try JSONValue.parse([UInt8](Data(contentsOf: index)))
    func change(_ tensor: String, to file: JSONValue) throws {
      var map = try #require(whole["weight_map"]?.object)
      map[tensor] = file
      var object = try #require(whole.object)
      object["weight_map"] = .object(map)
      try Data(JSONValue.object(object).text().utf8).write(to: index)
    }
    try change("model.norm.weight", to: "model-00009-of-00003.safetensors")
    var error = try #require(copy.failure())
    #expect(error.code == .unreadable && error.message.contains("model-00009-of-00003.safetensors"))
    try change("model.norm.weight", to: "model-00000-of-00003.safetensors")
    error = try #require(copy.failure())
    #expect(error.code == .damaged && error.message.contains("'model.norm.weight'"))
    for wrong: JSONValue in [.null, 3, .array([]), "a/b"] {
      try change("model.norm.weight", to: wrong)
      #expect(copy.failure()?.code == .damaged)
    }
    for text in ["{}", "[]", "{\"weight_map\": []}", "{\"weight_map\": {}}"] {
      try Data(text.utf8).write(to: index)
      #expect(copy.failure() != nil, "\(text)")
    }
  }

  @Test func `a tensor in two files, or twice in one, is refused`() throws {
    let copy = try Copy("tiny-m1-bf16-sharded")
    let files = FileManager.default
    let name = "model-00002-of-00003.safetensors"
    let shard = copy.folder.url.appendingPathComponent(name)
    let other = copy.folder.url.appendingPathComponent("model-00001-of-00003.safetensors")
    try files.removeItem(at: shard)
    try files.copyItem(at: other, to: shard)
    #expect(try #require(copy.failure()).message.contains("is in two files"))

    let twice = try Copy()
    let entry = #"{"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}"#
    let header = Array(#"{"a": \#(entry), "a": \#(entry)}"#.utf8)
    var bytes = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header
    bytes += [0, 0, 0, 0]
    try Data(bytes).write(to: twice.weights)
    #expect(twice.failure()?.code == .damaged)
  }

  @Test func `a header nested without end is refused`() throws {
    let copy = try Copy()
    for opening in ["[", "{\"a\":"] {
      let header = Array(String(repeating: opening, count: 100_000).utf8)
      let bytes = (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header
      try Data(bytes).write(to: copy.weights)
      #expect(copy.failure()?.code == .damaged)
    }
    try Data(String(repeating: "[", count: 100_000).utf8).write(to: copy.config)
    #expect(copy.failure()?.code == .damaged)
  }

  @Test func `circular links and pipes are refused under any name`() throws {
    let files = FileManager.default
    for name in ["config.json", "model.safetensors.index.json", "model-00001-of-00003.safetensors"]
    {
      let copy = try Copy("tiny-m1-bf16-sharded")
      let url = copy.folder.url.appendingPathComponent(name)
      try files.removeItem(at: url)
      try files.createSymbolicLink(atPath: url.path, withDestinationPath: "again-\(name)")
      try files.createSymbolicLink(
        atPath: copy.folder.url.appendingPathComponent("again-\(name)").path,
        withDestinationPath: name)
      #expect(copy.failure()?.code == .unreadable, "\(name)")
      try files.removeItem(at: url)
      #expect(unsafe mkfifo(url.path, 0o600) == 0)
      #expect(copy.failure()?.code == .unreadable, "\(name)")
    }
  }

  /// What is not looked at when loading, since it is mapped and perhaps never needed.
  @Test func `a number that is none in the embedding shows when its token is read`() throws {
    let copy = try Copy()
    var bytes = [UInt8](try Data(contentsOf: copy.weights))
    let length = (0..<8).reduce(0) { $0 | Int(bytes[$1]) << (8 * $1) }
    let header = try JSONValue.parse(Array(bytes[8..<8 + length]))
    let begin = header["model.embed_tokens.weight"]!["data_offsets"]![0]!.integer!
    let place = 8 + length + begin + 5 * 48 * 4
    for index in 0..<4 {
      bytes[place + index] = UInt8(truncatingIfNeeded: Float.nan.bitPattern >> UInt32(8 * index))
    }
    try Data(bytes).write(to: copy.weights)
    let engine = try Engine(folder: copy.folder.url, threads: 1)
    var session = engine.session()
    try session.advance(by: [1, 2, 3])
    do throws(InferenceError) {
      try session.advance(by: [5])
      Issue.record("the token was read")
    } catch {
      #expect(error.code == .tensor && error.message.contains("not a number"))
    }
  }

  /// Random damage to the header: loads or is refused, and never ends the process.
  @Test func `no damaged header ends the process`() throws {
    let copy = try Copy("tiny-m1-shared-mqa-prenorm")
    let whole = [UInt8](try Data(contentsOf: copy.weights))
    let length = (0..<8).reduce(0) { $0 | Int(whole[$1]) << (8 * $1) }
    var state: UInt64 = 99
    func next(_ below: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(below))
    }
    var refused = 0
    for _ in 0..<300 {
      var bytes = whole
      for _ in 0...next(4) {
        let place = next(8 + length)
        switch next(3) {
        case 0: bytes[place] = UInt8(next(256))
        case 1: bytes[place] = UInt8(ascii: "9")
        default: bytes.remove(at: place)
        }
      }
      try Data(bytes).write(to: copy.weights)
      if let error = copy.failure() {
        refused += 1
        #expect(!error.message.isEmpty)
      }
    }
    #expect(refused > 200)
  }
}

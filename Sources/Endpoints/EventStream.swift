/// Takes a stream of server-sent events apart (WHATWG HTML, § 9.2.6): the data of each event, in
/// pieces of any size.
struct EventStream {
  private var line: [UInt8] = []
  private var data: [UInt8] = []
  private var hasData = false
  private var lastWasCarriageReturn = false
  private var isAtStart = true

  /// The data of the events that `bytes` completes.
  mutating func append(_ bytes: some Sequence<UInt8>) -> [[UInt8]] {
    var events: [[UInt8]] = []
    for byte in bytes {
      let follows = lastWasCarriageReturn
      lastWasCarriageReturn = byte == 0x0D
      switch byte {
      case 0x0A where follows: continue
      case 0x0A, 0x0D: endLine(&events)
      default: line.append(byte)
      }
    }
    return events
  }

  /// Bytes held for events that are not complete yet.
  var pendingCount: Int { line.count + data.count }

  private mutating func endLine(_ events: inout [[UInt8]]) {
    defer { line.removeAll(keepingCapacity: true) }
    var line = line[...]
    if isAtStart {
      isAtStart = false
      if line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
    }
    guard !line.isEmpty else {
      if hasData { events.append(data) }
      data.removeAll(keepingCapacity: true)
      hasData = false
      return
    }
    let name = line.prefix { $0 != UInt8(ascii: ":") }
    // Comments keep the connection alive; of the fields only the data matters here.
    guard name.elementsEqual("data".utf8) else { return }
    var value = line.dropFirst(name.count).dropFirst()
    if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
    if hasData { data.append(0x0A) }
    data += value
    hasData = true
  }
}

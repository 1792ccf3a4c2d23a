import Testing

@testable import Endpoints

@Suite struct EventStreamTests {
  private static let stream =
    "\u{FEFF}data: {\"a\":1}\n\n: still here\n\nevent: x\r\ndata:zwei\r\ndata: Zeilen\r\n\r\nid: 7\rdata:  ä\r\rdata: lost"

  @Test(arguments: [1, 2, 3, 7, 1000])
  func `events come out the same from pieces of any size`(size: Int) {
    var stream = EventStream()
    var events: [String] = []
    let bytes = Array(Self.stream.utf8)
    for start in stride(from: 0, to: bytes.count, by: size) {
      events += stream.append(bytes[start..<min(bytes.count, start + size)])
        .map { String(decoding: $0, as: UTF8.self) }
    }
    #expect(events == ["{\"a\":1}", "zwei\nZeilen", " ä"])
    // An event without its empty line is not complete, and is not one.
    #expect(stream.pendingCount == "data: lost".utf8.count)
  }
}

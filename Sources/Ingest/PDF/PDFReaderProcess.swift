package import Documents
package import Foundation
import Glibc
import PopplerShim

/// Reads PDF files in a child process with limits on its time and memory.
///
/// Parsers of strangers' files crash and hang. Here that costs one document: the child is the same
/// program run again with a hidden subcommand, it sends blocks over a pipe, and it is killed when
/// its time is up. The password travels over a pipe too, never on the command line.
package struct PDFReaderProcess: Sendable {
  /// The hidden subcommand by which the program becomes a reading process.
  package static let subcommand = "__read-pdf"

  /// The program to run: one whose `main` calls ``main()`` for ``subcommand``.
  package let program: URL

  package init(program: URL) { self.program = program }

  /// Reads the file at `url` in a child process. Blocks the calling thread meanwhile.
  package func read(
    file url: URL, named name: String, password: String? = nil, limits: ReadLimits = ReadLimits()
  ) throws(ReadError) -> Document {
    var request = WireWriter()
    request.put(url.path)
    request.put(name)
    request.put(password)
    request.put(limits)
    request.put([], scale: 1)
    var collector = DocumentCollector()
    try exchange(
      request.bytes, name: name, limits: limits, pages: { collector.document.pages.count }
    ) { message in
      if case .event(let event) = message { collector.add(event) }
      return collector.isFinished
    }
    return collector.document
  }

  /// Sends a request to a child and takes its messages until one is the last.
  ///
  /// - Parameters:
  ///   - pages: how many pages have come, for messages.
  ///   - take: gives true for the last message.
  func exchange(
    _ request: [UInt8], name: String, limits: ReadLimits, pages: () -> Int,
    take: (PDFWire.Message) -> Bool
  ) throws(ReadError) {
    let child = try Child(program: program.path, request: request, name: name)
    defer { child.close() }
    var reader = WireReader()
    let deadline = ContinuousClock.now + .seconds(limits.seconds)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let left = deadline - ContinuousClock.now
      let milliseconds =
        left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
      guard milliseconds > 0 else {
        child.kill()
        throw ReadError(
          .overLimit, file: name,
          what:
            "reading took more than \(limits.seconds) s (up to page \(pages())), and the reading process was killed",
          advice: "Split the file or raise the limit of seconds.")
      }
      let count: Int
      switch child.read(into: &buffer, within: Int(min(milliseconds, 60_000))) {
      case .nothingYet: continue
      case .end: throw child.ending(name, limits, pages: pages())
      case .bytes(let read): count = read
      }
      reader.append(buffer[..<count])
      do {
        while let message = try reader.next() {
          if case .failure(let kind, let what, let advice) = message {
            throw ReadError(kind, file: name, what: what, advice: advice)
          }
          if take(message) { return }
        }
      } catch let error as ReadError {
        throw error
      } catch {
        child.kill()
        throw ReadError(
          .crashed, file: name, what: "the reading process answered nonsense",
          advice: "Check that \(program.lastPathComponent) is one whole installation.")
      }
    }
  }

  // MARK: The child

  /// What the program runs for ``subcommand``: reads one request from standard input, writes
  /// events, or the pictures wished for, to standard output, and exits.
  package static func main() -> Never {
    var input = WireReader()
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe Glibc.read(0, $0.baseAddress, $0.count)
      }
      guard count > 0 else { break }
      input.append(buffer[..<count])
    }
    guard let request = try? input.request() else { exit(2) }
    reading_process_limit(
      max(request.limits.memoryBytes, 1), max(1, Int(request.limits.seconds.rounded(.up)) + 1))
    let output = Output()
    do throws(ReadError) {
      if request.wishes.isEmpty {
        try PDFStream(
          path: request.path, name: request.name, password: request.password,
          limits: request.limits
        ).read { output.send($0) }
      } else {
        let file = try PDFFile(
          path: request.path, named: request.name, password: request.password)
        for wish in request.wishes {
          if let picture = file.picture(wish, scale: request.scale) { output.send(picture) }
        }
        output.send(.finished(levels: []))
      }
    } catch {
      output.send(error)
    }
    output.flush()
    exit(0)
  }

  /// The child's standard output.
  private final class Output {
    private var writer = WireWriter()

    func send(_ event: PDFEvent) {
      writer.put(event)
      if writer.bytes.count > 1 << 16 { flush() }
    }

    func send(_ picture: PagePicture) {
      writer.put(picture)
      if writer.bytes.count > 1 << 16 { flush() }
    }

    func send(_ error: ReadError) { writer.putFailure(error) }

    func flush() {
      var sent = 0
      let bytes = writer.bytes
      while sent < bytes.count {
        let count = unsafe bytes.withUnsafeBytes {
          unsafe Glibc.write(1, $0.baseAddress! + sent, $0.count - sent)
        }
        if count < 0 {
          if errno == EINTR { continue }
          exit(1)
        }
        sent += count
      }
      writer.removeAll()
    }
  }

  // MARK: The parent's end

  /// A running child. `close` is called once, and reaps it.
  private final class Child {
    private let process: pid_t
    private let output: Int32
    private var status: Int32?

    init(program: String, request: [UInt8], name: String) throws(ReadError) {
      var process: Int32 = 0
      var output: Int32 = -1
      let code = unsafe reading_process_start(
        program, PDFReaderProcess.subcommand, request, request.count, &process, &output)
      guard code == 0 else {
        throw ReadError(
          .crashed, file: name, what: "the reading process cannot be started (error \(code))",
          advice: "Check the program's path and the machine's limits of processes and open files.")
      }
      self.process = process
      self.output = output
    }

    enum Chunk {
      case bytes(Int)
      case nothingYet
      case end
    }

    func read(into buffer: inout [UInt8], within milliseconds: Int) -> Chunk {
      var polled = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
      let ready = unsafe poll(&polled, 1, Int32(milliseconds))
      guard ready > 0 else { return .nothingYet }
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe Glibc.read(output, $0.baseAddress, $0.count)
      }
      if count > 0 { return .bytes(count) }
      return count < 0 && errno == EINTR ? .nothingYet : .end
    }

    func kill() { Glibc.kill(process, SIGKILL) }

    private func wait() -> Int32 {
      if let status { return status }
      var status: Int32 = 0
      while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
      self.status = status
      return status
    }

    /// How the child ended before it had finished.
    func ending(_ name: String, _ limits: ReadLimits, pages: Int) -> ReadError {
      let status = wait()
      let signal = status & 0x7F
      let megabytes = limits.memoryBytes >> 20
      if signal == SIGXCPU {
        return ReadError(
          .overLimit, file: name,
          what: "reading took more than \(limits.seconds) s of CPU (up to page \(pages))",
          advice: "Split the file or raise the limit of seconds.")
      }
      let how = signal == 0 ? "ended with code \(status >> 8 & 0xFF)" : "died of signal \(signal)"
      return ReadError(
        .crashed, file: name,
        what: "the reading process \(how) after \(pages) pages (memory limit \(megabytes) MiB)",
        advice: "Repair the file, for instance with `qpdf`, or raise the memory limit.")
    }

    func close() {
      Glibc.close(output)
      if status == nil {
        kill()
        _ = wait()
      }
    }
  }
}

extension WireWriter {
  mutating func put(_ limits: ReadLimits) {
    put(Int(limits.seconds * 1000))
    put(limits.memoryBytes)
    put(limits.pages)
    put(limits.bytes)
    put(limits.nesting)
  }
}

package import Documents
package import Foundation
import Glibc
import PopplerShim

/// Reads PDF files, and packages (DOCX, EPUB), in a child process with limits on its time and memory.
///
/// Parsers of strangers' files crash and hang. Here that costs one document: the child is killed
/// when its time is up, and the next document gets a fresh one. The child never sees a path, only
/// the open file; file and password go over a socket, never on the command line.
package struct PDFReaderProcess: Sendable {
  /// The hidden subcommand by which the program becomes a reading process.
  package static let subcommand = "__read-pdf"

  /// The program to run: one whose `main` calls ``main()`` for ``subcommand``.
  package let program: URL
  /// Reads pages without a text layer; nil names them only.
  package let recogniser: Recogniser?
  /// Asked several times a second; when it says so, reading ends with ``ReadError/Kind/stopped``.
  package let shouldStop: @Sendable () -> Bool
  /// What to do about a file that the process dies of: a sentence.
  private let repair: String

  package init(
    program: URL, recogniser: Recogniser? = nil,
    shouldStop: @escaping @Sendable () -> Bool = { false },
    repair: String = "Repair the file, for instance with `qpdf`, or raise the memory limit."
  ) {
    self.program = program
    self.recogniser = recogniser
    self.shouldStop = shouldStop
    self.repair = repair
  }

  /// Reads the file in a child process. Blocks the calling thread meanwhile.
  package func read(
    _ file: borrowing SourceFile, named name: String, password: String? = nil,
    limits: ReadLimits = ReadLimits()
  ) throws(ReadError) -> Document {
    var request = WireWriter()
    request.put(name)
    request.put(password)
    request.put(limits)
    request.put(recogniser?.program)
    request.put(Int((recogniser?.secondsPerPage ?? 0) * 1000))
    request.put([], scale: 1)
    return try exchange(
      request.bytes, file, name: name, limits: limits, start: { DocumentCollector() },
      pages: { $0.document.pages.count }
    ) { (collector: inout DocumentCollector, message: PDFWire.Message) in
      if case .event(let event) = message { collector.add(event) }
      return collector.isFinished
    }.document
  }

  /// Sends a request to a child and takes its messages until one is the last.
  ///
  /// - Parameters:
  ///   - start: what messages are collected in, made anew when a child dies of an earlier document.
  ///   - pages: how many pages have come, for messages.
  ///   - take: gives true for the last message.
  func exchange<Result>(
    _ request: [UInt8], _ file: borrowing SourceFile, name: String, limits: ReadLimits,
    start: () -> Result, pages: (Result) -> Int,
    take: (inout Result, PDFWire.Message) -> Bool
  ) throws(ReadError) -> Result {
    if let process = ReadingProcessPool.shared.take(program.path) {
      // What an earlier document left behind must not decide over this one: a process that dies
      // gives it to a fresh one.
      do throws(ReadError) {
        return try exchange(
          request, file, by: process, name, limits, start(), pages: pages, take: take)
      } catch {
        guard error.kind == .crashed else { throw error }
      }
    }
    let process: ReadingProcess
    do {
      process = try ReadingProcess(program: program.path)
    } catch {
      throw ReadError(
        .crashed, file: name, what: "the reading process cannot be started (error \(error.code))",
        advice: "Check the program's path and the machine's limits of processes and open files.")
    }
    return try exchange(
      request, file, by: process, name, limits, start(), pages: pages, take: take)
  }

  private func exchange<Result>(
    _ request: [UInt8], _ file: borrowing SourceFile, by process: ReadingProcess, _ name: String,
    _ limits: ReadLimits, _ empty: Result, pages: (Result) -> Int,
    take: (inout Result, PDFWire.Message) -> Bool
  ) throws(ReadError) -> Result {
    var result = empty
    guard process.ask(request, file: file.descriptor) else {
      throw ending(of: process, name, limits, pages: 0)
    }
    var reader = WireReader()
    var deadline = ContinuousClock.now + .seconds(limits.seconds)
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let left = deadline - ContinuousClock.now
      let milliseconds =
        left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000
      guard milliseconds > 0 else {
        process.kill()
        throw ReadError(
          .overLimit, file: name,
          what:
            "reading took more than \(limits.seconds) s\(Self.progress(pages(result))), and the reading process was killed",
          advice: "Split the file or raise the limit of seconds.")
      }
      if shouldStop() {
        process.kill()
        throw ReadError(
          .stopped, file: name, what: "reading was stopped", advice: "Run the same command again.")
      }
      let count: Int
      switch process.read(into: &buffer, within: Int(min(milliseconds, 250))) {
      case .nothingYet: continue
      case .end: throw ending(of: process, name, limits, pages: pages(result))
      case .bytes(let read): count = read
      }
      reader.append(buffer[..<count])
      do {
        while let message = try reader.next() {
          switch message {
          case .event(.recognising):
            deadline += .seconds((recogniser?.secondsPerPage ?? 0) + 5)
            continue
          case .failure(let kind, let what, let advice):
            ReadingProcessPool.shared.put(process, program.path)
            throw ReadError(kind, file: name, what: what, advice: advice)
          default: break
          }
          if take(&result, message) {
            ReadingProcessPool.shared.put(process, program.path)
            return result
          }
        }
      } catch let error as ReadError {
        throw error
      } catch {
        process.kill()
        throw ReadError(
          .crashed, file: name, what: "the reading process answered nonsense",
          advice: "Check that \(program.lastPathComponent) is one whole installation.")
      }
    }
  }

  /// Why a child ended before it had finished.
  private func ending(
    of process: ReadingProcess, _ name: String, _ limits: ReadLimits, pages: Int
  ) -> ReadError {
    let status = process.wait()
    let signal = status & 0x7F
    let megabytes = limits.memoryBytes >> 20
    if signal == SIGXCPU {
      return ReadError(
        .overLimit, file: name,
        what: "reading took more than \(limits.seconds) s of CPU\(Self.progress(pages))",
        advice: "Split the file or raise the limit of seconds.")
    }
    let how = signal == 0 ? "ended with code \(status >> 8 & 0xFF)" : "died of signal \(signal)"
    return ReadError(
      .crashed, file: name,
      what:
        "the reading process \(how)\(Self.progress(pages)) (memory limit \(megabytes) MiB)",
      advice: repair)
  }

  private static func progress(_ pages: Int) -> String {
    pages > 0 ? " (up to page \(pages))" : ""
  }

  /// Makes the first reading process, as a copy of this one: a hundredth of the work of starting the
  /// program once more, with all its libraries.
  ///
  /// For the beginning of `main` alone: a copy has the one thread that made it, so that a lock which
  /// another thread holds at that moment would be held in it for ever. Reading processes that are
  /// wanted later, beside this one or in its place, are started.
  ///
  /// - Parameter program: whose ``PDFReaderProcess`` are to use it: the one that runs.
  package static func prepare(as program: URL) {
    guard let process = ReadingProcess.copyOfThisProcess() else { return }
    ReadingProcessPool.shared.put(process, program.path)
  }

  /// CPU seconds the waiting reading processes have used so far.
  package static var idleProcessorSeconds: Double { ReadingProcessPool.shared.processorSeconds }

  /// Most main memory that a waiting reading process had at any time.
  package static var idlePeakBytes: Int { ReadingProcessPool.shared.peakBytes }

  /// From here on the kernel counts the peaks of the waiting reading processes anew.
  package static func forgetIdlePeaks() { ReadingProcessPool.shared.forgetPeaks() }

  /// From here on the kernel counts a process's peak anew, where it lets it.
  package static func forgetPeak(ofProcess process: Int32) {
    try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/\(process)/clear_refs"))
  }

  /// Most main memory a process had, as Linux counts it; 0 where there is none.
  package static func peakBytes(ofProcess process: Int32) -> Int {
    let status = (try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) << 10
  }

  // MARK: The child

  /// Bytes of main memory above which a child does not take another document.
  private static let heavy = 80 << 20

  /// What the program runs for ``subcommand``: answers requests on standard input, which is a
  /// socket, with events, or the pictures wished for, until there are no more.
  package static func main() -> Never {
    reading_process_begin(0)
    pdf_hold_library()
    var reader = WireReader()
    var buffer = [UInt8](repeating: 0, count: 1 << 14)
    var file: Int32 = -1
    while true {
      var came: Int32 = -1
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe reading_process_receive(0, $0.baseAddress, $0.count, &came)
      }
      guard count > 0 else { exit(0) }
      if came >= 0 { file = came }
      reader.append(buffer[..<count])
      let request: WireReader.Request
      do {
        guard let whole = try reader.nextRequest() else { continue }
        request = whole
      } catch {
        exit(2)
      }
      guard file >= 0 else { exit(2) }
      answer(request, file)
      Glibc.close(file)
      file = -1
      if reading_process_tidy() > heavy { exit(0) }
    }
  }

  private static func answer(_ request: WireReader.Request, _ file: Int32) {
    reading_process_limit(
      max(request.limits.memoryBytes, 1), max(1, Int(request.limits.seconds.rounded(.up))))
    let output = Output()
    do throws(ReadError) {
      if request.wishes.isEmpty, PackageReader.isPackage(file) {
        try PackageReader.read(file, named: request.name, limits: request.limits)
          .events.forEach { output.send($0) }
      } else if request.wishes.isEmpty {
        try PDFStream(
          descriptor: file, name: request.name, password: request.password,
          limits: request.limits, recogniser: request.recogniser
        ).read { output.send($0) }
      } else {
        let pdf = try PDFFile(descriptor: file, named: request.name, password: request.password)
        for wish in request.wishes {
          if let picture = pdf.picture(wish, scale: request.scale) { output.send(picture) }
        }
        output.send(.finished(levels: []))
      }
    } catch {
      output.send(error)
    }
    output.flush()
  }

  /// The child's end of the socket.
  private final class Output {
    private var writer = WireWriter()

    func send(_ event: PDFEvent) {
      writer.put(event)
      // The parent must know that this takes time.
      if case .recognising = event { flush() }
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
          unsafe Glibc.write(0, $0.baseAddress! + sent, $0.count - sent)
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

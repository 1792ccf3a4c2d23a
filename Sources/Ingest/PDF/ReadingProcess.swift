import Foundation
import Glibc
import PopplerShim
import Synchronization

/// A child process that reads one PDF after another. One thread at a time speaks with it.
///
/// It is the same program run again with a hidden subcommand, or a copy made before the program had
/// begun anything. Requests and the open files they are
/// about go over a socket, events come back over it; the child ends by itself when nobody holds the
/// other end.
final class ReadingProcess {
  private let process: pid_t
  private let channel: Int32
  private var status: Int32?
  /// Documents it was asked for.
  private(set) var served = 0

  /// - Throws: the error number.
  init(program: String) throws(StartError) {
    var process: Int32 = 0
    var channel: Int32 = -1
    let code = unsafe reading_process_start(
      program, PDFReaderProcess.subcommand, &process, &channel)
    guard code == 0 else { throw StartError(code: code) }
    self.process = process
    self.channel = channel
  }

  private init(process: pid_t, channel: Int32) {
    self.process = process
    self.channel = channel
  }

  /// A copy of this process as it stands, nil where the system makes none. In the copy it does not
  /// return.
  static func copyOfThisProcess() -> ReadingProcess? {
    var process: Int32 = 0
    var channel: Int32 = -1
    switch unsafe reading_process_copy(&process, &channel) {
    case Int32(READING_PROCESS_IS_COPY): PDFReaderProcess.main()
    case 0: return ReadingProcess(process: process, channel: channel)
    default: return nil
    }
  }

  struct StartError: Error { var code: Int32 }

  deinit {
    // Nobody is left to speak with it.
    Glibc.close(channel)
    if status == nil {
      kill()
      _ = wait()
    }
  }

  /// Sends a request with its file; false where the child is gone.
  func ask(_ request: [UInt8], file: Int32) -> Bool {
    served += 1
    return unsafe reading_process_send(channel, request, request.count, file) == 0
  }

  enum Chunk {
    case bytes(Int)
    case nothingYet
    case end
  }

  func read(into buffer: inout [UInt8], within milliseconds: Int) -> Chunk {
    var polled = pollfd(fd: channel, events: Int16(POLLIN), revents: 0)
    let ready = unsafe poll(&polled, 1, Int32(milliseconds))
    guard ready > 0 else { return .nothingYet }
    let count = unsafe buffer.withUnsafeMutableBytes {
      unsafe Glibc.read(channel, $0.baseAddress, $0.count)
    }
    if count > 0 { return .bytes(count) }
    return count < 0 && errno == EINTR ? .nothingYet : .end
  }

  /// Ends it with all programs it started.
  func kill() { Glibc.kill(-process, SIGKILL) }

  /// Waits for its end: the status as `waitpid` has it.
  func wait() -> Int32 {
    if let status { return status }
    // What it started must not outlive it; until it is reaped, its group's number is its own.
    var ended = unsafe siginfo_t()
    while unsafe waitid(P_PID, id_t(process), &ended, WEXITED | WNOWAIT) < 0, errno == EINTR {}
    kill()
    var status: Int32 = 0
    while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
    self.status = status
    return status
  }

  var peakBytes: Int { PDFReaderProcess.peakBytes(ofProcess: process) }

  func forgetPeak() { PDFReaderProcess.forgetPeak(ofProcess: process) }

  /// CPU seconds it has used so far; 0 where it has ended.
  var processorSeconds: Double {
    var clock = clockid_t()
    var time = timespec()
    guard status == nil, unsafe clock_getcpuclockid(process, &clock) == 0,
      unsafe clock_gettime(clock, &time) == 0
    else { return 0 }
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// Reading processes that have nothing to do, kept for the next document: starting the program once
/// more costs as much as reading a dozen pages.
final class ReadingProcessPool: Sendable {
  static let shared = ReadingProcessPool()
  /// Idle processes of one program at most.
  private static let most = 4

  /// Idle processes belong to the pool alone, and are handed to one thread at a time.
  private struct Handle: @unchecked Sendable { let process: ReadingProcess }

  /// By program.
  private let idle = Mutex<[String: [Handle]]>([:])

  /// An idle process, or nil where there is none.
  func take(_ program: String) -> ReadingProcess? {
    idle.withLock { $0[program]?.popLast() }?.process
  }

  /// Keeps a process that has finished its document in order.
  func put(_ process: ReadingProcess, _ program: String) {
    let handle = Handle(process: process)
    idle.withLock {
      if $0[program, default: []].count < Self.most { $0[program, default: []].append(handle) }
    }
  }

  /// CPU seconds of the idle processes.
  var processorSeconds: Double {
    idle.withLock { idle in
      idle.values.joined().reduce(0) { $0 + $1.process.processorSeconds }
    }
  }

  /// Most main memory that one of the idle processes had.
  var peakBytes: Int {
    idle.withLock { idle in idle.values.joined().map(\.process.peakBytes).max() ?? 0 }
  }

  func forgetPeaks() {
    idle.withLock { idle in
      for handle in idle.values.joined() { handle.process.forgetPeak() }
    }
  }
}

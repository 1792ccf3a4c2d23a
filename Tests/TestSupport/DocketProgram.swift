package import Foundation

/// The `docket` binary that was built beside the tests, run as a process of its own.
package struct DocketProgram: Sendable {
  /// How a run of it ended.
  package struct Ending: Sendable {
    /// The exit status, or the signal's number, negated.
    package var status: Int32
    package var output: String
    package var errors: String
  }

  /// Where queue and ledger go, so that tests share nothing.
  package var workspace: URL

  package init(workspace: URL) { self.workspace = workspace }

  /// Tests and products are built into the same folder.
  package static var url: URL {
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      .appendingPathComponent("docket")
  }

  /// The program by a name of its own in `folder`, so that no other test shares its processes.
  package static func link(in folder: TemporaryFolder) throws -> URL {
    let program = folder.url.appendingPathComponent("docket")
    try FileManager.default.createSymbolicLink(at: program, withDestinationURL: url)
    return program
  }

  /// Starts it without waiting. Both streams go to files beside the workspace.
  package func start(_ arguments: [String]) throws -> Started {
    let process = process(arguments)
    let base = workspace.deletingLastPathComponent()
    let started = Started(
      process: process,
      output: base.appendingPathComponent("output-\(UUID().uuidString)"),
      errors: base.appendingPathComponent("errors-\(UUID().uuidString)"))
    for file in [started.output, started.errors] {
      _ = FileManager.default.createFile(atPath: file.path, contents: nil)
    }
    process.standardOutput = try FileHandle(forWritingTo: started.output)
    process.standardError = try FileHandle(forWritingTo: started.errors)
    try process.runUnblocked()
    return started
  }

  package func run(_ arguments: [String]) throws -> Ending { try start(arguments).wait() }

  /// What a terminal is sent on which the program writes its output.
  package func outputOnTerminal(_ arguments: [String]) throws -> String {
    let terminal = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard terminal >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    defer { close(terminal) }
    var isLocked: Int32 = 0
    var number: Int32 = 0
    // TIOCSPTLCK and TIOCGPTN, macros that Swift does not see.
    guard unsafe ioctl(terminal, 0x4004_5431, &isLocked) == 0,
      unsafe ioctl(terminal, 0x8004_5430, &number) == 0
    else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    let end = unsafe open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard end >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    let line = FileHandle(fileDescriptor: end, closeOnDealloc: true)
    let process = process(arguments)
    process.standardOutput = line
    try process.runUnblocked()
    try line.close()
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    // An error (EIO) once nobody holds the other end.
    while case let count = unsafe read(terminal, &buffer, buffer.count), count > 0 {
      output += buffer.prefix(count)
    }
    process.waitUntilExit()
    return String(decoding: output, as: UTF8.self)
  }

  private func process(_ arguments: [String]) -> Process {
    let process = Process()
    process.executableURL = Self.url
    process.arguments = arguments
    var environment = ProcessInfo.processInfo.environment
    environment["DOCKET_WORKSPACE"] = workspace.path
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    return process
  }

  package struct Started {
    package let process: Process
    fileprivate let output: URL
    fileprivate let errors: URL

    /// What it has written to standard output so far.
    package var outputSoFar: String {
      (try? String(contentsOf: output, encoding: .utf8)) ?? ""
    }

    package func wait() throws -> Ending {
      process.waitUntilExit()
      return Ending(
        status: process.terminationReason == .uncaughtSignal
          ? -process.terminationStatus : process.terminationStatus,
        output: try String(contentsOf: output, encoding: .utf8),
        errors: try String(contentsOf: errors, encoding: .utf8))
    }
  }
}

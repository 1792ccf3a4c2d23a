import Chat
package import Foundation
import Glibc
package import JSON

/// A program of this machine that a model may call: one JSON object in, one JSON value out.
///
/// It gets `{"name": …, "arguments": {…}}` and an end of file on standard input, and writes a JSON
/// value to standard output. It is started by its path, without a shell, in a process group of its
/// own, with PATH, HOME and LANG and nothing else of the environment; it is killed when its time is
/// up or it writes too much. What it started and left behind is killed when it has ended, and not waited for.
package struct LocalTool: Hashable, Sendable {
  package var name: String
  package var description: String?
  /// A JSON Schema of the arguments.
  package var parameters: JSONValue
  /// Absolute.
  package var program: URL
  package var arguments: [String]
  package var timeoutSeconds: Int
  /// In bytes.
  package var outputLimit: Int
  /// SHA-256 of the program's file: another program may answer otherwise.
  package var programSHA256: String

  /// What results depend on.
  var canonical: JSONValue {
    [
      "name": .string(name), "description": description.map { .string($0) } ?? .null,
      "parameters": parameters, "program": .string(programSHA256),
      "arguments": .array(arguments.map { .string($0) }), "timeout": .integer(timeoutSeconds),
      "outputLimit": .integer(outputLimit),
    ]
  }

  var chatTool: ChatTool {
    ChatTool(name: name, description: description, parameters: parameters)
  }

  /// Why a call has no result; said to the model and counted in the output. Never what the program wrote.
  package struct Failure: Error, Hashable, Sendable {
    package var message: String
  }

  /// Calls the program. Blocks the thread meanwhile.
  package func call(_ arguments: JSONObject, shouldStop: () -> Bool = { false })
    throws(Failure) -> JSONValue
  {
    guard let schema = try? JSONSchema(parameters),
      let wrong = schema.validate(.object(arguments)).first
    else { return try run(arguments, shouldStop) }
    throw Failure(message: "the arguments do not follow the tool's parameters: \(wrong)")
  }

  private func run(_ arguments: JSONObject, _ shouldStop: () -> Bool) throws(Failure) -> JSONValue {
    let request: JSONValue = ["name": .string(name), "arguments": .object(arguments)]
    let child = try ToolProcess(
      program.path, self.arguments, input: Array((request.text() + "\n").utf8))
    defer { child.end() }
    let deadline = ContinuousClock.now + .seconds(timeoutSeconds)
    while !child.hasEnded {
      if shouldStop() { throw Failure(message: "stopped") }
      guard ContinuousClock.now < deadline else {
        throw Failure(message: "took more than \(timeoutSeconds) s")
      }
      child.exchange(within: 50)
      guard child.output.count <= outputLimit else {
        throw Failure(message: "wrote more than \(outputLimit) bytes")
      }
    }
    let status = child.end()
    guard status == 0 else {
      throw Failure(
        message: status & 0x7F == 0
          ? "ended with status \(status >> 8 & 0xFF)" : "died of signal \(status & 0x7F)")
    }
    do {
      return try JSONValue.parse(child.output)
    } catch {
      throw Failure(message: "wrote what is not JSON")
    }
  }
}

/// A running program with its two pipes; reaped once.
private final class ToolProcess {
  private(set) var output: [UInt8] = []
  /// Whether the program has closed its output, or has ended and left nothing in it.
  private(set) var hasEnded = false
  private var process: pid_t = 0
  private var toChild: Int32 = -1
  private var fromChild: Int32 = -1
  private var input: ArraySlice<UInt8>
  private var status: Int32?

  /// A program that stops listening must not end this one.
  private static let ignoresBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

  init(_ program: String, _ arguments: [String], input: [UInt8]) throws(LocalTool.Failure) {
    Self.ignoresBrokenPipes
    self.input = input[...]
    let (childInput, toChild) = try Self.pipe()
    let fromChild: Int32
    let childOutput: Int32
    do throws(LocalTool.Failure) {
      (fromChild, childOutput) = try Self.pipe()
    } catch {
      close(childInput)
      close(toChild)
      throw error
    }
    self.toChild = toChild
    self.fromChild = fromChild
    let own = ProcessInfo.processInfo.environment
    let environment = ["PATH", "HOME", "LANG"].compactMap { key in own[key].map { key + "=" + $0 } }
    let code = Self.start(
      [program] + arguments, environment, childInput, childOutput, &process)
    close(childInput)
    close(childOutput)
    _ = fcntl(toChild, F_SETFL, O_NONBLOCK)
    guard code == 0 else {
      process = 0
      status = 0
      closePipes()
      throw LocalTool.Failure(message: "cannot be started (error \(code))")
    }
  }

  /// A pipe that no other program inherits: its end to read and its end to write.
  private static func pipe() throws(LocalTool.Failure) -> (Int32, Int32) {
    var ends: [Int32] = [-1, -1]
    guard unsafe Glibc.pipe(&ends) == 0 else {
      throw LocalTool.Failure(message: "cannot be started (no pipe)")
    }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  /// Starts a program in a process group of its own; an error number, or 0.
  private static func start(
    _ words: [String], _ environment: [String], _ input: Int32, _ output: Int32,
    _ process: inout pid_t
  ) -> Int32 {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
    unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    unsafe posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF))
    var defaults = sigset_t()
    unsafe sigemptyset(&defaults)
    unsafe sigaddset(&defaults, SIGPIPE)
    unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
    unsafe posix_spawnattr_setpgroup(&attributes, 0)
    var arguments: [UnsafeMutablePointer<CChar>?] = unsafe []
    for word in words { unsafe arguments.append(strdup(word)) }
    unsafe arguments.append(nil)
    var variables: [UnsafeMutablePointer<CChar>?] = unsafe []
    for variable in environment { unsafe variables.append(strdup(variable)) }
    unsafe variables.append(nil)
    let code = unsafe posix_spawn(
      &process, words[0], &actions, &attributes, &arguments, &variables)
    unsafe (arguments + variables).forEach { unsafe free($0) }
    unsafe posix_spawn_file_actions_destroy(&actions)
    unsafe posix_spawnattr_destroy(&attributes)
    return code
  }

  /// Gives what the program will take and takes what it gives, waiting at most so many milliseconds.
  func exchange(within milliseconds: Int32) {
    var polled = [
      pollfd(fd: fromChild, events: Int16(POLLIN), revents: 0),
      pollfd(fd: toChild, events: Int16(POLLOUT), revents: 0),
    ]
    guard unsafe poll(&polled, nfds_t(toChild < 0 ? 1 : 2), milliseconds) > 0 else {
      // What it started may hold its output open for as long as it likes.
      hasEnded = hasExited
      return
    }
    if toChild >= 0, polled[1].revents != 0 { give() }
    guard polled[0].revents != 0 else { return }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = unsafe buffer.withUnsafeMutableBytes {
      unsafe read(fromChild, $0.baseAddress, $0.count)
    }
    if count > 0 { output += buffer[..<count] }
    if count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN) { hasEnded = true }
  }

  private func give() {
    let sent = unsafe input.withUnsafeBytes { unsafe write(toChild, $0.baseAddress, $0.count) }
    if sent > 0 { input = input.dropFirst(sent) }
    // A program that does not want to hear the rest has its reasons.
    if input.isEmpty || (sent < 0 && errno != EINTR && errno != EAGAIN) {
      close(toChild)
      toChild = -1
    }
  }

  /// Whether the program itself has ended. Leaves its number taken, by which its group is killed.
  private var hasExited: Bool {
    var information = unsafe siginfo_t()
    let code = unsafe waitid(
      P_PID, id_t(process), &information, WEXITED | WNOHANG | WNOWAIT)
    // All zeros where it still runs.
    return unsafe code == 0 && information.si_signo == SIGCHLD
  }

  /// The wait status; what still runs of the program's group is killed.
  @discardableResult func end() -> Int32 {
    if let status { return status }
    closePipes()
    // A program that has closed its output ends soon, or is made to.
    if hasEnded { for _ in 0..<40 where !hasExited { usleep(5_000) } }
    kill(-process, SIGKILL)
    var result: Int32 = 0
    while unsafe waitpid(process, &result, 0) < 0, errno == EINTR {}
    status = result
    return result
  }

  private func closePipes() {
    if toChild >= 0 { close(toChild) }
    if fromChild >= 0 { close(fromChild) }
    toChild = -1
    fromChild = -1
  }
}

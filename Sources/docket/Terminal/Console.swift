@unsafe @preconcurrency import Glibc
import JSON

/// The process's two output streams. Results go to standard output, everything about how it goes to
/// standard error, so that `docket … --json | jq` always works.
enum Console {
  static var isTerminal: Bool { isatty(2) == 1 }

  static func out(_ line: String) {
    unsafe fputs(shown(line, on: 1) + "\n", stdout)
    unsafe fflush(stdout)
  }

  static func out(_ lines: [String]) {
    for line in lines { out(line) }
  }

  static func json(_ value: JSONValue) { out(value.text()) }

  /// Lines whose control characters are the program's own colours; what else is in them is printable already.
  static func draw(_ lines: [String]) {
    for line in lines { unsafe fputs(line + "\n", stdout) }
    unsafe fflush(stdout)
  }

  static func note(_ line: String) { unsafe fputs(shown(line, on: 2) + "\n", stderr) }

  /// Names and texts may hold anything, and a terminal obeys control characters; a file or a program gets them all.
  private static func shown(_ text: String, on descriptor: Int32) -> String {
    guard isatty(descriptor) == 1 else { return text }
    return String(
      text.map { $0 != "\n" && $0 != "\t" && TextLayout.isControl($0) ? "?" : $0 })
  }

  /// Replaces the current line of the terminal.
  static func redraw(_ line: String) {
    unsafe fputs("\r\u{1B}[2K" + TextLayout.printable(line), stderr)
    unsafe fflush(stderr)
  }

  /// Columns of the terminal, 80 when unknown.
  static var width: Int {
    var size = winsize()
    guard unsafe ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 20 else { return 80 }
    return Int(size.ws_col)
  }
}

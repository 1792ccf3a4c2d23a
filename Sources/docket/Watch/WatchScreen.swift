@unsafe @preconcurrency import Glibc

/// The terminal as a screen that is drawn again and again, and given back as it was.
final class WatchScreen {
  private var before = termios()

  /// Takes the terminal: another screen, no cursor, keys at once and unseen.
  init() {
    unsafe tcgetattr(0, &before)
    var raw = before
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
    unsafe tcsetattr(0, TCSANOW, &raw)
    put("\u{1B}[?1049h\u{1B}[?25l")
  }

  /// Gives it back.
  func end() {
    put("\u{1B}[?25h\u{1B}[?1049l")
    unsafe tcsetattr(0, TCSANOW, &before)
  }

  func draw(_ lines: [String]) {
    // Each line is cleared behind its end: nothing flickers, nothing of the last picture stays.
    put("\u{1B}[H" + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J")
  }

  /// The next key within `milliseconds`; nil for none.
  func key(within milliseconds: Int32) -> Character? {
    var descriptor = pollfd(fd: 0, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&descriptor, 1, milliseconds) == 1, descriptor.revents & Int16(POLLIN) != 0
    else { return nil }
    var byte: UInt8 = 0
    return unsafe read(0, &byte, 1) == 1 ? Character(Unicode.Scalar(byte)) : nil
  }

  static var size: (columns: Int, rows: Int) {
    var size = winsize()
    guard unsafe ioctl(1, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return (80, 24)
    }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  private func put(_ text: String) {
    unsafe fputs(text, stdout)
    unsafe fflush(stdout)
  }
}

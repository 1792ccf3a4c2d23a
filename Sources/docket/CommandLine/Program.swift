import Foundation

/// The running program itself, which reads PDFs in processes of its own.
enum Program {
  static let url = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
}

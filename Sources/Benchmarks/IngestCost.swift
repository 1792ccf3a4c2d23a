import Foundation
import Ingest

/// What reading the files of a task cost, without writing outputs. CPU time, since a busy machine
/// spoils the clock on the wall.
struct IngestCost {
  var files = 0
  var pages = 0
  var bytes = 0
  /// CPU seconds of this process and its reading processes.
  var seconds = 0.0
  /// Most main memory of a reading process; 0 where none was used.
  var peakBytes = 0
  /// CPU seconds that poppler-glib alone takes for characters and boxes; nil where not measured.
  var popplerSeconds: Double?

  var pagesPerSecond: Double { Double(pages) / max(seconds, 1e-6) }
  var megabytesPerSecond: Double { Double(bytes) / 1e6 / max(seconds, 1e-6) }

  /// Runs `body`, adding its CPU time.
  mutating func measure<Result>(_ body: () throws -> Result) rethrows -> Result {
    let start = Self.processorSeconds()
    defer { seconds += Self.processorSeconds() - start }
    return try body()
  }

  /// This program, which also is the reading process.
  static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()

  /// Takes down the peak of the reading processes, those that have ended among them. They stay: a run
  /// of the product has one for all its documents, too.
  mutating func finish() {
    var children = rusage()  // of ended children: RUSAGE_CHILDREN, -1
    unsafe getrusage(-1, &children)
    peakBytes = max(PDFReaderProcess.idlePeakBytes, Int(children.ru_maxrss) << 10)
    PDFReaderProcess.forgetIdlePeaks()
  }

  /// Of this process, its reading processes, and those that have ended.
  private static func processorSeconds() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    var children = rusage()
    unsafe getrusage(-1, &children)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
      + Double(children.ru_utime.tv_sec + children.ru_stime.tv_sec)
      + Double(children.ru_utime.tv_usec + children.ru_stime.tv_usec) / 1e6
      + PDFReaderProcess.idleProcessorSeconds
  }
}

import DefaultReader
import Foundation
import Inference

/// `docket-bench snapshot`: how fast a reading's state goes to the disk and comes back, beside what the disk does.
struct SnapshotBenchmark {
  static let help = "[FOLDER] [--in DIR] [--tokens 4096,65536] [--repeats N]"

  var folder = DefaultReader.folder
  var place = FileManager.default.temporaryDirectory
  var lengths = [4096, 65536]
  var repeats = 3

  init(arguments: [String]) throws {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      func value() throws -> String {
        guard let value = rest.popFirst() else { throw Usage("\(argument) needs a value") }
        return value
      }
      switch argument {
      case "--in": place = URL(fileURLWithPath: try value())
      case "--tokens": lengths = try value().split(separator: ",").compactMap { Int($0) }.sorted()
      case "--repeats": repeats = Int(try value()) ?? 0
      default: folder = URL(fileURLWithPath: argument)
      }
    }
    guard !lengths.isEmpty, lengths[0] > 0, repeats > 0 else {
      throw Usage("--tokens and --repeats take numbers above 0")
    }
  }

  func run() throws {
    let engine = try Engine(folder: folder, threads: 2)
    let file = place.appendingPathComponent("docket-bench-\(getpid()).snapshot")
    defer { try? FileManager.default.removeItem(at: file) }
    _ = try engine.weightsDigest()
    print("tokens,MiB,write_s,write_MBps,read_s,read_MBps,disk_write_MBps,disk_read_MBps")
    var session = engine.session()
    for length in lengths {
      let more = (session.position..<length).map {
        Int32($0 % 977 % engine.configuration.vocabularySize)
      }
      try session.advance(by: more)
      var (write, read) = (Double.infinity, Double.infinity)
      for _ in 0..<repeats {
        let start = Resources.now().wall
        try session.save(to: file)
        let saved = Resources.now().wall
        let restored = try engine.session(restoring: file)
        read = min(read, Resources.now().wall - saved)
        write = min(write, saved - start)
        guard restored.position == length else { throw Usage("the state came back short") }
      }
      let size = try Data(contentsOf: file, options: .alwaysMapped).count
      let disk = try self.disk(size)
      let mega = Double(size) / 1e6
      print(
        [
          "\(length)", number(Double(size) / 1_048_576), number(write, 3), number(mega / write),
          number(read, 3), number(mega / read), number(mega / disk.write), number(mega / disk.read),
        ].joined(separator: ","))
    }
  }

  /// Seconds to write and sync a file of `size` bytes and to read it back, with nothing computed.
  private func disk(_ size: Int) throws -> (write: Double, read: Double) {
    let file = place.appendingPathComponent("docket-bench-\(getpid()).plain")
    defer { try? FileManager.default.removeItem(at: file) }
    let data = Data((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) })
    var (write, read) = (Double.infinity, Double.infinity)
    for _ in 0..<repeats {
      let start = Resources.now().wall
      _ = FileManager.default.createFile(atPath: file.path, contents: nil)
      let handle = try FileHandle(forWritingTo: file)
      try handle.write(contentsOf: data)
      try handle.synchronize()
      try handle.close()
      let written = Resources.now().wall
      let back = try Data(contentsOf: file)
      read = min(read, Resources.now().wall - written)
      write = min(write, written - start)
      guard back.count == size else { throw Usage("the file came back short") }
    }
    return (write, read)
  }

  private func number(_ value: Double, _ digits: Int = 1) -> String {
    String(format: "%.\(digits)f", value)
  }
}

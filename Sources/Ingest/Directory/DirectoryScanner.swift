package import Foundation

/// Finds the documents of a folder, in an order that depends on their names only, and says of
/// everything else why it was left out.
package struct DirectoryScanner: Sendable {
  package let root: URL
  package let include: [GlobPattern]
  package let exclude: [GlobPattern]

  /// - Parameters:
  ///   - include: patterns of relative paths to read; none means all files.
  ///   - exclude: patterns to leave out; they win over `include`. A folder that matches is not entered.
  package init(root: URL, include: [String] = [], exclude: [String] = []) {
    self.root = root
    self.include = (include.isEmpty ? ["**"] : include).map(GlobPattern.init)
    self.exclude = exclude.map(GlobPattern.init)
  }

  /// What a scan found. Nothing of the folder is in neither list.
  package struct Scan: Sendable {
    /// Sorted by the bytes of the relative path.
    package var files: [FoundFile] = []
    /// Sorted likewise.
    package var leftOut: [LeftOut] = []
  }

  package struct FoundFile: Hashable, Sendable {
    /// With `/` between folders. Bytes that are no UTF-8 and control characters are written `\xHH`
    /// and a backslash `\\`, so that the path is one printable line and leads back to its bytes.
    package var relativePath: String
    package var pathBytes: [UInt8]
    package var url: URL
    package var byteCount: Int
    /// By content.
    package var mediaType: MediaType
    /// The first file in order with the same bytes.
    package var duplicateOf: String?
    /// Nanoseconds since 1970 of the last change, for seeing changes while running.
    package var modified: Int64
    let root: RootPath
  }

  package struct LeftOut: Hashable, Sendable {
    package var path: String
    package var reason: Reason
    /// One sentence for people.
    package var detail: String

    package init(path: String, reason: Reason, detail: String) {
      self.path = path
      self.reason = reason
      self.detail = detail
    }

    /// Whether something that was asked for is missing, as against left out by wish or by rule.
    package var isLoss: Bool {
      switch reason {
      case .notMatched, .excluded, .hidden, .linkInside: false
      case .linkOutside, .brokenLink, .unreadable, .vanished, .special, .unsupported: true
      }
    }

    /// Raw values are part of the output format and never change.
    package enum Reason: String, Hashable, Sendable, CaseIterable {
      /// No include pattern matches.
      case notMatched = "not-matched"
      case excluded
      /// The name begins with a dot, and no pattern names such files.
      case hidden
      /// A symbolic link that leads out of the folder.
      case linkOutside = "link-outside"
      /// A symbolic link to something inside, which is read under its own name.
      case linkInside = "link-inside"
      case brokenLink = "broken-link"
      case unreadable
      /// Gone between being listed and being looked at.
      case vanished
      /// A pipe, a socket or a device.
      case special
      /// The content is of no format that is read.
      case unsupported
    }
  }

  package struct ScanError: Error, Hashable, Sendable, CustomStringConvertible {
    package var path: String
    package var what: String
    package var advice: String
    package var description: String { "\(path): \(what). \(advice)" }
  }

  package func scan() throws(ScanError) -> Scan {
    let root = RootPath(root)
    var information = stat()
    guard unsafe stat(root.path, &information) == 0 else {
      throw ScanError(
        path: self.root.path, what: "The folder cannot be opened (\(FileSystem.lastError()))",
        advice: "Check the path and the right to read it.")
    }
    guard information.st_mode & S_IFMT == S_IFDIR else {
      throw ScanError(
        path: self.root.path, what: "This is not a folder",
        advice: "Name the folder that holds the documents.")
    }
    guard let realRoot = FileSystem.realPath(Array(root.path.utf8)) else {
      throw ScanError(
        path: self.root.path, what: "The folder cannot be resolved (\(FileSystem.lastError()))",
        advice: "Check the path and the right to read it.")
    }
    var scan = Scan()
    var folders: [[UInt8]] = [[]]
    while let folder = folders.popLast() {
      guard let names = FileSystem.names(in: folder, of: root) else {
        if folder.isEmpty {
          throw ScanError(
            path: self.root.path, what: "The folder cannot be listed (\(FileSystem.lastError()))",
            advice: "Check the right to read it.")
        }
        scan.leftOut.append(
          LeftOut(
            path: Self.printable(folder) + "/", reason: .unreadable,
            detail: "The folder cannot be listed (\(FileSystem.lastError()))."))
        continue
      }
      for name in names {
        let path = folder.isEmpty ? name : folder + [0x2F] + name
        if let inner = look(at: path, name: name, root, realRoot, &scan) { folders.append(inner) }
      }
    }
    scan.files.sort { $0.pathBytes.lexicographicallyPrecedes($1.pathBytes) }
    scan.leftOut.sort { Array($0.path.utf8).lexicographicallyPrecedes(Array($1.path.utf8)) }
    markDuplicates(&scan)
    return scan
  }

  /// Files or reports one entry; returns it where it is a folder to enter.
  private func look(
    at path: [UInt8], name: [UInt8], _ root: RootPath, _ realRoot: [UInt8], _ scan: inout Scan
  ) -> [UInt8]? {
    let shown = Self.printable(path)
    func leaveOut(_ reason: LeftOut.Reason, _ detail: String, isFolder: Bool = false) {
      scan.leftOut.append(
        LeftOut(path: isFolder ? shown + "/" : shown, reason: reason, detail: detail))
    }
    guard let entry = FileSystem.entry(path, of: root) else {
      let error = FileSystem.lastError()
      leaveOut(
        errno == ENOENT ? .vanished : .unreadable,
        errno == ENOENT
          ? "It was listed, and gone a moment later." : "It cannot be looked at (\(error)).")
      return nil
    }
    let isFolder = entry.kind == .folder
    if let pattern = exclude.first(where: { $0.matches(path) }) {
      leaveOut(.excluded, "Excluded by \(pattern.pattern).", isFolder: isFolder)
      return nil
    }
    if name.first == 0x2E, !include.contains(where: \.namesHidden) {
      leaveOut(
        .hidden, "Hidden; name it in a pattern (\".*\") to read it.", isFolder: isFolder)
      return nil
    }
    switch entry.kind {
    case .folder: return path
    case .special:
      leaveOut(.special, "Neither a file nor a folder.")
    case .link:
      guard let target = FileSystem.linkTarget(path, of: root) else {
        leaveOut(.brokenLink, "The symbolic link leads nowhere.")
        return nil
      }
      if target == realRoot || target.starts(with: realRoot + [0x2F]) {
        leaveOut(.linkInside, "A symbolic link; its target is read under its own name.")
      } else {
        leaveOut(.linkOutside, "A symbolic link that leads out of the folder is not followed.")
      }
    case .file:
      guard include.contains(where: { $0.matches(path) }) else {
        leaveOut(.notMatched, "No include pattern matches.")
        return nil
      }
      guard let head = FileSystem.read(path, of: root, maximum: 1 << 16) else {
        leaveOut(.unreadable, "The file cannot be read (\(FileSystem.lastError())).")
        return nil
      }
      let type = MediaType(head: head[...], byteCount: entry.byteCount) {
        FileSystem.read($0, path, of: root)
      }
      if case .unsupported(let format) = type {
        leaveOut(
          .unsupported,
          "The content is \(format); PDF, HTML, Word, EPUB, text and e-mail are read.")
        return nil
      }
      scan.files.append(
        FoundFile(
          relativePath: shown, pathBytes: path, url: root.url(of: path),
          byteCount: entry.byteCount, mediaType: type, duplicateOf: nil, modified: entry.modified,
          root: root))
    }
    return nil
  }

  /// Files of one size are compared byte by byte.
  private func markDuplicates(_ scan: inout Scan) {
    var bySize: [Int: [Int]] = [:]
    for (index, file) in scan.files.enumerated() where file.byteCount > 0 {
      bySize[file.byteCount, default: []].append(index)
    }
    for indices in bySize.values where indices.count > 1 {
      var originals: [Int] = []
      for index in indices {
        let file = scan.files[index]
        let original = originals.first { other in
          FileSystem.areSame(scan.files[other].pathBytes, file.pathBytes, of: file.root)
        }
        if let original {
          scan.files[index].duplicateOf = scan.files[original].relativePath
        } else {
          originals.append(index)
        }
      }
    }
  }

  static func printable(_ path: [UInt8]) -> String {
    let isValid = UTF8Validation.firstError(path, from: 0) == nil
    let isPlain = path.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != 0x5C }
    if isValid, isPlain { return String(decoding: path, as: UTF8.self) }
    var result: [UInt8] = []
    var position = 0
    while position < path.count {
      let error = UTF8Validation.firstError(path, from: position) ?? path.count
      for byte in path[position..<error] {
        if byte < 0x20 || byte == 0x7F {
          result += escape(byte)
        } else if byte == 0x5C {
          result += [0x5C, 0x5C]
        } else {
          result.append(byte)
        }
      }
      if error < path.count { result += escape(path[error]) }
      position = error + 1
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The bytes of a path as ``printable(_:)`` wrote it; nil where it wrote no such thing.
  static func bytes(ofPrintable path: String) -> [UInt8]? {
    let text = Array(path.utf8)
    guard text.contains(0x5C) else { return text }
    var bytes: [UInt8] = []
    var at = 0
    while at < text.count {
      if text[at] != 0x5C {
        bytes.append(text[at])
        at += 1
      } else if at + 1 < text.count, text[at + 1] == 0x5C {
        bytes.append(0x5C)
        at += 2
      } else {
        guard at + 3 < text.count, text[at + 1] == 0x78,
          let byte = UInt8(String(decoding: text[(at + 2)...(at + 3)], as: UTF8.self), radix: 16)
        else { return nil }
        bytes.append(byte)
        at += 4
      }
    }
    return bytes
  }

  private static func escape(_ byte: UInt8) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    return [0x5C, 0x78, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }
}

extension DirectoryScanner.FoundFile {
  /// The whole file, read now; works for paths of any length and any bytes.
  ///
  /// Throws where it is gone, cannot be read, has more bytes than `maximum`, or changed since the
  /// scan or while it was read.
  package func contents(maximum: Int = ReadLimits().bytes) throws(ReadError) -> [UInt8] {
    guard let before = FileSystem.entry(pathBytes, of: root) else {
      throw ReadError(
        .unreadable, file: relativePath,
        what:
          "the file was there when the folder was scanned and is gone now (\(FileSystem.lastError()))",
        advice: "Put it back, or run again to go on without it.")
    }
    guard before.kind == .file else {
      throw ReadError(
        .unreadable, file: relativePath, what: "the file was replaced by something else",
        advice: "Run again.")
    }
    guard before.byteCount <= maximum else {
      throw ReadError(
        .overLimit, file: relativePath,
        what: "the file has \(before.byteCount) bytes, and at most \(maximum) are read",
        advice: "Split the file or raise the limit.")
    }
    guard let bytes = FileSystem.read(pathBytes, of: root, maximum: maximum + 1) else {
      throw ReadError(
        .unreadable, file: relativePath,
        what: "the file cannot be read (\(FileSystem.lastError()))",
        advice: "Check the right to read it.")
    }
    let after = FileSystem.entry(pathBytes, of: root)
    guard after == before, bytes.count == before.byteCount, before.byteCount == byteCount,
      before.modified == modified
    else {
      throw ReadError(
        .unreadable, file: relativePath,
        what:
          "the file changed while the run was going on (\(byteCount) bytes at the scan, \(bytes.count) now)",
        advice: "Run again when nothing writes to it.")
    }
    return bytes
  }
}

import CLibZip
import Glibc

/// The files inside a ZIP archive, unpacked by libzip, each on demand and none to disk.
///
/// What is looked for is found by the archive's directory. Names that lead out of the package lead
/// nowhere here, and are counted.
@safe struct ZIPPackage: ~Copyable {
  private let handle: OpaquePointer
  /// The file, for errors.
  let file: String
  let limits: PackageLimits
  private var entries: [String: Entry] = [:]
  /// By names in lower case: packages of Office tell none apart by case.
  private var folded: [String: String] = [:]
  /// Entries whose names lead out of the package.
  private(set) var strayCount = 0
  private var unpacked = 0

  private struct Entry {
    var index: UInt64
    var packed: Int
    var isEncrypted: Bool
    /// Another entry has the same name.
    var isAmbiguous = false
  }

  deinit { unsafe zip_discard(handle) }

  /// - Parameters:
  ///   - descriptor: the open file, which stays the caller's.
  ///   - file: its name in errors.
  init(descriptor: Int32, named file: String, limits: PackageLimits = PackageLimits())
    throws(ReadError)
  {
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
    var code: Int32 = 0
    let byteCount = copy >= 0 ? Int(lseek(copy, 0, SEEK_END)) : 0
    guard copy >= 0, lseek(copy, 0, SEEK_SET) == 0,
      let handle = unsafe zip_fdopen(copy, 0, &code)
    else {
      if copy >= 0 { close(copy) }
      throw ReadError(
        .damaged, file: file,
        what: "the file begins as a ZIP package, and its directory cannot be read (libzip: "
          + "\"\(Self.message(code))\")",
        advice: "It is cut off or damaged: copy it again, or open it in its program and save it.")
    }
    let count = unsafe Int(zip_get_num_entries(handle, 0))
    guard count <= limits.entries else {
      unsafe zip_discard(handle)
      throw ReadError(
        .overLimit, file: file,
        what: "the package holds \(count) files, and the limit is \(limits.entries)",
        advice: "Save it with fewer, or leave it out.")
    }
    unsafe self.handle = unsafe handle
    self.file = file
    self.limits = limits
    for index in 0..<UInt64(max(count, 0)) { add(index, byteCount) }
  }

  private mutating func add(_ index: UInt64, _ byteCount: Int) {
    var information = unsafe zip_stat_t()
    guard unsafe zip_stat_index(handle, index, 0, &information) == 0,
      let raw = unsafe information.name
    else { return }
    let written = unsafe String(cString: raw)
    guard let name = Self.name(written) else {
      strayCount += 1
      return
    }
    if name.hasSuffix("/") || name.isEmpty { return }
    let entry = unsafe Entry(
      index: index, packed: min(Int(clamping: information.comp_size), byteCount),
      isEncrypted: information.encryption_method != UInt16(ZIP_EM_NONE))
    if entries[name] != nil {
      entries[name]?.isAmbiguous = true
    } else {
      entries[name] = entry
      if folded[name.lowercased()] == nil { folded[name.lowercased()] = name }
    }
  }

  /// The name as packages have it: some programs write backslashes, and a slash in front. Nil where it
  /// leads out of the package.
  static func name(_ written: String) -> String? {
    var name = written.replacing("\\", with: "/")[...]
    while name.first == "/" { name.removeFirst() }
    guard !name.split(separator: "/").contains(".."), !name.contains(":") else { return nil }
    return String(name)
  }

  /// The part's name as the package writes it; nil where there is none.
  func find(_ name: String) -> String? {
    if entries[name] != nil { return name }
    return folded[name.lowercased()]
  }

  var names: [String] { entries.keys.sorted() }

  /// The whole part.
  mutating func contents(of part: String) throws(ReadError) -> [UInt8] {
    guard let found = find(part), let entry = entries[found] else {
      throw ReadError(
        .damaged, file: file, what: "\(PackageParts.shown(part)) is missing from the package",
        advice: "Open the file in its program and save it again.")
    }
    let name = PackageParts.shown(found)
    guard !entry.isAmbiguous else {
      throw ReadError(
        .damaged, file: file, what: "the package holds \(name) twice",
        advice: "Programs may show either: open the file in its own program and save it again.")
    }
    guard !entry.isEncrypted else {
      throw ReadError(
        .missingPassword, file: file, what: "\(name) is encrypted in the package",
        advice: "Save the document without its password.")
    }
    guard let part = unsafe zip_fopen_index(handle, entry.index, 0) else {
      throw unreadable(name, unsafe Self.message(zip_get_error(handle)))
    }
    defer { unsafe zip_fclose(part) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes {
        unsafe zip_fread(part, $0.baseAddress, UInt64($0.count))
      }
      if count == 0 { break }
      guard count > 0 else {
        throw unreadable(name, unsafe Self.message(zip_file_get_error(part)))
      }
      bytes.append(contentsOf: buffer[..<Int(count)])
      unpacked += Int(count)
      guard unpacked <= limits.bytes else {
        throw ReadError(
          .overLimit, file: file,
          what: "\(name) unpacks to more than is left of the \(limits.bytes >> 20) MiB that the"
            + " parts of one package may have",
          advice: "Split the document, or leave it out.")
      }
      guard bytes.count <= limits.freeBytes || bytes.count / limits.ratio <= entry.packed else {
        throw ReadError(
          .overLimit, file: file,
          what: "\(name) unpacks to more than \(limits.ratio) times its \(entry.packed) bytes",
          advice: "No document packs so well: leave it out, or save it again in its program.")
      }
    }
    return bytes
  }

  private func unreadable(_ name: String, _ reason: String) -> ReadError {
    ReadError(
      .damaged, file: file, what: "\(name) cannot be unpacked (libzip: \"\(reason)\")",
      advice: "It is damaged: copy the file again, or open it in its program and save it.")
  }

  private static func message(_ code: Int32) -> String {
    var error = unsafe zip_error_t()
    unsafe zip_error_init_with_code(&error, code)
    defer { unsafe zip_error_fini(&error) }
    return unsafe message(&error)
  }

  private static func message(_ error: UnsafeMutablePointer<zip_error_t>?) -> String {
    guard let error = unsafe error, let text = unsafe zip_error_strerror(error) else { return "" }
    return unsafe String(cString: text)
  }
}

package import Foundation
import JSON
package import Kernels

/// Packs a checkpoint to fewer bits, file by file, tensor by tensor, stripe by stripe: one far larger than memory
/// can be packed. What of a file becomes what is `PackingPlan`'s; all other files of the folder are copied.
///
/// The new folder gets its name when it is whole. Until then it is `NAME.partial`, in which a run that was killed
/// goes on behind the last whole file.
package struct Quantizer {
  package let source: URL
  package let target: URL
  package let format: PackedFormat
  private let store: TensorStore
  private let plan: PackingPlan
  private let files: [(file: MappedFile, parts: [PackingPlan.Part])]

  /// Looks at everything that can be known before the work.
  ///
  /// - Throws: as loading does; when the source is packed already, the target exists, or `format` is none to pack.
  package init(_ source: URL, to target: URL, as format: WeightFormat) throws(InferenceError) {
    guard let packed = format.packed, packed != .f32 else {
      throw InferenceError(
        .request, "A checkpoint is packed as bf16, int8 or int4, not as \(format.rawValue).")
    }
    self.source = source
    self.target = target
    self.format = packed
    guard !FileManager.default.fileExists(atPath: target.path) else {
      throw InferenceError(
        .request, "\(target.lastPathComponent) exists already; name a new folder.")
    }
    let configuration = try Configuration(
      TensorStore.json(source.appendingPathComponent("config.json")))
    store = try TensorStore(folder: source)
    if let already = store.packedFormat {
      throw InferenceError(
        .request, "\(source.lastPathComponent) is packed as \(already.rawValue) already.")
    }
    guard !target.standardizedFileURL.path.hasPrefix(source.standardizedFileURL.path + "/") else {
      throw InferenceError(
        .request, "The packed checkpoint cannot lie inside the one it is made of.")
    }
    try store.check(configuration)
    let plan = PackingPlan(configuration: configuration, format: packed)
    self.plan = plan
    let store = store
    files = store.files.map { ($0, plan.parts(of: store.tensors(of: $0))) }
  }

  /// Bytes of the source's weight files, and of the packed ones.
  package var sourceBytes: Int { store.byteCount }
  package var targetBytes: Int { files.reduce(0) { $0 + bytes($1.parts) } }

  private func bytes(_ parts: [PackingPlan.Part]) -> Int {
    SafeTensorsWriter.byteCount(parts.map(\.entry), metadata: PackingPlan.metadata)
  }

  /// Where the work lies until it is whole.
  package var partial: URL {
    target.deletingLastPathComponent().appendingPathComponent("\(target.lastPathComponent).partial")
  }

  /// Packs everything.
  ///
  /// - Parameters:
  ///   - threads: how many pack.
  ///   - progress: called after each tensor with its loss, if it was packed, and the bytes of the source done.
  /// - Returns: the loss of each packed tensor, in the order of the files.
  /// - Throws: when the disk has no room, before anything is written; when a weight is not a number; when another
  ///   process is at it.
  package func run(
    threads: Int = 1, progress: (_ loss: PackingLoss?, _ done: Int) -> Void = { _, _ in }
  ) throws(InferenceError) -> [PackingLoss] {
    let lock = try FolderLock(partial)
    defer { lock.release() }
    var journal = PackingJournal(source: try stamp(), format: format)
    if let found = PackingJournal(folder: partial) {
      guard found.source == journal.source, found.format == format else {
        throw InferenceError(
          .request,
          "\(partial.lastPathComponent) was begun from another checkpoint or as another format. Remove it, or name another folder."
        )
      }
      journal.files = found.files
    }
    var left = files
    var done = 0
    for finished in journal.files {
      guard let index = left.firstIndex(where: { $0.file.url.lastPathComponent == finished.name })
      else { continue }
      unsafe done += left.remove(at: index).file.bytes.count
      for loss in finished.losses { progress(loss, done) }
    }
    try checkRoom(for: left.reduce(0) { $0 + bytes($1.parts) })
    let packing = StripePacking(workers: Workers(threads))
    for (file, parts) in left {
      let name = file.url.lastPathComponent
      let writer = try SafeTensorsWriter(
        partial.appendingPathComponent(name), parts.map(\.entry), metadata: PackingPlan.metadata)
      var losses: [PackingLoss] = []
      for (index, part) in parts.enumerated() {
        var loss: PackingLoss?
        if let format = part.format {
          let error = try packing.pack(part.source, as: format, into: writer, entry: index)
          loss = PackingLoss(
            name: part.source.name, format: WeightFormat(format), relativeError: error)
        } else {
          try part.source.copy(to: writer, entry: index)
        }
        unsafe done += part.source.bytes.count
        if let loss { losses.append(loss) }
        progress(loss, done)
      }
      try writer.finish()
      journal.files.append((name, losses))
      try journal.save(in: partial)
    }
    try writeIndex()
    try copyTheRest()
    try nameIt()
    return files.flatMap { file in
      journal.files.first { $0.name == file.file.url.lastPathComponent }?.losses ?? []
    }
  }

  /// Names, sizes and times of the source's files, and the order of bytes they are packed in.
  private func stamp() throws(InferenceError) -> String {
    var lines = [PackingPlan.metadata["layout"]!]
    for file in [source.appendingPathComponent("config.json")] + files.map(\.file.url) {
      var status = stat()
      guard unsafe stat(file.path, &status) == 0 else {
        throw InferenceError(.unreadable, "\(file.lastPathComponent) is gone.")
      }
      lines.append(
        "\(file.lastPathComponent) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
      )
    }
    return lines.joined(separator: "\n")
  }

  private func checkRoom(for bytes: Int) throws(InferenceError) {
    var status = statvfs()
    guard unsafe statvfs(partial.path, &status) == 0 else { return }
    let free = Int(status.f_bavail) * Int(status.f_frsize)
    guard bytes <= free else {
      throw InferenceError(
        .request,
        "Packing \(source.lastPathComponent) as \(format.rawValue) needs \(bytes) bytes more, and \(free) are free where \(target.lastPathComponent) shall be."
      )
    }
  }

  private func writeIndex() throws(InferenceError) {
    guard files.count > 1 || files.first?.file.url.lastPathComponent != "model.safetensors" else {
      return
    }
    var places: [String: String] = [:]
    for (file, parts) in files {
      for part in parts { places[part.name] = file.url.lastPathComponent }
    }
    var map = JSONObject()
    for key in places.keys.sorted() { map[key] = .string(places[key]!) }
    let index = try NewFile(partial.appendingPathComponent("model.safetensors.index.json"))
    try index.append(JSONValue.object(["weight_map": .object(map)]).text(indent: 1))
    try index.finish()
  }

  /// The tokenizer's files, licences and the like; links are followed, folders stay behind.
  private func copyTheRest() throws(InferenceError) {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: source.path).sorted()
    } catch {
      throw InferenceError(.unreadable, "\(source.lastPathComponent) cannot be listed.")
    }
    for name in names
    where !name.hasSuffix(".safetensors") && name != "model.safetensors.index.json" {
      var isFolder: ObjCBool = false
      let path = source.appendingPathComponent(name)
      guard unsafe FileManager.default.fileExists(atPath: path.path, isDirectory: &isFolder),
        !isFolder.boolValue
      else { continue }
      let copy = try NewFile(partial.appendingPathComponent(name))
      let file = try MappedFile(path)
      try withExtendedLifetime(file) { () throws(InferenceError) in
        unsafe try copy.append(file.bytes)
      }
      try copy.finish()
    }
  }

  private func nameIt() throws(InferenceError) {
    try NewFile.syncFolder(partial)
    guard unsafe rename(partial.path, target.path) == 0 else {
      let reason = unsafe String(cString: strerror(errno))
      throw InferenceError(
        .unreadable,
        "\(partial.lastPathComponent) cannot be renamed to \(target.lastPathComponent): \(reason).")
    }
    try NewFile.syncFolder(target.deletingLastPathComponent())
  }
}

/// A folder of which one process at a time may be the writer.
private struct FolderLock {
  private let file: Int32

  init(_ folder: URL) throws(InferenceError) {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw InferenceError(
        .unreadable, "\(folder.lastPathComponent) cannot be made: \(error.localizedDescription).")
    }
    file = unsafe open(folder.path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      throw InferenceError(.unreadable, "\(folder.lastPathComponent) cannot be opened.")
    }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      close(file)
      throw InferenceError(
        .request, "\(folder.lastPathComponent) is being written by another process.")
    }
  }

  func release() { close(file) }
}

extension Tensor {
  /// Writes the raw numbers, without all of them resident.
  fileprivate func copy(to writer: SafeTensorsWriter, entry index: Int) throws(InferenceError) {
    let bytes = unsafe bytes
    for from in stride(from: 0, to: bytes.count, by: 64 << 20) {
      unsafe try writer.write(
        UnsafeRawBufferPointer(rebasing: bytes[from..<min(bytes.count, from + 64 << 20)]),
        of: index, at: from)
      file.release()
    }
  }
}

extension WeightFormat {
  fileprivate init(_ format: PackedFormat) {
    self =
      switch format {
      case .f32: .f32
      case .bf16: .bf16
      case .int8: .int8
      case .int4: .int4
      }
  }
}

import Documents

/// Documents that are packages of files (ZIP): DOCX and EPUB. Which, its content says.
enum PackageReader {
  /// Whether an open file begins as a package.
  static func isPackage(_ descriptor: Int32) -> Bool {
    FileSystem.read(0..<4, descriptor) == ZIPDirectory.signature
  }

  /// Reads an open file in this process; files of strangers belong in a process of their own
  /// (``PDFReaderProcess``).
  static func read(
    _ descriptor: Int32, named name: String, limits: ReadLimits,
    packageLimits: PackageLimits = PackageLimits()
  ) throws(ReadError) -> Document {
    let archive = try ZIPPackage(descriptor: descriptor, named: name, limits: packageLimits)
    let isBook =
      archive.find("META-INF/container.xml") != nil
      || archive.find("[Content_Types].xml") == nil && archive.find("mimetype") != nil
    let parts = PackageParts(archive)
    return isBook ? try EPUBReader.read(parts, limits: limits) : try WordReader.read(parts)
  }
}

extension Document {
  /// The document as a reading process sends it.
  var events: [PDFEvent] {
    [.package(mediaType: mediaType, parts: parts), .metadata(metadata)]
      + blocks.map { .block($0) } + links.map { .link($0) } + notices.map { .notice($0) }
      // Levels are what they are.
      + [.finished(levels: Array(0...9))]
  }
}

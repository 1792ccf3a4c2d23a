import CLibXML2

/// libxml2's XML parser (SAX) → ``XMLTree``, with the places of elements in the text.
///
/// Where the parser stands is what it has used up and let go of, and the distance of its cursor from
/// the beginning of what it holds. At the start of an element that is at the end of its start tag, and
/// at its end right behind its end tag; both tags are whole there, since no tag holds a `<` of its own.
@safe final class XMLPartParser {
  private var events: Events

  private init(_ source: SourceText) { events = Events(source) }

  static func parse(_ source: SourceText) -> XMLTree {
    initializeOnce
    let parser = XMLPartParser(source)
    withExtendedLifetime(parser) { parser.run() }
    return parser.events.tree
  }

  private static let initializeOnce: Void = xmlInitParser()

  private func run() {
    let text = events.source.utf8[events.source.range]
    guard !text.isEmpty, text.count < Int(Int32.max) else {
      events.tree.damage = .malformed(at: 0)
      return
    }
    let context = unsafe text.withUnsafeBufferPointer { buffer in
      unsafe buffer.withMemoryRebound(to: CChar.self) {
        unsafe xmlCreateMemoryParserCtxt($0.baseAddress, Int32($0.count))
      }
    }
    guard let context = unsafe context else {
      events.tree.damage = .noMemory
      return
    }
    defer { unsafe xmlFreeParserCtxt(context) }
    let options =
      XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue | XML_PARSE_NONET.rawValue
      | XML_PARSE_IGNORE_ENC.rawValue | XML_PARSE_HUGE.rawValue
    _ = unsafe xmlCtxtUseOptions(context, Int32(options))
    unsafe context.pointee.userData = Unmanaged.passUnretained(self).toOpaque()
    var handler = unsafe xmlSAXHandler()
    // XML_SAX2_MAGIC: names come with their namespaces.
    unsafe handler.initialized = 0xDEED_BEAF
    unsafe handler.startElementNs = {
      user, name, _, namespace, _, _, attributeCount, _, attributes in
      guard let user = unsafe user, let name = unsafe name else { return }
      unsafe Unmanaged<XMLPartParser>.fromOpaque(user).takeUnretainedValue()
        .events.start(name, namespace, attributes, Int(attributeCount))
    }
    unsafe handler.endElementNs = { user, _, _, _ in
      guard let user = unsafe user else { return }
      unsafe Unmanaged<XMLPartParser>.fromOpaque(user).takeUnretainedValue().events.end()
    }
    unsafe handler.internalSubset = { user, _, _, _ in
      guard let user = unsafe user else { return }
      unsafe Unmanaged<XMLPartParser>.fromOpaque(user).takeUnretainedValue()
        .events.stop(.documentType)
    }
    unsafe context.pointee.sax.pointee = unsafe handler
    unsafe events.context = unsafe context
    _ = unsafe xmlParseDocument(context)
    let isWellFormed = unsafe context.pointee.wellFormed != 0
    events.finish(isWellFormed: isWellFormed)
    unsafe events.context = nil
  }

  /// What the parser reports, and the tree that grows from it.
  @safe struct Events {
    var tree = XMLTree()
    var context: xmlParserCtxtPtr?
    let source: SourceText
    /// Elements that are open: node indices.
    private var open: [Int] = []
    private var names: [NameKey: XMLName] = [:]
    private var attributeNames: [NameKey: String] = [:]

    /// Names come from the parser's dictionary, so one name is one address.
    private struct NameKey: Hashable {
      var local: UInt
      var namespace: UInt
    }

    init(_ source: SourceText) {
      self.source = source
      tree.nodes.reserveCapacity(source.utf8.count / 32)
    }

    /// Where the parser stands: an offset in the source.
    private var position: Int {
      guard let stream = unsafe context?.pointee.input else { return source.utf8.count }
      let offset =
        unsafe Int(stream.pointee.consumed) + Int(bitPattern: stream.pointee.cur)
        - Int(bitPattern: stream.pointee.base)
      return min(max(source.start + offset, source.start), source.utf8.count)
    }

    mutating func start(
      _ name: UnsafePointer<xmlChar>, _ namespace: UnsafePointer<xmlChar>?,
      _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?, _ attributeCount: Int
    ) {
      guard tree.damage == nil else { return }
      guard open.count < PackageLimits.nesting else { return stop(.tooDeep) }
      var first = position
      while first < source.utf8.count, source.utf8[first] != 0x3E { first += 1 }
      first = min(first + 1, source.utf8.count)
      let index = tree.nodes.count
      var node = XMLTree.Node(
        name: unsafe element(name, namespace), parent: Int32(open.last ?? -1),
        end: Int32(index + 1), first: UInt32(first), last: UInt32(first))
      node.firstAttribute = UInt32(tree.attributes.count)
      if let attributes = unsafe attributes, node.name != .other {
        for slot in 0..<attributeCount {
          guard let local = unsafe attributes[5 * slot],
            let start = unsafe attributes[5 * slot + 3],
            let end = unsafe attributes[5 * slot + 4]
          else { continue }
          let key = unsafe attribute(local, attributes[5 * slot + 2])
          // Marks of editing sessions are half of all attributes.
          guard !key.isEmpty else { continue }
          let value = unsafe String(
            decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self
          )
          // As the parser hands over an ampersand as long as it replaces no entities.
          .replacing("&#38;", with: "&")
          tree.attributes.append(XMLTree.Attribute(name: key, value: value))
        }
        node.attributeCount = UInt16(
          clamping: tree.attributes.count - Int(node.firstAttribute))
      }
      tree.nodes.append(node)
      open.append(index)
    }

    mutating func end() {
      guard tree.damage == nil, let index = open.popLast() else { return }
      tree.nodes[index].end = Int32(tree.nodes.count)
      let first = Int(tree.nodes[index].first)
      var last = position
      guard last > first else { return }
      last -= 1
      while last > first, source.utf8[last] != 0x3C { last -= 1 }
      tree.nodes[index].last = UInt32(last)
    }

    mutating func stop(_ damage: XMLTree.Damage) {
      if tree.damage == nil { tree.damage = damage }
      unsafe xmlStopParser(context)
    }

    mutating func finish(isWellFormed: Bool) {
      if !isWellFormed, tree.damage == nil {
        tree.damage = .malformed(at: source.fileRange(of: position..<position).lowerBound)
      }
      let last = UInt32(position)
      for index in open {
        tree.nodes[index].end = Int32(tree.nodes.count)
        tree.nodes[index].last = max(last, tree.nodes[index].first)
      }
      open.removeAll()
    }

    private mutating func element(
      _ name: UnsafePointer<xmlChar>, _ namespace: UnsafePointer<xmlChar>?
    ) -> XMLName {
      let key = NameKey(local: UInt(bitPattern: name), namespace: UInt(bitPattern: namespace))
      if let known = names[key] { return known }
      let space = unsafe namespace.map { unsafe String(cString: $0) } ?? ""
      let element = unsafe XMLNamespace.element(String(cString: name), in: space)
      names[key] = element
      return element
    }

    /// Empty for those that nobody reads.
    private mutating func attribute(
      _ name: UnsafePointer<xmlChar>, _ namespace: UnsafePointer<xmlChar>?
    ) -> String {
      let key = NameKey(local: UInt(bitPattern: name), namespace: UInt(bitPattern: namespace))
      if let known = attributeNames[key] { return known }
      let space = unsafe namespace.map { unsafe String(cString: $0) } ?? ""
      let local = unsafe String(cString: name)
      let attribute =
        local.hasPrefix("rsid") || local == "paraId" || local == "textId"
        ? "" : XMLNamespace.attribute(local, in: space)
      attributeNames[key] = attribute
      return attribute
    }
  }
}

import CLibXML2
import Foundation

/// libxml2's HTML parser (SAX) → ``HTMLTree``, with the place of each piece of text.
///
/// Where the parser stands is what it has used up and let go of, and the distance of its cursor from
/// the beginning of what it holds. A callback comes when its text has been read: text that is in the
/// file as it is ends at the cursor.
@safe final class HTMLParser {
  /// In one piece, so that a callback asks for access once.
  private var events: Events

  private init(_ source: SourceText) { events = Events(source) }

  /// Nil where libxml2 cannot get memory.
  static func parse(_ source: SourceText) -> HTMLTree? {
    initializeOnce
    let parser = HTMLParser(source)
    let isGood = withExtendedLifetime(parser) { parser.run() }
    return isGood ? parser.events.tree : nil
  }

  private static let initializeOnce: Void = xmlInitParser()

  private func run() -> Bool {
    guard events.source.start < events.source.utf8.count else { return true }
    guard let context = unsafe htmlNewParserCtxt() else { return false }
    defer { unsafe htmlFreeParserCtxt(context) }
    let options =
      Int32(
        HTML_PARSE_RECOVER.rawValue | HTML_PARSE_NOERROR.rawValue | HTML_PARSE_NOWARNING.rawValue
          | HTML_PARSE_NONET.rawValue | HTML_PARSE_IGNORE_ENC.rawValue)
      | Int32(XML_PARSE_HUGE.rawValue)
    _ = unsafe htmlCtxtUseOptions(context, options)
    unsafe context.pointee.userData = Unmanaged.passUnretained(self).toOpaque()
    var handler = unsafe xmlSAXHandler()
    unsafe handler.startElement = { user, name, attributes in
      guard let user = unsafe user, let name = unsafe name else { return }
      unsafe Unmanaged<HTMLParser>.fromOpaque(user).takeUnretainedValue()
        .events.start(name, attributes)
    }
    unsafe handler.endElement = { user, name in
      guard let user = unsafe user, let name = unsafe name else { return }
      unsafe Unmanaged<HTMLParser>.fromOpaque(user).takeUnretainedValue().events.end(name)
    }
    unsafe handler.characters = { user, characters, count in
      guard let user = unsafe user, let characters = unsafe characters else { return }
      unsafe Unmanaged<HTMLParser>.fromOpaque(user).takeUnretainedValue()
        .events.text(characters, Int(count))
    }
    unsafe handler.ignorableWhitespace = unsafe handler.characters
    unsafe handler.cdataBlock = { _, _, _ in }
    unsafe context.pointee.sax.pointee = unsafe handler
    let reader = unsafe xmlParserInputBufferCreateIO(
      { user, buffer, count in
        guard let user = unsafe user, let buffer = unsafe buffer, count > 0 else { return 0 }
        let parser = unsafe Unmanaged<HTMLParser>.fromOpaque(user).takeUnretainedValue()
        return unsafe buffer.withMemoryRebound(to: UInt8.self, capacity: Int(count)) { bytes in
          unsafe Int32(
            parser.events.input.read(
              into: UnsafeMutableBufferPointer(start: bytes, count: Int(count))))
        }
      }, nil, Unmanaged.passUnretained(self).toOpaque(), XML_CHAR_ENCODING_NONE)
    guard let reader = unsafe reader else { return false }
    guard let stream = unsafe xmlNewIOInputStream(context, reader, XML_CHAR_ENCODING_NONE) else {
      unsafe xmlFreeParserInputBuffer(reader)
      return false
    }
    _ = unsafe inputPush(context, stream)
    _ = unsafe xmlSwitchEncoding(context, XML_CHAR_ENCODING_UTF8)
    unsafe events.context = unsafe context
    _ = unsafe htmlParseDocument(context)
    unsafe events.context = nil
    events.finish()
    return true
  }

  /// What the parser reports, and the tree that grows from it.
  @safe struct Events {
    var tree = HTMLTree()
    var input: HTMLParserInput
    var context: htmlParserCtxtPtr?
    let source: SourceText
    /// Elements that are open: node indices.
    private var open: [Int] = []
    private var tags: [UInt: HTMLTag] = [:]
    private var names = HTMLNames.Cache()
    private var titleText: [UInt8] = []
    private var isInTitle = false
    private var hasTitle = false
    /// Bytes of text that the parser gathers at most (HTML_PARSER_BIG_BUFFER_SIZE of libxml2).
    private static let fullBuffer = 1000
    /// Page offset up to which text has been used by a reference the parser does not know.
    private var usedUpTo = 0

    init(_ source: SourceText) {
      self.source = source
      input = HTMLParserInput(source)
      // Room, not memory: what is not used is never touched. Doubling would hold nodes twice.
      tree.nodes.reserveCapacity(source.utf8.count / 8)
    }

    /// Where the parser stands: offset in the input.
    private var position: Int {
      guard let stream = unsafe context?.pointee.input else { return input.byteCount }
      let offset =
        unsafe Int(stream.pointee.consumed) + Int(bitPattern: stream.pointee.cur)
        - Int(bitPattern: stream.pointee.base)
      return min(max(offset, 0), input.byteCount)
    }

    private var parent: Int32 { Int32(open.last ?? -1) }

    // MARK: Elements

    mutating func start(
      _ name: UnsafePointer<xmlChar>, _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
    ) {
      let tag = unsafe tag(name)
      let index = tree.nodes.count
      tree.nodes.append(
        HTMLTree.Node(
          tag, parent: parent, end: Int32(index + 1), first: UInt32(input.pageOffset(position)),
          last: 0, value: Int32(tree.elementCount)))
      tree.elementCount += 1
      if let attributes = unsafe attributes {
        var read = HTMLAttributes(tag)
        var slot = 0
        while let key = unsafe attributes[slot] {
          unsafe read.add(key, attributes[slot + 1])
          slot += 2
        }
        read.finish(index, &tree, &names)
      }
      open.append(index)
      if open.count > tree.deepest { tree.deepest = open.count }
      if tag == .title, !hasTitle {
        isInTitle = true
        titleText.removeAll()
      }
    }

    mutating func end(_ name: UnsafePointer<xmlChar>) {
      let tag = unsafe tag(name)
      // The parser closes what it opened, in order; a name that is not open closes nothing.
      guard let last = open.last else { return }
      if tree.nodes[last].tag != tag {
        guard open.suffix(64).contains(where: { tree.nodes[$0].tag == tag }) else { return }
      }
      while let top = open.popLast() {
        tree.nodes[top].end = Int32(tree.nodes.count)
        if tree.nodes[top].tag == tag { break }
      }
      if tag == .title, isInTitle {
        isInTitle = false
        hasTitle = true
      }
    }

    mutating func finish() {
      for index in open { tree.nodes[index].end = Int32(tree.nodes.count) }
      open.removeAll()
      let words = String(decoding: titleText, as: UTF8.self).split(whereSeparator: \.isWhitespace)
      if !words.isEmpty { tree.title = words.joined(separator: " ") }
    }

    // MARK: Text

    mutating func text(_ characters: UnsafePointer<xmlChar>, _ count: Int) {
      guard count > 0 else { return }
      if isInTitle {
        unsafe titleText.append(contentsOf: UnsafeBufferPointer(start: characters, count: count))
        return
      }
      let here = position
      // As it is in the file, up to the cursor, or up to one character before it.
      var end = here
      while unsafe end > here - 4 && !matches(characters, count, endingAt: end) { end -= 1 }
      // A full buffer is handed out before the parser steps over its last character.
      if end == here - 4, count >= Self.fullBuffer {
        for ahead in 1...4 where unsafe matches(characters, count, endingAt: here + ahead) {
          end = here + ahead
          break
        }
      }
      // A lone `<` is handed out before the parser steps over it.
      if end == here - 4, unsafe matches(characters, count, endingAt: here + count) {
        end = here + count
      }
      let isAmpersand = unsafe count == 1 && characters[0] == 0x26
      if end > here - 4, !isAmpersand {
        let first = input.pageOffset(end - count)
        append(text: max(first, usedUpTo), first + count)
        return
      }
      unsafe reference(characters, count, here)
    }

    private mutating func matches(
      _ characters: UnsafePointer<xmlChar>, _ count: Int, endingAt end: Int
    ) -> Bool {
      unsafe input.holds(characters, count, at: end - count)
    }

    private mutating func append(text first: Int, _ last: Int) {
      guard first < last else { return }
      if let previous = tree.nodes.last, previous.tag == .text, previous.last == UInt32(first),
        previous.parent == parent
      {
        tree.nodes[tree.nodes.count - 1].last = UInt32(last)
        return
      }
      append(.text, 0, first, last)
    }

    private mutating func append(_ tag: HTMLTag, _ value: UInt32, _ first: Int, _ last: Int) {
      tree.nodes.append(
        HTMLTree.Node(
          tag, parent: parent, end: Int32(tree.nodes.count + 1), first: UInt32(first),
          last: UInt32(last), value: Int32(value)))
    }

    /// Text that the file spells otherwise: `&amp;`, `&#8220;`, or a lone `&` the parser looked
    /// past.
    private mutating func reference(
      _ characters: UnsafePointer<xmlChar>, _ count: Int, _ here: Int
    ) {
      let last = input.pageOffset(here)
      var first = last - 1
      while first > source.start, last - first < 64, source.utf8[first] != 0x26 { first -= 1 }
      let text = unsafe String(
        decoding: UnsafeBufferPointer(start: characters, count: count), as: UTF8.self)
      guard first >= source.start, source.utf8[first] == 0x26 else {
        // Not to be found: kept, without a place of its own.
        for scalar in text.unicodeScalars { append(.reference, scalar.value, last, last) }
        return
      }
      let isClosed = source.utf8[last - 1] == 0x3B
      let isNumber = first + 1 < source.utf8.count && source.utf8[first + 1] == 0x23
      if text == "&", !isNumber, !isClosed || !HTMLReferences.spellsAmpersand(source.utf8, first) {
        if let (value, length) = HTMLReferences.modern(source.utf8, first) {
          // A name the parser does not know, or not without a semicolon: it comes next as text.
          usedUpTo = first + length
          append(.reference, value, first, first + length)
        } else {
          append(text: first, first + 1)
        }
        return
      }
      for scalar in text.unicodeScalars {
        append(.reference, HTMLReferences.webValue(scalar.value), first, last)
      }
    }

    /// Names come from the parser's dictionary, so one name is one address.
    private mutating func tag(_ name: UnsafePointer<xmlChar>) -> HTMLTag {
      let key = UInt(bitPattern: name)
      if let known = tags[key] { return known }
      let tag = unsafe HTMLTag.named(String(cString: name).lowercased())
      tags[key] = tag
      return tag
    }
  }
}

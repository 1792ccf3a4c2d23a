import CLibXML2
import Foundation

/// libxml2's HTML parser (SAX) → ``HTMLTree``, with the place of each piece of text.
///
/// Where the parser stands is what it has used up and let go of, and the distance of its cursor from
/// the beginning of what it holds. A callback comes when its text has been read: text that is in the
/// file as it is ends at the cursor.
@safe final class HTMLParser {
  private(set) var tree = HTMLTree()
  private let source: SourceText
  private var base = 0
  private var byteCount = 0
  /// Elements that are open: node indices.
  private var open: [Int] = []
  private var cursor = 0
  private var tags: [UInt: HTMLTag] = [:]
  private var names = HTMLNames.Cache()
  private var titleText: [UInt8] = []
  private var isInTitle = false
  private var hasTitle = false

  private init(_ source: SourceText) { self.source = source }

  /// Nil where libxml2 cannot get memory.
  static func parse(_ source: SourceText) -> HTMLTree? {
    initializeOnce
    let parser = HTMLParser(source)
    let text = sanitized(source)
    let isGood = withExtendedLifetime(parser) { parser.run(text) }
    return isGood ? parser.tree : nil
  }

  private static let initializeOnce: Void = xmlInitParser()

  /// The text with what the parser would drop or stop at made blank, byte for byte: control
  /// characters and the two non-characters of the first plane. Ends in a NUL.
  private static func sanitized(_ source: SourceText) -> [UInt8] {
    var text = [UInt8](repeating: 0, count: source.utf8.count - source.start + 1)
    let start = source.start
    let utf8 = source.utf8
    unsafe text.withUnsafeMutableBufferPointer { text in
      unsafe utf8.withUnsafeBufferPointer { utf8 in
        var position = start
        while position < utf8.count {
          var byte = unsafe utf8[position]
          if byte < 0x20, byte != 0x0A, byte != 0x09, byte != 0x0D { byte = 0x20 }
          if byte == 0xEF, position + 2 < utf8.count, unsafe utf8[position + 1] == 0xBF,
            unsafe utf8[position + 2] >= 0xBE
          {
            unsafe text[position - start] = 0xEF
            unsafe text[position + 1 - start] = 0xBF
            unsafe text[position + 2 - start] = 0xBD
            position += 3
            continue
          }
          unsafe text[position - start] = byte
          position += 1
        }
      }
    }
    return text
  }

  private func run(_ text: [UInt8]) -> Bool {
    byteCount = text.count - 1
    guard byteCount > 0 else { return true }
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
        .start(name, attributes)
    }
    unsafe handler.endElement = { user, name in
      guard let user = unsafe user, let name = unsafe name else { return }
      unsafe Unmanaged<HTMLParser>.fromOpaque(user).takeUnretainedValue().end(name)
    }
    unsafe handler.characters = { user, characters, count in
      guard let user = unsafe user, let characters = unsafe characters else { return }
      unsafe Unmanaged<HTMLParser>.fromOpaque(user).takeUnretainedValue()
        .text(characters, Int(count))
    }
    unsafe handler.ignorableWhitespace = unsafe handler.characters
    unsafe handler.cdataBlock = { _, _, _ in }
    unsafe context.pointee.sax.pointee = unsafe handler
    return unsafe text.withUnsafeBufferPointer { buffer in
      guard let address = buffer.baseAddress else { return true }
      base = Int(bitPattern: address)
      return unsafe address.withMemoryRebound(to: CChar.self, capacity: buffer.count) {
        characters in
        guard
          let input = unsafe xmlParserInputBufferCreateMem(
            characters, Int32(byteCount), XML_CHAR_ENCODING_NONE)
        else { return false }
        guard let stream = unsafe xmlNewIOInputStream(context, input, XML_CHAR_ENCODING_NONE) else {
          unsafe xmlFreeParserInputBuffer(input)
          return false
        }
        _ = unsafe inputPush(context, stream)
        unsafe self.context = unsafe context
        _ = unsafe xmlSwitchEncoding(context, XML_CHAR_ENCODING_UTF8)
        _ = unsafe htmlParseDocument(context)
        unsafe self.context = nil
        finish()
        return true
      }
    }
  }

  private var context: htmlParserCtxtPtr?

  /// Where the parser stands: offset in the sanitised text.
  private var position: Int {
    guard let input = unsafe context?.pointee.input?.pointee else { return byteCount }
    let offset =
      unsafe Int(input.consumed) + Int(bitPattern: input.cur) - Int(bitPattern: input.base)
    return min(max(offset, 0), byteCount)
  }

  // MARK: Events

  private func start(
    _ name: UnsafePointer<xmlChar>, _ attributes: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
  ) {
    let tag = unsafe tag(name)
    let index = tree.nodes.count
    let place = UInt32(position + source.start)
    var node = HTMLTree.Node(
      tag: tag, flags: [], parent: Int32(open.last ?? -1), end: Int32(index + 1), first: place,
      last: 0, value: 0)
    if let attributes = unsafe attributes {
      var read = HTMLAttributes(tag)
      var slot = 0
      while let key = unsafe attributes[slot] {
        if let value = unsafe attributes[slot + 1] {
          unsafe read.add(key, value)
        } else {
          unsafe read.add(key, nil)
        }
        slot += 2
      }
      read.finish(&node, index, &tree, &names)
    }
    tree.nodes.append(node)
    open.append(index)
    if open.count > tree.deepest { tree.deepest = open.count }
    if tag == .title, !hasTitle {
      isInTitle = true
      titleText.removeAll()
    }
  }

  private func end(_ name: UnsafePointer<xmlChar>) {
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

  private func finish() {
    for index in open { tree.nodes[index].end = Int32(tree.nodes.count) }
    open.removeAll()
    let words = String(decoding: titleText, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    if !words.isEmpty { tree.title = words.joined(separator: " ") }
  }

  private func text(_ characters: UnsafePointer<xmlChar>, _ count: Int) {
    guard count > 0 else { return }
    if isInTitle {
      unsafe titleText.append(contentsOf: UnsafeBufferPointer(start: characters, count: count))
      return
    }
    let here = position
    // As it is in the file, up to the cursor; or up to one character before it, where the parser
    // hands out a full buffer before it steps on.
    var end = here
    var isVerbatim = unsafe matches(characters, count, endingAt: end)
    if !isVerbatim {
      for back in 1...4 where !isVerbatim {
        isVerbatim = unsafe matches(characters, count, endingAt: here - back)
        if isVerbatim { end = here - back }
      }
    }
    let isAmpersand = unsafe count == 1 && characters[0] == 0x26
    if isVerbatim, !isAmpersand {
      appendText(max(end - count, skipUntil), end)
      return
    }
    unsafe reference(characters, count, here)
  }

  private func matches(_ characters: UnsafePointer<xmlChar>, _ count: Int, endingAt end: Int)
    -> Bool
  {
    guard end >= count, let start = unsafe UnsafeRawPointer(bitPattern: base + end - count) else {
      return false
    }
    return unsafe memcmp(characters, start, count) == 0
  }

  private func byte(_ offset: Int) -> UInt8 {
    offset < byteCount ? source.utf8[offset + source.start] : 0
  }

  private func appendText(_ first: Int, _ last: Int) {
    guard first < last else { return }
    let first = UInt32(first + source.start)
    let last = UInt32(last + source.start)
    if let previous = tree.nodes.last, previous.tag == .text, previous.last == first,
      previous.parent == Int32(open.last ?? -1)
    {
      tree.nodes[tree.nodes.count - 1].last = last
      return
    }
    tree.nodes.append(
      HTMLTree.Node(
        tag: .text, flags: [], parent: Int32(open.last ?? -1), end: Int32(tree.nodes.count + 1),
        first: first, last: last, value: 0))
  }

  /// Text that the file spells otherwise: `&amp;`, `&#8220;`, or a lone `&` the parser looked past.
  private func reference(_ characters: UnsafePointer<xmlChar>, _ count: Int, _ here: Int) {
    var start = here - 1
    while start > 0, here - start < 64, byte(start) != 0x26 { start -= 1 }
    let text = unsafe String(
      decoding: UnsafeBufferPointer(start: characters, count: count), as: UTF8.self)
    guard byte(start) == 0x26 else {
      // Not to be found: kept, without a place of its own.
      for scalar in text.unicodeScalars { appendReference(scalar.value, here, here) }
      return
    }
    if text == "&", byte(start + 1) != 0x23,
      !HTMLReferences.spellsAmpersand(source.utf8, start + source.start)
    {
      if let (value, length) = HTMLReferences.modern(source.utf8, start + source.start) {
        // A name of HTML 5, which the parser does not know; its name comes next and is skipped.
        skipUntil = start + length
        appendReference(value, start, start + length)
        return
      }
      appendText(start, start + 1)
      return
    }
    for scalar in text.unicodeScalars {
      appendReference(HTMLReferences.webValue(scalar.value), start, here)
    }
  }

  private var skipUntil = 0

  private func appendReference(_ value: UInt32, _ first: Int, _ last: Int) {
    tree.nodes.append(
      HTMLTree.Node(
        tag: .reference, flags: [], parent: Int32(open.last ?? -1),
        end: Int32(tree.nodes.count + 1), first: UInt32(first + source.start),
        last: UInt32(last + source.start), value: Int32(value)))
  }

  /// Names come from the parser's dictionary, so one name is one address.
  private func tag(_ name: UnsafePointer<xmlChar>) -> HTMLTag {
    let key = UInt(bitPattern: name)
    if let known = tags[key] { return known }
    let tag = unsafe HTMLTag.named(String(cString: name).lowercased())
    tags[key] = tag
    return tag
  }
}

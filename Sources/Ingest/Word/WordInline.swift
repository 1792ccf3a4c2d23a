import Documents

/// What stands in paragraphs: runs, links, fields, changes.
extension WordStory {
  func readInline(of parent: Int) {
    for node in tree.children(of: parent) {
      switch tree.nodes[node].name {
      case .run: readRun(node)
      case .hyperlink: readLink(node, address: address(ofLink: node))
      case .simpleField:
        readLink(node, address: tree.value("instr", of: node).flatMap { WordFields.address($0) })
      case .contentControl:
        if let content = tree.child(.controlContent, of: node) { readInline(of: content) }
      case .smartTag, .customXML, .direction, .directionOverride, .inserted, .movedTo:
        readInline(of: node)
      case .alternatives: if let chosen = chosen(node) { readInline(of: chosen) }
      case .formula, .formulaParagraph: readFormula(node)
      default: break
      }
    }
  }

  // MARK: Runs

  private func readRun(_ node: Int) {
    let properties = tree.child(.runProperties, of: node)
    let runStyle = reading.styles.run(tree.value(of: .runStyle, in: properties))
    isBold =
      tree.flag(.bold, in: properties) ?? runStyle?.isBold ?? style.isBold ?? false
    isHidden =
      tree.flag(.hidden, in: properties) ?? runStyle?.isHidden ?? style.isHidden ?? false
    readContent(of: node)
    isBold = false
    isHidden = false
  }

  private func readContent(of run: Int) {
    for node in tree.children(of: run) {
      switch tree.nodes[node].name {
      case .text: add(textOf: node)
      case .tab, .positionTab: separate()
      case .lineBreak:
        if [nil, "textWrapping"].contains(tree.value("type", of: node)) {
          breakLine()
        } else {
          separate()
        }
      case .carriageReturn: breakLine()
      case .hyphen: add("-", standingFor: node)
      case .symbol:
        let scalar = WordSymbols.scalar(
          font: tree.value("font", of: node) ?? "", code: tree.value("char", of: node) ?? "")
        if scalar == nil, fields.isShown, !isHidden { reading.missSymbol() }
        add(scalar ?? "\u{FFFD}", standingFor: node)
      case .fieldCharacter: readFieldCharacter(node)
      case .fieldCode:
        fields.add(code: XMLText.verbatim(source.utf8, tree.content(of: node)))
      case .footnoteReference: addReference(node, .footnote)
      case .endnoteReference: addReference(node, .endnote)
      case .ruby: if let base = tree.child(.rubyBase, of: node) { readInline(of: base) }
      case .drawing, .picture, .object: lookIn(node)
      case .alternatives: if let chosen = chosen(node) { readContent(of: chosen) }
      default: break
      }
    }
  }

  private func readFieldCharacter(_ node: Int) {
    switch tree.value("fldCharType", of: node) {
    case "begin":
      if let form = tree.child(.fieldData, of: node) { readForm(form, at: node) }
      fields.begin()
    case "separate":
      if let address = fields.separate(), openLinks.count < Self.mostOpenLinks {
        openLinks.append(OpenLink(address: address, isField: true))
      }
    case "end": if fields.end(), openLinks.last?.isField == true { closeLink() }
    default: break
    }
  }

  /// Fields of forms that have no result: boxes to tick, lists to choose from.
  private func readForm(_ form: Int, at node: Int) {
    if let box = tree.child(.fieldCheckBox, of: form) {
      let isTicked = tree.flag(.checked, in: box) ?? tree.flag(.defaultValue, in: box) ?? false
      add(isTicked ? "☒" : "☐", standingFor: node)
    } else if let list = tree.child(.fieldList, of: form) {
      let entries = tree.children(of: list).filter { tree.nodes[$0].name == .listEntry }
      let choice =
        tree.number(of: .result, in: list) ?? tree.number(of: .defaultValue, in: list) ?? 0
      guard entries.indices.contains(choice) else { return }
      for scalar in (tree.value("val", of: entries[choice]) ?? "").unicodeScalars {
        add(scalar, standingFor: entries[choice])
      }
    }
  }

  private func addReference(_ node: Int, _ kind: WordReading.Note.Kind) {
    guard fields.isShown, !isHidden, let id = tree.value("id", of: node) else { return }
    let isNumbered = tree.flag(value: tree.value("customMarkFollows", of: node)) != true
    guard let mark = reading.refer(to: id, kind, isNumbered: isNumbered) else { return }
    // In brackets, so that it makes no other number of a number before it.
    for scalar in "[\(mark)]".unicodeScalars { add(scalar, standingFor: node) }
  }

  /// Text boxes, whose paragraphs follow this one, and what has no text.
  private func lookIn(_ parent: Int) {
    var node = parent + 1
    while node < Int(tree.nodes[parent].end) {
      switch tree.nodes[node].name {
      case .boxContent:
        if fields.isShown { boxes.append(node) }
        node = Int(tree.nodes[node].end)
        continue
      case .alternatives:
        if let chosen = chosen(node) { lookIn(chosen) }
        node = Int(tree.nodes[node].end)
        continue
      case .graphicData:
        let kind = tree.value("uri", of: node) ?? ""
        if kind.hasSuffix("/chart") || kind.hasSuffix("/chartex") { reading.miss("Charts") }
        if kind.hasSuffix("/diagram") { reading.miss("Diagrams") }
      case .blip, .imageData: reading.pictures += 1
      case .embedded: reading.miss("Embedded objects")
      default: break
      }
      node += 1
    }
  }

  /// Formulas become their letters and signs, in a line.
  func readFormula(_ parent: Int) {
    for node in tree.descendants(of: parent) where tree.nodes[node].name == .formulaText {
      add(textOf: node)
    }
  }

  // MARK: Links

  /// Links inside each other; no document has two.
  private static let mostOpenLinks = 16

  private func address(ofLink node: Int) -> String? {
    var address = ""
    if let id = tree.value("r:id", of: node), let target = relationships[id], target.isExternal {
      address = target.target
    }
    if let anchor = tree.value("anchor", of: node), !anchor.isEmpty { address += "#\(anchor)" }
    return address.isEmpty ? nil : address
  }

  private func readLink(_ node: Int, address: String?) {
    guard let address, openLinks.count < Self.mostOpenLinks else { return readInline(of: node) }
    openLinks.append(OpenLink(address: address, isField: false))
    let depth = openLinks.count
    readInline(of: node)
    // Fields may end where they should not.
    while openLinks.count > depth { closeLink() }
    if openLinks.count == depth { closeLink() }
  }

  private func closeLink() {
    guard let link = openLinks.popLast(), let place = link.place else { return }
    let words = String(decoding: link.text, as: UTF8.self).split(whereSeparator: \.isWhitespace)
    reading.links.append(
      Link(.address(link.address), at: .bytes(place), text: words.joined(separator: " ")))
  }

  // MARK: Text

  private func add(textOf node: Int) {
    var range = tree.content(of: node)
    if tree.value("xml:space", of: node) != "preserve" {
      while let first = range.first, source.utf8[first] <= 0x20 { range.removeFirst() }
      while let last = range.last, source.utf8[last] <= 0x20 { range.removeLast() }
    }
    guard !range.isEmpty, fields.isShown else { return }
    guard !isHidden else {
      if source.utf8[range].contains(where: { $0 > 0x20 }) { reading.hide() }
      return
    }
    let before = builder.bytes.count
    XMLText.pieces(source.utf8, range) { piece in
      switch piece {
      case .plain(let range): builder.appendCollapsed(range)
      case .scalar(let scalar, let range): append(scalar, standingFor: range)
      }
    }
    added(since: before, range)
  }

  private func append(_ scalar: Unicode.Scalar, standingFor range: Range<Int>) {
    switch scalar.value {
    case 0...0x20, 0xA0, 0x2002...0x200A, 0x202F:
      if (builder.bytes.last ?? 0x20) > 0x20 {
        builder.append(CollectionOfOne(0x20), standingFor: range)
      }
    case 0xAD, 0x200B, 0x200E, 0x200F, 0xFEFF: break
    default: builder.append(String(scalar).utf8, standingFor: range)
    }
  }

  /// A character that an element stands for.
  private func add(_ scalar: Unicode.Scalar, standingFor node: Int) {
    guard fields.isShown, !isHidden else { return }
    let end = Int(tree.nodes[node].first)
    var start = max(end - 1, source.start)
    while start > source.start, source.utf8[start] != 0x3C { start -= 1 }
    let before = builder.bytes.count
    append(scalar, standingFor: start..<end)
    added(since: before, start..<end)
  }

  private func added(since before: Int, _ range: Range<Int>) {
    let count = builder.bytes.count - before
    letters += count
    if isBold { boldLetters += count }
    guard !openLinks.isEmpty, count > 0 else { return }
    let place = source.fileRange(of: range)
    for index in openLinks.indices {
      openLinks[index].text += builder.bytes[before...]
      let old = openLinks[index].place ?? place
      openLinks[index].place =
        min(old.lowerBound, place.lowerBound)..<max(old.upperBound, place.upperBound)
    }
  }

  private func separate() {
    guard fields.isShown, !isHidden else { return }
    builder.separate()
    for index in openLinks.indices { openLinks[index].text.append(0x20) }
  }

  private func breakLine() {
    guard fields.isShown, !isHidden, !builder.isEmpty else { return }
    // A row of a table is a line.
    guard collected == nil else { return separate() }
    builder.trimEnd()
    if !builder.isEmpty, builder.bytes.last != 0x0A { builder.append(unanchored: 0x0A) }
    for index in openLinks.indices { openLinks[index].text.append(0x20) }
  }
}

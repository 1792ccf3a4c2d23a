import CLibXML2
import Foundation

/// One element's attributes, boiled down to what reading depends on.
struct HTMLAttributes {
  private let tag: HTMLTag
  private var flags: HTMLTree.Flags = []
  /// Class and id, in lower case, parted by spaces.
  private var names: [UInt8] = []
  private var classHash: UInt32 = 0
  private var columnSpan = 1
  private var rowSpan = 1
  private var start: Int?
  private var kind: UInt8 = 0
  private var language: String?
  private var metaName = ""
  private var metaContent = ""

  init(_ tag: HTMLTag) { self.tag = tag }

  /// - Parameter value: nil for an attribute without one (`hidden`).
  mutating func add(_ key: UnsafePointer<xmlChar>, _ value: UnsafePointer<xmlChar>?) {
    let name = unsafe Characters(key)
    let value = unsafe Characters(value)
    switch name.count {
    case 2 where name == "id": value.append(to: &names)
    case 3 where name == "rel":
      if value.contains("author") { flags.insert(.byline) }
    case 4 where name == "href":
      // An address in a contract is a link, too, but no sign of a list of links.
      if !value.begins("mailto:"), !value.begins("tel:") { flags.insert(.link) }
      if value.first == 0x23 { flags.insert(.anchorLink) }
    case 4 where name == "role": addRole(value.text(40).lowercased())
    case 4 where name == "lang" && tag == .html: language = value.text(40)
    case 4 where name == "name" && tag == .meta: metaName = value.text(80).lowercased()
    case 4 where name == "type" && tag == .ol: kind = value.first ?? 0
    case 5 where name == "class":
      let start = names.count
      value.append(to: &names)
      classHash = names[start...].reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    case 5 where name == "style": addStyle(value)
    case 5 where name == "align":
      if value == "center" { flags.insert(.centered) }
    case 5 where name == "start" || name == "value" && tag == .li: start = Int(value.text(12))
    case 6 where name == "hidden":
      if !(value == "until-found") { flags.insert(.hidden) }
    case 7 where name == "colspan": columnSpan = min(max(Int(value.text(8)) ?? 1, 1), 1000)
    case 7 where name == "rowspan": rowSpan = min(max(Int(value.text(8)) ?? 1, 0), 65534)
    case 7 where name == "content" && tag == .meta: metaContent = value.text(1000)
    case 7 where name == "summary" && tag == .table:
      if value.count > 0 { flags.insert(.dataTable) }
    case 8 where name == "itemprop":
      if value == "articlebody" || value == "text" { flags.insert(.main) }
      if value.contains("author") { flags.insert(.byline) }
      if tag == .meta { metaName = value.text(80).lowercased() }
    case 8 where name == "property" && tag == .meta: metaName = value.text(80).lowercased()
    case 8 where name == "itemtype":
      if value.contains("/article") { flags.insert(.likely) }
    case 9 where name == "datatable":
      if value == "0" { flags.insert(.layoutTable) }
    case 10 where name == "aria-modal":
      if value == "true" { flags.insert(.around) }
    case 11 where name == "aria-hidden":
      if value == "true" { flags.insert(.hidden) }
    default: break
    }
  }

  /// The characters of a C string, compared without regard to case.
  @safe private struct Characters {
    private let start: UnsafePointer<xmlChar>?
    let count: Int

    init(_ start: UnsafePointer<xmlChar>?) {
      unsafe self.start = unsafe start
      count =
        unsafe start.map {
          unsafe strlen(UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self))
        } ?? 0
    }

    private init(_ start: UnsafePointer<xmlChar>?, _ count: Int) {
      unsafe self.start = unsafe start
      self.count = count
    }

    /// The declarations of a style, without the white space around them.
    func eachDeclaration(_ body: (Characters, Characters) -> Void) {
      guard let start = unsafe start else { return }
      func part(_ from: Int, _ to: Int) -> Characters {
        var from = from
        var to = to
        while from < to, unsafe start[from] <= 0x20 { from += 1 }
        while to > from, unsafe start[to - 1] <= 0x20 { to -= 1 }
        return unsafe Characters(start + from, to - from)
      }
      var position = 0
      while position < count {
        let begin = position
        var colon = -1
        while position < count, unsafe start[position] != 0x3B {
          if unsafe start[position] == 0x3A, colon < 0 { colon = position }
          position += 1
        }
        if colon > begin { body(part(begin, colon), part(colon + 1, position)) }
        position += 1
      }
    }

    func begins(_ word: StaticString) -> Bool {
      guard count >= word.utf8CodeUnitCount else { return false }
      for index in 0..<word.utf8CodeUnitCount {
        if unsafe lower(index) != word.utf8Start[index] { return false }
      }
      return true
    }

    var first: UInt8? { count > 0 ? unsafe start![0] : nil }

    @inline(__always) private func lower(_ index: Int) -> UInt8 {
      let byte = unsafe start![index]
      return (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
    }

    static func == (left: Characters, right: StaticString) -> Bool {
      guard left.count == right.utf8CodeUnitCount else { return false }
      for index in 0..<left.count {
        if unsafe left.lower(index) != right.utf8Start[index] { return false }
      }
      return true
    }

    /// Whether `word` stands in it; spaces in between do not count.
    func contains(_ word: StaticString) -> Bool {
      let length = word.utf8CodeUnitCount
      guard count >= length else { return false }
      let first = unsafe word.utf8Start[0]
      for begin in 0...(count - length) where lower(begin) == first {
        var index = begin
        var matched = 0
        while index < count, matched < length {
          let byte = lower(index)
          if unsafe byte == word.utf8Start[matched] {
            matched += 1
          } else if byte > 0x20 {
            break
          }
          index += 1
        }
        if matched == length { return true }
      }
      return false
    }

    /// In lower case, with a space after it; 400 bytes at most.
    func append(to names: inout [UInt8]) {
      for index in 0..<min(count, 400) { names.append(lower(index)) }
      names.append(0x20)
    }

    func text(_ limit: Int) -> String {
      guard let start = unsafe start else { return "" }
      return unsafe String(
        decoding: UnsafeBufferPointer(start: start, count: min(count, limit)), as: UTF8.self)
    }
  }

  private mutating func addRole(_ role: String) {
    switch role {
    case "main", "article": flags.insert(.main)
    case "navigation", "banner", "complementary", "contentinfo", "search", "dialog", "alertdialog",
      "menu", "menubar", "alert", "tablist", "toolbar":
      flags.insert(.around)
    case "presentation", "none": if tag == .table { flags.insert(.layoutTable) }
    case "grid", "table": flags.insert(.dataTable)
    default: break
    }
  }

  private mutating func addStyle(_ style: Characters) {
    guard style.count < 4000 else { return }
    style.eachDeclaration { property, value in
      switch property.count {
      case 7 where property == "display":
        if value.begins("none") { flags.insert(.hidden) }
        if value.begins("block") { flags.insert(.blockStyle) }
      case 10 where property == "visibility":
        if value.begins("hidden") { flags.insert(.hidden) }
      case 10 where property == "text-align":
        if value.begins("center") { flags.insert(.centered) }
      case 11 where property == "font-weight":
        if value.begins("bold") || value.begins("7") || value.begins("6") || value.begins("8") {
          flags.insert(.bold)
        }
      case 11 where property == "white-space":
        if value.begins("pre") { flags.insert(.preformatted) }
      default: break
      }
    }
  }

  func finish(_ index: Int, _ tree: inout HTMLTree, _ cache: inout HTMLNames.Cache) {
    var flags = flags
    if !names.isEmpty { flags.formUnion(cache.flags(of: names)) }
    tree.nodes[index].flags = flags
    tree.nodes[index].last = classHash
    if columnSpan != 1 || rowSpan != 1 { tree.spans[index] = (columnSpan, rowSpan) }
    if let start { tree.listStarts[index] = start }
    if kind != 0 { tree.listKinds[index] = kind }
    if let language, tree.language == nil, !language.isEmpty { tree.language = language }
    if tag == .meta, !metaContent.isEmpty, !metaName.isEmpty { addMeta(&tree) }
  }

  private func addMeta(_ tree: inout HTMLTree) {
    var content: String {
      metaContent.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    switch metaName {
    case "author", "article:author", "dc.creator", "dcterms.creator":
      if tree.author == nil, !content.hasPrefix("http") { tree.author = content }
    case "og:title", "dc.title", "dcterms.title":
      if tree.siteTitle == nil { tree.siteTitle = content }
    case "article:published_time", "date", "dc.date", "dcterms.date", "dcterms.created",
      "datepublished", "dc.date.issued", "citation_publication_date":
      if tree.date == nil, let date = MeetingDate.find(in: String(content.prefix(10))) {
        tree.date = date
      }
    default: break
    }
  }
}

/// What classes and ids of web pages are called by, whatever the site.
enum HTMLNames {
  /// The meanings of a word found in a class or an id.
  private struct Meanings: OptionSet {
    let rawValue: UInt8
    static let unlikely = Meanings(rawValue: 1)
    static let likely = Meanings(rawValue: 2)
    static let positive = Meanings(rawValue: 4)
    static let negative = Meanings(rawValue: 8)
    static let apart = Meanings(rawValue: 16)
    static let postContent = Meanings(rawValue: 32)
    static let byline = Meanings(rawValue: 64)
    /// Around the content, or what a section of it is about (`sharing`, `cookies`).
    static let topical = Meanings(rawValue: 128)
  }

  private static let lists: [(Meanings, String)] = [
    (
      .unlikely,
      """
      -ad- ai2html breadcrumb combx comment cover-wrap disqus footer menu related replies \
      shoutbox sidebar skyscraper sponsor supplemental ad-break agegate pagination pager popup \
      yom-remote navbar nav- -nav navigation masthead toolbar widget skip-link
      """
    ),
    (
      .topical,
      """
      banner community extra gdpr header legends remark rss social cookie consent newsletter \
      subscribe promo share sharing
      """
    ),
    (.likely, "and article body column content main shadow"),
    (
      .positive,
      "article body content entry hentry h-entry main page pagination post text blog story"
    ),
    (
      .negative,
      """
      -ad- hidden banner combx comment com- contact footer gdpr masthead media meta outbrain promo \
      related scroll share shoutbox sidebar skyscraper sponsor shopping tags widget
      """
    ),
    (
      .apart,
      """
      addthis sharedaddy share-button sharebutton social-share share-links sharelinks \
      related-posts relatedposts related-articles jp-relatedposts recommended-posts cookie-consent \
      cookie-banner cookie-notice newsletter-signup newsletter-form subscribe-form \
      post-navigation nav-links nav-below nav-above wp-pagenavi breadcrumb author-bio authorbox \
      site-footer site-header page-footer footer-widgets widget-area printfriendly mw-editsection \
      mw-jump noprint catlinks navbox skip-link screen-reader-text visually-hidden \
      visuallyhidden sr-only popular-posts tag-links tags-links cat-links post-tags entry-tags \
      outbrain taboola
      """
    ),
    (
      .postContent,
      """
      entry-content post-content article-content article-body articlebody article__body post-body \
      postbody story-body content-body main-content maincontent post_content entry_content \
      article_body article-text articletext post-text blog-content mw-parser-output story_body \
      postcontent entrytext article_content storytext body-content field-name-body
      """
    ),
    (.byline, "byline author dateline writtenby p-author"),
  ]

  /// All words by their first byte, so that a name is looked through once.
  private static let words: [[(word: [UInt8], meanings: Meanings)]] = {
    var table = [[(word: [UInt8], meanings: Meanings)]](repeating: [], count: 256)
    for (meanings, list) in lists {
      for word in list.split(separator: " ") {
        let bytes = Array(word.utf8)
        table[Int(bytes[0])].append((bytes, meanings))
      }
    }
    return table
  }()

  /// Pages use few names for many elements.
  struct Cache {
    private var known: [[UInt8]: HTMLTree.Flags] = [:]

    mutating func flags(of names: [UInt8]) -> HTMLTree.Flags {
      if let found = known[names] { return found }
      let found = HTMLNames.flags(of: names)
      if known.count < 1 << 14 { known[names] = found }
      return found
    }
  }

  /// - Parameter names: class and id in lower case.
  static func flags(of names: [UInt8]) -> HTMLTree.Flags {
    var found: Meanings = []
    let table = words
    for start in names.indices {
      for (word, meanings) in table[Int(names[start])] where found.rawValue & meanings.rawValue == 0
      {
        guard start + word.count <= names.count else { continue }
        var index = 1
        while index < word.count, names[start + index] == word[index] { index += 1 }
        if index == word.count { found.formUnion(meanings) }
      }
    }
    var flags: HTMLTree.Flags = []
    if found.contains(.unlikely) { flags.insert(.unlikely) }
    if found.contains(.topical) { flags.insert(.topical) }
    if found.contains(.likely) { flags.insert(.likely) }
    if found.contains(.apart) { flags.insert(.apart) }
    if found.contains(.postContent) { flags.insert(.postContent) }
    if found.contains(.byline) { flags.insert(.byline) }
    if found.contains(.positive) { flags.insert(.positive) }
    if found.contains(.negative) { flags.insert(.negative) }
    return flags
  }
}

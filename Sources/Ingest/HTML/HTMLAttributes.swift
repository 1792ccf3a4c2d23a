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
    let name = unsafe UnsafeBufferPointer(
      start: key, count: strlen(UnsafeRawPointer(key).assumingMemoryBound(to: CChar.self)))
    let value = unsafe value.map {
      unsafe UnsafeBufferPointer(
        start: $0, count: strlen(UnsafeRawPointer($0).assumingMemoryBound(to: CChar.self)))
    }
    func isKey(_ word: StaticString) -> Bool {
      guard name.count == word.utf8CodeUnitCount else { return false }
      for index in 0..<name.count {
        var byte = unsafe name[index]
        if (0x41...0x5A).contains(byte) { byte |= 0x20 }
        if unsafe byte != word.utf8Start[index] { return false }
      }
      return true
    }
    func lowered(_ limit: Int = 400) -> [UInt8] {
      unsafe (value ?? UnsafeBufferPointer(start: nil, count: 0)).prefix(limit).map {
        (0x41...0x5A).contains($0) ? $0 | 0x20 : $0
      }
    }
    func text(_ limit: Int = 1000) -> String {
      unsafe String(
        decoding: (value ?? UnsafeBufferPointer(start: nil, count: 0)).prefix(limit), as: UTF8.self)
    }
    switch name.count {
    case 2 where isKey("id"): names.append(contentsOf: lowered() + [0x20])
    case 4 where isKey("href"):
      flags.insert(.link)
      if unsafe value?.first == 0x23 { flags.insert(.anchorLink) }
      if lowered(12).starts(with: Array("javascript:".utf8)) { flags.insert(.javascriptLink) }
    case 4 where isKey("role"): addRole(lowered(40))
    case 4 where isKey("lang") && tag == .html: language = text(40)
    case 4 where isKey("name") && tag == .meta: metaName = text(80).lowercased()
    case 4 where isKey("type") && tag == .ol: unsafe kind = value?.first ?? 0
    case 5 where isKey("class"):
      let classes = lowered()
      names.append(contentsOf: classes + [0x20])
      classHash = classes.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    case 5 where isKey("style"): addStyle(lowered(600).filter { $0 > 0x20 })
    case 5 where isKey("align"):
      if lowered(10) == Array("center".utf8) { flags.insert(.centered) }
    case 5 where isKey("start"), 5 where isKey("value") && tag == .li: start = Int(text(12))
    case 6 where isKey("hidden"):
      if lowered(20) != Array("until-found".utf8) { flags.insert(.hidden) }
    case 7 where isKey("colspan"): columnSpan = min(max(Int(text(8)) ?? 1, 1), 1000)
    case 7 where isKey("rowspan"): rowSpan = min(max(Int(text(8)) ?? 1, 0), 65534)
    case 7 where isKey("content") && tag == .meta: metaContent = text()
    case 7 where isKey("summary") && tag == .table: flags.insert(.dataTable)
    case 8 where isKey("itemprop"):
      let property = lowered(60)
      if property == Array("articlebody".utf8) || property == Array("text".utf8) {
        flags.insert(.main)
      }
      if tag == .meta { metaName = String(decoding: property, as: UTF8.self) }
      if contains(property, "author") { flags.insert(.byline) }
    case 8 where isKey("property") && tag == .meta: metaName = text(80).lowercased()
    case 8 where isKey("itemtype"):
      if contains(lowered(), "/article") { flags.insert(.likely) }
    case 3 where isKey("rel"):
      if contains(lowered(40), "author") { flags.insert(.byline) }
    case 9 where isKey("datatable"):
      if lowered(4) == Array("0".utf8) { flags.insert(.layoutTable) }
    case 10 where isKey("aria-modal"):
      if lowered(8) == Array("true".utf8) { flags.insert(.around) }
    case 11 where isKey("aria-hidden"):
      if lowered(8) == Array("true".utf8) { flags.insert(.hidden) }
    default: break
    }
  }

  private mutating func addRole(_ role: [UInt8]) {
    switch String(decoding: role, as: UTF8.self) {
    case "main", "article": flags.insert(.main)
    case "navigation", "banner", "complementary", "contentinfo", "search", "dialog", "alertdialog",
      "menu", "menubar", "alert", "tablist", "toolbar":
      flags.insert(.around)
    case "presentation", "none": if tag == .table { flags.insert(.layoutTable) }
    case "grid", "table": flags.insert(.dataTable)
    default: break
    }
  }

  /// - Parameter style: without white space, in lower case.
  private mutating func addStyle(_ style: [UInt8]) {
    if contains(style, "display:none") || contains(style, "visibility:hidden") {
      flags.insert(.hidden)
    }
    if contains(style, "font-weight:bold") || contains(style, "font-weight:7")
      || contains(style, "font-weight:6") || contains(style, "font-weight:8")
    {
      flags.insert(.bold)
    }
    if contains(style, "text-align:center") { flags.insert(.centered) }
    if contains(style, "white-space:pre") { flags.insert(.preformatted) }
    if contains(style, "display:block") { flags.insert(.blockStyle) }
    if contains(style, "display:inline") { flags.insert(.inlineStyle) }
  }

  private func contains(_ text: [UInt8], _ word: String) -> Bool {
    HTMLNames.contains(text, Array(word.utf8))
  }

  func finish(
    _ node: inout HTMLTree.Node, _ index: Int, _ tree: inout HTMLTree,
    _ cache: inout HTMLNames.Cache
  ) {
    var flags = flags
    if !names.isEmpty {
      let (named, weight) = cache.flags(of: names)
      flags.formUnion(named)
      node.value = Int32(weight)
    }
    node.flags = flags
    node.last = classHash
    if columnSpan != 1 || rowSpan != 1 { tree.spans[index] = (columnSpan, rowSpan) }
    if let start { tree.listStarts[index] = start }
    if kind != 0 { tree.listKinds[index] = kind }
    if let language, tree.language == nil, !language.isEmpty { tree.language = language }
    if tag == .meta, !metaContent.isEmpty { addMeta(&tree) }
  }

  private func addMeta(_ tree: inout HTMLTree) {
    let content = metaContent.split(whereSeparator: \.isWhitespace).joined(separator: " ")
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
  static func contains(_ text: [UInt8], _ word: [UInt8]) -> Bool {
    guard let first = word.first, text.count >= word.count else { return false }
    var start = 0
    let last = text.count - word.count
    while start <= last {
      if text[start] == first {
        var index = 1
        while index < word.count, text[start + index] == word[index] { index += 1 }
        if index == word.count { return true }
      }
      start += 1
    }
    return false
  }

  private static func words(_ list: String) -> [[UInt8]] {
    list.split(separator: " ").map { Array($0.utf8) }
  }

  private static let unlikely = words(
    """
    -ad- ai2html banner breadcrumb combx comment community cover-wrap disqus extra footer gdpr \
    header legends menu related remark replies rss shoutbox sidebar skyscraper social sponsor \
    supplemental ad-break agegate pagination pager popup yom-remote cookie consent newsletter \
    subscribe navbar nav- -nav navigation masthead toolbar widget promo share skip-link toc-sidebar
    """)
  private static let likely = words("and article body column content main shadow")
  private static let positive = words(
    "article body content entry hentry h-entry main page pagination post text blog story")
  private static let negative = words(
    """
    -ad- hidden banner combx comment com- contact footer gdpr masthead media meta outbrain promo \
    related scroll share shoutbox sidebar skyscraper sponsor shopping tags widget
    """)
  private static let apart = words(
    """
    addthis sharedaddy share-button sharebutton social-share share-links sharelinks sharing \
    related-posts relatedposts related-articles jp-relatedposts recommended-posts cookie-consent \
    cookie-banner cookie-notice newsletter-signup newsletter-form subscribe-form post-navigation \
    nav-links nav-below nav-above wp-pagenavi breadcrumb author-bio authorbox site-footer \
    site-header page-footer footer-widgets widget-area printfriendly mw-editsection mw-jump \
    noprint catlinks navbox skip-link screen-reader-text visually-hidden visuallyhidden sr-only \
    popular-posts tag-links tags-links cat-links post-tags entry-tags outbrain taboola
    """)
  private static let comments = words("comment disqus respond replies")
  private static let postContents = words(
    """
    entry-content post-content article-content article-body articlebody article__body post-body \
    postbody story-body content-body main-content maincontent post_content entry_content \
    article_body article-text articletext post-text blog-content mw-parser-output story_body \
    postcontent entrytext article_content storytext body-content field-name-body
    """)
  private static let bylines = words("byline author dateline writtenby p-author")

  /// Pages use few names for many elements.
  struct Cache {
    private var known: [[UInt8]: (HTMLTree.Flags, Int)] = [:]

    mutating func flags(of names: [UInt8]) -> (HTMLTree.Flags, Int) {
      if let found = known[names] { return found }
      let found = HTMLNames.flags(of: names)
      if known.count < 1 << 16 { known[names] = found }
      return found
    }
  }

  /// - Parameter names: class and id in lower case.
  static func flags(of names: [UInt8]) -> (HTMLTree.Flags, Int) {
    func any(_ list: [[UInt8]]) -> Bool { list.contains { contains(names, $0) } }
    var flags: HTMLTree.Flags = []
    if any(unlikely) { flags.insert(.unlikely) }
    if any(likely) { flags.insert(.likely) }
    if any(apart) { flags.insert(.apart) }
    if any(comments) { flags.insert(.comment) }
    if any(postContents) { flags.insert(.postContent) }
    if any(bylines) { flags.insert(.byline) }
    var weight = 0
    if any(positive) { weight += 25 }
    if any(negative) { weight -= 25 }
    return (flags, weight)
  }
}

/// The elements whose meaning reading depends on; all others are `other` and count as inline.
enum HTMLTag: UInt8, Sendable, CaseIterable {
  /// Not elements: a stretch of the file, and a character reference.
  case text, reference
  case other
  case html, head, body, title, meta, base, link, script, style, noscript, template
  case article, section, main, header, footer, nav, aside, address, hgroup, div, center, figure
  case figcaption, blockquote, details, summary, dialog, menu, search, fieldset, legend, form
  case p, h1, h2, h3, h4, h5, h6, hr, pre, xmp, listing, plaintext
  case ul, ol, dir, li, dl, dt, dd
  case table, caption, colgroup, col, thead, tbody, tfoot, tr, td, th
  case a, b, strong, em, i, u, span, font, sup, sub, small, code, q, cite, time, abbr, mark, del, s
  case ins, wbr, br, img, picture, video, audio, source, track, canvas, map, area, svg, math
  case iframe, object, embed, applet, frameset, frame, noframes
  case input, button, select, option, optgroup, textarea, label, output, datalist, progress, meter
  case rt, rp, ruby
  /// Inline XBRL.
  case xbrlHeader = 200
  case xbrlHidden, xbrlFact

  static func named(_ name: String) -> HTMLTag { byName[name] ?? prefixed(name) }

  private static let byName: [String: HTMLTag] = {
    var names: [String: HTMLTag] = [:]
    for tag in allCases where tag.rawValue > HTMLTag.other.rawValue && tag.rawValue < 200 {
      names["\(tag)"] = tag
    }
    names["ix:header"] = .xbrlHeader
    names["ix:hidden"] = .xbrlHidden
    names["ix:references"] = .xbrlHidden
    names["ix:resources"] = .xbrlHidden
    names["image"] = .img
    return names
  }()

  private static func prefixed(_ name: String) -> HTMLTag {
    name.hasPrefix("ix:") ? .xbrlFact : .other
  }

  /// Begins and ends a block: what is before and after does not run on.
  var isBlock: Bool {
    switch self {
    case .html, .body, .article, .section, .main, .header, .footer, .nav, .aside, .address, .hgroup,
      .div, .center, .figure, .figcaption, .blockquote, .details, .summary, .dialog, .menu,
      .search, .fieldset, .legend, .form, .p, .h1, .h2, .h3, .h4, .h5, .h6, .hr, .pre, .xmp,
      .listing, .plaintext, .ul, .ol, .dir, .li, .dl, .dt, .dd, .table, .caption, .thead, .tbody,
      .tfoot, .tr, .td, .th, .frameset, .noframes, .optgroup:
      true
    default: false
    }
  }

  /// Nothing in it is text of the page.
  var isSilent: Bool {
    switch self {
    case .head, .script, .style, .template, .noscript, .svg, .iframe, .object, .embed, .applet,
      .canvas, .video, .audio, .map, .select, .option, .textarea, .input, .button, .datalist,
      .progress, .meter, .title, .meta, .link, .base, .xbrlHeader, .xbrlHidden, .rp, .colgroup,
      .col, .noframes:
      true
    default: false
    }
  }

  var headingLevel: Int? {
    switch self {
    case .h1: 1
    case .h2: 2
    case .h3: 3
    case .h4: 4
    case .h5: 5
    case .h6: 6
    default: nil
    }
  }

  var isElement: Bool { self != .text && self != .reference }
}

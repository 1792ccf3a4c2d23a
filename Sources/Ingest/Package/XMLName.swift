/// The elements of packages that readers know. Raw values are the usual prefix of the namespace and the
/// local name; ``XMLNamespace`` says which namespaces those are.
enum XMLName: String {
  case other = ""
  // Packages: content types, relationships, core properties.
  case types = "ct:Types"
  case override = "ct:Override"
  case typeDefault = "ct:Default"
  case relationship = "rel:Relationship"
  case title = "dc:title"
  case creator = "dc:creator"
  case language = "dc:language"
  case date = "dc:date"
  case created = "dcterms:created"
  // Documents of Word: stories and blocks.
  case document = "w:document"
  case body = "w:body"
  case paragraph = "w:p"
  case table = "w:tbl"
  case row = "w:tr"
  case cell = "w:tc"
  case contentControl = "w:sdt"
  case controlContent = "w:sdtContent"
  case customXML = "w:customXml"
  case section = "w:sectPr"
  case otherDocument = "w:altChunk"
  case headerReference = "w:headerReference"
  case footerReference = "w:footerReference"
  case header = "w:hdr"
  case footer = "w:ftr"
  case footnotes = "w:footnotes"
  case endnotes = "w:endnotes"
  case footnote = "w:footnote"
  case endnote = "w:endnote"
  case footnoteProperties = "w:footnotePr"
  case endnoteProperties = "w:endnotePr"
  // In paragraphs.
  case run = "w:r"
  case text = "w:t"
  case tab = "w:tab"
  case positionTab = "w:ptab"
  case lineBreak = "w:br"
  case carriageReturn = "w:cr"
  case hyphen = "w:noBreakHyphen"
  case symbol = "w:sym"
  case hyperlink = "w:hyperlink"
  case simpleField = "w:fldSimple"
  case fieldCharacter = "w:fldChar"
  case fieldCode = "w:instrText"
  case fieldData = "w:ffData"
  case fieldCheckBox = "w:checkBox"
  case fieldList = "w:ddList"
  case listEntry = "w:listEntry"
  case result = "w:result"
  case checked = "w:checked"
  case defaultValue = "w:default"
  case smartTag = "w:smartTag"
  case direction = "w:dir"
  case directionOverride = "w:bdo"
  case ruby = "w:ruby"
  case rubyBase = "w:rubyBase"
  case footnoteReference = "w:footnoteReference"
  case endnoteReference = "w:endnoteReference"
  case commentReference = "w:commentReference"
  case drawing = "w:drawing"
  case picture = "w:pict"
  case object = "w:object"
  case boxContent = "w:txbxContent"
  case inserted = "w:ins"
  case deleted = "w:del"
  case movedFrom = "w:moveFrom"
  case movedTo = "w:moveTo"
  case deletedCell = "w:cellDel"
  case insertedCell = "w:cellIns"
  // Properties.
  case paragraphProperties = "w:pPr"
  case runProperties = "w:rPr"
  case tableProperties = "w:tblPr"
  case rowProperties = "w:trPr"
  case cellProperties = "w:tcPr"
  case paragraphStyle = "w:pStyle"
  case runStyle = "w:rStyle"
  case numbering = "w:numPr"
  case level = "w:ilvl"
  case numberingID = "w:numId"
  case outlineLevel = "w:outlineLvl"
  case justification = "w:jc"
  case bold = "w:b"
  case hidden = "w:vanish"
  case columnSpan = "w:gridSpan"
  case rowMerge = "w:vMerge"
  case columnMerge = "w:hMerge"
  case columnsBefore = "w:gridBefore"
  case headerRow = "w:tblHeader"
  case languages = "w:lang"
  // Styles and numbering.
  case styles = "w:styles"
  case style = "w:style"
  case documentDefaults = "w:docDefaults"
  case runDefaults = "w:rPrDefault"
  case name = "w:name"
  case basedOn = "w:basedOn"
  case numberings = "w:numbering"
  case abstractNumbering = "w:abstractNum"
  case abstractID = "w:abstractNumId"
  case numberingStyle = "w:numStyleLink"
  case num = "w:num"
  case numberingLevel = "w:lvl"
  case levelOverride = "w:lvlOverride"
  case startOverride = "w:startOverride"
  case start = "w:start"
  case format = "w:numFmt"
  case levelText = "w:lvlText"
  case restart = "w:lvlRestart"
  case legal = "w:isLgl"
  case suffix = "w:suff"
  case numberStart = "w:numStart"
  // Other vocabularies inside documents of Word.
  case alternatives = "mc:AlternateContent"
  case choice = "mc:Choice"
  case fallback = "mc:Fallback"
  case formula = "m:oMath"
  case formulaParagraph = "m:oMathPara"
  case formulaText = "m:t"
  case graphicData = "a:graphicData"
  case blip = "a:blip"
  case imageData = "v:imagedata"
  case embedded = "o:OLEObject"
  // Books.
  case container = "ocf:container"
  case rootFile = "ocf:rootfile"
  case package = "opf:package"
  case item = "opf:item"
  case itemReference = "opf:itemref"
  case encryption = "ocf:encryption"
  case encryptedData = "enc:EncryptedData"
  case encryptionMethod = "enc:EncryptionMethod"
}

/// Namespaces by the prefix that ``XMLName`` writes for them.
enum XMLNamespace {
  private static let prefixes: [String: String] = [
    "http://schemas.openxmlformats.org/package/2006/content-types": "ct",
    "http://schemas.openxmlformats.org/package/2006/relationships": "rel",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m",
    "http://schemas.openxmlformats.org/drawingml/2006/main": "a",
    "http://purl.oclc.org/ooxml/drawingml/main": "a",
    "urn:schemas-microsoft-com:vml": "v",
    "urn:schemas-microsoft-com:office:office": "o",
    "urn:oasis:names:tc:opendocument:xmlns:container": "ocf",
    "http://www.idpf.org/2007/opf": "opf",
    "http://www.w3.org/2001/04/xmlenc#": "enc",
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "r",
    "http://purl.oclc.org/ooxml/officeDocument/relationships": "r",
    "http://www.w3.org/XML/1998/namespace": "xml",
  ]

  static func element(_ local: String, in namespace: String) -> XMLName {
    guard let prefix = prefixes[namespace] else { return .other }
    return XMLName(rawValue: "\(prefix):\(local)") ?? .other
  }

  /// Attributes of another vocabulary keep a prefix (`r:id`); all others go by their local name.
  static func attribute(_ local: String, in namespace: String) -> String {
    switch prefixes[namespace] {
    case "r": "r:\(local)"
    case "xml": "xml:\(local)"
    default: local
    }
  }
}

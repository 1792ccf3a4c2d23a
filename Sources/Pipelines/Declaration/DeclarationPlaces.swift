import JSON

/// Where the parts of a declaration stand in its file, by JSON Pointer.
struct DeclarationPlaces: Sendable {
  var json: PositionedJSON

  /// Where the value at `pointer` stands; the nearest value around it when there is none.
  func value(_ pointer: String) -> JSONPosition {
    var pointer = Substring(pointer)
    while true {
      if let position = json.position(of: String(pointer)) { return position }
      guard let slash = pointer.lastIndex(of: "/") else { return JSONPosition(line: 1, column: 1) }
      pointer = pointer[..<slash]
    }
  }

  /// Where the key that leads to `pointer` stands.
  func key(_ pointer: String) -> JSONPosition { json.keyPosition(of: pointer) ?? value(pointer) }
}

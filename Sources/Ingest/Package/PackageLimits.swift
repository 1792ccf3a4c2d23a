/// What unpacking one package may cost. A few kilobytes can be made to unpack to gigabytes, so each
/// limit holds while bytes come, whatever the package says of itself.
struct PackageLimits {
  /// Files inside: documents have dozens, books thousands.
  var entries = 65_535
  /// Unpacked bytes of all parts that are read.
  var bytes = 256 << 20
  /// Unpacked bytes to packed ones, of a part of more than ``freeBytes``: text packs to a tenth, the
  /// most repetitive tables to a hundredth, nothing but a bomb to a thousandth.
  var ratio = 300
  var freeBytes = 4 << 20
  /// Elements inside each other in a part that is XML.
  static let nesting = 256
}

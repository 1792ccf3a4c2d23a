package import JSON

extension JSONValue {
  /// The value with the one at a JSON Pointer replaced, or added to its object.
  package func replacing(_ pointer: String, with new: JSONValue) -> JSONValue {
    replacing(pointer.split(separator: "/").map(String.init)[...], with: new)
  }

  private func replacing(_ path: ArraySlice<String>, with new: JSONValue) -> JSONValue {
    guard let key = path.first else { return new }
    switch self {
    case .object(var object):
      object[key] = (object[key] ?? nil).replacing(path.dropFirst(), with: new)
      return .object(object)
    case .array(var array):
      if let index = Int(key), array.indices.contains(index) {
        array[index] = array[index].replacing(path.dropFirst(), with: new)
      }
      return .array(array)
    default: return self
    }
  }
}

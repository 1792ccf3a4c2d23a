import JSON
import Outputs

/// The schema of the output format, as `verify` applies it.
enum EnvelopeSchema {
  static func problems(_ envelope: JSONValue) -> [(pointer: String, message: String)] { [] }
}

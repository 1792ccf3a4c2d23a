internal import Documents
import JSON

/// Checks a text over several documents against all of them: each quote must stand where the file
/// says it stands, in the document it names.
package enum DigestVerifier {
  /// - Parameters:
  ///   - bytes, file: the digest's.
  ///   - reading: a document of the run, read again.
  package static func problems(
    in bytes: [UInt8], file: String, reading: (_ path: String) throws -> OutputVerifier.Reading
  ) -> [OutputVerifier.Problem] {
    var problems: [OutputVerifier.Problem] = []
    func report(_ pointer: String, _ message: String) {
      problems.append(OutputVerifier.Problem(file: file, pointer: pointer, message: message))
    }
    guard let digest = try? JSONValue.parse(bytes), Envelope.fileBytes(of: digest) == bytes,
      digest["kind"]?.string == "digest"
    else {
      report("", "is not a digest as Docket writes it; the file was changed.")
      return problems
    }
    var readings: [String: OutputVerifier.Reading] = [:]
    let evidence = digest["evidence"]?.object ?? JSONObject()
    for (id, value) in evidence.members {
      let pointer = "/evidence/\(id)"
      guard let path = value["source"]?.string else {
        report(pointer, "names no document.")
        continue
      }
      do {
        let read = try readings[path] ?? reading(path)
        readings[path] = read
        if let problem = problem(of: value, in: read) { report(pointer, problem) }
      } catch {
        report(pointer, "\(path) cannot be read again: \(error)")
      }
    }
    let isWritten = (digest["warnings"]?.array ?? []).contains {
      $0["code"]?.string == WrittenText.code
    }
    var texts: [String] = []
    for (index, point) in (digest["data"]?["points"]?.array ?? []).enumerated() {
      let ids = (point["evidence"]?.array ?? []).compactMap(\.string)
      texts.append(point["text"]?.string ?? "")
      if ids.isEmpty || ids.contains(where: { evidence[$0] == nil }) {
        report("/data/points/\(index)/evidence", "cites nothing, or what is not there.")
      }
    }
    if !isWritten, texts.joined(separator: " ") != digest["data"]?["abstract"]?.string {
      report("/data/abstract", "is not made of the points.")
    }
    return problems
  }

  /// What is wrong with a quote; nil when it stands there.
  private static func problem(of value: JSONValue, in reading: OutputVerifier.Reading) -> String? {
    let position = value["selector"]?.array?.first { $0["type"]?.string == "TextPositionSelector" }
    guard let start = position?["start"]?.integer, let end = position?["end"]?.integer,
      0 <= start, start < end, end <= reading.text.scalarCount
    else { return "names no place in the document's text." }
    let range = reading.text.utf8Offset(ofScalar: start)..<reading.text.utf8Offset(ofScalar: end)
    guard !reading.grounding.trimmed(range).isEmpty else { return "names a place without words." }
    var expected = reading.grounding.evidence(at: range).json.object ?? JSONObject()
    expected["source"] = value["source"]
    if value["match"]?.string == "normalized" {
      expected["match"] = "normalized"
      expected["occurrences"] = value["occurrences"]
    }
    guard JSONValue.object(expected).text() == value.text() else {
      return "is not what stands at \(start) to \(end)."
    }
    return nil
  }
}

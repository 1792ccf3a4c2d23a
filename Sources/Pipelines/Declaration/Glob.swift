/// A pattern over paths: `*` and `?` stay within one folder, `**` crosses folders, `{a,b}` is either.
package struct Glob: Hashable, Sendable {
  package let pattern: String

  /// Whether `path`, relative and with `/` between folders, is matched whole. Letter case counts.
  package func matches(_ path: String) -> Bool { false }
}

/// What is wrong with a benchmark's arguments; how it is called is added where it is printed.
struct Usage: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

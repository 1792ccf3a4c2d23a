extension Array where Element: BitwiseCopyable {
  /// Lends the elements' bytes in memory order, which is little-endian on every machine this runs on.
  func lendBytes(_ body: (UnsafeRawBufferPointer) throws(InferenceError) -> Void)
    throws(InferenceError)
  {
    unsafe try withUnsafeBufferPointer { buffer throws(InferenceError) in
      unsafe try body(UnsafeRawBufferPointer(buffer))
    }
  }
}

import CDigests
import Digests
import Testing

@Suite struct SHA256Tests {
  // FIPS 180-4 example vectors (NIST, Secure Hash Standard, examples with intermediate values).
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func `the standard's examples have their digests`(text: String, digest: String) {
    #expect(SHA256.hash(of: text) == digest)
  }

  @Test func `a million letters a, fed in uneven pieces, have the standard's digest`() {
    var hash = SHA256()
    var left = 1_000_000
    var piece = 1
    while left > 0 {
      let count = min(piece, left)
      hash.update([UInt8](repeating: UInt8(ascii: "a"), count: count))
      left -= count
      piece = piece * 3 % 997 + 1
    }
    #expect(
      hash.hexDigest() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func `the processor's instructions give what portable code gives`() {
    var bytes: [UInt8] = []
    var seed: UInt64 = 7
    for _ in 0..<64 * 9 {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      bytes.append(UInt8(truncatingIfNeeded: seed >> 33))
    }
    for blocks in 0...9 {
      var first = [UInt32](0..<8)
      var second = first
      unsafe docket_sha256_blocks(&first, bytes, blocks)
      unsafe docket_sha256_blocks_portable(&second, bytes, blocks)
      #expect(first == second)
    }
  }
}

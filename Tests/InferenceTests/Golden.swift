import Foundation
import Inference

/// The golden values of one fixture, by name.
struct Golden {
  let tensors: [String: Tensor]

  init(_ fixture: String, _ file: String = "golden.safetensors") throws {
    tensors = try SafeTensors(MappedFile(Fixture.folder(fixture).appendingPathComponent(file)))
      .tensors
  }

  func floats(_ name: String) throws -> [Float] {
    try wanted(name).floats()
  }

  func tokens(_ name: String) throws -> [Int32] {
    try wanted(name).integers().map { Int32($0) }
  }

  func shape(_ name: String) throws -> [Int] { try wanted(name).shape }

  private func wanted(_ name: String) throws -> Tensor {
    guard let tensor = tensors[name] else { throw Missing(name: name) }
    return tensor
  }

  struct Missing: Error { let name: String }
}

enum Fixture {
  static let checkpoints = [
    "tiny-minimax-hf", "tiny-minimax-m1", "tiny-m1-bf16-sharded", "tiny-m1-odd",
    "tiny-m1-shared-mqa-prenorm", "tiny-hf-odd",
  ]

  static func folder(_ name: String) -> URL {
    Bundle.module.bundleURL.appendingPathComponent("Fixtures/\(name)")
  }
}

/// The largest difference between two lists of the same length.
func difference(_ first: some Collection<Float>, _ second: some Collection<Float>) -> Float {
  guard first.count == second.count else { return .infinity }
  var largest: Float = 0
  for (a, b) in zip(first, second) {
    let d = abs(a - b)
    if d.isNaN { return .infinity }
    largest = max(largest, d)
  }
  return largest
}

func argmax(_ numbers: some Collection<Float>) -> Int {
  var best = 0
  var top = -Float.infinity
  for (index, number) in numbers.enumerated() where number > top { (best, top) = (index, number) }
  return best
}

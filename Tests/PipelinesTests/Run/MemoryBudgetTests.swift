import Foundation
import Inference
import Pipelines
import Testing

@Suite struct MemoryBudgetTests {
  @Test func `the longest context that fits is the last that is not refused`() throws {
    let model = try LoadedModel(.default, threads: 2)
    for (limit, workers) in [(120 << 20, 1), (300 << 20, 1), (300 << 20, 4)] {
      let budget = MemoryBudget(model.engine, limit: limit, workers: workers, threads: 2)
      #expect(budget.longest > 1536)
      #expect(budget.refusal(tokens: budget.longest) == nil)
      let refusal = try #require(budget.refusal(tokens: budget.longest + 1))
      #expect(refusal.contains("\(budget.longest) tokens"))
      #expect(refusal.contains("\(limit >> 20) MiB"))
    }
  }

  @Test func `several workers share the limit`() throws {
    let model = try LoadedModel(.default, threads: 2)
    func longest(_ workers: Int) -> Int {
      MemoryBudget(model.engine, limit: 400 << 20, workers: workers, threads: 2).longest
    }
    #expect(longest(4) < longest(1) / 2)
  }

  @Test func `a limit below the model itself leaves room for nothing`() throws {
    let model = try LoadedModel(.default, threads: 1)
    let budget = MemoryBudget(model.engine, limit: 1 << 20, workers: 1, threads: 1)
    #expect(budget.longest == 0)
    #expect(budget.refusal(tokens: 1) != nil)
  }

  @Test func `the machine's memory is known`() {
    #expect(MachineMemory.total > 256 << 20)
    #expect(MachineMemory.usable < MachineMemory.total)
  }
}

import Jobs
import Testing

@Suite struct FaultPointsTests {
  @Test func `a fault strikes at its pass and never again`() throws {
    let faults = try FaultPoints(parsing: "disk-full:3,io-error")
    #expect(
      (1...5).map { _ in faults.reach(.diskFull) != nil } == [false, false, true, false, false])
    #expect((1...2).map { _ in faults.reach(.ioError) != nil } == [true, false])
  }

  @Test func `points that are not armed do nothing`() {
    for point in FaultPoint.allCases { #expect(FaultPoints.none.reach(point) == nil) }
  }

  @Test(arguments: ["after-lunch:1", "after-claim:0", "after-claim:x", "after-claim:", ":3"])
  func `what is no point or no pass is refused with the list of points`(text: String) {
    let error = #expect(throws: FaultPointError.self) { try FaultPoints(parsing: text) }
    if error?.reason == .unknownPoint {
      #expect(error?.description.contains("after-claim, mid-read") == true)
    } else {
      #expect(error?.description.contains("POINT:N") == true)
    }
  }

  @Test func `each point has a line of help`() {
    #expect(Set(FaultPoint.allCases.map(\.help)).count == FaultPoint.allCases.count)
  }

  @Test func `a death is by SIGKILL`() async {
    await #expect(processExitsWith: .signal(9)) {
      FaultPoints([.beforeCommit: 1]).reach(.beforeCommit)
    }
  }
}

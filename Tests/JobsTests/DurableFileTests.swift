import Foundation
import Jobs
import TestSupport
import Testing

@Suite struct DurableFileTests {
  @Test func `a file is replaced as a whole and is private`() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("a.json")
    try DurableFile.write("old", to: url)
    try DurableFile.write("new, and longer", to: url)
    #expect(try String(contentsOf: url, encoding: .utf8) == "new, and longer")
    try DurableFile.write([], to: url)
    #expect(try Data(contentsOf: url).isEmpty)
    let mode = try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["a.json"])
  }

  @Test(arguments: [(FaultPoint.diskFull, ENOSPC), (.ioError, EIO)])
  func `a disk that fails leaves the old file and no other`(point: FaultPoint, number: Int32) throws
  {
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("a.json")
    try DurableFile.write("old", to: url)
    let error = #expect(throws: DurableFileError.self) {
      try DurableFile.write("new", to: url, faults: FaultPoints([point: 1]))
    }
    #expect(error?.number == number)
    #expect(error?.path == url.path)
    #expect(try String(contentsOf: url, encoding: .utf8) == "old")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["a.json"])
    // A fault strikes once: the next write succeeds.
    try DurableFile.write("new", to: url)
  }

  @Test func `a folder that is not there is named in the error`() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appendingPathComponent("missing/a.json")
    let error = #expect(throws: DurableFileError.self) { try DurableFile.write("x", to: url) }
    #expect(error?.number == ENOENT)
    #expect(error?.description.contains("Check that the folder exists") == true)
  }

  @Test func `missing folders are made, private, and making them again is no error`() throws {
    let folder = try TemporaryFolder()
    let deep = folder.url.appendingPathComponent("a/b/c")
    try DurableFile.makeFolder(deep)
    try DurableFile.makeFolder(deep)
    try DurableFile.write("x", to: deep.appendingPathComponent("f"))
    let attributes = try FileManager.default.attributesOfItem(atPath: deep.path)
    #expect(attributes[.posixPermissions] as? Int == 0o700)
    let blocked = deep.appendingPathComponent("f/g")
    let error = #expect(throws: DurableFileError.self) { try DurableFile.makeFolder(blocked) }
    #expect(error?.number == ENOTDIR)
  }

  @Test func `what dead writers left is removed, what live ones write is not`() throws {
    let folder = try TemporaryFolder()
    func put(_ name: String) throws {
      try Data("x".utf8).write(to: folder.url.appendingPathComponent(name))
    }
    let dead = try deadProcess().pid
    let start = try #require(processStart(getpid()))
    let mine = ".docket-\(getpid())-\(start)-7.tmp"
    try put(".docket-\(dead)-1-1.tmp")
    try DurableFile.makeFolder(folder.url.appendingPathComponent("a/b"))
    try put("a/b/.docket-\(getpid())-\(start + 1)-1.tmp")
    try put(mine)
    try put(".docket-notes.tmp")
    try put("a.json")
    #expect(DurableFile.removeLeftovers(in: folder.url) == 2)
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
    #expect(names == [".docket-notes.tmp", "a", "a.json", mine].sorted())
  }
}

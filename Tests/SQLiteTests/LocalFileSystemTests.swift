import Foundation
import TestSupport
import Testing

@testable import SQLite

@Suite struct LocalFileSystemTests {
  @Test(arguments: [
    (UInt32(0x6969), "NFS"), (0xff53_4d42, "CIFS"), (0xfe53_4d42, "SMB2"), (0x0102_1997, "9P"),
    (0x00c3_6400, "Ceph"), (0x0bd0_0bd0, "Lustre"),
  ])
  func `network file systems are known by their numbers`(magic: UInt32, name: String) {
    #expect(LocalFileSystem.networkName(magic: magic, mountType: nil) == name)
  }

  @Test(arguments: [
    UInt32(0xef53), 0x5846_5342, 0x9123_683e, 0x0102_1994, 0x794c_7630, 0x2fc1_2fc1,
  ])
  func `ext4, XFS, Btrfs, tmpfs, overlayfs and ZFS are local`(magic: UInt32) {
    #expect(LocalFileSystem.networkName(magic: magic, mountType: nil) == nil)
  }

  @Test func `FUSE is local only over a block device`() {
    let fuse = LocalFileSystem.fuse
    #expect(
      LocalFileSystem.networkName(magic: fuse, mountType: "fuse.sshfs") == "FUSE, type fuse.sshfs")
    #expect(LocalFileSystem.networkName(magic: fuse, mountType: "virtiofs") != nil)
    #expect(LocalFileSystem.networkName(magic: fuse, mountType: nil) != nil)
    #expect(LocalFileSystem.networkName(magic: fuse, mountType: "fuseblk") == nil)
  }

  @Test func `the mount of a folder is the innermost one around it`() {
    let mounts = """
      22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/vda rw
      40 22 0:44 / /mnt/share rw - fuse.sshfs host:/ rw
      41 40 0:45 / /mnt/share/disk rw master:3 - fuseblk /dev/sdb1 rw
      """
    #expect(LocalFileSystem.mountType(of: "/mnt/sharex", mounts: mounts) == "ext4")
    #expect(LocalFileSystem.mountType(of: "/mnt/share/a", mounts: mounts) == "fuse.sshfs")
    #expect(LocalFileSystem.mountType(of: "/mnt/share/disk", mounts: mounts) == "fuseblk")
  }

  @Test func `a folder for temporary files can hold a queue`() throws {
    let folder = try TemporaryFolder()
    try LocalFileSystem.check(folder.url.appendingPathComponent("queue.db").path)
  }

  @Test func `the refusal says what to do`() {
    let error = DatabaseError(.networkFileSystem("NFS"), path: "/net/queue.db", detail: "")
    #expect(error.description.contains("Put the queue on a local disk"))
  }
}

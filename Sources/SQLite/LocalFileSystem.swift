import CSQLite
import Foundation

/// Keeps databases off file systems whose locks and shared memory cannot be trusted: two hosts could then
/// hold the same write lock.
package enum LocalFileSystem {
  /// `f_type` of statfs(2), and the name people know it by.
  static let refused: [UInt32: String] = [
    0x6969: "NFS", 0xff53_4d42: "CIFS", 0x517b: "SMB", 0xfe53_4d42: "SMB2", 0x564c: "NCP",
    0x5346_414f: "AFS", 0x6b41_4653: "kAFS", 0x7375_7245: "Coda", 0x0102_1997: "9P",
    0x00c3_6400: "Ceph", 0x0bd0_0bd0: "Lustre", 0x4750_4653: "GPFS", 0x0116_1970: "GFS2",
    0x7461_636f: "OCFS2", 0x1980_1012: "PanFS", 0xaad7_aaea: "PanFS",
  ]
  static let fuse: UInt32 = 0x6573_5546

  /// The name of the network file system, or nil for a local one.
  ///
  /// FUSE hides what is behind it; `mountType` is its type in /proc/self/mountinfo. Only `fuseblk`, a local
  /// block device, is taken.
  static func networkName(magic: UInt32, mountType: @autoclosure () -> String?) -> String? {
    if let name = refused[magic] { return name }
    guard magic == fuse else { return nil }
    let type = mountType() ?? "fuse"
    return type == "fuseblk" ? nil : "FUSE, type \(type)"
  }

  /// Refuses a path on a network file system. A path that cannot be asked about passes: opening it will tell.
  package static func check(_ path: String) throws(DatabaseError) {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var found = unsafe docket_file_system(path)
    if found < 0 { found = unsafe docket_file_system(folder) }
    guard found >= 0 else { return }
    let magic = UInt32(truncatingIfNeeded: found)
    if let name = networkName(magic: magic, mountType: mountType(of: folder)) {
      throw DatabaseError(.networkFileSystem(name), path: path, detail: "statfs type \(magic)")
    }
  }

  /// The type of the mount that holds `folder`: the entry with the longest mount point above it.
  static func mountType(of folder: String, mounts: String? = nil) -> String? {
    let table =
      mounts ?? (try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)) ?? ""
    let real = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
    var best: (length: Int, type: String)?
    for line in table.split(separator: "\n") {
      // 36 35 98:0 /root /mount/point options … - type source options
      let halves = line.split(separator: " - ", maxSplits: 1)
      let left = line.split(separator: " ")
      guard halves.count == 2, left.count > 4 else { continue }
      let point = String(left[4])
      let inside = point == "/" || real == point || real.hasPrefix(point + "/")
      guard inside, point.utf8.count >= (best?.length ?? 0) else { continue }
      best = (point.utf8.count, String(halves[1].split(separator: " ").first ?? ""))
    }
    return best?.type
  }
}

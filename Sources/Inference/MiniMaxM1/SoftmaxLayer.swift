import Foundation
import Kernels

/// The forward pass of a softmax layer's attention.
extension Model {
  func softmax(
    _ attention: SoftmaxAttention, _ layer: DecoderLayer, _ index: Int, _ rows: Int,
    _ runs: [Run], _ work: Workspace, _ trace: Trace?
  ) {
    let width = configuration.attentionSize
    let d = configuration.headSize
    let shared = configuration.keyValueHeads
    let group = configuration.heads / shared
    let narrow = shared * d
    for run in runs { run.memory.softmax(layer: index).reserve(run.position + run.rows.count) }
    if isShared(rows) {
      normInput(layer, 0..<rows, work)
      let (first, second) = (shares(attention.query), shares(attention.key))
      workers.run(first + second + shares(attention.value)) { item, slot in
        if item < first {
          multiply(
            share: item, work.normed, rows: rows, by: attention.query, into: work.queryKeyValue,
            scratch: work.quantized[slot])
        } else if item < first + second {
          multiply(
            share: item - first, work.normed, rows: rows, by: attention.key,
            into: work.queryKeyValue, yColumn: width, scratch: work.quantized[slot])
        } else {
          multiply(
            share: item - first - second, work.normed, rows: rows, by: attention.value,
            into: work.queryKeyValue, yColumn: width + narrow, scratch: work.quantized[slot])
        }
      }
      for run in runs { turnAndStore(run.rows, run, index, work) }
    } else {
      workers.run(rows: rows, inChunksOf: work.chunk) { rows, slot in
        let scratch = work.quantized[slot]
        normInput(layer, rows, work)
        kernels.multiply(
          work.normed, rows: rows, by: attention.query, into: work.queryKeyValue, scratch: scratch)
        kernels.multiply(
          work.normed, rows: rows, by: attention.key, into: work.queryKeyValue, yColumn: width,
          scratch: scratch)
        kernels.multiply(
          work.normed, rows: rows, by: attention.value, into: work.queryKeyValue,
          yColumn: width + narrow, scratch: scratch)
        for run in runs { turnAndStore(rows.clamped(to: run.rows), run, index, work) }
      }
    }
    // Late rows see most keys: claimed first, so that no thread is left with a long one at the end.
    let tokens = work.attention[0].rows / group
    let tiles = runs.reduce(0) { $0 + $1.tiles(of: tokens) }
    workers.run(tiles * shared) { item, slot in
      var tile = tiles - 1 - item / shared
      for run in runs {
        let own = run.tiles(of: tokens)
        if tile >= own {
          tile -= own
          continue
        }
        let first = run.rows.lowerBound + tile * tokens
        attend(
          first..<min(run.rows.upperBound, first + tokens), run, index, head: item % shared, group,
          work, work.attention[slot])
        return
      }
    }
    if isShared(rows) {
      shareProjection(attention.output, rows, work)
      finishAttention(layer, index, 0..<rows, work, trace, work.quantized[0])
    } else {
      workers.run(rows: rows, inChunksOf: work.chunk) { rows, slot in
        kernels.multiply(
          work.attended, rows: rows, by: attention.output, into: work.mixed,
          scratch: work.quantized[slot])
        finishAttention(layer, index, rows, work, trace, work.quantized[slot])
      }
    }
  }

  /// Turns queries and keys by their positions, and puts keys and values into the cache.
  private func turnAndStore(
    _ rows: Range<Int>, _ run: Run, _ layer: Int, _ work: Workspace
  ) {
    let cache = run.memory.softmax(layer: layer)
    let width = configuration.attentionSize
    let d = configuration.headSize
    let shared = configuration.keyValueHeads
    for row in rows {
      // Queries and keys stand side by side: one run of heads.
      rotary.turn(
        work.queryKeyValue, row: row, heads: configuration.heads + shared, width: d,
        by: work.angles)
      for head in 0..<shared {
        cache.store(
          token: run.position(of: row), head: head, keys: work.queryKeyValue,
          values: work.queryKeyValue, row: row, keyColumn: width + head * d,
          valueColumn: width + (shared + head) * d)
      }
    }
  }

  /// Softmax attention of some tokens' queries that share key/value head `head`.
  private func attend(
    _ range: Range<Int>, _ run: Run, _ layer: Int, head: Int, _ group: Int, _ work: Workspace,
    _ scratch: AttentionWork
  ) {
    let cache = run.memory.softmax(layer: layer)
    let d = configuration.headSize
    let rows = range.count * group
    // Weights are powers of 2 there: log₂e goes into the queries.
    let scale = Float(1 / log(2.0) / Double(d).squareRoot())
    scratch.start(rows: rows)
    for (index, token) in range.enumerated() {
      for member in 0..<group {
        scratch.load(
          work.queryKeyValue, row: token, column: (head * group + member) * d, scale: scale,
          as: index * group + member)
      }
    }
    let last = run.position(of: range.upperBound - 1)
    for index in cache.segments.indices {
      let from = index * KeyValueCache.segmentKeys
      guard from <= last else { break }
      for (index, token) in range.enumerated() {
        let visible = min(
          max(run.position(of: token) + 1 - from, 0), KeyValueCache.segmentKeys)
        for member in 0..<group { scratch.limits[index * group + member] = UInt32(visible) }
      }
      kernels.attend(scratch, rows: rows, cache: cache, segment: index, head: head)
    }
    for (index, token) in range.enumerated() {
      for member in 0..<group {
        scratch.finish(
          index * group + member, into: work.attended, row: token,
          column: (head * group + member) * d)
      }
    }
  }
}

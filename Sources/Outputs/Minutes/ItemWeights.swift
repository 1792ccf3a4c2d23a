enum ItemWeights {
  static func weights(of kind: ItemRanking.Kind) -> (intercept: Double, values: [Double]) {
    (0, [Double](repeating: 0, count: 80))
  }
}

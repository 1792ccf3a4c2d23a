extension Minutes {
  /// From which logits of ``ItemRanking`` on an utterance is proposed as an entry: those with the best F1
  /// of items on the training meetings, each judged by weights that were trained without it (see
  /// `Rankers/README.md`).
  package struct Selection: Hashable, Sendable {
    package var decision = 0.0
    package var action = 0.0
    package var problem = 0.0
    /// How far under that a neighbour may be to be further evidence.
    package var member = 0.6
    /// How many utterances on either side of a proposal are taken as one discussion with it, which is
    /// proposed once; its best utterances, so many in all, are the evidence.
    package var reach = 25
    /// The same for actions, which people hand out one right after the other.
    package var actionReach = 3
    package var evidence = 6
    /// What a sentence without any commitment in its words loses as an action.
    package var noCommitment = 1.0

    package init() {}

    init(_ weights: SentenceWeights) {
      decision = weights.thresholds["decision"].map(Double.init) ?? decision
      action = weights.thresholds["action"].map(Double.init) ?? action
      problem = weights.thresholds["problem"].map(Double.init) ?? problem
    }

    /// The most proposals of one kind: one in forty utterances, three at least and twenty at most.
    static func limit(_ utterances: Int) -> Int { min(20, max(3, utterances / 40)) }
  }
}

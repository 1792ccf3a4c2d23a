/// A conversation that is told what will be asked later and asks that along with what is asked now: one
/// batch for all steps of a document, and one pass over the weights for all that is in it.
final class AskingAhead: Conversation {
  private let conversation: any Conversation
  private var expected: [Question] = []
  private var known: [Question.Identity: Result<WrittenAnswer, any Error>] = [:]

  init(_ conversation: any Conversation) { self.conversation = conversation }

  /// These will be asked, whatever the answers to others are.
  func expect(_ questions: [Question]) { expected += questions }

  func ask(_ questions: [Question], watch: Watch) throws -> [Result<WrittenAnswer, any Error>] {
    let now = questions.filter { known[$0.identity] == nil }
    if !now.isEmpty {
      let ahead = expected
      // An interruption forgets them; they are asked in their own turn then.
      expected = []
      let answers = try conversation.ask(now + ahead, watch: watch)
      for (number, (question, answer)) in zip(now + ahead, answers).enumerated() {
        // Only what would be so again in its own turn: a fault of the machine may be over by then.
        if number >= now.count, case .failure(let error) = answer, !(error is AnswerFault) {
          continue
        }
        known[question.identity] = answer
      }
    }
    return questions.map { question in
      guard let answer = known.removeValue(forKey: question.identity) else {
        preconditionFailure("a conversation answers what it is asked, each question once")
      }
      return answer
    }
  }
}

extension Question {
  /// What its answer follows from: the seed tells the steps of a document apart.
  struct Identity: Hashable {
    var id: String
    var seed: UInt64
    var attempt: Int
  }

  var identity: Identity { Identity(id: id, seed: seed, attempt: attempt) }
}

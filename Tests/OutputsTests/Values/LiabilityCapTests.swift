import JSON
import Outputs
import Testing

@Suite struct `Caps on liability` {
  private static func payments(_ multiple: String?, _ period: String?) -> LiabilityCap.Limit {
    .payments(multiple: multiple, period: period)
  }

  private static func dollars(_ amount: String) -> LiabilityCap.Limit {
    .amount(Money(amount: amount, currency: "USD"))
  }

  @Test(arguments: [
    (
      "In no event shall either party's aggregate liability exceed the greater of $100,000 and the fees paid by Customer in the twelve (12) months preceding the claim.",
      LiabilityCap(limits: [dollars("100000.00"), payments("1", "P1Y")], rule: .greater)
    ),
    (
      "The total liability of Supplier is limited to two (2) times the annual fees payable under this Agreement.",
      LiabilityCap(limits: [payments("2", "P1Y")], rule: nil)
    ),
    (
      "Licensor's liability shall not exceed one hundred fifty percent (150%) of the charges paid during the previous contract year.",
      LiabilityCap(limits: [payments("1.5", "P1Y")], rule: nil)
    ),
    (
      "PROVIDER'S LIABILITY WILL BE LIMITED TO THE AMOUNTS ACTUALLY PAID BY CUSTOMER OR US $5 MILLION, WHICHEVER IS LESS.",
      LiabilityCap(limits: [payments("1", nil), dollars("5000000.00")], rule: .lesser)
    ),
    (
      "shall not exceed [***] times the amount of clearing fees paid to Servicers during the six (6) months before the event",
      LiabilityCap(limits: [payments(nil, "P6M")], rule: nil)
    ),
    (
      "to contribute no amount which exceeds the amount paid (excluding expenses) to the Agent",
      LiabilityCap(limits: [payments("1", nil)], rule: nil)
    ),
    (
      "its liability shall be capped at €1m.",
      LiabilityCap(
        limits: [.amount(Money(amount: "1000000.00", currency: "EUR"))], rule: nil)
    ),
    (
      "shall not be liable for more than the purchase price of the Product giving rise to the claim.",
      LiabilityCap(limits: [payments("1", nil)], rule: nil)
    ),
    (
      "liability shall not exceed the greater of (i) $250,000 and (ii) the amount of insurance coverage actually paid.",
      LiabilityCap(limits: [dollars("250000.00"), .insurance], rule: .greater)
    ),
  ])
  func `state amounts, multiples of payments and which holds`(words: String, cap: LiabilityCap) {
    #expect(LiabilityCapParser.caps(in: words).first?.cap == cap)
  }

  @Test(arguments: [
    "In no event shall either party be liable for indirect damages, including but not limited to loss of profits or fees.",
    "Any claim must be commenced within two (2) years.",
    "Supplier's liability for gross negligence is not limited by this section.",
  ])
  func `are not seen where kinds of damages are excluded or time is limited`(words: String) {
    #expect(LiabilityCapParser.caps(in: words).isEmpty)
  }

  @Test func `become JSON that names each limit's kind`() {
    let cap = LiabilityCap(
      limits: [Self.dollars("1.00"), Self.payments("2", "P1Y")], rule: .greater)
    #expect(
      cap.json == [
        "rule": "greater",
        "limits": [
          ["kind": "amount", "amount": "1.00", "currency": "USD"],
          ["kind": "payments", "multiple": "2", "period": "P1Y"],
        ],
      ])
  }
}

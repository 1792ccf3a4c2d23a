import Outputs
import Testing

@Suite struct `Jurisdictions` {
  @Test(arguments: [
    ("the laws of the State of New York", ["New York, USA"]),
    ("the laws of the Province of Ontario, Canada", ["Ontario, Canada"]),
    ("Ontario and the federal laws of Canada", ["Ontario, Canada", "Canada"]),
    ("the laws of England and Wales", ["England and Wales, United Kingdom"]),
    ("English law", ["England, United Kingdom"]),
    ("laws of the People's Republic of China", ["China"]),
    ("laws of the P.R.C.", ["China"]),
    ("the law of The Netherlands", ["Netherlands"]),
    ("Swiss law", ["Switzerland"]),
    ("STATE OF NEW JERSEY, UNITED STATES OF AMERICA", ["New Jersey, USA"]),
    ("Hong Kong", ["Hong Kong"]),
    ("the agreement of the parties", []),
  ])
  func `have one spelling`(words: String, names: [String]) {
    #expect(JurisdictionParser.jurisdictions(in: words).map(\.name) == names)
  }
}

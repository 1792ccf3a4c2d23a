import Outputs
import Testing

@Suite struct `Amounts of money` {
  @Test(arguments: [
    ("$1,200.00", "1200.00", "USD"),
    ("US$ 5 million", "5000000.00", "USD"),
    ("U.S. $5,000", "5000.00", "USD"),
    ("USD 5,000", "5000.00", "USD"),
    ("5,000 euros", "5000.00", "EUR"),
    ("€1.200,50", "1200.50", "EUR"),
    ("€ 12", "12.00", "EUR"),
    ("12 €", "12.00", "EUR"),
    ("five million dollars ($5,000,000)", "5000000.00", "USD"),
    ("Five Hundred Thousand Dollars", "500000.00", "USD"),
    ("RMB 300,000", "300000.00", "CNY"),
    ("£2.5m", "2500000.00", "GBP"),
    ("2.5 billion pounds", "2500000000.00", "GBP"),
    ("¥1,000,000", "1000000", "JPY"),
    ("C$0.125", "0.125", "CAD"),
    ("HK$10", "10.00", "HKD"),
    ("$5 million U.S. dollars", "5000000.00", "USD"),
    ("$1,000,000,000", "1000000000.00", "USD"),
    ("100 Swiss francs", "100.00", "CHF"),
    ("CHF 1'250'000", "1250000.00", "CHF"),
    ("1 250 000 €", "1250000.00", "EUR"),
    ("Rs. 5 lakh", "500000.00", "INR"),
    ("twenty-five (25) million US dollars", "25000000.00", "USD"),
    ("Five Hundred Thousand and 00/100 Dollars ($500,000.00)", "500000.00", "USD"),
    ("Ten Thousand and No/100 Dollars", "10000.00", "USD"),
    ("$500,000 (five hundred thousand dollars)", "500000.00", "USD"),
    ("5,000,000 (five million) US dollars", "5000000.00", "USD"),
    ("US Dollars 50,000", "50000.00", "USD"),
  ])
  func `become a decimal and a currency`(words: String, amount: String, currency: String) {
    #expect(
      MoneyParser.amounts(in: words).map(\.money) == [Money(amount: amount, currency: currency)])
  }

  @Test(arguments: ["$[***]", "5,000 units", "Section 12", "a dollar sign $"])
  func `are not seen where there are none`(words: String) {
    #expect(MoneyParser.amounts(in: words).isEmpty)
  }
}

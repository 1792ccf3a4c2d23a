import Foundation
import Inference

/// Two panels as SVG: operations for all tokens so far, and the first model's share, over the tokens written.
struct CostPlot {
  let comparison: CostComparison
  init(_ comparison: CostComparison) { self.comparison = comparison }

  private static let tokens = (least: 1024.0, most: 1_048_576.0)
  private static let ink = "#1f2933"
  private static let faint = "#d9dfe5"
  private static let first = "#0b6e99"
  private static let second = "#c2410c"

  /// A drawing area with a logarithmic horizontal axis.
  private struct Panel {
    let left: Double
    let top = 64.0
    let width = 380.0
    let height = 300.0
    /// The vertical axis: place of a value from 0 (bottom) to 1.
    let place: (Double) -> Double

    func x(_ tokens: Double) -> Double {
      left + width * log(tokens / CostPlot.tokens.least)
        / log(CostPlot.tokens.most / CostPlot.tokens.least)
    }

    func y(_ value: Double) -> Double { top + height * (1 - place(value)) }

    func curve(_ colour: String, _ value: (Int) -> Double, dashes: String = "") -> String {
      let points = stride(from: 10.0, through: 20.0, by: 0.1).map { exponent in
        let tokens = exp2(exponent)
        return String(format: "%.1f,%.1f", x(tokens), y(value(Int(tokens))))
      }
      let dashed = dashes.isEmpty ? "" : " stroke-dasharray=\"\(dashes)\""
      return
        "<polyline fill=\"none\" stroke=\"\(colour)\" stroke-width=\"2\"\(dashed) points=\"\(points.joined(separator: " "))\"/>"
    }
  }

  var svg: String {
    var parts = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1000 440\" font-family=\"sans-serif\" font-size=\"12\" fill=\"\(Self.ink)\">",
      "<rect width=\"1000\" height=\"440\" fill=\"#ffffff\"/>",
    ]
    parts += operations() + share()
    parts.append("</svg>")
    return parts.joined(separator: "\n") + "\n"
  }

  private func operations() -> [String] {
    let values = [1024, 1_048_576].flatMap { length -> [Double] in
      let all = comparison.all(length)
      return [all.first, all.second]
    }
    let low = floor(log10(values.min()!))
    let high = ceil(log10(values.max()!))
    let panel = Panel(left: 72, place: { (log10($0) - low) / (high - low) })
    var parts = frame(panel, title: "Operations for all tokens so far (FLOP)")
    for exponent in stride(from: low, through: high, by: 1) {
      let y = panel.y(pow(10, exponent))
      parts.append(line(panel.left, y, panel.left + panel.width, y))
      parts.append(
        "<text x=\"\(panel.left - 8)\" y=\"\(y + 4)\" text-anchor=\"end\">10<tspan dy=\"-4\" font-size=\"9\">\(Int(exponent))</tspan></text>"
      )
    }
    parts.append(panel.curve(Self.first) { comparison.all($0).first })
    parts.append(panel.curve(Self.second) { comparison.all($0).second })
    parts.append(legend(panel, 0, Self.first, comparison.first.name))
    parts.append(legend(panel, 1, Self.second, comparison.second.name))
    return parts
  }

  private func share() -> [String] {
    let panel = Panel(left: 572, place: { min($0, 1.6) / 1.6 })
    var parts = frame(
      panel,
      title: "\(comparison.first.name)’s operations as a share of \(comparison.second.name)’s")
    for percent in stride(from: 0, through: 160, by: 20) {
      let y = panel.y(Double(percent) / 100)
      parts.append(line(panel.left, y, panel.left + panel.width, y))
      parts.append(
        "<text x=\"\(panel.left - 8)\" y=\"\(y + 4)\" text-anchor=\"end\">\(percent) %</text>")
    }
    parts.append(panel.curve(Self.first) { comparison.share($0).token })
    parts.append(panel.curve(Self.first, { comparison.share($0).all }, dashes: "6 4"))
    for length in [65536, 100_000] {
      let share = comparison.share(length).token
      let (x, y) = (panel.x(Double(length)), panel.y(share))
      let words =
        String(format: "%.0f %%", share * 100) + (length == 65536 ? " at 64K" : " at 100K")
      parts.append("<circle cx=\"\(x)\" cy=\"\(y)\" r=\"4\" fill=\"\(Self.first)\"/>")
      parts.append("<text x=\"\(x - 8)\" y=\"\(y + 18)\" text-anchor=\"end\">\(words)</text>")
    }
    parts.append(legend(panel, 0, Self.first, "of the token written"))
    parts.append(legend(panel, 1, Self.first, "of all tokens so far", dashes: "6 4"))
    return parts
  }

  private func frame(_ panel: Panel, title: String) -> [String] {
    var parts = [
      "<text x=\"\(panel.left)\" y=\"36\" font-size=\"14\" font-weight=\"bold\">\(escaped(title))</text>",
      "<text x=\"\(panel.left + panel.width / 2)\" y=\"420\" text-anchor=\"middle\">tokens written</text>",
    ]
    for (tokens, name) in [
      (1024.0, "1K"), (4096, "4K"), (16384, "16K"), (65536, "64K"), (262_144, "256K"),
      (1_048_576, "1M"),
    ] {
      let x = panel.x(tokens)
      parts.append(line(x, panel.top, x, panel.top + panel.height))
      parts.append(
        "<text x=\"\(x)\" y=\"\(panel.top + panel.height + 20)\" text-anchor=\"middle\">\(name)</text>"
      )
    }
    return parts
  }

  private func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
    "<line x1=\"\(x1)\" y1=\"\(y1)\" x2=\"\(x2)\" y2=\"\(y2)\" stroke=\"\(Self.faint)\"/>"
  }

  private func legend(
    _ panel: Panel, _ row: Int, _ colour: String, _ name: String, dashes: String = ""
  ) -> String {
    let (x, y) = (panel.left + 16, panel.top + 20 + 20 * Double(row))
    let dashed = dashes.isEmpty ? "" : " stroke-dasharray=\"\(dashes)\""
    return
      "<rect x=\"\(x - 8)\" y=\"\(y - 14)\" width=\"170\" height=\"20\" fill=\"#ffffff\"/><line x1=\"\(x)\" y1=\"\(y - 4)\" x2=\"\(x + 28)\" y2=\"\(y - 4)\" stroke=\"\(colour)\" stroke-width=\"2\"\(dashed)/><text x=\"\(x + 36)\" y=\"\(y)\">\(escaped(name))</text>"
  }

  private func escaped(_ text: String) -> String {
    text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
  }
}

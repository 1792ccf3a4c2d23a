import Foundation
import TestSupport
import Testing

/// The report as a browser shows it.
@Suite(.enabled(if: Browser.program != nil, Browser.reason)) struct ReportPageTests {
  private let run: SampleRun
  private let browser: Browser

  init() throws {
    run = try SampleRun.copy()
    browser = Browser(folder: run.folder.url)
  }

  @Test func `documents with notices come first, each value beside its words and its page`() throws
  {
    #expect(run.ending.status == 1, "\(run.ending.errors)")
    let said = try browser.run(
      run.out.appendingPathComponent("report.html"),
      script: """
        const entries = [...document.querySelectorAll(".entry .name")].map((node) => node.lastChild.textContent);
        say("first", entries[0]);
        say("documents", entries.length);
        say("notice", document.querySelector(".notices").textContent);
        [...document.querySelectorAll(".entry")].find((node) => node.textContent.includes("mutual-nda")).click();
        const row = document.querySelector('.row[data-field="agreementDate"], .row[data-field="governingLaw"], .row');
        say("value", row.querySelector(".value").textContent);
        say("marked", row.querySelector("mark").textContent.length > 3);
        const clip = row.querySelector(".clip");
        const img = clip.querySelector("img");
        say("box", clip.querySelectorAll("i").length > 0, clip.clientHeight > 20, clip.clientHeight < 700);
        img.loading = "eager";
        clip.click();
        say("sheet", $("sheet").open, $("sheet").querySelectorAll("img").length, $("sheet").querySelectorAll("i").length > 0);
        $("sheet-close").click();
        say("closed", !$("sheet").open);
        """)
    #expect(said.contains("first damaged.pdf"), "\(said)")
    #expect(said.contains("documents 4"))
    #expect(said.contains { $0.hasPrefix("notice ") && $0.contains("cannot be read as PDF") })
    #expect(said.contains("marked true"))
    #expect(said.contains("box true true true"))
    #expect(said.contains("sheet true 1 true"))
    #expect(said.contains("closed true"))
    #expect(!said.contains { $0.hasPrefix("error") }, "\(said)")
  }

  @Test func `the table filters, sorts and leads to a document, by mouse and by keys`() throws {
    let said = try browser.run(
      run.out.appendingPathComponent("report.html"),
      script: """
        press("t");
        say("table", !$("table").hidden, $("documents").hidden);
        const rows = () => [...document.querySelectorAll("#window [role=row]")];
        say("found", rows().length, $("shown").textContent);
        for (const box of document.querySelectorAll("#statuses input")) { box.checked = true; }
        $("field").dispatchEvent(new Event("change"));
        const all = rows().length;
        say("all", all);
        $("filter").value = "wally";
        $("field").dispatchEvent(new Event("change"));
        say("filtered", rows().length, rows()[0].querySelector(".v").textContent);
        $("filter").value = "";
        $("head").querySelectorAll("button")[2].click();
        say("sorted", $("head").children[2].getAttribute("aria-sort"));
        press("End", $("grid"));
        press("Home", $("grid"));
        press("ArrowDown", $("grid"));
        say("at", document.querySelector(".cells.at").getAttribute("aria-rowindex"));
        press("Enter", $("grid"));
        say("opened", $("table").hidden, document.querySelector(".detail h2").textContent.length > 3);
        press("c");
        say("trust", !$("trust").hidden);
        press("d");
        press("n");
        press("n");
        say("answer", document.querySelectorAll(".row.here").length);
        press("j");
        press("k");
        press("/");
        say("focus", document.activeElement.id);
        """)
    #expect(said.contains("table true true"), "\(said)")
    #expect(said.contains("all 12"))
    #expect(said.contains("filtered 1 Wally"))
    #expect(said.contains("sorted ascending"))
    #expect(said.contains("at 3"))
    #expect(said.contains("opened true true"))
    #expect(said.contains("trust true"))
    #expect(said.contains("answer 1"))
    #expect(said.contains("focus find"))
    #expect(!said.contains { $0.hasPrefix("error") }, "\(said)")
  }

  @Test func `on a narrow screen nothing is wider than the screen, in either view`() throws {
    var browser = browser
    browser.width = 500
    let said = try browser.run(
      run.out.appendingPathComponent("report.html"),
      script: """
        const fits = () => document.documentElement.scrollWidth <= innerWidth;
        say("list", fits());
        document.querySelectorAll(".entry")[1].click();
        say("document", fits(), getComputedStyle(document.querySelector(".list")).display);
        press("t");
        say("table", fits(), $("grid").scrollWidth <= $("grid").clientWidth + 1);
        """)
    #expect(said == ["list true", "document true none", "table true true"], "\(said)")
  }

  @Test func `on paper every document stands with its quotes`() throws {
    let paper = run.folder.url.appendingPathComponent("report.pdf")
    _ = try browser.run(
      run.out.appendingPathComponent("report.html"), script: "", printing: paper)
    let bytes = try Data(contentsOf: paper)
    #expect(bytes.prefix(5) == Data("%PDF-".utf8))
    // Read by our own reader: the paper holds the documents, not the screen.
    let text = try run.docket.run(["ingest", paper.path])
    #expect(text.status == 0, "\(text.errors)")
    #expect(text.output.contains("Wally"))
    #expect(text.output.contains("damaged.pdf"))
    #expect(!text.output.contains("Find a document"))
  }
}

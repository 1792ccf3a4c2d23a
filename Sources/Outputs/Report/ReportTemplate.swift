/// The report's page: markup, style and script, without data.
// swift-format-ignore-file
enum ReportTemplate {
  static let head = #"""
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
    <meta name="generator" content="Docket">
    <title>{{title}}</title>
    """# + "\n"

  static let body = #"""
    </head>
    <body>
    <a class="skip" href="#detail">Skip to the document</a>
    <header class="top">
      <div class="line"><h1>{{title}}</h1><div class="counts" id="counts"></div></div>
      <div class="views" role="tablist" aria-label="View">
        <button role="tab" id="tab-documents" aria-controls="documents" aria-selected="true">Documents</button>
        <button role="tab" id="tab-table" aria-controls="table" aria-selected="false">Table of fields</button>
      </div>
    </header>
    <main>
      <noscript><p class="empty">This report needs JavaScript to show its data. Nothing is loaded from a network.</p></noscript>
      <section class="documents" id="documents" role="tabpanel" aria-labelledby="tab-documents">
        <nav class="list" aria-label="Documents">
          <input class="search" id="find" type="search" placeholder="Find a document  ( / )" aria-label="Find a document">
          <div id="list"></div>
        </nav>
        <article class="detail" id="detail" tabindex="-1" aria-live="polite"></article>
      </section>
      <section id="table" role="tabpanel" aria-labelledby="tab-table" hidden>
        <div class="tools">
          <input class="search" id="filter" type="search" placeholder="Filter values, documents, quotes" aria-label="Filter the table">
          <select id="field" aria-label="Field"></select>
          <span id="statuses"></span>
          <span class="shown" id="shown" aria-live="polite"></span>
        </div>
        <div class="table" id="grid" role="grid" tabindex="0" aria-label="Fields of all documents">
          <div class="cells head" role="row" id="head"></div>
          <div class="window" id="window"></div>
        </div>
      </section>
    </main>
    <footer>
      <p>Written by Docket. Every value stands beside the words it was taken from; <code>docket verify</code> checks them against the documents.</p>
      <p class="keys"><kbd>j</kbd> <kbd>k</kbd> next and previous document · <kbd>/</kbd> find · <kbd>d</kbd> documents · <kbd>t</kbd> table · in the table <kbd>↑</kbd> <kbd>↓</kbd> and <kbd>Enter</kbd></p>
    </footer>
    <div id="print"></div>
    """# + "\n"

  static let style = #"""
    :root {
      color-scheme: light dark;
      --paper: #fbfaf7; --card: #ffffff; --ink: #1c1e21; --soft: #5c6169; --line: #e3dfd5; --accent: #0b5c6b;
      --wash: #f1eee6; --mark: #ffe59a; --mark-ink: #2a2205;
      --found: #1b6e45; --absent: #6f757d; --unsupported: #9a5200; --notRead: #9c2438;
      --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "Source Serif 4", Georgia, "DejaVu Serif", serif;
      --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #14161a; --card: #1b1e23; --ink: #e8e6e1; --soft: #a3a8b0; --line: #2e333a; --accent: #7fcbd8;
        --wash: #22262c; --mark: #6a5410; --mark-ink: #fff4d1;
        --found: #6fcf9b; --absent: #9aa0a8; --unsupported: #f0a955; --notRead: #f28b9b;
      }
    }
    * { box-sizing: border-box; }
    html { font: 15px/1.5 var(--sans); background: var(--paper); color: var(--ink); }
    body { margin: 0; min-height: 100vh; }
    h1, h2, h3, p, dl, dd, ol, ul, figure, blockquote { margin: 0; padding: 0; }
    button, input, select { font: inherit; color: inherit; }
    button { background: none; border: 0; cursor: pointer; text-align: inherit; }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
    .skip { position: absolute; left: -9999px; }
    .skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .4rem .8rem; z-index: 9; }
    header.top { padding: 1.6rem clamp(1rem, 3vw, 2.5rem) 0; border-bottom: 1px solid var(--line); }
    header.top .line { display: flex; flex-wrap: wrap; align-items: baseline; gap: .3rem 1.2rem; }
    h1 { font: 600 1.75rem/1.2 var(--serif); letter-spacing: -.01em; }
    .counts { color: var(--soft); display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; font-variant-numeric: tabular-nums; }
    .counts b { color: var(--ink); font-weight: 600; }
    .views { display: flex; gap: 1.5rem; margin-top: 1.1rem; }
    .views button { padding: .45rem 0 .6rem; color: var(--soft); border-bottom: 2px solid transparent; margin-bottom: -1px; }
    .views button[aria-selected="true"] { color: var(--ink); border-color: var(--accent); font-weight: 600; }
    main { padding: 0 clamp(1rem, 3vw, 2.5rem) 3rem; }
    [hidden] { display: none !important; }
    .documents { display: grid; grid-template-columns: minmax(15rem, 20rem) minmax(0, 1fr); gap: 0 2.5rem; align-items: start; }
    .list { position: sticky; top: 0; max-height: 100vh; overflow: auto; padding: 1.2rem 0 2rem; }
    .search { width: 100%; padding: .45rem .7rem; border: 1px solid var(--line); border-radius: 8px; background: var(--card); }
    .search::placeholder { color: var(--soft); }
    .list h2 { font-size: .78rem; text-transform: uppercase; letter-spacing: .07em; color: var(--soft); font-weight: 600; margin: 1.3rem 0 .35rem; }
    .list ul { list-style: none; }
    .list li { content-visibility: auto; contain-intrinsic-size: auto 3.2rem; }
    .entry { display: block; width: 100%; padding: .45rem .7rem; border-radius: 8px; }
    .entry:hover { background: var(--wash); }
    .entry[aria-current="true"] { background: var(--wash); box-shadow: inset 3px 0 0 var(--accent); }
    .entry .name { display: block; overflow-wrap: anywhere; line-height: 1.35; }
    .entry .about { display: block; color: var(--soft); font-size: .85rem; }
    .entry .about.warn { color: var(--unsupported); }
    .detail { padding: 1.6rem 0 0; min-width: 0; max-width: 74rem; }
    .detail > h2 { font: 600 1.4rem/1.3 var(--serif); overflow-wrap: anywhere; }
    .path { color: var(--soft); overflow-wrap: anywhere; }
    .notices { margin: 1rem 0 0; padding: .8rem 1rem; border: 1px solid var(--line); border-left: 3px solid var(--unsupported); border-radius: 8px; background: var(--card); list-style: none; }
    .notices li + li { margin-top: .35rem; }
    .notices .code { color: var(--unsupported); font-weight: 600; margin-right: .5rem; }
    h3 { font-size: .78rem; text-transform: uppercase; letter-spacing: .07em; color: var(--soft); font-weight: 600; margin: 2rem 0 .2rem; }
    .row { display: grid; grid-template-columns: minmax(13rem, 5fr) minmax(0, 8fr); gap: .4rem 2rem; padding: 1rem 0; border-top: 1px solid var(--line); scroll-margin-top: 1rem; }
    h3 + .row { border-top: 0; }
    .row.here { background: linear-gradient(90deg, var(--wash), transparent); }
    .label { color: var(--soft); font-size: .9rem; }
    .value { font: 500 1.12rem/1.4 var(--serif); overflow-wrap: anywhere; }
    .state { display: flex; flex-wrap: wrap; gap: .2rem .9rem; align-items: center; font-size: .85rem; color: var(--soft); margin-top: .15rem; }
    .status { white-space: nowrap; font-weight: 600; font-size: .85rem; }
    .status::before { display: inline-block; width: 1.15em; }
    .status.found { color: var(--found); } .status.found::before { content: "✓"; }
    .status.absent { color: var(--absent); font-weight: 400; } .status.absent::before { content: "–"; }
    .status.unsupported { color: var(--unsupported); } .status.unsupported::before { content: "!"; }
    .status.notRead { color: var(--notRead); } .status.notRead::before { content: "?"; }
    .meter { display: inline-flex; align-items: center; gap: .4rem; font-variant-numeric: tabular-nums; }
    .meter i { display: inline-block; width: 3.2rem; height: .3rem; border-radius: 2px; background: var(--line); overflow: hidden; }
    .meter i::before { content: ""; display: block; height: 100%; width: var(--part); background: var(--accent); }
    .quote { font: 1rem/1.6 var(--serif); color: var(--soft); overflow-wrap: anywhere; white-space: pre-line; }
    .quote + .quote { margin-top: .9rem; }
    .quote mark { background: var(--mark); color: var(--mark-ink); padding: .08em .12em; border-radius: 3px; -webkit-box-decoration-break: clone; box-decoration-break: clone; }
    .quote .where { display: block; font: .82rem/1.6 var(--sans); color: var(--soft); white-space: normal; }
    .chips { display: flex; flex-wrap: wrap; gap: .35rem .5rem; margin-top: .5rem; }
    .chips span { border: 1px solid var(--line); border-radius: 99px; padding: .1rem .7rem; font-size: .88rem; color: var(--soft); }
    details summary { cursor: pointer; color: var(--accent); font-size: .88rem; }
    .page { position: relative; margin-top: .6rem; max-width: 34rem; border: 1px solid var(--line); background: #fff; }
    .page img { display: block; width: 100%; height: auto; }
    .page i { position: absolute; background: rgba(255, 214, 64, .35); outline: 1.5px solid rgba(176, 120, 0, .9); mix-blend-mode: multiply; border-radius: 2px; }
    .prose { font: 1.08rem/1.65 var(--serif); max-width: 44rem; margin-top: .5rem; }
    .people { display: flex; flex-wrap: wrap; gap: .3rem 1.4rem; margin-top: .4rem; }
    .people small { color: var(--soft); }
    .empty { color: var(--soft); padding: .6rem 0; }
    .back { display: none; color: var(--accent); padding: .3rem 0 .8rem; }
    .tools { display: flex; flex-wrap: wrap; gap: .6rem .9rem; align-items: center; padding: 1.1rem 0 .8rem; }
    .tools .search { flex: 1 1 16rem; max-width: 26rem; }
    .tools select { padding: .42rem .5rem; border: 1px solid var(--line); border-radius: 8px; background: var(--card); max-width: 16rem; }
    .tools label { display: inline-flex; gap: .35rem; align-items: center; cursor: pointer; }
    .tools .shown { color: var(--soft); margin-left: auto; font-variant-numeric: tabular-nums; }
    .table { border: 1px solid var(--line); border-radius: 10px; background: var(--card); overflow: auto; max-height: calc(100vh - 13rem); min-height: 16rem; }
    .cells { display: grid; grid-template-columns: minmax(9rem, 2fr) minmax(8rem, 1.6fr) minmax(9rem, 2.2fr) 7.5rem 7.5rem minmax(14rem, 4fr); min-width: 62rem; }
    .cells > * { padding: .55rem .8rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .cells.head { position: sticky; top: 0; background: var(--card); border-bottom: 1px solid var(--line); z-index: 2; }
    .cells.head button { font-weight: 600; font-size: .88rem; }
    .cells.head button::after { content: ""; color: var(--accent); padding-left: .35rem; }
    .cells.head [aria-sort="ascending"] button::after { content: "▲"; font-size: .7rem; }
    .cells.head [aria-sort="descending"] button::after { content: "▼"; font-size: .7rem; }
    .window { position: relative; min-width: 62rem; }
    .window .cells { position: absolute; left: 0; right: 0; height: 42px; border-bottom: 1px solid var(--line); cursor: pointer; }
    .window .cells:hover, .window .cells.at { background: var(--wash); }
    .window .cells .v { font-family: var(--serif); font-size: 1.02rem; }
    .window .cells .q { font-family: var(--serif); color: var(--soft); }
    .window .cells .q mark { background: var(--mark); color: var(--mark-ink); border-radius: 3px; }
    footer { color: var(--soft); font-size: .85rem; padding: 0 clamp(1rem, 3vw, 2.5rem) 2rem; }
    kbd { font: .8rem var(--sans); border: 1px solid var(--line); border-radius: 4px; padding: 0 .35rem; background: var(--card); }
    #print { display: none; }
    @media (max-width: 820px) {
      .documents { grid-template-columns: minmax(0, 1fr); }
      .list { position: static; max-height: none; }
      .documents.open .list { display: none; }
      .documents:not(.open) .detail { display: none; }
      .back { display: inline-block; }
      .row { grid-template-columns: minmax(0, 1fr); }
      h1 { font-size: 1.4rem; }
      footer .keys { display: none; }
    }
    @media print {
      :root { color-scheme: light; --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #bbb; --mark: #ffe59a; --mark-ink: #000; }
      header.top .views, main, footer, .skip { display: none !important; }
      #print { display: block; padding: 0 0 1rem; font-size: 10pt; }
      #print .detail { max-width: none; break-before: page; }
      #print .detail:first-of-type { break-before: auto; }
      #print .row, #print .notices { break-inside: avoid; }
      .back, details summary { display: none; }
      .quote mark { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
    }
    @media (prefers-reduced-motion: no-preference) { .entry, .window .cells { transition: background .12s; } }
    """#

  static let script = #"""
    "use strict";
    (() => {
      const data = JSON.parse(document.getElementById("data").textContent);
      const $ = (id) => document.getElementById(id);
      const make = (tag, className, ...children) => {
        const node = document.createElement(tag);
        if (className) node.className = className;
        for (const child of children) if (child !== null && child !== undefined) node.append(child);
        return node;
      };
      const words = { found: "Found", absent: "Not in the document", unsupported: "Unsupported", notRead: "Not read" };
      const number = new Intl.NumberFormat("en");
      const readable = (name) => {
        const spaced = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/[_-]+/g, " ").toLowerCase();
        return spaced.charAt(0).toUpperCase() + spaced.slice(1);
      };
      const plural = (count, one, many) => `${number.format(count)} ${count === 1 ? one : many}`;

      // Documents: those with something to say about what was not read come first.
      const rank = (entry) => ({ failed: 0, partial: 1 })[entry.status] ?? 2;
      const order = data.documents.map((entry, index) => ({ entry, index }))
        .sort((a, b) => rank(a.entry) - rank(b.entry) || a.index - b.index);
      const rows = [];
      data.documents.forEach((entry, index) => {
        entry.parts.forEach((part, at) => {
          if (part.kind !== "fields") return;
          for (const field of part.fields) {
            const first = entry.evidence[`${at}:${field.evidence[0]}`];
            rows.push({
              index, field: field.name, label: readable(field.name), value: field.value || field.raw || "",
              status: field.status, confidence: field.confidence ? Number(field.confidence) : -1, proof: first,
              path: entry.path, text: null,
            });
          }
        });
      });

      const tally = { complete: 0, partial: 0, failed: 0 };
      for (const entry of data.documents) tally[entry.status] = (tally[entry.status] || 0) + 1;
      const count = (value, text) => make("span", "", make("b", "", number.format(value)), " " + text);
      $("counts").append(count(data.documents.length, data.documents.length === 1 ? "document" : "documents"));
      if (tally.failed) $("counts").append(count(tally.failed, "failed"));
      if (tally.partial) $("counts").append(count(tally.partial, "read in part"));
      const states = {};
      for (const row of rows) states[row.status] = (states[row.status] || 0) + 1;
      if (rows.length) {
        $("counts").append(count(states.found || 0, (states.found === 1 ? "value" : "values") + " found"));
        if (states.unsupported) $("counts").append(count(states.unsupported, "unsupported"));
        if (states.notRead) $("counts").append(count(states.notRead, "not read"));
      } else {
        $("tab-table").hidden = true;
      }

      // One document.
      const place = (proof) => {
        const parts = [];
        if (proof.page) parts.push(`page ${proof.page}`);
        if (proof.turns) {
          const [first, last] = proof.turns;
          parts.push(first === last ? `turn ${first + 1}` : `turns ${first + 1}–${last + 1}`);
        }
        if (proof.occurrences) parts.push(`these words stand ${proof.occurrences} times in the document`);
        if (proof.match === "normalized") parts.push("found by normalised spelling");
        if (proof.match === "none") parts.push("not found in the document");
        return parts.join(" · ");
      };
      const picture = (entry, proof) => {
        const pages = [...new Set((proof.boxes || []).map((box) => box[0]))]
          .filter((page) => data.images[`${entry.path}#${page}`]);
        if (!pages.length) return null;
        const details = make("details", "", make("summary", "", pages.length > 1 ? "Show the pages" : `Show page ${pages[0]}`));
        details.addEventListener("toggle", () => {
          if (!details.open || details.childElementCount > 1) return;
          for (const page of pages) {
            const image = data.images[`${entry.path}#${page}`];
            const frame = make("figure", "page");
            const img = make("img");
            img.src = "data:image/png;base64," + image.png;
            img.alt = `Page ${page} of ${entry.path}`;
            frame.append(img);
            for (const [at, x0, y0, x1, y1] of proof.boxes) {
              if (at !== page) continue;
              const box = make("i");
              box.style.left = (100 * x0) / image.width + "%";
              box.style.top = (100 * y0) / image.height + "%";
              box.style.width = (100 * (x1 - x0)) / image.width + "%";
              box.style.height = (100 * (y1 - y0)) / image.height + "%";
              frame.append(box);
            }
            details.append(frame);
          }
        });
        return details;
      };
      const quote = (entry, at, id) => {
        const proof = entry.evidence[`${at}:${id}`];
        if (!proof) return null;
        const where = place(proof);
        return make("blockquote", "quote", proof.before, make("mark", "", proof.quote), proof.after,
          where ? make("span", "where", where) : null, picture(entry, proof));
      };
      const quotes = (entry, at, ids) => {
        const cell = make("div", "");
        for (const id of ids) cell.append(quote(entry, at, id) ?? "");
        return cell;
      };
      const status = (value) => make("span", "status " + value, words[value] || value);
      const meter = (confidence) => {
        const bar = make("i");
        bar.style.setProperty("--part", 100 * Number(confidence) + "%");
        const node = make("span", "meter", bar, confidence);
        node.title = "Confidence: of values given this confidence, about this share is right";
        return node;
      };
      const row = (entry, at, label, value, ids, ...state) => {
        const left = make("div", "", label ? make("div", "label", label) : null, make("div", "value", value),
          state.length ? make("div", "state", ...state) : null);
        return make("div", "row", left, quotes(entry, at, ids));
      };
      const showFields = (into, entry, part, at) => {
        const groups = [["found", "Found in the document"], ["unsupported", "Words without a value that counts"]];
        for (const [state, title] of groups) {
          const fields = part.fields.filter((field) => field.status === state);
          if (!fields.length) continue;
          into.append(make("h3", "", `${title} · ${fields.length}`));
          for (const field of fields) {
            const others = (field.alternatives || []).map((other) => other.value).filter((value) => value);
            const node = row(entry, at, readable(field.name), field.value || field.raw || "—", field.evidence,
              status(field.status), field.confidence ? meter(field.confidence) : null,
              others.length ? make("span", "", "or: " + others.join(" · ")) : null);
            node.dataset.field = field.name;
            into.append(node);
          }
        }
        for (const [state, title] of [["notRead", "Not read: the answer may stand in a part that could not be read"], ["absent", "Looked for, and not in the document"]]) {
          const fields = part.fields.filter((field) => field.status === state);
          if (!fields.length) continue;
          into.append(make("h3", "", `${title} · ${fields.length}`));
          into.append(make("div", "chips", ...fields.map((field) => {
            const chip = make("span", "", readable(field.name));
            chip.dataset.field = field.name;
            return chip;
          })));
        }
      };
      const showSummary = (into, entry, part, at) => {
        into.append(make("h3", "", "Summary"));
        if (part.data.abstract) into.append(make("p", "prose", part.data.abstract));
        for (const point of part.data.points) into.append(row(entry, at, point.topic || "", point.text, point.evidence));
        if (!part.data.points.length) into.append(make("p", "empty", "Nothing to summarise was found."));
      };
      const showMinutes = (into, entry, part, at) => {
        const minutes = part.data;
        const names = Object.fromEntries(minutes.attendees.map((person) => [person.id, person.name]));
        const topics = Object.fromEntries(minutes.topics.map((topic) => [topic.id, topic.title]));
        into.append(make("h3", "", "People"));
        into.append(make("div", "people", ...minutes.attendees.map((person) => make("span", "", person.name + " ",
          make("small", "", [person.role, person.organization, person.presence === "spoke" ? plural(person.turns || 0, "turn", "turns") : person.presence].filter(Boolean).join(", "))))));
        const section = (title, entries, state) => {
          if (!entries.length) return;
          into.append(make("h3", "", `${title} · ${entries.length}`));
          for (const one of entries) into.append(row(entry, at, topics[one.topic] || "", one.text, one.evidence, ...state(one).filter(Boolean).map((text) => make("span", "", text))));
        };
        section("Decisions", minutes.decisions, (one) => [one.outcome === "agreed" ? "" : one.outcome, (one.by || []).map((id) => names[id]).join(", ")]);
        section("Actions", minutes.actions, (one) => [one.owner ? "Owner: " + names[one.owner] : "No owner named", one.due || one.dueText ? `Due: ${[one.due, one.dueText && `“${one.dueText}”`].filter(Boolean).join(" ")}` : "No date named"]);
        const isProblem = (one) => one.id.startsWith("problem");
        section("Open questions", minutes.openQuestions.filter((one) => !isProblem(one)), (one) => [names[one.raisedBy]]);
        section("Problems raised", minutes.openQuestions.filter(isProblem), (one) => [names[one.raisedBy]]);
        if (minutes.topics.length) into.append(make("h3", "", `Topics · ${minutes.topics.length}`));
        for (const topic of minutes.topics) {
          const node = row(entry, at, "", topic.title, topic.evidence, ...topic.spans.map(([a, b]) => make("span", "", `turns ${a + 1}–${b + 1}`)));
          into.append(node);
        }
      };
      const show = (entry) => {
        const node = document.createDocumentFragment();
        node.append(make("h2", "", entry.title || entry.path.split("/").pop()));
        node.append(make("p", "path", [entry.path, entry.pages ? plural(entry.pages, "page", "pages") : null, entry.media].filter(Boolean).join(" · ")));
        if (entry.notices.length) {
          node.append(make("ul", "notices", ...entry.notices.map((notice) =>
            make("li", "", make("span", "code", notice.code), notice.message))));
        }
        entry.parts.forEach((part, at) => {
          if (part.kind === "fields") showFields(node, entry, part, at);
          if (part.kind === "summary") showSummary(node, entry, part, at);
          if (part.kind === "minutes") showMinutes(node, entry, part, at);
        });
        return node;
      };

      // The list of documents.
      let current = -1;
      const entries = new Map();
      const drawList = () => {
        const wanted = $("find").value.trim().toLowerCase();
        const list = $("list");
        list.replaceChildren();
        entries.clear();
        for (const [title, holds] of [["Needs a look", (e) => rank(e) < 2], ["Read completely", (e) => rank(e) === 2]]) {
          const found = order.filter(({ entry }) => holds(entry) && (entry.path + " " + (entry.title || "")).toLowerCase().includes(wanted));
          if (!found.length) continue;
          const items = make("ul");
          for (const { entry, index } of found) {
            const fields = entry.parts.filter((part) => part.kind === "fields").flatMap((part) => part.fields);
            const about = rank(entry) < 2
              ? [...new Set(entry.notices.map((notice) => notice.code))].join(", ") || entry.status
              : fields.length ? `${fields.filter((field) => field.status === "found").length} of ${fields.length} fields found`
              : entry.parts.map((part) => part.kind).join(", ");
            const button = make("button", "entry", make("span", "name", entry.path), make("span", "about" + (rank(entry) < 2 ? " warn" : ""), about));
            button.addEventListener("click", () => open(index));
            entries.set(index, button);
            items.append(make("li", "", button));
          }
          list.append(make("h2", "", `${title} · ${found.length}`), items);
        }
        if (!entries.size) list.append(make("p", "empty", "No document has that in its name."));
        mark();
      };
      const mark = () => {
        for (const [index, button] of entries) {
          if (index === current) button.setAttribute("aria-current", "true"); else button.removeAttribute("aria-current");
        }
      };
      const open = (index, field, quiet) => {
        current = index;
        const detail = $("detail");
        const back = make("button", "back", "← All documents");
        back.addEventListener("click", () => { $("documents").classList.remove("open"); entries.get(index)?.focus(); });
        detail.replaceChildren(back, show(data.documents[index]));
        mark();
        if (quiet) return;
        $("documents").classList.add("open");
        entries.get(index)?.scrollIntoView({ block: "nearest" });
        const target = field && [...detail.querySelectorAll("[data-field]")].find((node) => node.dataset.field === field);
        if (target) {
          target.classList.add("here");
          target.scrollIntoView({ block: "center" });
        } else {
          window.scrollTo(0, 0);
        }
      };
      const step = (by) => {
        const visible = [...entries.keys()];
        const at = visible.indexOf(current);
        const next = visible[Math.min(visible.length - 1, Math.max(0, at + by))];
        if (next !== undefined && next !== current) open(next);
      };

      // The table: only the rows in sight are in the page.
      const height = 42;
      const columns = [["path", "Document"], ["label", "Field"], ["value", "Value"], ["status", "Status"], ["confidence", "Confidence"], ["quote", "Source"]];
      let sorting = { key: "path", up: true };
      let visible = rows;
      let at = 0;
      const rankOf = { unsupported: 0, notRead: 1, found: 2, absent: 3 };
      const key = (one, name) => name === "status" ? rankOf[one.status] : name === "quote" ? (one.proof ? one.proof.quote : "") : one[name];
      const refilter = () => {
        const wanted = $("filter").value.trim().toLowerCase();
        const field = $("field").value;
        const on = new Set([...document.querySelectorAll("#statuses input:checked")].map((input) => input.value));
        visible = rows.filter((one) => {
          if (!on.has(one.status) || (field && one.field !== field)) return false;
          if (!wanted) return true;
          one.text ??= [one.path, one.label, one.field, one.value, one.proof ? one.proof.quote : ""].join("\n").toLowerCase();
          return one.text.includes(wanted);
        });
        const sign = sorting.up ? 1 : -1;
        const decorated = visible.map((one, index) => [key(one, sorting.key), index, one]);
        decorated.sort((a, b) => sign * (typeof a[0] === "number" ? a[0] - b[0] : a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0) || a[1] - b[1]);
        visible = decorated.map((entry) => entry[2]);
        at = 0;
        $("shown").textContent = visible.length === rows.length ? plural(rows.length, "value", "values") : `${number.format(visible.length)} of ${plural(rows.length, "value", "values")}`;
        $("window").style.height = visible.length * height + "px";
        $("grid").scrollTop = 0;
        drawRows();
      };
      const drawRows = () => {
        const grid = $("grid");
        const first = Math.max(0, Math.floor(grid.scrollTop / height) - 6);
        const last = Math.min(visible.length, first + Math.ceil(grid.clientHeight / height) + 12);
        const nodes = [];
        for (let index = first; index < last; index += 1) {
          const one = visible[index];
          const source = make("span", "q");
          if (one.proof) source.append(make("mark", "", one.proof.quote), one.proof.after.slice(0, 80));
          const node = make("div", "cells" + (index === at ? " at" : ""), make("span", "", one.path), make("span", "", one.label),
            make("span", "v", one.status === "found" ? one.value : "—"), make("span", "", status(one.status)),
            make("span", "", one.confidence >= 0 ? meter(one.confidence.toFixed(2)) : ""), source);
          for (const cell of node.children) cell.setAttribute("role", "gridcell");
          node.setAttribute("role", "row");
          node.setAttribute("aria-rowindex", index + 2);
          node.style.top = index * height + "px";
          node.title = one.value;
          node.addEventListener("click", () => { view("documents"); open(one.index, one.field); });
          nodes.push(node);
        }
        $("window").replaceChildren(...nodes);
        grid.setAttribute("aria-rowcount", visible.length + 1);
      };
      const drawHead = () => {
        $("head").replaceChildren(...columns.map(([name, title]) => {
          const button = make("button", "", title);
          button.addEventListener("click", () => {
            sorting = { key: name, up: sorting.key === name ? !sorting.up : name !== "confidence" };
            drawHead();
            refilter();
          });
          const cell = make("span", "", button);
          cell.setAttribute("role", "columnheader");
          cell.setAttribute("aria-sort", sorting.key !== name ? "none" : sorting.up ? "ascending" : "descending");
          return cell;
        }));
      };
      if (rows.length) {
        const names = [...new Set(rows.map((one) => one.field))].sort();
        $("field").append(new Option("All fields", ""), ...names.map((name) => new Option(readable(name), name)));
        for (const state of ["found", "unsupported", "notRead", "absent"]) {
          if (!states[state]) continue;
          const box = make("input");
          box.type = "checkbox";
          box.value = state;
          box.checked = state !== "absent";
          box.addEventListener("change", refilter);
          $("statuses").append(make("label", "", box, status(state)), " ");
        }
        $("filter").addEventListener("input", refilter);
        $("field").addEventListener("change", refilter);
        $("grid").addEventListener("scroll", () => requestAnimationFrame(drawRows), { passive: true });
        addEventListener("resize", drawRows);
        $("grid").addEventListener("keydown", (event) => {
          const jump = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12, Home: -visible.length, End: visible.length }[event.key];
          if (jump !== undefined) {
            at = Math.min(visible.length - 1, Math.max(0, at + jump));
            const grid = $("grid");
            const top = at * height;
            if (top < grid.scrollTop) grid.scrollTop = top;
            if (top + 2 * height > grid.scrollTop + grid.clientHeight - height) grid.scrollTop = top + 3 * height - grid.clientHeight;
            drawRows();
            event.preventDefault();
          } else if (event.key === "Enter" && event.target === $("grid") && visible[at]) {
            view("documents");
            open(visible[at].index, visible[at].field);
            $("detail").focus({ preventScroll: true });
          }
        });
        drawHead();
      }
      const view = (name) => {
        for (const one of ["documents", "table"]) {
          $(one).hidden = one !== name;
          $("tab-" + one).setAttribute("aria-selected", one === name);
        }
        if (name === "table" && rows.length) {
          if (!$("window").childElementCount) refilter(); else drawRows();
          $("grid").focus({ preventScroll: true });
        }
      };
      $("tab-documents").addEventListener("click", () => view("documents"));
      $("tab-table").addEventListener("click", () => view("table"));
      $("find").addEventListener("input", drawList);
      addEventListener("keydown", (event) => {
        const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
        if (event.key === "Escape" && typing) { event.target.blur(); return; }
        if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key === "/") { event.preventDefault(); ($("table").hidden ? $("find") : $("filter")).focus(); }
        if (event.key === "d") view("documents");
        if (event.key === "t" && rows.length) view("table");
        if ($("table").hidden && event.key === "j") step(1);
        if ($("table").hidden && event.key === "k") step(-1);
      });
      // On paper: every document that the list shows, up to three hundred.
      addEventListener("beforeprint", () => {
        const chosen = [...entries.keys()].slice(0, 300);
        $("print").replaceChildren(...chosen.map((index) => make("article", "detail", show(data.documents[index]))));
        if (entries.size > chosen.length) $("print").append(make("p", "empty", `${entries.size - chosen.length} further documents are not printed; narrow the list to print them.`));
      });
      addEventListener("afterprint", () => $("print").replaceChildren());
      drawList();
      if (order.length) open(order[0].index, undefined, true);
      const wide = matchMedia("(min-width: 821px)");
      if (wide.matches) $("documents").classList.add("open");
      if (location.hash === "#table" && rows.length) view("table");
    })();
    """#
}

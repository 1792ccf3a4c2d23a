"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const json = (id) => JSON.parse($(id).textContent);
  const data = json("data");
  const make = (tag, className, ...children) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    for (const child of children) if (child !== null && child !== undefined && child !== "") node.append(child);
    return node;
  };
  const number = new Intl.NumberFormat("en");
  const plural = (count, one, many) => `${number.format(count)} ${count === 1 ? one : many}`;
  const readable = (name) => {
    if (Object.hasOwn(data.titles, name)) return data.titles[name];
    const spaced = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/[_-]+/g, " ").toLowerCase();
    return spaced.charAt(0).toUpperCase() + spaced.slice(1);
  };
  const states = ["found", "unsupported", "notRead", "absent"];
  const words = { found: "Found", absent: "Not in it", unsupported: "Unsupported", notRead: "Not read" };
  const status = (value) => make("span", "status " + value, words[value] || value);
  const meter = (confidence) => {
    const bar = make("i");
    bar.style.setProperty("--part", 100 * confidence + "%");
    const node = make("span", "meter", bar, confidence.toFixed(2));
    node.title = "Confidence. How often values with such a confidence were right stands under “How far to trust it”.";
    return node;
  };

  // What is in a document's own script element is read when the document is first opened.
  const contents = new Map();
  const content = (index) => {
    if (!contents.has(index)) contents.set(index, $("d" + index) ? json("d" + index) : { parts: [], evidence: {}, pictures: [] });
    return contents.get(index);
  };

  // Documents: those with something to say about what was not read come first.
  const rank = (entry) => ({ failed: 0, unfinished: 0, partial: 1 })[entry.status] ?? 2;
  const order = data.documents.map((entry, index) => ({ entry, index }))
    .sort((a, b) => rank(a.entry) - rank(b.entry) || a.index - b.index);
  const labels = data.fields.map(readable);
  const rows = data.rows.map(([index, field, state, value, confidence, place, quote]) => ({
    index, field, state, value, confidence, place, quote, path: data.documents[index].path, text: null,
  }));

  // Head.
  const count = (value, text, className) => make("span", className, make("b", "", number.format(value)), " " + text);
  const tally = {};
  for (const entry of data.documents) tally[entry.status] = (tally[entry.status] || 0) + 1;
  const seen = states.map((_, state) => rows.reduce((sum, row) => sum + (row.state === state ? 1 : 0), 0));
  $("counts").append(count(data.documents.length, data.documents.length === 1 ? "document" : "documents"));
  if (tally.failed) $("counts").append(count(tally.failed, "failed", "alert"));
  if (tally.unfinished) $("counts").append(count(tally.unfinished, "unfinished", "alert"));
  if (tally.partial) $("counts").append(count(tally.partial, "read in part", "alert"));
  if (rows.length) {
    $("counts").append(count(seen[0], (seen[0] === 1 ? "value" : "values") + " found"));
    if (seen[1]) $("counts").append(count(seen[1], "unsupported"));
    if (seen[2]) $("counts").append(count(seen[2], "not read"));
  }
  $("tab-table").hidden = !rows.length;
  $("tab-trust").hidden = !rows.length;

  // Sources.
  const place = (proof) => {
    const parts = [];
    const pages = [...new Set((proof.boxes || []).map((box) => box[0]))];
    if (pages.length > 1) parts.push(`pages ${pages[0]}–${pages[pages.length - 1]}`);
    else if (proof.page) parts.push(`page ${proof.page}`);
    if (proof.turns) {
      const [first, last] = proof.turns;
      parts.push(first === last ? `turn ${first + 1}` : `turns ${first + 1}–${last + 1}`);
    }
    if (proof.occurrences) parts.push(`one of ${proof.occurrences} places with these words`);
    if (proof.match === "normalized") parts.push("found by normalised spelling");
    if (proof.match === "none") parts.push("not found in the document");
    return parts.join(" · ");
  };
  const bitmaps = new Map();
  const bitmap = (id) => {
    if (!bitmaps.has(id)) bitmaps.set(id, "data:image/png;base64," + ($(id)?.textContent ?? ""));
    return bitmaps.get(id);
  };
  // `top` and `bottom` in points of the page: what of the picture is shown in the frame.
  const framed = (frame, picture, top, bottom, boxes, alt) => {
    const height = bottom - top;
    frame.style.aspectRatio = `${picture.width} / ${height}`;
    const img = make("img");
    img.loading = "lazy";
    img.alt = alt;
    img.src = bitmap(picture.id);
    // In parts of the picture itself, which no border or rounding of the frame can shift.
    img.style.transform = `translateY(${(100 * (picture.top - top)) / (picture.bottom - picture.top)}%)`;
    frame.append(img);
    for (const [page, x0, y0, x1, y1] of boxes) {
      if (page !== picture.page || y1 < top || y0 > bottom) continue;
      const box = make("i");
      box.style.left = (100 * (x0 - 1.5)) / picture.width + "%";
      box.style.top = (100 * (y0 - 1 - top)) / height + "%";
      box.style.width = (100 * (x1 - x0 + 3)) / picture.width + "%";
      box.style.height = (100 * (y1 - y0 + 2)) / height + "%";
      frame.append(box);
    }
    return frame;
  };
  const around = 34;
  const clips = (entry, index, proof) => {
    const found = [];
    for (const page of new Set((proof.boxes || []).map((box) => box[0]))) {
      const boxes = proof.boxes.filter((box) => box[0] === page);
      const first = Math.min(...boxes.map((box) => box[2]));
      const last = Math.max(...boxes.map((box) => box[4]));
      const picture = content(index).pictures.find((one) => one.page === page && one.top <= first + 1 && one.bottom >= last - 1);
      if (!picture) continue;
      const clip = make("button", "clip");
      clip.setAttribute("aria-label", `Show page ${page}`);
      framed(clip, picture, Math.max(picture.top, first - around), Math.min(picture.bottom, last + around), boxes,
        `Page ${page} of ${entry.path}, where the quote stands`);
      clip.addEventListener("click", () => sheet(entry, index, proof));
      found.push(clip);
    }
    return found;
  };
  const sheet = (entry, index, proof) => {
    const pages = [...new Set((proof.boxes || []).map((box) => box[0]))];
    const pictures = content(index).pictures.filter((one) => pages.includes(one.page));
    if (!pictures.length) return;
    $("sheet-title").textContent = `${entry.path} · ${place(proof)}`;
    $("sheet-page").replaceChildren(...pictures.map((picture) =>
      framed(make("figure", "sheet"), picture, picture.top, picture.bottom, proof.boxes, `Page ${picture.page} of ${entry.path}`)));
    $("sheet").showModal();
    $("sheet-page").querySelector("i")?.scrollIntoView({ block: "center" });
  };
  $("sheet-close").addEventListener("click", () => $("sheet").close());
  $("sheet").addEventListener("click", (event) => { if (event.target === $("sheet")) $("sheet").close(); });
  $("sheet").addEventListener("close", () => $("sheet-page").replaceChildren());

  const proofNode = (entry, index, at, id) => {
    const proof = content(index).evidence[`${at}:${id}`];
    if (!proof) return null;
    const where = place(proof);
    const close = (text) => text.replace(/\s*\n\s*/g, "\n");
    return make("figure", "proof",
      make("blockquote", "quote", close(proof.before), make("mark", "", close(proof.quote)), close(proof.after)),
      where ? make("figcaption", "where", where) : null, ...clips(entry, index, proof));
  };
  // Of many quotes for one value the first two stand open.
  const open = 2;
  const proofs = (entry, index, at, ids, whole) => {
    const cell = make("div", "");
    const add = (some) => { for (const id of some) cell.append(proofNode(entry, index, at, id) ?? ""); };
    add(whole ? ids : ids.slice(0, open));
    if (!whole && ids.length > open) {
      const rest = ids.slice(open);
      const button = make("button", "more", `Show ${plural(rest.length, "more quote", "more quotes")}`);
      button.addEventListener("click", () => { button.remove(); add(rest); });
      cell.append(button);
    }
    return cell;
  };
  const row = (context, label, value, ids, ...state) => {
    const left = make("div", "", label ? make("div", "label", label) : null,
      value ? make("div", "value", value) : make("div", "value none", "no value"),
      state.some(Boolean) ? make("div", "state", ...state) : null);
    return make("div", "row", left, proofs(context.entry, context.index, context.at, ids, context.whole));
  };

  const showFields = (into, part, context) => {
    for (const [state, title] of [["found", "Found in the document"], ["unsupported", "Words without a value that counts"]]) {
      const fields = part.fields.filter((field) => field.status === state);
      if (!fields.length) continue;
      into.append(make("h3", "", `${title} · ${fields.length}`));
      for (const field of fields) {
        const others = (field.alternatives || []).map((other) => other.value).filter((value) => value && value !== field.value);
        const node = row(context, readable(field.name), field.value || (state === "found" ? field.raw : ""), field.evidence,
          status(field.status), field.confidence ? meter(Number(field.confidence)) : null,
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
  const showSummary = (into, part, context) => {
    into.append(make("h3", "", "Summary"));
    if (part.data.abstract) into.append(make("p", "prose", part.data.abstract));
    // On paper the sentences stand once: their places are in the file and on the screen.
    if (context.whole) {
      for (const point of part.data.points.filter((one) => !(part.data.abstract || "").includes(one.text))) into.append(make("p", "prose", point.text));
      return;
    }
    if (part.data.points.length) into.append(make("h3", "", `Where its sentences stand · ${part.data.points.length}`));
    for (const point of part.data.points) into.append(row(context, point.topic || "", point.text, point.evidence));
    if (!part.data.points.length) into.append(make("p", "empty", "Nothing to summarise was found."));
  };
  const showMinutes = (into, part, context) => {
    const minutes = part.data;
    const names = Object.fromEntries(minutes.attendees.map((person) => [person.id, person.name]));
    const topics = Object.fromEntries(minutes.topics.map((topic) => [topic.id, topic.title]));
    if (minutes.attendees.length) into.append(make("h3", "", `People · ${minutes.attendees.length}`));
    into.append(make("div", "people", ...minutes.attendees.map((person) => make("span", "", person.name + " ",
      make("small", "", [person.role, person.organization, person.presence === "spoke" ? plural(person.turns || 0, "turn", "turns") : person.presence].filter(Boolean).join(", "))))));
    const section = (title, entries, state) => {
      if (!entries.length) return;
      into.append(make("h3", "", `${title} · ${entries.length}`));
      for (const one of entries) into.append(row(context, topics[one.topic] || "", one.text, one.evidence, ...state(one).filter(Boolean).map((text) => make("span", "", text))));
    };
    section("Decisions", minutes.decisions, (one) => [one.outcome === "agreed" ? "" : one.outcome, (one.by || []).map((id) => names[id]).join(", ")]);
    section("Actions", minutes.actions, (one) => [one.owner ? "Owner: " + names[one.owner] : "No owner named", one.due || one.dueText ? `Due: ${[one.due, one.dueText && `“${one.dueText}”`].filter(Boolean).join(" ")}` : "No date named"]);
    const isProblem = (one) => one.id.startsWith("problem");
    section("Open questions", minutes.openQuestions.filter((one) => !isProblem(one)), (one) => [names[one.raisedBy]]);
    section("Problems raised", minutes.openQuestions.filter(isProblem), (one) => [names[one.raisedBy]]);
    if (minutes.topics.length) into.append(make("h3", "", `Topics · ${minutes.topics.length}`));
    for (const topic of minutes.topics) {
      into.append(row(context, "", topic.title, topic.evidence, ...topic.spans.map(([a, b]) => make("span", "", `turns ${a + 1}–${b + 1}`))));
    }
  };
  const showStatements = (into, part, context) => {
    into.append(make("h3", "", `${readable(part.step)} · ${part.statements.length}`));
    for (const one of part.statements) into.append(row(context, one.label, one.text, one.evidence, one.status ? status(one.status) : null));
  };
  const show = (index, whole) => {
    const entry = data.documents[index];
    const node = document.createDocumentFragment();
    node.append(make("h2", "", entry.title || entry.path.split("/").pop()));
    node.append(make("p", "path", [entry.path, entry.pages ? plural(entry.pages, "page", "pages") : null, entry.media].filter(Boolean).join(" · ")));
    if (entry.notices.length) {
      node.append(make("ul", "notices", ...entry.notices.map((notice) =>
        make("li", "", make("span", "code", notice.code), notice.message))));
    }
    const inside = content(index);
    inside.parts.forEach((part, at) => {
      const context = { entry, index, at, whole };
      if (part.fields) showFields(node, part, context);
      else if (part.kind === "summary") showSummary(node, part, context);
      else if (part.kind === "minutes") showMinutes(node, part, context);
      else if (part.statements) showStatements(node, part, context);
    });
    if (inside.undrawn) node.append(make("p", "empty", "Pages of this document are not drawn: the room for pictures in this report is used up. docket report OUT --pictures <MB> gives it more."));
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
        const about = rank(entry) < 2
          ? [...new Set(entry.notices.map((notice) => notice.code))].join(", ") || entry.status
          : entry.fields ? `${entry.found} of ${entry.fields} fields found` : entry.kinds.join(", ");
        const slash = entry.path.lastIndexOf("/");
        const button = make("button", "entry",
          make("span", "name", slash > 0 ? make("small", "", entry.path.slice(0, slash)) : null, entry.path.slice(slash + 1)),
          make("span", "about" + (rank(entry) < 2 ? " warn" : ""), about));
        button.addEventListener("click", () => go(index));
        entries.set(index, button);
        items.append(make("li", "", button));
      }
      list.append(make("h2", "", `${title} · ${number.format(found.length)}`), items);
    }
    if (!entries.size) list.append(make("p", "empty", "No document has that in its name."));
    if (data.leftOut.length) {
      list.append(make("details", "left-out", make("summary", "", `Left out of the run · ${number.format(data.leftOut.length)}`),
        make("ul", "", ...data.leftOut.slice(0, 500).map((one) => make("li", "", `${one.path}: ${one.detail}`)))));
    }
    mark();
  };
  const mark = () => {
    for (const [index, button] of entries) {
      if (index === current) button.setAttribute("aria-current", "true"); else button.removeAttribute("aria-current");
    }
  };
  const go = (index, field, quiet) => {
    current = index;
    const detail = $("detail");
    const back = make("button", "back", "← All documents");
    back.addEventListener("click", () => { $("documents").classList.remove("open"); entries.get(index)?.focus(); });
    detail.replaceChildren(back, show(index));
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
    const next = visible[Math.min(visible.length - 1, Math.max(0, visible.indexOf(current) + by))];
    if (next !== undefined && next !== current) go(next);
  };
  const stepAnswer = (by) => {
    const all = [...$("detail").querySelectorAll(".row")];
    const at = all.findIndex((node) => node.classList.contains("here"));
    const next = all[Math.min(all.length - 1, Math.max(0, at < 0 && by < 0 ? all.length - 1 : at + by))];
    if (!next) return;
    all[at]?.classList.remove("here");
    next.classList.add("here");
    next.scrollIntoView({ block: "nearest" });
  };

  // The table: only the rows in sight are in the page.
  const narrow = matchMedia("(max-width: 820px)");
  const height = () => (narrow.matches ? 92 : 42);
  const columns = [["path", "Document"], ["label", "Field"], ["value", "Value"], ["state", "Status"], ["confidence", "Confidence"], ["quote", "Source"]];
  let sorting = { key: "path", up: true };
  let sorted = rows;
  let visible = [];
  let at = 0;
  const stateRank = [2, 0, 1, 3];
  const key = (one, name) => name === "state" ? stateRank[one.state] : name === "label" ? labels[one.field] : one[name];
  const resort = () => {
    const sign = sorting.up ? 1 : -1;
    const collator = new Intl.Collator("en", { numeric: true });
    // Documents and labels are few and compared often: their order is found once.
    let value = (one) => key(one, sorting.key);
    if (sorting.key !== "confidence" && sorting.key !== "state") {
      const texts = [...new Set(rows.map(value))].sort(collator.compare);
      const places = new Map(texts.map((text, place) => [text, place]));
      const plain = value;
      value = (one) => places.get(plain(one));
    }
    sorted = rows.map((one, index) => [value(one), index, one])
      .sort((a, b) => sign * (a[0] - b[0]) || a[1] - b[1]).map((entry) => entry[2]);
  };
  const refilter = () => {
    const wanted = $("filter").value.trim().toLowerCase();
    const field = $("field").value === "" ? -1 : Number($("field").value);
    const on = states.map((state) => document.querySelector(`#statuses input[value="${state}"]`)?.checked ?? false);
    visible = sorted.filter((one) => {
      if (!on[one.state] || (field >= 0 && one.field !== field)) return false;
      if (!wanted) return true;
      one.text ??= [one.path, labels[one.field], data.fields[one.field], one.value, one.quote].join("\n").toLowerCase();
      return one.text.includes(wanted);
    });
    at = 0;
    $("shown").textContent = visible.length === rows.length ? plural(rows.length, "value", "values") : `${number.format(visible.length)} of ${plural(rows.length, "value", "values")}`;
    $("window").style.height = visible.length * height() + "px";
    $("grid").scrollTop = 0;
    $("grid").setAttribute("aria-rowcount", visible.length + 1);
    drawRows();
  };
  const cell = (className, child, role) => {
    const node = make("span", className, child);
    node.setAttribute("role", "gridcell");
    return node;
  };
  // The name first: paths differ at their ends.
  const named = (path) => {
    const slash = path.lastIndexOf("/");
    const node = make("span", "", path.slice(slash + 1));
    if (slash > 0) node.append(" ", make("small", "soft", path.slice(0, slash)));
    return node;
  };
  const drawRows = () => {
    const grid = $("grid");
    const tall = height();
    const first = Math.max(0, Math.floor(grid.scrollTop / tall) - 6);
    const last = Math.min(visible.length, first + Math.ceil(grid.clientHeight / tall) + 12);
    const nodes = [];
    for (let index = first; index < last; index += 1) {
      const one = visible[index];
      const source = one.quote ? make("span", "", one.place ? one.place + " · " : "", one.quote) : "";
      const node = make("div", "cells" + (index === at ? " at" : ""), cell("path", named(one.path)), cell("l", labels[one.field]),
        cell("v", one.state === 0 ? one.value : "—"), cell("s", status(states[one.state])),
        cell("c", one.confidence >= 0 ? meter(one.confidence) : ""), cell("q", source));
      node.setAttribute("role", "row");
      node.setAttribute("aria-rowindex", index + 2);
      node.style.top = index * tall + "px";
      node.title = [one.path, one.value, one.quote].filter(Boolean).join("\n");
      node.addEventListener("click", () => { view("documents"); go(one.index, data.fields[one.field]); });
      nodes.push(node);
    }
    if (!visible.length) nodes.push(make("p", "empty", "No value is like that."));
    $("window").replaceChildren(...nodes);
  };
  const drawHead = () => {
    $("head").replaceChildren(...columns.map(([name, title]) => {
      const button = make("button", "", title);
      button.addEventListener("click", () => sortBy(name, sorting.key === name ? !sorting.up : name !== "confidence"));
      const node = make("span", "", button);
      node.setAttribute("role", "columnheader");
      node.setAttribute("aria-sort", sorting.key !== name ? "none" : sorting.up ? "ascending" : "descending");
      return node;
    }));
    $("sort").value = sorting.key;
  };
  const sortBy = (name, up) => {
    sorting = { key: name, up };
    drawHead();
    resort();
    refilter();
  };
  if (rows.length) {
    const names = data.fields.map((_, index) => index).sort((a, b) => (labels[a] < labels[b] ? -1 : 1));
    $("field").append(new Option("All fields", ""), ...names.map((index) => new Option(labels[index], index)));
    $("sort").append(...columns.slice(0, 5).map(([name, title]) => new Option("Sort by " + title.toLowerCase(), name)));
    $("sort").addEventListener("change", () => sortBy($("sort").value, $("sort").value !== "confidence"));
    states.forEach((state, index) => {
      if (!seen[index]) return;
      const box = make("input");
      box.type = "checkbox";
      box.value = state;
      box.checked = state !== "absent";
      box.addEventListener("change", refilter);
      $("statuses").append(make("label", "", box, status(state)));
    });
    let waiting = 0;
    $("filter").addEventListener("input", () => { cancelAnimationFrame(waiting); waiting = requestAnimationFrame(refilter); });
    $("field").addEventListener("change", refilter);
    $("grid").addEventListener("scroll", () => requestAnimationFrame(drawRows), { passive: true });
    addEventListener("resize", () => { if (!$("table").hidden) { $("window").style.height = visible.length * height() + "px"; drawRows(); } });
    $("grid").addEventListener("keydown", (event) => {
      const jump = { ArrowDown: 1, ArrowUp: -1, PageDown: 12, PageUp: -12, Home: -visible.length, End: visible.length }[event.key];
      if (jump !== undefined) {
        at = Math.min(visible.length - 1, Math.max(0, at + jump));
        const grid = $("grid");
        const tall = height();
        const top = at * tall;
        if (top < grid.scrollTop) grid.scrollTop = top;
        if (top + 2 * tall > grid.scrollTop + grid.clientHeight) grid.scrollTop = top + 2 * tall - grid.clientHeight;
        drawRows();
        event.preventDefault();
      } else if (event.key === "Enter" && event.target === $("grid") && visible[at]) {
        view("documents");
        go(visible[at].index, data.fields[visible[at].field]);
        $("detail").focus({ preventScroll: true });
      }
    });
    drawHead();
    resort();
  }

  // How often a value of some confidence was right, where somebody knew the answers.
  const drawTrust = () => {
    const into = $("trust");
    const known = data.reliability;
    into.append(make("h2", "", "What a confidence is worth"));
    into.append(make("p", "", "A value is found only with a quote that stands in the document; that is proof of the words, not of their meaning. The confidence says how likely the value is what the field asks for."));
    if (!known) {
      into.append(make("p", "", `No measurement of the confidences of ${data.model} is at hand. Take them as an order of what to check first.`));
      return;
    }
    into.append(make("p", "", `Of ${number.format(known.bins.reduce((sum, bin) => sum + bin.values, 0))} values that ${known.model} found in ${known.data}, so many were right:`));
    const body = make("tbody");
    for (const bin of [...known.bins].reverse()) {
      const share = bin.values ? bin.right / bin.values : 0;
      const track = make("div", "track", make("i"), make("b"));
      track.firstChild.style.width = 100 * share + "%";
      track.lastChild.style.left = 100 * bin.said + "%";
      const graph = make("td", "bar-cell", track);
      body.append(make("tr", "", make("td", "", `${bin.from.toFixed(1)} – ${bin.to.toFixed(1)}`), make("td", "", number.format(bin.values)),
        make("td", "", bin.values < 10 ? `${bin.right} of ${bin.values}` : `${Math.round(100 * share)} %`), graph,
        make("td", "", number.format(seenWith(bin)))));
    }
    into.append(make("table", "", make("thead", "", make("tr", "", ...["Confidence", "Values there", "Right", "Right; the line: promised", "Values here"].map((title) => make("th", "", title)))), body));
    into.append(make("p", "soft", known.judged));
    into.append(make("p", "soft", "Source: " + known.source));
  };
  const seenWith = (bin) => rows.reduce((sum, one) => sum + (one.state === 0 && one.confidence >= bin.from && (one.confidence < bin.to || bin.to === 1) ? 1 : 0), 0);
  if (rows.length) drawTrust();

  const view = (name) => {
    for (const one of ["documents", "table", "trust"]) {
      $(one).hidden = one !== name;
      $("tab-" + one).setAttribute("aria-selected", one === name);
    }
    if (name === "table" && rows.length) {
      if (!$("window").childElementCount) refilter(); else drawRows();
      $("grid").focus({ preventScroll: true });
    }
  };
  for (const name of ["documents", "table", "trust"]) $("tab-" + name).addEventListener("click", () => view(name));
  $("find").addEventListener("input", drawList);
  addEventListener("keydown", (event) => {
    if ($("sheet").open) return;
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName) && event.target.type !== "checkbox";
    if (event.key === "Escape" && typing) { event.target.blur(); return; }
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "/") {
      event.preventDefault();
      if (!$("trust").hidden) view("documents");
      ($("table").hidden ? $("find") : $("filter")).focus();
    }
    if (event.key === "d") view("documents");
    if (event.key === "t" && rows.length) view("table");
    if (event.key === "c" && rows.length) view("trust");
    if ($("documents").hidden) return;
    if (event.key === "j") step(1);
    if (event.key === "k") step(-1);
    if (event.key === "n") stepAnswer(1);
    if (event.key === "p") stepAnswer(-1);
    if (event.key === "o") $("detail").querySelector(".row.here .clip, .clip")?.click();
  });

  // On paper: the table as it is filtered, or every document that the list shows.
  const printedDocuments = 300;
  const printedRows = 5000;
  addEventListener("beforeprint", () => {
    const paper = $("print");
    if (!$("table").hidden) {
      const body = make("tbody", "", ...visible.slice(0, printedRows).map((one) => make("tr", "", make("td", "", one.path), make("td", "", labels[one.field]),
        make("td", "", one.state === 0 ? one.value : words[states[one.state]]), make("td", "", one.confidence >= 0 ? one.confidence.toFixed(2) : ""), make("td", "", one.place))));
      paper.replaceChildren(make("table", "", make("thead", "", make("tr", "", ...["Document", "Field", "Value", "Confidence", "Place"].map((title) => make("th", "", title)))), body));
      if (visible.length > printedRows) paper.append(make("p", "empty", `${number.format(visible.length - printedRows)} further rows are not printed; filter the table to print them.`));
    } else if (!$("trust").hidden) {
      paper.replaceChildren($("trust").cloneNode(true));
    } else {
      const chosen = [...entries.keys()].slice(0, printedDocuments);
      paper.replaceChildren(...chosen.map((index) => make("article", "detail", show(index, true))));
      for (const img of paper.querySelectorAll("img")) img.loading = "eager";
      if (entries.size > chosen.length) paper.append(make("p", "empty", `${entries.size - chosen.length} further documents are not printed; narrow the list to print them.`));
    }
  });
  addEventListener("afterprint", () => $("print").replaceChildren());

  drawList();
  performance.mark("listed");
  if (matchMedia("(min-width: 821px)").matches) $("documents").classList.add("open");
  // Documents and pictures stand after this script: the list is there before they are read.
  addEventListener("DOMContentLoaded", () => {
    if (order.length) go(order[0].index, undefined, true);
    const hash = location.hash.slice(1);
    if ((hash === "table" || hash === "trust") && rows.length) {
      view(hash);
      // The browser goes to the element of that name; its head belongs to it.
      addEventListener("load", () => setTimeout(() => scrollTo(0, 0)));
    }
    if (/^d\d+$/.test(hash) && data.documents[Number(hash.slice(1))]) go(Number(hash.slice(1)));
  });
})();

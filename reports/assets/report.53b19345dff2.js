"use strict";
/* clutterbench: sorting, filtering, keys, links and downloads. All of it is an addition: without it every text and table is there.

   The view is one object in the hash, `#?q=type:news f1:<80&sort=html:-f1&x=trafilatura`, so that a link shows the same again. Only
   the theme and "keys off" are remembered. Names and texts come from untrusted pages: they are only ever set as text. */
(function () {
  const root = document.documentElement;

  /* ---- what is remembered ---- */
  // Storage may be refused (private windows, file://); a theme that is not remembered is no reason to fail.
  function recall(key) {
    try { return localStorage.getItem("clutterbench." + key) || ""; } catch (_) { return ""; }
  }
  function remember(key, value) {
    try { localStorage.setItem("clutterbench." + key, value); } catch (_) { /* not remembered */ }
  }
  function theme(name) {
    if (name === "light" || name === "dark") root.dataset.theme = name;
    else delete root.dataset.theme;
  }
  theme(recall("theme"));

  /* ---- the view: one object, kept in the hash ---- */
  const state = { q: "", sort: "", x: "" };
  function readHash() {
    const there = new URLSearchParams(location.hash.startsWith("#?") ? location.hash.slice(2) : "");
    for (const key of Object.keys(state)) state[key] = there.get(key) || "";
  }
  // encodeURIComponent is stricter than a hash needs; these stay as they are, so that a link can be read.
  function written(value) {
    return encodeURIComponent(value).replace(/%(3A|3C|3E|2C|2F|22)/g, decodeURIComponent);
  }
  function writeHash(push) {
    const parts = [];
    for (const key of Object.keys(state)) if (state[key]) parts.push(key + "=" + written(state[key]));
    const url = location.pathname + location.search + (parts.length ? "#?" + parts.join("&") : "");
    history[push ? "pushState" : "replaceState"](null, "", url);
  }

  /* ---- small helpers ---- */
  function make(tag, properties, ...children) {
    const element = Object.assign(document.createElement(tag), properties || {});
    element.append(...children);
    return element;
  }
  const text = (element) => element.textContent.replace(/\s+/g, " ").trim();
  // "85.9 (72.6–97.2)" is 85.9, "−0.1 …" is -0.1, "–" and words are nothing.
  function number(shown) {
    const plain = shown.replace(/[\u202f\u00a0]/g, "").replace(/^−/, "-").replace(/^\+/, "");
    const found = /^-?\d+(\.\d+)?(e[+-]?\d+)?/.exec(plain);
    return found ? Number(found[0]) : NaN;
  }

  /* ---- a query: words and key:value, - before either turns it round ---- */
  function parse(query) {
    const terms = [];
    for (const part of query.match(/-?(?:[\w.=+-]+:)?"[^"]*"|\S+/g) || []) {
      const not = part.length > 1 && part.startsWith("-");
      const bare = not ? part.slice(1) : part;
      const at = bare.indexOf(":");
      const key = at > 0 ? bare.slice(0, at) : "";
      const value = bare.slice(at > 0 ? at + 1 : 0).replace(/^"(.*)"$/, "$1").toLowerCase();
      const compare = key && /^(<=|>=|<|>|=)(.*)$/.exec(value);
      terms.push({ not, key, value: compare ? compare[2] : value, sign: compare ? compare[1] : "" });
    }
    return terms;
  }

  class List {
    constructor(table) {
      this.table = table;
      this.id = table.dataset.list;
      this.heads = [...table.tHead.rows[table.tHead.rows.length - 1].cells];
      this.columns = new Map();
      this.heads.forEach((head, index) => { if (head.dataset.key) this.columns.set(head.dataset.key, index); });
      this.extractors = this.heads.filter((head) => head.dataset.x);
      this.groups = [...table.tBodies].map((body) => ({
        body,
        fixed: [...body.rows].filter((row) => row.classList.contains("sub")),
        rows: [...body.rows].filter((row) => !row.classList.contains("sub")),
      }));
      this.rows = this.groups.flatMap((group) => group.rows);
      this.rows.forEach((row, index) => { row.place = index; });
      for (const [key, index] of this.columns) this.sortable(this.heads[index], key);
    }

    sortable(head, key) {
      const button = make("button", { type: "button", className: "sort" });
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const first = head.classList.contains("number") ? "-" : "";
        const other = first ? "" : "-";
        const now = this.sorting();
        // First the useful direction, then the other, then the order as made.
        const next = now === first + key ? other + key : now === other + key ? "" : first + key;
        const rest = state.sort.split(",").filter((part) => part && !part.startsWith(this.id + ":"));
        state.sort = [...rest, ...(next ? [this.id + ":" + next] : [])].join(",");
        writeHash(true);
        show();
      });
    }

    sorting() {
      const mine = state.sort.split(",").find((part) => part.startsWith(this.id + ":"));
      return mine ? mine.slice(this.id.length + 1) : "";
    }

    sort() {
      const sorting = this.sorting();
      const key = sorting.replace(/^-/, "");
      const down = sorting.startsWith("-");
      const index = this.columns.has(key) ? this.columns.get(key) : -1;
      this.heads.forEach((head, at) => {
        if (!head.dataset.key) return;
        head.setAttribute("aria-sort", at === index ? (down ? "descending" : "ascending") : "none");
      });
      const numeric = index >= 0 && this.heads[index].classList.contains("number");
      const value = (row) => {
        const cell = row.cells[index];
        if (!cell) return null;
        if (!numeric) return text(cell).toLowerCase() || null;
        const found = number(text(cell));
        return Number.isNaN(found) ? null : found;
      };
      for (const group of this.groups) {
        const order = [...group.rows];
        if (index >= 0) {
          const values = new Map(order.map((row) => [row, value(row)]));
          order.sort((one, two) => {
            const [a, b] = [values.get(one), values.get(two)];
            if (a === null || b === null) return (a === null) - (b === null) || one.place - two.place;
            const by = numeric ? a - b : a < b ? -1 : a > b ? 1 : 0;
            return (down ? -by : by) || one.place - two.place;
          });
        }
        group.body.append(...group.fixed, ...order);
      }
    }

    knows(key) {
      return this.columns.has(key) || this.rows.some((row) => key in row.dataset);
    }

    matches(row, term) {
      if (!term.key || !this.knows(term.key)) {
        const whole = term.key ? term.key + ":" + term.value : term.value;
        // Cell by cell: words of two cells are not one word.
        return !term.key && [...row.cells].some((cell) => text(cell).toLowerCase().includes(whole));
      }
      if (term.key === "leak" && row.dataset.leak !== undefined) return this.leaks(row, term.value);
      let key = term.key;
      // With an extractor chosen, f1 is its own; else the median of all.
      if (key === "f1" && this.extractors.length && this.columns.has(state.x)) key = state.x;
      const index = this.columns.get(key);
      const cell = index === undefined ? null : row.cells[index];
      const shown = cell ? text(cell) : row.dataset[key] || "";
      if (!term.sign) return shown.toLowerCase().includes(term.value);
      if (term.sign === "=") return shown.toLowerCase() === term.value;
      const [a, b] = [number(shown), Number(term.value)];
      if (Number.isNaN(a) || Number.isNaN(b)) return false;
      return term.sign === "<" ? a < b : term.sign === ">" ? a > b : term.sign === "<=" ? a <= b : a >= b;
    }

    leaks(row, label) {
      const head = this.extractors.find((one) => one.dataset.key === state.x);
      return row.dataset.leak.split(" ").some((part) => {
        const [name, who] = part.split(":");
        return who !== undefined && name === label.replace(/^x-/, "") && (!head || who.split(".").includes(head.dataset.x));
      });
    }

    filter(terms) {
      const filtered = terms.filter((term) => !term.key || this.knows(term.key));
      for (const group of this.groups) {
        for (const row of group.rows) row.hidden = !filtered.every((term) => this.matches(row, term) !== term.not);
        for (const row of group.fixed) row.hidden = group.rows.every((one) => one.hidden);
      }
      this.shown = this.rows.filter((row) => !row.hidden);
      this.means(filtered.length > 0);
      return filtered.length;
    }

    // A subset picked by eye gets a mean that says so, and no interval, no rank.
    means(filtered) {
      if (!this.table.dataset.mean) return;
      if (this.table.tFoot) this.table.tFoot.remove();
      if (!filtered || !this.shown.length) return;
      const row = this.table.createTFoot().insertRow();
      this.heads.forEach((head, index) => {
        const values = index ? this.shown.map((one) => number(text(one.cells[index]))).filter((one) => !Number.isNaN(one)) : [];
        const mean = values.length ? values.reduce((a, b) => a + b, 0) / values.length : NaN;
        const said = head.classList.contains("number") && values.length ? mean.toFixed(1) : "";
        const what = this.shown.length === 1 ? "the one shown " : "mean of " + this.shown.length + " shown ";
        const cell = make(index ? "td" : "th", {}, index ? said : what + this.table.dataset.mean);
        if (!index) cell.scope = "row";
        row.append(cell);
      });
    }

    data() {
      const names = this.heads.map((head) => head.dataset.key || text(head));
      return { names, rows: this.shown.map((row) => this.heads.map((_, index) => (row.cells[index] ? text(row.cells[index]) : ""))) };
    }
  }

  /* ---- downloads of what is shown; blob: addresses are not allowed everywhere on file:// ---- */
  function download(list, kind) {
    const { names, rows } = list.data();
    const signatures = [...document.querySelectorAll("footer .signature")].map(text);
    let content;
    if (kind === "json") {
      const records = rows.map((row) => Object.fromEntries(row.map((cell, index) => [names[index], cell])));
      content = JSON.stringify({ schema: 1, signatures, query: state.q, extractor: state.x, rows: records }, null, 1);
    } else {
      // A leading = + - @ would be a formula to a spreadsheet; figures are not touched.
      const safe = (cell) => (/^[=@+\-\t\r]/.test(cell) && Number.isNaN(Number(cell)) ? "'" + cell : cell);
      const quoted = (cell) => '"' + safe(cell).replace(/"/g, '""') + '"';
      content = "# " + signatures.join("  ") + "\n" + [names, ...rows].map((row) => row.map(quoted).join(",")).join("\n") + "\n";
    }
    const type = kind === "json" ? "application/json" : "text/csv";
    const link = make("a", { href: "data:" + type + ";charset=utf-8," + encodeURIComponent(content), download: "clutterbench-" + list.id + "." + kind });
    document.body.append(link);
    link.click();
    link.remove();
  }

  /* ---- controls above a list ---- */
  const lists = [];
  const bars = [];

  function addTerm(key, value, event) {
    const term = (event.ctrlKey || event.metaKey ? "-" : "") + key + ":" + (/\s/.test(value) ? '"' + value + '"' : value);
    const terms = state.q.match(/-?(?:[\w.=+-]+:)?"[^"]*"|\S+/g) || [];
    const others = terms.filter((one) => one.replace(/^-/, "").split(":")[0] !== key || event.shiftKey);
    state.q = (terms.includes(term) ? terms.filter((one) => one !== term) : [...others, term]).join(" ");
    writeHash(true);
    show();
  }

  function values(list, key) {
    if (key === "leak") return [...new Set(list.rows.flatMap((row) => (row.dataset.leak || "").split(" ").map((part) => part.split(":")[0])))].filter(Boolean).sort();
    const index = list.columns.get(key);
    return index === undefined ? [] : [...new Set(list.rows.map((row) => text(row.cells[index])))].filter(Boolean).sort();
  }

  function control(place, list) {
    const input = make("input", { type: "search", className: "filter", placeholder: place.dataset.hint || "filter: words, key:value, f1:<80", spellcheck: false });
    const status = make("span", { className: "status" });
    status.setAttribute("role", "status");
    input.addEventListener("input", () => { state.q = input.value; writeHash(false); show(); });
    place.append(make("label", {}, make("span", { className: "unseen" }, "Filter "), input));
    let choice = null;
    if (list.extractors.length) {
      choice = make("select", {}, make("option", { value: "" }, "any; median F1"));
      for (const head of list.extractors) choice.append(make("option", { value: head.dataset.key }, head.dataset.key));
      choice.addEventListener("change", () => { state.x = choice.value; writeHash(true); show(); });
      place.append(make("label", {}, "f1 and leak of ", choice));
    }
    place.append(status);
    const clear = make("button", { type: "button" }, "Clear");
    clear.addEventListener("click", () => { state.q = ""; state.x = ""; writeHash(true); show(); input.focus(); });
    place.append(clear);
    for (const kind of ["csv", "json"]) {
      const button = make("button", { type: "button", title: "Download the rows shown as " + kind.toUpperCase() }, kind.toUpperCase());
      button.addEventListener("click", () => download(list, kind));
      place.append(button);
    }
    const keys = ["type", "lang", "category", "leak"].filter((key) => (key === "leak" ? list.rows.some((row) => row.dataset.leak) : list.columns.has(key)));
    const chips = keys.map((key) => [key, values(list, key)]).filter(([key, found]) => found.length > (key === "leak" ? 0 : 1) && found.length <= 40);
    if (chips.length) {
      const box = make("details", { className: "chips" }, make("summary", {}, "Filters to click"));
      for (const [key, found] of chips) {
        const line = make("p", {}, key + ": ");
        for (const value of found) {
          const chip = make("button", { type: "button" }, value);
          chip.addEventListener("click", (event) => addTerm(key, value, event));
          line.append(chip, " ");
        }
        box.append(line);
      }
      box.append(make("p", { className: "quiet" }, "Click: only these. Shift-click: these as well as the rest of the query. Ctrl-click: not these."));
      place.append(box);
    }
    const none = make("p", { className: "none", hidden: true });
    place.append(none);
    bars.push({ list, input, status, clear, choice, none });
  }

  // With an extractor chosen, a page's link leads to its answer, and to the first leak of the kind that is asked for.
  function aim(list, terms) {
    const leak = terms.find((term) => term.key === "leak" && !term.not);
    const chosen = list.columns.has(state.x) ? "x=" + encodeURIComponent(state.x) : "";
    const kind = chosen && leak ? "&label=x-" + encodeURIComponent(leak.value.replace(/^x-/, "")) : "";
    for (const row of list.rows) {
      const link = row.cells[0].querySelector("a");
      if (link) link.hash = chosen + kind;
    }
  }

  function show() {
    const terms = parse(state.q);
    const strange = [...new Set(terms.filter((term) => term.key && !lists.some((list) => list.knows(term.key))).map((term) => term.key))];
    for (const list of lists) {
      list.sort();
      if (bars.some((bar) => bar.list === list)) list.filter(terms);
      if (list.extractors.length) aim(list, terms);
    }
    for (const { list, input, status, clear, choice, none } of bars) {
      if (input.value !== state.q) input.value = state.q;
      if (choice) choice.value = [...choice.options].some((option) => option.value === state.x) ? state.x : "";
      status.textContent = list.shown.length + " of " + list.rows.length + " shown" + (strange.length ? "; no column is called " + strange.join(", ") : "");
      clear.hidden = !state.q && !state.x;
      none.hidden = list.shown.length > 0;
      none.textContent = none.hidden ? "" : "Nothing fits “" + state.q + "”.";
    }
  }

  /* ---- keys ---- */
  let keysOff = recall("keys") === "off";
  function step(by) {
    const rows = lists.flatMap((list) => [...list.table.querySelectorAll("tbody tr:not(.sub)")]).filter((row) => row.getClientRects().length);
    if (!rows.length) return;
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const row = rows[Math.max(0, Math.min(rows.length - 1, at < 0 ? 0 : at + by))];
    const target = row.querySelector("a") || row;
    if (target === row) row.tabIndex = -1;
    target.focus();
  }
  document.addEventListener("keydown", (event) => {
    if (keysOff || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest("input, select, textarea, dialog[open]")) return;
    const filter = document.querySelector("input.filter");
    if (event.key === "/" && filter) filter.focus();
    else if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else {
      const element = [...document.querySelectorAll("[data-shortcut]")].find((one) => one.dataset.shortcut === event.key && !one.closest("[hidden]"));
      if (!element) return;
      element.click();
    }
    event.preventDefault();
  });

  function help() {
    const keys = make("dl", { className: "inline" });
    const entry = (key, what) => keys.append(make("dt", {}, make("kbd", {}, key)), make("dd", {}, what));
    if (bars.length) entry("/", "filter");
    if (lists.length) entry("j k", "next and previous row");
    entry("Enter", "open");
    for (const element of document.querySelectorAll("[data-shortcut]")) entry(element.dataset.shortcut, element.title || element.getAttribute("aria-label") || text(element));
    entry("Esc", "close this");
    const off = make("input", { type: "checkbox", checked: keysOff });
    off.addEventListener("change", () => { keysOff = off.checked; remember("keys", keysOff ? "off" : ""); });
    const close = make("button", { type: "button" }, "Close");
    const box = make("dialog", {}, make("h2", { id: "keys-title" }, "Keys"), keys,
      make("p", {}, make("label", {}, off, " Single keys off")),
      bars.length ? make("p", { className: "quiet" }, "A filter is words and key:value, such as type:news lang:de f1:<80 leak:see-also. A minus before a term turns it round; = after the colon means exactly; quotes hold blanks together. Keys are the columns.") : "", close);
    box.setAttribute("aria-labelledby", "keys-title");
    close.addEventListener("click", () => box.close());
    box.addEventListener("close", () => box.remove());
    document.body.append(box);
    box.showModal();
  }

  function copyLink(button) {
    const said = button.textContent;
    const done = () => { button.textContent = "Copied"; setTimeout(() => { button.textContent = said; }, 1500); };
    const byHand = () => {
      const field = make("input", { value: location.href, readOnly: true });
      field.setAttribute("aria-label", "Link to this view");
      button.after(field);
      field.select();
      field.addEventListener("blur", () => field.remove());
    };
    if (navigator.clipboard) navigator.clipboard.writeText(location.href).then(done, byHand);
    else byHand();
  }

  /* ---- a row and its mark in the picture ---- */
  function light(event, on) {
    const row = event.target.closest && event.target.closest("tr[data-mark]");
    const mark = row && document.getElementById(row.dataset.mark);
    if (mark) mark.classList.toggle("lit", on);
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const element of document.querySelectorAll(".tools, .controls")) element.hidden = false;
    const select = document.getElementById("theme");
    select.value = root.dataset.theme || "";
    select.addEventListener("change", () => { theme(select.value); remember("theme", select.value); });
    document.getElementById("help").addEventListener("click", help);
    document.getElementById("copy-link").addEventListener("click", (event) => copyLink(event.currentTarget));
    for (const table of document.querySelectorAll("table[data-list]")) if (table.tHead) lists.push(new List(table));
    for (const place of document.querySelectorAll(".controls")) {
      const list = lists.find((one) => one.id === place.dataset.controls);
      if (list) control(place, list);
      else place.hidden = true;
    }
    for (const [kind, on] of [["mouseover", true], ["mouseout", false], ["focusin", true], ["focusout", false]])
      document.addEventListener(kind, (event) => light(event, on));
    readHash();
    show();
  });
  window.addEventListener("hashchange", () => { readHash(); show(); });
  window.addEventListener("popstate", () => { readHash(); show(); });

  /* ---- print: everything that is folded is opened, and folded again afterwards ---- */
  let folded = [];
  window.addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const details of folded) details.open = true;
  });
  window.addEventListener("afterprint", () => { for (const details of folded) details.open = false; });
})();

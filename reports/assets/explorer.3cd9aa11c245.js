"use strict";
/* clutterbench: the explorer. Marks the chosen answer in the page's lines; all that it shows is in the page or its data file as text.
   Keys are those of report.js, which clicks what has a data-shortcut. State is in the hash: #x=NAME&p=PROBLEM&label=LABEL&only=1&v=page. Text is only ever set as text, never as markup. */
(function () {
  const root = document.documentElement;
  root.classList.add("with-explorer");

  document.addEventListener("DOMContentLoaded", function () {
    const data = window.CLUTTERBENCH;
    const lines = document.getElementById("lines");
    if (!data || !lines) { root.classList.remove("with-explorer"); return; }
    const rows = Array.from(lines.children);
    const texts = rows.map(function (row) { return row.querySelector("p").textContent; });
    const sections = Array.from(document.querySelectorAll("section.answer"));
    const names = sections.map(function (section) { return section.dataset.name; });
    const links = sections.map(function (section) { return document.querySelector('.strip a[href="#' + section.id + '"]'); });
    const select = document.getElementById("answer");
    const only = document.getElementById("only");
    const saved = document.getElementById("saved");
    const live = document.getElementById("live");
    const state = { x: -1, p: 0, only: false, page: false };
    let drawn = -1;
    let touched = [];

    function make(name, className, text) {
      const element = document.createElement(name);
      if (className) element.className = className;
      if (text !== undefined) element.textContent = text;
      return element;
    }

    function problems() { return Array.from(sections[state.x].querySelectorAll("ol > li")); }

    /* The line that a problem is in, or behind. */
    function place(problem) { return document.getElementById(problem.querySelector("a").hash.slice(1)); }

    function mark(index, stretches) {
      const row = rows[index];
      const text = texts[index];
      const paragraph = row.querySelector("p");
      const body = row.classList.contains("body");
      const may = row.classList.contains("may");
      const pieces = [];
      let at = 0;
      for (let k = 0; k < stretches.length; k += 2) {
        pieces.push(text.slice(at, stretches[k]), make(body ? "del" : may ? "span" : "ins", may ? "taken" : "", text.slice(stretches[k], stretches[k + 1])));
        at = stretches[k + 1];
      }
      pieces.push(text.slice(at), " ", make("em", "", body ? "− lost" : may ? "in the answer, not scored" : "+ leaked"));
      paragraph.replaceChildren.apply(paragraph, pieces);
      row.classList.add(body ? "lost" : may ? "taken" : "leaked");
      touched.push(index);
    }

    function clear() {
      for (const index of touched) {
        rows[index].classList.remove("lost", "leaked", "taken");
        rows[index].querySelector("p").replaceChildren(texts[index]);
      }
      for (const extra of lines.querySelectorAll(".extra, .number")) extra.remove();
      touched = [];
    }

    function number(row, n) {
      const link = make("a", "number", "#" + n);
      link.href = "#p=" + n;
      link.setAttribute("aria-label", "problem " + n);
      link.addEventListener("click", function (event) { event.preventDefault(); go(n, true); });
      row.prepend(link);
    }

    /* Draws the chosen answer into the lines. */
    function draw() {
      if (drawn === state.x) return;
      clear();
      drawn = state.x;
      const answer = data.answers[state.x];
      for (const entry of answer.marks) {
        if (typeof entry === "number") mark(entry, [0, texts[entry].length]);
        else if (entry.length === 2) for (let k = entry[0]; k <= entry[1]; k++) mark(k, [0, texts[k].length]);
        else mark(entry[0], entry.slice(1));
      }
      const last = {};
      for (const [after, kind, text, n] of answer.behind) {
        const extra = make("li", "extra " + kind);
        const paragraph = make("p");
        paragraph.dir = "auto";
        paragraph.append(make("ins", "", text || "…"));
        extra.append(make("b", "", kind === "repeated" ? "repeated" : "not on the page"), " ", paragraph);
        extra.id = "p" + n;
        number(extra, n);
        const before = last[after] || rows[after];
        if (before) before.after(extra); else lines.prepend(extra);
        last[after] = extra;
      }
      problems().forEach(function (problem, index) {
        if (problem.className === "lost" || problem.className === "leaked") {
          const row = place(problem);
          if (row && row.parentElement === lines) number(row, index + 1);
        }
      });
      sections.forEach(function (section, index) { section.hidden = index !== state.x; });
      links.forEach(function (link, index) {
        if (index === state.x) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
      });
      select.value = String(state.x);
    }

    function show() {
      draw();
      lines.classList.toggle("only", state.only);
      only.checked = state.only;
      if (saved) {
        saved.setAttribute("aria-pressed", String(state.page));
        document.querySelector(".panes").classList.toggle("with-page", state.page);
      }
      // The next page opens as this one is: the same answer, the page as saved beside it or not.
      for (const step of document.querySelectorAll(".steps a[rel]")) step.hash = "x=" + encodeURIComponent(names[state.x]) + (state.page ? "&v=page" : "");
      for (const old of document.querySelectorAll(".current")) old.classList.remove("current");
      const all = problems();
      if (state.p < 1 || state.p > all.length) {
        live.textContent = all.length ? all.length + (all.length === 1 ? " problem" : " problems") : "No problems";
        return;
      }
      const problem = all[state.p - 1];
      problem.classList.add("current");
      const row = document.getElementById("p" + state.p) || place(problem);
      if (row) row.classList.add("current");
      live.textContent = "Problem " + state.p + " of " + all.length + ": " + problem.querySelector("a").textContent;
    }

    function hash() {
      const parts = new URLSearchParams();
      parts.set("x", names[state.x]);
      if (state.p) parts.set("p", String(state.p));
      if (state.only) parts.set("only", "1");
      if (state.page) parts.set("v", "page");
      return "#" + parts.toString();
    }

    function keep(push) {
      try { history[push ? "pushState" : "replaceState"](null, "", hash()); } catch (_) { /* some browsers refuse it on file:// */ }
    }

    /* Takes the state from the address. What it does not name stays as it is not chosen. */
    function read() {
      const plain = /^#x(\d+)$/.exec(location.hash);
      const parts = new URLSearchParams(location.hash.slice(1));
      const at = plain ? Number(plain[1]) : names.indexOf(parts.get("x") || "");
      state.x = at >= 0 && at < names.length ? at : Math.max(state.x, 0);
      state.p = Number(parts.get("p")) || 0;
      state.only = parts.get("only") === "1";
      state.page = parts.get("v") === "page";
      const label = parts.get("label");
      show();
      if (label && !state.p) {
        const index = problems().findIndex(function (problem) {
          const row = place(problem);
          if (row && row.parentElement === lines && (problem.className === "lost" || problem.className === "leaked"))
            return row.querySelector("b").textContent.replace("+", "") === label;
          return problem.className === label;
        });
        if (index >= 0) { go(index + 1, false); return; }
      }
      if (state.p) reveal();
    }

    function reveal() {
      const row = lines.querySelector(".current");
      if (!row) return;
      row.tabIndex = -1;
      row.focus({ preventScroll: true });
      row.scrollIntoView({ block: "center" });
      const problem = sections[state.x].querySelector(".current");
      const side = document.querySelector(".side");
      if (problem && side.scrollHeight > side.clientHeight) side.scrollTop += problem.getBoundingClientRect().top - side.getBoundingClientRect().top - side.clientHeight / 2;
    }

    function go(n, push) {
      const count = problems().length;
      if (!count) return;
      state.p = ((n - 1) % count + count) % count + 1;
      show();
      keep(push);
      reveal();
    }

    function choose(index) {
      state.x = (index + names.length) % names.length;
      state.p = 0;
      show();
      keep(true);
    }

    const commands = {
      n: function () { go(state.p + 1, false); },
      N: function () { go(state.p ? state.p - 1 : 0, false); },
      e: function () { choose(state.x + 1); },
      E: function () { choose(state.x - 1); },
      v: function () { if (saved) { state.page = !state.page; show(); keep(false); } },
    };

    names.forEach(function (name, index) { select.append(new Option(name, String(index))); });
    select.addEventListener("change", function () { choose(Number(select.value)); });
    only.addEventListener("change", function () { state.only = only.checked; show(); keep(false); });
    for (const button of document.querySelectorAll(".bar-tools button")) {
      button.addEventListener("click", function () { commands[button.dataset.shortcut](); });
    }
    links.forEach(function (link, index) {
      link.addEventListener("click", function (event) { event.preventDefault(); choose(index); });
    });
    sections.forEach(function (section) {
      section.addEventListener("click", function (event) {
        const problem = event.target.closest("li");
        if (!problem || !event.target.closest("a") || problem.parentElement.parentElement !== section) return;
        event.preventDefault();
        go(problems().indexOf(problem) + 1, true);
      });
    });
    window.addEventListener("hashchange", read);
    read();
    keep(false);
  });
})();

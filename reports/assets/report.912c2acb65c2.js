"use strict";
/* clutterbench: what the report's pages do beyond links. Everything here is an addition: without it all text and tables are there. */
(function () {
  function stored(key, value) {
    // Storage may be refused (private windows, file://); a theme that is not remembered is no reason to fail.
    try {
      if (value === undefined) return localStorage.getItem("clutterbench." + key) || "";
      localStorage.setItem("clutterbench." + key, value);
    } catch (_) { /* not remembered */ }
    return "";
  }

  function theme(name) {
    if (name === "light" || name === "dark") document.documentElement.dataset.theme = name;
    else delete document.documentElement.dataset.theme;
  }
  theme(stored("theme"));

  document.addEventListener("DOMContentLoaded", function () {
    for (const element of document.querySelectorAll(".tools, .controls")) element.hidden = false;
    const select = document.getElementById("theme");
    select.value = document.documentElement.dataset.theme || "";
    select.addEventListener("change", function () { theme(select.value); stored("theme", select.value); });
  });
})();

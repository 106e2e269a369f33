"use strict";
/* Numbers and days as the reader's browser writes them, and light or dark by choice. Without this script: plain ISO. */
(function () {
  var formats = {}, days = { year: "numeric", month: "short", day: "numeric", timeZone: "UTC" };
  var onDay = new Intl.DateTimeFormat(undefined, days);
  var atTime = new Intl.DateTimeFormat(undefined, Object.assign({ hour: "2-digit", minute: "2-digit" }, days));
  function number(text) {
    var plain = text.replace(/[\u202f,]/g, ""), decimals = (plain.split(".")[1] || "").length;
    if (plain === "" || isNaN(Number(plain))) { return text; }
    formats[decimals] = formats[decimals] || new Intl.NumberFormat(undefined, {
      minimumFractionDigits: decimals, maximumFractionDigits: decimals });
    return formats[decimals].format(Number(plain));
  }
  function moment(text) {
    var parts = /^(\d{4}-\d\d-\d\d)(?: (\d\d:\d\d))?$/.exec(text);
    if (!parts) { return text; }
    var when = new Date(parts[1] + "T" + (parts[2] || "00:00") + ":00Z");
    return isNaN(when) ? text : (parts[2] ? atTime : onDay).format(when);
  }
  function rewrite(element, writer) {
    var plain = element.textContent, below = /^< /.exec(plain) ? "< " : "";
    element.dataset.plain = plain;
    element.textContent = below + writer(plain.slice(below.length));
  }
  var writers = { count: number, number: number, share: number, "p-value": number, day: moment, time: moment };
  function rewriteTable(table) {
    Array.from(table.tHead.rows[0].cells).forEach(function (header, place) {
      var writer = writers[header.dataset.look];
      if (!writer) { return; }
      Array.from(table.tBodies[0].rows).forEach(function (row) {
        var cell = row.cells[place];
        if (cell && cell.childElementCount === 0) { rewrite(cell, writer); }
      });
    });
  }
  document.querySelectorAll("table.data").forEach(function (table) {
    var fold = table.closest("details:not([open])");
    if (!fold) { rewriteTable(table); return; }
    fold.addEventListener("toggle", function () { rewriteTable(table); }, { once: true });
  });
  document.querySelectorAll("data[data-look]").forEach(function (element) { rewrite(element, number); });
  document.querySelectorAll("time[datetime]").forEach(function (element) { rewrite(element, moment); });

  var look = document.getElementById("look"), root = document.documentElement;
  function remembered(value) {
    // A browser may refuse memory to a page from a file; the choice then holds for this page alone.
    try { return value === undefined ? localStorage.getItem("auditlab-look") : localStorage.setItem("auditlab-look", value); }
    catch (refused) { return null; }
  }
  function show(value) {
    if (value) { root.dataset.theme = value; } else { delete root.dataset.theme; }
    window.dispatchEvent(new Event("auditlab-look"));
  }
  look.value = remembered() || "";
  if (look.selectedIndex < 0) { look.value = ""; }
  show(look.value);
  look.addEventListener("change", function () { remembered(look.value); show(look.value); });
  look.parentNode.hidden = false;
})();

"use strict";
/* Narrows tables and panels of the page to what the reader chose; without this script everything is shown. */
(function () {
  var form = document.querySelector("form.filters");
  var selects = Array.from(form.querySelectorAll("select")), back = form.querySelector("button[type=reset]");
  var tables = Array.from(document.querySelectorAll("table.data")).filter(function (table) {
    return !table.closest(".figure-text");
  });
  function placeOf(table, column) {
    return Array.from(table.tHead.rows[0].cells).findIndex(function (cell) { return cell.dataset.column === column; });
  }
  function wanted() {
    return selects.filter(function (select) { return select.value; }).map(function (select) {
      return [select.name, select.value];
    });
  }
  function fits(row, places) {
    return places.every(function (pair) { return row.cells[pair[0]].textContent.trim() === pair[1]; });
  }
  /* Below a table: how many of its rows are left, or by what it cannot be narrowed. */
  function say(table, text) {
    var block = table.closest(".block"), line = block.querySelector(".narrowed");
    if (!line) {
      line = document.createElement("p");
      line.className = "under narrowed";
      block.querySelector(".scroll").after(line);
    }
    line.textContent = text;
    line.hidden = !text;
  }
  function narrowTable(table, chosen) {
    var places = chosen.map(function (pair) { return [placeOf(table, pair[0]), pair[1]]; });
    var unknown = chosen.filter(function (pair, at) { return places[at][0] < 0; }).map(function (pair) { return pair[0]; });
    var rows = Array.from(table.tBodies[0].rows).filter(function (row) { return !row.querySelector("td[colspan]"); }), left = 0;
    places = unknown.length ? [] : places;
    rows.forEach(function (row) {
      var fit = fits(row, places);
      left += fit;
      row.classList.toggle("left-out", !fit);
    });
    if (!chosen.length || !rows.length) { say(table, ""); return; }
    if (unknown.length) { say(table, "Not narrowed: this table has no column " + unknown.join(", ") + "."); return; }
    var all = table.dataset.cut ? fitting(table, chosen) : null;
    say(table, all !== null ? left + " of the " + all + " rows that fit the choice stand on this page; the file has all."
      : left + " of the " + rows.length + " rows" + (table.dataset.cut ? " on this page fit the choice; the file may have more." : " fit the choice."));
  }
  /* How many rows of the file fit, where the page knows. */
  function fitting(table, chosen) {
    if (!table.dataset.tally) { return null; }
    var tally = JSON.parse(table.dataset.tally);
    return tally.rows.reduce(function (sum, row) {
      var fit = chosen.every(function (pair) {
        var at = tally.columns.indexOf(pair[0]);
        return at >= 0 && tally.values[at][row[at]] === pair[1];
      });
      return sum + (fit ? row[row.length - 1] : 0);
    }, 0);
  }
  function narrowPanel(panel, chosen) {
    var left = chosen.some(function (pair) { return panel.getAttribute("data-facet-" + pair[0]) !== pair[1]; });
    panel.classList.toggle("left-out", left);
    return left ? 0 : 1;
  }
  function narrow() {
    var chosen = wanted(), shown = 0;
    var charts = document.querySelectorAll(".chart-frame[data-panel]");
    tables.forEach(function (table) { narrowTable(table, chosen); });
    charts.forEach(function (panel) {
      shown += narrowPanel(panel, chosen);
      if (panel.nextElementSibling) { narrowPanel(panel.nextElementSibling, chosen); }
    });
    form.querySelector("[role=status]").textContent =
      chosen.length && charts.length ? shown + " of " + charts.length + " charts; below each table how many rows are left" : "";
    back.hidden = !chosen.length;
    window.dispatchEvent(new CustomEvent("auditlab-filter", { detail: Object.fromEntries(chosen) }));
    window.dispatchEvent(new Event("resize"));
  }
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("change", narrow);
  form.addEventListener("reset", function () { setTimeout(function () { narrow(); selects[0].focus(); }, 0); });
  form.hidden = false;
})();

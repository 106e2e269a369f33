"use strict";
/* Narrows tables and panels of the page to what the reader chose; without this script everything is shown. */
(function () {
  var form = document.querySelector("form.filters");
  var selects = Array.from(form.querySelectorAll("select"));
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
  function narrowTable(table, chosen) {
    var places = chosen.map(function (pair) { return [placeOf(table, pair[0]), pair[1]]; });
    if (places.some(function (pair) { return pair[0] < 0; })) { places = []; }
    Array.from(table.tBodies[0].rows).forEach(function (row) {
      row.classList.toggle("left-out", row.cells.length > 1 && !fits(row, places));
    });
  }
  function narrowPanel(panel, chosen) {
    var left = chosen.some(function (pair) { return panel.getAttribute("data-facet-" + pair[0]) !== pair[1]; });
    panel.classList.toggle("left-out", left);
    return left ? 0 : 1;
  }
  function narrow() {
    var chosen = wanted(), shown = 0;
    var charts = document.querySelectorAll(".chart-frame[data-panel]");
    document.querySelectorAll("table.data").forEach(function (table) {
      if (!table.closest(".figure-text")) { narrowTable(table, chosen); }
    });
    charts.forEach(function (panel) {
      shown += narrowPanel(panel, chosen);
      if (panel.nextElementSibling) { narrowPanel(panel.nextElementSibling, chosen); }
    });
    form.querySelector("[role=status]").textContent =
      chosen.length && charts.length ? shown + " of " + charts.length + " charts" : "";
    window.dispatchEvent(new CustomEvent("auditlab-filter", { detail: Object.fromEntries(chosen) }));
    window.dispatchEvent(new Event("resize"));
  }
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.addEventListener("change", narrow);
  form.hidden = false;
})();

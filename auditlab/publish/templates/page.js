"use strict";
/* Sorting and filtering of tables; without this script the page reads the same. */
(function () {
  function keyOf(row, column) {
    var cell = row.cells[column];
    if (cell.querySelector(".missing")) { return null; }
    return cell.dataset.sort === undefined ? cell.textContent : Number(cell.dataset.sort);
  }
  function compare(first, second) {
    if (typeof first === "number" && typeof second === "number") { return first - second; }
    return String(first).localeCompare(String(second), undefined, { numeric: true });
  }
  function sortBy(table, header) {
    var down = header.getAttribute("aria-sort") === "ascending";
    var body = table.tBodies[0], column = header.cellIndex;
    var rows = Array.from(body.rows).map(function (row) { return [keyOf(row, column), row]; });
    rows.sort(function (a, b) {
      if (a[0] === null || b[0] === null) { return (a[0] === null) - (b[0] === null); }
      return down ? compare(b[0], a[0]) : compare(a[0], b[0]);
    });
    Array.from(header.parentNode.cells).forEach(function (other) { other.removeAttribute("aria-sort"); });
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
    rows.forEach(function (pair) { body.appendChild(pair[1]); });
  }
  function makeSortable(table) {
    Array.from(table.tHead.rows[0].cells).forEach(function (header) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = header.textContent;
      button.addEventListener("click", function () { sortBy(table, header); });
      header.replaceChildren(button);
    });
  }
  function makeFilterable(table) {
    var bar = document.createElement("div"), label = document.createElement("label");
    var field = document.createElement("input"), said = document.createElement("span");
    bar.className = "filter";
    label.textContent = "Only rows with";
    field.type = "search";
    said.setAttribute("role", "status");
    field.addEventListener("input", function () {
      var wanted = field.value.toLowerCase(), shown = 0;
      Array.from(table.tBodies[0].rows).forEach(function (row) {
        row.hidden = row.textContent.toLowerCase().indexOf(wanted) < 0;
        shown += row.hidden ? 0 : 1;
      });
      said.textContent = wanted ? shown + " of the rows on this page" : "";
    });
    label.append(" ", field);
    bar.append(label, said);
    table.closest(".scroll").before(bar);
  }
  document.querySelectorAll("table.data").forEach(function (table) {
    var rows = table.tBodies[0].rows.length;
    if (rows > 1) { makeSortable(table); }
    if (rows > 12) { makeFilterable(table); }
  });
})();

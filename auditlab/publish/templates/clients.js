"use strict";
/* Leads from a client in a table or a point of a chart to its page, where it has one; without this script a list does. */
(function () {
  var links = JSON.parse(document.querySelector("script.client-links").textContent);
  function linkCell(cell) {
    var page = links[cell.textContent];
    if (!page || cell.querySelector("a")) { return; }
    var link = document.createElement("a");
    link.href = page;
    link.textContent = cell.textContent;
    cell.replaceChildren(link);
  }
  document.querySelectorAll('table.data th[data-column="client"]').forEach(function (header) {
    Array.from(header.closest("table").tBodies[0].rows).forEach(function (row) {
      if (row.cells.length > header.cellIndex) { linkCell(row.cells[header.cellIndex]); }
    });
  });
  /* The text of a point is escaped, because plotly reads tags in it. */
  function named(text) { return text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&"); }
  function open(event) {
    var point = event.points[0], page = point.data.meta && point.data.meta.opens && links[named(point.text)];
    if (page) { window.location.href = page; }
  }
  document.querySelectorAll(".chart").forEach(function (place) {
    place.addEventListener("auditlab-drawn", function () { place.on("plotly_click", open); }, { once: true });
  });
})();

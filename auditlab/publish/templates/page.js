"use strict";
/* Sorting, filtering and copying of tables, and a hint where one continues; without this script the page reads the same. */
(function () {
  function plain(cell) { return (cell.dataset.plain === undefined ? cell.textContent : cell.dataset.plain).trim(); }
  function keyOf(row, column) {
    var cell = row.cells[column];
    if (!cell || cell.querySelector(".missing")) { return null; }
    return cell.dataset.sort === undefined ? plain(cell) : Number(cell.dataset.sort);
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
  function filterField(table, said) {
    var label = document.createElement("label"), field = document.createElement("input");
    label.textContent = "Only rows with";
    field.type = "search";
    field.addEventListener("input", function () {
      var wanted = field.value.toLowerCase(), shown = 0;
      Array.from(table.tBodies[0].rows).forEach(function (row) {
        var text = Array.from(row.cells).map(function (cell) { return cell.textContent + " " + plain(cell); }).join(" ");
        row.hidden = text.toLowerCase().indexOf(wanted) < 0;
        shown += row.hidden ? 0 : 1;
      });
      said.textContent = wanted ? shown + " of the rows on this page" : "";
    });
    label.append(" ", field);
    return label;
  }
  function visible(row) { return !row.hidden && !row.classList.contains("left-out"); }
  function oneLine(text) { return text.replace(/\s+/g, " ").trim(); }
  /* For a spreadsheet program of the reader: the decimal sign of the page, no sign between thousands, days as ISO. */
  function forSheet(cell) {
    if (cell.dataset.sort === undefined) { return oneLine(plain(cell)); }
    var sign = (1.5).toLocaleString().charAt(1);
    return plain(cell).replace(/\u202f/g, "").replace(".", sign);
  }
  function asText(table) {
    var rows = [Array.from(table.tHead.rows[0].cells).map(function (cell) { return oneLine(cell.textContent); })];
    Array.from(table.tBodies[0].rows).filter(visible).forEach(function (row) {
      rows.push(Array.from(row.cells).map(forSheet));
    });
    return rows.map(function (row) { return row.join("\t"); }).join("\n");
  }
  function copyByHand(text) {
    var area = document.createElement("textarea");
    area.value = text;
    area.className = "sr";
    document.body.appendChild(area);
    area.select();
    var done = document.execCommand("copy");
    area.remove();
    return done ? Promise.resolve() : Promise.reject(new Error("the browser refused"));
  }
  function copyButton(table, said) {
    var button = document.createElement("button");
    button.type = "button";
    button.className = "tool";
    button.textContent = "Copy";
    button.setAttribute("aria-label", "Copy table: " + oneLine(table.caption.textContent));
    button.addEventListener("click", function () {
      var text = asText(table), rows = Array.from(table.tBodies[0].rows).filter(visible).length;
      var clip = navigator.clipboard ? navigator.clipboard.writeText(text) : Promise.reject();
      clip.catch(function () { return copyByHand(text); }).then(
        function () { button.focus(); said.textContent = rows + (rows === 1 ? " row" : " rows") + " copied, for a spreadsheet"; },
        function () { said.textContent = "The browser does not allow copying; the file below the table has all."; });
    });
    return button;
  }
  function tools(table, rows) {
    var bar = document.createElement("div"), said = document.createElement("span");
    bar.className = "filter";
    said.setAttribute("role", "status");
    if (rows > 12) { bar.append(filterField(table, said)); }
    bar.append(copyButton(table, said), said);
    var region = table.closest(".scroll"), above = region.previousElementSibling;
    // The hint stays next to its region.
    (above && above.matches(".hint") ? above : region).before(bar);
  }
  function addHint(region) {
    var hint = document.createElement("p");
    hint.className = "hint";
    hint.hidden = true;
    hint.textContent = region.matches(".scroll") ? "More columns to the right: scroll the table sideways." : "Wider than the page: scroll the chart sideways.";
    region.before(hint);
    region.addEventListener("scroll", function () { look([region]); }, { passive: true });
  }
  function measured(region) {
    var first = region.querySelector("tbody td"), more = region.scrollWidth - region.clientWidth;
    // A first column of whole sentences would leave no room for the others.
    var narrow = Boolean(first) && first.offsetWidth < region.clientWidth / 3;
    return { region: region, more: more > 2, left: region.scrollLeft < more - 2, narrow: narrow };
  }
  /* All are measured before any is changed: a change in between would lay the whole page out anew for each. */
  function look(regions) {
    regions.map(measured).forEach(function (one) {
      one.region.classList.toggle("continues", one.more && one.left);
      one.region.previousElementSibling.hidden = !one.more;
      one.region.classList.toggle("pinned", one.more && one.narrow);
    });
  }
  function equip(table) {
    var rows = table.tBodies[0].querySelector("td[colspan]") ? 0 : table.tBodies[0].rows.length;
    if (rows > 1) { makeSortable(table); }
    if (rows > 0) { tools(table, rows); }
  }
  document.querySelectorAll("table.data").forEach(function (table) {
    var fold = table.closest("details:not([open])");
    if (!fold) { equip(table); return; }
    fold.addEventListener("toggle", function () { equip(table); }, { once: true });
  });
  /* A table wider than paper is set smaller there, as a whole: nothing is cut off. */
  var across = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--across"));
  window.addEventListener("beforeprint", function () {
    document.documentElement.classList.add("on-paper");
    var wide = Array.from(document.querySelectorAll("table.data")).map(function (table) {
      return [table, table.closest("details:not([open])") ? 0 : table.scrollWidth];
    });
    wide.forEach(function (pair) { if (pair[1] > across) { pair[0].style.zoom = across / pair[1]; } });
  });
  window.addEventListener("afterprint", function () {
    document.documentElement.classList.remove("on-paper");
    document.querySelectorAll("table.data").forEach(function (table) { table.style.zoom = ""; });
  });
  /* A chart grows within its frame when it is drawn. */
  var sizes = new ResizeObserver(function (changes) {
    look(changes.map(function (change) { return change.target.closest(".scroll, .chart-frame"); }));
  });
  document.querySelectorAll(".scroll, .chart-frame").forEach(addHint);
  document.querySelectorAll(".scroll, .chart-frame").forEach(function (region) { sizes.observe(region); });
  document.querySelectorAll(".chart-frame > .chart").forEach(function (chart) { sizes.observe(chart); });
})();

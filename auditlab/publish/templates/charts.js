"use strict";
/* Draws a chart from its JSON when the reader comes near it, the others when the browser is idle, light or dark as the
   page is; a print has them all. */
(function () {
  var themes = JSON.parse(document.getElementById("chart-themes").textContent);
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  var options = { displaylogo: false, responsive: true, modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"] };
  function months(length) {
    var format = new Intl.DateTimeFormat(undefined, { month: length, timeZone: "UTC" });
    return Array.from({ length: 12 }, function (unused, month) { return format.format(new Date(Date.UTC(2024, month, 1))); });
  }
  function weekdays(length) {
    var format = new Intl.DateTimeFormat(undefined, { weekday: length, timeZone: "UTC" });
    return Array.from({ length: 7 }, function (unused, day) { return format.format(new Date(Date.UTC(2024, 8, 1 + day))); });
  }
  Plotly.register({ moduleType: "locale", name: "reader", dictionary: {}, format: { days: weekdays("long"),
    shortDays: weekdays("short"), months: months("long"), shortMonths: months("short"), date: "%Y-%m-%d" } });
  options.locale = "reader";
  var charts = Array.from(document.querySelectorAll(".chart"));
  var waiting = [], busy = false;
  var whenIdle = window.requestIdleCallback || function (work) { setTimeout(work, 200); };
  var FRAME = 40; /* pixels of the frame of a chart, left and right together */
  var across = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--across")) - FRAME;
  function isDark() {
    var chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : dark.matches;
  }
  function look() { return isDark() ? "dark" : "light"; }
  /* What the filters of the page chose: points that do not fit are left out, curves of one place stand for the whole. */
  var chosen = {};
  function narrow(figure) {
    var names = Object.keys(chosen), before = figure.data.length;
    figure.data = figure.data.filter(function (trace) {
      var meta = trace.meta || {};
      if (meta.facets) { keepPoints(trace, fitting(meta.facets, names, trace.x.length)); }
      if (meta.columns && chosen[meta.columns]) { keepColumn(trace, chosen[meta.columns]); }
      if (!meta.only) { return true; }
      trace.visible = true;
      return Object.keys(meta.only).length === names.length
        && names.every(function (name) { return meta.only[name] === chosen[name]; });
    });
    if (before && !figure.data.length) {
      figure.layout.annotations = [{ text: "no curve for this choice: one filter at a time", showarrow: false,
        xref: "paper", yref: "paper", x: 0.5, y: 0.5 }];
    }
  }
  function fitting(facets, names, count) {
    var rows = [], at;
    for (at = 0; at < count; at += 1) {
      if (names.every(function (name) {
        var facet = facets[name];
        return !facet || facet.values[facet.codes[at]] === chosen[name];
      })) { rows.push(at); }
    }
    return rows;
  }
  function keepPoints(trace, rows) {
    ["x", "y", "text", "customdata"].forEach(function (name) {
      var all = trace[name];
      trace[name] = rows.map(function (row) { return all[row]; });
    });
  }
  function keepColumn(trace, value) {
    var at = trace.x.indexOf(value);
    if (at < 0) { return; }
    ["z", "text"].forEach(function (name) {
      trace[name] = trace[name].map(function (row) { return [row[at]]; });
    });
    trace.x = [value];
  }
  function draw(place, wanted) {
    var figure = JSON.parse(place.nextElementSibling.textContent);
    narrow(figure);
    figure.layout.separators = (1.5).toLocaleString().charAt(1) + "\u202f";
    if (figure.layout.meta) { place.style.setProperty("--least", figure.layout.meta.least_width + "px"); }
    if (wanted === "paper") { figure.layout.width = across; }
    figure.layout.template = wanted === "dark" ? themes.dark : themes.light;
    return Plotly.react(place, figure.data, figure.layout, options).then(function () {
      place.dataset.drawn = wanted;
      place.dispatchEvent(new Event("auditlab-drawn"));
    });
  }
  function drawOne(place, wanted) {
    return draw(place, wanted).catch(function (error) {
      place.dataset.failed = "yes";
      place.textContent = "This chart could not be drawn; its figures are in the table below.";
      console.error(place.id, error);
    });
  }
  function inView(place) {
    var box = place.getBoundingClientRect();
    return box.bottom > 0 && box.top < window.innerHeight;
  }
  /* One after the other, what the reader sees first, so that the page answers in between. */
  function next() {
    if (busy) { return; }
    if (!waiting.length) { whenIdle(fetchAnother); return; }
    busy = true;
    var place = waiting.find(inView) || waiting[0];
    waiting.splice(waiting.indexOf(place), 1);
    drawOne(place, look()).then(function () { busy = false; setTimeout(next, 0); });
  }
  /* A chart far away that has a width; one hidden by a filter waits until it is shown. */
  function fetchAnother() {
    if (busy || waiting.length) { return; }
    var place = charts.find(function (other) {
      return other.offsetParent && other.dataset.drawn !== look() && !other.dataset.failed;
    });
    if (place) { waiting.push(place); next(); }
  }
  var near = new IntersectionObserver(function (changes) {
    changes.forEach(function (change) {
      var place = change.target, known = waiting.indexOf(place);
      if (known >= 0) { waiting.splice(known, 1); }
      if (change.isIntersecting && place.dataset.drawn !== look()) { waiting.push(place); }
    });
    next();
  }, { rootMargin: "50% 0px" });
  function drawAsShown() {
    near.disconnect();
    charts.forEach(function (place) { near.observe(place); });
  }
  drawAsShown();
  dark.addEventListener("change", drawAsShown);
  window.addEventListener("auditlab-look", drawAsShown);
  window.addEventListener("auditlab-filter", function (event) {
    chosen = event.detail;
    charts.forEach(function (place) {
      if (/"(facets|only|columns)":/.test(place.nextElementSibling.textContent)) { delete place.dataset.drawn; }
    });
    drawAsShown();
  });
  window.addEventListener("beforeprint", function () {
    waiting = [];
    charts.forEach(function (place) { drawOne(place, "paper"); });
  });
  window.addEventListener("afterprint", drawAsShown);
})();

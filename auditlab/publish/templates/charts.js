"use strict";
/* Draws a chart from its JSON when the reader comes near it, the others when the browser is idle, light or dark as the
   page is; a print has them all. */
(function () {
  var themes = JSON.parse(document.getElementById("chart-themes").textContent);
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  var options = { displaylogo: false, responsive: true, modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"] };
  var charts = Array.from(document.querySelectorAll(".chart"));
  var waiting = [], busy = false;
  var whenIdle = window.requestIdleCallback || function (work) { setTimeout(work, 200); };
  var PAPER = 990; /* pixels of A4 across, within its margins and the frame of the chart */
  function isDark() {
    var chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : dark.matches;
  }
  function look() { return isDark() ? "dark" : "light"; }
  function draw(place, wanted) {
    var figure = JSON.parse(place.nextElementSibling.textContent);
    figure.layout.separators = (1.5).toLocaleString().charAt(1) + "\u202f";
    if (figure.layout.meta) { place.style.setProperty("--least", figure.layout.meta.least_width + "px"); }
    if (wanted === "paper") { figure.layout.width = PAPER; }
    figure.layout.template = wanted === "dark" ? themes.dark : themes.light;
    return Plotly.react(place, figure.data, figure.layout, options).then(function () { place.dataset.drawn = wanted; });
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
  window.addEventListener("beforeprint", function () {
    waiting = [];
    charts.forEach(function (place) { drawOne(place, "paper"); });
  });
  window.addEventListener("afterprint", drawAsShown);
})();

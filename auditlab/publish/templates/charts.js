"use strict";
/* Draws every chart of the page from its JSON, light or dark as the page is. */
(function () {
  var themes = JSON.parse(document.getElementById("chart-themes").textContent);
  var dark = window.matchMedia("(prefers-color-scheme: dark)");
  var options = { displaylogo: false, responsive: true, modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"] };
  var PRINTED = 990; /* pixels of A4 across, within its margins and the frame of the chart */
  function draw(place, asDark, width) {
    var figure = JSON.parse(place.nextElementSibling.textContent);
    figure.layout.separators = (1.5).toLocaleString().charAt(1) + "\u202f";
    if (width) { figure.layout.width = width; }
    if (figure.layout.meta) { place.style.setProperty("--least", figure.layout.meta.least_width + "px"); }
    figure.layout.template = asDark ? themes.dark : themes.light;
    return Plotly.react(place, figure.data, figure.layout, options).then(function () { place.dataset.drawn = "yes"; });
  }
  function drawOne(place, asDark, width) {
    return draw(place, asDark, width).catch(function (error) {
      place.textContent = "This chart could not be drawn; its figures are in the table below.";
      console.error(place.id, error);
    });
  }
  function charts() { return Array.from(document.querySelectorAll(".chart")); }
  function inView(place) {
    var box = place.getBoundingClientRect();
    return box.bottom > 0 && box.top < window.innerHeight;
  }
  var round = 0;
  /* One after the other, what the reader sees first, so that the page answers while the rest is drawn. */
  function drawAll(asDark) {
    var waiting = charts().filter(inView).concat(charts().filter(function (place) { return !inView(place); }));
    var own = round += 1;
    (function next() {
      if (own !== round || !waiting.length) { return; }
      drawOne(waiting.shift(), asDark).then(function () { setTimeout(next, 0); });
    })();
  }
  function isDark() {
    var chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : dark.matches;
  }
  function drawAsShown() { drawAll(isDark()); }
  drawAsShown();
  dark.addEventListener("change", drawAsShown);
  window.addEventListener("auditlab-look", drawAsShown);
  window.addEventListener("beforeprint", function () {
    round += 1;
    charts().forEach(function (place) { drawOne(place, false, PRINTED); });
  });
  window.addEventListener("afterprint", drawAsShown);
})();

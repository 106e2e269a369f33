"""How large the pages of a run are, and how quickly a browser draws their figures.

The pages of one run and an empty page with the same Plotly script are opened in turn by one browser
process; medians are reported. Run: ``python benchmarks/publishing.py [RUN]`` (without a run one of
the sample engagement is made). The results go to ``benchmarks/results_publishing.md``.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from auditlab.publish.bundles import BUNDLE
from auditlab.publish.pdf import installed_browser
from auditlab.publish.run import run
from auditlab.publish.single_file import write_single_files

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results_publishing.md"
PAGE_LIMIT = 1_500_000
SINGLE_LIMIT = 3_000_000
RATIO_LIMIT = 2.0

EMPTY = """<!doctype html><meta charset="utf-8"><title>empty</title>
<div class="chart" id="c" style="height:400px"></div>
<script src="assets/plotly.min.js"></script><script>Plotly.newPlot("c", [{x: [1], y: [1]}], {}).then(function () {
document.getElementById("c").dataset.drawn = "yes"; });</script>"""
# A chart is drawn when the reader comes near it. Until the page with what is in view is drawn, in the page's own clock,
# and how long the slowest of the other charts takes from the moment the reader jumps to it [ms].
DRAWN = """async () => {
  const near = place => place.getBoundingClientRect().top < 1.5 * innerHeight;
  const wait = places => new Promise(done => {
    const look = () => places.every(place => place.dataset.drawn) ? done(performance.now()) : setTimeout(look, 0);
    look();
  });
  const charts = [...document.querySelectorAll(".chart")];
  const opened = await wait(charts.filter(near));
  let slowest = 0;
  for (const place of charts) {
    const before = performance.now();
    place.scrollIntoView();
    slowest = Math.max(slowest, await wait([place]) - before);
  }
  return [opened, slowest];
}"""


def main() -> None:
    """Measure and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("run", nargs="?", type=Path)
    parser.add_argument("--repeats", type=int, default=5)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = (chosen.run or run(ROOT / "data" / "halden", output=scratch).folder).resolve()
        single = write_single_files(folder, folder=Path(scratch) / "single")
        sizes = {path.name: path.stat().st_size for path in single}
        lines = measured(folder, sizes, repeats=chosen.repeats, scratch=Path(scratch))
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


def measured(folder: Path, single: dict[str, int], *, repeats: int, scratch: Path) -> list[str]:
    """The lines of the result file."""
    empty = scratch / "empty.html"
    empty.write_text(EMPTY, encoding="utf-8")
    (scratch / BUNDLE.parent).mkdir()
    (scratch / BUNDLE).write_bytes((folder / BUNDLE).read_bytes())
    pages = sorted(folder.glob("*.html"))
    times: dict[str, list[tuple[float, float]]] = {path.name: [] for path in (empty, *pages)}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed_browser(), args=["--no-sandbox"])
        for _ in range(repeats):
            for path in (empty, *pages):
                times[path.name].append(drawn_after(browser, path))
        version = browser.version
        browser.close()
    base = median(times[empty.name], 0)
    lines = [
        "# Pages: size and time",
        "",
        (
            f"Medians of {repeats} openings in turn, Chromium {version}, shared script "
            f"{(folder / BUNDLE).stat().st_size:,} bytes."
        ),
        f"An empty page with the same script and one point: {base:.0f} ms.",
        "",
        "Times in ms, in brackets as a multiple of the empty page.",
        "",
        "| page | bytes | limit held | single file | limit held | first view | limit held | one jump | limit held |",
        "|---|---:|---|---:|---|---:|---|---:|---|",
    ]
    for path in pages:
        size, alone = path.stat().st_size, single[path.name]
        first, last = median(times[path.name], 0), median(times[path.name], 1)
        limits = (size <= PAGE_LIMIT, alone <= SINGLE_LIMIT, first <= RATIO_LIMIT * base, last <= RATIO_LIMIT * base)
        held = ["yes" if good else "no" for good in limits]
        cells = (path.stem, f"{size:,}", held[0], f"{alone:,}", held[1])
        cells += (f"{first:.0f} ({first / base:.2f})", held[2], f"{last:.0f} ({last / base:.2f})", held[3])
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def median(pairs: list[tuple[float, float]], place: int) -> float:
    """Median of one of the two times."""
    return statistics.median(pair[place] for pair in pairs)


def drawn_after(browser: Browser, path: Path) -> tuple[float, float]:
    """Time until the first view is drawn, and until a chart is that the reader jumps to, the slowest [ms]."""
    context = browser.new_context(viewport={"width": 1300, "height": 900}, offline=True)
    page = context.new_page()
    page.goto(path.as_uri(), wait_until="commit")
    page.wait_for_load_state("domcontentloaded")
    first, last = page.evaluate(DRAWN)
    context.close()
    return float(first), float(last)


if __name__ == "__main__":
    main()

"""Write every picture of the documentation: ``make pictures`` (needs chromium, soffice and pdftoppm).

``python docs/make_pictures.py portfolio`` makes those of one walk-through (or of the sample, ``halden``) only.

The walk-throughs are executed, and what they leave is photographed, so that no picture shows an earlier state.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from workplace import ROOT, execute, open_workplace

PICTURES = ROOT / "docs" / "pictures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture: what is photographed, and how."""

    engagement: str  # folder of the reports
    file: str  # below the run
    anchor: str = ""  # part of the page
    height: int = 900  # [pixels]


SAMPLE = "halden"
WALKTHROUGHS = ("recertification", "nonconformity", "portfolio")
SHOTS: dict[str, Shot] = {
    "recertification_index": Shot(engagement="recertification", file="index.html"),
    "recertification_plan": Shot(engagement="recertification", file="audit_plan.html", anchor="the-timetable"),
    "recertification_document": Shot(engagement="recertification", file="documents/audit_plan.docx"),
    "nonconformity_chains": Shot(
        engagement="nonconformity", file="recurring_nonconformities.html", anchor="the-chains-over-time", height=700
    ),
    "nonconformity_document": Shot(engagement="nonconformity", file="documents/management_review.docx"),
    "portfolio_index": Shot(engagement="portfolio", file="index.html"),
    "index": Shot(engagement=SAMPLE, file="index.html"),
}


def main(wanted: Sequence[str]) -> None:
    """Execute the walk-throughs and the sample engagement, or those that are wanted, and photograph what they leave."""
    chosen = wanted or (*WALKTHROUGHS, SAMPLE)
    with TemporaryDirectory(prefix="auditlab-pictures-") as private:
        place = open_workplace(Path(private))
        for name in (name for name in WALKTHROUGHS if name in chosen):
            execute(ROOT / "docs" / "walkthroughs" / f"{name}.md")
        if SAMPLE in chosen:
            sample, reports = str(ROOT / "data" / SAMPLE), str(place / "reports")
            _do([sys.executable, "-m", "auditlab", "run", sample, "--output", reports])
        for name, shot in ((name, shot) for name, shot in SHOTS.items() if shot.engagement in chosen):
            run = max(page.parent for page in (place / "reports" / shot.engagement).glob("*/index.html"))
            target = ROOT / "docs" / "index.png" if name == "index" else PICTURES / f"{name}.png"
            how: Callable[[Path, Shot, Path], None] = _page if shot.file.endswith(".html") else _document
            how(run / shot.file, shot, target)


def _page(path: Path, shot: Shot, target: Path) -> None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # the names of the pictures need no browser

    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path="/usr/bin/chromium")
        page = browser.new_page(viewport={"width": 1100, "height": shot.height})
        page.goto(path.as_uri(), timeout=120_000)
        page.wait_for_selector("h1", timeout=120_000)
        if shot.anchor:
            page.evaluate(f"document.getElementById({shot.anchor!r}).scrollIntoView()")
            page.wait_for_timeout(5000)  # figures are drawn when they come into view
        page.screenshot(path=target, timeout=120_000)
        browser.close()


def _document(path: Path, _shot: Shot, target: Path) -> None:
    """The first page of a document."""
    with TemporaryDirectory() as private:
        _do(["soffice", "--headless", "--convert-to", "pdf", "--outdir", private, str(path)])
        pdf = Path(private) / f"{path.stem}.pdf"
        _do(["pdftoppm", "-r", "70", "-png", "-singlefile", str(pdf), str(target.with_suffix(""))])


def _do(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  # our own commands


if __name__ == "__main__":
    main(sys.argv[1:])

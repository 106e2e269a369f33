"""Write every picture of the documentation: ``make pictures`` (needs chromium, soffice and pdftoppm).

``python docs/make_pictures.py portfolio`` makes those of one walk-through (or of the sample, ``halden``) only.

The walk-throughs are executed, and what they leave is photographed, so that no picture shows an earlier state. What can
be read on a picture is written to ``docs/pictures/words.json``: a test holds it against what is made today.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from picture_words import open_page, words_in_view, words_of
from workplace import ROOT, execute, open_workplace

PICTURES = ROOT / "docs" / "pictures"
WORDS = PICTURES / "words.json"
_SECONDS = 120_000  # [ms] for a page on a busy machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture: what is photographed, and how."""

    engagement: str  # folder of the reports
    file: str  # below the run
    anchor: str = ""  # part of the page
    chart: bool = False  # the first chart of that part
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
    "nonconformity_improvements": Shot(
        engagement="nonconformity", file="audit_report.html", anchor="improvements-roadmap-and-maturity"
    ),
    "nonconformity_document": Shot(engagement="nonconformity", file="documents/management_review.docx"),
    "portfolio_index": Shot(engagement="portfolio", file="index.html"),
    "portfolio_funnel": Shot(
        engagement="portfolio", file="portfolio_review.html", anchor="5-which-clients-stand-out", chart=True, height=700
    ),
    "portfolio_pack": Shot(engagement="portfolio", file="workpapers/committee_pack.xlsx"),
    "index": Shot(engagement=SAMPLE, file="index.html"),
}


def picture(name: str) -> Path:
    """Where the picture of that name stands."""
    return ROOT / "docs" / "index.png" if name == "index" else PICTURES / f"{name}.png"


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def last_run(reports: Path, engagement: str) -> Path:
    """The newest run of an engagement."""
    return max(page.parent for page in (reports / engagement).glob("*/index.html"))


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
        photograph(place / "reports", chosen)


def photograph(reports: Path, engagements: Sequence[str]) -> None:
    """Photograph the newest runs below `reports`, and write down what can be read on the pictures."""
    told = json.loads(WORDS.read_text(encoding="utf-8")) if WORDS.exists() else {}
    for name, shot in SHOTS.items():
        if shot.engagement in engagements:
            path, target = last_run(reports, shot.engagement) / shot.file, picture(name)
            words = _page(path, shot, target) if path.suffix == ".html" else _document(path, target)
            told[name] = {"sha256": digest(target), "words": words}
    ordered = {name: told[name] for name in SHOTS if name in told}
    WORDS.write_text(json.dumps(ordered, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")


def _page(path: Path, shot: Shot, target: Path) -> list[str]:
    with open_page(path, height=shot.height) as page:
        if shot.anchor:
            found = page.locator(f"[id='{shot.anchor}']")
            place = found.locator("xpath=following::*[contains(@class, 'chart')][1]") if shot.chart else found
            place.evaluate("place => place.scrollIntoView()")
            # A chart is drawn when it comes into view.
            page.wait_for_function(_DRAWN, timeout=_SECONDS)
        page.screenshot(path=target, timeout=_SECONDS)
        return words_in_view(page)


_DRAWN = """() => [...document.querySelectorAll('.chart')].every(chart => {
    const box = chart.getBoundingClientRect();
    return box.bottom < 0 || box.top > innerHeight || chart.hasAttribute('data-drawn');
})"""


def _document(path: Path, target: Path) -> list[str]:
    """The first page of a document or workbook."""
    with TemporaryDirectory() as private:
        _do(["soffice", "--headless", "--convert-to", "pdf", "--outdir", private, str(path)])
        pdf = Path(private) / f"{path.stem}.pdf"
        _do(["pdftoppm", "-r", "70", "-png", "-singlefile", str(pdf), str(target.with_suffix(""))])
    return words_of(path)


def _do(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  # our own commands


if __name__ == "__main__":
    main(sys.argv[1:])

"""Pages as PDF: printed by an installed Chromium, else set by WeasyPrint, else a note that says what is missing."""

from __future__ import annotations

import importlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from auditlab.publish.single_file import page_files

PDF = "pdf"
"""Folder of the PDF files within a run."""

CHROMIUM = "AUDITLAB_CHROMIUM"
"""Environment variable that names the browser, where it is not on the path."""

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
_USUAL_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
_SECONDS = 120
_BUDGET = 20_000  # [ms] of the page's own time for drawing its charts
NO_PDF = (
    f"No PDF was written: there is no Chromium, Chrome or Edge on the path (or named by {CHROMIUM}), and WeasyPrint "
    "is not installed. Open a page and print it to a PDF file instead."
)
WITHOUT_CHARTS = (
    "The PDF files were set by WeasyPrint, which draws no charts: their figures are in tables/. With Chromium "
    "installed they have the charts as well."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfResult:
    """The files written, and what the reader must be told."""

    paths: tuple[Path, ...]
    note: str


def installed_browser() -> str | None:
    """The path of an installed browser of the Chromium family; ``None`` without one."""
    named = os.environ.get(CHROMIUM)
    if named:
        return shutil.which(named)
    found = (shutil.which(name) for name in (*_NAMES, *_USUAL_PLACES))
    return next((path for path in found if path), None)


def write_pdfs(run: Path, *, folder: Path) -> PdfResult:
    """Write every page of the run folder `run` as a PDF file into `folder`.

    Raises
    ------
    EngagementError
        If `run` is not the folder of a run.
    """
    pages = page_files(run)
    browser = installed_browser()
    if browser:
        return _by_browser(browser, pages, folder)
    if importlib.util.find_spec("weasyprint"):
        return _by_weasyprint(pages, folder)
    return PdfResult(paths=(), note=NO_PDF)


def _by_browser(browser: str, pages: Sequence[Path], folder: Path) -> PdfResult:
    folder.mkdir(parents=True, exist_ok=True)
    failed: list[Path] = []
    written: list[Path] = []
    for page in pages:
        target = folder / f"{page.stem}.pdf"
        try:
            _print(browser, page, target)
        except (subprocess.SubprocessError, OSError):
            target.unlink(missing_ok=True)
        (written if target.is_file() else failed).append(target)
    note = "" if not failed else (
        f"{browser} did not print {', '.join(path.stem for path in failed)}. Open the page and print it to a PDF file."
    )  # fmt: skip
    return PdfResult(paths=tuple(written), note=note)


def _print(browser: str, page: Path, target: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="auditlab-pdf-", ignore_cleanup_errors=True) as profile:
        options = [
            "--headless",
            "--disable-gpu",
            "--no-first-run",
            f"--user-data-dir={profile}",
            # The pages ask nobody, and the browser shall not either.
            "--host-resolver-rules=MAP * ~NOTFOUND",
            "--disable-background-networking",
            "--no-pdf-header-footer",
            f"--virtual-time-budget={_BUDGET}",
            f"--print-to-pdf={target.resolve()}",
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            options.append("--no-sandbox")  # Chromium starts for root only without it; the pages are our own
        command = [browser, *options, page.resolve().as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS)  # noqa: S603  # no shell, own arguments


def _by_weasyprint(pages: Sequence[Path], folder: Path) -> PdfResult:
    folder.mkdir(parents=True, exist_ok=True)
    weasyprint = importlib.import_module("weasyprint")
    for page in pages:
        weasyprint.HTML(filename=str(page)).write_pdf(str(folder / f"{page.stem}.pdf"))
    return PdfResult(paths=tuple(folder / f"{page.stem}.pdf" for page in pages), note=WITHOUT_CHARTS)

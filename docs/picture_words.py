"""What can be read on a page, a document or a workbook, to hold a picture of it against what is made today."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import docx
import openpyxl

from auditlab.publish.pdf import CHROMIUM, installed_browser

if TYPE_CHECKING:
    from playwright.sync_api import Page

_OF_ONE_RUN = re.compile(r"\b\d{8}T\d{6}Z-[0-9a-f]+|\b[0-9a-f]{12,64}\b")
_TEXTS = """inView => {
    const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const parent = node.parentElement;
        if (!node.data.trim() || parent.closest('svg, script, style, noscript, option')) continue;
        const range = document.createRange();
        range.selectNode(node);
        const box = range.getBoundingClientRect();
        const seen = box.height > 0 && box.top >= 0 && box.bottom <= innerHeight && box.right <= innerWidth;
        if (!inView || seen && parent.checkVisibility()) found.push(node.data);
    }
    return found;
}"""


@contextmanager
def open_page(path: Path, *, height: int = 900) -> Iterator[Page]:
    """A page of a run in a browser, as a reader of British English sees it.

    Raises
    ------
    FileNotFoundError
        If no browser of the Chromium family is installed.
    """
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # the names of the pictures need no browser

    browser = installed_browser()
    if browser is None:
        message = f"No Chromium found on the path; {CHROMIUM} names one."
        raise FileNotFoundError(message)
    with sync_playwright() as browsers:
        # A sandbox needs rights that containers and root do not have; the pages are our own.
        opened = browsers.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = opened.new_page(viewport={"width": 1100, "height": height}, locale="en-GB")
        page.goto(path.as_uri(), timeout=120_000)
        page.wait_for_selector("h1", timeout=120_000)
        yield page
        opened.close()


def words_in_view(page: Page) -> list[str]:
    """The texts that can be seen without scrolling, in the order of the page."""
    return _without_run(page.evaluate(_TEXTS, True))


def words_of(path: Path) -> list[str]:
    """All texts of a page (.html), a document (.docx) or the first sheet of a workbook (.xlsx)."""
    if path.suffix == ".html":
        with open_page(path) as page:
            return _without_run(page.evaluate(_TEXTS, False))
    if path.suffix == ".docx":
        return _without_run([paragraph.text for paragraph in docx.Document(str(path)).paragraphs])
    sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
    return _without_run([str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None])


def _without_run(texts: list[str]) -> list[str]:
    """Texts on one line each, without what names a single run."""
    lines = (" ".join(_OF_ONE_RUN.sub("", text).split()) for text in texts)
    return [line for line in lines if line]

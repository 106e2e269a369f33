"""One browser for all tests, pages of one run opened once, and nothing from any network."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from auditlab.publish.pdf import installed_browser


@pytest.fixture(scope="session")
def browser():
    path = installed_browser()
    if path is None:
        reason = "no Chromium found on PATH; AUDITLAB_CHROMIUM names one"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # A sandbox needs rights that containers and root do not have; the pages are our own.
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def axe():
    return (Path(__file__).parent / "vendored" / "axe.min.js").read_text(encoding="utf-8")


class Visit:
    """A page of a run, with its complaints and its requests to elsewhere."""

    def __init__(self, browser, file, *, width=1300, script=True, **context):
        self.context = browser.new_context(
            offline=True, viewport={"width": width, "height": 900}, java_script_enabled=script, **context
        )
        self.page = self.context.new_page()
        self.complaints, self.elsewhere = [], []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        own = (file.parent.as_uri() + "/", "data:", "blob:")
        self.page.on("request", lambda asked: None if asked.url.startswith(own) else self.elsewhere.append(asked.url))
        self.page.goto(file.as_uri())
        if script:
            self.drawn()
            self.page.evaluate("window.scrollTo(0, 0)")

    def _hear(self, message):
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def drawn(self):
        """Go to every chart in turn, because a chart is drawn when the reader comes near it, and wait for it."""
        for chart in self.page.locator(".chart").all():
            chart.scroll_into_view_if_needed()
            expect(chart).to_have_attribute("data-drawn", re.compile("light|dark"), timeout=60_000)


@pytest.fixture(scope="module")
def opened(browser, halden_run):
    """A function that gives the page of a name, opened once for all tests that only look at it."""
    visits = {}

    def get(name):
        if name not in visits:
            visits[name] = Visit(browser, halden_run.folder / f"{name}.html")
        return visits[name]

    yield get
    for visit in visits.values():
        visit.context.close()


@pytest.fixture
def visit(browser, halden_run):
    """A function that opens a page of the run, or a file, for one test alone."""
    visits = []

    def open_it(page, **options):
        file = page if isinstance(page, Path) else halden_run.folder / f"{page}.html"
        visits.append(Visit(browser, file, **options))
        return visits[-1]

    yield open_it
    for one in visits:
        one.context.close()

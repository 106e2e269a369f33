"""A real browser, offline, and a way to open a page of the run of the sample engagement."""

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")


@pytest.fixture(scope="session")
def browser():
    wanted = os.environ.get("AUDITLAB_CHROMIUM")
    path = wanted or next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        reason = "no Chromium found on PATH; AUDITLAB_CHROMIUM names one"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # A sandbox needs rights that containers and root do not have; the pages are our own.
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def visit(browser, halden_run):
    """A function that opens a page of the run: the page, its complaints and its requests to elsewhere."""
    contexts = []

    def open_it(name, *, width=1280, scheme="light", script=True):
        context = browser.new_context(
            offline=True, viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script
        )
        contexts.append(context)
        page = context.new_page()
        complaints, elsewhere = [], []
        page.on(
            "console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        own = (halden_run.folder.as_uri() + "/", "data:", "blob:")
        page.on("request", lambda request: None if request.url.startswith(own) else elsewhere.append(request.url))
        page.goto((halden_run.folder / f"{name}.html").as_uri())
        if script and page.locator(".chart").count():
            page.wait_for_function("document.querySelectorAll('.chart:not([data-drawn])').length === 0")
        return page, complaints, elsewhere

    yield open_it
    for context in contexts:
        context.close()

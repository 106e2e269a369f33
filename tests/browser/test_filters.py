"""The filters of the page of service data: one choice narrows every chart and table, by mouse or by keyboard."""

from pathlib import Path
from urllib.parse import unquote, urlparse

import pandas as pd
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

CHARTS = "[...document.querySelectorAll('.chart-frame[data-panel]')]"
SHOWN = f"{CHARTS}.filter(frame => frame.offsetParent).map(frame => frame.dataset.facetService)"
ROWS = """name => {
  const table = document.querySelector(`table[data-table=${name}]`);
  const place = [...table.tHead.rows[0].cells].findIndex(cell => cell.dataset.column === "service");
  return [...table.tBodies[0].rows].filter(row => getComputedStyle(row).display !== "none")
    .map(row => row.cells[place].textContent.trim());
}"""


def test_a_service_leaves_its_own_charts_and_rows(visit):
    seen = visit("service_trends")
    page, complaints, elsewhere = seen.page, seen.complaints, seen.elsewhere
    charts = page.evaluate(f"{CHARTS}.length")
    rows = len(page.evaluate(ROWS, "signals"))
    page.locator("select[name=service]").select_option("S7")
    shown = page.evaluate(SHOWN)
    assert set(shown) == {"S7"}
    assert len(shown) < charts
    assert page.locator("form.filters [role=status]").inner_text().startswith(f"{len(shown)} of {charts} charts; ")
    for table in ("signals", "comparisons", "kpis"):
        assert set(page.evaluate(ROWS, table)) == {"S7"}, table
    page.locator("select[name=service]").select_option("")
    assert len(page.evaluate(SHOWN)) == charts
    assert len(page.evaluate(ROWS, "signals")) == rows
    assert complaints == []
    assert elsewhere == []


def test_two_filters_narrow_further_and_may_leave_nothing(visit):
    seen = visit("service_trends")
    page, complaints = seen.page, seen.complaints
    page.locator("select[name=service]").select_option("S7")
    page.locator("select[name=supplier]").select_option("X")
    assert page.evaluate(SHOWN) == []
    assert page.locator("form.filters [role=status]").inner_text().startswith("0 of ")
    assert complaints == []


def test_each_table_says_how_many_rows_are_left_and_one_button_leads_back(visit):
    page = visit("service_trends").page
    rows = len(page.evaluate(ROWS, "signals"))
    back = page.locator("form.filters button")
    assert not back.is_visible()
    page.locator("select[name=supplier]").select_option("Y")
    left = len(page.evaluate(ROWS, "kpis"))
    said = page.locator("#table-kpis .narrowed").inner_text()
    assert left
    written = pd.read_csv(Path(unquote(urlparse(page.url).path)).parent / "tables" / "kpis.csv")
    fit = int((written["supplier"] == "Y").sum())
    assert left < fit
    assert said == f"{left} of the {fit} rows that fit the choice stand on this page; the file has all."
    assert "no column supplier" in page.locator("#table-kpis_left_out .narrowed").inner_text()
    back.click()
    # The form is empty only after the click; the button goes when all is shown again.
    expect(back).to_be_hidden()
    assert len(page.evaluate(ROWS, "signals")) == rows
    assert not page.locator(".narrowed:visible").count()


def test_a_filter_is_set_by_keyboard_alone(visit):
    seen = visit("service_trends")
    page, complaints = seen.page, seen.complaints
    field = page.locator("select[name=service]")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "service":
            break
    assert page.evaluate("document.activeElement.name") == "service"
    page.keyboard.type("S7")
    assert field.input_value() == "S7"
    assert set(page.evaluate(SHOWN)) == {"S7"}
    assert complaints == []


def test_a_chart_that_comes_back_fits_its_place_again(visit):
    page = visit("service_trends", width=400).page
    page.locator("select[name=service]").select_option("S7")
    page.locator("select[name=service]").select_option("")
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


def test_without_scripts_everything_is_shown_and_no_filter_pretends_to_work(visit):
    page = visit("service_trends", script=False).page
    assert not page.locator("form.filters").is_visible()
    assert "S7" in page.evaluate(ROWS, "signals")
